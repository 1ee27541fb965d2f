//! Threads against processes: the same work, handed out in every way there is.
//!
//! # Layout
//! | module | purpose |
//! |---|---|
//! | [`work`] | the tasks: the same work for a thread and for a child process |

pub mod work;
