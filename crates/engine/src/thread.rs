//! Threads: `std::thread`'s scope, spawn and join, in whichever world the program runs.
//!
//! Threads that are not given a name are A, B, C, …; the one that runs the body is `main`.
#![expect(unsafe_code, reason = "a modelled scope's threads borrow from its frame")]

use std::borrow::Cow;
use std::cell::RefCell;
use std::fmt::{self, Debug};
use std::hash::Hash;
use std::panic::{self, AssertUnwindSafe, Location};
use std::rc::Rc;
pub use std::thread::panicking;

use crate::world::model::context::{self, Body, BorrowingBody, Context};
use crate::world::model::ids::Slot;
use crate::world::model::op::Pending;
use crate::world::model::shell;
use crate::world::real;

/// Runs `f`, lets it spawn threads that borrow, and waits for all of them.
///
/// On real threads of a repeated run they start together, once `f` has returned.
#[track_caller]
pub fn scope<'env, F, T>(f: F) -> T
where
    F: for<'scope> FnOnce(Scope<'scope, 'env>) -> T,
{
    let Some(model) = context::current() else {
        return real::scope(|scope| f(Scope { home: Home::Real(scope) }));
    };
    let children = Children::default();
    let inside = || f(Scope { home: Home::Model(&children) });
    let result = panic::catch_unwind(AssertUnwindSafe(inside));
    match result {
        Ok(value) => {
            let children = children.slots.take().into();
            model.perform(&Pending::JoinAll(children), Location::caller());
            value
        }
        Err(payload) => {
            // The threads borrow from this frame: it must not end before they do. A panic ends
            // the execution here; being unwound, it goes on only when they are gone.
            let panic = shell::panicked(&model, payload);
            model.perform(&panic, Location::caller());
            unreachable!("an execution ends with its first panic")
        }
    }
}

/// What a scope's closure spawns threads by.
#[derive(Clone, Copy)]
pub struct Scope<'scope, 'env: 'scope> {
    home: Home<'scope, 'env>,
}

#[derive(Clone, Copy)]
enum Home<'scope, 'env: 'scope> {
    Real(real::Scope<'scope, 'env>),
    Model(&'scope Children),
}

/// The threads of a modelled scope.
#[derive(Default)]
struct Children {
    slots: RefCell<Vec<Slot>>,
}

impl<'scope> Scope<'scope, '_> {
    /// Spawns a thread, named by the next letter.
    #[track_caller]
    pub fn spawn<F, T>(self, f: F) -> ScopedJoinHandle<'scope, T>
    where
        F: FnOnce() -> T + Send + 'scope,
        T: Hash + Debug + Send + 'scope,
    {
        self.spawn_as(None, f)
    }

    /// Spawns a thread with a name.
    #[track_caller]
    pub fn spawn_named<F, T>(
        self,
        name: impl Into<Cow<'static, str>>,
        f: F,
    ) -> ScopedJoinHandle<'scope, T>
    where
        F: FnOnce() -> T + Send + 'scope,
        T: Hash + Debug + Send + 'scope,
    {
        self.spawn_as(Some(name.into()), f)
    }

    #[track_caller]
    fn spawn_as<F, T>(self, name: Option<Cow<'static, str>>, f: F) -> ScopedJoinHandle<'scope, T>
    where
        F: FnOnce() -> T + Send + 'scope,
        T: Hash + Debug + Send + 'scope,
    {
        match self.home {
            Home::Real(scope) => ScopedJoinHandle(Handle::Real(scope.spawn(name, f))),
            Home::Model(children) => {
                let (packet, body) = pack(f);
                // SAFETY: `scope` does not return before this thread has ended, and when it is
                // unwound instead, the thread has been unwound before (`Execution::drop`).
                let body = unsafe { shell::erase(body) };
                let thread = spawn_modelled(name.as_ref(), body);
                children.slots.borrow_mut().push(thread);
                ScopedJoinHandle(Handle::Model { thread, packet })
            }
        }
    }
}

impl Debug for Scope<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scope").finish_non_exhaustive()
    }
}

/// Spawns a thread that borrows nothing. It goes on when its parent ends; a run is over when all
/// its threads are.
#[track_caller]
pub fn spawn<F, T>(f: F) -> JoinHandle<T>
where
    F: FnOnce() -> T + Send + 'static,
    T: Hash + Debug + Send + 'static,
{
    spawn_as(None, f)
}

