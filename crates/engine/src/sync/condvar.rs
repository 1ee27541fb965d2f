//! The condition variable: `std::sync::Condvar`, with a name.

use std::borrow::Cow;
use std::fmt;
use std::panic::Location;

use super::mutex::{Home as MutexHome, MutexGuard};
use crate::report::Wait;
use crate::world::model::context::{self, perform};
use crate::world::model::ids::Slot;
use crate::world::model::op::Pending;
use crate::world::model::tables::Kind;
use crate::world::real;

/// Lets threads sleep until others tell them that something may have changed.
///
/// In the model `notify_one` wakes any one of the waiting threads: each is a branch of its own.
/// Spurious wake-ups happen there only if the exploration asks for them.
pub struct Condvar {
    home: Home,
}

enum Home {
    Real(real::Signal),
    Model(Slot),
}

impl Condvar {
    /// Makes a condition variable without a name.
    pub fn new() -> Self {
        Self::with_name(None)
    }

    /// Makes a condition variable with a name, for traces and tables.
    pub fn named(name: impl Into<Cow<'static, str>>) -> Self {
        Self::with_name(Some(name.into()))
    }

    fn with_name(name: Option<Cow<'static, str>>) -> Self {
        let home = match context::current() {
            Some(model) => Home::Model(model.make(Kind::Condvar, name.as_ref(), 0)),
            None => Home::Real(real::Signal::new(name)),
        };
        Self { home }
    }

    /// Makes the part of another object of the real world where threads sleep; that object has
    /// this name, and reports say that they wait like this.
    pub(super) fn part_of(name: &str, how: Wait) -> Self {
        Self { home: Home::Real(real::Signal::part_of(name, how)) }
    }

    /// Gives the mutex back and sleeps, in one step; takes the mutex again once woken.
    ///
    /// # Panics
    /// If the guard's mutex and this belong to different worlds.
    #[track_caller]
    pub fn wait<'a, T>(&self, guard: MutexGuard<'a, T>) -> MutexGuard<'a, T> {
        self.wait_for(None, guard)
    }

    /// The same, where it is known which thread has what the caller waits for.
    #[track_caller]
    pub(super) fn wait_for<'a, T>(
        &self,
        holder: Option<real::Member>,
        guard: MutexGuard<'a, T>,
    ) -> MutexGuard<'a, T> {
        let place = Location::caller();
        match (&self.home, &guard.mutex.home) {
            (Home::Real(signal), MutexHome::Real(lock)) => signal.wait(lock, holder, place),
            (Home::Model(condvar), MutexHome::Model(mutex)) => {
                let model = context::current().expect("objects of the model are used inside it");
                if !model.is_unwinding() {
                    let (condvar, mutex) = (*condvar, *mutex);
                    let data = guard.number(&model);
                    model.perform(&Pending::Wait { condvar, mutex, data }, place);
                    model.perform(&Pending::Relock { condvar, mutex }, place);
                }
            }
            _ => panic!("a condition variable and a mutex of different worlds"),
        }
        guard
    }

    /// Waits as long as `condition` holds of the data.
    #[track_caller]
    pub fn wait_while<'a, T>(
        &self,
        mut guard: MutexGuard<'a, T>,
        mut condition: impl FnMut(&mut T) -> bool,
    ) -> MutexGuard<'a, T> {
        while condition(&mut guard) {
            guard = self.wait(guard);
        }
        guard
    }

    /// Wakes one waiting thread, if there is one.
    #[track_caller]
    pub fn notify_one(&self) {
        match &self.home {
            Home::Real(signal) => signal.notify_one(Location::caller()),
            Home::Model(condvar) => {
                perform(&Pending::NotifyOne(*condvar), Location::caller());
            }
        }
    }

    /// Wakes every waiting thread.
    #[track_caller]
    pub fn notify_all(&self) {
        match &self.home {
            Home::Real(signal) => signal.notify_all(Location::caller()),
            Home::Model(condvar) => {
                perform(&Pending::NotifyAll(*condvar), Location::caller());
            }
        }
    }
}

impl Default for Condvar {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Condvar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Condvar").finish_non_exhaustive()
    }
}
