//! The programs under conclab's explorer: to exact counts of every outcome.

use conclab_engine::settings::ModelSettings;
use conclab_engine::stop::Stop;
use conclab_engine::sync::atomic::Ordering::SeqCst;
use conclab_engine::sync::atomic::{AtomicBool, AtomicUsize};
use conclab_engine::sync::{Arc, Mutex, MutexGuard};
use conclab_engine::thread::{scope, spawn};
use conclab_engine::world::model::explore;
use conclab_engine::{hint, repeat};

#[path = "programs.rs"]
pub(crate) mod programs;

fn lock(mutex: &Mutex<()>) -> MutexGuard<'_, ()> {
    mutex.lock()
}

/// Every thread enters a critical section that a flag guards, and adds 1 there.
pub(crate) fn spinlock(n_threads: usize) -> usize {
    let (taken, counter) = (AtomicBool::new(false), AtomicUsize::new(0));
    let (taken, shared) = (&taken, &counter);
    scope(|s| {
        for _ in 0..n_threads {
            s.spawn(move || {
                // SeqCst: the model knows no other ordering; pairs with the store below.
                while taken.swap(true, SeqCst) {
                    hint::spin_loop();
                }
                // SeqCst: the flag makes load and store one section.
                let seen = shared.load(SeqCst);
                shared.store(seen + 1, SeqCst);
                // SeqCst: opens the section to the next `swap`.
                taken.store(false, SeqCst);
            });
        }
    });
    counter.into_inner()
}

/// Explores to the end and returns how many interleavings there are.
pub(crate) fn verdict(program: impl Fn() -> usize) -> String {
    let settings = ModelSettings::new(5_000_000, Stop::never());
    let body = || program().to_string();
    let found = explore(&body, &settings, &mut |_| {}).expect("the program is deterministic");
    assert!(found.exhaustive(), "the budget is ample");
    assert!(!found.histogram().is_empty(), "a program ends somehow");
    found.interleavings().to_string()
}
