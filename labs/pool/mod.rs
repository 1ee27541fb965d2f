//! The thread pool: a few workers do many tasks.
//!
//! To start a thread for every task costs tens of microseconds and some memory each time, and a
//! thousand threads on four cores do nothing faster than four. So a *pool* starts a few threads,
//! once, and these *workers* take tasks from a queue. Whoever hands a task in gets a *handle*, by
//! which to wait for its answer.
//!
//! ```text
//! client ── submit ──► queue: task 3, task 2 ──┬──► worker 0: task 0
//!    ▲                                         └──► worker 1: task 1
//!    └───────────── handle.join() ◄── answer ──────────┘
//! ```
//!
//! Four things can go wrong, and each loses answers or waits for ever:
//!
//! | what goes wrong | how | variant |
//! |---|---|---|
//! | all workers wait | a task waits for a task of its own pool | `waits-inside` |
//! | the pool shrinks, unnoticed | a panic ends its worker, too | `dies-on-panic` |
//! | tasks are forgotten | workers go home at closing time | `drops-the-queue` |
//! | a worker sleeps beside work | it looks, and falls asleep later | `looks-then-sleeps` |
//!
//! The first is no fault of the pool's, and so the most dangerous: with fewer such tasks than
//! workers nothing happens, and every test passes.
//!
//! ```text
//! worker 0                             worker 1
//! task 0: hands in its part
//! task 0: waits for the part           task 1: hands in its part
//!                                      task 1: waits for the part
//!                 the queue: both parts, and no worker left to do them
//! ```
//!
//! The right pools: `waits-outside` lets the client wait for the parts; `one-lock` is the pool of
//! the textbook, to be read first; and `thread-pool` is the [`ThreadPool`] that this lab measures,
//! whose workers have a tray each. What is proved of it and what is timed is one source, over a
//! [`Platform`]: the engine's [`Facade`], or [`Bare`] metal.
//!
//! Every second task panics, in all pools that can bear it: an answer that says so is an answer.
//!
//! Workers that share a [`Gil`], a lock like `CPython`'s, are no faster than one thread, except
//! where they wait for something outside.
//!
//! Words that are not std's: `named` gives an object the name it has in reports; `repeat(n, …)` is
//! a `for` loop; `retry` calls its closure until that gives `Some`; `call` calls a function of
//! which the model remembers only the result; `window` marks the moment when an interruption does
//! harm.
//!
//! What no scheduler can model is beside it, and only measured: worker processes
//! (`conclab_workers`); a server that answers after a delay (`conclab_net`); [`python`],
//! the same work with the pools of Python; [`work`], the tasks themselves.
//!
//! # Sources
//! B. Goetz and others, *Java Concurrency in Practice*, 2006, chapter 8. S. Klabnik, C. Nichols,
//! *The Rust Programming Language*, chapter 21. R. D. Blumofe, C. E. Leiserson, *Scheduling
//! Multithreaded Computations by Work Stealing*, Journal of the ACM 46 (5), 1999.

mod closure;
#[cfg(unix)]
pub mod crash;
mod gil;
mod handle;
mod lab;
mod one_lock;
mod parts;
mod platform;
mod price_bare;
mod price_job;
mod price_notes;
mod price_runners;
mod price_table;
#[cfg(test)]
mod price_tests;
mod price_trace;
mod price_ways;
pub mod python;
mod queue;
mod recorded;
#[cfg(unix)]
pub mod role;
mod scenes;
#[cfg(unix)]
pub mod serialisation;
mod size;
#[cfg(test)]
mod tests;
mod thread_pool;
mod variants;
pub mod work;
mod wrong;

pub use self::gil::{Gil, Held, INTERVAL};
pub use self::handle::{Handle, TaskPanicked};
pub use self::lab::Pool;
pub use self::platform::{Content, Facade, Platform};
pub use self::price_bare::Bare;
pub use self::size::Parameters;
pub use self::thread_pool::ThreadPool;

/// Hands every task to our pool and waits for each answer.
fn thread_pool(size: &Parameters) -> String {
    let pool = ThreadPool::<Facade>::new(size.workers(), size.tasks())
        .expect("the system can start another thread");
    let handles: Vec<_> =
        (0..size.tasks()).map(|task| pool.submit(move || one_lock::answer(task))).collect();
    let is_right = |(task, handle): (usize, Handle<usize, Facade>)| match handle.join() {
        Ok(answer) => answer == task,
        Err(failed) => failed.message == format!("task {task} went wrong"),
    };
    let answers = handles.into_iter().enumerate().map(is_right).filter(|right| *right).count();
    pool.shutdown();
    one_lock::tell(answers, size)
}
