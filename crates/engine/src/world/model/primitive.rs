//! Primitives whose whole state is one word: semaphores, reader-writer locks, barriers, gauges,
//! and sleeping on an atomic. A plain state machine: a word goes in, a word and a result come out.

use super::ids::{HELD_BACK, ThreadId, WOULD_BLOCK};
use crate::report::Wait;

/// What a thread asks of such an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Primitive {
    /// Takes a permit; the word is the number of free ones.
    Acquire,
    TryAcquire,
    /// Gives permits back.
    Release(u32),

    /// Shares a reader-writer lock; see [`RwWord`].
    ReadLock,
    TryReadLock,
    ReadUnlock,
    /// Takes it alone.
    WriteLock,
    TryWriteLock,
    /// Gives it back with this data in it.
    WriteUnlock(u32),

    /// Comes to a barrier for so many threads; the word is `round << 32 | arrived`.
    Arrive(u32),
    /// Waits until the round is another one. No step.
    Pass(u32),

    /// Goes in or out; see [`GaugeWord`].
    Enter,
    Leave,

    /// Wakes one of the threads that sleep on an atomic; the word is the set of them.
    WakeOne,
    WakeAll,
    /// Sleeps until woken. No step.
    Doze,
}

/// The word of a reader-writer lock: writer + 1, number of readers, number of the data.
///
/// std does not say who comes first where readers hold the lock, a writer waits, and another
/// reader comes: it may be let in, or held back until the writer has been in. Who is let in could
/// always have come before the writer; so it makes a difference only where nobody else can go on,
/// and there both ways are followed. `try_read` may be refused wherever a writer waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RwWord {
    pub(crate) writer: Option<ThreadId>,
    pub(crate) readers: u8,
    pub(crate) data: u32,
    /// No reader is let in until a writer has been in.
    pub(crate) held_back: bool,
}

impl RwWord {
    /// Takes a word apart.
    #[expect(clippy::cast_possible_truncation, reason = "each field has its own bits")]
    pub(crate) fn read(word: u64) -> Self {
        let writer = (word >> 40) as u8;
        let held_back = word >> 48 & 1 == 1;
        let (readers, data) = ((word >> 32) as u8, word as u32);
        Self { writer: writer.checked_sub(1), readers, data, held_back }
    }

    /// Puts it together again.
    pub(crate) fn word(self) -> u64 {
        let writer = self.writer.map_or(0, |writer| u64::from(writer) + 1);
        let held_back = u64::from(self.held_back) << 48;
        held_back | (writer << 40) | (u64::from(self.readers) << 32) | u64::from(self.data)
    }

    fn is_free(self) -> bool {
        self.writer.is_none() && self.readers == 0
    }
}

/// The word of a gauge: the most that were ever inside at once, and how many are now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct GaugeWord {
    pub(crate) most: u32,
    pub(crate) inside: u32,
}

impl GaugeWord {
    /// Takes a word apart.
    #[expect(clippy::cast_possible_truncation, reason = "each field has its own bits")]
    pub(crate) fn read(word: u64) -> Self {
        Self { most: (word >> 32) as u32, inside: word as u32 }
    }

    /// Puts it together again after `inside` has changed.
    fn with(self, inside: u32) -> u64 {
        (u64::from(self.most.max(inside)) << 32) | u64::from(inside)
    }
}

impl Primitive {
    /// Whether it is no step: done as soon as it is enabled.
    pub(crate) fn is_eager(self) -> bool {
        matches!(self, Self::Pass(_) | Self::Doze)
    }

    /// In how many ways `thread` can do it now; 0 if it cannot.
    pub(crate) fn ways(self, word: u64, thread: ThreadId) -> u8 {
        let enabled = match self {
            Self::Acquire => word > 0,
            Self::ReadLock => {
                let lock = RwWord::read(word);
                lock.writer.is_none() && !lock.held_back
            }
            Self::WriteLock => RwWord::read(word).is_free(),
            Self::Pass(round) => word >> 32 != u64::from(round),
            Self::Doze => word >> thread & 1 == 0,
            Self::WakeOne => {
                return u8::try_from(word.count_ones().max(1)).expect("at most 64 threads sleep");
            }
            _ => true,
        };
        u8::from(enabled)
    }

