//! A lock of the real world: `parking_lot`'s raw mutex with bookkeeping around it.
//!
//! The fast path is one `try_lock` and one entry in the thread's own list of held locks. Only a
//! thread that has to wait tells the monitor of its run. Outside a run a lock is just a lock.
#![expect(unsafe_code, reason = "giving back a raw mutex is unsafe: see `Lock::release`")]

use std::borrow::Cow;
use std::collections::VecDeque;
use std::panic::Location;
use std::sync::Arc;
use std::sync::atomic::Ordering::{Relaxed, SeqCst};
use std::sync::atomic::{AtomicU64, AtomicUsize, fence};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use parking_lot::lock_api::{self, RawMutex as _};
use parking_lot::{Mutex, RawMutex};

use super::context::{self, Me, me};
use super::monitor::{Line, Use, WaitFor};
use crate::world::traced::{Object, ObjectKind, What};

/// How often a thread tries again before it goes to sleep: about a microsecond.
const SPINS: u32 = 40;

/// Longest that a thread of an aborted run, already unwinding, tries to get a lock in a `Drop`.
const LAST_CHANCE: Duration = Duration::from_secs(5);

/// Mutual exclusion without data: the facade's `Mutex` keeps that.
///
/// The thread that locked it has to unlock it.
pub(crate) struct Lock {
    raw: RawMutex,
    /// Length of `queue`, for the fast path of `unlock`; changed only under the queue's lock.
    n_waiting: AtomicUsize,
    /// Threads to unpark, first come, first served.
    queue: Mutex<VecDeque<Thread>>,
    /// Its number, different for every lock of the process.
    number: u64,
    /// The run it was made in (0: none); that run knows its name.
    home: u64,
    name: Arc<str>,
    /// What recordings know it as; nothing if it is part of another object.
    traced: Object,
}

