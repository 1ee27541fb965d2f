//! The search: depth first over the states of the whole program, each entered once.

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;

use super::graph::{Graph, GraphBuilder};
use super::ids::{Choice, HELD_BACK, SPURIOUS};
use super::keys::fold;
use super::op::Pending;
use super::room::{Reserve, Room, bytes_of_passes};
use super::shell::Execution;
use super::state::State;
use super::tables::Tables;
use super::walk::{advance, advance_live, begin, choices_from, run_out};
use crate::error::ExploreError;
use crate::settings::ModelSettings;
use crate::stop::Limit;

/// How many moves are made between two looks at the clock.
const MOVES_PER_LOOK: usize = 1024;

/// How many moves are made between two reports of progress.
const MOVES_PER_REPORT: usize = 64 * 1024;

/// Words that a move changes at most, but for moves that give birth to many threads or objects.
const WORDS_PER_MOVE: usize = 4;

/// What a search found.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) graph: Graph,
    pub(crate) tables: Tables,
    /// Which budget ran out, if one did: the graph is then incomplete.
    pub(crate) limit: Option<Limit>,
}

/// Covers the states of `body`.
///
/// # Errors
/// If the program is not deterministic, or too large.
pub(crate) fn search(
    body: &dyn Fn() -> String,
    settings: &ModelSettings,
    progress: &mut dyn FnMut(u64),
) -> Result<Found, ExploreError> {
    let execution = Execution::new(body, Tables::new(settings.spurious));
    let mut search = Search {
        body,
        settings,
        execution,
        live_at: Some(0),
        live: State::default(),
        stack: Vec::new(),
        known: HashTable::new(),
        keys: Vec::new(),
        graph: GraphBuilder::default(),
        reserve: Reserve::default(),
        moves: 0,
        limit: None,
    };
    let mut root = begin(&mut search.execution)?;
    search.live.copy_from(&root);
    root.record();
    search.meet(&root, None, 0);
    search.run(root, progress)?;
    let tables = search.execution.into_tables();
    Ok(Found { graph: search.graph.finish(), tables, limit: search.limit })
}

/// A state that has been entered and not left.
#[derive(Debug)]
struct Frame {
    state: u32,
    key: u128,
    /// How much was recorded in the state below, from which this one was reached.
    mark: usize,
    /// How it was reached.
    via: Option<Choice>,
    /// The next choice to try.
    next: Choice,
}

struct Search<'a> {
    body: &'a dyn Fn() -> String,
    settings: &'a ModelSettings,
    execution: Execution<'a>,
    /// The state that the execution is at, if it has a number.
    live_at: Option<u32>,
    live: State,
    stack: Vec<Frame>,
    known: HashTable<u32>,
    keys: Vec<u128>,
    graph: GraphBuilder,
    reserve: Reserve,
    moves: usize,
    limit: Option<Limit>,
}

