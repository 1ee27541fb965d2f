//! Our thread pool: a fixed number of threads that take tasks from one queue.

use std::io;
use std::mem::forget;

use conclab_engine::sync::Arc;
use conclab_engine::thread::panicking;
use conclab_engine::world::traced;

use super::closure::Closure;
use super::handle::Handle;
use super::platform::{Content, Platform};
use super::queue::Queue;

/// A fixed number of threads that run tasks.
///
/// Dropping it lets the workers finish every task that was handed in, and waits for that (without
/// waiting if the thread that drops it panics).
#[derive(Debug)]
pub struct ThreadPool<P: Platform> {
    queue: Arc<Queue<P>>,
    workers: Vec<P::Thread>,
}

impl<P: Platform> ThreadPool<P> {
    /// Starts so many workers. When so many tasks wait that no worker has taken yet,
    /// [`Self::submit`] makes clients wait, too; a worker takes 64 at most at a time.
    ///
    /// # Errors
    /// If the system has no thread left.
    ///
    /// # Panics
    /// If `workers` or `capacity` is 0.
    pub fn new(workers: usize, capacity: usize) -> io::Result<Self> {
        assert!(workers > 0 && capacity > 0, "a pool needs a worker and a place for a task");
        let queue = Arc::new(Queue::new(workers, capacity));
        let mut pool = Self { queue, workers: Vec::with_capacity(workers) };
        for worker in 0..workers {
            let queue = Arc::clone(&pool.queue);
            let work = move || P::retry(|| Self::work(&queue, worker));
            pool.workers.push(P::spawn(format!("worker {worker}"), work)?);
        }
        Ok(pool)
    }

    /// Hands a task in and returns the handle of its answer; waits while the queue is full.
    ///
    /// A task that hands in others, or waits for others, keeps its worker meanwhile: if all workers
    /// do, and the queue is full or nobody is left for those tasks, they wait for ever.
    pub fn submit<T: Content>(&self, f: impl FnOnce() -> T + Send + 'static) -> Handle<T, P> {
        let (handle, task) = Handle::of(f);
        self.put(task);
        handle
    }

    /// Hands in a task whose answer nobody wants.
    pub fn execute(&self, f: impl FnOnce() + Send + 'static) {
        self.put(Closure::new(f));
    }

    fn put(&self, task: Closure) {
        let queue = &*self.queue;
        P::call(task, |task| queue.put(task));
    }

    // ANCHOR: work
    /// Does one task; something if there will be no more.
    fn work(queue: &Queue<P>, worker: usize) -> Option<()> {
        match P::call((), |()| queue.next(worker)) {
            Some(job) => {
                let ticket = job.ticket();
                // What a task or the `Drop` of its captures panics with can panic when dropped.
                // What even that panics with is not worth a worker: it is leaked.
                let run = || forget(P::catch_unwind(|| drop(P::catch_unwind(|| job.run()))));
                traced::task(|| format!("task {ticket}"), run);
                None
            }
            None => Some(()),
        }
    }
    // ANCHOR_END: work

    /// Lets the workers finish every task that was handed in, and waits for them.
    pub fn shutdown(self) {
        drop(self);
    }
}

impl<P: Platform> Drop for ThreadPool<P> {
    fn drop(&mut self) {
        self.queue.close();
        if !panicking() {
            self.workers.drain(..).for_each(P::join);
        }
    }
}
