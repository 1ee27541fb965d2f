//! How to run a program: how often on real threads, how far in the model.

use serde::Serialize;

use crate::stop::Stop;

/// Where the widen dial stands: what real threads do inside a named race window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Widen {
    /// Nothing: the program as it is.
    #[default]
    None,
    /// Gives the processor away once.
    Yield,
    /// Spins for about a microsecond.
    Spin,
    /// Sleeps for 50 µs.
    Sleep,
    /// Waits until every other thread is in a window too, is blocked or has ended.
    Handshake,
}

impl Widen {
    /// Every setting, the mildest first.
    pub const ALL: [Self; 5] = [Self::None, Self::Yield, Self::Spin, Self::Sleep, Self::Handshake];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Yield => "yield",
            Self::Spin => "spin",
            Self::Sleep => "sleep",
            Self::Handshake => "handshake",
        }
    }
}

/// How often to run a variant on real threads, and how.
#[derive(Clone, Debug)]
pub struct RealSettings {
    /// How many runs.
    pub runs: u64,
    /// The widen dial.
    pub widen: Widen,
    /// When to stop early.
    pub stop: Stop,
    /// Whether a stuck run is left stuck until `stop` (the `--hang` scene).
    pub hang: bool,
}

/// How much the explorer may do.
#[derive(Clone, Debug)]
pub struct ModelSettings {
    /// Most states to visit.
    pub states_max: u64,
    /// When to stop early.
    pub stop: Stop,
    /// How many things to try in each interleaving that may happen for no reason: a wait on a
    /// condition variable that ends, a `compare_exchange_weak` that fails.
    pub spurious: u32,
    /// Most bytes that the search may take; nothing if there is no such budget.
    pub memory_max: Option<u64>,
}

impl ModelSettings {
    /// Budgets of states and time, nothing spurious, and all the memory there is.
    pub fn new(states_max: u64, stop: Stop) -> Self {
        Self { states_max, stop, spurious: 0, memory_max: None }
    }
}
