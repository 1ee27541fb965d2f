//! Pictures of a recorded run: what all of them share, and those that are files.
//!
//! # Layout
//! | module | purpose |
//! |---|---|
//! | `lanes` | what every thread did from event to event, and who had every lock |
//! | `axis` | where events stand: every one has room, or true to scale |
//! | `say` | an event in words |
//! | `svg` | the still picture |
//! | `html` | the page: the picture with a little script |
//! | `chrome` | Chrome Trace JSON, for the Perfetto UI |

mod axis;
mod chrome;
mod html;
mod lanes;
mod say;
mod svg;
#[cfg(test)]
mod tests;

pub(super) use axis::Axis;
pub(crate) use chrome::chrome;
pub(crate) use html::html;
pub(super) use lanes::{Doing, LockLane, Picture, Span, ThreadLane};
pub(super) use say::{in_brackets, line, outcome, said, span, waits};
pub(crate) use svg::svg;
pub(super) use svg::{escaped, short};
