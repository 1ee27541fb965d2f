//! The reader-writer lock: `std::sync::RwLock`, with a name and without poisoning.
#![expect(unsafe_code, reason = "a lock hands out references to what it protects")]

use std::borrow::Cow;
use std::cell::UnsafeCell;
use std::fmt::{self, Debug};
use std::hash::Hash;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::panic::Location;

use super::{Condvar, Mutex};
use crate::report::Wait;
use crate::world::model::context::{self, Context, perform, perform_on};
use crate::world::model::ids::{Slot, ValueId, WOULD_BLOCK};
use crate::world::model::objects::rwlock::RwLockOp;
use crate::world::model::op::Pending;
use crate::world::model::tables::Kind;
use crate::world::real;
use crate::world::traced::{Object, ObjectKind, What};

/// A value that many threads may read at once, or one may change.
///
/// std leaves open who comes first where a writer waits and another reader comes. Real threads are
/// let in whenever no writer holds the lock; the model also holds them back where that makes a
/// difference, so a thread that reads twice beside a writer can hang.
pub struct RwLock<T> {
    home: Home,
    /// Numbers the data for the model.
    digest: fn(&Context, &T) -> ValueId,
    data: UnsafeCell<T>,
}

enum Home {
    Real { held: Mutex<Held>, given_back: Condvar, traced: Object },
    Model(Slot),
}

/// Who holds a lock of the real world.
#[derive(Clone, Copy, Debug, Hash)]
struct Held {
    readers: usize,
    writer: Option<Writer>,
}

/// The thread that holds a lock of the real world alone; nothing is known of one outside a run.
#[derive(Clone, Copy, Debug, Hash)]
struct Writer(Option<real::Member>);

impl Held {
    /// The thread to wait for, if it is one and known.
    fn holder(self) -> Option<real::Member> {
        self.writer?.0
    }

    fn is_free(self) -> bool {
        self.writer.is_none() && self.readers == 0
    }

    /// Lets the calling thread hold the lock alone.
    fn take(&mut self) {
        self.writer = Some(Writer(real::member()));
    }
}

// SAFETY: the lock moves with its data, which is `Send`.
unsafe impl<T: Send> Send for RwLock<T> {}

// SAFETY: the lock, of either world, lets many read guards exist or one write guard; the first
// share the data, which is `Sync`, and the other moves it between threads, which is `Send`.
unsafe impl<T: Send + Sync> Sync for RwLock<T> {}

impl<T: Hash + Debug> RwLock<T> {
    /// Makes a lock without a name.
    pub fn new(data: T) -> Self {
        Self::with_name(None, data)
    }

    /// Makes a lock with a name, for traces and tables.
    pub fn named(name: impl Into<Cow<'static, str>>, data: T) -> Self {
        Self::with_name(Some(name.into()), data)
    }

    fn with_name(name: Option<Cow<'static, str>>, data: T) -> Self {
        let home = if let Some(model) = context::current() {
            let value = model.intern(&data);
            Home::Model(model.make(Kind::RwLock, name.as_ref(), value.into()))
        } else {
            let name = real::name(name, "rwlock");
            let given_back = Condvar::part_of(&name, Wait::Lock);
            let held = Mutex::part_of(&name, Held { readers: 0, writer: None });
            Home::Real { held, given_back, traced: Object::new(&name, ObjectKind::RwLock) }
        };
        Self { home, digest: Context::intern, data: UnsafeCell::new(data) }
    }
}

