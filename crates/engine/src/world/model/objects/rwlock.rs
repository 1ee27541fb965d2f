//! Reader-writer locks of the model.

use super::meaning::Meaning;
use crate::report::Wait;
use crate::world::model::ids::{HELD_BACK, ThreadId, ValueId, WOULD_BLOCK};

/// What a thread asks of a reader-writer lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RwLockOp {
    /// Shares it.
    Read,
    TryRead,
    ReadUnlock,
    /// Takes it alone.
    Write,
    TryWrite,
    /// Gives it back with this data in it.
    WriteUnlock(ValueId),
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

impl Meaning for RwLockOp {
    fn is_eager(self) -> bool {
        false
    }

    fn ways(self, word: u64, _: ThreadId) -> u8 {
        let lock = RwWord::read(word);
        match self {
            Self::Read => u8::from(lock.writer.is_none() && !lock.held_back),
            Self::Write => u8::from(lock.is_free()),
            Self::TryRead | Self::ReadUnlock | Self::TryWrite | Self::WriteUnlock(_) => 1,
        }
    }

    fn apply(self, word: u64, thread: ThreadId, branch: u8) -> (u64, u64) {
        let lock = RwWord::read(word);
        let data = u64::from(lock.data);
        match self {
            Self::Read if branch == HELD_BACK => (RwWord { held_back: true, ..lock }.word(), 0),
            Self::TryRead if lock.writer.is_some() || lock.held_back || branch > 0 => {
                (word, WOULD_BLOCK)
            }
            Self::TryWrite if !lock.is_free() => (word, WOULD_BLOCK),
            Self::Read | Self::TryRead => {
                (RwWord { readers: lock.readers + 1, ..lock }.word(), data)
            }
            Self::ReadUnlock => (RwWord { readers: lock.readers - 1, ..lock }.word(), 0),
            // While it is held alone the data is the holder's business: it has no number.
            Self::Write | Self::TryWrite => (
                RwWord { writer: Some(thread), readers: 0, data: 0, held_back: false }.word(),
                data,
            ),
            Self::WriteUnlock(data) => (RwWord { writer: None, data, ..lock }.word(), 0),
        }
    }

    fn wait(self) -> Option<Wait> {
        Some(Wait::Lock)
    }

    fn words(self, name: &str) -> String {
        match self {
            Self::Read => format!("read {name}"),
            Self::TryRead => format!("try_read {name}"),
            Self::Write => format!("write {name}"),
            Self::TryWrite => format!("try_write {name}"),
            Self::ReadUnlock | Self::WriteUnlock(_) => format!("unlock {name}"),
        }
    }

    fn given(self, result: u64) -> Option<&'static str> {
        match self {
            Self::TryRead | Self::TryWrite => Some(super::meaning::tried(result)),
            Self::Read | Self::Write | Self::ReadUnlock | Self::WriteUnlock(_) => None,
        }
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
        let (shared, data) = RwLockOp::Read.apply(free, 1, 0);
        assert_eq!(data, 7);
        assert_eq!(RwLockOp::Read.ways(shared, 2), 1);
        assert_eq!(RwLockOp::Write.ways(shared, 2), 0);
        assert_eq!(RwLockOp::TryWrite.apply(shared, 2, 0), (shared, WOULD_BLOCK));
        assert_eq!(RwLockOp::ReadUnlock.apply(shared, 1, 0).0, free);
        let (alone, data) = RwLockOp::Write.apply(free, 2, 0);
        assert_eq!((data, RwLockOp::Read.ways(alone, 1)), (7, 0));
        let (after, _) = RwLockOp::WriteUnlock(9).apply(alone, 2, 0);
        assert_eq!(RwWord { data: 7, ..RwWord::read(after) }.word(), free);
        assert_eq!(RwWord::read(after).data, 9);
    }
}
