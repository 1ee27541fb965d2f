//! What a lab is made of: its card, its size, its variants, and what it promises of each outcome.
//!
//! # Layout
//! | module | purpose |
//! |---|---|
//! | [`lab`] | the trait, and what the command sees of a lab: without types, with its size chosen |
//! | `bound` | outcomes meet promises, the same way for every world |
//! | [`scene`] | what is only measured, and claimed |
//! | `searched` | one search of a variant, of which everything is asked |
//! | [`whole()`] | numbers on the command line |
//! | [`outcome`] | what a run ended in, as data |
//! | [`report`] | what a run found: plain data with units |

mod bound;
pub mod lab;
mod number;
pub mod outcome;
pub mod report;
pub mod scene;
mod searched;

pub use lab::Searched;
pub use number::whole;
