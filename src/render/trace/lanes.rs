//! What every thread did from event to event, and who had every lock.
//!
//! A span reaches from one event to another, not from one moment to another: events with the same
//! stamp keep their order.

use conclab_engine::report::{ObjectKind, Timeline, TracedEvent, What};

/// A timeline as lanes.
#[derive(Debug)]
pub(crate) struct Picture<'a> {
    pub(crate) timeline: &'a Timeline,
    pub(crate) threads: Vec<ThreadLane>,
    pub(crate) locks: Vec<LockLane>,
}

/// What one thread did.
#[derive(Debug)]
pub(crate) struct ThreadLane {
    /// Its name, with its process if others have the same.
    pub(crate) name: String,
    /// Its spans, first to last, without gaps.
    pub(crate) spans: Vec<Span>,
}

/// A thread doing the same from one event to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    /// The event that began it.
    pub(crate) from: usize,
    /// The event that ended it; the number of events if nothing did.
    pub(crate) to: usize,
    pub(crate) doing: Doing,
    /// The objects that the thread holds meanwhile.
    pub(crate) holds: Vec<usize>,
}

/// What a thread does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Doing {
    /// It runs.
    Running,
    /// The widen dial keeps it in a race window.
    Window,
    /// It works on a task.
    Task(String),
    /// It waits: for what, and who has that.
    Waiting { what: String, held_by: Option<String> },
    /// Its events found no room: nothing is known.
    Unknown,
}

/// Who had a lock. Where several may hold one at once there is a lane for each.
#[derive(Debug)]
pub(crate) struct LockLane {
    /// Its name.
    pub(crate) name: String,
    /// Times held, first to last; they do not overlap.
    pub(crate) spans: Vec<Held>,
}

/// A lock in somebody's hands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Held {
    pub(crate) from: usize,
    /// The event that ended it; the number of events if nothing did.
    pub(crate) to: usize,
    pub(crate) thread: usize,
}

/// What may be written on a task: its name, or, where there is no room for that, its number.
pub(crate) fn task_labels(task: &str) -> [&str; 2] {
    let number = task.trim_start_matches(|c: char| !c.is_ascii_digit());
    [task, if number.is_empty() { task } else { number }]
}

impl<'a> Picture<'a> {
    /// Makes lanes of a timeline.
    pub(crate) fn new(timeline: &'a Timeline) -> Self {
        let mut walk = Walk::new(timeline);
        for (n, event) in timeline.events.iter().enumerate() {
            walk.meet(n, event);
        }
        let end = timeline.events.len();
        let mut threads = Vec::new();
        for (thread, mut now) in walk.threads.into_iter().enumerate() {
            let known = &timeline.threads[thread];
            if known.lost > 0
                && let Some(last) = timeline.events.iter().rposition(|it| it.thread == thread)
            {
                now.turn(last, Some(Doing::Unknown));
                now.holds.clear();
            }
            now.turn(end, None);
            let same = timeline.threads.iter().filter(|other| other.name == known.name);
            let name = match &known.process {
                Some(process) if same.count() > 1 => format!("{process}: {}", known.name),
                _ => known.name.clone(),
            };
            threads.push(ThreadLane { name, spans: now.spans });
        }
        Self { timeline, threads, locks: lock_lanes(timeline, walk.held) }
    }

    /// The name of a thread.
    pub(crate) fn thread(&self, thread: usize) -> &str {
        &self.threads[thread].name
    }
}

/// A thread in the middle of the walk.
#[derive(Debug, Default)]
struct Now {
    since: usize,
    doing: Option<Doing>,
    holds: Vec<usize>,
    /// What it goes back to when a wait or a window is over.
    task: Option<String>,
    spans: Vec<Span>,
}

impl Now {
    /// The thread does something else from event `n` on.
    fn turn(&mut self, n: usize, doing: Option<Doing>) {
        if let Some(before) = self.doing.take()
            && n > self.since
        {
            let (from, holds) = (self.since, self.holds.clone());
            self.spans.push(Span { from, to: n, doing: before, holds });
        }
        self.since = n;
        self.doing = doing;
    }

    /// The thread holds something else from event `n` on.
    fn rehold(&mut self, n: usize, change: impl FnOnce(&mut Vec<usize>)) {
        let doing = self.doing.clone();
        self.turn(n, doing);
        change(&mut self.holds);
    }

    fn busy(&self) -> Doing {
        self.task.clone().map_or(Doing::Running, Doing::Task)
    }
}

/// The walk along the events.
struct Walk<'a> {
    timeline: &'a Timeline,
    threads: Vec<Now>,
    /// For each object the times it was held, those that have not ended with the end of all.
    held: Vec<Vec<Held>>,
}

