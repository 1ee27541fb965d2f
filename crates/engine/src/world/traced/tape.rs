//! The thread's own end of a recording.

use std::cell::{Cell, RefCell};
use std::panic::Location;

use super::buffer::{Buffer, Line};
use super::clock;
use super::recording::Recording;
use super::what::{ObjectKind, What};

/// What a recording thread needs at every event. It has nothing to drop: that would have to be
/// looked at every time.
struct Tape {
    buffer: Cell<Option<&'static Buffer>>,
    /// Number of the next event.
    next: Cell<usize>,
    /// The lane's number plus one; 0 is none.
    lane: Cell<u64>,
    /// The lane plus one of the thread that woke this one last, since it last asked for something.
    woken_by: Cell<u64>,
    /// The window passed last: the address of its name, and its object.
    window: Cell<(usize, u32)>,
}

thread_local! {
    static TAPE: Tape = const {
        Tape {
            buffer: Cell::new(None),
            next: Cell::new(0),
            lane: Cell::new(0),
            woken_by: Cell::new(0),
            window: Cell::new((0, 0)),
        }
    };
    /// The recording that the thread takes part in.
    static RECORDING: RefCell<Option<Recording>> = const { RefCell::new(None) };
}

/// What a thread recorded to before it entered a lane.
#[derive(Debug)]
pub(super) struct Before {
    buffer: Option<&'static Buffer>,
    next: usize,
    lane: u64,
    recording: Option<Recording>,
}

/// Lets the calling thread record to `buffer` from now on.
pub(super) fn enter(recording: &Recording, lane: usize, buffer: &'static Buffer) -> Before {
    let lane = lane as u64 + 1;
    // Another recording has other numbers for its windows.
    TAPE.with(|tape| tape.window.set((0, 0)));
    TAPE.with(|tape| Before {
        buffer: tape.buffer.replace(Some(buffer)),
        next: tape.next.replace(buffer.used()),
        lane: tape.lane.replace(lane),
        recording: RECORDING.replace(Some(recording.clone())),
    })
}

/// Lets it record to what it recorded to before.
pub(super) fn leave(before: &mut Before) {
    TAPE.with(|tape| {
        tape.buffer.set(before.buffer);
        tape.next.set(before.next);
        tape.lane.set(before.lane);
        tape.window.set((0, 0));
    });
    RECORDING.set(before.recording.take());
}

/// Whether the calling thread records.
#[inline]
pub fn is_on() -> bool {
    TAPE.with(|tape| tape.buffer.get().is_some())
}

/// The recording that the calling thread takes part in: for those who start threads themselves and
/// want them to have lanes.
pub fn current() -> Option<Recording> {
    if is_on() { RECORDING.with_borrow(Clone::clone) } else { None }
}

/// The calling thread's lane plus one; 0 if it has none.
pub(crate) fn lane_number() -> u64 {
    TAPE.with(|tape| tape.lane.get())
}

/// Tells who has woken the calling thread, for what it gets next.
pub(crate) fn woken_by(lane: u64) {
    TAPE.with(|tape| tape.woken_by.set(lane));
}

/// Calls `f`; if the calling thread records, that is a task with this name.
#[inline]
#[track_caller]
pub fn task<R>(name: impl FnOnce() -> String, f: impl FnOnce() -> R) -> R {
    let between = (What::TaskStart, What::TaskEnd);
    let at = Location::caller();
    let task = || Object::new(&name(), ObjectKind::Task);
    let _told = is_on().then(|| Between::begin(task(), between, at));
    f()
}

/// Calls `f`; if the calling thread records, that is waiting for what has this name.
#[inline]
#[track_caller]
pub fn io<R>(name: &str, f: impl FnOnce() -> R) -> R {
    let between = (What::IoWait, What::IoReady);
    let at = Location::caller();
    let known = current().map(|recording| Object(recording.named(name, ObjectKind::Io)));
    let _told = known.map(|object| Between::begin(object, between, at));
    f()
}

