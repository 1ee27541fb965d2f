//! Teaching from the terminal: the lecture of `conclab teach`, made from the chapter about a lab.
//!
//! The chapter is the only source: what `<section class="screen">` holds there is a screen here.
//!
//! # Layout
//! | module | purpose |
//! |---|---|
//! | `include` | code that a chapter takes from the labs |
//! | `markdown`, `html`, `read` | from a chapter's text to a lecture |
//! | `lecture` | the lecture as plain data |
//! | `pages` | what is shown at a time |
//! | `machine` | what leads from one page to another |

mod html;
pub(crate) mod include;
mod lecture;
mod machine;
mod markdown;
mod pages;
mod read;
#[cfg(test)]
pub(crate) mod tests;

pub(crate) use self::lecture::{
    Block, Choice, Command, Ink, Lecture, Line, Quiz, Slide, Span, words,
};
pub(crate) use self::machine::{Input, Notice, Sheet, Teach, Wish};
pub(crate) use self::pages::{Bench, How, Kind, Page, pages};
pub(crate) use self::read::lecture;

/// Every lab's chapter: its name and its text.
const CHAPTERS: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/chapters.rs"));

/// The chapter about a lab.
pub(crate) fn chapter(lab: &str) -> Option<&'static str> {
    CHAPTERS.iter().find(|(name, _)| *name == lab).map(|(_, text)| *text)
}
