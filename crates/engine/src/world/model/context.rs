//! What lab code reaches while it runs in the model world: the facade's way to the scheduler.
//!
//! A coroutine announces an operation by suspending itself with it, and goes on with the result.
//! No borrow of anything here lives across that switch: every function takes what it needs, lets
//! go, and only then suspends.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::fmt::Debug;
use std::hash::Hash;
use std::rc::Rc;

use super::ids::{Slot, ThreadId, ValueId, WOULD_BLOCK};
use super::keys::{Tag, mix, mix_key};
use super::objects::primitive::Primitive;
use super::op::Pending;
use super::tables::{Kind, Place, Tables};

/// A thread's body with its result packed away: returns the number of the value it returned.
pub(crate) type Body = BorrowingBody<'static>;

/// A body that still borrows from where it was made.
pub(crate) type BorrowingBody<'a> = Box<dyn FnOnce(&Rc<Context>) -> ValueId + 'a>;

/// What a coroutine suspends with.
pub(crate) type Announcement = (Pending, Place);

/// Suspends the running coroutine with an announcement, and returns the result of the operation.
pub(crate) type Suspend = dyn Fn(Announcement) -> u64;

thread_local! {
    /// The execution whose code runs on this OS thread right now.
    static CURRENT: RefCell<Option<Rc<Context>>> = const { RefCell::new(None) };
}

/// The execution whose code is running, if this OS thread is in the model world.
pub(crate) fn current() -> Option<Rc<Context>> {
    CURRENT.with_borrow(Clone::clone)
}

/// Makes `context` the current one, and returns the one before it.
pub(crate) fn enter(context: Option<Rc<Context>>) -> Option<Rc<Context>> {
    CURRENT.replace(context)
}

/// Does an operation on an object of the model, and returns its result.
pub(crate) fn perform(pending: &Pending, place: Place) -> u64 {
    current().expect("objects of the model are used inside it").perform(pending, place)
}

/// The same for an object whose whole state is one word.
pub(crate) fn perform_on(object: Slot, what: impl Into<Primitive>, place: Place) -> u64 {
    perform(&Pending::On { object, what: what.into() }, place)
}

/// One execution of the program, as its threads see it.
pub(crate) struct Context {
    pub(crate) tables: RefCell<Tables>,
    pub(crate) locals: RefCell<Vec<Local>>,
    /// The thread that runs.
    pub(crate) running: Cell<ThreadId>,
    /// The execution is given up: its coroutines are being unwound, operations mean nothing.
    pub(crate) abandoned: Cell<bool>,
    /// What the running thread did to the state since its last operation.
    pub(crate) effects: RefCell<Vec<(Slot, u64)>>,
    /// Threads born since then, with what they will run.
    pub(crate) born: RefCell<Vec<(ThreadId, Body)>>,
    /// Objects made so far in this execution.
    pub(crate) objects: RefCell<BTreeSet<Slot>>,
    /// The program asked for more than the model has.
    pub(crate) too_large: Cell<bool>,
}

/// What the engine keeps for each thread.
#[derive(Default)]
pub(crate) struct Local {
    /// Hash of everything the thread was given so far.
    pub(crate) history: u128,
    /// Where names of objects made from now on start from, and how many were made.
    naming: u128,
    made: u64,
    /// Objects read since the thread last changed something, with what it read.
    read: Vec<(Slot, u64)>,
    tried: Vec<Pending>,
    /// Whether it has changed anything since its `retry` iteration began.
    changed: bool,
    /// How it suspends itself.
    pub(crate) suspend: Option<Rc<Suspend>>,
}

impl Local {
    /// A thread that is born with this history.
    pub(crate) fn new(history: u128) -> Self {
        Self { history, naming: mix(history, Tag::Naming, 0), ..Self::default() }
    }

    /// The thread starts to run: a local state of its own, after being born.
    pub(crate) fn start(&mut self, suspend: Rc<Suspend>) {
        self.history = mix(self.history, Tag::Start, 0);
        self.suspend = Some(suspend);
    }

