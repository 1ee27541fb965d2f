//! The state graph of a variant, for pages that are stepped through without the program.

use serde::Serialize;

/// One state.
#[derive(Clone, Debug, Serialize)]
pub struct StateNode {
    /// Every shared object: name and value, as texts.
    pub objects: Vec<[u32; 2]>,
    /// Where every thread stands.
    pub threads: Vec<ThreadNode>,
    /// The steps that can come next, in scheduling order.
    pub moves: Vec<MoveEdge>,
    /// How many interleavings go on from here, as a decimal string; nothing if going round in
    /// cycles makes them unbounded.
    pub interleavings: Option<String>,
    /// How many of them fail.
    pub failing: Option<String>,
    /// The chance of failing from here, from 0 to 1, if at every step each thread that can move is
    /// equally likely to go next.
    pub odds: f64,
    /// Whether some way on fails.
    pub can_fail: bool,
    /// Whether every way on fails.
    pub must_fail: bool,
    /// What a finished run shows, as a text; only where the program ends.
    pub outcome: Option<u32>,
}

/// Where a thread stands.
#[derive(Clone, Debug, Serialize)]
pub struct ThreadNode {
    /// Its name, as a text.
    pub name: u32,
    /// What it does next, as a text; nothing if it is over.
    pub next: Option<u32>,
    /// The source file of that, as a text.
    pub file: Option<u32>,
    /// The source line of that.
    pub line: Option<u32>,
    /// What it waits for, as a text, if it cannot go on.
    pub waits: Option<u32>,
}

/// One step to another state.
#[derive(Clone, Debug, Serialize)]
pub struct MoveEdge {
    /// The thread's name, as a text.
    pub thread: u32,
    /// What it does, as a text.
    pub operation: u32,
    /// What it is given, as a text.
    pub result: Option<u32>,
    /// The state that it leads to; nothing if that was left out.
    pub to: Option<u32>,
}
