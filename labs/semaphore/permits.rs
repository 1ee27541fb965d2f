//! What all semaphores of this lab do.

/// What every semaphore can do. Who releases need not be who acquired.
pub trait Permits: Sync {
    /// Takes a permit; waits while there is none.
    fn acquire(&self);

    /// Gives a permit back, or a new one.
    fn release(&self);
}
