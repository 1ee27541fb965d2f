//! What only a semaphore can do, because it has no owner: who gives a permit need not have had it.

use conclab_engine::repeat;
use conclab_engine::sync::atomic::AtomicU64;
use conclab_engine::sync::atomic::Ordering::Relaxed;
use conclab_engine::sync::{Gauge, Semaphore};
use conclab_engine::thread::scope;

use super::size::Parameters;
use super::{tell, visit};

// ANCHOR: rendezvous
/// Orders two threads by signals: each brings something, and neither goes on before both have.
/// There are always two threads, and one meeting.
pub(super) fn rendezvous(_: &Parameters) -> String {
    let brings = [AtomicU64::named("from A", 0), AtomicU64::named("from B", 0)];
    let saw = [AtomicU64::named("A saw", 0), AtomicU64::named("B saw", 0)];
    // 0 permits: the first `acquire` waits for a `release`, whoever does it.
    let here = [Semaphore::named("A is here", 0), Semaphore::named("B is here", 0)];
    let meet = |own: usize, other: usize| {
        // Relaxed: the semaphore publishes it.
        brings[own].store(1, Relaxed);
        // To wait before telling would be a deadlock: both would wait for the other's signal.
        here[own].release();
        here[other].acquire();
        // Relaxed, twice: the semaphore has ordered the other's store before this load; the end
        // of the scope publishes ours.
        saw[own].store(brings[other].load(Relaxed), Relaxed);
    };
    scope(|s| {
        s.spawn(|| meet(0, 1));
        s.spawn(|| meet(1, 0));
    });
    let [a, b] = saw.map(AtomicU64::into_inner);
    format!("A saw {a}, B saw {b}")
}
// ANCHOR_END: rendezvous

// ANCHOR: any-releaser
/// Workers take permits and never give one back: a porter does it, who never took any.
pub(super) fn any_releaser(size: &Parameters) -> String {
    let room = Gauge::named("room");
    let permits = Semaphore::named("permits", size.permits());
    let left = Semaphore::named("left", 0);
    let work = |_| {
        permits.acquire();
        repeat(1, |_| visit(&room));
        left.release();
    };
    scope(|s| {
        for _ in 0..size.workers {
            s.spawn(|| repeat(size.rounds(), work));
        }
        s.spawn_named("porter", || {
            repeat(size.workers * size.rounds(), |_| {
                left.acquire();
                // No mutex can do this: it would belong to the worker that has gone.
                permits.release();
            });
        });
    });
    tell(room)
}
// ANCHOR_END: any-releaser
