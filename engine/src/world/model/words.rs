//! Words for operations, results and objects of the model world.

use super::op::{Change, Choice, Pending, SPURIOUS, Slot, WOULD_BLOCK};
use super::state::{State, owner};
use super::tables::{Kind, Tables};

/// An operation in the words of the source: `load counter`, `lock account 0`.
pub(crate) fn operation(tables: &Tables, pending: &Pending) -> String {
    let name = |slot: &Slot| tables.name(*slot);
    let word = |slot: &Slot, word: u64| atomic(tables.objects[*slot as usize].kind, word);
    match pending {
        Pending::Load(object) => format!("load {}", name(object)),
        Pending::Store(object, value) => {
            format!("store {} {}", name(object), word(object, *value))
        }
        Pending::Modify { object, change: Change::Swap, operand, .. } => {
            format!("swap {} {}", name(object), word(object, *operand))
        }
        Pending::Modify { object, change, operand, .. } => {
            format!("{} {} {}", change.name(), name(object), word(object, *operand))
        }
        Pending::CompareExchange { object, expected, new } => {
            let (expected, new) = (word(object, *expected), word(object, *new));
            format!("compare_exchange {} {expected} {new}", name(object))
        }
        Pending::Lock(mutex) => format!("lock {}", name(mutex)),
        Pending::TryLock(mutex) => format!("try_lock {}", name(mutex)),
        Pending::Unlock(mutex, _) => format!("unlock {}", name(mutex)),
        Pending::Wait { condvar, .. } => format!("wait {}", name(condvar)),
        Pending::Relock { mutex, .. } => format!("lock {} again", name(mutex)),
        Pending::NotifyOne(condvar) => format!("notify_one {}", name(condvar)),
        Pending::NotifyAll(condvar) => format!("notify_all {}", name(condvar)),
        Pending::Start => "start".into(),
        Pending::Pause { .. } => "spin".into(),
        Pending::Join(thread) => format!("join {}", name(thread)),
        Pending::JoinAll(_) => "end of the scope".into(),
        Pending::Take(object) => format!("take {}", name(object)),
        Pending::Finished(value) => format!("end with {}", tables.value(*value)),
        Pending::Panicked(message) => format!("panic: {}", tables.value(*message)),
    }
}

/// A step in words: its operation, and what the thread was given if that is worth a word.
pub(crate) fn step(
    tables: &Tables,
    before: &State,
    choice: Choice,
    pending: &Pending,
    result: Option<u64>,
) -> (String, Option<String>) {
    if choice.branch == SPURIOUS {
        return ("wake up spuriously".into(), None);
    }
    let given = match (pending, result) {
        (Pending::Load(object) | Pending::Modify { object, .. }, Some(word)) => {
            Some(atomic(tables.objects[*object as usize].kind, word))
        }
        (Pending::CompareExchange { object, expected, .. }, Some(word)) => {
            let kind = tables.objects[*object as usize].kind;
            let end = if word == *expected { "done" } else { "failed" };
            Some(format!("{end}, was {}", atomic(kind, word)))
        }
        (Pending::TryLock(_), Some(WOULD_BLOCK)) => Some("would block".into()),
        (Pending::TryLock(_), Some(_)) => Some("taken".into()),
        (Pending::NotifyOne(condvar), _) => Some(woken(tables, before, *condvar, choice.branch)),
        (Pending::NotifyAll(condvar), _) => Some(names(tables, before.get(*condvar))),
        _ => None,
    };
    (operation(tables, pending), given)
}

/// Whom a `notify_one` wakes.
fn woken(tables: &Tables, before: &State, condvar: Slot, branch: u8) -> String {
    let waiting = before.get(condvar);
    let chosen = (0..64).filter(|bit| waiting >> bit & 1 == 1).nth(usize::from(branch));
    chosen.map_or_else(|| "nobody".into(), |bit| names(tables, 1 << bit))
}

/// The names of a set of threads.
fn names(tables: &Tables, set: u64) -> String {
    let member = |thread: &u8| set >> thread & 1 == 1;
    let names: Vec<_> =
        tables.thread_ids().filter(member).map(|thread| tables.thread_name(thread)).collect();
    if names.is_empty() { "nobody".into() } else { names.join(" ") }
}

/// The value of an object: a number, `free` data of a mutex with its holder, the waiting threads.
pub(crate) fn object(tables: &Tables, slot: Slot, word: u64, data: u32) -> String {
    match tables.objects[slot as usize].kind {
        kind @ (Kind::Bool | Kind::Number | Kind::Thread(_)) => atomic(kind, word),
        Kind::Condvar => names(tables, word),
        Kind::Mutex => {
            let data = tables.value(data);
            let data = if data == "()" { "" } else { data };
            match (owner(word), data) {
                (None, "") => "free".into(),
                (None, data) => data.into(),
                (Some(thread), "") => tables.thread_name(thread).into(),
                (Some(thread), data) => format!("{data} ({})", tables.thread_name(thread)),
            }
        }
    }
}

fn atomic(kind: Kind, word: u64) -> String {
    match kind {
        Kind::Bool => (word != 0).to_string(),
        _ => word.to_string(),
    }
}
