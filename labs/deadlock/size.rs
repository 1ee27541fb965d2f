//! The size of the lab's program.

use conclab_kit::whole;

/// The size of the program.
#[derive(Clone, Debug, clap::Args)]
pub struct Parameters {
    /// Threads in the ring, each with its account (2 to 32)
    #[arg(long, value_name = "N", default_value_t = 2,
          value_parser = whole::<usize>(2..=32))]
    pub threads: usize,
}
