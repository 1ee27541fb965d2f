//! Threads against processes: the same work, handed out in every way there is.
//!
//! # Layout
//! | module | purpose |
//! |---|---|
//! | [`measure`] | what a piece of work costs: time, memory, context switches |
//! | [`processes`] | a pool of worker processes |
//! | [`python`] | the same work with the pools of Python's standard library |
//! | [`sockets`] | a server that answers after a delay, and clients that wait |
//! | [`work`] | the tasks: the same work for a thread and for a child process |

pub mod measure;
#[cfg(unix)]
pub mod processes;
pub mod python;
pub mod sockets;
pub mod work;
