//! Chrome Trace JSON, which opens in the Perfetto UI.
//!
//! What the format asks for: complete events (`X`) of one lane must not overlap, so the lanes of
//! threads carry what a thread does, which never does, and every lock is a lane of its own in a
//! second group; arrows (`s` to `f`) begin and end inside such events; times are microseconds.

use conclab_engine::report::What;
use serde_json::{Value, json};

use super::{Axis, Doing, Picture, Span, line, outcome, said};
use crate::found::Traced;

/// The group of the lanes of locks; that of this process's threads comes before it.
const LOCKS: usize = 2;

/// The document.
pub(crate) fn chrome(traced: &Traced) -> String {
    let timeline = &traced.report.timeline;
    let picture = Picture::new(timeline);
    let axis = Axis::new(timeline);
    let writer = Writer { picture: &picture, axis: &axis, groups: groups(&picture) };
    let mut events = writer.names();
    for thread in 0..picture.threads.len() {
        events.extend(writer.spans(thread));
    }
    events.extend(writer.locks());
    events.extend(writer.marks());
    events.extend(writer.arrows());
    let report = &traced.report;
    let document = json!({
        "displayTimeUnit": "ns",
        "traceEvents": events,
        "otherData": {
            "schema": "conclab.trace/1",
            "version": traced.stamp.version,
            "seed": traced.stamp.seed,
            "lab": report.lab,
            "variant": report.variant,
            "runner": report.runner,
            "size": traced.size,
            "widen": report.widen,
            "outcome": outcome(report),
            "lost": timeline.lost,
        },
    });
    document.to_string() + "\n"
}

/// The processes whose threads have lanes; the one that recorded first.
fn groups<'a>(picture: &Picture<'a>) -> Vec<Option<&'a str>> {
    let mut groups = vec![None];
    for thread in &picture.timeline.threads {
        let process = thread.process.as_deref();
        if !groups.contains(&process) {
            groups.push(process);
        }
    }
    groups
}

struct Writer<'a> {
    picture: &'a Picture<'a>,
    axis: &'a Axis,
    groups: Vec<Option<&'a str>>,
}

