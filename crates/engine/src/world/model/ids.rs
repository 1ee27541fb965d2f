//! Numbers that everything in the model is known by, and sets of threads in a word.

/// Index of a word of the state vector: an object or a thread lives there.
pub(crate) type Slot = u32;

/// A modelled thread, in scheduling order; `main` is 0.
pub(crate) type ThreadId = u8;

/// The number of an interned value (see `tables`); 0 is no value.
pub(crate) type ValueId = u32;

/// Which thread moves, and which way if its operation has several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Choice {
    /// Who.
    pub(crate) thread: ThreadId,
    /// `notify_one`: whom it wakes, counted among the waiting threads. `SPURIOUS`: the thread's
    /// wait ends though nobody notified it. `try_read`: whether it is refused though it could have
    /// been let in. `HELD_BACK`: see there. Otherwise 0.
    pub(crate) branch: u8,
}

/// What `try_lock` is given when the mutex is held; data numbers are smaller.
pub(crate) const WOULD_BLOCK: u64 = 1 << 32;

/// What a `compare_exchange_weak` is given that fails for no reason. An atomic that holds just this
/// number is not told from that, one of 2⁶⁴.
pub(crate) const FAILED: u64 = 0x9D5C_4BA3_F1E2_7706;

/// The branch that is a spurious wake-up, or a spurious failure.
pub(crate) const SPURIOUS: u8 = u8::MAX;

/// The branch of a reader that a reader-writer lock holds back, because a writer waits.
pub(crate) const HELD_BACK: u8 = u8::MAX - 1;

/// The thread that holds a mutex, by the mutex's word.
pub(crate) fn owner(word: u64) -> Option<ThreadId> {
    let owner = (word >> 32).checked_sub(1)?;
    Some(ThreadId::try_from(owner).expect("owners are threads"))
}

/// The thread's bit in a set of threads.
pub(crate) fn bit(thread: ThreadId) -> u64 {
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
}
