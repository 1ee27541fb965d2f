//! Tasks that have parts: who waits for a part's answer?
//!
//! Every task hands in one part of itself, as a task of the same pool. There are only so many
//! workers. If all of them are inside tasks that wait for their parts, nobody is left to do a part:
//! *thread-pool starvation*. It needs as many such tasks as workers, so that a pool that is large
//! enough in every test can hang in production.
//!
//! # Sources
//! B. Goetz and others, *Java Concurrency in Practice*, 2006, section 8.1.1, "Thread starvation
//! deadlock".

use conclab_engine::sync::Semaphore;
use conclab_engine::sync::atomic::AtomicUsize;
use conclab_engine::sync::atomic::Ordering::Relaxed;
use conclab_engine::thread::scope;
use conclab_engine::window;

use super::one_lock::tell;
use super::size::Parameters;

/// A pool whose tasks are numbers, done in this order: n tasks, then their n parts.
struct Orders {
    next: AtomicUsize,
    /// Released when a task has handed in its part.
    parts: Vec<Semaphore>,
    /// Released when a part is done.
    answers: Vec<Semaphore>,
    /// Answers that somebody got.
    got: AtomicUsize,
}

/// Who waits for the parts.
#[derive(Clone, Copy, PartialEq)]
enum Waiting {
    InTheTask,
    Outside,
}

/// Each task waits for its part, and keeps its worker while it does.
pub(super) fn waits_inside(size: &Parameters) -> String {
    day(size, Waiting::InTheTask)
}

/// The client waits for the parts: a task that is done gives its worker back.
pub(super) fn waits_outside(size: &Parameters) -> String {
    day(size, Waiting::Outside)
}

fn day(size: &Parameters, waiting: Waiting) -> String {
    let empty = |what: &str| {
        (0..size.tasks()).map(|n| Semaphore::named(format!("{what} {n}"), 0)).collect()
    };
    let orders = Orders {
        next: AtomicUsize::named("next", 0),
        parts: empty("part"),
        answers: empty("answer"),
        got: AtomicUsize::named("got", 0),
    };
    scope(|s| {
        for _ in 0..size.workers() {
            s.spawn(|| orders.work(waiting));
        }
        if waiting == Waiting::Outside {
            s.spawn_named("client", || (0..size.tasks()).for_each(|task| orders.wait_for(task)));
        }
    });
    tell(orders.got.into_inner(), size)
}

impl Orders {
    /// What a worker does all day.
    fn work(&self, waiting: Waiting) {
        loop {
            // Relaxed: a number to itself is all that a worker needs.
            let number = self.next.fetch_add(1, Relaxed);
            match number.checked_sub(self.parts.len()) {
                None => self.do_task(number, waiting),
                Some(part) if part < self.parts.len() => self.do_part(part),
                Some(_) => return,
            }
        }
    }

    // ANCHOR: task
    fn do_task(&self, task: usize, waiting: Waiting) {
        self.parts[task].release();
        if waiting == Waiting::InTheTask {
            window("inside a task");
            // Every worker may be here: each waits for a part that only a worker could do.
            self.wait_for(task);
        }
    }

    fn do_part(&self, part: usize) {
        // Its task hands it in.
        self.parts[part].acquire();
        self.answers[part].release();
    }
    // ANCHOR_END: task

    fn wait_for(&self, task: usize) {
        self.answers[task].acquire();
        // Relaxed: it counts, and announces no other data.
        self.got.fetch_add(1, Relaxed);
    }
}
