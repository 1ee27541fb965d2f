//! What std leaves open, and that the model follows every way: a test for each row of the table
//! in the book (`verdict.md`, "What the model leaves open").

use std::collections::BTreeMap;

use conclab_engine::settings::ModelSettings;
use conclab_engine::stop::Stop;
use conclab_engine::sync::atomic::AtomicU64;
use conclab_engine::sync::atomic::Ordering::SeqCst;
use conclab_engine::sync::{Barrier, Condvar, Mutex, RwLock, Semaphore, mpsc};
use conclab_engine::thread;
use conclab_engine::world::model::{Explored, explore};

fn explored(body: &dyn Fn() -> String) -> Explored {
    let settings = ModelSettings::new(100_000, Stop::never());
    explore(body, &settings, &mut |_| {}).expect("the program can be explored")
}

/// Interleavings by outcome.
fn counts(body: &dyn Fn() -> String) -> BTreeMap<String, String> {
    let tallies = explored(body).histogram().into_iter();
    tallies.map(|tally| (tally.outcome, tally.interleavings.to_string())).collect()
}

fn pairs<const N: usize>(pairs: [(&str, &str); N]) -> BTreeMap<String, String> {
    pairs.map(|(outcome, n)| (outcome.to_owned(), n.to_owned())).into()
}

/// A thread that reads once or twice, beside one that writes.
fn reads_beside_a_writer(reads: usize) -> String {
    let ledger = RwLock::named("ledger", 1_u64);
    thread::scope(|s| {
        s.spawn(|| {
            let guards: Vec<_> = (0..reads).map(|_| ledger.read()).collect();
            assert!(guards.iter().all(|guard| **guard == *guards[0]));
        });
        s.spawn(|| *ledger.write() += 1);
    });
    "done".to_owned()
}

#[test]
fn a_thread_that_reads_twice_beside_a_writer_can_hang() {
    // One reader: read, unlock, write, unlock in either order of the two threads.
    assert_eq!(counts(&|| reads_beside_a_writer(1)), pairs([("done", "2")]));
    // Reader first, writer first, and the reader held back behind a writer that waits for it.
    let twice = || reads_beside_a_writer(2);
    assert_eq!(counts(&twice), pairs([("deadlock", "1"), ("done", "2")]));
    let found = explored(&twice);
    let simplest = found.simplest(|outcome| outcome == "deadlock").expect("it is reached");
    let told = found.tell(&twice, &simplest).expect("it is deterministic");
    let last = told.steps.last().expect("there are steps");
    assert_eq!(
        (last.operation.as_str(), last.result.as_deref()),
        ("read ledger", Some("held back: B waits to write"))
    );
    let stuck = told.wait_for.expect("threads wait").waiting;
    let reader = stuck.iter().find(|one| one.thread == "A").expect("the reader waits");
    assert_eq!(reader.held_by.as_deref(), Some("B"));
}

#[test]
fn readers_in_a_ring_with_writers_can_hang() {
    let body = || {
        let locks = [RwLock::named("one", ()), RwLock::named("other", ())];
        thread::scope(|s| {
            for n in 0..2 {
                let locks = &locks;
                s.spawn(move || {
                    let _mine = locks[n].read();
                    let _other = locks[1 - n].read();
                });
                s.spawn(move || drop(locks[n].write()));
            }
        });
        "done".to_owned()
    };
    let found = counts(&body);
    assert!(found.contains_key("deadlock") && found.contains_key("done"), "{found:?}");
}

#[test]
fn readers_that_give_back_before_they_read_again_do_not_hang() {
    let body = || {
        let ledger = RwLock::named("ledger", 1_u64);
        thread::scope(|s| {
            s.spawn(|| drop(ledger.read()));
            s.spawn(|| {
                drop(ledger.read());
                drop(ledger.read());
            });
            s.spawn(|| *ledger.write() += 1);
        });
        "done".to_owned()
    };
    assert_eq!(counts(&body).keys().collect::<Vec<_>>(), ["done"]);
}

#[test]
fn try_read_may_be_refused_while_a_writer_waits() {
    let body = || {
        let ledger = RwLock::named("ledger", 1_u64);
        let got = AtomicU64::named("got", 0);
        thread::scope(|s| {
            s.spawn(|| {
                let _first = ledger.read();
                // SeqCst: the model knows no other.
                got.store(1 + u64::from(ledger.try_read().is_some()), SeqCst);
            });
            s.spawn(|| drop(ledger.write()));
        });
        got.into_inner().to_string()
    };
    assert_eq!(counts(&body).keys().collect::<Vec<_>>(), ["1", "2"]);
    let alone = || {
        let ledger = RwLock::named("ledger", 1_u64);
        let _first = ledger.read();
        ledger.try_read().is_some().to_string()
    };
    assert_eq!(counts(&alone).keys().collect::<Vec<_>>(), ["true"]);
}

