//! A moment of an interleaving: what a class needs to decide who goes next.

use serde::Serialize;

use super::{Interleaving, Place};

/// A moment of an interleaving: everything shared, where every thread stands, and every way on.
#[derive(Clone, Debug, Serialize)]
pub struct Position {
    /// The way here; its outcome is `unfinished` unless the program has ended.
    pub told: Interleaving,
    /// Every shared object, by name.
    #[serde(serialize_with = "super::pairs")]
    pub state: Vec<(String, String)>,
    /// Every thread that takes part in the program's steps, in scheduling order.
    pub threads: Vec<Standing>,
    /// What can happen next, in scheduling order; nothing if the program has ended.
    pub moves: Vec<Move>,
    /// The move that the simplest way to a failure begins with, by its place in `moves`; nothing
    /// if no way on fails.
    pub best: Option<usize>,
    /// Context switches of the whole interleaving if it goes on in that way.
    pub switches_best: Option<usize>,
    /// Whether the program has ended, and ended in a failure.
    pub failed: bool,
}

/// Where a thread stands.
#[derive(Clone, Debug, Serialize)]
pub struct Standing {
    /// Its name.
    pub thread: String,
    /// What it does next, and where in the source; nothing if it is over.
    pub next: Option<Place>,
    /// What it waits for, in words, if it cannot go on: `lock account 0, held by A`.
    pub waits: Option<String>,
}

/// One way on: a step of a thread.
#[derive(Clone, Debug, Serialize)]
pub struct Move {
    /// The thread.
    pub thread: String,
    /// What it does: `store counter 1`.
    pub operation: String,
    /// What it is given: the value loaded, who is woken, …
    pub result: Option<String>,
    /// How many interleavings go on from there, as a decimal string; nothing if going round in
    /// cycles makes them unbounded, or the search was not exhaustive.
    pub interleavings: Option<String>,
    /// How many of these fail.
    pub failing: Option<String>,
    /// Whether some way on from there fails.
    pub can_fail: bool,
    /// Whether every way on from there fails.
    pub must_fail: bool,
}
