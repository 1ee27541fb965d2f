//! Telling an interleaving: the lab's code is run once more along it, and every step noted.

use std::collections::HashMap;

use super::ids::{Choice, SPURIOUS, Slot, ThreadId, WOULD_BLOCK, owner};
use super::objects::meaning::Meaning as _;
use super::objects::primitive::Primitive;
use super::objects::rwlock::{RwLockOp, RwWord};
use super::op::Pending;
use super::shell::Execution;
use super::state::State;
use super::tables::{Kind, Place, Tables};
use super::walk::{advance_live, begin};
use super::words;
use crate::error::ExploreError;
use crate::report::{self, Standing, Step, Switch, Wait, WaitForGraph, Waiting};

/// An interleaving as it was told: its steps, who takes part, and who waits at its end.
#[derive(Debug, Default)]
pub(crate) struct Tale {
    pub(crate) steps: Vec<Step>,
    pub(crate) threads: Vec<String>,
    pub(crate) stuck: Option<WaitForGraph>,
    pub(crate) moment: Moment,
}

/// A move in words: thread, operation, result.
pub(crate) type Told = (String, String, Option<String>);

/// What is told of a moment besides the way to it.
#[derive(Debug, Default)]
pub(crate) struct Moment {
    pub(crate) state: Vec<(String, String)>,
    pub(crate) threads: Vec<Standing>,
    pub(crate) moves: Vec<Told>,
}

/// Runs `execution` from the beginning along `choices`; tells the moment after them with the ways
/// `ahead`.
///
/// # Errors
/// If the code does not do what it did when it was explored.
pub(crate) fn tell(
    execution: &mut Execution<'_>,
    choices: &[Choice],
    ahead: &[Choice],
) -> Result<Tale, ExploreError> {
    let mut state = begin(execution)?;
    let mut teller = Teller::default();
    teller.look(execution, &state);
    for &choice in choices {
        let before = state.clone();
        advance_live(&mut state, execution, choice)?;
        teller.look(execution, &state);
        teller.note(execution, &before, &state, choice);
    }
    let tables = execution.context.tables.borrow();
    let takes_part = |thread: &ThreadId| choices.iter().any(|choice| choice.thread == *thread);
    let threads = tables.thread_ids().filter(takes_part);
    let threads = threads.map(|thread| tables.thread_name(thread).to_owned()).collect();
    let stuck = teller.stuck(&tables, &state);
    let moment = teller.moment(execution, &state, ahead);
    Ok(Tale { steps: teller.steps, threads, stuck, moment })
}

/// Knows what a state alone does not show.
#[derive(Clone, Debug, Default)]
pub(crate) struct Teller {
    steps: Vec<Step>,
    /// The thread that made the last step.
    running: Option<ThreadId>,
    /// The data of each mutex when it was last free.
    data: HashMap<Slot, u32>,
    /// Where each mutex was locked last.
    locked_at: HashMap<Slot, Place>,
    /// Where each thread used an object last, in a line of the program.
    used_at: HashMap<(ThreadId, Slot), Place>,
    /// The step at which a thread last read an object.
    read_at: HashMap<(ThreadId, Slot), usize>,
    /// The step at which an object last changed, and by whom.
    changed_at: HashMap<Slot, (usize, ThreadId)>,
}

impl Teller {
    /// Notes the data of the mutexes that are free.
    pub(crate) fn look(&mut self, execution: &Execution<'_>, state: &State) {
        let tables = execution.context.tables.borrow();
        for &slot in execution.context.objects.borrow().iter() {
            let word = state.get(slot);
            let data = match tables.objects[slot as usize].kind {
                Kind::Mutex if owner(word).is_none() => u32::try_from(word).ok(),
                Kind::RwLock => Some(RwWord::read(word))
                    .filter(|lock| lock.writer.is_none())
                    .map(|lock| lock.data),
                _ => None,
            };
            if let Some(data) = data {
                self.data.insert(slot, data);
            }
        }
    }

    /// Notes a step.
    fn note(&mut self, execution: &Execution<'_>, before: &State, after: &State, choice: Choice) {
        let tables = execution.context.tables.borrow();
        let node = tables.node(before, choice.thread).expect("only living threads move");
        let node = &tables.nodes[node as usize];
        let result = before.clone().apply(&node.pending, choice);
        let (operation, given) = words::step(&tables, before, choice, &node.pending, result);
        let step = self.steps.len() + 1;
        let place = self.pass(&tables, before, choice.thread);
        let stale = self.remember(step, choice, &node.pending, place, result, after);
        let left = self.running.replace(choice.thread).filter(|left| *left != choice.thread);
        self.steps.push(Step {
            step,
            thread: tables.thread_name(choice.thread).to_owned(),
            operation,
            result: given,
            stale_since: stale.map(|(read, _)| read),
            overwrites: stale.map(|(_, by)| tables.thread_name(by).to_owned()),
            switch: left.map(|left| self.switch(&tables, before, left)),
            file: place.file().to_owned(),
            line: place.line(),
            state: self.shown(execution, after),
        });
    }

