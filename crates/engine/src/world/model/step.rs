//! The meaning of every step: a plain state machine over [`State`].

use super::ids::{
    Choice, FAILED, HELD_BACK, SPURIOUS, Slot, ThreadId, WOULD_BLOCK, bit, owner, without,
};
use super::objects::meaning::Meaning as _;
use super::objects::primitive::Primitive;
use super::objects::rwlock::{RwLockOp, RwWord};
use super::op::Pending;
use super::state::{SPURIOUS_USED, State};
use super::tables::Tables;

impl State {
    /// How many ways the thread can do its pending operation now; 0 if it cannot.
    pub(crate) fn ways(&self, tables: &Tables, thread: ThreadId) -> u8 {
        match tables.pending(self, thread) {
            None | Some(Pending::Finished(_) | Pending::Panicked(_)) => 0,
            Some(Pending::Lock(mutex)) => u8::from(owner(self.get(*mutex)).is_none()),
            Some(Pending::Relock { condvar, mutex }) => {
                let woken = self.get(*condvar) & bit(thread) == 0;
                u8::from(woken && owner(self.get(*mutex)).is_none())
            }
            Some(Pending::NotifyOne(condvar)) => {
                let waiting = self.get(*condvar).count_ones().max(1);
                u8::try_from(waiting).expect("at most 64 threads wait")
            }
            Some(Pending::Pause { read, tried }) => {
                let changed = read.iter().any(|&(slot, word)| self.get(slot) != word);
                u8::from(changed || tried.iter().any(|pending| !self.would_block(pending)))
            }
            Some(Pending::On { object, what: Primitive::RwLock(RwLockOp::TryRead) })
                if self.waiting_writer(tables, *object).is_some() =>
            {
                2
            }
            Some(Pending::On { object, what }) => what.ways(self.get(*object), thread),
            Some(Pending::Channel { channel, places, what }) => {
                u8::from(what.is_enabled(self, *channel, *places))
            }
            Some(Pending::Join(thread)) => u8::from(tables.is_over(self.get(*thread))),
            Some(Pending::JoinAll(threads)) => {
                u8::from(threads.iter().all(|&thread| tables.is_over(self.get(thread))))
            }
            Some(_) => 1,
        }
    }

    /// Whether an operation that is tried would be in vain now.
    fn would_block(&self, tried: &Pending) -> bool {
        match tried {
            Pending::TryLock(mutex) => owner(self.get(*mutex)).is_some(),
            Pending::On { object, what } => what.apply(self.get(*object), 0, 0).1 == WOULD_BLOCK,
            Pending::Channel { channel, places, what } => {
                !what.waiting().is_enabled(self, *channel, *places)
            }
            _ => false,
        }
    }

    /// The first thread that waits to hold a lock alone while readers hold it.
    pub(crate) fn waiting_writer(&self, tables: &Tables, lock: Slot) -> Option<ThreadId> {
        let writes = Primitive::RwLock(RwLockOp::Write);
        let waits = |thread: &ThreadId| {
            matches!(tables.pending(self, *thread),
                Some(Pending::On { object, what }) if *object == lock && *what == writes)
        };
        let is_read = RwWord::read(self.get(lock)).readers > 0;
        tables.thread_ids().find(|thread| is_read && waits(thread))
    }

    /// Whether the thread asks to read what a writer waits for, and nobody can go on but threads
    /// that do: then it makes a difference that the lock may hold them back.
    pub(crate) fn may_be_held_back(&self, tables: &Tables, thread: ThreadId) -> bool {
        let reads_before_writer = |thread| {
            matches!(tables.pending(self, thread),
                Some(Pending::On { object, what: Primitive::RwLock(RwLockOp::Read) })
                    if self.waiting_writer(tables, *object).is_some())
        };
        reads_before_writer(thread)
            && tables
                .thread_ids()
                .filter(|&other| self.ways(tables, other) > 0)
                .all(reads_before_writer)
    }

