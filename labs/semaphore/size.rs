//! The size of the lab's program.

use conclab_kit::whole;

/// The size of the program.
#[derive(Clone, Debug, clap::Args)]
pub struct Parameters {
    /// Workers that share the permits (1 to 32)
    #[arg(long, value_name = "N", default_value_t = 3,
          value_parser = whole::<usize>(1..=32))]
    pub workers: usize,
    /// Permits: how many may be inside at once (1 to 32) [default: 2 on real threads, 1 in the
    /// model]
    #[arg(long, value_name = "N", value_parser = whole::<u32>(1..=32))]
    pub permits: Option<u32>,
    /// How often each worker goes in (1 to 10000) [default: 500 on real threads, 1 or 2 in the
    /// model]
    #[arg(long, value_name = "N",
          value_parser = whole::<usize>(1..=10_000))]
    pub rounds: Option<usize>,
}

impl Parameters {
    /// How many may be inside at once.
    pub(super) fn permits(&self) -> u32 {
        self.permits.unwrap_or(1)
    }

    /// How often each worker goes in.
    pub(super) fn rounds(&self) -> usize {
        self.rounds.unwrap_or(1)
    }

    /// How many workers find no permit when the others have them all.
    pub(super) fn without(&self) -> usize {
        self.workers.saturating_sub(self.permits() as usize)
    }
}