    /// Does it, by branch `branch`: the word after it, and what the thread is given.
    pub(crate) fn apply(self, word: u64, thread: ThreadId, branch: u8) -> (u64, u64) {
        match self {
            Self::Acquire => (word - 1, 0),
            Self::TryAcquire => match word.checked_sub(1) {
                Some(rest) => (rest, 0),
                None => (word, WOULD_BLOCK),
            },
            Self::Release(n) => (word + u64::from(n), 0),
            Self::ReadLock
            | Self::TryReadLock
            | Self::ReadUnlock
            | Self::WriteLock
            | Self::TryWriteLock
            | Self::WriteUnlock(_) => self.apply_to_lock(RwWord::read(word), thread, branch),
            Self::Arrive(n) => {
                let (round, arrived) = (word >> 32, (word & u64::from(u32::MAX)) + 1);
                if arrived == u64::from(n) {
                    // The last to come opens the barrier and leads.
                    (((round + 1) & u64::from(u32::MAX)) << 32, WOULD_BLOCK | round)
                } else {
                    ((round << 32) | arrived, round)
                }
            }
            Self::Enter | Self::Leave => {
                let gauge = GaugeWord::read(word);
                let inside = match self {
                    Self::Enter => gauge.inside + 1,
                    // One that leaves twice is the lab's mistake; there are never fewer than none.
                    _ => gauge.inside.saturating_sub(1),
                };
                (gauge.with(inside), 0)
            }
            Self::WakeOne => (super::ids::without(word, branch), 0),
            Self::WakeAll => (0, 0),
            Self::Pass(_) | Self::Doze => (word, 0),
        }
    }

    fn apply_to_lock(self, lock: RwWord, thread: ThreadId, branch: u8) -> (u64, u64) {
        let data = u64::from(lock.data);
        match self {
            Self::ReadLock if branch == HELD_BACK => (RwWord { held_back: true, ..lock }.word(), 0),
            Self::TryReadLock if lock.writer.is_some() || lock.held_back || branch > 0 => {
                (lock.word(), WOULD_BLOCK)
            }
            Self::TryWriteLock if !lock.is_free() => (lock.word(), WOULD_BLOCK),
            Self::ReadLock | Self::TryReadLock => {
                (RwWord { readers: lock.readers + 1, ..lock }.word(), data)
            }
            Self::ReadUnlock => (RwWord { readers: lock.readers - 1, ..lock }.word(), 0),
            // While it is held alone the data is the holder's business: it has no number.
            Self::WriteLock | Self::TryWriteLock => (
                RwWord { writer: Some(thread), readers: 0, data: 0, held_back: false }.word(),
                data,
            ),
            Self::WriteUnlock(data) => (RwWord { writer: None, data, ..lock }.word(), 0),
            _ => unreachable!("only operations of reader-writer locks come here"),
        }
    }

    /// What kind of waiting it is, for a thread that cannot do it.
    pub(crate) fn wait(self) -> Wait {
        match self {
            Self::Acquire | Self::TryAcquire | Self::Release(_) => Wait::Semaphore,
            Self::Arrive(_) | Self::Pass(_) => Wait::Barrier,
            Self::WakeOne | Self::WakeAll | Self::Doze => Wait::Sleep,
            _ => Wait::Lock,
        }
    }

