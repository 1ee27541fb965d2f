//! Gauges of the model.

use super::meaning::Meaning;
use crate::report::Wait;
use crate::world::model::ids::ThreadId;

/// What a thread asks of a gauge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum GaugeOp {
    /// Goes in.
    Enter,
    /// Goes out.
    Leave,
}

/// The word of a gauge: the most that were ever inside at once, and how many are now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct GaugeWord {
    pub(crate) most: u32,
    pub(crate) inside: u32,
}

impl GaugeWord {
    /// Takes a word apart.
    #[expect(clippy::cast_possible_truncation, reason = "each field has its own bits")]
    pub(crate) fn read(word: u64) -> Self {
        Self { most: (word >> 32) as u32, inside: word as u32 }
    }

    /// Puts it together again after `inside` has changed.
    fn with(self, inside: u32) -> u64 {
        (u64::from(self.most.max(inside)) << 32) | u64::from(inside)
    }
}

impl Meaning for GaugeOp {
    fn is_eager(self) -> bool {
        false
    }

    fn ways(self, _: u64, _: ThreadId) -> u8 {
        1
    }

    fn apply(self, word: u64, _: ThreadId, _: u8) -> (u64, u64) {
        let gauge = GaugeWord::read(word);
        let inside = match self {
            Self::Enter => gauge.inside + 1,
            // One that leaves twice is the lab's mistake; there are never fewer than none.
            Self::Leave => gauge.inside.saturating_sub(1),
        };
        (gauge.with(inside), 0)
    }

    fn wait(self) -> Option<Wait> {
        None
    }

    fn words(self, name: &str) -> String {
        match self {
            Self::Enter => format!("enter {name}"),
            Self::Leave => format!("leave {name}"),
        }
    }

    fn given(self, _: u64) -> Option<&'static str> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gauge_remembers_the_most_that_were_inside() {
        let steps = [GaugeOp::Enter, GaugeOp::Enter, GaugeOp::Leave, GaugeOp::Leave];
        let word = steps.iter().fold(0, |word, step| step.apply(word, 1, 0).0);
        assert_eq!(GaugeWord::read(word), GaugeWord { most: 2, inside: 0 });
    }
}
