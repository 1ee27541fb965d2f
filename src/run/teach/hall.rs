//! What a lecture is given with.

use crate::session::Session;
use crate::signal::Host;
use crate::teach::Lecture;

/// What a lecture is given with.
pub(super) struct Hall<'a> {
    pub(super) lecture: &'a Lecture,
    /// The screen to begin at, from 0.
    pub(super) first: usize,
    /// Whether notes are shown from the beginning.
    pub(super) notes: bool,
    pub(super) host: Host,
    pub(super) session: &'a Session,
}
