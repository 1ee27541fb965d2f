//! Cycles of the state graph: programs that can go round for ever.
//!
//! A *component* is a set of states each of which leads to every other. One with a cycle that can
//! be left makes every outcome after it unbounded in number; one that cannot be left is a
//! livelock: everybody works and nobody gets anywhere.

use std::collections::{BTreeSet, VecDeque};

use super::graph::{Edge, Graph};
use super::ids::{Choice, ValueId};

/// What the cycles of a graph mean.
#[derive(Debug, Default)]
pub(crate) struct Cycles {
    /// Nothing if there is no cycle at all.
    components: Components,
    /// Outcomes that can follow a cycle.
    pub(crate) unbounded: BTreeSet<ValueId>,
    /// The outcome `livelock`, if a cycle cannot be left.
    pub(crate) livelock: Option<ValueId>,
}

impl Cycles {
    /// Marks the states from which a cycle cannot be left.
    pub(crate) fn trapped(&self, graph: &Graph) -> Vec<bool> {
        let mut trapped = vec![false; graph.len()];
        for component in self.components().filter(|component| component.trap) {
            for &state in component.states {
                trapped[state as usize] = true;
            }
        }
        trapped
    }

    /// Components, each before those that lead to it; a single state without a cycle is one too.
    pub(crate) fn components(&self) -> impl DoubleEndedIterator<Item = Component<'_>> {
        let Components { states, parts } = &self.components;
        (0..parts.len()).map(move |number| {
            let start = number.checked_sub(1).map_or(0, |before| parts[before].end);
            let Part { end, cyclic, trap } = parts[number];
            Component { states: &states[start as usize..end as usize], cyclic, trap }
        })
    }
}

/// States that lead to each other.
#[derive(Debug)]
pub(crate) struct Component<'a> {
    pub(crate) states: &'a [u32],
    /// Whether one can go round in it.
    pub(crate) cyclic: bool,
    /// Whether a cycle in it cannot be left.
    pub(crate) trap: bool,
}

/// Components one after another: there can be as many as states.
#[derive(Debug, Default)]
struct Components {
    states: Vec<u32>,
    parts: Vec<Part>,
}

/// A component, by where it ends.
#[derive(Debug)]
struct Part {
    end: u32,
    cyclic: bool,
    trap: bool,
}

/// Finds the cycles; `livelock` is the number of that outcome.
pub(crate) fn find(graph: &Graph, livelock: ValueId) -> Cycles {
    if !graph.cyclic {
        return Cycles::default();
    }
    let mut cycles = Cycles { components: components(graph), ..Cycles::default() };
    let trapped = cycles.components().any(|component| component.trap);
    let round = cycles.components().filter(|component| component.cyclic);
    let after = reachable(graph, round.flat_map(|component| component.states).copied());
    let finals = graph.outcomes().iter();
    cycles.unbounded =
        finals.filter(|&&(state, _)| after[state as usize]).map(|&(_, outcome)| outcome).collect();
    cycles.livelock = trapped.then_some(livelock);
    cycles.unbounded.extend(cycles.livelock);
    cycles
}

/// The way into a cycle that can be left, and once round it: choices, and how many of them lead
/// to where the cycle begins.
pub(crate) fn endless(graph: &Graph, cycles: &Cycles) -> Option<(Vec<Choice>, usize)> {
    let mut leavable = vec![false; graph.len()];
    for component in cycles.components().filter(|one| one.cyclic && !one.trap) {
        for &state in component.states {
            leavable[state as usize] = true;
        }
    }
    let root = graph.root();
    let (entrance, mut choices) = if leavable[root] {
        (root, Vec::new())
    } else {
        shortest(graph, root, |edge| leavable[edge.target], |_| true)?
    };
    let loops_to = choices.len();
    let inside = |edge: &Edge| leavable[edge.target];
    let (_, round) = shortest(graph, entrance, |edge| edge.target == entrance, inside)?;
    choices.extend(round);
    Some((choices, loops_to))
}

