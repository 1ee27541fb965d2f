//! Synchronisation with std's names, in whichever world the program runs.
//!
//! An object knows the world it was made in; every operation on it goes there. Memory is that of
//! the hardware in the real world, and sequentially consistent in the model.

pub mod atomic;
mod barrier;
mod condvar;
mod gauge;
pub mod mpsc;
mod mutex;
mod rwlock;
mod semaphore;
mod sleepers;

pub use std::sync::Arc;

pub use barrier::Barrier;
pub use condvar::Condvar;
pub use gauge::Gauge;
pub use mutex::{Mutex, MutexGuard};
pub use rwlock::{RwLock, RwLockReadGuard, RwLockWriteGuard};
pub use semaphore::Semaphore;
pub use sleepers::Sleepers;
