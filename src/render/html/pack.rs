//! State graphs made small: what many states have in common stands in tables, once.
//!
//! A state takes some 60 bytes this way, a tenth of what it takes in the document of `--graph`.

use std::collections::HashMap;
use std::hash::Hash;

use conclab_engine::report::StateNode;
use conclab_kit::report::StateGraph;
use serde::Serialize;

use crate::render::text;

/// A state graph as the page holds it. Numbers in rows are places in `texts`.
#[derive(Debug, Default, Serialize)]
pub(super) struct Packed<'a> {
    states_all: u64,
    texts: Vec<String>,
    /// Where a thread can stand: name, next, file (texts), line, waits (text).
    places: Vec<Place>,
    /// What can be done: thread, operation, result.
    steps: Vec<Step>,
    /// What an object can be: name, value.
    objects: Vec<[u32; 2]>,
    states: Vec<State>,
    simplest: Option<&'a [usize]>,
    #[serde(skip)]
    graph: Option<&'a StateGraph>,
}

type Place = (u32, Option<u32>, Option<u32>, Option<u32>, Option<u32>);
type Step = (u32, u32, Option<u32>);

/// Objects, places, moves as step and target, interleavings and failing ones (texts), odds (text),
/// whether some way fails and whether all do (bits 0 and 1), outcome (text).
type State =
    (Vec<u32>, Vec<u32>, Vec<(u32, Option<u32>)>, Option<u32>, Option<u32>, u32, u8, Option<u32>);

impl<'a> Packed<'a> {
    /// All states of `graph`.
    pub(super) fn new(graph: &'a StateGraph) -> Self {
        Self::first(graph, graph.states.len())
    }

    /// The first `states_max` states; those of the simplest failure come first, so that they stay.
    fn first(graph: &'a StateGraph, states_max: usize) -> Self {
        let mut packer = Packer::new(graph, states_max);
        let states = graph.states.iter().take(states_max).map(|state| packer.state(state));
        let states = states.collect();
        Self {
            states_all: graph.states_all,
            texts: packer.texts.all,
            places: packer.places.all,
            steps: packer.steps.all,
            objects: packer.objects.all,
            states,
            simplest: graph.simplest.as_deref(),
            graph: Some(graph),
        }
    }

    fn bytes(&self) -> usize {
        island(self).len()
    }

    /// As many states as fit into `bytes_max`, never fewer than the simplest failure has.
    fn within(self, bytes_max: usize) -> Self {
        let (Some(graph), mut packed) = (self.graph, self) else { return Self::default() };
        let least = graph.simplest.as_ref().map_or(1, |way| way.len() + 1);
        loop {
            let (bytes, states) = (packed.bytes(), packed.states.len());
            if bytes <= bytes_max || states <= least {
                return packed;
            }
            // A little fewer than by proportion: the tables do not shrink as fast as the states.
            let fewer = states.saturating_mul(bytes_max) / bytes;
            packed = Self::first(graph, fewer.min(states * 19 / 20).max(least));
        }
    }
}

/// Cuts graphs until all of them together fit into `bytes_max`: small ones stay whole, large ones
/// get equal parts of what is left.
pub(super) fn fit(graphs: &mut [Packed<'_>], bytes_max: usize) {
    let mut order: Vec<(usize, usize)> =
        graphs.iter().enumerate().map(|(n, graph)| (graph.bytes(), n)).collect();
    order.sort_unstable();
    let mut left = bytes_max;
    for (done, (_, n)) in order.iter().enumerate() {
        let share = left / (order.len() - done);
        let graph = std::mem::take(&mut graphs[*n]).within(share);
        left = left.saturating_sub(graph.bytes());
        graphs[*n] = graph;
    }
}

struct Packer<'a> {
    graph: &'a StateGraph,
    kept: usize,
    texts: Table<String>,
    places: Table<Place>,
    steps: Table<Step>,
    objects: Table<[u32; 2]>,
}

impl<'a> Packer<'a> {
    fn new(graph: &'a StateGraph, kept: usize) -> Self {
        Self {
            graph,
            kept,
            texts: Table::default(),
            places: Table::default(),
            steps: Table::default(),
            objects: Table::default(),
        }
    }

    fn state(&mut self, state: &StateNode) -> State {
        let objects = state.objects.iter().map(|[name, value]| {
            let pair = [self.text(*name), self.text(*value)];
            self.objects.add(pair)
        });
        let objects = objects.collect();
        let places = state.threads.iter().map(|thread| {
            let place = (
                self.text(thread.name),
                thread.next.map(|next| self.text(next)),
                thread.file.map(|file| self.text(file)),
                thread.line,
                thread.waits.map(|waits| self.text(waits)),
            );
            self.places.add(place)
        });
        let places = places.collect();
        let moves = state.moves.iter().map(|one| {
            let result = one.result.map(|result| self.text(result));
            let step = (self.text(one.thread), self.text(one.operation), result);
            let inside = |to: &u32| usize::try_from(*to).is_ok_and(|to| to < self.kept);
            let to = one.to.filter(inside);
            (self.steps.add(step), to)
        });
        let moves = moves.collect();
        (
            objects,
            places,
            moves,
            state.interleavings.as_ref().map(|count| self.texts.add(count.clone())),
            state.failing.as_ref().map(|count| self.texts.add(count.clone())),
            self.texts.add(text::odds(state.odds)),
            u8::from(state.can_fail) | u8::from(state.must_fail) << 1,
            state.outcome.map(|outcome| self.text(outcome)),
        )
    }

    /// The number here of a text that has a number in the graph.
    fn text(&mut self, number: u32) -> u32 {
        self.texts.add(self.graph.texts[number as usize].clone())
    }
}

/// Things by number, each once.
struct Table<T> {
    all: Vec<T>,
    numbers: HashMap<T, u32>,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self { all: Vec::new(), numbers: HashMap::new() }
    }
}

impl<T: Clone + Eq + Hash> Table<T> {
    fn add(&mut self, thing: T) -> u32 {
        if let Some(&number) = self.numbers.get(&thing) {
            return number;
        }
        let number = u32::try_from(self.all.len()).expect("no more things than in the graph");
        self.all.push(thing.clone());
        self.numbers.insert(thing, number);
        number
    }
}

/// Data as JSON that nothing in it can end: a browser looks for `</script` and `<!--` first.
pub(super) fn island(data: &impl Serialize) -> String {
    let json = serde_json::to_string(data).expect("reports are data that JSON can always hold");
    json.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
}
