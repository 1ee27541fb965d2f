//! Be the scheduler: the game of `conclab play`, without a screen, a keyboard or a clock.
//!
//! [`Play`] is one state machine for both front ends: an [`Input`] (or a variant that was asked
//! for and is now [`Stage`]d) leads to the next state and a [`Wish`]. What there is to see is read
//! from the state by `render`.
//!
//! # Layout
//! | module | purpose |
//! |---|---|
//! | `input` | what a player can say, and how it is typed |
//! | `stage` | a variant that has been explored, ready to be played |
//! | `machine` | the states of the game and what leads from one to the other |
//! | `advice` | hints, from the state graph |
//! | `progress` | what a player has achieved, and its file's format |
//! | `source` | the labs' sources |

mod advice;
mod input;
mod machine;
mod progress;
#[cfg(test)]
pub(crate) mod sample;
pub(crate) mod source;
mod stage;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod walks;

pub(crate) use self::advice::Advice;
pub(crate) use self::input::{Input, echo};
pub(crate) use self::machine::{Notice, Phase, Play, Wish};
pub(crate) use self::progress::{Deed, Progress};
pub(crate) use self::stage::Stage;