impl Writer<'_> {
    /// The number of a group: 1 is this process, 2 the locks, then the other processes.
    fn pid(&self, thread: usize) -> usize {
        let process = self.picture.timeline.threads[thread].process.as_deref();
        match self.groups.iter().position(|group| *group == process) {
            Some(0) | None => 1,
            Some(n) => LOCKS + n,
        }
    }

    fn us(&self, event: usize) -> f64 {
        self.axis.ns(event) as f64 / 1e3
    }

    fn names(&self) -> Vec<Value> {
        let group = |pid: usize, name: &str| {
            json!({"ph": "M", "name": "process_name", "pid": pid, "tid": 0,
                   "args": {"name": name}})
        };
        let mut names = vec![group(1, "threads"), group(LOCKS, "locks")];
        for (n, process) in self.groups.iter().enumerate() {
            names.extend(process.map(|process| group(LOCKS + n, process)));
        }
        let mut lane = |pid: usize, tid: usize, name: &str| {
            for (what, value) in [
                ("thread_name", json!({"name": name})),
                ("thread_sort_index", json!({"sort_index": tid})),
            ] {
                names.push(json!({"ph": "M", "name": what, "pid": pid, "tid": tid, "args": value}));
            }
        };
        for (thread, known) in self.picture.timeline.threads.iter().enumerate() {
            lane(self.pid(thread), thread + 1, &known.name);
        }
        for (n, lock) in self.picture.locks.iter().enumerate() {
            lane(LOCKS, n + 1, &lock.name);
        }
        names
    }

    /// A lane's event from one event to another.
    fn complete(
        &self,
        (pid, tid): (usize, usize),
        (from, to): (usize, usize),
        name: &str,
    ) -> Value {
        let events = &self.picture.timeline.events;
        let (begin, end) = (self.axis.ns(from), self.axis.ns(to));
        json!({"ph": "X", "pid": pid, "tid": tid, "name": name, "ts": self.us(from),
               "dur": (end - begin) as f64 / 1e3, "cat": "state",
               "args": {"began": said(self.picture.timeline, &events[from]),
                        "line": line(&events[from])}})
    }

    fn spans(&self, thread: usize) -> Vec<Value> {
        let lane = (self.pid(thread), thread + 1);
        let spans = self.picture.threads[thread].spans.iter();
        spans.map(|it| self.complete(lane, (it.from, it.to), &self.does(it))).collect()
    }

    /// A span's name.
    fn does(&self, span: &Span) -> String {
        let objects = &self.picture.timeline.objects;
        let held: Vec<_> = span.holds.iter().map(|held| &*objects[*held].name).collect();
        let holding =
            if held.is_empty() { String::new() } else { format!(", holding {}", held.join(", ")) };
        let does = match &span.doing {
            Doing::Waiting { what, held_by: Some(who) } => format!("waits for {what} ({who})"),
            Doing::Waiting { what, held_by: None } => format!("waits for {what}"),
            Doing::Window => "in a window".to_owned(),
            Doing::Task(task) => task.clone(),
            Doing::Running => "runs".to_owned(),
            Doing::Unknown => "not recorded".to_owned(),
        };
        does + &holding
    }

    fn locks(&self) -> Vec<Value> {
        let mut events = Vec::new();
        for (n, lock) in self.picture.locks.iter().enumerate() {
            for held in &lock.spans {
                let name = self.picture.thread(held.thread);
                events.push(self.complete((LOCKS, n + 1), (held.from, held.to), name));
            }
        }
        events
    }

    /// What takes no time.
    fn marks(&self) -> Vec<Value> {
        let timeline = self.picture.timeline;
        let is_state = |what: What| {
            matches!(what, What::Start | What::End | What::Got | What::GotShared | What::Gave)
        };
        let events = timeline.events.iter().enumerate().filter(|(_, it)| !is_state(it.what));
        let mark = |(n, event): (usize, &conclab_engine::report::TracedEvent)| {
            json!({"ph": "i", "s": "t", "pid": self.pid(event.thread), "tid": event.thread + 1,
                   "name": said(timeline, event), "ts": self.us(n), "cat": "event",
                   "args": {"line": line(event), "times": event.times}})
        };
        events.map(mark).collect()
    }

    /// Who unblocked whom.
    fn arrows(&self) -> Vec<Value> {
        let mut arrows = Vec::new();
        for (n, event) in self.picture.timeline.events.iter().enumerate() {
            let Some(by) = event.unblocked_by else { continue };
            let from = self.picture.timeline.events[by].thread;
            let (Some(begin), Some(end)) = (self.inside(from, by), self.inside(event.thread, n))
            else {
                continue;
            };
            for (ph, thread, ts) in [("s", from, begin), ("f", event.thread, end)] {
                let mut arrow = json!({"ph": ph, "id": n, "name": "unblocks", "cat": "wake",
                                       "pid": self.pid(thread), "tid": thread + 1, "ts": ts});
                if ph == "f" {
                    arrow["bp"] = "e".into();
                }
                arrows.push(arrow);
            }
        }
        arrows
    }

    /// A moment of an event that lies in one of its thread's spans: an event may be the end of the
    /// last one, which is not inside.
    fn inside(&self, thread: usize, event: usize) -> Option<f64> {
        let spans = &self.picture.threads[thread].spans;
        let lasts = |span: &&Span| self.axis.ns(span.to) > self.axis.ns(span.from);
        let spans = || spans.iter().filter(lasts);
        let at = self.axis.ns(event);
        let around = spans().find(|it| self.axis.ns(it.from) <= at && at < self.axis.ns(it.to));
        let before = || spans().rev().find(|it| self.axis.ns(it.to) <= at);
        match around {
            Some(_) => Some(at as f64 / 1e3),
            None => before().map(|it| (self.axis.ns(it.to) - 1) as f64 / 1e3),
        }
    }
}
