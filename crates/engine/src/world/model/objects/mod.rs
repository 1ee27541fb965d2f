//! Objects of the model, one file for each: their words, what is asked of them and what that means.
//! A plain state machine: a word goes in, a word and a result come out.

pub(crate) mod barrier;
pub(crate) mod channel;
pub(crate) mod gauge;
pub(crate) mod meaning;
pub(crate) mod primitive;
pub(crate) mod rwlock;
pub(crate) mod semaphore;
pub(crate) mod sleepers;
