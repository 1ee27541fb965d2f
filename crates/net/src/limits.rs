//! The limit of open files (`ulimit -n`): a connection needs one file at each end, and both ends
//! are in this process.

use std::io;

/// Files for everything else that happens meanwhile: pipes to children, `/proc`, pollers.
const OTHERS: u64 = 64;

/// More open files are needed than this process may have.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TooFew {
    /// Open files needed.
    pub(crate) needed: u64,
    /// Open files allowed.
    pub(crate) limit: u64,
}

/// Makes sure that this process may open `n` files more, with some to spare.
pub(crate) fn room_for(n: usize) -> Result<(), TooFew> {
    let needed = open_files() + n as u64 + OTHERS;
    match raise(needed) {
        Some(limit) if limit < needed => Err(TooFew { needed, limit }),
        _ => Ok(()),
    }
}

/// The error of a process that is at its limit of open files: it needs some more at least.
pub(crate) fn no_descriptors() -> TooFew {
    let limit = raise(0).unwrap_or_else(open_files);
    TooFew { needed: limit + OTHERS, limit }
}

/// Whether `error` says that there are too many open files.
#[cfg(unix)]
pub(crate) fn is_exhausted(error: &io::Error) -> bool {
    use rustix::io::Errno;
    let codes = [Errno::MFILE, Errno::NFILE].map(Errno::raw_os_error);
    error.raw_os_error().is_some_and(|code| codes.contains(&code))
}

/// Whether `error` says that there are too many open files.
#[cfg(not(unix))]
pub(crate) fn is_exhausted(_: &io::Error) -> bool {
    false
}

/// Files that this process has open now; not all of them where the platform does not tell.
fn open_files() -> u64 {
    std::fs::read_dir("/dev/fd").map_or(0, |files| files.count() as u64)
}

/// Raises the soft limit to `needed` if it is below and may be raised so far; returns what may be
/// had, if there is a limit.
#[cfg(unix)]
fn raise(needed: u64) -> Option<u64> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let now = getrlimit(Resource::Nofile);
    let current = now.current?;
    if current >= needed {
        return Some(current);
    }
    if let Some(maximum) = now.maximum.filter(|maximum| *maximum < needed) {
        return Some(maximum);
    }
    let wanted = Rlimit { current: Some(needed), maximum: now.maximum };
    Some(if setrlimit(Resource::Nofile, wanted).is_ok() { needed } else { current })
}

#[cfg(not(unix))]
fn raise(_: u64) -> Option<u64> {
    None
}
