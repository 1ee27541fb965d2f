//! From the buffers to one timeline: the events of all lanes in the order of their stamps, and for
//! everything that a thread had to wait for, the event that ended the waiting.
//!
//! Stamps for giving are taken before, stamps for getting after; so the last `gave` of a mutex
//! before a `got` is the one that made it possible. Who is woken learns from the waker who that
//! was; for an atomic nothing is claimed.

use std::collections::BTreeMap;

use super::buffer::{Line, Raw};
use super::clock::{Scale, Stamp};
use super::recording::{Recording, State};
use super::what::{ObjectKind, What};
use crate::report::{Timeline, TracedEvent, TracedObject, TracedPlace, TracedThread};

/// The value of `joins` when it is about several threads.
pub(crate) const SEVERAL: u64 = u64::MAX;

impl Recording {
    /// Ends the recording and tells what happened. What threads record meanwhile may be in it.
    pub fn finish(&self) -> Timeline {
        let shared = self.shared();
        let end = Stamp::now();
        let scale = Scale::new(shared.begin, end);
        let state = shared.state.lock();
        let cut = state.cut.unwrap_or(u64::MAX);
        let mut raw: Vec<(usize, Raw)> = Vec::new();
        for (thread, lane) in state.lanes.iter().enumerate() {
            let kept = lane.buffer.read().into_iter().filter(|event| event.ticks <= cut);
            raw.extend(kept.map(|event| (thread, event)));
        }
        // Stable: events of one thread stay in the order in which they were written.
        raw.sort_by_key(|(_, event)| event.ticks);
        let objects = Objects::of(&state, &raw);
        let mut events: Vec<TracedEvent> =
            raw.iter().map(|(thread, event)| told(*thread, event, &scale, &objects)).collect();
        for n in 0..events.len() {
            events[n].unblocked_by = unblocker(&events, n, raw[n].1.value);
            if events[n].place.is_none() {
                events[n].place = place_of_another(&events, n);
            }
        }
        let threads: Vec<TracedThread> = threads(&state);
        Timeline {
            clock: shared.clock.to_owned(),
            span_ns: scale.ns(cut.min(end.ticks())),
            lost: threads.iter().map(|thread| thread.lost).sum(),
            threads,
            objects: objects.known,
            events,
        }
    }
}

fn threads(state: &State) -> Vec<TracedThread> {
    let thread = |lane: &super::recording::LaneEntry| TracedThread {
        name: lane.name.clone(),
        process: lane.process.clone(),
        lost: lane.buffer.lost(),
    };
    state.lanes.iter().map(thread).collect()
}

/// The objects that occur in events, and their numbers.
struct Objects {
    known: Vec<TracedObject>,
    index: BTreeMap<u32, usize>,
}

impl Objects {
    fn of(state: &State, events: &[(usize, Raw)]) -> Self {
        let mut objects = Self { known: Vec::new(), index: BTreeMap::new() };
        for entry in &state.objects {
            if events.iter().any(|(_, event)| event.object == entry.number) {
                objects.index.insert(entry.number, objects.known.len());
                objects.known.push(TracedObject { name: entry.name.clone(), kind: entry.kind });
            }
        }
        objects
    }

    fn kind(&self, object: Option<usize>) -> Option<ObjectKind> {
        object.map(|object| self.known[object].kind)
    }
}

fn told(thread: usize, event: &Raw, scale: &Scale, objects: &Objects) -> TracedEvent {
    let object = objects.index.get(&event.object).copied();
    let is_own = objects.kind(object) == Some(ObjectKind::Task) || event.what == What::Mark;
    let has_value = matches!(
        event.what,
        What::Loaded | What::Stored | What::Modified | What::NotExchanged | What::Notified
    );
    let names_thread = matches!(
        event.what,
        What::Spawned | What::Joins | What::Joined | What::ProcessStart | What::ProcessEnd
    );
    let other = usize::try_from(event.value).ok().filter(|_| event.value != SEVERAL);
    TracedEvent {
        at_ns: scale.ns(event.ticks),
        thread,
        what: event.what,
        object,
        value: (is_own || has_value).then_some(event.value),
        times: event.times,
        other: other.filter(|_| names_thread),
        unblocked_by: None,
        place: place(event.at),
    }
}

/// A line of the program; nothing for lines of the machinery: where guards are dropped, where the
/// real world starts threads, and where somebody records for somebody else.
fn place(at: Line) -> Option<TracedPlace> {
    let file = at.file().replace('\\', "/");
    let is_machinery = ["/library/core/", "src/world/real/", "src/world/traced/recording.rs"]
        .iter()
        .any(|machinery| file.contains(machinery));
    (!is_machinery).then(|| TracedPlace { file, line: at.line() })
}

/// The line of the event that one without a line belongs to: who gives back took before, and who
/// begins or ends was started.
fn place_of_another(events: &[TracedEvent], n: usize) -> Option<TracedPlace> {
    let event = &events[n];
    let own = |other: &&TracedEvent| other.thread == event.thread;
    let took = |other: &&TracedEvent| {
        other.object == event.object && matches!(other.what, What::Got | What::GotShared)
    };
    let mut before = events[..n].iter().rev().filter(own);
    let other = match event.what {
        What::Gave => before.find(took)?,
        What::Start => &events[event.unblocked_by?],
        What::End | What::Panicked => before.find(|other| other.what == What::Start)?,
        _ => return None,
    };
    other.place.clone()
}

/// The event that let event `n` happen, if its thread had to wait.
fn unblocker(events: &[TracedEvent], n: usize, value: u64) -> Option<usize> {
    let event = &events[n];
    let has_waited = match event.what {
        What::Got | What::GotShared | What::Sent | What::Received => waited(events, n, What::Wants),
        What::Passed => waited(events, n, What::Arrived),
        What::Woken => waited(events, n, What::Sleeps),
        What::Joined => waited(events, n, What::Joins),
        What::Start => true,
        _ => false,
    };
    if !has_waited {
        return None;
    }
    let gives = |other: &TracedEvent| match event.what {
        What::Joined => other.what == What::End && event.other.is_none_or(|it| it == other.thread),
        What::Start => {
            matches!(other.what, What::Spawned | What::ProcessStart)
                && other.other == Some(event.thread)
        }
        What::Woken => other.what == What::Notified && other.object == event.object,
        What::Passed => other.what == What::Arrived && other.object == event.object,
        What::Sent => other.what == What::Received && other.object == event.object,
        What::Received => other.what == What::Sent && other.object == event.object,
        _ => other.what == What::Gave && other.object == event.object,
    };
    // The lane of the waker plus one, where the woken knows it.
    let waker = match event.what {
        What::Start | What::Joined => None,
        _ => usize::try_from(value).ok().and_then(|lane| lane.checked_sub(1)),
    };
    let by = |other: &TracedEvent| {
        other.thread != event.thread && waker.is_none_or(|it| it == other.thread)
    };
    (0..n).rev().find(|&other| gives(&events[other]) && by(&events[other]))
}

/// Whether the thread's last event about the object of event `n` was the beginning of a wait.
fn waited(events: &[TracedEvent], n: usize, begin: What) -> bool {
    let event = &events[n];
    let own = |other: &&TracedEvent| other.thread == event.thread && other.object == event.object;
    events[..n].iter().rev().find(own).is_some_and(|last| last.what == begin)
}