impl<'a> Walk<'a> {
    fn new(timeline: &'a Timeline) -> Self {
        let threads = timeline.threads.iter().map(|_| Now::default()).collect();
        Self { timeline, threads, held: vec![Vec::new(); timeline.objects.len()] }
    }

    fn meet(&mut self, n: usize, event: &TracedEvent) {
        let busy = self.threads[event.thread].busy();
        match event.what {
            What::Got | What::GotShared => self.take(n, event),
            What::Gave => self.give(n, event),
            What::Wants | What::Sleeps | What::Arrived | What::Joins | What::IoWait => {
                let doing = self.waiting(event);
                self.threads[event.thread].turn(n, Some(doing));
            }
            What::Window if self.is_kept(n, event) => {
                self.threads[event.thread].turn(n, Some(Doing::Window));
            }
            What::TaskStart => {
                let task = self.object_name(event).unwrap_or("a task").to_owned();
                let now = &mut self.threads[event.thread];
                now.task = Some(task.clone());
                now.turn(n, Some(Doing::Task(task)));
            }
            What::TaskEnd => {
                let now = &mut self.threads[event.thread];
                now.task = None;
                now.turn(n, Some(Doing::Running));
            }
            What::End | What::Crash | What::Panicked => self.threads[event.thread].turn(n, None),
            _ if self.threads[event.thread].doing.as_ref() == Some(&busy) => {}
            _ => self.threads[event.thread].turn(n, Some(busy)),
        }
    }

    /// Whether the thread of a window leaves it at another event than the next.
    fn is_kept(&self, n: usize, event: &TracedEvent) -> bool {
        let mut later = self.timeline.events[n + 1..].iter();
        let next = later.find(|later| later.thread == event.thread);
        next.is_none_or(|next| next.what == What::WindowLeft)
    }

    fn take(&mut self, n: usize, event: &TracedEvent) {
        let busy = self.threads[event.thread].busy();
        let now = &mut self.threads[event.thread];
        now.turn(n, Some(busy));
        if let Some(object) = event.object {
            now.holds.push(object);
            let to = self.timeline.events.len();
            self.held[object].push(Held { from: n, to, thread: event.thread });
        }
    }

    /// Who gives back need not be who took: a permit has no owner.
    fn give(&mut self, n: usize, event: &TracedEvent) {
        let Some(object) = event.object else { return };
        let open = self.timeline.events.len();
        let held = &mut self.held[object];
        let own = held.iter().rposition(|it| it.to == open && it.thread == event.thread);
        let any = || held.iter().position(|it| it.to == open);
        let Some(place) = own.or_else(any) else { return };
        held[place].to = n;
        self.threads[held[place].thread].rehold(n, |holds| {
            if let Some(place) = holds.iter().rposition(|it| *it == object) {
                holds.remove(place);
            }
        });
    }

    fn waiting(&self, event: &TracedEvent) -> Doing {
        let name = |thread: usize| self.timeline.threads[thread].name.clone();
        if event.what == What::Joins {
            let whom = event.other.map_or_else(|| "its threads".to_owned(), name);
            return Doing::Waiting { what: format!("{whom} to end"), held_by: None };
        }
        let open = self.timeline.events.len();
        let held = event.object.map_or(&[][..], |object| &self.held[object]);
        let others = held.iter().filter(|it| it.to == open && it.thread != event.thread);
        let names: Vec<_> = others.map(|it| name(it.thread)).collect();
        let what = self.object_name(event).unwrap_or("something").to_owned();
        let held_by = (!names.is_empty()).then(|| names.join(", "));
        Doing::Waiting { what, held_by }
    }

    fn object_name(&self, event: &TracedEvent) -> Option<&'a str> {
        event.object.map(|object| &*self.timeline.objects[object].name)
    }
}

/// A lane for every lock, and more if it was held more than once at a time.
fn lock_lanes(timeline: &Timeline, held: Vec<Vec<Held>>) -> Vec<LockLane> {
    let mut lanes = Vec::new();
    for (object, spans) in held.into_iter().enumerate() {
        let known = &timeline.objects[object];
        if !known.kind.is_held() {
            continue;
        }
        let mut rows: Vec<Vec<Held>> = vec![Vec::new()];
        for span in spans {
            let is_free = |row: &Vec<Held>| row.last().is_none_or(|last| last.to <= span.from);
            match rows.iter_mut().find(|row| is_free(row)) {
                Some(row) => row.push(span),
                None => rows.push(vec![span]),
            }
        }
        let inside = if known.kind == ObjectKind::Gauge { "in " } else { "" };
        for (n, spans) in rows.into_iter().enumerate() {
            let nth = if n > 0 { format!(" ({})", n + 1) } else { String::new() };
            let name = format!("{inside}{}{nth}", known.name);
            lanes.push(LockLane { name, spans });
        }
    }
    lanes
}
