//! The semaphores of the lab `semaphore` beside POSIX's, tokio's, async-lock's and a channel used
//! as one: a pair of acquire and release alone, and contended with one permit and 1 µs inside.

#[path = "contend.rs"]
mod contend;
#[path = "work.rs"]
mod work;

use std::sync::{Condvar, Mutex};

use conclab_labs::semaphore::{Atomic, Bare, Fair, Permits};
use contend::Enter;
use criterion::{Criterion, criterion_group, criterion_main};
use work::work;

/// Rounds of work inside and outside: about a microsecond.
const ROUNDS: u64 = 700;

fn semaphore(criterion: &mut Criterion) {
    contend::group(criterion, "semaphore-alone", &[1], |bench| compete(bench, 0));
    contend::group(criterion, "semaphore-contended", &[2, 4, 8], |bench| {
        compete(bench, ROUNDS);
    });
}

fn compete(bench: &mut Enter<'_>, rounds: u64) {
    let mut pair = |who: &str, acquire: &(dyn Fn() + Sync), release: &(dyn Fn() + Sync)| {
        bench(who, &|_| {
            acquire();
            work(rounds);
            release();
            work(rounds);
        });
    };
    let atomic = Atomic::<Bare>::new(1);
    pair("atomic", &|| atomic.acquire(), &|| atomic.release());
    let fair = Fair::<Bare>::new(1);
    pair("fair", &|| fair.acquire(), &|| fair.release());
    let textbook = (Mutex::new(1_u32), Condvar::new());
    pair("mutex-condvar (std)", &|| wait(&textbook), &|| post(&textbook));
    let posix = Posix::new(1);
    pair("sem_t", &|| posix.wait(), &|| posix.post());
    let tokio = tokio::sync::Semaphore::new(1);
    pair("tokio", &|| acquire_tokio(&tokio), &|| tokio.add_permits(1));
    let async_lock = async_lock::Semaphore::new(1);
    pair("async-lock", &|| async_lock.acquire_blocking().forget(), &|| async_lock.add_permits(1));
    let (give, take) = crossbeam::channel::bounded(1);
    pair("crossbeam channel", &|| give.send(()).expect("it is open"), &|| {
        take.recv().expect("it is open");
    });
}

fn wait((free, given_back): &(Mutex<u32>, Condvar)) {
    let free = free.lock().expect("nobody panics");
    let mut free = given_back.wait_while(free, |free| *free == 0).expect("nobody panics");
    *free -= 1;
}

fn post((free, given_back): &(Mutex<u32>, Condvar)) {
    *free.lock().expect("nobody panics") += 1;
    given_back.notify_one();
}

fn acquire_tokio(semaphore: &tokio::sync::Semaphore) {
    let permit = match semaphore.try_acquire() {
        Ok(permit) => permit,
        Err(_) => pollster::block_on(semaphore.acquire()).expect("it is not closed"),
    };
    permit.forget();
}

/// The semaphore of the C library.
struct Posix(Box<std::cell::UnsafeCell<libc::sem_t>>);

#[expect(unsafe_code, reason = "the C library's interface")]
mod posix {
    use super::Posix;

    // SAFETY: a `sem_t` is made to be used by several threads at once.
    unsafe impl Sync for Posix {}

    impl Posix {
        pub(super) fn new(permits: u32) -> Self {
            // SAFETY: all zero is a valid `sem_t` to be initialised.
            let raw = Box::new(std::cell::UnsafeCell::new(unsafe { std::mem::zeroed() }));
            // SAFETY: it lives on the heap and does not move until it is destroyed.
            let done = unsafe { libc::sem_init(raw.get(), 0, permits) };
            assert_eq!(done, 0);
            Self(raw)
        }

        pub(super) fn wait(&self) {
            // SAFETY: `new` has initialised it. A signal may interrupt the wait.
            while unsafe { libc::sem_wait(self.0.get()) } != 0 {}
        }

        pub(super) fn post(&self) {
            // SAFETY: `new` has initialised it.
            let done = unsafe { libc::sem_post(self.0.get()) };
            assert_eq!(done, 0);
        }
    }

    impl Drop for Posix {
        fn drop(&mut self) {
            // SAFETY: `new` has initialised it, and nobody waits for it any more.
            unsafe { libc::sem_destroy(self.0.get()) };
        }
    }
}

criterion_group!(benches, semaphore);
criterion_main!(benches);
