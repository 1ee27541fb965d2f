//! Text for people: fits the screen it is given, says everything in words, and uses colour only
//! to repeat what the words say.

mod claims;
mod columns;
mod demo;
mod doctor;
mod door;
mod exhibit;
mod explain;
mod explore;
mod fix;
mod fold;
mod lanes;
mod list;
mod looks;
mod page;
pub(crate) mod play;
mod predict;
mod price;
mod replay;
mod ring;
mod row;
mod short;
mod stuck;
mod switch;
pub(crate) mod teach;
#[cfg(test)]
mod tests;
mod trace;
mod ways;
mod words;

use conclab_engine::report::Count;

pub(crate) use demo::demo;
pub(crate) use doctor::doctor;
pub(crate) use door::door;
pub(super) use explain::promise;
pub(crate) use explore::explorations;
pub(super) use fold::{Row, fold, span};
pub(crate) use list::list;
pub(super) use looks::told as looks;
pub(crate) use predict::{graded, question};
pub(crate) use replay::{Telling, replay};
pub(crate) use stuck::hang;
pub(super) use stuck::lines as waits;
pub(super) use switch::sentence as switch;
pub(crate) use trace::trace;
pub(super) use words::number;

/// A number with a comma after every three digits, for what is printed beside the renderers.
pub(crate) fn thousands(number: u64) -> String {
    words::thousands(number)
}

/// A number of interleavings, short enough for a line.
pub(crate) fn count(count: &Count) -> String {
    words::count(count)
}

/// A chance from 0 to 1, to three digits.
pub(crate) fn odds(odds: f64) -> String {
    words::odds(odds)
}

/// The text in ASCII, for what is printed beside the renderers.
pub(crate) fn ascii(text: &str) -> String {
    page::ascii_only(text)
}
