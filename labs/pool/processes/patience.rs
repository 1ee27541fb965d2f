//! How long it pays to stay awake before sleeping.

use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};

/// Threads that are started to see how long a wake-up takes.
const STARTS: u32 = 5;

/// How long whoever waits for the other side of a ring stays awake: about as long as it would
/// take to be woken, so that nobody wastes more than twice what it must (A. R. Karlin and others,
/// *Competitive Randomized Algorithms for Nonuniform Problems*, 1990). Not at all, if that keeps
/// from its core whoever is to do something: if there are more processes than cores.
pub(super) fn patience(workers: usize) -> Duration {
    static WAKE_UP: OnceLock<Duration> = OnceLock::new();
    let cores = thread::available_parallelism().map_or(1, usize::from);
    if workers < cores { *WAKE_UP.get_or_init(wake_up) } else { Duration::ZERO }
}

/// A thread that is started has to be woken, like one that sleeps: the quickest start counts.
fn wake_up() -> Duration {
    let start = || {
        let begin = Instant::now();
        let started = thread::Builder::new().spawn(move || begin.elapsed());
        started.ok().and_then(|thread| thread.join().ok())
    };
    let quickest = (0..STARTS).filter_map(|_| start()).min().unwrap_or_default();
    // On a machine under load no thread starts soon, whatever a wake-up costs.
    quickest.clamp(Duration::from_micros(5), Duration::from_micros(100))
}
