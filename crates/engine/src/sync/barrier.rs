//! The barrier: `std::sync::Barrier`, with a name.

use std::borrow::Cow;
use std::fmt;
use std::panic::Location;

use super::{Condvar, Mutex};
use crate::report::Wait;
use crate::world::model::context::{self, perform_on};
use crate::world::model::ids::{Slot, WOULD_BLOCK};
use crate::world::model::objects::barrier::BarrierOp;
use crate::world::model::tables::Kind;
use crate::world::real;
use crate::world::traced::{Object, ObjectKind, What};

/// Lets nobody through until so many threads have come; then it closes for the next round.
///
/// In the model coming is a step and passing is none.
pub struct Barrier {
    n: u32,
    home: Home,
}

enum Home {
    Real { state: Mutex<Round>, opened: Condvar, traced: Object },
    Model(Slot),
}

#[derive(Clone, Copy, Debug, Hash)]
struct Round {
    number: u64,
    arrived: u32,
}

impl Barrier {
    /// Makes a barrier for `n` threads, without a name.
    pub fn new(n: u32) -> Self {
        Self::with_name(None, n)
    }

    /// Makes a barrier with a name, for traces and tables.
    pub fn named(name: impl Into<Cow<'static, str>>, n: u32) -> Self {
        Self::with_name(Some(name.into()), n)
    }

    fn with_name(name: Option<Cow<'static, str>>, n: u32) -> Self {
        let home = if let Some(model) = context::current() {
            Home::Model(model.make(Kind::Barrier, name.as_ref(), 0))
        } else {
            let name = real::name(name, "barrier");
            let opened = Condvar::part_of(&name, Wait::Barrier);
            let state = Mutex::part_of(&name, Round { number: 0, arrived: 0 });
            Home::Real { state, opened, traced: Object::new(&name, ObjectKind::Barrier) }
        };
        // A barrier for nobody opens for the first who comes, as std's does.
        Self { n: n.max(1), home }
    }

    /// Waits for the others; true for the one thread that comes last and opens the barrier.
    #[track_caller]
    pub fn wait(&self) -> bool {
        match &self.home {
            Home::Real { state, opened, traced } => self.wait_really(state, opened, *traced),
            Home::Model(object) => self.wait_modelled(*object),
        }
    }

    #[track_caller]
    fn wait_really(&self, state: &Mutex<Round>, opened: &Condvar, traced: Object) -> bool {
        let place = Location::caller();
        let mut round = state.lock();
        traced.did(What::Arrived, 0, place);
        round.arrived += 1;
        if round.arrived == self.n {
            *round = Round { number: round.number + 1, arrived: 0 };
            traced.did(What::Passed, 0, place);
            drop(round);
            opened.notify_all();
            return true;
        }
        let number = round.number;
        while round.number == number {
            round = opened.wait(round);
        }
        traced.got(What::Passed, place);
        false
    }

    #[track_caller]
    fn wait_modelled(&self, object: Slot) -> bool {
        let place = Location::caller();
        let result = perform_on(object, BarrierOp::Arrive(self.n), place);
        if result & WOULD_BLOCK != 0 {
            return true;
        }
        let round = u32::try_from(result).expect("rounds have 32 bits");
        perform_on(object, BarrierOp::Pass(round), place);
        false
    }
}

impl fmt::Debug for Barrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Barrier").field("n", &self.n).finish_non_exhaustive()
    }
}
