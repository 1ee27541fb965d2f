//! The size of the lab's program.

use conclab_kit::whole;

/// The size of the program.
#[derive(Clone, Debug, clap::Args)]
pub struct Parameters {
    /// Threads that want the lock (1 to 32)
    #[arg(long, value_name = "N", default_value_t = 2,
          value_parser = whole::<usize>(1..=32))]
    pub threads: usize,
    /// Increments per thread (1 to 1000000) [default: 10000 on real threads, 1 in the model]
    #[arg(long, value_name = "N",
          value_parser = whole::<usize>(1..=1_000_000))]
    pub increments: Option<usize>,
}

impl Parameters {
    /// How often each thread adds 1.
    pub(super) fn increments(&self) -> usize {
        self.increments.unwrap_or(1)
    }

    /// What the counter shows if nobody was inside with somebody else.
    pub(super) fn total(&self) -> u64 {
        self.threads as u64 * self.increments() as u64
    }

    /// The smallest value that lost updates can leave behind. The last store of all comes from a
    /// thread's last increment; if that is not its first, the thread has stored 1 or more before.
    pub(super) fn fewest(&self) -> u64 {
        if self.threads == 1 { self.total() } else { self.increments().min(2) as u64 }
    }
}
