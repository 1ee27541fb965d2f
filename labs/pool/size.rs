//! The size of the lab's program.

use conclab_kit::whole;

use super::price_job::JobFlags;

/// Most workers of a pool.
pub(super) const WORKERS_MAX: usize = 32;

/// The size of the program.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Parameters {
    /// Tasks to hand out (1 to 10000) [default: 64 on real threads, 3 in the model]
    #[arg(long, value_name = "N",
          value_parser = whole::<usize>(1..=10_000))]
    pub tasks: Option<usize>,
    /// Workers that do them (1 to 32) [default: one per core on real threads, 2 in the model]
    #[arg(long, value_name = "N",
          value_parser = whole::<usize>(1..=WORKERS_MAX as u64))]
    pub workers: Option<usize>,
    /// What is measured.
    #[command(flatten)]
    pub job: JobFlags,
}

impl Parameters {
    /// How many tasks there are.
    pub(super) fn tasks(&self) -> usize {
        self.tasks.unwrap_or(3)
    }

    /// How many workers there are.
    pub(super) fn workers(&self) -> usize {
        self.workers.unwrap_or(2)
    }
}