impl Search<'_> {
    fn run(&mut self, mut here: State, progress: &mut dyn FnMut(u64)) -> Result<(), ExploreError> {
        while !self.stack.is_empty() {
            match self.next_choice(&here) {
                Some(choice) if self.limit.is_none() => self.try_choice(&mut here, choice)?,
                _ => self.leave(&mut here),
            }
            self.look_at_limits(&mut here, progress);
        }
        Ok(())
    }

    /// Makes a move from the state on top. It stays made if it leads to a new state, which is
    /// entered, and is undone otherwise.
    fn try_choice(&mut self, here: &mut State, choice: Choice) -> Result<(), ExploreError> {
        let (mark, key) = (here.mark(), here.key);
        let tables = self.execution.context.tables.borrow();
        let known = advance(here, &tables, choice);
        drop(tables);
        let live = known.is_err();
        if live {
            here.undo(mark, key);
            self.learn(here, choice)?;
        }
        if self.limit.is_some() {
            return Ok(());
        }
        let top = self.stack.len();
        let state = self.meet(here, Some(choice), mark);
        if live {
            self.live_at = Some(state);
        }
        if self.stack.len() == top {
            here.undo(mark, key);
        }
        Ok(())
    }

    /// Makes the move by running the code, after bringing the execution to the state on top.
    fn learn(&mut self, here: &mut State, choice: Choice) -> Result<(), ExploreError> {
        let top = self.stack.last().expect("a move starts at a state");
        if self.live_at != Some(top.state) {
            self.live_at = None;
            run_out(&mut self.execution, &mut self.live)?;
            self.execution.restart(self.body);
            let mut state = begin(&mut self.execution)?;
            for (depth, frame) in self.stack.iter().enumerate() {
                if let Some(choice) = frame.via {
                    advance_live(&mut state, &mut self.execution, choice)?;
                }
                if depth % 1024 == 1023 {
                    self.limit = self.settings.stop.reason();
                    if self.limit.is_some() {
                        return Ok(());
                    }
                }
            }
        }
        self.live_at = None;
        advance_live(here, &mut self.execution, choice)?;
        self.live.copy_from(here);
        Ok(())
    }

    /// Notes that the state on top leads here, enters the state if it is new, and returns its
    /// number.
    fn meet(&mut self, state: &State, via: Option<Choice>, mark: usize) -> u32 {
        let next = u32::try_from(self.keys.len()).expect("fewer than 2^32 states");
        let same = |&other: &u32| self.keys[other as usize] == state.key;
        let hash = |&other: &u32| fold(self.keys[other as usize]);
        let number = match self.known.entry(fold(state.key), same, hash) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(vacant) => *vacant.insert(next).get(),
        };
        if let Some(choice) = via {
            self.graph.add_edge(number, choice);
        }
        if number == next {
            self.enter(state, via, mark);
        }
        number
    }

    /// Puts a new state on top.
    fn enter(&mut self, state: &State, via: Option<Choice>, mark: usize) {
        let number = u32::try_from(self.keys.len()).expect("fewer than 2^32 states");
        self.keys.push(state.key);
        self.graph.enter();
        let next = Choice { thread: 0, branch: 0 };
        self.stack.push(Frame { state: number, key: state.key, mark, via, next });
    }

    /// Leaves the state on top for good; a final one with its outcome.
    fn leave(&mut self, here: &mut State) {
        let frame = self.stack.pop().expect("a state is on top");
        // Once a budget has run out, a state without a way on may have ways nobody tried.
        if self.limit.is_none() && self.graph.is_final() {
            let tables = &mut *self.execution.context.tables.borrow_mut();
            let outcome = outcome(here, tables);
            self.graph.set_outcome(tables.intern_text(&outcome));
        }
        self.graph.leave(frame.state);
        if let Some(below) = self.stack.last() {
            here.undo(frame.mark, below.key);
        }
    }

    /// The next choice of the state on top: threads in order, and for each its branches.
    fn next_choice(&mut self, here: &State) -> Option<Choice> {
        let tables = self.execution.context.tables.borrow();
        let next = &mut self.stack.last_mut().expect("a state is on top").next;
        let choice = choices_from(here, &tables, *next)?;
        *next = match choice.branch {
            SPURIOUS | HELD_BACK => Choice { thread: choice.thread + 1, branch: 0 },
            branch => Choice { thread: choice.thread, branch: branch + 1 },
        };
        Some(choice)
    }

    /// Makes room in every table for the moves up to the next look, and holds what will be needed
    /// when the search is over beyond that which it then gives back.
    fn make_room(&mut self, here: &mut State) -> Option<Limit> {
        let mut stays = Room::for_more(MOVES_PER_LOOK);
        self.execution.context.tables.borrow().count(&mut stays);
        self.graph.count_graph(&mut stays);
        let mut during = stays.clone();
        self.graph.count_open(&mut during);
        during.count_vec(&self.keys);
        during.count_vec(&self.stack);
        during.count_hashed(self.known.len(), self.known.capacity(), size_of::<u32>());
        here.count_log(&mut during, WORDS_PER_MOVE * MOVES_PER_LOOK);
        let n_states = (self.keys.len() + MOVES_PER_LOOK) as u64;
        let n_edges = (self.graph.n_edges() + MOVES_PER_LOOK) as u64;
        let passes = bytes_of_passes(n_states, n_edges, self.stack.len() as u64);
        let needed = during.needed().max(stays.needed() + passes);
        let full = self.settings.memory_max.is_some_and(|max| needed > max);
        let held = passes.saturating_sub(during.taken_beside(&stays));
        (full || self.grow(here, held).is_none()).then_some(Limit::Memory)
    }

    /// Makes that room; nothing if the system refuses.
    fn grow(&mut self, here: &mut State, held: u64) -> Option<()> {
        self.reserve.hold(held).ok()?;
        self.execution.context.tables.borrow_mut().make_room(MOVES_PER_LOOK).ok()?;
        self.graph.make_room(MOVES_PER_LOOK).ok()?;
        self.keys.try_reserve(MOVES_PER_LOOK).ok()?;
        self.stack.try_reserve(MOVES_PER_LOOK).ok()?;
        here.make_room(WORDS_PER_MOVE * MOVES_PER_LOOK).ok()?;
        let keys = &self.keys;
        let known = self.known.try_reserve(MOVES_PER_LOOK, |&state| fold(keys[state as usize]));
        known.ok()
    }

    fn look_at_limits(&mut self, here: &mut State, progress: &mut dyn FnMut(u64)) {
        self.moves += 1;
        if self.limit.is_some() {
            return;
        }
        if self.keys.len() as u64 > self.settings.states_max {
            self.limit = Some(Limit::States);
        } else if self.moves.is_multiple_of(MOVES_PER_LOOK) {
            self.limit = self.settings.stop.reason().or_else(|| self.make_room(here));
            if self.moves.is_multiple_of(MOVES_PER_REPORT) {
                progress(self.keys.len() as u64);
            }
        }
    }
}

/// What a final state shows.
fn outcome(state: &State, tables: &Tables) -> String {
    let pendings = || tables.thread_ids().filter_map(|thread| tables.pending(state, thread));
    for pending in pendings() {
        if let Pending::Panicked(message) = pending {
            return format!("panic: {}", tables.value(*message));
        }
    }
    let main = tables.pending(state, 0);
    if let (true, Some(Pending::Finished(text))) = (pendings().all(Pending::is_over), main) {
        return tables.value(*text).to_owned();
    }
    let mut stuck =
        pendings().filter(|pending| !pending.is_over() && !pending.is_join()).peekable();
    let spins = |pending: &Pending| matches!(pending, Pending::Pause { .. });
    if stuck.peek().is_some() && stuck.all(spins) { "livelock" } else { "deadlock" }.to_owned()
}