#[test]
fn notify_one_wakes_whichever_waiter() {
    let body = || {
        let (turn, bell) = (Mutex::named("turn", 0_u64), Condvar::named("bell"));
        let first = AtomicU64::named("first", 0);
        thread::scope(|s| {
            for n in 1..=2 {
                let (turn, bell, first) = (&turn, &bell, &first);
                s.spawn(move || {
                    let mut turn = turn.lock();
                    *turn += 1;
                    while *turn < 10 {
                        turn = bell.wait(turn);
                    }
                    // SeqCst: the model knows no other.
                    let _ = first.compare_exchange(0, n, SeqCst, SeqCst);
                });
            }
            s.spawn(|| {
                let both_wait = || *turn.lock() == 2;
                conclab_engine::retry(|| both_wait().then_some(()));
                *turn.lock() = 10;
                bell.notify_one();
                bell.notify_one();
            });
        });
        first.into_inner().to_string()
    };
    let found = counts(&body);
    assert!(found.contains_key("1") && found.contains_key("2"), "{found:?}");
}

/// Two threads take something twice, one after the other; the outcome is the order.
fn order(take: impl Fn(&mut dyn FnMut()) + Sync) -> String {
    let order = Mutex::named("order", String::new());
    thread::scope(|s| {
        for name in ["a", "b"] {
            let (order, take) = (&order, &take);
            s.spawn(move || {
                for _ in 0..2 {
                    take(&mut || order.lock().push_str(name));
                }
            });
        }
    });
    order.into_inner()
}

#[test]
fn a_lock_or_permit_that_is_given_back_may_be_taken_again_at_once() {
    let all = ["aabb", "abab", "abba", "baab", "baba", "bbaa"];
    let mutex = || {
        let door = Mutex::named("door", ());
        order(|inside| {
            let _guard = door.lock();
            inside();
        })
    };
    assert_eq!(counts(&mutex).keys().collect::<Vec<_>>(), all);
    let permit = || {
        let permits = Semaphore::named("permits", 1);
        order(|inside| {
            permits.acquire();
            inside();
            permits.release();
        })
    };
    assert_eq!(counts(&permit).keys().collect::<Vec<_>>(), all);
}

#[test]
fn either_thread_may_lead_at_a_barrier() {
    let body = || {
        let line = Barrier::named("line", 2);
        let leader = AtomicU64::named("leader", 0);
        thread::scope(|s| {
            for n in 1..=2 {
                let (line, leader) = (&line, &leader);
                s.spawn(move || {
                    if line.wait() {
                        // SeqCst: the model knows no other.
                        leader.store(n, SeqCst);
                    }
                });
            }
        });
        leader.into_inner().to_string()
    };
    assert_eq!(counts(&body).keys().collect::<Vec<_>>(), ["1", "2"]);
}

#[test]
fn messages_of_two_senders_come_in_any_order_and_those_of_one_in_theirs() {
    let body = || {
        let (sender, receiver) = mpsc::sync_channel(4);
        thread::scope(|s| {
            for name in ["a", "b"] {
                let sender = sender.clone();
                s.spawn(move || {
                    for n in 1..=2 {
                        sender.send(format!("{name}{n}")).expect("somebody listens");
                    }
                });
            }
        });
        drop(sender);
        {
            let mut got = Vec::new();
            while let Ok(text) = receiver.recv() {
                got.push(text);
            }
            got.join(" ")
        }
    };
    let found = counts(&body);
    assert_eq!(found.len(), 6, "{found:?}");
    let in_order =
        |text: &String| text.find("a1") < text.find("a2") && text.find("b1") < text.find("b2");
    assert!(found.keys().all(in_order), "{found:?}");
}

#[test]
fn compare_exchange_weak_may_fail_for_no_reason_as_often_as_asked() {
    let once = || {
        let word = AtomicU64::named("word", 0);
        // SeqCst: the model knows no other.
        word.compare_exchange_weak(0, 1, SeqCst, SeqCst).is_ok().to_string()
    };
    let strong = || {
        let word = AtomicU64::named("word", 0);
        // SeqCst: the model knows no other.
        word.compare_exchange(0, 1, SeqCst, SeqCst).is_ok().to_string()
    };
    let counts = |body: &dyn Fn() -> String, spurious| {
        let settings = ModelSettings { spurious, ..ModelSettings::new(1_000, Stop::never()) };
        let found = explore(body, &settings, &mut |_| {}).expect("it can be explored");
        let tallies = found.histogram().into_iter();
        tallies.map(|it| format!("{} × {}", it.outcome, it.interleavings)).collect::<Vec<_>>()
    };
    assert_eq!(counts(&once, 0), ["true × 1"]);
    assert_eq!(counts(&once, 1), ["false × 1", "true × 1"]);
    assert_eq!(counts(&strong, 1), ["true × 1"]);
    // In a loop each failure is one way more to come to the end, and none hangs.
    let again = || {
        let word = AtomicU64::named("word", 0);
        conclab_engine::retry(|| {
            // SeqCst: the model knows no other.
            let seen = word.load(SeqCst);
            word.compare_exchange_weak(seen, seen + 1, SeqCst, SeqCst).ok()
        });
        word.into_inner().to_string()
    };
    assert_eq!(counts(&again, 0), ["1 × 1"]);
    assert_eq!(counts(&again, 3), ["1 × 4"]);
}
