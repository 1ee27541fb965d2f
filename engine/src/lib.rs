//! The engine of conclab: one program, three worlds.
//!
//! A lab's code is written once, against [`sync`], [`thread`] and [`hint`], which have std's names
//! and shapes. Which world executes it is chosen at run time.
//!
//! # Layout
//! | module | purpose |
//! |---|---|
//! | [`sync`], [`thread`], [`hint`] | the facade: std's names, in every world |
//! | [`repeat`], [`retry`], [`window`] | loops and race windows that the worlds know about |
//! | [`world`] | the worlds: real threads, and every interleaving |
//! | [`lab`] | what a lab is: card, parameters, variants, promises |
//! | [`report`] | what a run found: plain data with units |
//! | [`stop`] | when to stop: interruption and deadlines |

mod bound;
mod control;
mod error;
pub mod hint;
pub mod lab;
pub mod report;
pub mod stop;
pub mod sync;
pub mod thread;
pub mod world;

pub use control::{repeat, retry, window};