    /// Starts a stretch of code whose past is only `history`.
    fn restart(&mut self, history: u128, naming: u128) {
        self.history = history;
        self.naming = naming;
        self.made = 0;
        self.forget_reads();
        self.changed = false;
    }

    fn forget_reads(&mut self) {
        self.read.clear();
        self.tried.clear();
    }

    /// Notes what an operation read or changed, for threads that spin.
    fn observe(&mut self, pending: &Pending, result: u64) {
        let changed = match *pending {
            Pending::Load(object) => self.note_read(object, result),
            Pending::Modify { object, change, operand, mask } => {
                self.note_read(object, result) || change.apply(result, operand, mask) != result
            }
            Pending::CompareExchange { object, expected, new, .. } => {
                self.note_read(object, result) || (result == expected && new != result)
            }
            Pending::TryLock(_) | Pending::Channel { .. } | Pending::On { .. }
                if result == WOULD_BLOCK =>
            {
                self.tried.push(pending.clone());
                false
            }
            _ => true,
        };
        if changed {
            self.changed = true;
            self.forget_reads();
        }
    }

    /// Notes a read and says that it changed nothing. Two different words read from one object
    /// are both kept: it has changed meanwhile, so whoever waits for a change need not wait.
    fn note_read(&mut self, object: Slot, word: u64) -> bool {
        if !self.read.contains(&(object, word)) {
            self.read.push((object, word));
        }
        false
    }
}

impl Context {
    /// A new execution that goes on learning into `tables`.
    pub(crate) fn new(tables: Tables) -> Rc<Self> {
        Rc::new(Self {
            tables: RefCell::new(tables),
            locals: RefCell::default(),
            running: Cell::new(0),
            abandoned: Cell::new(false),
            effects: RefCell::default(),
            born: RefCell::default(),
            objects: RefCell::default(),
            too_large: Cell::new(false),
        })
    }

    /// Whether operations mean nothing any more: the execution is given up, or its running thread
    /// unwinds from a panic, which ends it.
    pub(crate) fn is_unwinding(&self) -> bool {
        self.abandoned.get() || std::thread::panicking()
    }

    /// Announces an operation and returns its result.
    pub(crate) fn perform(&self, pending: &Pending, place: Place) -> u64 {
        if self.is_unwinding() {
            return 0;
        }
        let suspend = self.with_local(|local| local.suspend.clone());
        let suspend = suspend.expect("only running threads perform operations");
        let result = suspend((pending.clone(), place));
        self.with_local(|local| {
            local.history = mix(local.history, Tag::Result, result);
            local.observe(pending, result);
        });
        result
    }

    /// Registers an object made by the running thread and puts `word` into it.
    pub(crate) fn make(&self, kind: Kind, name: Option<&Cow<'static, str>>, word: u64) -> Slot {
        let identity = self.next_identity();
        let name = name.map(AsRef::as_ref);
        let slot = self.tables.borrow_mut().intern_object(identity, kind, name);
        self.effects.borrow_mut().push((slot, word));
        self.objects.borrow_mut().insert(slot);
        slot
    }

    /// Gives birth to a thread and returns its slot.
    pub(crate) fn spawn(&self, name: Option<&Cow<'static, str>>, body: Body) -> Slot {
        let identity = self.next_identity();
        let history = self.with_local(|local| mix_key(local.history, Tag::Birth, identity));
        let mut tables = self.tables.borrow_mut();
        let name = name.map(AsRef::as_ref);
        let Some(thread) = tables.intern_thread(identity, name) else {
            drop(tables);
            self.too_large.set(true);
            panic!("more than {} threads", super::tables::THREADS_MAX);
        };
        let place = std::panic::Location::caller();
        let node = tables.intern_node(history, Pending::Start, place);
        let slot = tables.threads[usize::from(thread)];
        self.effects.borrow_mut().push((slot, u64::from(node)));
        self.locals_for(thread, history);
        self.born.borrow_mut().push((thread, body));
        slot
    }

