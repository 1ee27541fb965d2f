//! An event in words.

use conclab_engine::report::{ObjectKind, Timeline, TracedEvent, What};
use conclab_kit::report::{Expectation, Trace};

use super::{Axis, Doing, Picture};

/// What the thread does, without its name: `gets account 0`.
pub(crate) fn said(timeline: &Timeline, event: &TracedEvent) -> String {
    let object = event.object.map(|object| &timeline.objects[object]);
    let it = object.map_or("", |object| &object.name);
    let kind = object.map(|object| object.kind);
    let other = event.other.map_or("its threads", |other| &timeline.threads[other].name);
    let value = event.value.map_or_else(String::new, |value| value.to_string());
    let text = match event.what {
        What::Start => "begins".to_owned(),
        What::End => "ends".to_owned(),
        What::Panicked => "panics".to_owned(),
        What::Spawned => format!("starts {other}"),
        What::Joins => format!("waits for {other} to end"),
        What::Joined => format!("has waited for {other} to end"),
        What::Wants => format!("waits for {it}"),
        What::Got if kind == Some(ObjectKind::Gauge) => format!("goes into {it}"),
        What::Gave if kind == Some(ObjectKind::Gauge) => format!("leaves {it}"),
        What::Got => format!("gets {it}"),
        What::GotShared => format!("gets a share of {it}"),
        What::Refused => format!("does not get {it}"),
        What::Gave => format!("gives {it} back"),
        What::Sleeps => format!("falls asleep on {it}"),
        What::Woken => format!("is woken on {it}"),
        What::Notified => format!("notifies {value} on {it}"),
        What::Sent => format!("sends into {it}"),
        What::Received => format!("receives from {it}"),
        What::Arrived => format!("comes to {it}"),
        What::Passed => format!("passes {it}"),
        What::Window => format!("comes to the window “{it}”"),
        What::WindowLeft => format!("leaves the window “{it}”"),
        What::Loaded => format!("reads {it}: {value}"),
        What::Stored => format!("writes {it} = {value}"),
        What::Modified => format!("changes {it}, which was {value}"),
        What::NotExchanged => format!("does not change {it}, which was {value}"),
        What::TaskStart => format!("begins {it}"),
        What::TaskEnd => format!("has done {it}"),
        What::IoWait => format!("waits for input or output of {it}"),
        What::IoReady => format!("goes on with {it}"),
        What::ProcessStart => format!("starts the process {it}"),
        What::ProcessEnd => format!("has seen the process {it} end"),
        What::Crash => "crashes".to_owned(),
        _ => format!("marks {it}"),
    };
    if event.times > 1 { format!("{text}, {} times", event.times) } else { text }
}

/// Its line in the source: `race/mod.rs:71`; nothing if it has none.
pub(crate) fn line(event: &TracedEvent) -> String {
    let Some(place) = &event.place else { return String::new() };
    let mut parts = place.file.rsplit('/');
    let (file, folder) = (parts.next().unwrap_or_default(), parts.next());
    let folder = folder.map_or_else(String::new, |folder| format!("{folder}/"));
    format!("{folder}{file}:{}", place.line)
}

/// The same in brackets, after a space.
pub(crate) fn in_brackets(event: &TracedEvent) -> String {
    let line = line(event);
    if line.is_empty() { line } else { format!(" ({line})") }
}

/// A span of time: `51 ns`, `3.8 ms`.
pub(crate) fn span(ns: u64) -> String {
    let of = ns as f64;
    match ns {
        0 => "0".to_owned(),
        1..1_000 => format!("{ns} ns"),
        1_000..10_000 => format!("{:.1} µs", of / 1e3),
        10_000..1_000_000 => format!("{:.0} µs", of / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} ms", of / 1e6),
        _ => format!("{:.1} s", of / 1e9),
    }
}

/// What the run ended in, as a sentence.
pub(crate) fn outcome(trace: &Trace) -> String {
    let Some(outcome) = &trace.outcome else {
        return "The run was ended before it was over.".to_owned();
    };
    let because = trace.because.as_deref().unwrap_or("Nobody foresaw this.");
    match trace.expectation {
        Some(Expectation::Acceptable) => format!("It ended in \"{outcome}\". {because}"),
        Some(Expectation::Interesting) => {
            format!("It went wrong: it ended in \"{outcome}\". {because}")
        }
        Some(Expectation::Forbidden) | None => {
            format!("It must not end in \"{outcome}\", and did. {because}")
        }
    }
}

/// Every wait of the run, in the order in which they began, as sentences with their length in
/// nanoseconds. Waiting for threads to end is left out: that is what every program does last.
pub(crate) fn waits(picture: &Picture<'_>, axis: &Axis) -> Vec<(u64, String)> {
    let mut waits = Vec::new();
    let events = &picture.timeline.events;
    for (thread, lane) in picture.threads.iter().enumerate() {
        for span in &lane.spans {
            let Doing::Waiting { what, held_by } = &span.doing else { continue };
            if events[span.from].what == What::Joins {
                continue;
            }
            let ns = axis.ns(span.to).saturating_sub(axis.ns(span.from));
            let held = held_by.as_ref().map_or_else(String::new, |who| format!(", held by {who},"));
            let name = picture.thread(thread);
            let text = match events.get(span.to) {
                None => format!("{name} waits for {what}{held} at the end"),
                Some(end) => {
                    let by = end.unblocked_by.map(|by| &events[by]);
                    let until = by.map_or_else(String::new, |by| {
                        let doing = said(picture.timeline, by);
                        let line = in_brackets(by);
                        format!(" until {} {doing}{line}", picture.thread(by.thread))
                    });
                    format!("{name} waited {} for {what}{held}{until}", self::span(ns))
                }
            };
            waits.push((span.from, ns, text));
        }
    }
    waits.sort_by_key(|(from, ..)| *from);
    waits.into_iter().map(|(_, ns, text)| (ns, text)).collect()
}
