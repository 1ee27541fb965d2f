//! Atomics: `std::sync::atomic`, with names for the traces.
//!
//! In the model every operation is one step and memory is sequentially consistent, whatever the
//! ordering says; on real threads the ordering is the one that was asked for.

use std::borrow::Cow;
use std::fmt;
use std::panic::Location;
pub use std::sync::atomic::Ordering;
use std::sync::atomic::{
    AtomicBool as RealBool, AtomicU32 as RealU32, AtomicU64 as RealU64, AtomicUsize as RealUsize,
};

use crate::world::model::context;
use crate::world::model::ids::{FAILED, Slot};
use crate::world::model::op::{Change, Pending};
use crate::world::model::tables::{Kind, Place};
use crate::world::real;
use crate::world::traced::{self, Object, ObjectKind, What};

/// Where the value lives.
enum Home<R> {
    Real(R, Object),
    Model(Slot),
}

/// A type that fits a word of the model.
trait Word: Copy {
    const KIND: Kind;
    const MASK: u64;
    fn to_word(self) -> u64;
    fn from_word(word: u64) -> Self;
}

impl Word for bool {
    const KIND: Kind = Kind::Bool;
    const MASK: u64 = 1;
    fn to_word(self) -> u64 {
        self.into()
    }
    fn from_word(word: u64) -> Self {
        word != 0
    }
}

impl Word for u32 {
    const KIND: Kind = Kind::Number;
    const MASK: u64 = u32::MAX as u64;
    fn to_word(self) -> u64 {
        self.into()
    }
    fn from_word(word: u64) -> Self {
        Self::try_from(word).expect("words of this type were made from it")
    }
}

impl Word for u64 {
    const KIND: Kind = Kind::Number;
    const MASK: u64 = u64::MAX;
    fn to_word(self) -> u64 {
        self
    }
    fn from_word(word: u64) -> Self {
        word
    }
}

impl Word for usize {
    const KIND: Kind = Kind::Number;
    const MASK: u64 = usize::MAX as u64;
    fn to_word(self) -> u64 {
        self as u64
    }
    fn from_word(word: u64) -> Self {
        Self::try_from(word).expect("words of this type were made from it")
    }
}

/// Makes an object of the model if the model is running, and a real one otherwise.
fn home<R, W: Word>(real: fn(W) -> R, name: Option<&Cow<'static, str>>, value: W) -> Home<R> {
    match context::current() {
        Some(model) => Home::Model(model.make(W::KIND, name, value.to_word())),
        None => Home::Real(real(value), known(name)),
    }
}

/// What recordings know an atomic as.
#[inline]
fn known(name: Option<&Cow<'static, str>>) -> Object {
    if !traced::is_on() {
        return Object::NONE;
    }
    Object::new(&real::name(name.cloned(), "atomic"), ObjectKind::Atomic)
}

/// Does an operation in the model.
fn perform<W: Word>(pending: &Pending, place: Place) -> W {
    W::from_word(context::perform(pending, place) & W::MASK)
}

/// Compares and exchanges in the model.
fn exchange<W: Word>(object: Slot, current: W, new: W, weak: bool, place: Place) -> Result<W, W> {
    let (expected, new) = (current.to_word(), new.to_word());
    let pending = Pending::CompareExchange { object, expected, new, weak };
    match context::perform(&pending, place) {
        FAILED if weak => Err(current),
        old if old == expected => Ok(current),
        old => Err(W::from_word(old & W::MASK)),
    }
}

/// A step of a program that `retry` watches must be seen, or it might take work for waiting.
fn note() {
    if real::in_retry() {
        real::note_operation();
    }
}

/// Records what a compare-and-exchange found.
#[inline]
fn exchanged<W: Word>(traced: Object, found: Result<W, W>, place: Place) {
    match found {
        Ok(old) => traced.did_again(What::Modified, old.to_word(), place),
        Err(other) => traced.did_again(What::NotExchanged, other.to_word(), place),
    }
}

macro_rules! modify {
    ($type:ty, $change:ident, $method:ident, $doc:literal) => {
        #[doc = $doc]
        #[doc = "\n\nReturns the old value."]
        #[track_caller]
        pub fn $method(&self, value: $type, order: Ordering) -> $type {
            match &self.home {
                Home::Real(real, traced) => {
                    note();
                    let old = real.$method(value, order);
                    traced.did_again(What::Modified, old.to_word(), Location::caller());
                    old
                }
                Home::Model(object) => self.modify(*object, Change::$change, value),
            }
        }
    };
}