/// Records an event now and another one when it goes, also if that is because of a panic.
struct Between {
    object: Object,
    end: What,
    at: Line,
}

impl Between {
    #[cold]
    fn begin(object: Object, (begin, end): (What, What), at: Line) -> Self {
        record(begin, object.0, 0, at);
        Self { object, end, at }
    }
}

impl Drop for Between {
    fn drop(&mut self) {
        record(self.end, self.object.0, 0, self.at);
    }
}

#[inline]
fn record(what: What, object: u32, value: u64, at: Line) {
    TAPE.with(|tape| {
        if let Some(buffer) = tape.buffer.get() {
            let ticks = clock::ticks();
            tape.next.set(buffer.write(tape.next.get(), ticks, (what, object, value), at));
        }
    });
}

/// Records what has to do with no object.
#[inline]
pub(crate) fn mark(what: What, value: u64, at: Line) {
    record(what, 0, value, at);
}

/// Records a window's beginning or end.
pub(crate) fn passed_window(what: What, name: &'static str, at: Line) {
    if !is_on() {
        return;
    }
    let address = name.as_ptr().addr();
    let (known, mut object) = TAPE.with(|tape| tape.window.get());
    if known != address {
        object = current().map_or(0, |recording| recording.named(name, ObjectKind::Window));
        TAPE.with(|tape| tape.window.set((address, object)));
    }
    record(what, object, 0, at);
}

/// A thing that events are about; nothing if it was made where nobody records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Object(u32);

impl Object {
    /// The object of events that need none.
    pub const NONE: Self = Self(0);

    /// Makes an object known to the calling thread's recording, if there is one.
    #[inline]
    pub fn new(name: &str, kind: ObjectKind) -> Self {
        if is_on() { Self::known(name, kind) } else { Self::NONE }
    }

    pub(super) fn numbered(number: u32) -> Self {
        Self(number)
    }

    pub(super) fn number(self) -> u32 {
        self.0
    }

    #[cold]
    fn known(name: &str, kind: ObjectKind) -> Self {
        Self(current().map_or(0, |recording| recording.object(name, kind)))
    }

    /// Records that the calling thread does something with the object; what `value` means depends
    /// on `what`.
    #[inline]
    #[track_caller]
    pub fn record(self, what: What, value: u64) {
        record(what, self.0, value, Location::caller());
    }

    /// The same with a stamp that was read before: where only the result tells what was done. The
    /// thread must not have recorded anything since.
    #[track_caller]
    pub fn record_at(self, ticks: u64, what: What, value: u64) {
        let at = Location::caller();
        TAPE.with(|tape| {
            if let Some(buffer) = tape.buffer.get() {
                tape.next.set(buffer.write(tape.next.get(), ticks, (what, self.0, value), at));
            }
        });
    }

    /// Like [`Self::record`] for an object of the facade, which is silent if it is a part of
    /// another one.
    #[inline]
    pub(crate) fn did(self, what: What, value: u64, at: Line) {
        if self.0 != 0 {
            record(what, self.0, value, at);
        }
    }

    /// The same; if the thread has just done the same at the same line, that event counts twice.
    #[inline]
    pub(crate) fn did_again(self, what: What, value: u64, at: Line) {
        if self.0 == 0 {
            return;
        }
        let is_folded = TAPE.with(|tape| {
            let buffer = tape.buffer.get();
            buffer.is_none_or(|it| it.fold(tape.next.get(), (what, self.0, value), at))
        });
        if !is_folded {
            record(what, self.0, value, at);
        }
    }

    /// Records that the thread has to wait for the object.
    pub(crate) fn wants(self, at: Line) {
        woken_by(0);
        self.did(What::Wants, 0, at);
    }

    /// Records that the thread has got what it asked for, with who woke it if it had to wait.
    #[inline]
    pub(crate) fn got(self, what: What, at: Line) {
        if self.0 != 0 {
            let by = TAPE.with(|tape| tape.woken_by.take());
            record(what, self.0, by, at);
        }
    }
}
