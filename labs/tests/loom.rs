//! A second opinion on our locks and semaphores: loom, which knows weak memory.
//!
//! The model world proves them under sequential consistency. loom goes through the orderings
//! too, and sees two threads in one cell: so it says whether Acquire and Release are enough. It is
//! no proof (it misses interleavings, loom#166; and here preemptions are bounded). It gives up on
//! `test-and-set` and `test-and-test-and-set`: there it lets the waiting thread spin for ever
//! (loom#162). Of the semaphore `fair` it says that a wake-up gets lost, because it takes `SeqCst`
//! for `AcqRel` (its own documentation says so), and `fair` needs the one order of all accesses.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

use conclab_engine::sync::atomic::Ordering::{self, SeqCst};
use conclab_labs::semaphore::{Atomic as OneWord, Permits};
use conclab_labs::spinlock::{
    Atomic, AtomicNumber, Backoff, Mcs, Platform, QueueThenPark, RawLock, Sleepers, SpinThenPark,
    TestThenSet, Ticket,
};
use loom::cell::UnsafeCell;
use loom::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize};

/// Preemptions per execution: enough for every known two-thread mistake, and it ends.
const PREEMPTIONS: usize = 3;

/// What loom offers to a lock.
#[derive(Clone, Copy, Debug)]
struct Loom;

impl Platform for Loom {
    type Bool = Word<AtomicBool>;
    type U32 = Word<AtomicU32>;
    type Usize = Word<AtomicUsize>;
    type Sleepers = Bed;

    fn spin_loop() {
        // loom lets a waiting thread rest only if it yields.
        loom::thread::yield_now();
    }

    fn yield_now() {
        loom::thread::yield_now();
    }

    fn patience() -> u32 {
        0
    }

    fn retry<R>(body: impl Fn() -> Option<R> + Sync) -> R {
        loop {
            if let Some(result) = body() {
                return result;
            }
            loom::thread::yield_now();
        }
    }
}

/// A futex made of loom's mutex and condition variable.
struct Bed {
    lock: loom::sync::Mutex<()>,
    woken: loom::sync::Condvar,
}

impl fmt::Debug for Bed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Bed")
    }
}

impl Sleepers<Word<AtomicU32>> for Bed {
    fn named(_: String) -> Self {
        Self { lock: loom::sync::Mutex::new(()), woken: loom::sync::Condvar::new() }
    }

    fn sleep_if(&self, word: &Word<AtomicU32>, expected: u32) {
        let guard = self.lock.lock().expect("nobody panics");
        if word.load(SeqCst) == expected {
            drop(self.woken.wait(guard).expect("nobody panics"));
        }
    }

    fn wake_one(&self, _: &Word<AtomicU32>) {
        drop(self.lock.lock().expect("nobody panics"));
        self.woken.notify_one();
    }

    fn wake_all(&self, _: &Word<AtomicU32>) {
        drop(self.lock.lock().expect("nobody panics"));
        self.woken.notify_all();
    }
}

/// An atomic of loom's, in a type of our own.
#[derive(Debug)]
struct Word<A>(A);

macro_rules! on_loom {
    ($atomic:ty, $value:ty) => {
        impl Atomic<$value> for Word<$atomic> {
            fn named(_: String, value: $value) -> Self {
                Self(<$atomic>::new(value))
            }
            fn load(&self, order: Ordering) -> $value {
                self.0.load(order)
            }
            fn store(&self, value: $value, order: Ordering) {
                self.0.store(value, order);
            }
            fn swap(&self, value: $value, order: Ordering) -> $value {
                self.0.swap(value, order)
            }
            fn compare_exchange(
                &self,
                current: $value,
                new: $value,
                success: Ordering,
                failure: Ordering,
            ) -> Result<$value, $value> {
                self.0.compare_exchange(current, new, success, failure)
            }
        }
    };
}

macro_rules! counts_on_loom {
    ($atomic:ty, $value:ty) => {
        on_loom!($atomic, $value);
        impl AtomicNumber<$value> for Word<$atomic> {
            fn fetch_add(&self, value: $value, order: Ordering) -> $value {
                self.0.fetch_add(value, order)
            }
            fn fetch_and(&self, value: $value, order: Ordering) -> $value {
                self.0.fetch_and(value, order)
            }
        }
    };
}

