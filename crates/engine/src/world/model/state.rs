//! The state of the whole program, and the meaning of every step: a plain state machine.
//!
//! A state is a vector of words: for each thread the number of its local state (see `tables`),
//! for each object its value. A mutex is `owner << 32`, or the number of its data when free; a
//! condition variable is the set of waiting threads. Nothing here runs a lab's code.

use super::keys::share;
use super::op::{Choice, Pending, SPURIOUS, Slot, ThreadId, WOULD_BLOCK};
use super::tables::Tables;

/// The word that counts the spurious wake-ups used so far.
pub(crate) const SPURIOUS_USED: Slot = 0;

/// A state with its 128-bit key, kept up to date word by word.
#[derive(Clone, Debug, Default)]
pub(crate) struct State {
    words: Vec<u64>,
    pub(crate) key: u128,
    /// What words were before they were changed, if that is recorded: the way back.
    log: Option<Vec<(Slot, u64)>>,
}

impl State {
    /// The word at `slot`; a slot that nothing has been put into is 0.
    pub(crate) fn get(&self, slot: Slot) -> u64 {
        self.words.get(slot as usize).copied().unwrap_or(0)
    }

    /// Replaces the word at `slot`.
    pub(crate) fn set(&mut self, slot: Slot, word: u64) {
        let index = slot as usize;
        if index >= self.words.len() {
            self.words.resize(index + 1, 0);
        }
        let old = std::mem::replace(&mut self.words[index], word);
        if let Some(log) = &mut self.log {
            log.push((slot, old));
        }
        self.key = self.key.wrapping_sub(share(slot, old)).wrapping_add(share(slot, word));
    }

    /// Records from now on what is changed, so that it can be undone.
    pub(crate) fn record(&mut self) {
        self.log = Some(Vec::new());
    }

    /// How much has been recorded: where a later [`State::undo`] comes back to.
    pub(crate) fn mark(&self) -> usize {
        self.log.as_ref().map_or(0, Vec::len)
    }

    /// Goes back to a mark, at which the key was `key`.
    pub(crate) fn undo(&mut self, mark: usize, key: u128) {
        if let Some(log) = &mut self.log {
            while log.len() > mark {
                let (slot, old) = log.pop().expect("it is longer than the mark");
                self.words[slot as usize] = old;
            }
        }
        self.key = key;
    }

    /// Becomes a copy of another state, which records nothing.
    pub(crate) fn copy_from(&mut self, other: &Self) {
        self.words.clone_from(&other.words);
        self.key = other.key;
        self.log = None;
    }

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

    /// Whether the thread's wait could end now though nobody notified it.
    pub(crate) fn may_wake_spuriously(&self, tables: &Tables, thread: ThreadId) -> bool {
        if self.get(SPURIOUS_USED) >= u64::from(tables.spurious_wakeups) {
            return false;
        }
        matches!(tables.pending(self, thread),
            Some(Pending::Relock { condvar, .. }) if self.get(*condvar) & bit(thread) != 0)
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
            Pending::CompareExchange { object, expected, new } => {
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

/// The thread that holds a mutex, by the mutex's word.
pub(crate) fn owner(word: u64) -> Option<ThreadId> {
    let owner = (word >> 32).checked_sub(1)?;
    Some(ThreadId::try_from(owner).expect("owners are threads"))
}

/// The thread's bit in a set of threads.
fn bit(thread: ThreadId) -> u64 {
    1 << thread
}

/// The set of waiting threads after the `branch`-th of them was woken.
pub(crate) fn without(waiting: u64, branch: u8) -> u64 {
    let mut rest = waiting;
    for _ in 0..branch {
        rest &= rest.wrapping_sub(1);
    }
    waiting & !(rest & rest.wrapping_neg())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notification_takes_the_chosen_waiter_out_of_the_set() {
        assert_eq!(without(0b1011, 0), 0b1010);
        assert_eq!(without(0b1011, 1), 0b1001);
        assert_eq!(without(0b1011, 2), 0b0011);
        assert_eq!(without(0, 0), 0);
    }

    #[test]
    fn the_key_depends_on_the_words_and_not_on_the_way_to_them() {
        let (mut one, mut other) = (State::default(), State::default());
        one.set(3, 7);
        one.set(5, 1);
        other.set(5, 9);
        other.set(5, 1);
        other.set(3, 7);
        assert_eq!(one.key, other.key);
        other.set(3, 0);
        other.set(4, 7);
        assert_ne!(one.key, other.key, "the same words at other places");
    }
}
