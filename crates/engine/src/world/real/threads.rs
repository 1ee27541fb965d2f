//! Threads of the real world: `std`'s, with a common start and a way to be released.
//!
//! Threads of a scope wait at a *gate*, so that all of them start together: it opens when the
//! scope's closure has returned, and earlier if the thread that opened the scope joins, waits,
//! spins, yields or passes a window. (Waiting at the gate spins and yields; a sleeping thread
//! takes so long to wake, measured 40 µs, that the first is often done before the second begins.)

use std::any::Any;
use std::borrow::Cow;
use std::panic::{self, AssertUnwindSafe, Location};
use std::rc::Rc;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use crate::world::quiet::Quiet;
use crate::world::traced::{self, What};

use super::context::{Me, Membership, me};
use super::monitor::{Detached, Gate};
use super::run::{Run, here};

/// Longest wait at a gate: the opener may be in a loop that never comes by here.
const GATE_MAX: Duration = Duration::from_millis(250);

/// A place for threads that end before it is left, as in `std::thread::scope`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scope<'scope, 'env: 'scope> {
    inner: &'scope thread::Scope<'scope, 'env>,
    /// Its number in the run; nothing outside one.
    number: Option<usize>,
}

/// A thread of a scope, to be joined.
#[derive(Debug)]
pub(crate) struct ScopedJoinHandle<'scope, T> {
    inner: thread::ScopedJoinHandle<'scope, T>,
    /// Its index in the run; nothing outside one.
    idx: Option<usize>,
}

/// A thread without a scope. One of a run is joined when the run ends.
#[derive(Debug)]
pub(crate) struct JoinHandle<T>(Kind<T>);

#[derive(Debug)]
enum Kind<T> {
    /// Of a run: the run has the OS thread, we have what it will return.
    Ours { idx: usize, result: Arc<Mutex<Option<T>>> },
    /// Outside a run.
    Plain(thread::JoinHandle<T>),
}

/// Opens a scope, and waits for its threads when `f` has returned.
#[track_caller]
pub(crate) fn scope<'env, F, T>(f: F) -> T
where
    F: for<'scope> FnOnce(Scope<'scope, 'env>) -> T,
{
    let at = here();
    let Some(me) = me() else {
        return thread::scope(|inner| f(Scope { inner, number: None }));
    };
    me.check();
    let number = me.run.add_scope(me.idx);
    me.closed_a_gate();
    thread::scope(|inner| {
        let scope = Scope { inner, number: Some(number) };
        let result = panic::catch_unwind(AssertUnwindSafe(|| {
            let value = f(scope);
            finish(&me, number, at);
            value
        }));
        // `std` waits for the scope's threads now; so they must be released first.
        result.unwrap_or_else(|payload| {
            me.run.panicked(&*payload);
            panic::resume_unwind(payload)
        })
    })
}

/// Waits until a scope has no thread left; they may spawn others meanwhile.
fn finish(me: &Me, number: usize, at: &'static Location<'static>) {
    let mut known = Vec::new();
    loop {
        let threads = me.run.threads_of(number);
        if threads.len() == known.len() {
            return;
        }
        me.wait_for_end(&threads, at);
        known = threads;
    }
}

impl<'scope> Scope<'scope, '_> {
    /// Spawns a thread of the scope. Unnamed ones are A, B, C… in a run.
    ///
    /// # Panics
    /// If the system has no thread left, as `std`'s does.
    #[track_caller]
    pub(crate) fn spawn<F, T>(
        self,
        name: Option<Cow<'static, str>>,
        f: F,
    ) -> ScopedJoinHandle<'scope, T>
    where
        F: FnOnce() -> T + Send + 'scope,
        T: Send + 'scope,
    {
        let at = here();
        let Some((me, number)) = me().zip(self.number) else {
            let spawned = builder(name.as_deref()).spawn_scoped(self.inner, f);
            return ScopedJoinHandle { inner: spawned.expect(NO_THREAD), idx: None };
        };
        me.check();
        me.operation();
        let (idx, name, gate) = me.run.add_thread(name, Some(number));
        note_spawned(&me, idx, at);
        let run = Arc::clone(&me.run);
        let life = move || live(&run, idx, gate.as_deref(), f);
        let spawned = builder(Some(&name)).spawn_scoped(self.inner, life);
        ScopedJoinHandle { inner: spawned.expect(NO_THREAD), idx: Some(idx) }
    }
}