    /// Why a thread does not go on.
    fn switch(&self, tables: &Tables, state: &State, left: ThreadId) -> Switch {
        if tables.pending(state, left).is_none_or(Pending::is_over) {
            return Switch::Finished;
        }
        let stands = (state.ways(tables, left) == 0).then(|| self.waiting(tables, state, left));
        stands.flatten().map_or(Switch::Paused, |waiting| Switch::Waiting {
            what: waiting.wants.name,
            how: waiting.how,
            held_by: waiting.held_by,
        })
    }

    /// Remembers where a thread that is about to move stands; returns it.
    pub(crate) fn pass(&mut self, tables: &Tables, before: &State, thread: ThreadId) -> Place {
        let node = tables.node(before, thread).expect("only living threads move");
        let node = &tables.nodes[node as usize];
        let place = self.place_of(thread, &node.pending, node.place);
        if let Some(object) = used(&node.pending) {
            self.used_at.insert((thread, object), place);
        }
        place
    }

    /// The line of an operation: of one that has none, because a guard went out of scope, that
    /// where its thread used the object last, which is where it took it.
    fn place_of(&self, thread: ThreadId, pending: &Pending, at: Place) -> Place {
        let taken = used(pending).and_then(|object| self.used_at.get(&(thread, object)));
        match taken {
            Some(taken) if is_of_the_machinery(at) => taken,
            _ => at,
        }
    }

    /// Every object with its value in words.
    fn shown(&self, execution: &Execution<'_>, state: &State) -> Vec<(String, String)> {
        let tables = execution.context.tables.borrow();
        let objects = execution.context.objects.borrow();
        // A channel shows what is in its places, and who sleeps is seen from who is woken.
        let has_text = |slot: &&Slot| {
            !matches!(tables.objects[**slot as usize].kind, Kind::Place | Kind::Sleepers)
        };
        let shown = objects.iter().filter(has_text).map(|&slot| {
            let data = self.data.get(&slot).copied().unwrap_or(0);
            (tables.name(slot).to_owned(), words::object(&tables, slot, state, data))
        });
        shown.collect()
    }

    /// Where every thread stands, and what the ways `ahead` would do.
    pub(crate) fn moment(
        &self,
        execution: &Execution<'_>,
        state: &State,
        ahead: &[Choice],
    ) -> Moment {
        let tables = execution.context.tables.borrow();
        let standing = |thread: ThreadId| {
            let node = &tables.nodes[tables.node(state, thread)? as usize];
            let over = node.pending.is_over();
            let waits = if state.ways(&tables, thread) > 0 {
                None
            } else {
                self.waiting(&tables, state, thread)
            };
            (!node.pending.is_join()).then(|| Standing {
                thread: tables.thread_name(thread).to_owned(),
                next: (!over).then(|| {
                    let at = self.place_of(thread, &node.pending, node.place);
                    report::Place {
                        name: words::operation(&tables, &node.pending),
                        file: at.file().to_owned(),
                        line: at.line(),
                    }
                }),
                waits: waits.map(|waiting| waits_for(&waiting)),
            })
        };
        let told = |choice: &Choice| {
            let node = tables.node(state, choice.thread).expect("only living threads move");
            let pending = &tables.nodes[node as usize].pending;
            let result = state.clone().apply(pending, *choice);
            let (operation, given) = words::step(&tables, state, *choice, pending, result);
            (tables.thread_name(choice.thread).to_owned(), operation, given)
        };
        Moment {
            state: self.shown(execution, state),
            threads: tables.thread_ids().filter_map(standing).collect(),
            moves: ahead.iter().map(told).collect(),
        }
    }

    /// Remembers reads, changes and locks; returns the step of a read that a store comes from
    /// though another thread has changed the object since, and that thread.
    ///
    /// Which data a store was computed from cannot be seen here. What can be seen is whether the
    /// thread still went by that read: once it has itself written to the object, it has not. So
    /// the first store after a read is judged, and a lock's holder that gives its flag back is not.
    fn remember(
        &mut self,
        step: usize,
        choice: Choice,
        pending: &Pending,
        place: Place,
        result: Option<u64>,
        after: &State,
    ) -> Option<(usize, ThreadId)> {
        let thread = choice.thread;
        match *pending {
            Pending::Load(object) => {
                self.read_at.insert((thread, object), step);
            }
            Pending::Store(object, _) => {
                let changed = self.changed_at.insert(object, (step, thread));
                let read = self.read_at.remove(&(thread, object))?;
                let (at, by) = changed?;
                return (by != thread && at > read).then_some((read, by));
            }
            Pending::Modify { object, .. } | Pending::CompareExchange { object, .. } => {
                // It has seen the newest value, whatever it read before.
                self.read_at.remove(&(thread, object));
                if choice.branch != SPURIOUS && Some(after.get(object)) != result {
                    self.changed_at.insert(object, (step, thread));
                }
            }
            Pending::Lock(mutex) | Pending::TryLock(mutex) | Pending::Relock { mutex, .. }
                if result != Some(WOULD_BLOCK) && choice.branch != SPURIOUS =>
            {
                self.locked_at.insert(mutex, place);
            }
            _ => {}
        }
        None
    }

