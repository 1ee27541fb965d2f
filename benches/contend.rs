//! Threads that do the same thing at once, for criterion's `iter_custom`.
//!
//! All threads begin together and the clock runs until the last has done its share; so a result is
//! wall time per operation, all threads together.

use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

/// Time that `n_threads` threads take for `n` calls of `work` in all, each with its thread's index.
pub(crate) fn contend(n_threads: usize, n: u64, work: impl Fn(usize) + Sync) -> Duration {
    let share = n.div_ceil(n_threads as u64);
    let (start, end) = (Barrier::new(n_threads + 1), Barrier::new(n_threads + 1));
    thread::scope(|s| {
        for thread_idx in 0..n_threads {
            let (start, end, work) = (&start, &end, &work);
            s.spawn(move || {
                start.wait();
                for _ in 0..share {
                    work(thread_idx);
                }
                end.wait();
            });
        }
        start.wait();
        let begin = Instant::now();
        end.wait();
        begin.elapsed()
    })
}
