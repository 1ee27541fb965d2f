//! The programs, written once and mounted under each engine: `super` decides whose threads,
//! atomics and mutexes these are.

use super::{Arc, AtomicUsize, Mutex, SeqCst, lock, repeat, spawn};

/// Every thread adds 1 as often as `each` says, by a load and a store.
pub(crate) fn increments(n_threads: usize, each: usize) -> usize {
    let counter = Arc::new(AtomicUsize::new(0));
    let threads: Vec<_> = (0..n_threads)
        .map(|_| {
            let counter = Arc::clone(&counter);
            spawn(move || {
                repeat(each, |_| {
                    // SeqCst: the one ordering that all three engines know.
                    let seen = counter.load(SeqCst);
                    counter.store(seen + 1, SeqCst);
                });
            })
        })
        .collect();
    for thread in threads {
        thread.join().expect("no increment panics");
    }
    // SeqCst: alone by now; one more step, without a choice.
    counter.load(SeqCst)
}

/// Philosopher i takes fork i and the next one; if `ordered`, the lower number first.
pub(crate) fn philosophers(n: usize, ordered: bool) -> usize {
    let forks: Arc<Vec<_>> = Arc::new((0..n).map(|_| Mutex::new(())).collect());
    let threads: Vec<_> = (0..n)
        .map(|i| {
            let forks = Arc::clone(&forks);
            spawn(move || {
                let (mine, next) = (i, (i + 1) % n);
                let swapped = ordered && next < mine;
                let (first, second) = if swapped { (next, mine) } else { (mine, next) };
                let _first = lock(&forks[first]);
                let _second = lock(&forks[second]);
            })
        })
        .collect();
    for thread in threads {
        thread.join().expect("no philosopher panics");
    }
    n
}