impl<T> RwLock<T> {
    /// Waits until no writer holds the lock, and shares it.
    #[track_caller]
    pub fn read(&self) -> RwLockReadGuard<'_, T> {
        match &self.home {
            Home::Real { held, given_back, traced } => {
                let place = Location::caller();
                let mut held = held.lock();
                if held.writer.is_some() {
                    traced.wants(place);
                }
                while held.writer.is_some() {
                    held = given_back.wait_for(held.holder(), held);
                }
                held.readers += 1;
                traced.got(What::GotShared, place);
            }
            Home::Model(object) => {
                perform_on(*object, RwLockOp::Read, Location::caller());
            }
        }
        RwLockReadGuard { lock: self, not_send: PhantomData }
    }

    /// Waits until nobody holds the lock, and takes it.
    #[track_caller]
    pub fn write(&self) -> RwLockWriteGuard<'_, T> {
        match &self.home {
            Home::Real { held, given_back, traced } => {
                let place = Location::caller();
                let mut held = held.lock();
                if !held.is_free() {
                    traced.wants(place);
                }
                while !held.is_free() {
                    held = given_back.wait_for(held.holder(), held);
                }
                held.take();
                traced.got(What::Got, place);
            }
            Home::Model(object) => {
                perform_on(*object, RwLockOp::Write, Location::caller());
            }
        }
        RwLockWriteGuard { lock: self, not_send: PhantomData }
    }

    /// Shares the lock if no writer holds it.
    #[track_caller]
    pub fn try_read(&self) -> Option<RwLockReadGuard<'_, T>> {
        let taken = match &self.home {
            Home::Real { held, traced, .. } => {
                let mut held = held.lock();
                let free = held.writer.is_none();
                held.readers += usize::from(free);
                let what = if free { What::GotShared } else { What::Refused };
                traced.did_again(what, 0, Location::caller());
                free
            }
            Home::Model(object) => {
                perform_on(*object, RwLockOp::TryRead, Location::caller()) != WOULD_BLOCK
            }
        };
        // Not `then_some`: a guard that is made is a guard that gives the lock back.
        taken.then(|| RwLockReadGuard { lock: self, not_send: PhantomData })
    }

    /// Takes the lock if nobody holds it.
    #[track_caller]
    pub fn try_write(&self) -> Option<RwLockWriteGuard<'_, T>> {
        let taken = match &self.home {
            Home::Real { held, traced, .. } => {
                let mut held = held.lock();
                let free = held.is_free();
                if free {
                    held.take();
                }
                let what = if free { What::Got } else { What::Refused };
                traced.did_again(what, 0, Location::caller());
                free
            }
            Home::Model(object) => {
                perform_on(*object, RwLockOp::TryWrite, Location::caller()) != WOULD_BLOCK
            }
        };
        taken.then(|| RwLockWriteGuard { lock: self, not_send: PhantomData })
    }

    /// Returns the data; nobody else can reach it any more, so this is no step.
    #[track_caller]
    pub fn into_inner(self) -> T {
        if let Home::Model(object) = self.home {
            perform(&Pending::Take(object), Location::caller());
        }
        self.data.into_inner()
    }

    /// Gives a share, or the whole, back.
    #[track_caller]
    fn unlock(&self, writer: bool) {
        match &self.home {
            Home::Real { held, given_back, traced } => {
                let mut held = held.lock();
                traced.did(What::Gave, 0, Location::caller());
                if writer {
                    held.writer = None;
                } else {
                    held.readers -= 1;
                }
                drop(held);
                given_back.notify_all();
            }
            Home::Model(object) => {
                let Some(model) = context::current() else { return };
                if !model.is_unwinding() {
                    let what = if writer {
                        // SAFETY: the caller is the drop of the one write guard.
                        let data = unsafe { &*self.data.get() };
                        RwLockOp::WriteUnlock((self.digest)(&model, data))
                    } else {
                        RwLockOp::ReadUnlock
                    };
                    perform_on(*object, what, Location::caller());
                }
            }
        }
    }
}

impl<T> Debug for RwLock<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RwLock").finish_non_exhaustive()
    }
}

/// A share of a lock; dropping it gives it back.
#[must_use = "a guard that is dropped at once protects nothing"]
pub struct RwLockReadGuard<'a, T> {
    lock: &'a RwLock<T>,
    /// The thread that locked must unlock.
    not_send: PhantomData<*const ()>,
}

impl<T> Deref for RwLockReadGuard<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        // SAFETY: while this guard lives there is no write guard.
        unsafe { &*self.lock.data.get() }
    }
}

impl<T> Drop for RwLockReadGuard<'_, T> {
    #[track_caller]
    fn drop(&mut self) {
        self.lock.unlock(false);
    }
}

impl<T: Debug> Debug for RwLockReadGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

/// A lock that is held alone; dropping this gives it back.
#[must_use = "a guard that is dropped at once protects nothing"]
pub struct RwLockWriteGuard<'a, T> {
    lock: &'a RwLock<T>,
    /// The thread that locked must unlock.
    not_send: PhantomData<*const ()>,
}

impl<T> Deref for RwLockWriteGuard<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        // SAFETY: while this guard lives there is no other guard.
        unsafe { &*self.lock.data.get() }
    }
}

impl<T> DerefMut for RwLockWriteGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: while this guard lives there is no other guard, and it is borrowed mutably.
        unsafe { &mut *self.lock.data.get() }
    }
}

impl<T> Drop for RwLockWriteGuard<'_, T> {
    #[track_caller]
    fn drop(&mut self) {
        self.lock.unlock(true);
    }
}

impl<T: Debug> Debug for RwLockWriteGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}
