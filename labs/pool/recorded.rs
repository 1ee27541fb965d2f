//! The pool's platform for recorded runs: [`Bare`] with lanes for its threads, and with what
//! signals do told. Locks are not recorded: each is held for some nanoseconds, and they would hide
//! the rest.

use std::any::Any;
use std::io;
use std::time::Duration;

use conclab_engine::world::traced::{Object, ObjectKind, What, current, ticks};

use super::Bare;
use super::platform::{Content, Platform};

/// The platform of pools that are recorded.
#[derive(Clone, Copy, Debug)]
pub(super) struct Recorded;

/// A signal, and what it is called in the recording.
#[derive(Debug)]
pub(super) struct Signal {
    signal: <Bare as Platform>::Signal,
    object: Object,
}

/// A thread, and the number of its lane.
#[derive(Debug)]
pub(super) struct Thread {
    thread: <Bare as Platform>::Thread,
    lane: Option<u64>,
}

impl Platform for Recorded {
    type Lock<T: Content> = <Bare as Platform>::Lock<T>;
    type Guard<'a, T: Content> = <Bare as Platform>::Guard<'a, T>;
    type Signal = Signal;
    type Glimpse = <Bare as Platform>::Glimpse;
    type Thread = Thread;

    const LINGERS: bool = Bare::LINGERS;

    fn new_lock<T: Content>(name: &'static str, content: T) -> Self::Lock<T> {
        Bare::new_lock(name, content)
    }

    fn lock<T: Content>(lock: &Self::Lock<T>) -> Self::Guard<'_, T> {
        Bare::lock(lock)
    }

    fn new_signal(name: &'static str) -> Signal {
        let object = Object::new(name, ObjectKind::Condvar);
        Signal { signal: Bare::new_signal(name), object }
    }

    #[track_caller]
    fn wait<'a, T: Content>(signal: &Signal, guard: Self::Guard<'a, T>) -> Self::Guard<'a, T> {
        signal.object.record(What::Sleeps, 0);
        let guard = Bare::wait(&signal.signal, guard);
        signal.object.record(What::Woken, 0);
        guard
    }

    #[track_caller]
    fn wait_for<'a, T: Content>(
        signal: &Signal,
        guard: Self::Guard<'a, T>,
        time: Duration,
    ) -> (Self::Guard<'a, T>, bool) {
        signal.object.record(What::Sleeps, 0);
        let woken = Bare::wait_for(&signal.signal, guard, time);
        signal.object.record(What::Woken, 0);
        woken
    }

    #[track_caller]
    fn notify_one(signal: &Signal) {
        let before = ticks();
        if signal.signal.notify_one() {
            signal.object.record_at(before, What::Notified, 1);
        }
    }

    #[track_caller]
    fn notify_all(signal: &Signal) {
        let before = ticks();
        let woken = signal.signal.notify_all();
        if woken > 0 {
            signal.object.record_at(before, What::Notified, woken as u64);
        }
    }

    fn show(glimpse: &Self::Glimpse, n: usize) {
        Bare::show(glimpse, n);
    }

    fn linger(glimpse: &Self::Glimpse) {
        Bare::linger(glimpse);
    }

    #[track_caller]
    fn spawn(name: String, f: impl FnOnce() + Send + 'static) -> io::Result<Thread> {
        let lane = current().map(|recording| recording.lane(name.clone()));
        let number = lane.as_ref().map(|lane| lane.number() as u64);
        if let Some(number) = number {
            Object::NONE.record(What::Spawned, number);
        }
        let recorded = move || {
            let _in_lane = lane.as_ref().map(|lane| lane.enter());
            f();
        };
        Ok(Thread { thread: Bare::spawn(name, recorded)?, lane: number })
    }

    #[track_caller]
    fn join(thread: Thread) {
        if let Some(lane) = thread.lane {
            Object::NONE.record(What::Joins, lane);
        }
        Bare::join(thread.thread);
        if let Some(lane) = thread.lane {
            Object::NONE.record(What::Joined, lane);
        }
    }

    fn catch_unwind<R>(f: impl FnOnce() -> R) -> Result<R, Box<dyn Any + Send>> {
        Bare::catch_unwind(f)
    }

    fn call<T: 'static, R: Content>(value: T, body: impl Fn(T) -> R + Sync) -> R {
        Bare::call(value, body)
    }

    fn retry<R>(body: impl Fn() -> Option<R> + Sync) -> R {
        Bare::retry(body)
    }
}