on_loom!(AtomicBool, bool);
counts_on_loom!(AtomicU32, u32);
counts_on_loom!(AtomicUsize, usize);

/// Two threads add 1 to a plain cell under the lock; loom complains if they meet in it.
fn two_threads_count<L: RawLock + 'static>() {
    bounded().check(|| {
        let shared = loom::sync::Arc::new((L::new("lock", 2), UnsafeCell::new(0)));
        let other = loom::sync::Arc::clone(&shared);
        let thread = loom::thread::spawn(move || add_one(&other, 1));
        add_one(&shared, 0);
        thread.join().expect("nobody panics");
        shared.0.lock(0);
        assert_eq!(shared.1.with(read), 2);
        shared.0.unlock(0);
    });
}

fn add_one<L: RawLock>(shared: &(L, UnsafeCell<u32>), me: usize) {
    shared.0.lock(me);
    shared.1.with_mut(increment);
    shared.0.unlock(me);
}

/// The same with one permit of a semaphore.
fn two_threads_count_with_a_permit<S: Permits + Send + 'static>(new: fn(u32) -> S) {
    bounded().check(move || {
        let shared = loom::sync::Arc::new((new(1), UnsafeCell::new(0)));
        let other = loom::sync::Arc::clone(&shared);
        let thread = loom::thread::spawn(move || add_one_with_a_permit(&other));
        add_one_with_a_permit(&shared);
        thread.join().expect("nobody panics");
        shared.0.acquire();
        assert_eq!(shared.1.with(read), 2);
        shared.0.release();
    });
}

fn add_one_with_a_permit<S: Permits>(shared: &(S, UnsafeCell<u32>)) {
    shared.0.acquire();
    shared.1.with_mut(increment);
    shared.0.release();
}

/// Two wait for a permit and two come: nobody is forgotten, and each sees what was done before.
fn two_signals_wake_two<S: Permits + Send + 'static>(new: fn(u32) -> S) {
    bounded().check(move || {
        let shared = loom::sync::Arc::new((new(0), UnsafeCell::new(0)));
        let wait = |shared: loom::sync::Arc<(S, UnsafeCell<u32>)>| {
            loom::thread::spawn(move || {
                shared.0.acquire();
                assert_eq!(shared.1.with(read), 1);
            })
        };
        let threads = [wait(shared.clone()), wait(shared.clone())];
        shared.1.with_mut(increment);
        shared.0.release();
        shared.0.release();
        for thread in threads {
            thread.join().expect("nobody panics");
        }
    });
}

fn bounded() -> loom::model::Builder {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(PREEMPTIONS);
    builder
}

#[expect(unsafe_code, reason = "loom's cell hands out pointers and checks who uses them")]
fn increment(cell: *mut u32) {
    // SAFETY: loom fails the test if another thread is in the cell.
    unsafe { *cell += 1 }
}

#[expect(unsafe_code, reason = "loom's cell hands out pointers and checks who uses them")]
fn read(cell: *const u32) -> u32 {
    // SAFETY: loom fails the test if another thread writes to the cell.
    unsafe { *cell }
}

#[test]
fn nobody_meets_the_holder_of_backoff() {
    two_threads_count::<Backoff<Loom>>();
}

#[test]
fn nobody_meets_the_holder_of_ticket() {
    two_threads_count::<Ticket<Loom>>();
}

#[test]
fn nobody_meets_the_holder_of_mcs() {
    two_threads_count::<Mcs<Loom>>();
}

#[test]
fn nobody_meets_the_holder_of_queue_then_park() {
    two_threads_count::<QueueThenPark<Loom>>();
}

#[test]
fn nobody_meets_the_holder_of_spin_then_park() {
    two_threads_count::<SpinThenPark<Loom>>();
}

#[test]
fn nobody_meets_the_holder_of_the_only_permit() {
    two_threads_count_with_a_permit(OneWord::<Loom>::new);
}

#[test]
fn nobody_sleeps_beside_a_permit_in_one_word() {
    two_signals_wake_two(OneWord::<Loom>::new);
}

#[test]
fn loom_finds_two_threads_behind_test_then_set() {
    let found = catch_unwind(AssertUnwindSafe(two_threads_count::<TestThenSet<Loom>>));
    assert!(found.is_err());
}
