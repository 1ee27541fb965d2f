//! Words for operations, results and objects of the model world.

use super::ids::owner;
use super::ids::{Choice, HELD_BACK, SPURIOUS, Slot, ThreadId, WOULD_BLOCK};
use super::objects::channel;
use super::objects::gauge::GaugeWord;
use super::objects::meaning::Meaning as _;
use super::objects::primitive::Primitive;
use super::objects::rwlock::RwWord;
use super::objects::sleepers::SleepersOp;
use super::op::{Change, Pending};
use super::state::State;
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
        Pending::CompareExchange { object, expected, new, .. } => {
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
        Pending::On { object, what } => what.words(name(object)),
        Pending::Channel { channel, what, .. } => {
            what.words(name(channel), |value| tables.value(value).to_owned())
        }
        Pending::Sleep { object, expected, .. } => {
            format!("sleep on {} if {}", name(object), word(object, *expected))
        }
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
        return match pending {
            Pending::CompareExchange { .. } => {
                (operation(tables, pending), Some("failed spuriously".into()))
            }
            _ => ("wake up spuriously".into(), None),
        };
    }
    if choice.branch == HELD_BACK {
        let writer = match pending {
            Pending::On { object, .. } => before.waiting_writer(tables, *object),
            _ => None,
        };
        let writer = writer.map_or("a writer", |writer| tables.thread_name(writer));
        return (operation(tables, pending), Some(format!("held back: {writer} waits to write")));
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
        (Pending::On { object, what: Primitive::Sleepers(SleepersOp::WakeOne) }, _) => {
            Some(woken(tables, before, *object, choice.branch))
        }
        (Pending::On { object, what: Primitive::Sleepers(SleepersOp::WakeAll) }, _) => {
            Some(names(tables, before.get(*object)))
        }
        (Pending::On { what, .. }, Some(result)) => what.given(result).map(str::to_owned),
        (Pending::Channel { what, .. }, Some(result)) => {
            what.given(result, |value| tables.value(value).to_owned())
        }
        (Pending::Sleep { .. }, Some(0)) => Some("it has another value".into()),
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

/// The value of an object: a number, the data of a lock with its holder, the waiting threads, the
/// contents of a channel.
pub(crate) fn object(tables: &Tables, slot: Slot, state: &State, data: u32) -> String {
    let word = state.get(slot);
    match tables.objects[slot as usize].kind {
        Kind::Condvar | Kind::Sleepers => names(tables, word),
        Kind::Mutex => held(tables, owner(word), data),
        Kind::RwLock => match RwWord::read(word) {
            RwWord { readers: 0, writer, .. } => held(tables, writer, data),
            RwWord { readers, .. } => format!("{} ({readers} read)", tables.value(data)),
        },
        Kind::Barrier => format!("{} here", word & u64::from(u32::MAX)),
        Kind::Gauge => format!("{} inside", GaugeWord::read(word).inside),
        Kind::Channel => {
            let contents = channel::contents(state, slot).into_iter();
            let value = |number: u64| u32::try_from(number).map(|number| tables.value(number));
            let values: Vec<_> = contents.filter_map(|number| value(number).ok()).collect();
            format!("[{}]", values.join(" "))
        }
        kind => atomic(kind, word),
    }
}

/// A lock's data, with the thread that holds the lock.
fn held(tables: &Tables, holder: Option<ThreadId>, data: u32) -> String {
    let data = tables.value(data);
    let data = if data == "()" { "" } else { data };
    match (holder, data) {
        (None, "") => "free".into(),
        (None, data) => data.into(),
        (Some(thread), "") => tables.thread_name(thread).into(),
        (Some(thread), data) => format!("{data} ({})", tables.thread_name(thread)),
    }
}

fn atomic(kind: Kind, word: u64) -> String {
    match kind {
        Kind::Bool => (word != 0).to_string(),
        // Whoever stores the largest number there is means a sign such as "nobody".
        Kind::Number if word == u64::MAX => "MAX".into(),
        _ => word.to_string(),
    }
}
