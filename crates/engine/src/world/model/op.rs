//! What a modelled thread asks for: the operation it is about to do.

use super::ids::{Slot, ValueId};
use super::objects::channel::ChannelOp;
use super::objects::meaning::Meaning as _;
use super::objects::primitive::Primitive;
use super::room::ALLOCATION;

/// How a read-modify-write works out the new value from the old one and its operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    Swap,
    Add,
    Sub,
    And,
    Or,
    Xor,
    Max,
    Min,
}

impl Change {
    /// The new value. Arithmetic wraps, as std's atomics do; `mask` is the type's largest value.
    pub(crate) fn apply(self, old: u64, operand: u64, mask: u64) -> u64 {
        let new = match self {
            Self::Swap => operand,
            Self::Add => old.wrapping_add(operand),
            Self::Sub => old.wrapping_sub(operand),
            Self::And => old & operand,
            Self::Or => old | operand,
            Self::Xor => old ^ operand,
            Self::Max => old.max(operand),
            Self::Min => old.min(operand),
        };
        new & mask
    }

    /// The name std gives it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Swap => "swap",
            Self::Add => "fetch_add",
            Self::Sub => "fetch_sub",
            Self::And => "fetch_and",
            Self::Or => "fetch_or",
            Self::Xor => "fetch_xor",
            Self::Max => "fetch_max",
            Self::Min => "fetch_min",
        }
    }
}

/// The operation a thread has announced and not yet done.
///
/// The first group are the visible steps; every count of interleavings depends on that list. The
/// second group commutes with whatever other threads do, runs as soon as it can, and is no step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Pending {
    Load(Slot),
    Store(Slot, u64),
    Modify {
        object: Slot,
        change: Change,
        operand: u64,
        mask: u64,
    },
    CompareExchange {
        object: Slot,
        expected: u64,
        new: u64,
        /// Whether it may fail for no reason.
        weak: bool,
    },
    Lock(Slot),
    TryLock(Slot),
    /// Gives the mutex back with this data in it.
    Unlock(Slot, ValueId),
    /// Releases the mutex, with this data in it, and waits.
    Wait {
        condvar: Slot,
        mutex: Slot,
        data: ValueId,
    },
    /// The second half of a wait: locks the mutex again once woken.
    Relock {
        condvar: Slot,
        mutex: Slot,
    },
    NotifyOne(Slot),
    NotifyAll(Slot),
    /// An operation of a primitive whose state is one word (some of them are no steps).
    On {
        object: Slot,
        what: Primitive,
    },
    /// An operation of a channel with so many places.
    Channel {
        channel: Slot,
        places: u8,
        what: ChannelOp,
    },
    /// Sleeps on an atomic if it has this value: joins the set of its sleepers.
    Sleep {
        object: Slot,
        sleepers: Slot,
        expected: u64,
    },

    /// Born, and not yet run.
    Start,
    /// A spinning thread: goes on when one of these words is no longer what it read, or one of
    /// these operations, which it tried in vain, could be done.
    Pause {
        read: Box<[(Slot, u64)]>,
        tried: Box<[Pending]>,
    },
    Join(Slot),
    JoinAll(Box<[Slot]>),
    /// Reads an object that nobody else can reach any more (`into_inner`).
    Take(Slot),
    Finished(ValueId),
    Panicked(ValueId),
}

impl Pending {
    /// Whether it is no step: done as soon as it is enabled, before any choice is made.
    pub(crate) fn is_eager(&self) -> bool {
        match self {
            Self::On { what, .. } => what.is_eager(),
            Self::Start | Self::Pause { .. } | Self::Take(_) | Self::Join(_) | Self::JoinAll(_) => {
                true
            }
            Self::Load(_)
            | Self::Store(..)
            | Self::Modify { .. }
            | Self::CompareExchange { .. }
            | Self::Lock(_)
            | Self::TryLock(_)
            | Self::Unlock(..)
            | Self::Wait { .. }
            | Self::Relock { .. }
            | Self::NotifyOne(_)
            | Self::NotifyAll(_)
            | Self::Channel { .. }
            | Self::Sleep { .. }
            | Self::Finished(_)
            | Self::Panicked(_) => false,
        }
    }

    /// Whether it is no step and waits for something that any step of another thread may change.
    pub(crate) fn is_nap(&self) -> bool {
        matches!(self, Self::Pause { .. } | Self::On { .. }) && self.is_eager()
    }

    /// Bytes of what it owns.
    pub(crate) fn owned_bytes(&self) -> u64 {
        match self {
            Self::Pause { read, tried } => {
                2 * ALLOCATION + (size_of_val(&**read) + size_of_val(&**tried)) as u64
            }
            Self::JoinAll(threads) => ALLOCATION + size_of_val(&**threads) as u64,
            _ => 0,
        }
    }

    /// Whether the thread is waiting for another thread to end.
    pub(crate) fn is_join(&self) -> bool {
        matches!(self, Self::Join(_) | Self::JoinAll(_))
    }

    /// Whether the thread has come to its end.
    pub(crate) fn is_over(&self) -> bool {
        matches!(self, Self::Finished(_) | Self::Panicked(_))
    }
}
