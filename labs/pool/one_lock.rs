//! The pool of the textbook: one queue behind one lock, and workers that take from it.
//!
//! To be read at a glance, its tasks are numbers, and it counts answers instead of handing them
//! back. The wrong pools differ from it in one place each.
//!
//! # Sources
//! S. Klabnik, C. Nichols, *The Rust Programming Language*, chapter 21, "Turning our
//! single-threaded server into a multithreaded server"; there the queue is a channel behind a lock.

use std::collections::VecDeque;
use std::fmt;

use conclab_engine::sync::atomic::AtomicUsize;
use conclab_engine::sync::atomic::Ordering::Relaxed;
use conclab_engine::sync::{Condvar, Mutex};
use conclab_engine::thread::{catch_unwind, scope};
use conclab_engine::world::traced;
use conclab_engine::{call, repeat, retry};
use conclab_kit::outcome::Key;

use super::size::Parameters;

/// Tasks that no worker has begun, and what came of the others.
pub(super) struct OneLock {
    pub(super) queue: Mutex<Queue>,
    /// Tells workers that there is a task, or that there will be none.
    pub(super) news: Condvar,
    answers: AtomicUsize,
}

/// What the lock protects.
#[derive(Hash)]
pub(super) struct Queue {
    pub(super) tasks: VecDeque<usize>,
    /// Whether more tasks may come.
    pub(super) open: bool,
}

/// Short: tables show it in a column.
impl fmt::Debug for Queue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}{}", self.tasks, if self.open { "" } else { " shut" })
    }
}

/// Starts the workers and a client that hands in all tasks; tells how many answers there are when
/// everyone has gone home. A worker calls `take` for its next task and `run` to do it.
pub(super) fn day(
    size: &Parameters,
    take: impl Fn(&OneLock) -> Option<usize> + Sync,
    run: impl Fn(&OneLock, usize) + Sync,
) -> String {
    let queue = Queue { tasks: VecDeque::new(), open: true };
    let pool = OneLock {
        queue: Mutex::named("queue", queue),
        news: Condvar::named("news"),
        answers: AtomicUsize::named("answers", 0),
    };
    // Does one task, and goes on; gives something, and so goes home, when there is none left.
    let work = || match call((), |()| take(&pool)) {
        Some(task) => {
            run(&pool, task);
            None
        }
        None => Some(()),
    };
    scope(|s| {
        for _ in 0..size.workers() {
            // A panic that `run` lets through ends the worker, and nothing else.
            s.spawn(|| drop(catch_unwind(|| retry(work))));
        }
        s.spawn_named("client", || {
            repeat(size.tasks(), |task| pool.submit(task));
            pool.close();
        });
    });
    tell(pool.answers.into_inner(), size)
}

/// How many answers came, and of how many.
pub(super) const ANSWERS: Key = Key { name: "answers", words: "{} of {} answers" };

/// How many of the answers came.
pub(super) fn tell(answers: usize, size: &Parameters) -> String {
    ANSWERS.tell([answers as u64, size.tasks() as u64])
}

/// A task: every second one panics. Its answer is its number.
pub(super) fn answer(task: usize) -> usize {
    assert!(task % 2 == 1, "task {task} went wrong");
    task
}

impl OneLock {
    fn submit(&self, task: usize) {
        self.queue.lock().tasks.push_back(task);
        self.news.notify_one();
    }

    /// Says that no more tasks will come.
    fn close(&self) {
        self.queue.lock().open = false;
        self.news.notify_all();
    }

    // ANCHOR: take
    /// The next task, once there is one; nothing if the queue is empty and closed.
    pub(super) fn take(&self) -> Option<usize> {
        let mut queue = self.queue.lock();
        loop {
            // Tasks come before closing time: what was handed in is done.
            if let Some(task) = queue.tasks.pop_front() {
                return Some(task);
            }
            if !queue.open {
                return None;
            }
            // To look and to fall asleep is one step: no news comes in between.
            queue = self.news.wait(queue);
        }
    }
    // ANCHOR_END: take

    /// Counts an answer; that the task failed is one, too.
    pub(super) fn answered(&self) {
        // Relaxed: it counts, and announces no other data.
        self.answers.fetch_add(1, Relaxed);
    }

    /// Does a task; its panic ends here.
    pub(super) fn run(&self, task: usize) {
        traced::task(|| format!("task {task}"), || drop(catch_unwind(|| answer(task))));
        self.answered();
    }
}

/// Takes tasks and does them until the queue is empty and closed.
pub(super) fn one_lock(size: &Parameters) -> String {
    day(size, OneLock::take, OneLock::run)
}