    /// Makes room for a thread's local record.
    pub(crate) fn locals_for(&self, thread: ThreadId, history: u128) {
        let mut locals = self.locals.borrow_mut();
        let index = usize::from(thread);
        if locals.len() <= index {
            locals.resize_with(index + 1, Local::default);
        }
        locals[index] = Local::new(history);
    }

    /// The number of a value.
    pub(crate) fn intern<T: Hash + Debug>(&self, value: &T) -> ValueId {
        self.tables.borrow_mut().intern_value(value)
    }

    /// Runs `body(0)`, `body(1)`, …: nothing but the number survives an iteration.
    pub(crate) fn repeat(&self, n: usize, body: &dyn Fn(usize)) {
        let (entry, naming) = self.with_local(|local| (local.history, local.naming));
        for i in 0..n {
            let i_word = i as u64;
            self.restart(mix(entry, Tag::Repeat, i_word), mix(naming, Tag::Repeat, i_word));
            body(i);
        }
        self.restart(mix(entry, Tag::Repeated, 0), mix(naming, Tag::Repeated, 0));
    }

    /// Runs `body`: nothing but its result survives.
    pub(crate) fn call<R: Hash + Debug>(&self, body: impl FnOnce() -> R) -> R {
        let (entry, naming) = self.with_local(|local| (local.history, local.naming));
        self.restart(mix(entry, Tag::Repeat, 0), mix(naming, Tag::Repeat, 0));
        let result = body();
        let number = self.intern(&result);
        self.restart(mix(entry, Tag::Repeated, number.into()), mix(naming, Tag::Repeated, 0));
        result
    }

    /// Runs `body` until it returns something: nothing survives an iteration that failed. After
    /// one that changed nothing, the thread sleeps until something that it read has changed.
    pub(crate) fn retry<R>(&self, body: &dyn Fn() -> Option<R>, place: Place) -> R {
        let (entry, naming) = self.with_local(|local| (local.history, local.naming));
        loop {
            self.restart(mix(entry, Tag::Retry, 0), mix(naming, Tag::Retry, 0));
            let done = body();
            if self.is_unwinding() {
                // Only code that runs while unwinding comes here: end its loop.
                if let Some(result) = done {
                    return result;
                }
                std::panic::resume_unwind(Box::new("a retry loop in a destructor"));
            }
            if let Some(result) = done {
                self.with_local(|local| {
                    local.naming = mix(naming, Tag::Retried, 0);
                    local.made = 0;
                });
                return result;
            }
            if !self.with_local(|local| local.changed) {
                self.pause(place);
            }
        }
    }

    /// Sleeps until another thread changes something that this thread has read since it last
    /// changed something itself; does nothing if it has read nothing.
    pub(crate) fn pause(&self, place: Place) {
        let (read, tried) = self.with_local(|local| {
            (std::mem::take(&mut local.read), std::mem::take(&mut local.tried))
        });
        if !read.is_empty() || !tried.is_empty() {
            let pending = Pending::Pause { read: read.into(), tried: tried.into() };
            self.perform(&pending, place);
        }
    }

    fn restart(&self, history: u128, naming: u128) {
        self.with_local(|local| local.restart(history, naming));
    }

    /// The identity of the next object or thread that the running thread makes.
    fn next_identity(&self) -> u128 {
        self.with_local(|local| {
            local.made += 1;
            mix(local.naming, Tag::Made, local.made)
        })
    }

    /// Lets `f` look at the running thread's record. Must not switch.
    fn with_local<R>(&self, f: impl FnOnce(&mut Local) -> R) -> R {
        f(&mut self.locals.borrow_mut()[usize::from(self.running.get())])
    }
}

impl Debug for Context {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Context").finish_non_exhaustive()
    }
}
