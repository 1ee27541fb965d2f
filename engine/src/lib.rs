//! The engine of conclab: one program, three worlds.
//!
//! # Layout
//! | module | purpose |
//! |---|---|
//! | [`lab`] | what a lab is: card, parameters, variants, promises |
//! | [`report`] | what a run found: plain data with units |
//! | [`stop`] | when to stop: interruption and deadlines |
//! | [`world`] | the worlds that run a lab's code |

pub mod lab;
pub mod report;
pub mod stop;
pub mod world;
