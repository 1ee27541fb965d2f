//! Text for people: fits the screen it is given, says everything in words, and uses colour only
//! to repeat what the words say.

mod demo;
mod doctor;
mod exhibit;
mod explore;
mod fix;
mod fold;
mod lanes;
mod list;
mod page;
mod price;
mod replay;
mod stuck;
#[cfg(test)]
mod tests;
mod trace;
mod ways;
mod words;

pub(crate) use demo::demo;
pub(crate) use doctor::doctor;
pub(crate) use explore::explorations;
pub(crate) use list::list;
pub(crate) use replay::replay;
pub(crate) use stuck::hang;
pub(crate) use trace::trace;

/// A number with a comma after every three digits, for what is printed beside the renderers.
pub(crate) fn thousands(number: u64) -> String {
    words::thousands(number)
}

/// The text in ASCII, for what is printed beside the renderers.
pub(crate) fn ascii(text: &str) -> String {
    page::ascii_only(text)
}
