//! What every lock of this lab can do.

/// A lock without data and without guards: whoever calls `lock` must call `unlock`.
///
/// Real locks hand out a guard that unlocks when it is dropped (as `std::sync::Mutex` does); one
/// of the wrong variants shows why.
pub trait RawLock: Send + Sync {
    /// Makes a free lock for the threads 0 to `n_threads - 1`; the name is for traces.
    fn new(name: &str, n_threads: usize) -> Self;

    /// Waits until the lock is free, and takes it for thread `me`.
    fn lock(&self, me: usize);

    /// Gives the lock back; `me` is the thread that has it.
    fn unlock(&self, me: usize);
}
