//! The programs under shuttle's depth-first scheduler.

use shuttle::scheduler::DfsScheduler;
use shuttle::sync::atomic::AtomicUsize;
use shuttle::sync::atomic::Ordering::SeqCst;
use shuttle::sync::{Arc, Mutex, MutexGuard};
use shuttle::thread::spawn;
use shuttle::{Config, Runner};

#[path = "programs.rs"]
pub(crate) mod programs;

fn lock(mutex: &Mutex<()>) -> MutexGuard<'_, ()> {
    mutex.lock().expect("no thread panics while it holds the lock")
}

fn repeat(n: usize, body: impl Fn(usize)) {
    (0..n).for_each(body);
}

/// What `shuttle::check_dfs` does, but tells how many executions it took; it stops after
/// `executions_max`.
pub(crate) fn executions(
    program: impl Fn() -> usize + Send + Sync + 'static,
    executions_max: Option<usize>,
) -> usize {
    let scheduler = DfsScheduler::new(executions_max, false);
    let run = move || {
        std::hint::black_box(program());
    };
    Runner::new(scheduler, Config::default()).run(run)
}