/// The same, with a name for the thread.
#[track_caller]
pub fn spawn_named<F, T>(name: impl Into<Cow<'static, str>>, f: F) -> JoinHandle<T>
where
    F: FnOnce() -> T + Send + 'static,
    T: Hash + Debug + Send + 'static,
{
    spawn_as(Some(name.into()), f)
}

#[track_caller]
fn spawn_as<F, T>(name: Option<Cow<'static, str>>, f: F) -> JoinHandle<T>
where
    F: FnOnce() -> T + Send + 'static,
    T: Hash + Debug + Send + 'static,
{
    if context::current().is_none() {
        return JoinHandle(Handle::Real(real::spawn(name, f)));
    }
    let (packet, body) = pack(f);
    JoinHandle(Handle::Model { thread: spawn_modelled(name.as_ref(), body), packet })
}

/// Gives the processor away. In the model it marks the end of a loop's iteration that achieved
/// nothing: see [`crate::hint::spin_loop`].
#[track_caller]
pub fn yield_now() {
    match context::current() {
        Some(model) => model.pause(Location::caller()),
        None => real::yield_now(),
    }
}

/// Calls `f` and catches its panic: [`std::panic::catch_unwind`] for threads that go on after it.
///
/// The end of a run unwinds threads too (nobody can go on, or the time is over). That is no panic
/// of the program, and passes through.
///
/// # Errors
/// The payload of the panic.
///
/// # Examples
/// ```
/// let answer = conclab_engine::thread::catch_unwind(|| u8::from_str_radix("x", 10).unwrap());
/// assert!(answer.is_err());
/// ```
pub fn catch_unwind<R>(f: impl FnOnce() -> R) -> std::thread::Result<R> {
    let result = panic::catch_unwind(AssertUnwindSafe(f));
    if let Err(payload) = result {
        let ends = match context::current() {
            Some(model) => model.abandoned.get(),
            None => real::is_end_of_run(&*payload),
        };
        if ends {
            panic::resume_unwind(payload);
        }
        return Err(payload);
    }
    result
}

/// The result of a thread of the model, once it has one.
type Packet<T> = Rc<RefCell<Option<T>>>;

/// Wraps a thread's closure so that its result is kept, and numbered for the model.
fn pack<'f, F, T>(f: F) -> (Packet<T>, BorrowingBody<'f>)
where
    F: FnOnce() -> T + 'f,
    T: Hash + Debug + 'f,
{
    let packet = Packet::default();
    let inside = Rc::clone(&packet);
    let body = move |model: &Rc<Context>| {
        let value = f();
        let number = model.intern(&value);
        *inside.borrow_mut() = Some(value);
        number
    };
    (packet, Box::new(body))
}

fn spawn_modelled(name: Option<&Cow<'static, str>>, body: Body) -> Slot {
    let model = context::current().expect("a modelled scope is used inside the model");
    model.spawn(name, body)
}

/// A thread of either world.
enum Handle<R, T> {
    Real(R),
    Model { thread: Slot, packet: Packet<T> },
}

impl<R, T> Handle<R, T> {
    #[track_caller]
    fn join(self, real: impl FnOnce(R) -> std::thread::Result<T>) -> std::thread::Result<T> {
        match self {
            Self::Real(handle) => real(handle),
            Self::Model { thread, packet } => {
                let model = context::current().expect("threads of the model are joined inside it");
                model.perform(&Pending::Join(thread), Location::caller());
                Ok(packet.take().expect("a thread that has ended left its result"))
            }
        }
    }
}

/// Owned permission to wait for a scoped thread.
pub struct ScopedJoinHandle<'scope, T>(Handle<real::ScopedJoinHandle<'scope, T>, T>);

impl<T> ScopedJoinHandle<'_, T> {
    /// Waits for the thread and returns its result.
    ///
    /// # Errors
    /// The payload of the thread's panic (in the model, a panic ends the execution).
    #[track_caller]
    pub fn join(self) -> std::thread::Result<T> {
        self.0.join(real::ScopedJoinHandle::join)
    }
}

impl<T> Debug for ScopedJoinHandle<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScopedJoinHandle").finish_non_exhaustive()
    }
}

/// Owned permission to wait for a thread.
pub struct JoinHandle<T>(Handle<real::JoinHandle<T>, T>);

impl<T> JoinHandle<T> {
    /// Waits for the thread and returns its result.
    ///
    /// # Errors
    /// The payload of the thread's panic (in the model, a panic ends the execution).
    #[track_caller]
    pub fn join(self) -> std::thread::Result<T> {
        self.0.join(real::JoinHandle::join)
    }
}

impl<T> Debug for JoinHandle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JoinHandle").finish_non_exhaustive()
    }
}
