//! The thread pool: a few workers do many tasks.

mod closure;
mod gil;
mod handle;
mod lab;
mod one_lock;
mod parts;
mod platform;
mod price_bare;
#[cfg(test)]
mod price_tests;
mod queue;
#[cfg(test)]
mod tests;
mod thread_pool;
mod variants;
mod wrong;

pub use self::gil::{Gil, Held, INTERVAL};
pub use self::handle::{Handle, TaskPanicked};
pub use self::lab::{Parameters, Pool};
pub use self::platform::{Content, Facade, Platform};
pub use self::price_bare::Bare;
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
