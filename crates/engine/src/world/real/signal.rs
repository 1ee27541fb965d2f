//! A condition variable of the real world: a queue of sleepers, woken first come, first served.
//!
//! Semaphores, reader-writer locks, barriers and channels of the real world are a mutex and one of
//! these; who sleeps in it is told as waiting for the whole, as the model tells it.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::panic::Location;
use std::sync::Arc;
use std::thread;

use parking_lot::Mutex;

use crate::report::Wait;
use crate::world::traced::{self, Object, ObjectKind, What};

use super::context::{self, Me, me};
use super::lock::Lock;
use super::monitor::{Asleep, Line, Member, Sleeper, WaitFor};

/// Threads that sleep until somebody notifies them.
#[derive(Debug)]
pub(crate) struct Signal {
    sleepers: Mutex<VecDeque<Arc<Sleeper>>>,
    name: Arc<str>,
    how: Wait,
    /// What recordings know it as; nothing if it is part of another object.
    traced: Object,
}

impl Signal {
    /// Makes one where nobody sleeps.
    pub(crate) fn new(name: Option<Cow<'static, str>>) -> Self {
        let name = context::name(name, "condvar");
        let traced = Object::new(&name, ObjectKind::Condvar);
        Self { traced, ..Self::part_of(&name, Wait::Condvar) }
    }

    /// Makes the part of another object where threads sleep; `how` they wait is what reports say.
    pub(crate) fn part_of(name: &str, how: Wait) -> Self {
        Self { sleepers: Mutex::default(), name: name.into(), how, traced: Object::NONE }
    }

    /// Gives `lock` back, sleeps until notified, and takes `lock` again. `holder` has what the
    /// thread waits for, if that is anybody, and notifies when that changes.
    ///
    /// If the run is aborted this unwinds without the lock; the guard that is dropped then calls
    /// [`Lock::unlock`], which knows.
    pub(crate) fn wait(&self, lock: &Lock, holder: Option<Member>, at: &'static Location<'static>) {
        let me = me();
        if let Some(me) = &me {
            me.check();
            me.operation();
        }
        let sleeper = Arc::new(Sleeper::new());
        self.traced.did(What::Sleeps, 0, at);
        // We are in the queue before the lock is free: who takes it now and notifies, finds us.
        self.sleepers.lock().push_back(Arc::clone(&sleeper));
        lock.unlock(at);
        while !sleeper.is_notified() && !me.as_ref().is_some_and(|me| me.run.is_aborted()) {
            self.sleep(me.as_deref(), &sleeper, holder, at);
        }
        if me.is_some_and(|me| me.run.is_aborted()) {
            self.withdraw(&sleeper);
        }
        traced::woken_by(sleeper.notified_by());
        self.traced.did(What::Woken, sleeper.notified_by(), at);
        // Unwinds if the run is aborted (in a `Drop` it looks like a wake-up for no reason).
        lock.lock(at);
    }

    fn sleep(&self, me: Option<&Me>, sleeper: &Arc<Sleeper>, holder: Option<Member>, at: Line) {
        match me {
            None => thread::park(),
            Some(me) => {
                let (name, how, sleeper) = (Arc::clone(&self.name), self.how, Arc::clone(sleeper));
                // A thread of another run is none that this run's monitor knows.
                let holder = holder.filter(|holder| holder.run == me.run.number);
                let holder = holder.map(|holder| holder.idx);
                me.sleep(WaitFor::Signal(Asleep { name, how, at, holder, sleeper }));
            }
        }
    }

    fn withdraw(&self, sleeper: &Arc<Sleeper>) {
        self.sleepers.lock().retain(|other| !Arc::ptr_eq(other, sleeper));
    }

    /// Wakes the thread that has slept longest, if there is one.
    pub(crate) fn notify_one(&self, at: Line) {
        note();
        let mut sleepers = self.sleepers.lock();
        let first = sleepers.pop_front();
        self.traced.did(What::Notified, first.iter().len() as u64, at);
        drop(sleepers);
        if let Some(sleeper) = first {
            sleeper.notify();
        }
    }

    /// Wakes every thread that sleeps here now.
    pub(crate) fn notify_all(&self, at: Line) {
        note();
        let mut sleepers = self.sleepers.lock();
        let all = std::mem::take(&mut *sleepers);
        self.traced.did(What::Notified, all.len() as u64, at);
        drop(sleepers);
        for sleeper in all {
            sleeper.notify();
        }
    }
}

fn note() {
    if let Some(me) = me() {
        me.check();
        me.operation();
    }
}
