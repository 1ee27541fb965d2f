//! Synchronisation with std's names, in whichever world the program runs.
//!
//! An object knows the world it was made in; every operation on it goes there. Memory is that of
//! the hardware in the real world, and sequentially consistent in the model.

pub mod atomic;
mod condvar;
mod mutex;

pub use std::sync::Arc;

pub use condvar::Condvar;
pub use mutex::{Mutex, MutexGuard};
