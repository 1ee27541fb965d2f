//! Both worlds tell the same of a program that is stuck: who waits, how, for what, at which line,
//! and who has it.
//!
//! Every program here gets stuck in the same way in each of its real runs: where that depends on
//! the schedule, a handshake in a window decides it.

use conclab_engine::report::{Wait, WaitForGraph};
use conclab_engine::settings::{ModelSettings, RealSettings, Widen};
use conclab_engine::stop::Stop;
use conclab_engine::sync::atomic::AtomicU32;
use conclab_engine::sync::{Barrier, Condvar, Mutex, RwLock, Semaphore, Sleepers, mpsc};
use conclab_engine::world::model::explore;
use conclab_engine::world::real;
use conclab_engine::{thread, window};

/// The graph of the simplest interleaving that gets stuck.
fn modelled(body: &dyn Fn() -> String) -> WaitForGraph {
    let settings = ModelSettings::new(100_000, Stop::never());
    let found = explore(body, &settings, &mut |_| {}).expect("the program can be explored");
    let schedule = found.simplest(|outcome| outcome == "deadlock").expect("it can deadlock");
    found.tell(body, &schedule).expect("it can be told").wait_for.expect("a graph")
}

/// The graph of real runs, all of which get stuck.
fn seen(body: &(dyn Fn() -> String + Sync)) -> WaitForGraph {
    let widen = Widen::Handshake;
    let settings = RealSettings { runs: 20, widen, stop: Stop::never(), hang: false };
    let runs = real::run(&settings, body);
    assert_eq!(runs.counts.get("deadlock"), Some(&20), "{:?}", runs.counts);
    runs.wait_for.expect("a graph")
}

/// Checks that the worlds agree, and returns what they say of the threads that wait for more than
/// the end of others: `thread how object of holder`.
fn told(body: &(dyn Fn() -> String + Sync)) -> Vec<String> {
    let (model, real) = (modelled(body), seen(body));
    assert_eq!(model, real, "the model and real threads");
    let waits = model.waiting.iter().filter(|one| one.how != Wait::Join);
    waits
        .map(|one| {
            let of = one.held_by.as_ref().map_or(String::new(), |by| format!(" of {by}"));
            format!("{} {:?} {}{of}", one.thread, one.how, one.wants.name)
        })
        .collect()
}

fn done() -> String {
    "done".to_owned()
}

#[test]
fn mutexes_in_opposite_orders() {
    let body = || {
        let both = [Mutex::named("left", 0), Mutex::new(0)];
        thread::scope(|s| {
            for i in 0..2 {
                let both = &both;
                s.spawn(move || {
                    let _first = both[i].lock();
                    window("between the locks");
                    drop(both[1 - i].lock());
                });
            }
        });
        done()
    };
    // The second one has no name: it is counted with those that have.
    assert_eq!(told(&body), ["A Lock mutex 2 of B", "B Lock left of A"]);
    assert_eq!(seen(&body).cycle, ["A", "B"]);
}

#[test]
fn semaphores_in_opposite_orders() {
    let body = || {
        let both = [Semaphore::new(1), Semaphore::new(1)];
        thread::scope(|s| {
            for i in 0..2 {
                let both = &both;
                s.spawn(move || {
                    both[i].acquire();
                    window("between the permits");
                    both[1 - i].acquire();
                    both.iter().for_each(Semaphore::release);
                });
            }
        });
        done()
    };
    // Semaphores have no owner: that each has what the other wants is more than anybody knows.
    assert_eq!(told(&body), ["A Semaphore semaphore 2", "B Semaphore semaphore 1"]);
}

#[test]
fn reader_writer_locks_in_opposite_orders() {
    let body = || {
        let both = [RwLock::named("left", 0), RwLock::named("right", 0)];
        thread::scope(|s| {
            s.spawn(|| {
                let _left = both[0].write();
                window("between the locks");
                drop(both[1].read());
            });
            s.spawn(|| {
                let _right = both[1].write();
                window("between the locks");
                drop(both[0].write());
            });
        });
        done()
    };
    assert_eq!(told(&body), ["A Lock right of B", "B Lock left of A"]);
    assert_eq!(seen(&body).cycle, ["A", "B"]);
}

#[test]
fn a_reader_that_wants_to_write() {
    let body = || {
        let lock = RwLock::new(0);
        let _shared = lock.read();
        drop(lock.write());
        done()
    };
    assert_eq!(told(&body), ["main Lock rwlock 1"]);
}

#[test]
fn a_lost_wake_up() {
    let body = || {
        let (ready, told) = (Mutex::named("ready", false), Condvar::new());
        thread::scope(|s| {
            s.spawn(|| told.notify_one()).join().expect("it ends");
            s.spawn(|| drop(told.wait(ready.lock())));
        });
        done()
    };
    assert_eq!(told(&body), ["B Condvar condvar 1"]);
}

#[test]
fn a_sleeper_whom_nobody_wakes() {
    let body = || {
        let (word, bed) = (AtomicU32::named("word", 0), Sleepers::new());
        thread::scope(|s| {
            s.spawn(|| bed.wake_all()).join().expect("it ends");
            s.spawn(|| bed.sleep_if(&word, 0));
        });
        done()
    };
    assert_eq!(told(&body), ["B Sleep sleepers 1"]);
}

#[test]
fn a_barrier_to_which_too_few_come() {
    let body = || {
        let barrier = Barrier::named("start", 3);
        thread::scope(|s| {
            s.spawn(|| barrier.wait());
            s.spawn(|| barrier.wait());
        });
        done()
    };
    assert_eq!(told(&body), ["A Barrier start", "B Barrier start"]);
}

#[test]
fn a_full_channel_and_an_empty_one() {
    let body = || {
        let (letters, inbox) = mpsc::named_channel("letters", 1);
        let (answers, outbox) = mpsc::sync_channel::<u32>(2);
        thread::scope(|s| {
            s.spawn(|| {
                for n in 0..2 {
                    letters.send(n).expect("the receiver lives");
                }
            });
            s.spawn(|| outbox.recv().expect("the sender lives"));
        });
        drop((inbox, answers));
        done()
    };
    assert_eq!(told(&body), ["A Channel letters", "B Channel channel 2"]);
}
