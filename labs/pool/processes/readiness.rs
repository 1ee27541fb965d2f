//! Waiting for all workers at once.

use std::io;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

use super::pool::{PATIENCE, Place};

/// Which end of which worker has something for us.
#[derive(Clone, Copy, Debug)]
pub(super) enum Ready {
    Replies(usize),
    Stderr(usize),
    Room,
}

/// Waits until a worker has something for us, or [`PATIENCE`] is over.
pub(super) fn wait(places: &[Place]) -> io::Result<Vec<Ready>> {
    let mut fds = Vec::with_capacity(3 * places.len());
    let mut meanings = Vec::with_capacity(3 * places.len());
    for (idx, place) in places.iter().enumerate() {
        let Some(member) = &place.member else { continue };
        fds.push(PollFd::from_borrowed_fd(member.transport.receives_from(), PollFlags::IN));
        meanings.push(Ready::Replies(idx));
        if let Some(stderr) = member.process.stderr() {
            fds.push(PollFd::from_borrowed_fd(stderr, PollFlags::IN));
            meanings.push(Ready::Stderr(idx));
        }
        if member.has_unsent() {
            fds.push(PollFd::from_borrowed_fd(member.transport.sends_to(), PollFlags::OUT));
            meanings.push(Ready::Room);
        }
    }
    let patience = Timespec { tv_sec: 0, tv_nsec: PATIENCE.subsec_nanos().into() };
    match poll(&mut fds, Some(&patience)) {
        Ok(0) | Err(Errno::INTR) => return Ok(Vec::new()),
        Ok(_) => {}
        Err(error) => return Err(error.into()),
    }
    let ready = fds.iter().zip(meanings).filter(|(fd, _)| !fd.revents().is_empty());
    Ok(ready.map(|(_, meaning)| meaning).collect())
}