    /// The operation on `name`, in the words of the source.
    pub(crate) fn words(self, name: &str) -> String {
        match self {
            Self::Acquire => format!("acquire {name}"),
            Self::TryAcquire => format!("try_acquire {name}"),
            Self::Release(1) => format!("release {name}"),
            Self::Release(n) => format!("release {name} {n}"),
            Self::ReadLock => format!("read {name}"),
            Self::TryReadLock => format!("try_read {name}"),
            Self::WriteLock => format!("write {name}"),
            Self::TryWriteLock => format!("try_write {name}"),
            Self::ReadUnlock | Self::WriteUnlock(_) => format!("unlock {name}"),
            Self::Arrive(_) => format!("arrive at {name}"),
            Self::Pass(_) => format!("pass {name}"),
            Self::Enter => format!("enter {name}"),
            Self::Leave => format!("leave {name}"),
            Self::WakeOne => format!("wake_one {name}"),
            Self::WakeAll => format!("wake_all {name}"),
            Self::Doze => format!("sleep on {name}"),
        }
    }

    /// What the thread was given, if that is worth a word.
    pub(crate) fn given(self, result: u64) -> Option<String> {
        let text =
            match self {
                Self::TryAcquire | Self::TryReadLock | Self::TryWriteLock => {
                    if result == WOULD_BLOCK { "would block" } else { "taken" }
                }
                Self::Arrive(_) if result & WOULD_BLOCK != 0 => "last: opens it",
                _ => return None,
            };
        Some(text.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fields_of_a_reader_writer_lock_do_not_touch() {
        for writer in [None, Some(0), Some(63)] {
            let held_back = writer.is_none();
            let lock = RwWord { writer, readers: 64, data: u32::MAX, held_back };
            assert_eq!(RwWord::read(lock.word()), lock);
        }
    }

    #[test]
    fn readers_share_and_a_writer_is_alone() {
        let free = RwWord { writer: None, readers: 0, data: 7, held_back: false }.word();
        let (shared, data) = Primitive::ReadLock.apply(free, 1, 0);
        assert_eq!(data, 7);
        assert_eq!(Primitive::ReadLock.ways(shared, 2), 1);
        assert_eq!(Primitive::WriteLock.ways(shared, 2), 0);
        assert_eq!(Primitive::TryWriteLock.apply(shared, 2, 0), (shared, WOULD_BLOCK));
        assert_eq!(Primitive::ReadUnlock.apply(shared, 1, 0).0, free);
        let (alone, data) = Primitive::WriteLock.apply(free, 2, 0);
        assert_eq!((data, Primitive::ReadLock.ways(alone, 1)), (7, 0));
        let (after, _) = Primitive::WriteUnlock(9).apply(alone, 2, 0);
        assert_eq!(RwWord { data: 7, ..RwWord::read(after) }.word(), free);
        assert_eq!(RwWord::read(after).data, 9);
    }

    #[test]
    fn the_last_to_come_opens_the_barrier_for_the_round() {
        let (word, first) = Primitive::Arrive(2).apply(0, 1, 0);
        assert_eq!((first, Primitive::Pass(0).ways(word, 1)), (0, 0));
        let (word, last) = Primitive::Arrive(2).apply(word, 2, 0);
        assert_eq!((last & WOULD_BLOCK, Primitive::Pass(0).ways(word, 1)), (WOULD_BLOCK, 1));
        assert_eq!(word & u64::from(u32::MAX), 0, "the next round begins with nobody");
    }

    #[test]
    fn a_gauge_remembers_the_most_that_were_inside() {
        let steps = [Primitive::Enter, Primitive::Enter, Primitive::Leave, Primitive::Leave];
        let word = steps.iter().fold(0, |word, step| step.apply(word, 1, 0).0);
        assert_eq!(GaugeWord::read(word), GaugeWord { most: 2, inside: 0 });
    }

    #[test]
    fn permits_are_taken_while_there_are_some() {
        assert_eq!(Primitive::Acquire.ways(0, 1), 0);
        assert_eq!(Primitive::Acquire.apply(2, 1, 0), (1, 0));
        assert_eq!(Primitive::TryAcquire.apply(0, 1, 0), (0, WOULD_BLOCK));
        assert_eq!(Primitive::Release(3).apply(1, 1, 0), (4, 0));
    }
}
