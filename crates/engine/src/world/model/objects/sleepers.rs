//! Sleeping on an atomic in the model: the word is the set of threads that sleep.

use super::meaning::Meaning;
use crate::report::Wait;
use crate::world::model::ids::{ThreadId, without};

/// What a thread asks of those that sleep on an atomic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SleepersOp {
    /// Wakes one of them.
    WakeOne,
    WakeAll,
    /// Sleeps until woken. No step.
    Doze,
}

impl Meaning for SleepersOp {
    fn is_eager(self) -> bool {
        match self {
            Self::WakeOne | Self::WakeAll => false,
            Self::Doze => true,
        }
    }

    fn ways(self, word: u64, thread: ThreadId) -> u8 {
        match self {
            Self::WakeOne => {
                u8::try_from(word.count_ones().max(1)).expect("at most 64 threads sleep")
            }
            Self::WakeAll => 1,
            Self::Doze => u8::from(word >> thread & 1 == 0),
        }
    }

    fn apply(self, word: u64, _: ThreadId, branch: u8) -> (u64, u64) {
        match self {
            Self::WakeOne => (without(word, branch), 0),
            Self::WakeAll => (0, 0),
            Self::Doze => (word, 0),
        }
    }

    fn wait(self) -> Option<Wait> {
        Some(Wait::Sleep)
    }

    fn words(self, name: &str) -> String {
        match self {
            Self::WakeOne => format!("wake_one {name}"),
            Self::WakeAll => format!("wake_all {name}"),
            Self::Doze => format!("sleep on {name}"),
        }
    }

    fn given(self, _: u64) -> Option<&'static str> {
        None
    }
}
