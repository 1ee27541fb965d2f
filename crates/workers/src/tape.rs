//! What a worker did, for a recording: in memory that its parent has, too.
//!
//! So of a worker that is killed nothing is lost, and what the two say to each other is the same
//! with a recording and without. A tape that is full counts what finds no room.

use std::io;
use std::os::fd::{OwnedFd, RawFd};
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};

use conclab_engine::world::traced::{choose_clock, ticks};

use super::memory::{Memory, STRIDE_BYTES};

/// Most events of a worker that are kept.
const EVENTS_MAX: usize = 4096;

/// An event: when, and what with which task.
const EVENT_BYTES: usize = 2 * size_of::<u64>();

/// The argument of a worker that tells it of its tape, before the descriptor.
pub(super) const ARGUMENT: &str = "tape:";

macro_rules! happenings {
    ($($(#[$doc:meta])* $happens:ident,)*) => {
        /// What happens in a worker.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Happens { $($(#[$doc])* $happens,)* }

        impl Happens {
            /// All of them, by number.
            const ALL: &'static [Self] = &[$(Self::$happens,)*];
        }
    };
}

happenings! {
    /// The process has come so far that it can tell.
    Starts,
    /// It waits for tasks.
    Waits,
    /// Tasks have come.
    Received,
    /// The task is being done from now on.
    Begin,
    /// The task waits for a server.
    Asks,
    /// The server has answered.
    Answered,
    /// The task has ended, one way or the other.
    End,
    /// It sends replies.
    Replies,
    /// It ends, because it was asked to.
    Leaves,
}

/// One of them, when it was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Happened {
    pub(super) ticks: u64,
    pub(super) what: Happens,
    /// The number of the task; 0 is none.
    pub(super) number: u32,
}

/// What a worker did, first to last.
#[derive(Debug)]
pub(super) struct Tape(Memory);

impl Tape {
    /// An empty tape.
    ///
    /// # Errors
    /// If the system does not give us memory with a file descriptor.
    pub(super) fn share() -> io::Result<Self> {
        Ok(Self(Memory::share(STRIDE_BYTES + EVENTS_MAX * EVENT_BYTES)?))
    }

    /// A descriptor that the worker inherits.
    ///
    /// # Errors
    /// If there are too many open files.
    pub(super) fn lend(&self) -> io::Result<OwnedFd> {
        self.0.lend()
    }

    /// The tape of this process, by the descriptor that it inherited.
    ///
    /// # Errors
    /// If this is no such descriptor.
    pub(super) fn inherited(number: RawFd) -> io::Result<Self> {
        let memory = Memory::inherited(number)?;
        if memory.len() < STRIDE_BYTES + EVENTS_MAX * EVENT_BYTES {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        choose_clock();
        Ok(Self(memory))
    }

    /// Notes what happens now.
    pub(super) fn note(&self, what: Happens, number: u32) {
        let written = self.0.word(0);
        // Relaxed: only this process writes.
        let next = written.load(Relaxed);
        if let Some(at) = place(next) {
            // Relaxed, twice: published by the store below.
            self.0.word(at).store(ticks(), Relaxed);
            let word = ((what as u64) << 32) | u64::from(number);
            // Relaxed: as above.
            self.0.word(at + size_of::<u64>()).store(word, Relaxed);
        }
        // Release: pairs with the Acquire load in `read`.
        written.store(next + 1, Release);
    }

    /// What happened so far, and how much of it found no room.
    pub(super) fn read(&self) -> (Vec<Happened>, u64) {
        // Acquire: pairs with the Release store in `note`.
        let written = self.0.word(0).load(Acquire);
        let events: Vec<_> =
            (0..written).map_while(place).filter_map(|at| self.event(at)).collect();
        let lost = written - events.len() as u64;
        (events, lost)
    }

    /// The event at a byte; nothing if it is none of ours.
    fn event(&self, at: usize) -> Option<Happened> {
        // Relaxed, twice: ordered by the Acquire load in `read`.
        let ticks = self.0.word(at).load(Relaxed);
        // Relaxed: as above.
        let word = self.0.word(at + size_of::<u64>()).load(Relaxed);
        let what = usize::try_from(word >> 32).ok()?;
        let number = u32::try_from(word & u64::from(u32::MAX)).ok()?;
        Some(Happened { ticks, what: *Happens::ALL.get(what)?, number })
    }
}

/// Where an event lies; nothing if there is no room for it.
fn place(nth: u64) -> Option<usize> {
    let nth = usize::try_from(nth).ok().filter(|nth| *nth < EVENTS_MAX)?;
    Some(STRIDE_BYTES + nth * EVENT_BYTES)
}

#[cfg(test)]
mod tests {
    use std::os::fd::IntoRawFd as _;

    use super::*;

    fn both() -> (Tape, Tape) {
        let ours = Tape::share().unwrap();
        let theirs = Tape::inherited(ours.lend().unwrap().into_raw_fd()).unwrap();
        (ours, theirs)
    }

    #[test]
    fn what_a_worker_notes_its_parent_reads() {
        let (ours, theirs) = both();
        assert_eq!(ours.read(), (Vec::new(), 0));
        let before = ticks();
        theirs.note(Happens::Begin, u32::MAX);
        theirs.note(Happens::Leaves, 0);
        let (events, lost) = ours.read();
        let told: Vec<_> = events.iter().map(|event| (event.what, event.number)).collect();
        assert_eq!((told, lost), (vec![(Happens::Begin, u32::MAX), (Happens::Leaves, 0)], 0));
        assert!(before <= events[0].ticks && events[0].ticks <= events[1].ticks);
        assert!(events[1].ticks <= ticks());
    }

    #[test]
    fn a_full_tape_keeps_the_beginning_and_counts_the_rest() {
        let (ours, theirs) = both();
        for number in 0..5_000 {
            theirs.note(Happens::Begin, number);
        }
        let (events, lost) = ours.read();
        assert_eq!((events.len(), lost), (4_096, 904));
        assert!(events.iter().map(|event| event.number).eq(0..4_096));
    }

    #[test]
    fn garbage_is_counted_as_lost() {
        let (ours, theirs) = both();
        theirs.note(Happens::Begin, 1);
        theirs.0.put(STRIDE_BYTES + 8, &[255; 8]);
        assert_eq!(ours.read(), (Vec::new(), 1));
        theirs.0.put(0, &[255; 8]);
        let (_, lost) = ours.read();
        assert!(lost > 4_096);
        assert!(Tape::inherited(-1).is_err());
    }
}
