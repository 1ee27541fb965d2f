//! `conclab list`.

use conclab_kit::lab::AnyLab;

use crate::exit::Exit;
use crate::render::{json, text};
use crate::session::Session;

/// Prints the labs, in teaching order.
pub(super) fn run(labs: &[&'static dyn AnyLab], session: &Session) -> anyhow::Result<Exit> {
    session.print(&if session.is_json() {
        json::list(labs, &session.screen)
    } else {
        text::list(labs, session.globals.verbose, &session.screen)
    })?;
    Ok(Exit::Kept)
}
