//! The mutex: `std::sync::Mutex`, with a name and without poisoning (as `parking_lot` has it).
#![expect(unsafe_code, reason = "a lock hands out references to what it protects")]

use std::borrow::Cow;
use std::cell::UnsafeCell;
use std::fmt::{self, Debug};
use std::hash::Hash;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::panic::Location;
use std::rc::Rc;

use crate::world::model::context::{self, Context, perform};
use crate::world::model::ids::{Slot, ValueId, WOULD_BLOCK};
use crate::world::model::op::Pending;
use crate::world::model::tables::Kind;
use crate::world::real;

/// A value that one thread at a time can reach.
///
/// The value is `Hash + Debug` because the explorer must compare and show it.
pub struct Mutex<T> {
    pub(super) home: Home,
    /// Numbers the data for the model.
    digest: fn(&Context, &T) -> ValueId,
    data: UnsafeCell<T>,
}

/// Where the lock lives.
pub(super) enum Home {
    Real(real::Lock),
    Model(Slot),
}

// SAFETY: the lock moves with its data, which is `Send`.
unsafe impl<T: Send> Send for Mutex<T> {}

// SAFETY: `data` is reached only through a guard or by value, and the lock, of either world,
// lets one guard at a time exist; so sharing the mutex only moves the data between threads.
unsafe impl<T: Send> Sync for Mutex<T> {}

impl<T: Hash + Debug> Mutex<T> {
    /// Makes a mutex without a name.
    pub fn new(data: T) -> Self {
        Self::with_name(None, data)
    }

    /// Makes a mutex with a name, for traces, tables and wait-for graphs.
    pub fn named(name: impl Into<Cow<'static, str>>, data: T) -> Self {
        Self::with_name(Some(name.into()), data)
    }

    fn with_name(name: Option<Cow<'static, str>>, data: T) -> Self {
        let home = match context::current() {
            Some(model) => {
                let value = model.intern(&data);
                Home::Model(model.make(Kind::Mutex, name.as_ref(), value.into()))
            }
            None => Home::Real(real::Lock::new(name)),
        };
        Self { home, digest: Context::intern, data: UnsafeCell::new(data) }
    }
}

impl<T: Hash + Debug> Mutex<T> {
    /// Makes the mutex of another object of the real world, which has this name.
    pub(super) fn part_of(name: &str, data: T) -> Self {
        let home = Home::Real(real::Lock::part_of(name));
        Self { home, digest: Context::intern, data: UnsafeCell::new(data) }
    }
}

impl<T> Mutex<T> {
    /// Waits until nobody holds the mutex, and takes it.
    #[track_caller]
    pub fn lock(&self) -> MutexGuard<'_, T> {
        match &self.home {
            Home::Real(lock) => lock.lock(Location::caller()),
            Home::Model(mutex) => {
                perform(&Pending::Lock(*mutex), Location::caller());
            }
        }
        MutexGuard { mutex: self, not_send: PhantomData }
    }

    /// Takes the mutex if nobody holds it.
    #[track_caller]
    pub fn try_lock(&self) -> Option<MutexGuard<'_, T>> {
        let taken = match &self.home {
            Home::Real(lock) => lock.try_lock(Location::caller()),
            Home::Model(mutex) => {
                perform(&Pending::TryLock(*mutex), Location::caller()) != WOULD_BLOCK
            }
        };
        // Not `then_some`: a guard that is made is a guard that gives the mutex back.
        taken.then(|| MutexGuard { mutex: self, not_send: PhantomData })
    }

    /// Returns the data; nobody else can reach it any more, so this is no step.
    #[track_caller]
    pub fn into_inner(self) -> T {
        if let Home::Model(mutex) = self.home {
            perform(&Pending::Take(mutex), Location::caller());
        }
        self.data.into_inner()
    }

    /// The number of the data, for a thread of the model that holds the mutex.
    fn number(&self, model: &Rc<Context>) -> ValueId {
        // SAFETY: the caller holds the mutex, and its guard is borrowed for this call.
        (self.digest)(model, unsafe { &*self.data.get() })
    }
}

impl<T> Debug for Mutex<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mutex").finish_non_exhaustive()
    }
}

/// A mutex that is held; dropping it gives the mutex back.
#[must_use = "a mutex whose guard is dropped at once protects nothing"]
pub struct MutexGuard<'a, T> {
    pub(super) mutex: &'a Mutex<T>,
    /// The thread that locked must unlock.
    not_send: PhantomData<*const ()>,
}

// SAFETY: a shared guard gives shared access to the data, and nothing else.
unsafe impl<T: Sync> Sync for MutexGuard<'_, T> {}

impl<T> MutexGuard<'_, T> {
    /// The number of the data that the guard protects.
    pub(super) fn number(&self, model: &Rc<Context>) -> ValueId {
        self.mutex.number(model)
    }
}

impl<T> Deref for MutexGuard<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        // SAFETY: this guard holds the mutex.
        unsafe { &*self.mutex.data.get() }
    }
}

impl<T> DerefMut for MutexGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: this guard holds the mutex and is borrowed mutably.
        unsafe { &mut *self.mutex.data.get() }
    }
}

impl<T> Drop for MutexGuard<'_, T> {
    #[track_caller]
    fn drop(&mut self) {
        match &self.mutex.home {
            Home::Real(lock) => lock.unlock(Location::caller()),
            Home::Model(mutex) => {
                let Some(model) = context::current() else { return };
                if !model.is_unwinding() {
                    let data = self.mutex.number(&model);
                    model.perform(&Pending::Unlock(*mutex, data), Location::caller());
                }
            }
        }
    }
}

impl<T: Debug> Debug for MutexGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}
