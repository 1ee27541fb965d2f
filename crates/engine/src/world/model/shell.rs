//! The thin shell that runs lab code: every modelled thread is a coroutine on this OS thread.
//!
//! The shell knows nothing of locks or atomics. It resumes one thread with the result of the
//! operation it had announced and hands back what it announces next.
#![expect(unsafe_code, reason = "coroutine switches borrow stacks that the compiler cannot see")]

use std::any::Any;
use std::cell::RefCell;
use std::marker::PhantomData;
use std::panic::{AssertUnwindSafe, Location, catch_unwind, resume_unwind};
use std::rc::Rc;

use corosensei::stack::DefaultStack;
use corosensei::{Coroutine, CoroutineResult, Yielder};

use super::context::{Announcement, Body, BorrowingBody, Context, Suspend, enter};
use super::ids::{Slot, ThreadId};
use super::keys::{Tag, mix};
use super::op::Pending;
use super::tables::{Place, Tables};
use crate::world::quiet::{self, Quiet};

/// Size of a modelled thread's stack. Pages that are never touched cost nothing.
const STACK_BYTES: usize = 256 * 1024;

/// Stacks kept for the next threads: a fresh one costs a system call, a kept one 10 ns.
const STACKS_KEPT: usize = 64;

thread_local! {
    static STACKS: RefCell<Vec<DefaultStack>> = const { RefCell::new(Vec::new()) };
}

type Thread = Coroutine<u64, Announcement, Pending>;

/// One execution of a program, at some point between two steps. Dropping it unwinds its threads,
/// so that everything they own is freed.
pub(crate) struct Execution<'a> {
    pub(crate) context: Rc<Context>,
    threads: Vec<Option<Thread>>,
    /// The body outlives every coroutine that runs it.
    body: PhantomData<&'a ()>,
}

/// What a thread did from one announcement to the next.
#[derive(Debug)]
pub(crate) struct Announced {
    pub(crate) pending: Pending,
    pub(crate) place: Place,
    pub(crate) history: u128,
    pub(crate) effects: Vec<(Slot, u64)>,
}

impl<'a> Execution<'a> {
    /// Prepares to run `body` as the thread `main`, which is born and has not started.
    pub(crate) fn new(body: &'a dyn Fn() -> String, mut tables: Tables) -> Self {
        quiet::install();
        let history = mix(0, Tag::Main, 0);
        let main = tables.intern_thread(history, Some("main")).expect("one thread is allowed");
        let context = Context::new(tables);
        context.locals_for(main, history);
        let run = move |context: &Rc<Context>| {
            let text = body();
            context.tables.borrow_mut().intern_text(&text)
        };
        // SAFETY: `body` lives for 'a, and this execution, which unwinds the coroutine when it is
        // dropped, does not outlive 'a.
        let run = unsafe { erase(Box::new(run)) };
        let mut execution = Self { context, threads: Vec::new(), body: PhantomData };
        execution.add_thread(main, run);
        execution
    }

    /// Goes back to the beginning.
    pub(crate) fn restart(&mut self, body: &'a dyn Fn() -> String) {
        let tables = self.context.tables.replace(Tables::new(0));
        *self = Self::new(body, tables);
    }

    /// Gives back what was learned, and ends the execution.
    pub(crate) fn into_tables(self) -> Tables {
        let context = Rc::clone(&self.context);
        drop(self);
        context.tables.replace(Tables::new(0))
    }

    /// Lets a thread go on with the result of the operation it had announced.
    pub(crate) fn step(&mut self, thread: ThreadId, result: u64) -> Announced {
        let context = Rc::clone(&self.context);
        context.running.set(thread);
        let coroutine = self.threads[usize::from(thread)].as_mut();
        let coroutine = coroutine.expect("a thread that is over is not stepped");
        let outside = enter(Some(Rc::clone(&context)));
        let announced = {
            let _quiet = Quiet::new();
            coroutine.resume(result)
        };
        enter(outside);
        let (pending, place) = match announced {
            CoroutineResult::Yield(announcement) => announcement,
            CoroutineResult::Return(end) => (end, Location::caller()),
        };
        for (thread, body) in context.born.take() {
            self.add_thread(thread, body);
        }
        let history = context.locals.borrow()[usize::from(thread)].history;
        Announced { pending, place, history, effects: context.effects.take() }
    }

    /// Makes the coroutine of a thread that is born.
    fn add_thread(&mut self, thread: ThreadId, body: Body) {
        let index = usize::from(thread);
        if self.threads.len() <= index {
            self.threads.resize_with(index + 1, || None);
        }
        let context = Rc::clone(&self.context);
        let coroutine = Coroutine::with_stack(stack(), move |yielder, _start| {
            let suspend = suspend_by(yielder);
            context.locals.borrow_mut()[index].start(suspend);
            let end = catch_unwind(AssertUnwindSafe(|| body(&context)));
            context.locals.borrow_mut()[index].suspend = None;
            match end {
                Ok(value) => Pending::Finished(value),
                Err(payload) => panicked(&context, payload),
            }
        });
        self.threads[index] = Some(coroutine);
    }
}

impl Drop for Execution<'_> {
    /// Unwinds the threads, children before parents: a scope's threads borrow from its frame.
    fn drop(&mut self) {
        self.context.abandoned.set(true);
        let outside = enter(Some(Rc::clone(&self.context)));
        while let Some(thread) = self.threads.pop() {
            let Some(mut thread) = thread else { continue };
            thread.force_unwind();
            keep(thread.into_stack());
        }
        self.context.born.take();
        enter(outside);
    }
}

impl std::fmt::Debug for Execution<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Execution").field("threads", &self.threads.len()).finish_non_exhaustive()
    }
}

/// Turns a thread's panic into its last announcement, or lets an unwinding go on.
pub(crate) fn panicked(context: &Rc<Context>, payload: Box<dyn Any + Send>) -> Pending {
    if context.abandoned.get() {
        resume_unwind(payload);
    }
    let message = match (payload.downcast_ref::<&str>(), payload.downcast_ref::<String>()) {
        (Some(text), _) => text,
        (None, Some(text)) => text.as_str(),
        (None, None) => "(no message)",
    };
    Pending::Panicked(context.tables.borrow_mut().intern_text(message))
}

/// Forgets that a body borrows from its surroundings.
///
/// # Safety
/// Everything that `body` borrows must live until the body has returned or been unwound.
pub(crate) unsafe fn erase(body: BorrowingBody<'_>) -> Body {
    // SAFETY: only the lifetime changes, and the caller answers for it.
    unsafe { std::mem::transmute(body) }
}

/// A function that suspends the coroutine of `yielder`.
fn suspend_by(yielder: &Yielder<u64, Announcement>) -> Rc<Suspend> {
    let yielder: *const Yielder<u64, Announcement> = yielder;
    Rc::new(move |announcement| {
        // SAFETY: the yielder lives on its coroutine's stack as long as the coroutine runs, and
        // only code on that coroutine calls this (`Context::perform` takes the running thread's).
        unsafe { &*yielder }.suspend(announcement)
    })
}

fn stack() -> DefaultStack {
    let kept = STACKS.with_borrow_mut(Vec::pop);
    kept.unwrap_or_else(|| DefaultStack::new(STACK_BYTES).expect("memory for a stack"))
}

fn keep(stack: DefaultStack) {
    STACKS.with_borrow_mut(|stacks| {
        if stacks.len() < STACKS_KEPT {
            stacks.push(stack);
        }
    });
}