    /// Whether the thread's wait could end now though nobody notified it, or its
    /// `compare_exchange_weak` fail though nothing speaks against it.
    pub(crate) fn may_be_spurious(&self, tables: &Tables, thread: ThreadId) -> bool {
        if self.get(SPURIOUS_USED) >= u64::from(tables.spurious) {
            return false;
        }
        match tables.pending(self, thread) {
            Some(Pending::Relock { condvar, .. }) => self.get(*condvar) & bit(thread) != 0,
            Some(Pending::CompareExchange { object, expected, weak: true, .. }) => {
                self.get(*object) == *expected
            }
            _ => false,
        }
    }

    /// Does the pending operation of a thread and returns what the thread is given for it, or
    /// nothing if the thread does not move on. The operation must be enabled.
    pub(crate) fn apply(&mut self, pending: &Pending, choice: Choice) -> Option<u64> {
        let thread = choice.thread;
        Some(match pending {
            Pending::Relock { condvar, .. } if choice.branch == SPURIOUS => {
                self.set(*condvar, self.get(*condvar) & !bit(thread));
                self.set(SPURIOUS_USED, self.get(SPURIOUS_USED) + 1);
                return None;
            }
            Pending::CompareExchange { .. } if choice.branch == SPURIOUS => {
                self.set(SPURIOUS_USED, self.get(SPURIOUS_USED) + 1);
                FAILED
            }
            Pending::TryLock(mutex) if owner(self.get(*mutex)).is_some() => WOULD_BLOCK,
            Pending::Lock(mutex) | Pending::TryLock(mutex) | Pending::Relock { mutex, .. } => {
                self.take_mutex(*mutex, thread)
            }
            Pending::Unlock(mutex, data) => self.put(*mutex, u64::from(*data)),
            Pending::Wait { condvar, mutex, data } => {
                self.put(*condvar, self.get(*condvar) | bit(thread));
                self.put(*mutex, u64::from(*data))
            }
            Pending::NotifyOne(condvar) => {
                self.put(*condvar, without(self.get(*condvar), choice.branch))
            }
            Pending::NotifyAll(condvar) => self.put(*condvar, 0),
            Pending::On { object, what } => {
                let (word, result) = what.apply(self.get(*object), thread, choice.branch);
                self.set(*object, word);
                if choice.branch == HELD_BACK {
                    return None;
                }
                result
            }
            Pending::Channel { channel, places, what } => what.apply(self, *channel, *places),
            Pending::Join(thread) => self.get(*thread),
            Pending::Start | Pending::Pause { .. } | Pending::JoinAll(_) => 0,
            Pending::Finished(_) | Pending::Panicked(_) => {
                unreachable!("a thread that is over has no operation to do")
            }
            _ => self.apply_to_atomic(pending, thread),
        })
    }

    /// Does an operation on an atomic.
    fn apply_to_atomic(&mut self, pending: &Pending, thread: ThreadId) -> u64 {
        match pending {
            Pending::Load(object) | Pending::Take(object) => self.get(*object),
            Pending::Store(object, value) => self.put(*object, *value),
            Pending::Modify { object, change, operand, mask } => {
                let old = self.get(*object);
                self.set(*object, change.apply(old, *operand, *mask));
                old
            }
            Pending::CompareExchange { object, expected, new, .. } => {
                let old = self.get(*object);
                if old == *expected {
                    self.set(*object, *new);
                }
                old
            }
            Pending::Sleep { object, sleepers, expected } => {
                let sleeps = self.get(*object) == *expected;
                if sleeps {
                    self.set(*sleepers, self.get(*sleepers) | bit(thread));
                }
                sleeps.into()
            }
            _ => unreachable!("the other operations are not on atomics"),
        }
    }

    /// Replaces a word; nothing is given for that.
    fn put(&mut self, slot: Slot, word: u64) -> u64 {
        self.set(slot, word);
        0
    }

    /// Makes `thread` the owner and returns the number of the data.
    fn take_mutex(&mut self, mutex: Slot, thread: ThreadId) -> u64 {
        let data = self.get(mutex);
        self.set(mutex, (u64::from(thread) + 1) << 32);
        data
    }
}
