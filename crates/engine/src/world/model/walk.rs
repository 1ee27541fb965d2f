//! Moving from a state to the next: along known edges, or by running the lab's code.

use super::ids::{Choice, HELD_BACK, SPURIOUS, Slot, ThreadId};
use super::keys::{Tag, mix};
use super::op::Pending;
use super::shell::{Announced, Execution};
use super::state::State;
use super::tables::{Edge, Tables};
use crate::error::ExploreError;

/// How far an execution that is no longer needed is run towards its end.
const STEPS_TO_END_MAX: usize = 100;

/// The way is not known yet: the code must be run.
#[derive(Debug)]
pub(crate) struct Unknown;

/// Does `choice` in `state` along known edges, with everything that runs by itself after it.
///
/// # Errors
/// If an edge is missing; `state` is then of no use any more.
pub(crate) fn advance(state: &mut State, tables: &Tables, choice: Choice) -> Result<(), Unknown> {
    advance_seeing(state, tables, choice, |_| {})
}

/// The same for somebody who wants to see every edge on the way.
///
/// # Errors
/// As for `advance`.
pub(crate) fn advance_seeing(
    state: &mut State,
    tables: &Tables,
    choice: Choice,
    mut see: impl FnMut(&Edge),
) -> Result<(), Unknown> {
    let mut next = Some(choice);
    while let Some(choice) = next {
        let node = tables.node(state, choice.thread).expect("only living threads are chosen");
        if let Some(result) = state.apply(&tables.nodes[node as usize].pending, choice) {
            let edge = tables.edge(node, result).ok_or(Unknown)?;
            follow(state, tables.threads[usize::from(choice.thread)], edge);
            see(edge);
            if tables.frees_nobody(edge) {
                return Ok(());
            }
        }
        next = next_eager(state, tables);
    }
    Ok(())
}

/// The same by running the code, which is at `state`: learns unknown edges and checks known ones.
///
/// # Errors
/// If the program is not deterministic, or too large.
pub(crate) fn advance_live(
    state: &mut State,
    execution: &mut Execution<'_>,
    choice: Choice,
) -> Result<(), ExploreError> {
    let mut next = Some(choice);
    while let Some(choice) = next {
        let tables = execution.context.tables.borrow();
        let node = tables.node(state, choice.thread).expect("only living threads are chosen");
        let pending = tables.nodes[node as usize].pending.clone();
        drop(tables);
        if let Some(result) = state.apply(&pending, choice) {
            let announced = execution.step(choice.thread, result);
            let edge = learn(execution, choice.thread, node, result, announced)?;
            let tables = execution.context.tables.borrow();
            follow(state, tables.threads[usize::from(choice.thread)], &edge);
        }
        next = next_eager(state, &execution.context.tables.borrow());
    }
    Ok(())
}

/// Starts the program: `main` is born and runs up to its first operation, and so do the threads
/// that it gives birth to.
///
/// # Errors
/// As for `advance_live`.
pub(crate) fn begin(execution: &mut Execution<'_>) -> Result<State, ExploreError> {
    let mut state = State::default();
    let mut tables = execution.context.tables.borrow_mut();
    let history = execution.context.locals.borrow()[0].history;
    let place = std::panic::Location::caller();
    let node = tables.intern_node(history, Pending::Start, place);
    state.set(tables.threads[0], u64::from(node));
    drop(tables);
    advance_live(&mut state, execution, Choice { thread: 0, branch: 0 })?;
    Ok(state)
}

/// Runs the program from the beginning along `choices`.
///
/// # Errors
/// As for `advance_live`.
pub(crate) fn replay(
    execution: &mut Execution<'_>,
    choices: &[Choice],
) -> Result<(), ExploreError> {
    let mut state = begin(execution)?;
    choices.iter().try_for_each(|&choice| advance_live(&mut state, execution, choice))
}

