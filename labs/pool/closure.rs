//! A closure that is called once, kept in place if it is small.
//!
//! `Box<dyn FnOnce()>` would allocate for every task on the client's thread and free on the
//! worker's, which costs allocators more than everything else a pool does for a small task.
#![expect(unsafe_code, reason = "a closure of any type in a fixed number of words")]

use std::fmt::{self, Debug};
use std::hash::{Hash, Hasher};
use std::mem::{ManuallyDrop, MaybeUninit};

/// Words that a closure may have to be kept in place.
const WORDS: usize = 4;

type Words = [MaybeUninit<usize>; WORDS];

/// A closure of any type.
pub(super) struct Closure {
    /// Takes the closure out of the words and, if told so, calls it.
    take: unsafe fn(*const Words, call: bool),
    words: Words,
}

impl Closure {
    pub(super) fn new<F: FnOnce() + Send + 'static>(f: F) -> Self {
        if size_of::<F>() <= size_of::<Words>() && align_of::<F>() <= align_of::<Words>() {
            Self::in_place(f)
        } else {
            let elsewhere = Box::new(f);
            Self::in_place(elsewhere)
        }
    }

    fn in_place<F: FnOnce() + Send + 'static>(f: F) -> Self {
        assert!(size_of::<F>() <= size_of::<Words>() && align_of::<F>() <= align_of::<Words>());
        let mut words = [MaybeUninit::uninit(); WORDS];
        // SAFETY: the words have room for an `F` and are aligned for it, as was just checked.
        unsafe { words.as_mut_ptr().cast::<F>().write(f) };
        Self { take: take::<F>, words }
    }

    pub(super) fn call(self) {
        let this = ManuallyDrop::new(self);
        // SAFETY: `in_place` has put a closure of the type of `take` there; nobody takes it again,
        // because `this` is never dropped.
        unsafe { (this.take)(&raw const this.words, true) };
    }
}

impl Drop for Closure {
    fn drop(&mut self) {
        // SAFETY: `in_place` has put a closure of the type of `take` there; `call` has not taken
        // it, or we would not be here.
        unsafe { (self.take)(&raw const self.words, false) };
    }
}

/// Takes a closure out of the words; calls it or drops it.
///
/// # Safety
/// The words hold an `F`, which nobody uses afterwards.
unsafe fn take<F: FnOnce()>(words: *const Words, call: bool) {
    // SAFETY: the caller answers for it.
    let f = unsafe { words.cast::<F>().read() };
    if call {
        f();
    }
}

/// A task on its way: a closure with a number, because closures cannot be compared or shown.
pub(super) struct Job {
    /// How many-th task of its pool it is: this is what the model compares and shows.
    ticket: u64,
    run: Closure,
}

impl Job {
    pub(super) fn new(ticket: u64, run: Closure) -> Self {
        Self { ticket, run }
    }

    /// How many-th task of its pool it is.
    pub(super) fn ticket(&self) -> u64 {
        self.ticket
    }

    pub(super) fn run(self) {
        self.run.call();
    }
}

impl Hash for Job {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.ticket.hash(state);
    }
}

impl Debug for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "task {}", self.ticket)
    }
}
