//! A condition variable of the real world: a queue of sleepers, woken first come, first served.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::panic::Location;
use std::sync::Arc;
use std::thread;

use parking_lot::Mutex;

use super::context::{Me, me};
use super::lock::Lock;
use super::monitor::{Line, Sleeper, WaitFor};

/// Threads that sleep until somebody notifies them.
#[derive(Debug)]
pub(crate) struct Signal {
    sleepers: Mutex<VecDeque<Arc<Sleeper>>>,
    name: Arc<str>,
}

impl Signal {
    /// Makes one where nobody sleeps. Unnamed ones are `condvar 1`, `condvar 2`, … in the order
    /// of their creation in the run.
    pub(crate) fn new(name: Option<Cow<'static, str>>) -> Self {
        let unnamed = || me().map_or("condvar".into(), |me| me.next_signal_name());
        let name = name.map_or_else(unnamed, |name| Arc::from(&*name));
        Self { sleepers: Mutex::default(), name }
    }

    /// Gives `lock` back, sleeps until notified, and takes `lock` again.
    ///
    /// If the run is aborted this unwinds without the lock; the guard that is dropped then calls
    /// [`Lock::unlock`], which knows.
    pub(crate) fn wait(&self, lock: &Lock, at: &'static Location<'static>) {
        let me = me();
        if let Some(me) = &me {
            me.check();
            me.operation();
        }
        let sleeper = Arc::new(Sleeper::new());
        // We are in the queue before the lock is free: who takes it now and notifies, finds us.
        self.sleepers.lock().push_back(Arc::clone(&sleeper));
        lock.unlock();
        while !sleeper.is_notified() && !me.as_ref().is_some_and(|me| me.run.is_aborted()) {
            self.sleep(me.as_deref(), &sleeper, at);
        }
        if me.is_some_and(|me| me.run.is_aborted()) {
            self.withdraw(&sleeper);
        }
        // Unwinds if the run is aborted (in a `Drop` it looks like a wake-up for no reason).
        lock.lock(at);
    }

    fn sleep(&self, me: Option<&Me>, sleeper: &Arc<Sleeper>, at: Line) {
        match me {
            None => thread::park(),
            Some(me) => {
                let (name, sleeper) = (Arc::clone(&self.name), Arc::clone(sleeper));
                me.sleep(WaitFor::Signal { name, at, sleeper });
            }
        }
    }

    fn withdraw(&self, sleeper: &Arc<Sleeper>) {
        self.sleepers.lock().retain(|other| !Arc::ptr_eq(other, sleeper));
    }

    /// Wakes the thread that has slept longest, if there is one.
    pub(crate) fn notify_one(&self) {
        note();
        let first = self.sleepers.lock().pop_front();
        if let Some(sleeper) = first {
            sleeper.notify();
        }
    }

    /// Wakes every thread that sleeps here now.
    pub(crate) fn notify_all(&self) {
        note();
        let all = std::mem::take(&mut *self.sleepers.lock());
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