/// The shortest way from a state along edges that are `allowed`, up to one that is an `end`.
fn shortest(
    graph: &Graph,
    from: usize,
    end: impl Fn(&Edge) -> bool,
    allowed: impl Fn(&Edge) -> bool,
) -> Option<(usize, Vec<Choice>)> {
    let mut came: Vec<Option<(usize, Choice)>> = vec![None; graph.len()];
    let mut queue = VecDeque::from([from]);
    while let Some(state) = queue.pop_front() {
        for edge in graph.edges(state).filter(&allowed) {
            if end(&edge) {
                let mut choices = vec![edge.choice];
                let mut at = state;
                while at != from {
                    let (before, choice) = came[at].expect("the way back is known");
                    choices.push(choice);
                    at = before;
                }
                choices.reverse();
                return Some((edge.target, choices));
            }
            if edge.target != from && came[edge.target].is_none() {
                came[edge.target] = Some((state, edge.choice));
                queue.push_back(edge.target);
            }
        }
    }
    None
}

/// The states that can be reached from some, these included.
fn reachable(graph: &Graph, from: impl Iterator<Item = u32>) -> Vec<bool> {
    let mut seen = vec![false; graph.len()];
    let mut open = Vec::new();
    for state in from {
        seen[state as usize] = true;
        open.push(state);
    }
    while let Some(state) = open.pop() {
        for edge in graph.edges(state as usize) {
            if !std::mem::replace(&mut seen[edge.target], true) {
                open.push(number(edge.target));
            }
        }
    }
    seen
}

/// The components of a graph, each before those that lead to it.
///
/// # Sources
/// Tarjan: "Depth-first search and linear graph algorithms", SIAM Journal on Computing 1(2), 1972;
/// here with an explicit stack, since paths can be longer than a thread's stack.
fn components(graph: &Graph) -> Components {
    let mut search = Tarjan {
        graph,
        index: vec![u32::MAX; graph.len()],
        low: vec![0; graph.len()],
        open: Vec::new(),
        is_open: vec![false; graph.len()],
        component: vec![u32::MAX; graph.len()],
        next: 0,
        found: Components::default(),
    };
    search.visit(number(graph.root()));
    search.found
}

fn number(state: usize) -> u32 {
    u32::try_from(state).expect("fewer than 2^32 states")
}

struct Tarjan<'a> {
    graph: &'a Graph,
    index: Vec<u32>,
    low: Vec<u32>,
    open: Vec<u32>,
    is_open: Vec<bool>,
    component: Vec<u32>,
    next: u32,
    found: Components,
}

impl Tarjan<'_> {
    fn visit(&mut self, root: u32) {
        // States with the number of ways on that were looked at.
        let mut path = vec![(root, 0_u32)];
        self.meet(root);
        while let Some((state, looked)) = path.last_mut() {
            let (state, nth) = (*state as usize, *looked as usize);
            *looked += 1;
            match self.graph.edges(state).nth(nth) {
                Some(edge) if self.index[edge.target] == u32::MAX => {
                    self.meet(number(edge.target));
                    path.push((number(edge.target), 0));
                }
                Some(edge) if self.is_open[edge.target] => {
                    self.low[state] = self.low[state].min(self.index[edge.target]);
                }
                Some(_) => {}
                None => {
                    path.pop();
                    if let Some(&(before, _)) = path.last() {
                        let before = before as usize;
                        self.low[before] = self.low[before].min(self.low[state]);
                    }
                    if self.low[state] == self.index[state] {
                        self.close(number(state));
                    }
                }
            }
        }
    }

    fn meet(&mut self, state: u32) {
        self.index[state as usize] = self.next;
        self.low[state as usize] = self.next;
        self.next += 1;
        self.open.push(state);
        self.is_open[state as usize] = true;
    }

    /// Everything met since `state` and still open is a component.
    fn close(&mut self, state: u32) {
        let start = self.open.iter().rposition(|&open| open == state);
        let states = self.open.drain(start.expect("the component's first state is open")..);
        let first = self.found.states.len();
        self.found.states.extend(states);
        let states = &self.found.states[first..];
        let name = number(self.found.parts.len());
        for &state in states {
            self.is_open[state as usize] = false;
            self.component[state as usize] = name;
        }
        let edges = || states.iter().flat_map(|&state| self.graph.edges(state as usize));
        let cyclic = states.len() > 1 || edges().any(|edge| edge.target == state as usize);
        let trap = cyclic && edges().all(|edge| self.component[edge.target] == name);
        self.found.parts.push(Part { end: number(self.found.states.len()), cyclic, trap });
    }
}
