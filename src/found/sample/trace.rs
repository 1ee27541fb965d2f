//! A recorded run made by hand: what pictures are tested with.

use conclab_engine::report::{
    ObjectKind, Timeline, TracedEvent, TracedObject, TracedPlace, TracedThread, What,
};
use conclab_kit::report::{Expectation, Parameters, Trace};

use super::super::{PROFILE, Stamp, Traced, VERSION};

/// An event: when, who, what, with what, value, unblocked by.
type Row = (u64, usize, What, Option<usize>, Option<u64>, Option<usize>);

fn timeline(threads: &[&str], objects: &[(&str, ObjectKind)], rows: &[Row]) -> Timeline {
    let thread = |name: &&str| TracedThread { name: (*name).to_owned(), process: None, lost: 0 };
    let object = |&(name, kind): &(&str, ObjectKind)| TracedObject { name: name.to_owned(), kind };
    let event = |&(at_ns, thread, what, object, value, unblocked_by): &Row| TracedEvent {
        at_ns,
        thread,
        what,
        object,
        value,
        times: 1,
        other: None,
        unblocked_by,
        place: Some(TracedPlace { file: "labs/race/mod.rs".to_owned(), line: 71 }),
    };
    Timeline {
        clock: "time-stamp counter".to_owned(),
        span_ns: rows.last().map_or(0, |row| row.0 + 500),
        lost: 0,
        threads: threads.iter().map(thread).collect(),
        objects: objects.iter().map(object).collect(),
        events: rows.iter().map(event).collect(),
    }
}

fn report(lab: &str, variant: &str, outcome: &str, timeline: Timeline) -> Trace {
    Trace {
        lab: lab.to_owned(),
        variant: Some(variant.to_owned()),
        runner: None,
        parameters: Parameters(vec![("threads", 2)]),
        widen: "handshake".to_owned(),
        outcome: Some(outcome.to_owned()),
        expectation: Some(Expectation::Interesting),
        because: Some("Because it can.".to_owned()),
        limit: None,
        wait_for: None,
        cores: 2,
        timeline,
    }
}

/// Two threads read a counter, and both write one more.
pub(crate) fn race(variant: &str) -> Trace {
    let counter = [("counter", ObjectKind::Atomic)];
    let rows = [
        (100, 0, What::Start, None, None, None),
        (90_000, 1, What::Start, None, None, None),
        (90_040, 2, What::Start, None, None, None),
        (90_100, 1, What::Loaded, Some(0), Some(0), None),
        (90_120, 2, What::Loaded, Some(0), Some(0), None),
        (90_200, 1, What::Stored, Some(0), Some(1), None),
        (90_240, 2, What::Stored, Some(0), Some(1), None),
        (90_300, 1, What::End, None, None, None),
        (90_340, 2, What::End, None, None, None),
    ];
    report("race", variant, "1", timeline(&["main", "A", "B"], &counter, &rows))
}

/// Two threads hold a lock each and wait for the other's; a third one waited and got one.
fn deadlock() -> Trace {
    let locks = [("account <0>", ObjectKind::Mutex), ("account & 1", ObjectKind::Mutex)];
    let rows = [
        (0, 0, What::Start, None, None, None),
        (50_000, 1, What::Start, None, None, None),
        (50_010, 2, What::Start, None, None, None),
        (50_100, 1, What::Got, Some(0), None, None),
        (50_200, 2, What::Wants, Some(0), None, None),
        (51_000, 1, What::Gave, Some(0), None, None),
        (51_300, 2, What::Got, Some(0), None, Some(5)),
        (51_400, 1, What::Got, Some(1), None, None),
        (60_000, 2, What::Wants, Some(1), None, None),
        (60_000, 1, What::Wants, Some(0), None, None),
    ];
    report("deadlock", "circular", "deadlock", timeline(&["main", "A", "B"], &locks, &rows))
}

fn traced(report: Trace) -> Traced {
    let stamp = Stamp { cores: 2, version: VERSION, profile: PROFILE, seed: 0 };
    Traced { size: "2 threads".to_owned(), right: false, stamp, report }
}

/// The race, to be rendered.
pub(crate) fn race_traced() -> Traced {
    traced(race("unsynchronised"))
}

/// The deadlock, to be rendered.
pub(crate) fn deadlock_traced() -> Traced {
    traced(deadlock())
}

/// A run of which most was not recorded.
pub(crate) fn overflowed() -> Traced {
    let mut traced = race_traced();
    traced.report.timeline.lost = 1234;
    traced.report.timeline.threads[1].lost = 1234;
    traced
}