impl<T> ScopedJoinHandle<'_, T> {
    /// Waits for the thread to end and returns what it returned.
    ///
    /// # Errors
    /// If the thread panicked; in a run the panic ends the run instead.
    #[track_caller]
    pub(crate) fn join(self) -> thread::Result<T> {
        let at = here();
        wait_for(self.idx, at);
        let result = self.inner.join();
        // Its panic has aborted the run: unwind too.
        me().inspect(|me| me.check());
        result
    }
}

/// Spawns a thread without a scope, which starts at once.
///
/// # Panics
/// If the system has no thread left, as `std`'s does.
#[track_caller]
pub(crate) fn spawn<F, T>(name: Option<Cow<'static, str>>, f: F) -> JoinHandle<T>
where
    F: FnOnce() -> T + Send + 'static,
    T: Send + 'static,
{
    let at = here();
    let Some(me) = me() else {
        let spawned = builder(name.as_deref()).spawn(f);
        return JoinHandle(Kind::Plain(spawned.expect(NO_THREAD)));
    };
    me.check();
    me.operation();
    let (thread, name, _) = me.run.add_thread(name, None);
    note_spawned(&me, thread, at);
    let (run, result) = (Arc::clone(&me.run), Arc::new(Mutex::new(None)));
    let slot = Arc::clone(&result);
    let store = move || *slot.lock() = Some(f());
    let spawned = builder(Some(&name)).spawn(move || live(&run, thread, None, store));
    me.run.add_detached(Detached { thread, at, handle: spawned.expect(NO_THREAD) });
    JoinHandle(Kind::Ours { idx: thread, result })
}

impl<T> JoinHandle<T> {
    /// Waits for the thread to end and returns what it returned.
    ///
    /// # Errors
    /// If the thread panicked; in a run the panic ends the run instead.
    #[track_caller]
    pub(crate) fn join(self) -> thread::Result<T> {
        let at = here();
        match self.0 {
            Kind::Plain(handle) => handle.join(),
            Kind::Ours { idx, result } => {
                wait_for(Some(idx), at);
                let value = result.lock().take();
                value.ok_or_else(|| Box::new("the thread's run was ended") as Box<dyn Any + Send>)
            }
        }
    }
}

/// Records that a thread is about to be started.
fn note_spawned(me: &Me, idx: usize, at: &'static Location<'static>) {
    if let Some(lane) = me.run.lane_of(idx) {
        traced::mark(What::Spawned, lane, at);
    }
}

const NO_THREAD: &str = "the system can start another thread";

/// A thread with a name that debuggers show.
fn builder(name: Option<&str>) -> thread::Builder {
    let builder = thread::Builder::new();
    match name {
        // An OS thread's name must not have a NUL.
        Some(name) => builder.name(name.replace('\0', " ")),
        None => builder,
    }
}

fn wait_for(idx: Option<usize>, at: &'static Location<'static>) {
    if let Some((idx, me)) = idx.zip(me()) {
        me.wait_for_end(&[idx], at);
    }
}

/// The life of a thread of a run.
fn live<T>(run: &Arc<Run>, idx: usize, gate: Option<&Gate>, f: impl FnOnce() -> T) -> T {
    let _quiet = Quiet::new();
    let membership = Membership::new(run, idx);
    let me = Rc::clone(&membership.me);
    let result = panic::catch_unwind(AssertUnwindSafe(|| {
        gate.inspect(|gate| wait_at(gate, &me));
        me.check();
        traced::mark(What::Start, 0, here());
        f()
    }));
    // First the panic, then the end: who joins us must find the run aborted.
    if let Err(payload) = &result {
        run.panicked(&**payload);
    }
    // Before others can hear of it.
    traced::mark(What::End, 0, here());
    run.ended(me.idx, me.held());
    drop(membership);
    result.unwrap_or_else(|payload| panic::resume_unwind(payload))
}

fn wait_at(gate: &Gate, me: &Me) {
    let begin = Instant::now();
    let mut n_turns = 0_u32;
    while !gate.is_open() && begin.elapsed() < GATE_MAX {
        me.check();
        n_turns += 1;
        if n_turns < 64 { std::hint::spin_loop() } else { thread::yield_now() }
    }
}
