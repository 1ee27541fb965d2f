//! Sleeping on an atomic: what locks are made of that neither spin nor use a finished lock.
//!
//! It is the idea of Linux's futex: "sleep, unless the word has already changed" is one step, so
//! that no wake-up is lost between looking and sleeping.

use std::borrow::Cow;
use std::fmt;
use std::panic::Location;

use super::atomic::{AtomicU32, Ordering};
use super::{Condvar, Mutex};
use crate::report::Wait;
use crate::world::model::context::{self, perform, perform_on};
use crate::world::model::ids::Slot;
use crate::world::model::objects::sleepers::SleepersOp;
use crate::world::model::op::Pending;
use crate::world::model::tables::Kind;
use crate::world::real;
use crate::world::traced::{Object, ObjectKind, What};

/// The threads that sleep until somebody changes an atomic and wakes them.
pub struct Sleepers {
    home: Home,
}

enum Home {
    Real { bed: Mutex<()>, woken: Condvar, traced: Object },
    Model(Slot),
}

impl Sleepers {
    /// Makes a place to sleep, without a name.
    pub fn new() -> Self {
        Self::with_name(None)
    }

    /// Makes a place to sleep with a name, for wait-for graphs.
    pub fn named(name: impl Into<Cow<'static, str>>) -> Self {
        Self::with_name(Some(name.into()))
    }

    fn with_name(name: Option<Cow<'static, str>>) -> Self {
        let home = if let Some(model) = context::current() {
            Home::Model(model.make(Kind::Sleepers, name.as_ref(), 0))
        } else {
            let name = real::name(name, "sleepers");
            let woken = Condvar::part_of(&name, Wait::Sleep);
            let traced = Object::new(&name, ObjectKind::Sleepers);
            Home::Real { bed: Mutex::part_of(&name, ()), woken, traced }
        };
        Self { home }
    }

    /// Sleeps until woken, if `word` still has the value `expected`; returns at once otherwise.
    ///
    /// # Panics
    /// If the word and this belong to different worlds.
    #[track_caller]
    pub fn sleep_if(&self, word: &AtomicU32, expected: u32) {
        match &self.home {
            Home::Real { bed, woken, traced } => {
                let place = Location::caller();
                let guard = bed.lock();
                // SeqCst: whoever wakes has stored before it took `bed`, so this sees the store,
                // or the waker finds us asleep.
                if word.load(Ordering::SeqCst) == expected {
                    traced.did(What::Sleeps, 0, place);
                    drop(woken.wait(guard));
                    traced.got(What::Woken, place);
                }
            }
            Home::Model(sleepers) => {
                let place = Location::caller();
                let object = word.slot().expect("the word belongs to the model, too");
                let (sleepers, expected) = (*sleepers, expected.into());
                let sleep = Pending::Sleep { object, sleepers, expected };
                if perform(&sleep, place) != 0 {
                    perform_on(sleepers, SleepersOp::Doze, place);
                }
            }
        }
    }

    /// Wakes one of the sleeping threads, if there is one; in the model, any one.
    #[track_caller]
    pub fn wake_one(&self) {
        match &self.home {
            Home::Real { bed, woken, traced } => {
                drop(bed.lock());
                traced.did(What::Notified, 1, Location::caller());
                woken.notify_one();
            }
            Home::Model(sleepers) => {
                perform_on(*sleepers, SleepersOp::WakeOne, Location::caller());
            }
        }
    }

    /// Wakes all sleeping threads.
    #[track_caller]
    pub fn wake_all(&self) {
        match &self.home {
            Home::Real { bed, woken, traced } => {
                drop(bed.lock());
                traced.did(What::Notified, 1, Location::caller());
                woken.notify_all();
            }
            Home::Model(sleepers) => {
                perform_on(*sleepers, SleepersOp::WakeAll, Location::caller());
            }
        }
    }
}

impl Default for Sleepers {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Sleepers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sleepers").finish_non_exhaustive()
    }
}
