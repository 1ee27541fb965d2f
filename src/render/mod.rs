//! Renderers: pure functions from what was found to text, JSON or a page, and from a game to a
//! full screen.
//!
//! They know no lab, no clock and no thread, and decide nothing about the terminal: a
//! [`Screen`](crate::screen::Screen) tells them what they may use.

pub(crate) mod full;
pub(crate) mod html;
pub(crate) mod json;
pub(crate) mod story;
pub(crate) mod text;
pub(crate) mod trace;
