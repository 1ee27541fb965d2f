//! The programs under loom, with std's `Arc`: loom's own adds branch points.

use std::sync::Arc;
use std::sync::atomic::AtomicUsize as StdAtomicUsize;
use std::sync::atomic::Ordering::Relaxed;

use loom::model::Builder;
use loom::sync::atomic::AtomicUsize;
use loom::sync::atomic::Ordering::SeqCst;
use loom::sync::{Mutex, MutexGuard};
use loom::thread::spawn;

#[path = "programs.rs"]
pub(crate) mod programs;

fn lock(mutex: &Mutex<()>) -> MutexGuard<'_, ()> {
    mutex.lock().expect("no thread panics while it holds the lock")
}

fn repeat(n: usize, body: impl Fn(usize)) {
    (0..n).for_each(body);
}

/// Checks `program` and returns how many executions it took; it stops after `executions_max`.
pub(crate) fn executions(
    program: impl Fn() -> usize + Send + Sync + 'static,
    executions_max: Option<usize>,
) -> usize {
    let seen = Arc::new(StdAtomicUsize::new(0));
    let counted = Arc::clone(&seen);
    let mut builder = Builder::new();
    builder.max_permutations = executions_max;
    // Without a checkpoint file the interval only says how often the bound is looked at.
    builder.checkpoint_interval = 1_000;
    builder.check(move || {
        // Relaxed: loom runs one execution after the other on one thread.
        counted.fetch_add(1, Relaxed);
        std::hint::black_box(program());
    });
    // Relaxed: as above.
    seen.load(Relaxed)
}