    /// Who waits for whom in the last state; nothing if nobody waits.
    fn stuck(&self, tables: &Tables, state: &State) -> Option<WaitForGraph> {
        let waiting: Vec<_> =
            tables.thread_ids().filter_map(|thread| self.waiting(tables, state, thread)).collect();
        let cycle = cycle(&waiting);
        (!waiting.is_empty()).then_some(WaitForGraph { waiting, cycle })
    }

    fn waiting(&self, tables: &Tables, state: &State, thread: ThreadId) -> Option<Waiting> {
        let node = &tables.nodes[tables.node(state, thread)? as usize];
        let holder = |mutex: Slot| owner(state.get(mutex));
        let (object, how, held_by) = match &node.pending {
            Pending::Relock { condvar, mutex } if holder(*mutex).is_none() => {
                (*condvar, Wait::Condvar, None)
            }
            Pending::Lock(mutex) | Pending::Relock { mutex, .. } => {
                (*mutex, Wait::Lock, holder(*mutex))
            }
            Pending::Pause { read, tried } => match (tried.first(), read.first()) {
                (Some(Pending::TryLock(mutex)), _) => (*mutex, Wait::Retry, holder(*mutex)),
                (
                    Some(Pending::On { object, .. } | Pending::Channel { channel: object, .. }),
                    _,
                )
                | (_, Some((object, _))) => (*object, Wait::Retry, None),
                _ => return None,
            },
            Pending::On { object, what } => {
                let lock = || RwWord::read(state.get(*object));
                let writer = match what {
                    // Who is held back waits for the writer that comes first.
                    Primitive::RwLock(RwLockOp::Read) if lock().held_back => {
                        state.waiting_writer(tables, *object)
                    }
                    Primitive::RwLock(_) => lock().writer,
                    Primitive::Semaphore(_)
                    | Primitive::Barrier(_)
                    | Primitive::Gauge(_)
                    | Primitive::Sleepers(_) => None,
                };
                (*object, what.wait()?, writer)
            }
            Pending::Channel { channel, .. } => (*channel, Wait::Channel, None),
            Pending::Join(other) => (*other, Wait::Join, self::thread(tables, *other)),
            Pending::JoinAll(others) => {
                let other = others.iter().find(|&&other| !tables.is_over(state.get(other)))?;
                (*other, Wait::Join, self::thread(tables, *other))
            }
            _ => return None,
        };
        let mine = |held: &(&Slot, _)| holder(*held.0) == Some(thread);
        let mut holds: Vec<_> = self.locked_at.iter().filter(mine).collect();
        holds.sort_unstable_by_key(|&(slot, _)| slot);
        Some(Waiting {
            thread: tables.thread_name(thread).to_owned(),
            holds: holds.into_iter().map(|(slot, at)| place(tables, *slot, at)).collect(),
            wants: place(tables, object, node.place),
            how,
            held_by: held_by.map(|thread| tables.thread_name(thread).to_owned()),
        })
    }
}

/// What a thread waits for: `lock account 0, held by A`.
fn waits_for(waiting: &Waiting) -> String {
    let held = waiting.held_by.as_ref().map(|by| format!(", held by {by}")).unwrap_or_default();
    format!("{}{held}", waiting.wants.name)
}

/// The lock, permit or other word that an operation takes or gives back.
fn used(pending: &Pending) -> Option<Slot> {
    match *pending {
        Pending::Lock(object)
        | Pending::TryLock(object)
        | Pending::Unlock(object, _)
        | Pending::Relock { mutex: object, .. }
        | Pending::On { object, .. } => Some(object),
        _ => None,
    }
}

/// Whether a line is none of the program: std drops guards there that go out of scope.
fn is_of_the_machinery(at: Place) -> bool {
    at.file().replace('\\', "/").contains("/library/core/")
}

/// The thread that lives at a slot.
fn thread(tables: &Tables, slot: Slot) -> Option<ThreadId> {
    match tables.objects[slot as usize].kind {
        Kind::Thread(thread) => Some(thread),
        _ => None,
    }
}

fn place(tables: &Tables, slot: Slot, at: Place) -> report::Place {
    report::Place {
        name: tables.name(slot).to_owned(),
        file: at.file().to_owned(),
        line: at.line(),
    }
}

/// The threads of a cycle, each waiting for the next and the last for the first.
fn cycle(waiting: &[Waiting]) -> Vec<String> {
    let find = |name: &String| waiting.iter().position(|one| one.thread == *name);
    for start in 0..waiting.len() {
        let mut round = vec![start];
        let mut next = waiting[start].held_by.as_ref().and_then(find);
        while let Some(at) = next {
            if at == start {
                return round.iter().map(|&at| waiting[at].thread.clone()).collect();
            }
            if round.contains(&at) {
                break;
            }
            round.push(at);
            next = waiting[at].held_by.as_ref().and_then(find);
        }
    }
    Vec::new()
}
