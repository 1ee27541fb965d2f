//! Barriers of the model: the word is `round << 32 | arrived`.

use super::meaning::Meaning;
use crate::report::Wait;
use crate::world::model::ids::{ThreadId, WOULD_BLOCK};

/// What a thread asks of a barrier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BarrierOp {
    /// Comes to a barrier for so many threads.
    Arrive(u32),
    /// Waits until the round is another one. No step.
    Pass(u32),
}

impl Meaning for BarrierOp {
    fn is_eager(self) -> bool {
        match self {
            Self::Arrive(_) => false,
            Self::Pass(_) => true,
        }
    }

    fn ways(self, word: u64, _: ThreadId) -> u8 {
        match self {
            Self::Arrive(_) => 1,
            Self::Pass(round) => u8::from(word >> 32 != u64::from(round)),
        }
    }

    fn apply(self, word: u64, _: ThreadId, _: u8) -> (u64, u64) {
        match self {
            Self::Arrive(n) => {
                let (round, arrived) = (word >> 32, (word & u64::from(u32::MAX)) + 1);
                if arrived == u64::from(n) {
                    // The last to come opens the barrier and leads.
                    (((round + 1) & u64::from(u32::MAX)) << 32, WOULD_BLOCK | round)
                } else {
                    ((round << 32) | arrived, round)
                }
            }
            Self::Pass(_) => (word, 0),
        }
    }

    fn wait(self) -> Option<Wait> {
        Some(Wait::Barrier)
    }

    fn words(self, name: &str) -> String {
        match self {
            Self::Arrive(_) => format!("arrive at {name}"),
            Self::Pass(_) => format!("pass {name}"),
        }
    }

    fn given(self, result: u64) -> Option<&'static str> {
        match self {
            Self::Arrive(_) => (result & WOULD_BLOCK != 0).then_some("last: opens it"),
            Self::Pass(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_to_come_opens_the_barrier_for_the_round() {
        let (word, first) = BarrierOp::Arrive(2).apply(0, 1, 0);
        assert_eq!((first, BarrierOp::Pass(0).ways(word, 1)), (0, 0));
        let (word, last) = BarrierOp::Arrive(2).apply(word, 2, 0);
        assert_eq!((last & WOULD_BLOCK, BarrierOp::Pass(0).ways(word, 1)), (WOULD_BLOCK, 1));
        assert_eq!(word & u64::from(u32::MAX), 0, "the next round begins with nobody");
    }
}
