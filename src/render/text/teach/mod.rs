//! `conclab teach`: what each page of a lecture says. The line mode prints these lines; the full
//! screen puts them in their places.

mod handout;
mod set;
mod table;
mod wrap;

use anstyle::{AnsiColor, Style};

pub(crate) use self::handout::handout;
pub(crate) use self::set::set;
use crate::screen::Screen;
use crate::teach::{Ink, Kind, Line, Notice, Page, Sheet, Slide, Span, Teach, pages, words};

/// Widest text: what people read with ease, and what is left of 80 columns.
const MEASURE: usize = 76;

/// The text's width on a screen.
pub(crate) fn measure(width: usize) -> usize {
    width.saturating_sub(4).max(20)
}

/// The pages of a screen on a terminal of so many columns, each with so many rows for text.
pub(crate) fn on_pages(
    slide: &Slide,
    notes: bool,
    (width, rows): (usize, usize),
    screen: &Screen,
) -> Vec<Page> {
    pages(slide, notes, Some(rows), &|blocks, how| set(blocks, how, measure(width), screen))
}

/// The same without an end of the page.
pub(crate) fn in_lines(slide: &Slide, notes: bool, screen: &Screen) -> Vec<Page> {
    let width = screen.width.min(MEASURE);
    pages(slide, notes, None, &|blocks, how| set(blocks, how, width, screen))
}

/// Where the lecture is: the lab with the screen's number, and the minutes.
pub(crate) fn place(teach: &Teach<'_>, screen: &Screen) -> (String, String) {
    let lecture = teach.lecture();
    let (at, n) = (teach.at(), lecture.slides.len());
    let left = format!("{} · screen {} of {n}", lecture.lab, at + 1);
    let minutes = counted(teach.slide().minutes);
    let (until, all) = (lecture.minutes_until(at), lecture.minutes_until(n));
    (screen.plain(&left), screen.plain(&format!("{minutes} · {until} of {all} at its end")))
}

/// The title, with what the page is if it is not the screen itself.
pub(crate) fn title(teach: &Teach<'_>, screen: &Screen) -> String {
    let mut text = teach.slide().title.clone();
    text += match teach.kind() {
        Kind::Body => "",
        Kind::Answer => " · revealed",
        Kind::Notes => " · speaker notes",
    };
    if let Some((part, of)) = teach.page().map(|page| page.part).filter(|(_, of)| *of > 1) {
        text = format!("{text} ({part} of {of})");
    }
    screen.plain(&text)
}

/// The keys that mean something now.
pub(crate) fn keys(teach: &Teach<'_>, screen: &Screen) -> String {
    let on = match (teach.sheet(), teach.next_kind()) {
        (Sheet::List, _) => "number, or arrows and Enter: go there   Esc: back to the screen",
        (Sheet::Help, _) => "Enter: back to the screen",
        (_, Some(Kind::Answer)) if teach.kind() != Kind::Answer => "Enter: reveal",
        (_, Some(Kind::Notes)) => "Enter: notes",
        _ => "Enter: on",
    };
    let run = if teach.command().is_some() { "   r: run" } else { "" };
    let rest = if teach.sheet() == Sheet::None {
        format!("   b: back{run}   n: notes   g: go to   ?: help")
    } else {
        String::new()
    };
    screen.plain(&format!("{on}{rest}   q: quit"))
}

/// What covers the page, if something does. The marked screen is pointed at.
pub(crate) fn sheet(teach: &Teach<'_>, marked: usize, screen: &Screen) -> Vec<String> {
    match teach.sheet() {
        Sheet::None => Vec::new(),
        Sheet::Help => help().iter().map(|line| screen.plain(line)).collect(),
        Sheet::List => {
            let line = |(n, slide): (usize, &Slide)| {
                let mark = if n == marked { ">" } else { " " };
                let title = screen.cell(&slide.title, 56);
                format!("{mark} {:>2}  {title}  {:>2} min", n + 1, slide.minutes)
            };
            teach.lecture().slides.iter().enumerate().map(line).collect()
        }
    }
}

fn help() -> [&'static str; 10] {
    [
        "Enter       go on; where something is asked, first reveal the answer",
        "            (also space, right, PageDown)",
        "b           back (also left, PageUp)",
        "r           run the command that is shown; Ctrl-C ends it and not the lecture",
        "n           speaker notes, or none",
        "g           list the screens and go to one",
        "g 5, or 5   go to screen 5",
        "?           this help",
        "q           leave (also Ctrl-C)",
        "",
    ]
}

/// What is to be said besides.
pub(crate) fn notice(teach: &Teach<'_>, screen: &Screen) -> Option<String> {
    let text = match teach.notice()? {
        Notice::Unknown(word) => format!("`{word}` means nothing here; ? says what does."),
        Notice::NoCommand => "There is no command to run on this page.".to_owned(),
        Notice::NoNotes => "Notes are on; this screen has none.".to_owned(),
        Notice::NoScreen(n) => format!("The screens are 1 to {n}."),
        Notice::Beginning => "This is the first screen.".to_owned(),
        Notice::End => "This is the end of the lecture; q leaves.".to_owned(),
        Notice::Ended(told) => told.clone(),
    };
    Some(screen.plain(&text))
}

/// The page, or what is to be said instead of it, for the line mode.
pub(crate) fn page(teach: &Teach<'_>, screen: &Screen) -> String {
    let mut text = String::new();
    if teach.sheet() != Sheet::None {
        for line in sheet(teach, teach.at(), screen) {
            text = text + line.trim_end() + "\n";
        }
        return text;
    }
    if let Some(notice) = notice(teach, screen) {
        return notice + "\n";
    }
    let (place, minutes) = place(teach, screen);
    text += &screen.plain(&format!("{place} · {minutes}\n"));
    text = text + &ansi(&[Span::new(title(teach, screen), Ink::Head)], screen) + "\n\n";
    for line in teach.page().map(|page| &page.lines[..]).unwrap_or_default() {
        text = text + &ansi(line, screen) + "\n";
    }
    text + "\n" + &keys(teach, screen) + "\n"
}

/// A line with its inks, if the screen has colours.
fn ansi(line: &[Span], screen: &Screen) -> String {
    if !screen.colour {
        return words(line);
    }
    let inked = |span: &Span| {
        let style = match span.ink {
            Ink::Plain => return span.text.clone(),
            Ink::Strong | Ink::Command | Ink::Head => Style::new().bold(),
            Ink::Code => Style::new().fg_color(Some(AnsiColor::Cyan.into())),
            Ink::Dim => Style::new().dimmed(),
        };
        format!("{style}{}{style:#}", span.text)
    };
    line.iter().map(inked).collect()
}

/// Lines as one text, for a document.
pub(crate) fn unbroken(lines: &[Line]) -> String {
    lines.iter().map(|line| words(line)).collect::<Vec<_>>().join("\n")
}

/// `1 minute`, `5 minutes`.
fn counted(minutes: u32) -> String {
    format!("{minutes} minute{}", if minutes == 1 { "" } else { "s" })
}