/// Runs the program from `state` to an end, or for `STEPS_TO_END_MAX` steps: cheaper than
/// unwinding threads half-way, and it learns on the way.
///
/// # Errors
/// As for `advance_live`.
pub(crate) fn run_out(
    execution: &mut Execution<'_>,
    state: &mut State,
) -> Result<(), ExploreError> {
    for _ in 0..STEPS_TO_END_MAX {
        let first = Choice { thread: 0, branch: 0 };
        let choice = choices_from(state, &execution.context.tables.borrow(), first);
        let Some(choice) = choice else { break };
        advance_live(state, execution, choice)?;
    }
    Ok(())
}

/// The first choice at or after `from` that is enabled: threads in order, and for each its
/// branches. A panic ends everything.
pub(crate) fn choices_from(state: &State, tables: &Tables, from: Choice) -> Option<Choice> {
    let panicked = |thread| matches!(tables.pending(state, thread), Some(Pending::Panicked(_)));
    let at_first = from == Choice { thread: 0, branch: 0 };
    if at_first && tables.may_panic && tables.thread_ids().any(panicked) {
        return None;
    }
    let mut branch = from.branch;
    for thread in tables.thread_ids().skip(usize::from(from.thread)) {
        if branch < state.ways(tables, thread) {
            return Some(Choice { thread, branch });
        }
        // A thread that still waits has no other way than a spurious one, all others have one.
        if branch <= 1 && state.may_be_spurious(tables, thread) {
            return Some(Choice { thread, branch: SPURIOUS });
        }
        if branch == 1 && state.may_be_held_back(tables, thread) {
            return Some(Choice { thread, branch: HELD_BACK });
        }
        branch = 0;
    }
    None
}

/// Moves a thread along an edge.
fn follow(state: &mut State, thread: Slot, edge: &Edge) {
    state.set(thread, u64::from(edge.target));
    for &(slot, word) in &edge.effects {
        state.set(slot, word);
    }
}

/// A thread whose pending operation is no step and can be done. A panic stops everything.
fn next_eager(state: &State, tables: &Tables) -> Option<Choice> {
    let mut eager = None;
    for thread in tables.thread_ids() {
        match tables.pending(state, thread) {
            Some(Pending::Panicked(_)) => return None,
            Some(pending)
                if eager.is_none() && pending.is_eager() && state.ways(tables, thread) > 0 =>
            {
                eager = Some(Choice { thread, branch: 0 });
            }
            _ => {}
        }
    }
    eager
}

/// Notes where the code went, or checks that it went where it went before.
fn learn(
    execution: &Execution<'_>,
    thread: ThreadId,
    node: u32,
    result: u64,
    announced: Announced,
) -> Result<Edge, ExploreError> {
    if execution.context.too_large.get() {
        let what = format!("more than {} threads", super::tables::THREADS_MAX);
        return Err(ExploreError::TooLarge { what });
    }
    let tables = &mut *execution.context.tables.borrow_mut();
    let Announced { pending, place, history, effects } = announced;
    // What a thread that is over was given no longer matters: its value is all that is left.
    let history = match pending {
        Pending::Finished(value) => mix(thread.into(), Tag::Finished, value.into()),
        Pending::Panicked(value) => mix(thread.into(), Tag::Panicked, value.into()),
        _ => history,
    };
    let target = tables.intern_node(history, pending.clone(), place);
    let edge = Edge { target, effects: effects.into() };
    let before = &tables.nodes[target as usize].pending;
    if *before != pending {
        return Err(not_deterministic(tables, thread, before, &pending));
    }
    match tables.edge(node, result) {
        None => tables.add_edge(node, result, edge.clone()),
        Some(known) if *known == edge => {}
        Some(known) => {
            let before = &tables.nodes[known.target as usize].pending;
            return Err(not_deterministic(tables, thread, before, &pending));
        }
    }
    Ok(edge)
}

fn not_deterministic(
    tables: &Tables,
    thread: ThreadId,
    before: &Pending,
    now: &Pending,
) -> ExploreError {
    ExploreError::NotDeterministic {
        thread: tables.thread_name(thread).to_owned(),
        before: super::words::operation(tables, before),
        now: super::words::operation(tables, now),
    }
}
