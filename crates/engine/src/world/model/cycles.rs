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
    /// Components, each before those that lead to it; a single state without a cycle is one too.
    /// Empty if there is no cycle at all.
    pub(crate) components: Vec<Component>,
    /// Outcomes that can follow a cycle.
    pub(crate) unbounded: BTreeSet<ValueId>,
    /// The outcome `livelock`, if a cycle cannot be left.
    pub(crate) livelock: Option<ValueId>,
}

impl Cycles {
    /// Marks the states from which a cycle cannot be left.
    pub(crate) fn trapped(&self, graph: &Graph) -> Vec<bool> {
        let mut trapped = vec![false; graph.len()];
        for component in self.components.iter().filter(|component| component.trap) {
            for &state in &component.states {
                trapped[state] = true;
            }
        }
        trapped
    }
}

/// States that lead to each other.
#[derive(Debug)]
pub(crate) struct Component {
    pub(crate) states: Vec<usize>,
    /// Whether one can go round in it.
    pub(crate) cyclic: bool,
    /// Whether a cycle in it cannot be left.
    pub(crate) trap: bool,
}

/// Finds the cycles; `livelock` is the number of that outcome.
pub(crate) fn find(graph: &Graph, livelock: ValueId) -> Cycles {
    if !graph.cyclic {
        return Cycles::default();
    }
    let components = components(graph);
    let trapped = components.iter().any(|component| component.trap);
    let round = components.iter().filter(|component| component.cyclic);
    let after = reachable(graph, round.flat_map(|component| component.states.iter().copied()));
    let finals = graph.outcomes().iter();
    let mut unbounded: BTreeSet<_> =
        finals.filter(|&&(state, _)| after[state as usize]).map(|&(_, outcome)| outcome).collect();
    let livelock = trapped.then_some(livelock);
    unbounded.extend(livelock);
    Cycles { components, unbounded, livelock }
}

/// The way into a cycle that can be left, and once round it: choices, and how many of them lead
/// to where the cycle begins.
pub(crate) fn endless(graph: &Graph, cycles: &Cycles) -> Option<(Vec<Choice>, usize)> {
    let mut leavable = vec![false; graph.len()];
    for component in cycles.components.iter().filter(|one| one.cyclic && !one.trap) {
        for &state in &component.states {
            leavable[state] = true;
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
fn reachable(graph: &Graph, from: impl Iterator<Item = usize>) -> Vec<bool> {
    let mut seen = vec![false; graph.len()];
    let mut open: Vec<usize> = from.collect();
    while let Some(state) = open.pop() {
        if !std::mem::replace(&mut seen[state], true) {
            open.extend(graph.edges(state).map(|edge| edge.target));
        }
    }
    seen
}

/// The components of a graph, each before those that lead to it.
///
/// # Sources
/// Tarjan: "Depth-first search and linear graph algorithms", SIAM Journal on Computing 1(2), 1972;
/// here with an explicit stack, since paths can be longer than a thread's stack.
fn components(graph: &Graph) -> Vec<Component> {
    let mut search = Tarjan {
        graph,
        index: vec![u32::MAX; graph.len()],
        low: vec![0; graph.len()],
        open: Vec::new(),
        is_open: vec![false; graph.len()],
        component: vec![u32::MAX; graph.len()],
        next: 0,
        components: Vec::new(),
    };
    search.visit(graph.root());
    search.components
}

struct Tarjan<'a> {
    graph: &'a Graph,
    index: Vec<u32>,
    low: Vec<u32>,
    open: Vec<usize>,
    is_open: Vec<bool>,
    component: Vec<u32>,
    next: u32,
    components: Vec<Component>,
}

impl Tarjan<'_> {
    fn visit(&mut self, root: usize) {
        let graph = self.graph;
        let mut path = vec![(root, graph.edges(root).collect::<Vec<_>>().into_iter())];
        self.meet(root);
        while let Some((state, edges)) = path.last_mut() {
            let state = *state;
            match edges.next() {
                Some(edge) if self.index[edge.target] == u32::MAX => {
                    self.meet(edge.target);
                    let edges = graph.edges(edge.target).collect::<Vec<_>>();
                    path.push((edge.target, edges.into_iter()));
                }
                Some(edge) if self.is_open[edge.target] => {
                    self.low[state] = self.low[state].min(self.index[edge.target]);
                }
                Some(_) => {}
                None => {
                    path.pop();
                    if let Some(&(before, _)) = path.last() {
                        self.low[before] = self.low[before].min(self.low[state]);
                    }
                    if self.low[state] == self.index[state] {
                        self.close(state);
                    }
                }
            }
        }
    }

    fn meet(&mut self, state: usize) {
        self.index[state] = self.next;
        self.low[state] = self.next;
        self.next += 1;
        self.open.push(state);
        self.is_open[state] = true;
    }

    /// Everything met since `state` and still open is a component.
    fn close(&mut self, state: usize) {
        let start = self.open.iter().rposition(|&open| open == state);
        let states = self.open.split_off(start.expect("the component's first state is open"));
        let number = u32::try_from(self.components.len()).expect("no more than states");
        for &state in &states {
            self.is_open[state] = false;
            self.component[state] = number;
        }
        let edges = || states.iter().flat_map(|&state| self.graph.edges(state));
        let cyclic = states.len() > 1 || edges().any(|edge| edge.target == state);
        let trap = cyclic && edges().all(|edge| self.component[edge.target] == number);
        self.components.push(Component { states, cyclic, trap });
    }
}
