//! Three ways to get a pool wrong; `waits-inside` is a fourth, and no fault of the pool's.

use conclab_engine::world::traced;
use conclab_engine::{retry, window};

use super::one_lock::{OneLock, answer, day};
use super::size::Parameters;

/// Lets a task's panic end its worker: the pool shrinks, unnoticed, and then it is empty.
pub(super) fn dies_on_panic(size: &Parameters) -> String {
    day(size, OneLock::take, |pool, task| {
        // A panic leaves this function, and its worker's loop: nobody starts another worker.
        traced::task(|| format!("task {task}"), || answer(task));
        pool.answered();
    })
}

// ANCHOR: drops
/// Goes home at closing time, whatever lies in the queue.
pub(super) fn drops_the_queue(size: &Parameters) -> String {
    let take = |pool: &OneLock| {
        let mut queue = pool.queue.lock();
        // The client may have handed in tasks and closed before this worker looked.
        while queue.open {
            if let Some(task) = queue.tasks.pop_front() {
                return Some(task);
            }
            queue = pool.news.wait(queue);
        }
        None
    };
    day(size, take, OneLock::run)
}
// ANCHOR_END: drops

// ANCHOR: looks
/// Looks, gives the lock back, and then falls asleep: the news may come in between.
pub(super) fn looks_then_sleeps(size: &Parameters) -> String {
    let look = |pool: &OneLock| {
        let mut queue = pool.queue.lock();
        let task = queue.tasks.pop_front();
        (task.is_some() || !queue.open).then_some(task)
    };
    let take = |pool: &OneLock| {
        retry(|| {
            let found = look(pool);
            if found.is_none() {
                window("between looking and sleeping");
                // The client may hand in its last task here, and close. Nobody sleeps yet, so
                // nobody is woken; then this worker falls asleep, for ever.
                drop(pool.news.wait(pool.queue.lock()));
            }
            found
        })
    };
    day(size, take, OneLock::run)
}
// ANCHOR_END: looks
