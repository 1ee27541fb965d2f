//! Man pages, from what the command line says of itself.

use std::io;

use clap::Command;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

/// Whose page it is, at its foot.
const SOURCE: &str = concat!("conclab ", env!("CARGO_PKG_VERSION"));

/// What the exit codes say; `exit.rs` has the codes.
const EXITS: [(&str, &str); 6] = [
    ("0", "The lab kept its promises; a race that was found is one of them."),
    ("1", "A promise did not hold or could not be checked, or something could not be done."),
    ("2", "The command line asks for something that does not exist."),
    ("3", "Not possible on this platform."),
    ("124", "The time allowed was over before the work was."),
    ("130", "Interrupted."),
];

/// What the environment says about colour.
const ENVIRONMENT: [(&str, &str); 4] = [
    ("NO_COLOR", "If set, no colour is used."),
    ("CLICOLOR_FORCE", "If set and not 0, colour is used, also where there is no terminal."),
    ("CLICOLOR", "If 0, no colour is used."),
    ("TERM", "If it is dumb, no colour is used."),
];

/// What to type first.
const EXAMPLES: [(&str, &str); 4] = [
    ("conclab race", "Break a counter, see why, repair it, price the repair."),
    ("conclab explore deadlock", "Every variant: counts, odds, the simplest counterexample."),
    (
        "conclab replay race --variant unsynchronised --schedule 3",
        "Interleaving number 3, step by step; the number is the same on every machine.",
    ),
    ("conclab play race", "Be the scheduler."),
];

/// The page of a command that has been built, so that it knows its full name.
///
/// # Errors
/// None in fact: it is written to memory.
pub(crate) fn page(command: &Command) -> io::Result<String> {
    let man = Man::new(command.clone()).source(SOURCE).manual("conclab");
    let mut page = Vec::new();
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    if command.has_subcommands() {
        man.render_subcommands_section(&mut page)?;
    }
    closing(command).to_writer(&mut page)?;
    String::from_utf8(page).map_err(io::Error::other)
}

/// What is said once, on the first page; the others lead there.
fn closing(command: &Command) -> Roff {
    let mut roff = Roff::new();
    if command.get_bin_name().is_some_and(|name| name.contains(' ')) {
        roff.control("SH", ["SEE ALSO"]);
        roff.text([bold("conclab"), roman("(1)")]);
        return roff;
    }
    let sections =
        [("EXIT STATUS", EXITS.as_slice()), ("ENVIRONMENT", &ENVIRONMENT), ("EXAMPLES", &EXAMPLES)];
    for (title, entries) in sections {
        roff.control("SH", [title]);
        for (term, meaning) in entries {
            roff.control("TP", []);
            roff.text([bold(*term)]);
            roff.text([roman(*meaning)]);
        }
    }
    roff
}