macro_rules! atomic {
    (
        $(#[$doc_of_type:meta])*
        $name:ident, $real:ident, $type:ty,
        { $($change:ident $method:ident $doc:literal;)* }
    ) => {
        $(#[$doc_of_type])*
        pub struct $name {
            home: Home<$real>,
        }

        impl $name {
            /// Makes an atomic without a name.
            pub fn new(value: $type) -> Self {
                Self { home: home($real::new, None, value) }
            }

            /// Makes an atomic with a name, for traces and tables.
            pub fn named(name: impl Into<Cow<'static, str>>, value: $type) -> Self {
                Self { home: home($real::new, Some(&name.into()), value) }
            }

            /// Returns the value.
            #[track_caller]
            pub fn load(&self, order: Ordering) -> $type {
                match &self.home {
                    Home::Real(real, traced) => {
                        note();
                        let value = real.load(order);
                        traced.did_again(What::Loaded, value.to_word(), Location::caller());
                        value
                    }
                    Home::Model(object) => perform(&Pending::Load(*object), Location::caller()),
                }
            }

            /// Replaces the value.
            #[track_caller]
            pub fn store(&self, value: $type, order: Ordering) {
                match &self.home {
                    Home::Real(real, traced) => {
                        note();
                        traced.did_again(What::Stored, value.to_word(), Location::caller());
                        real.store(value, order);
                    }
                    Home::Model(object) => {
                        let pending = Pending::Store(*object, value.to_word());
                        perform::<$type>(&pending, Location::caller());
                    }
                }
            }

            modify!($type, Swap, swap, "Replaces the value.");
            $(modify!($type, $change, $method, $doc);)*

            /// Replaces the value by `new` if it is `current`.
            ///
            /// # Errors
            /// The value, if it is another.
            #[track_caller]
            pub fn compare_exchange(
                &self,
                current: $type,
                new: $type,
                success: Ordering,
                failure: Ordering,
            ) -> Result<$type, $type> {
                match &self.home {
                    Home::Real(real, traced) => {
                        note();
                        let old = real.compare_exchange(current, new, success, failure);
                        exchanged(*traced, old, Location::caller());
                        old
                    }
                    Home::Model(object) => {
                        exchange(*object, current, new, false, Location::caller())
                    }
                }
            }

            /// The same, but it may fail though the value is `current`: on real hardware, and in
            /// the model as often as [`ModelSettings`](crate::settings::ModelSettings) says.
            ///
            /// # Errors
            /// The value, if it was not replaced.
            #[track_caller]
            pub fn compare_exchange_weak(
                &self,
                current: $type,
                new: $type,
                success: Ordering,
                failure: Ordering,
            ) -> Result<$type, $type> {
                match &self.home {
                    Home::Real(real, traced) => {
                        note();
                        let old = real.compare_exchange_weak(current, new, success, failure);
                        exchanged(*traced, old, Location::caller());
                        old
                    }
                    Home::Model(object) => {
                        exchange(*object, current, new, true, Location::caller())
                    }
                }
            }

            /// Replaces the value by `f` of it, as often as it takes: a load, then
            /// `compare_exchange_weak` until it succeeds.
            ///
            /// # Errors
            /// The value, if `f` returns nothing.
            #[track_caller]
            pub fn fetch_update(
                &self,
                set_order: Ordering,
                fetch_order: Ordering,
                mut f: impl FnMut($type) -> Option<$type>,
            ) -> Result<$type, $type> {
                let mut old = self.load(fetch_order);
                while let Some(new) = f(old) {
                    match self.compare_exchange_weak(old, new, set_order, fetch_order) {
                        Ok(old) => return Ok(old),
                        Err(now) => old = now,
                    }
                }
                Err(old)
            }

            /// Returns the value; nobody else can reach it any more, so this is no step.
            #[track_caller]
            pub fn into_inner(self) -> $type {
                match self.home {
                    Home::Real(real, _) => real.into_inner(),
                    Home::Model(object) => perform(&Pending::Take(object), Location::caller()),
                }
            }

            #[track_caller]
            fn modify(&self, object: Slot, change: Change, operand: $type) -> $type {
                let operand = operand.to_word();
                let pending =
                    Pending::Modify { object, change, operand, mask: <$type as Word>::MASK };
                perform(&pending, Location::caller())
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self::new(<$type>::default())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match &self.home {
                    Home::Real(real, _) => real.fmt(f),
                    // Looking at the value would be a step.
                    Home::Model(_) => f.write_str(stringify!($name)),
                }
            }
        }
    };
}

atomic!(
    /// An atomic `bool`: see [`std::sync::atomic::AtomicBool`].
    AtomicBool, RealBool, bool, {
    And fetch_and "Logical and.";
    Or fetch_or "Logical or.";
    Xor fetch_xor "Logical exclusive or.";
});
atomic!(
    /// An atomic `u32`: see [`std::sync::atomic::AtomicU32`].
    AtomicU32, RealU32, u32, {
    Add fetch_add "Adds, wrapping around.";
    Sub fetch_sub "Subtracts, wrapping around.";
    And fetch_and "Bitwise and.";
    Or fetch_or "Bitwise or.";
    Xor fetch_xor "Bitwise exclusive or.";
    Max fetch_max "Maximum.";
    Min fetch_min "Minimum.";
});
atomic!(
    /// An atomic `u64`: see [`std::sync::atomic::AtomicU64`].
    AtomicU64, RealU64, u64, {
    Add fetch_add "Adds, wrapping around.";
    Sub fetch_sub "Subtracts, wrapping around.";
    And fetch_and "Bitwise and.";
    Or fetch_or "Bitwise or.";
    Xor fetch_xor "Bitwise exclusive or.";
    Max fetch_max "Maximum.";
    Min fetch_min "Minimum.";
});
atomic!(
    /// An atomic `usize`: see [`std::sync::atomic::AtomicUsize`].
    AtomicUsize, RealUsize, usize, {
    Add fetch_add "Adds, wrapping around.";
    Sub fetch_sub "Subtracts, wrapping around.";
    And fetch_and "Bitwise and.";
    Or fetch_or "Bitwise or.";
    Xor fetch_xor "Bitwise exclusive or.";
    Max fetch_max "Maximum.";
    Min fetch_min "Minimum.";
});

impl AtomicU32 {
    /// Where it lives in the model, if it does.
    pub(super) fn slot(&self) -> Option<Slot> {
        match &self.home {
            Home::Real(..) => None,
            Home::Model(object) => Some(*object),
        }
    }
}
