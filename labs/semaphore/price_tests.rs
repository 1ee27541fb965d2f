//! The semaphores on bare metal, many threads at once: a stress test of what the model proves.

use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::SeqCst;
use std::thread;

use super::{Atomic, Bare, Fair, Permits};

/// Many workers, few permits, many rounds: never too many inside, and all come to the end.
fn holds(permits: u32, semaphore: &impl Permits, rounds: u32) {
    let (inside, done) = (AtomicU32::new(0), AtomicU32::new(0));
    thread::scope(|s| {
        for _ in 0..6 {
            s.spawn(|| {
                for round in 0..rounds {
                    semaphore.acquire();
                    // SeqCst, twice: a count that all threads agree on.
                    assert!(inside.fetch_add(1, SeqCst) < permits);
                    if round % 64 == 0 {
                        thread::yield_now();
                    }
                    // SeqCst: as above.
                    inside.fetch_sub(1, SeqCst);
                    semaphore.release();
                }
                // SeqCst: likewise.
                done.fetch_add(1, SeqCst);
            });
        }
    });
    assert_eq!(done.into_inner(), 6);
    // Every permit has come back.
    (0..permits).for_each(|_| semaphore.acquire());
}

#[test]
fn the_limit_holds_on_bare_metal_and_everyone_finishes() {
    for permits in 1..=4 {
        holds(permits, &Atomic::<Bare>::new(permits), 20_000);
        holds(permits, &Fair::<Bare>::new(permits), 500);
    }
}
