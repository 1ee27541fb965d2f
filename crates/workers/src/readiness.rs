//! Waiting for all workers at once.

use std::hint::spin_loop;
use std::io;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

use super::member::Member;
use super::pool::{PATIENCE, Place};

/// Which end of which worker has something for us.
#[derive(Clone, Copy, Debug)]
pub(super) enum Ready {
    Replies(usize),
    Stderr(usize),
    Room,
}

/// Waits until a worker has something for us, or [`PATIENCE`] is over. Looks for `looks` before it
/// sleeps.
pub(super) fn wait(places: &mut [Place], looks: Duration) -> io::Result<Vec<Ready>> {
    let news = look(places, looks);
    let asleep = !news
        && members(places).all(|(_, member)| {
            let unsent = member.has_unsent();
            member.transport.falls_asleep(unsent)
        });
    let mut ready = listen(places, if asleep { PATIENCE } else { Duration::ZERO })?;
    for (idx, member) in members(places) {
        if !news {
            member.transport.wakes();
        }
        if has_news(member) {
            ready.push(Ready::Replies(idx));
        }
    }
    Ok(ready)
}

fn members(places: &mut [Place]) -> impl Iterator<Item = (usize, &mut Member)> {
    let members = places.iter_mut().map(|place| place.member.as_mut());
    members.enumerate().filter_map(|(idx, member)| Some((idx, member?)))
}

/// Whether there is something to do for us that no descriptor tells of.
fn has_news(member: &mut Member) -> bool {
    let unsent = member.has_unsent();
    member.transport.has_news(unsent)
}

/// Looks for news that no descriptor tells of, for a while; says whether there is some.
fn look(places: &mut [Place], looks: Duration) -> bool {
    let begin = Instant::now();
    loop {
        if members(places).any(|(_, member)| has_news(member)) {
            return true;
        }
        if looks.is_zero() || begin.elapsed() >= looks {
            return false;
        }
        spin_loop();
    }
}

/// What the descriptors tell, within `patience`.
fn listen(places: &[Place], patience: Duration) -> io::Result<Vec<Ready>> {
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
        if let Some(tasks) = member.transport.sends_to().filter(|_| member.has_unsent()) {
            fds.push(PollFd::from_borrowed_fd(tasks, PollFlags::OUT));
            meanings.push(Ready::Room);
        }
    }
    let patience = Timespec { tv_sec: 0, tv_nsec: patience.subsec_nanos().into() };
    match poll(&mut fds, Some(&patience)) {
        Ok(0) | Err(Errno::INTR) => return Ok(Vec::new()),
        Ok(_) => {}
        Err(error) => return Err(error.into()),
    }
    let ready = fds.iter().zip(meanings).filter(|(fd, _)| !fd.revents().is_empty());
    Ok(ready.map(|(_, meaning)| meaning).collect())
}
