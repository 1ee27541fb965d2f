//! IO-bound work that is real: a server on this machine that answers after a delay, a client that
//! blocks until it does, and one thread that waits for a thousand answers at once.
//!
//! | file | what it is |
//! |---|---|
//! | `wire.rs` | a request and a reply, eight bytes each |
//! | `server.rs`, `serving.rs`, `line.rs` | the server: its handle, its one thread, a connection |
//! | `client.rs` | [`ask`]: one question, and the thread sleeps until it is answered |
//! | `multiplexer.rs` | [`Multiplexer`]: one thread asks on all connections and waits for all |
//! | `limits.rs` | the limit of open files |
//!
//! # Connections
//! Opening a connection costs more than a question on it, so connections are kept: [`ask`] takes
//! one that is free, opens one if there is none, and puts it back. There are as many as questions
//! were under way at once: one per worker of a pool, one per thread if each task has its own. What
//! opening costs is counted where it is paid: by the first question, or before the clock starts by
//! [`open`] and [`Multiplexer::open`], which say how long they took.
//!
//! # Where it ends
//! A server that is told to stop, or whose `Stop` says so, hangs up: every question under way
//! then fails within about 50 ms, in this process and in its children.

mod client;
mod error;
mod limits;
mod line;
mod multiplexer;
mod server;
mod serving;
#[cfg(test)]
mod tests;
mod watched;
mod wire;

pub use client::{ask, close, open};
pub use error::SocketError;
pub use multiplexer::{Answered, Multiplexed, Multiplexer, multiplex};
pub use server::Server;
pub use serving::Served;
pub use wire::{FRAME_BYTES, Reply, Request};

/// Makes sure that this process may open `n` files more, with some to spare: raises its own soft
/// limit as far as needed and allowed, which every process may do.
///
/// # Errors
/// [`SocketError::Descriptors`] with the figure needed, if that is above the hard limit.
pub fn room_for(n: usize) -> Result<(), SocketError> {
    Ok(limits::room_for(n)?)
}
