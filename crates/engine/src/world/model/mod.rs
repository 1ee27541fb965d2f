//! The model world: every interleaving of a program, counted exactly.
//!
//! # Layout
//! | module | purpose |
//! |---|---|
//! | `op`, `state` | operations and what they mean: a plain state machine |
//! | `objects` | the same, a file for each: semaphores, reader-writer locks, barriers, channels |
//! | `keys` | 128-bit keys of histories and states |
//! | `tables` | what has been learned about the program's threads |
//! | `context`, `shell` | lab code as coroutines |
//! | `walk` | a move: along known edges, or by running the code |
//! | `search`, `graph` | the state graph, depth first |
//! | `room` | the memory that the search may take |
//! | `count`, `odds`, `simplest`, `cycles` | what is read off the graph |
//! | `tell`, `words` | an interleaving, step by step |
//!
//! Memory is sequentially consistent: `Ordering` arguments change nothing here.

pub(crate) mod context;
mod count;
mod cycles;
mod explored;
mod export;
mod graph;
pub(crate) mod ids;
mod keys;
pub(crate) mod objects;
mod odds;
pub(crate) mod op;
mod position;
mod room;
mod search;
pub(crate) mod shell;
mod simplest;
mod state;
mod step;
pub(crate) mod tables;
mod tell;
mod walk;
mod words;

pub use explored::{Explored, OutcomeTally, Schedule, explore};
pub use export::Export;
pub use position::Failing;
