//! `conclab teach`: a lecture on the terminal, or a page for students.

mod child;
mod full;
mod hall;
mod line;

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use clap::ArgMatches;
use clap::error::ErrorKind;
use conclab_kit::lab::AnyLab;

use self::hall::Hall;
use super::glass;
use crate::cli;
use crate::exit::Exit;
use crate::render::full::teach::{COLUMNS_MIN, ROWS_MIN};
use crate::render::{json, text};
use crate::screen;
use crate::session::Session;
use crate::signal::Host;
use crate::teach::{self, Lecture};

/// Largest chapter that is read; the book's have a twentieth of it.
const BYTES_MAX: u64 = 1 << 20;

/// Most bytes of all files that a chapter includes, however often.
const INCLUDED_MAX: u64 = 16 << 20;

/// Gives the lecture on a full screen if there is one, otherwise on lines of text.
pub(super) fn run(
    lab: &'static dyn AnyLab,
    flags: &ArgMatches,
    session: &Session,
) -> anyhow::Result<Exit> {
    let name = lab.card().name;
    let lecture = lecture(name, flags.get_one("chapter")).map_err(refused)?;
    let first = first(flags, lecture.slides.len()).map_err(refused)?;
    if flags.get_flag("handout") {
        if session.is_json() {
            return Err(refused("--handout: it is Markdown; leave --format json out".to_owned()));
        }
        session.print(&text::teach::handout(&lecture, &session.screen))?;
        return Ok(Exit::Kept);
    }
    if session.is_json() {
        session.print(&json::lecture(&lecture, &session.screen))?;
        return Ok(Exit::Kept);
    }
    let on_screen = !flags.get_flag("line") && glass::possible() && is_large_enough(session);
    let host = Host::begin()?;
    let hall = Hall { lecture: &lecture, first, notes: flags.get_flag("notes"), host, session };
    if on_screen { full::teach(&hall) } else { line::teach(&hall) }
}

/// Whether a page fits the terminal; if not, it is said.
fn is_large_enough(session: &Session) -> bool {
    let Some((columns, rows)) = screen::size() else { return true };
    let enough = columns >= COLUMNS_MIN && rows >= ROWS_MIN;
    if !enough {
        session.note(&format!(
            "this terminal has {columns} columns and {rows} rows, a screen needs {COLUMNS_MIN} \
             and {ROWS_MIN}: line by line instead"
        ));
    }
    enough
}

/// The lecture of the lab's chapter, or of a file.
fn lecture(lab: &str, file: Option<&PathBuf>) -> Result<Lecture, String> {
    let (name, lecture) = if let Some(file) = file {
        let name = file.display().to_string();
        let text = read(file).map_err(|why| format!("--chapter {name}: {why}"))?;
        (name, teach::lecture(lab, &text))
    } else {
        let text = teach::chapter(lab).unwrap_or_default();
        (format!("book/src/{lab}.md"), teach::lecture(lab, text))
    };
    let lecture = lecture.map_err(|why| format!("{name}: {why}"))?;
    if lecture.slides.is_empty() {
        return Err(format!("{name} has no screens to teach from"));
    }
    Ok(lecture)
}

/// A chapter with the code that it includes.
fn read(file: &Path) -> Result<String, String> {
    let folder = file.parent().unwrap_or(Path::new(""));
    let text = limited(file)?;
    let mut total = 0;
    teach::include::resolved(&text, |included| {
        let text = limited(&folder.join(included))?;
        total += text.len() as u64;
        if total <= INCLUDED_MAX { Ok(text) } else { Err(too_large(INCLUDED_MAX)) }
    })
}

fn too_large(max: u64) -> String {
    format!("it has more than {max} bytes")
}

/// The text of a file, if it has a size that chapters have.
fn limited(file: &Path) -> Result<String, String> {
    let whole = fs::File::open(file).and_then(|open| {
        let mut text = String::new();
        open.take(BYTES_MAX + 1).read_to_string(&mut text)?;
        Ok(text)
    });
    let text = whole.map_err(|error| error.to_string())?;
    let fits = text.len() as u64 <= BYTES_MAX;
    if fits { Ok(text) } else { Err(too_large(BYTES_MAX)) }
}

/// The screen to begin at, counted from 0, out of so many.
fn first(flags: &ArgMatches, of: usize) -> Result<usize, String> {
    let Some(given) = flags.get_one::<String>("screen") else { return Ok(0) };
    let number = given.parse().ok().filter(|number| (1..=of).contains(number));
    number.map(|number: usize| number - 1).ok_or_else(|| {
        format!("invalid value '{given}' for '--screen <N>': must be a whole number from 1 to {of}")
    })
}

/// A complaint about the command line.
fn refused(why: String) -> anyhow::Error {
    let mut command = cli::command(conclab_labs::catalogue());
    command.error(ErrorKind::ValueValidation, why).into()
}
