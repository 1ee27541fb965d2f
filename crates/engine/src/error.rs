//! What can go wrong with an exploration.

use std::fmt;

use num_bigint::BigUint;

use crate::stop::Limit;

/// Why the explorer could not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ExploreError {
    /// A re-execution did not issue the operations it issued before.
    NotDeterministic {
        /// The thread that did something else.
        thread: String,
        /// What it did before.
        before: String,
        /// What it does now.
        now: String,
    },
    /// There is no interleaving with this number.
    NoSuchSchedule {
        /// The number asked for.
        asked: BigUint,
        /// How many there are.
        of: BigUint,
    },
    /// A budget ran out before the interleavings could be numbered.
    NotExhausted {
        /// States visited by then.
        states: u64,
        /// The budget.
        limit: Limit,
    },
    /// The program asks for more than the model has: threads, objects.
    TooLarge {
        /// What there is too much of, and how much is allowed.
        what: String,
    },
}

impl fmt::Display for ExploreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotDeterministic { thread, before, now } => write!(
                f,
                "the program is not deterministic: thread {thread} did `{before}` before and \
                 `{now}` when run again with the same results"
            ),
            Self::NoSuchSchedule { asked, of } => {
                write!(f, "there is no interleaving number {asked}: they are numbered 1 to {of}")
            }
            Self::NotExhausted { states, limit } => write!(
                f,
                "the interleavings cannot be numbered: not exhausted after {states} states \
                 ({})",
                match limit {
                    Limit::States => "the budget of states",
                    Limit::Memory => "the budget of memory",
                    Limit::Time => "the time allowed",
                    Limit::Interrupted => "interrupted",
                }
            ),
            Self::TooLarge { what } => write!(f, "the program is too large for the model: {what}"),
        }
    }
}

impl std::error::Error for ExploreError {}
