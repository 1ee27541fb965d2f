//! Tests of the recorder, and of what it says about known programs.

use crate::report::{Timeline, TracedEvent};
use crate::settings::{RealSettings, Widen};
use crate::stop::Stop;
use crate::sync::atomic::{AtomicU64, Ordering::Relaxed};
use crate::sync::{Arc, Barrier, Condvar, Mutex, RwLock, Semaphore, mpsc};
use crate::world::real::{RawRuns, run_traced};
use crate::{thread, window};

use super::{Object, ObjectKind, Recording, What, current, is_on, ticks};

fn traced(widen: Widen, body: impl Fn() -> String + Sync) -> (RawRuns, Timeline) {
    let settings = RealSettings { runs: 1, widen, stop: Stop::never(), hang: false };
    run_traced(&settings, &body)
}

/// Waits until somebody is recorded doing this, and lets the threads of a scope begin.
fn until(what: What) {
    let recording = current().expect("the run is recorded");
    while !recording.finish().events.iter().any(|event| event.what == what) {
        thread::yield_now();
    }
}

/// The events of one thread about one object, as words.
fn of<'a>(
    timeline: &'a Timeline,
    thread: &str,
    object: &str,
) -> impl Iterator<Item = &'a TracedEvent> {
    let thread = timeline.threads.iter().position(|it| it.name == thread);
    let object = timeline.objects.iter().position(|it| it.name == object);
    assert!(thread.is_some() && object.is_some(), "{:?}", timeline.objects);
    timeline.events.iter().filter(move |it| Some(it.thread) == thread && it.object == object)
}

fn whats<'a>(events: impl Iterator<Item = &'a TracedEvent>) -> Vec<What> {
    events.map(|event| event.what).collect()
}

/// The thread and the kind of the event that unblocked `event`.
fn unblocker(timeline: &Timeline, event: &TracedEvent) -> Option<(String, What)> {
    let by = &timeline.events[event.unblocked_by?];
    Some((timeline.threads[by.thread].name.clone(), by.what))
}

#[test]
fn nothing_is_recorded_outside_a_lane() {
    assert!(!is_on());
    let recording = Recording::new();
    let lane = recording.lane("only");
    assert_eq!(Object::new("early", ObjectKind::Task), Object::NONE);
    {
        let _in_lane = lane.enter();
        assert!(is_on());
        Object::new("task", ObjectKind::Task).record(What::TaskStart, 0);
    }
    assert!(!is_on());
    Object::NONE.record(What::Mark, 0);
    let told = recording.finish();
    assert_eq!(whats(told.events.iter()), [What::Start, What::TaskStart, What::End]);
    assert_eq!(told.objects.len(), 1);
}

#[test]
fn what_finds_no_room_is_counted_and_the_beginning_is_kept() {
    let recording = Recording::with_capacity(10);
    let lane = recording.lane("talker");
    {
        let _in_lane = lane.enter();
        for n in 0..100 {
            Object::NONE.record(What::Mark, n);
        }
    }
    let told = recording.finish();
    assert_eq!((told.lost, told.threads[0].lost), (92, 92));
    let values: Vec<_> = told.events[1..].iter().map(|event| event.value).collect();
    assert_eq!(values, (0..9).map(Some).collect::<Vec<_>>());
}

#[test]
fn what_another_process_tells_has_its_place_among_the_own_events() {
    let recording = Recording::new();
    let child = recording.lane_of_process("worker", "main");
    let task = recording.new_object("task", ObjectKind::Task);
    let begun = ticks();
    {
        let _in_lane = recording.lane("parent").enter();
    }
    child.record_at(begun, task, What::TaskStart, 1);
    child.record_at(ticks(), Object::NONE, What::Crash, 0);
    let told = recording.finish();
    let order = [What::TaskStart, What::Start, What::End, What::Crash];
    assert_eq!(whats(told.events.iter()), order);
    assert_eq!(told.threads[0].process.as_deref(), Some("worker"));
}

#[test]
fn a_buffer_that_was_used_before_begins_empty() {
    for n in 0..3 {
        let recording = Recording::with_capacity(16);
        let lane = recording.lane("again");
        for _ in 0..2 {
            let _in_lane = lane.enter();
            Object::NONE.record(What::Mark, n);
        }
        let told = recording.finish();
        let once = [What::Start, What::Mark, What::End];
        assert_eq!(whats(told.events.iter()), [once, once].concat());
    }
}

#[test]
fn a_recording_inside_another_leaves_it_as_it_was() {
    let outer = Recording::new();
    let _in_lane = outer.lane("outer").enter();
    let (_, inner) = traced(Widen::None, || thread::spawn(|| 1).join().unwrap().to_string());
    Object::NONE.record(What::Mark, 7);
    assert_eq!(whats(outer.finish().events.iter()), [What::Start, What::Mark]);
    assert_eq!(inner.threads.len(), 2);
}

#[test]
fn events_are_in_the_order_of_their_stamps_and_of_each_thread() {
    let (_, told) = traced(Widen::None, || {
        let count = AtomicU64::named("count", 0);
        thread::scope(|s| {
            for _ in 0..4 {
                s.spawn(|| (0..200).for_each(|n| count.store(n, Relaxed)));
            }
        });
        String::new()
    });
    assert!(told.events.is_sorted_by_key(|event| event.at_ns));
    assert!(told.events.last().is_some_and(|last| last.at_ns <= told.span_ns));
    for name in ["A", "B", "C", "D"] {
        let values: Vec<_> = of(&told, name, "count").map(|event| event.value).collect();
        assert_eq!(values, (0..200).map(Some).collect::<Vec<_>>());
    }
}

