//! Threads against processes: the same work, handed out in every way there is.
//!
//! # Layout
//! | module | purpose |
//! |---|---|
//! | [`processes`] | a pool of worker processes |
//! | [`work`] | the tasks: the same work for a thread and for a child process |

#[cfg(unix)]
pub mod processes;
pub mod work;
