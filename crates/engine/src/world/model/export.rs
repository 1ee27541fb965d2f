//! The state graph as data: every state in words, without running the code again.

use std::collections::{BTreeSet, HashMap, VecDeque};

use super::explored::Explored;
use super::graph::Edge;
use super::ids::Slot;
use super::position::Failing;
use super::shell::Execution;
use super::state::State;
use super::tables::{self, Kind, Tables};
use super::tell::{Moment, Teller};
use super::walk::{advance_seeing, begin};
use crate::error::ExploreError;
use crate::report::{MoveEdge, StateNode, ThreadNode};

/// States in words, with the texts that their numbers stand for.
#[derive(Debug, Default)]
pub struct Export {
    /// The states; the first is the beginning.
    pub states: Vec<StateNode>,
    /// The texts that their numbers stand for.
    pub texts: Vec<String>,
}

/// A state on its way into the export.
struct Open {
    /// Its position in the graph.
    at: usize,
    state: State,
    teller: Teller,
    /// The objects that have been made on the way here.
    objects: BTreeSet<Slot>,
}

impl Open {
    /// The state at the end of an edge.
    fn after(&self, edge: &Edge, tables: &Tables) -> Self {
        let (mut state, mut objects) = (self.state.clone(), self.objects.clone());
        let mut teller = self.teller.clone();
        teller.pass(tables, &self.state, edge.choice.thread);
        let is_object = |slot: Slot| !matches!(tables.objects[slot as usize].kind, Kind::Thread(_));
        let made = |on: &tables::Edge| {
            objects
                .extend(on.effects.iter().map(|&(slot, _)| slot).filter(|slot| is_object(*slot)));
        };
        advance_seeing(&mut state, tables, edge.choice, made).expect("the search knew every edge");
        Self { at: edge.target, state, teller, objects }
    }
}

impl Explored {
    /// The first `states_max` states in words: those along the simplest failure, and then those
    /// that take fewest steps to come to.
    ///
    /// # Errors
    /// If the code does not do what it did when it was explored.
    pub fn export(
        &self,
        body: &dyn Fn() -> String,
        failing: &Failing,
        states_max: usize,
    ) -> Result<Export, ExploreError> {
        let way = self.solution(failing).unwrap_or_default();
        self.execute(body, |execution| {
            let mut exporter = Exporter {
                explored: self,
                failing,
                texts: Texts::default(),
                numbers: HashMap::new(),
            };
            let states = exporter.run(execution, &way, states_max)?;
            Ok(Export { states, texts: exporter.texts.all })
        })
    }
}

struct Exporter<'a> {
    explored: &'a Explored,
    failing: &'a Failing,
    texts: Texts,
    /// The states that are in, by their positions in the graph.
    numbers: HashMap<usize, u32>,
}

impl Exporter<'_> {
    fn run(
        &mut self,
        execution: &mut Execution<'_>,
        way: &[usize],
        states_max: usize,
    ) -> Result<Vec<StateNode>, ExploreError> {
        let state = begin(execution)?;
        let objects = execution.context.objects.borrow().clone();
        let (at, teller) = (self.explored.graph().root(), Teller::default());
        let root = Open { at, state, teller, objects };
        self.choose(way, states_max);
        let mut states: Vec<Option<StateNode>> = vec![None; self.numbers.len()];
        let mut open = VecDeque::from([root]);
        while let Some(mut here) = open.pop_front() {
            let number = self.numbers[&here.at] as usize;
            if states[number].is_some() {
                continue;
            }
            execution.context.objects.replace(here.objects.clone());
            here.teller.look(execution, &here.state);
            let edges: Vec<Edge> = self.explored.graph().edges(here.at).collect();
            let ahead: Vec<_> = edges.iter().map(|edge| edge.choice).collect();
            let moment = here.teller.moment(execution, &here.state, &ahead);
            let tables = execution.context.tables.borrow();
            let outcome = self.explored.graph().outcome(here.at);
            let outcome = outcome.map(|outcome| self.texts.add(tables.value(outcome)));
            states[number] = Some(self.node(here.at, &moment, &edges, outcome));
            for edge in edges.iter().filter(|edge| self.numbers.contains_key(&edge.target)) {
                open.push_back(here.after(edge, &tables));
            }
        }
        let states =
            states.into_iter().map(|one| one.expect("each is led to by others that are in"));
        Ok(states.collect())
    }

    /// Gives numbers to the states that will be in: along the way first, then breadth first.
    fn choose(&mut self, way: &[usize], states_max: usize) {
        let graph = self.explored.graph();
        let mut at = graph.root();
        self.number(at);
        for &nth in way {
            at = graph.edges(at).nth(nth).expect("the way is one of the graph").target;
            self.number(at);
        }
        let mut seen = vec![false; graph.len()];
        let mut open = VecDeque::from([graph.root()]);
        while let Some(at) = open.pop_front() {
            if std::mem::replace(&mut seen[at], true) {
                continue;
            }
            if !self.numbers.contains_key(&at) && self.numbers.len() >= states_max {
                break;
            }
            self.number(at);
            open.extend(graph.edges(at).map(|edge| edge.target));
        }
    }

    fn number(&mut self, at: usize) {
        let next = u32::try_from(self.numbers.len()).expect("fewer than 2^32 states");
        self.numbers.entry(at).or_insert(next);
    }

    fn node(
        &mut self,
        at: usize,
        moment: &Moment,
        edges: &[Edge],
        outcome: Option<u32>,
    ) -> StateNode {
        let texts = &mut self.texts;
        let objects = moment.state.iter().map(|(name, value)| [texts.add(name), texts.add(value)]);
        let objects = objects.collect();
        let threads = moment.threads.iter().map(|one| ThreadNode {
            name: texts.add(&one.thread),
            next: one.next.as_ref().map(|place| texts.add(&place.name)),
            file: one.next.as_ref().map(|place| texts.add(&place.file)),
            line: one.next.as_ref().map(|place| place.line),
            waits: one.waits.as_ref().map(|waits| texts.add(waits)),
        });
        let threads = threads.collect();
        let moves =
            moment.moves.iter().zip(edges).map(|((thread, operation, result), edge)| MoveEdge {
                thread: texts.add(thread),
                operation: texts.add(operation),
                result: result.as_ref().map(|result| texts.add(result)),
                to: self.numbers.get(&edge.target).copied(),
            });
        let moves = moves.collect();
        let cyclic = self.explored.graph().cyclic;
        StateNode {
            objects,
            threads,
            moves,
            interleavings: (!cyclic).then(|| self.explored.continuations().of(at).to_string()),
            failing: self.failing.count(at),
            odds: self.failing.odds(at),
            can_fail: self.failing.can(at),
            must_fail: self.failing.must(at),
            outcome,
        }
    }
}

/// Texts by number, each once.
#[derive(Debug, Default)]
struct Texts {
    all: Vec<String>,
    numbers: HashMap<String, u32>,
}

impl Texts {
    fn add(&mut self, text: &str) -> u32 {
        if let Some(&number) = self.numbers.get(text) {
            return number;
        }
        let number = u32::try_from(self.all.len()).expect("fewer than 2^32 texts");
        self.all.push(text.to_owned());
        self.numbers.insert(text.to_owned(), number);
        number
    }
}
