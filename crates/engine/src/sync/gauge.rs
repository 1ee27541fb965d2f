//! A gauge: how many are inside, and how many ever were at once.

use std::borrow::Cow;
use std::fmt;
use std::panic::Location;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;

use crate::world::model::context::{self, perform, perform_on};
use crate::world::model::ids::Slot;
use crate::world::model::objects::gauge::{GaugeOp, GaugeWord};
use crate::world::model::op::Pending;
use crate::world::model::tables::Kind;
use crate::world::traced::{Object, ObjectKind, What};

/// Counts threads in and out, and remembers the most that were inside at once.
///
/// It lets everyone in: it is what a lab *measures* a lock or a semaphore with, and orders nothing
/// among threads. In the model going in is one step, and going out is one.
pub struct Gauge {
    home: Home,
}

enum Home {
    Real { inside: AtomicU64, most: AtomicU64, traced: Object },
    Model(Slot),
}

impl Gauge {
    /// Makes a gauge with a name, for traces and tables.
    pub fn named(name: impl Into<Cow<'static, str>>) -> Self {
        let name = name.into();
        let home = if let Some(model) = context::current() {
            Home::Model(model.make(Kind::Gauge, Some(&name), 0))
        } else {
            let traced = Object::new(&name, ObjectKind::Gauge);
            Home::Real { inside: AtomicU64::new(0), most: AtomicU64::new(0), traced }
        };
        Self { home }
    }

    /// Goes in.
    #[track_caller]
    pub fn enter(&self) {
        match &self.home {
            Home::Real { inside, most, traced } => {
                // Relaxed, both: they count, and announce no other data.
                let now = inside.fetch_add(1, Relaxed) + 1;
                most.fetch_max(now, Relaxed);
                traced.did(What::Got, 0, Location::caller());
            }
            Home::Model(object) => {
                perform_on(*object, GaugeOp::Enter, Location::caller());
            }
        }
    }

    /// Goes out. Who goes out must have gone in.
    #[track_caller]
    pub fn leave(&self) {
        match &self.home {
            Home::Real { inside, traced, .. } => {
                traced.did(What::Gave, 0, Location::caller());
                // Relaxed: as above.
                inside.fetch_sub(1, Relaxed);
            }
            Home::Model(object) => {
                perform_on(*object, GaugeOp::Leave, Location::caller());
            }
        }
    }

    /// Tells how many were ever inside at once. It is no step.
    #[track_caller]
    pub fn into_most(self) -> u64 {
        match self.home {
            Home::Real { most, .. } => most.into_inner(),
            Home::Model(object) => {
                let word = perform(&Pending::Take(object), Location::caller());
                GaugeWord::read(word).most.into()
            }
        }
    }
}

impl fmt::Debug for Gauge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gauge").finish_non_exhaustive()
    }
}