#[test]
fn what_is_done_again_and_again_is_one_event() {
    let (_, told) = traced(Widen::None, || {
        let ready = AtomicU64::named("ready", 0);
        (0..10_000).map(|_| ready.load(Relaxed)).sum::<u64>().to_string()
    });
    let loads: Vec<_> = of(&told, "main", "ready").collect();
    assert_eq!((loads.len(), loads[0].times, told.lost), (1, 10_000, 0));
}

#[test]
fn a_deadlock_ends_with_everybody_waiting() {
    let (runs, told) = traced(Widen::Handshake, || {
        let locks = [Mutex::named("left", 0), Mutex::named("right", 0)];
        thread::scope(|s| {
            for n in 0..2 {
                let locks = &locks;
                s.spawn(move || {
                    let _first = locks[n].lock();
                    window("between");
                    let _second = locks[1 - n].lock();
                });
            }
        });
        String::new()
    });
    assert_eq!(runs.counts.into_keys().collect::<Vec<_>>(), ["deadlock"]);
    for (thread, own, next) in [("A", "left", "right"), ("B", "right", "left")] {
        // Giving back while the run is cleared up is no part of it.
        assert_eq!(whats(of(&told, thread, own)), [What::Got]);
        assert_eq!(whats(of(&told, thread, next)), [What::Wants]);
        assert_eq!(whats(of(&told, thread, "between")), [What::Window, What::WindowLeft]);
    }
}

#[test]
fn who_gives_a_mutex_back_unblocks_who_waits_for_it() {
    let (_, told) = traced(Widen::None, || {
        let lock = Mutex::named("lock", 0);
        thread::scope(|s| {
            let held = lock.lock();
            s.spawn(|| drop(lock.lock()));
            until(What::Wants);
            drop(held);
        });
        String::new()
    });
    assert_eq!(whats(of(&told, "A", "lock")), [What::Wants, What::Got, What::Gave]);
    let got = of(&told, "A", "lock").nth(1).expect("it got the lock");
    assert_eq!(unblocker(&told, got), Some(("main".to_owned(), What::Gave)));
    let start = told.events.iter().find(|it| it.what == What::Start && it.thread == 1);
    assert_eq!(unblocker(&told, start.unwrap()), Some(("main".to_owned(), What::Spawned)));
}

#[test]
fn who_sleeps_knows_who_woke_it() {
    let (_, told) = traced(Widen::None, || {
        let shared = Arc::new((Mutex::named("box", 0), Condvar::named("filled")));
        let other = Arc::clone(&shared);
        let waiter = thread::spawn_named("waiter", move || {
            let full = other.1.wait_while(other.0.lock(), |content| *content == 0);
            *full
        });
        thread::spawn_named("filler", move || {
            until(What::Sleeps);
            *shared.0.lock() = 1;
            shared.1.notify_one();
        });
        waiter.join().unwrap().to_string()
    });
    let woken = of(&told, "waiter", "filled").last().expect("it was woken");
    assert_eq!(unblocker(&told, woken), Some(("filler".to_owned(), What::Notified)));
    let joined = told.events.iter().find(|event| event.what == What::Joined).expect("it joined");
    assert_eq!(unblocker(&told, joined), Some(("waiter".to_owned(), What::End)));
}

#[test]
fn composed_objects_are_told_as_one() {
    let (_, told) = traced(Widen::None, || {
        let gate = Semaphore::named("gate", 0);
        let both = Barrier::named("both", 2);
        let (sender, receiver) = mpsc::named_channel("letters", 1);
        let book = RwLock::named("book", 0);
        thread::scope(|s| {
            s.spawn(|| {
                gate.acquire();
                both.wait();
                receiver.recv().unwrap()
            });
            until(What::Wants);
            let before = *book.read();
            *book.write() = before + 1;
            gate.release();
            both.wait();
            sender.send(1).unwrap();
        });
        String::new()
    });
    assert_eq!(whats(of(&told, "A", "gate")), [What::Wants, What::Got]);
    let got = of(&told, "A", "gate").last().expect("it got the permit");
    assert_eq!(unblocker(&told, got), Some(("main".to_owned(), What::Gave)));
    assert_eq!(of(&told, "A", "letters").last().map(|event| event.what), Some(What::Received));
    assert_eq!(whats(of(&told, "main", "both"))[0], What::Arrived);
    let names: Vec<_> = told.objects.iter().map(|object| &*object.name).collect();
    assert_eq!(names, ["gate", "both", "letters", "book"]);
}

#[test]
fn a_panic_is_the_last_thing_that_is_told() {
    let (runs, told) = traced(Widen::None, || {
        thread::scope(|s| {
            s.spawn(|| panic!("on purpose"));
        });
        String::new()
    });
    assert_eq!(runs.counts.into_keys().collect::<Vec<_>>(), ["panic: on purpose"]);
    assert_eq!(told.events.last().map(|event| event.what), Some(What::Panicked));
}
