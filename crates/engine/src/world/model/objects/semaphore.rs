//! Semaphores of the model: the word is the number of free permits.

use super::meaning::Meaning;
use crate::report::Wait;
use crate::world::model::ids::{ThreadId, WOULD_BLOCK};

/// What a thread asks of a semaphore.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SemaphoreOp {
    /// Takes a permit.
    Acquire,
    TryAcquire,
    /// Gives permits back.
    Release(u32),
}

impl Meaning for SemaphoreOp {
    fn is_eager(self) -> bool {
        false
    }

    fn ways(self, word: u64, _: ThreadId) -> u8 {
        match self {
            Self::Acquire => u8::from(word > 0),
            Self::TryAcquire | Self::Release(_) => 1,
        }
    }

    fn apply(self, word: u64, _: ThreadId, _: u8) -> (u64, u64) {
        match self {
            Self::Acquire => (word - 1, 0),
            Self::TryAcquire => match word.checked_sub(1) {
                Some(rest) => (rest, 0),
                None => (word, WOULD_BLOCK),
            },
            Self::Release(n) => (word + u64::from(n), 0),
        }
    }

    fn wait(self) -> Option<Wait> {
        Some(Wait::Semaphore)
    }

    fn words(self, name: &str) -> String {
        match self {
            Self::Acquire => format!("acquire {name}"),
            Self::TryAcquire => format!("try_acquire {name}"),
            Self::Release(1) => format!("release {name}"),
            Self::Release(n) => format!("release {name} {n}"),
        }
    }

    fn given(self, result: u64) -> Option<&'static str> {
        match self {
            Self::TryAcquire => Some(super::meaning::tried(result)),
            Self::Acquire | Self::Release(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permits_are_taken_while_there_are_some() {
        assert_eq!(SemaphoreOp::Acquire.ways(0, 1), 0);
        assert_eq!(SemaphoreOp::Acquire.apply(2, 1, 0), (1, 0));
        assert_eq!(SemaphoreOp::TryAcquire.apply(0, 1, 0), (0, WOULD_BLOCK));
        assert_eq!(SemaphoreOp::Release(3).apply(1, 1, 0), (4, 0));
    }
}
