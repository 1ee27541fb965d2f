//! A second opinion on the rings of the process pool: loom, which knows weak memory.
//!
//! The model world proves them under sequential consistency. loom goes through the orderings too:
//! it sees a byte that is copied too early, and a wake-up that is missed because a store was not
//! seen in time. It is no proof: preemptions are bounded.

use std::fmt;

use conclab_workers::ring_end::{Bell, End, Wants};
use conclab_workers::ring_ground::{Ground, Word};
use loom::cell::UnsafeCell;
use loom::sync::atomic::Ordering::{self, SeqCst};
use loom::sync::atomic::{AtomicU64, fence};
use loom::sync::{Arc, Condvar, Mutex};

/// Preemptions per execution.
const PREEMPTIONS: usize = 3;

/// Bytes that go to and fro.
const BYTES: u8 = 2;

#[derive(Debug)]
struct Shared(AtomicU64);

/// loom takes `SeqCst` accesses for weaker ones (loom#180), but knows fences: they stand for it.
impl Word for Shared {
    fn load(&self, order: Ordering) -> u64 {
        settle(order);
        // The caller says what it pairs with.
        self.0.load(order)
    }

    fn store(&self, value: u64, order: Ordering) {
        settle(order);
        // The caller says what it pairs with.
        self.0.store(value, order);
        settle(order);
    }

    fn swap(&self, value: u64, order: Ordering) -> u64 {
        settle(order);
        // The caller says what it pairs with.
        let old = self.0.swap(value, order);
        settle(order);
        old
    }
}

fn settle(order: Ordering) {
    if order == SeqCst {
        fence(SeqCst);
    }
}

/// A ring for one byte, in a cell that complains if both sides are in it.
#[derive(Clone)]
struct Ring(Arc<([Shared; 4], UnsafeCell<u8>)>);

impl fmt::Debug for Ring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ring")
    }
}

impl Ring {
    fn new() -> Self {
        let words = [(); 4].map(|()| Shared(AtomicU64::new(0)));
        Self(Arc::new((words, UnsafeCell::new(0))))
    }
}

impl Ground for Ring {
    type Word = Shared;

    fn written(&self) -> &Shared {
        &self.0.0[0]
    }

    fn taken(&self) -> &Shared {
        &self.0.0[1]
    }

    fn writer_sleeps(&self) -> &Shared {
        &self.0.0[2]
    }

    fn reader_sleeps(&self) -> &Shared {
        &self.0.0[3]
    }

    fn capacity(&self) -> usize {
        1
    }

    fn put(&self, _: usize, bytes: &[u8]) {
        for byte in bytes {
            self.0.1.with_mut(|cell| write(cell, *byte));
        }
    }

    fn get(&self, _: usize, room: &mut [u8]) {
        for byte in room {
            *byte = self.0.1.with(read);
        }
    }
}

#[expect(unsafe_code, reason = "loom's cell hands out pointers and checks who uses them")]
fn write(cell: *mut u8, byte: u8) {
    // SAFETY: loom fails the test if another thread is in the cell.
    unsafe { *cell = byte }
}

#[expect(unsafe_code, reason = "loom's cell hands out pointers and checks who uses them")]
fn read(cell: *const u8) -> u8 {
    // SAFETY: loom fails the test if another thread writes to the cell.
    unsafe { *cell }
}

/// A pipe of bells, as a number and a signal.
#[derive(Clone)]
struct Bells(Arc<(Mutex<u32>, Condvar)>);

impl fmt::Debug for Bells {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Bells")
    }
}

impl Bells {
    fn new() -> Self {
        Self(Arc::new((Mutex::new(0), Condvar::new())))
    }

    fn hear(&self) {
        let mut rings = self.0.0.lock().expect("nobody panics");
        while *rings == 0 {
            rings = self.0.1.wait(rings).expect("nobody panics");
        }
        *rings = 0;
    }
}

impl Bell for Bells {
    fn ring(&self) {
        *self.0.0.lock().expect("nobody panics") += 1;
        self.0.1.notify_one();
    }
}

/// Waits as the parent and as a worker do.
fn wait(end: &mut End<Ring, Bells>, own: &Bells, wants: Wants) {
    if end.falls_asleep(wants).expect("both are honest") {
        own.hear();
    }
    end.wakes();
}

/// One way: the other one is the same code.
#[test]
fn no_byte_is_seen_too_early_and_no_wake_up_is_missed() {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(PREEMPTIONS);
    builder.check(|| {
        let (tasks, replies) = (Ring::new(), Ring::new());
        let (parents, workers) = (Bells::new(), Bells::new());
        let worker = End::new(replies.clone(), tasks.clone(), parents.clone());
        let mut parent = End::new(tasks, replies, workers.clone());
        let thread = loom::thread::spawn(move || receive(worker, &workers));
        for byte in 1..=BYTES {
            while parent.send(&[byte]).expect("the worker is honest") == 0 {
                wait(&mut parent, &parents, Wants { bytes: false, room: true });
            }
        }
        let received = thread.join().expect("nobody panics");
        assert!(received.into_iter().eq(1..=BYTES));
    });
}

fn receive(mut end: End<Ring, Bells>, own: &Bells) -> Vec<u8> {
    let mut received = Vec::new();
    while received.len() < BYTES.into() {
        let mut room = [0];
        if end.receive(&mut room).expect("the parent is honest") == 1 {
            received.push(room[0]);
        } else {
            wait(&mut end, own, Wants { bytes: true, room: false });
        }
    }
    received
}