impl std::fmt::Debug for Lock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lock").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Lock {
    /// Makes a free lock.
    pub(crate) fn new(name: Option<Cow<'static, str>>) -> Self {
        let name = context::name(name, "mutex");
        Self { traced: Object::new(&name, ObjectKind::Mutex), ..Self::part_of(&name) }
    }

    /// Makes the free lock of another object, which has this name.
    pub(crate) fn part_of(name: &str) -> Self {
        static NUMBERS: AtomicU64 = AtomicU64::new(1);
        let me = me();
        let name = Arc::from(name);
        // Relaxed: the numbers only have to differ.
        let number = NUMBERS.fetch_add(1, Relaxed);
        let home = me.map_or(0, |me| {
            me.run.learn(number, &name);
            me.run.number
        });
        let queue = Mutex::default();
        let (raw, n_waiting, traced) = (RawMutex::INIT, AtomicUsize::new(0), Object::NONE);
        Self { raw, n_waiting, queue, number, home, name, traced }
    }

    /// Takes the lock, and waits for it if need be. `at` is the line of the lab that does it.
    pub(crate) fn lock(&self, at: &'static Location<'static>) {
        let me = me();
        if let Some(me) = &me {
            me.check();
            me.operation();
        }
        if !self.take() {
            self.traced.wants(at);
            self.lock_slowly(me.as_deref(), at);
        }
        self.traced.did(What::Got, 0, at);
        self.note_taken(me.as_deref(), at);
    }

    /// Takes the lock if it is free.
    pub(crate) fn try_lock(&self, at: &'static Location<'static>) -> bool {
        let me = me();
        if let Some(me) = &me {
            me.check();
        }
        let taken = self.take();
        match &me {
            Some(me) if taken => me.operation(),
            Some(me) => {
                self.introduce(me);
                self.traced.did_again(What::Refused, 0, at);
                me.failed_to_get(Use { lock: self.number, at });
            }
            None => {}
        }
        if taken {
            self.traced.did(What::Got, 0, at);
            self.note_taken(me.as_deref(), at);
        }
        taken
    }

    /// Gives the lock back. Never unwinds: guards do this in their `Drop`.
    pub(crate) fn unlock(&self, at: Line) {
        let me = me();
        let ours = me.as_ref().is_none_or(|me| {
            me.operation();
            // A thread whose `wait` was aborted drops a guard for a lock it does not have.
            me.gave_back(self.number) || !me.run.is_aborted()
        });
        if ours {
            self.traced.did(What::Gave, 0, at);
            self.release();
        }
    }

    /// Takes the raw lock if it is free.
    fn take(&self) -> bool {
        self.raw.try_lock().is_some()
    }

    /// Gives back the raw lock and wakes the first thread that waits for it.
    ///
    /// The other half is in [`Self::enqueue`] (a Dekker pattern): the waiter enters the queue,
    /// then tries the lock; we free the lock, then look for waiters. With a `SeqCst` fence between
    /// the two steps on both sides, one of the fences comes first: either the waiter finds the
    /// lock free, or we find the waiter. With less, both could miss the other: a lost wake-up.
    fn release(&self) {
        // The guard state of `parking_lot`'s own mutex is empty, so any will do.
        let state = <RawMutex as lock_api::RawMutex>::Guard::default();
        // SAFETY: the raw mutex is held by this thread. Only a guard of the facade calls `unlock`,
        // once, and a guard is made only after `lock` or `try_lock` has taken the raw mutex; the
        // one guard without it, after an aborted wait, is sorted out in `unlock`.
        unsafe { self.raw.unlock(state) };
        fence(SeqCst);
        // Relaxed: the fence orders it after the release above.
        if self.n_waiting.load(Relaxed) > 0 {
            self.wake_one();
        }
    }

    fn wake_one(&self) {
        let mut queue = self.queue.lock();
        let first = queue.pop_front();
        // Relaxed: the fences of the Dekker pattern order it; the queue's lock keeps it right.
        self.n_waiting.store(queue.len(), Relaxed);
        drop(queue);
        if let Some(thread) = first {
            thread.unpark();
        }
    }

    /// Enters the queue, before the lock is tried once more.
    fn enqueue(&self) {
        let mut queue = self.queue.lock();
        queue.push_back(thread::current());
        // Relaxed: the fence orders it before the `try_lock` that follows.
        self.n_waiting.store(queue.len(), Relaxed);
        drop(queue);
        fence(SeqCst);
    }

    /// Leaves the queue. Returns false if somebody has already taken us out, to wake us.
    fn dequeue(&self) -> bool {
        let mut queue = self.queue.lock();
        let ours = thread::current().id();
        let place = queue.iter().position(|thread| thread.id() == ours);
        if let Some(place) = place {
            queue.remove(place);
        }
        // Relaxed: as in `wake_one`.
        self.n_waiting.store(queue.len(), Relaxed);
        place.is_some()
    }

    fn lock_slowly(&self, me: Option<&Me>, at: Line) {
        if self.spin() {
            return;
        }
        loop {
            self.enqueue();
            if self.take() {
                self.dequeue();
                return;
            }
            self.sleep(me, at);
            if !self.dequeue() && me.is_some_and(Me::must_unwind) {
                // We were woken to take the lock, but shall not: pass it on.
                self.wake_one();
            }
            if let Some(me) = me {
                me.check();
                if me.run.is_aborted() {
                    return self.lock_in_drop();
                }
            }
        }
    }

    fn spin(&self) -> bool {
        (0..SPINS).any(|_| {
            std::hint::spin_loop();
            self.take()
        })
    }

    /// Sleeps until the lock may be free (or for no reason), or the run is aborted.
    fn sleep(&self, me: Option<&Me>, at: Line) {
        match me {
            None => thread::park(),
            Some(me) => {
                self.introduce(me);
                me.sleep(WaitFor::Lock(Use { lock: self.number, at }));
            }
        }
    }

    /// Takes the lock for a `Drop` that runs while an aborted run unwinds.
    ///
    /// We cannot unwind again, and must not return without the lock. Everybody who holds it is
    /// unwinding too and gives it back, unless their `Drop`s wait for each other as well.
    fn lock_in_drop(&self) {
        let begin = Instant::now();
        while !self.take() {
            assert!(
                begin.elapsed() < LAST_CHANCE,
                "`Drop` code of the lab waits for {} for ever",
                self.name
            );
            thread::yield_now();
        }
    }

    fn note_taken(&self, me: Option<&Me>, at: Line) {
        if let Some(me) = me {
            self.introduce(me);
            me.took(Use { lock: self.number, at });
        }
    }

    /// Tells a run the name of a lock that was made elsewhere.
    fn introduce(&self, me: &Me) {
        if self.home != me.run.number {
            me.run.learn(self.number, &self.name);
        }
    }
}
