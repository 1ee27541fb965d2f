//! A counting semaphore: so many permits, and whoever takes one may be another than who gives it.

use std::borrow::Cow;
use std::fmt;
use std::panic::Location;

use super::{Condvar, Mutex};
use crate::report::Wait;
use crate::world::model::context::{self, perform_on};
use crate::world::model::ids::{Slot, WOULD_BLOCK};
use crate::world::model::objects::semaphore::SemaphoreOp;
use crate::world::model::tables::Kind;
use crate::world::real;
use crate::world::traced::{Object, ObjectKind, What};

/// So many permits; a thread that finds none waits until one is given back.
///
/// It has no owner: a thread may release what it never acquired. In the model a release wakes
/// nobody in particular: any waiting thread may take the permit.
pub struct Semaphore {
    home: Home,
}

enum Home {
    Real { free: Mutex<u64>, given_back: Condvar, traced: Object },
    Model(Slot),
}

impl Semaphore {
    /// Makes a semaphore without a name.
    pub fn new(permits: u32) -> Self {
        Self::with_name(None, permits)
    }

    /// Makes a semaphore with a name, for traces and tables.
    pub fn named(name: impl Into<Cow<'static, str>>, permits: u32) -> Self {
        Self::with_name(Some(name.into()), permits)
    }

    fn with_name(name: Option<Cow<'static, str>>, permits: u32) -> Self {
        let home = if let Some(model) = context::current() {
            Home::Model(model.make(Kind::Semaphore, name.as_ref(), permits.into()))
        } else {
            let name = real::name(name, "semaphore");
            let given_back = Condvar::part_of(&name, Wait::Semaphore);
            let traced = Object::new(&name, ObjectKind::Semaphore);
            Home::Real { free: Mutex::part_of(&name, permits.into()), given_back, traced }
        };
        Self { home }
    }

    /// Takes a permit; waits while there is none.
    #[track_caller]
    pub fn acquire(&self) {
        match &self.home {
            Home::Real { free, given_back, traced } => {
                let place = Location::caller();
                let mut free = free.lock();
                if *free == 0 {
                    traced.wants(place);
                }
                while *free == 0 {
                    free = given_back.wait(free);
                }
                *free -= 1;
                traced.got(What::Got, place);
            }
            Home::Model(object) => {
                perform_on(*object, SemaphoreOp::Acquire, Location::caller());
            }
        }
    }

    /// Takes a permit if there is one, and says whether it did.
    #[track_caller]
    pub fn try_acquire(&self) -> bool {
        match &self.home {
            Home::Real { free, traced, .. } => {
                let mut free = free.lock();
                let taken = *free > 0;
                *free -= u64::from(taken);
                let what = if taken { What::Got } else { What::Refused };
                traced.did_again(what, 0, Location::caller());
                taken
            }
            Home::Model(object) => {
                perform_on(*object, SemaphoreOp::TryAcquire, Location::caller()) != WOULD_BLOCK
            }
        }
    }

    /// Gives a permit back, or a new one.
    #[track_caller]
    pub fn release(&self) {
        match &self.home {
            Home::Real { free, given_back, traced } => {
                let mut free = free.lock();
                traced.did(What::Gave, 0, Location::caller());
                *free += 1;
                drop(free);
                given_back.notify_one();
            }
            Home::Model(object) => {
                perform_on(*object, SemaphoreOp::Release(1), Location::caller());
            }
        }
    }
}

impl fmt::Debug for Semaphore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Semaphore").finish_non_exhaustive()
    }
}
