//! Semaphores, reader-writer locks, barriers, channels and sleeping on atomics, in both worlds.

use std::collections::BTreeSet;

use conclab_engine::report::Wait;
use conclab_engine::settings::{ModelSettings, RealSettings, Widen};
use conclab_engine::stop::Stop;
use conclab_engine::sync::atomic::Ordering::{Relaxed, SeqCst};
use conclab_engine::sync::atomic::{AtomicU32, AtomicU64};
use conclab_engine::sync::{Arc, Barrier, Gauge, RwLock, Semaphore, Sleepers, mpsc};
use conclab_engine::world::model::{Explored, explore};
use conclab_engine::world::real;
use conclab_engine::{retry, thread};

fn explored(body: &dyn Fn() -> String) -> Explored {
    let settings = ModelSettings::new(100_000, Stop::never());
    explore(body, &settings, &mut |_| {}).expect("the program can be explored")
}

/// `outcome × interleavings` in the model; real threads show nothing else.
fn tally(body: &(dyn Fn() -> String + Sync)) -> Vec<String> {
    let model = explored(body).histogram();
    let known: BTreeSet<_> = model.iter().map(|one| one.outcome.clone()).collect();
    let settings = RealSettings { runs: 30, widen: Widen::None, stop: Stop::never(), hang: false };
    let runs = real::run(&settings, body);
    assert_eq!((runs.runs, runs.unfinished), (30, 0));
    for outcome in runs.counts.keys() {
        assert!(known.contains(outcome), "real threads end in {outcome}, the model in {known:?}");
    }
    model.into_iter().map(|one| format!("{} × {}", one.outcome, one.interleavings)).collect()
}

/// Three threads in a room for so many; the outcome is the most that were inside at once.
fn room(permits: u32) -> String {
    let free = Semaphore::named("free", permits);
    let inside = Gauge::named("inside");
    thread::scope(|s| {
        for _ in 0..3 {
            s.spawn(|| {
                free.acquire();
                inside.enter();
                inside.leave();
                free.release();
            });
        }
    });
    inside.into_most().to_string()
}

#[test]
fn a_semaphore_lets_in_as_many_as_it_has_permits() {
    assert_eq!(tally(&|| room(1)), ["1 × 6"]);
    let two: Vec<_> = explored(&|| room(2)).histogram();
    let outcomes: Vec<_> = two.iter().map(|one| &*one.outcome).collect();
    assert_eq!(outcomes, ["1", "2"]);
    tally(&|| room(2));
}

#[test]
fn a_semaphore_has_no_owner() {
    let rendezvous = || {
        let (ready, word) = (Semaphore::named("ready", 0), AtomicU64::named("word", 0));
        thread::scope(|s| {
            s.spawn(|| {
                word.store(7, SeqCst);
                ready.release();
            });
            s.spawn(|| {
                ready.acquire();
                assert_eq!(word.load(SeqCst), 7);
            });
        });
        "met".to_owned()
    };
    assert_eq!(tally(&rendezvous), ["met × 1"]);
}

#[test]
fn two_semaphores_in_the_wrong_order_deadlock() {
    let body = || {
        let both = [Semaphore::named("one", 1), Semaphore::named("other", 1)];
        thread::scope(|s| {
            for i in 0..2 {
                let both = &both;
                s.spawn(move || {
                    both[i].acquire();
                    both[1 - i].acquire();
                    both[0].release();
                    both[1].release();
                });
            }
        });
        "done".to_owned()
    };
    // B can only begin when A has given back everything; A can when B has given back one.
    assert_eq!(tally(&body), ["deadlock × 2", "done × 3"]);
    let found = explored(&body);
    let schedule = found.simplest(|outcome| outcome == "deadlock").unwrap();
    let stuck = found.tell(&body, &schedule).unwrap().wait_for.unwrap();
    let a = stuck.waiting.iter().find(|one| one.thread == "A").unwrap();
    assert_eq!((&*a.wants.name, a.how), ("other", Wait::Semaphore));
}

#[test]
fn retrying_for_a_permit_sleeps_until_there_may_be_one() {
    let body = || {
        let free = Semaphore::named("free", 0);
        thread::scope(|s| {
            s.spawn(|| retry(|| free.try_acquire().then_some(())));
            s.spawn(|| free.release());
        });
        "done".to_owned()
    };
    // It looks before the release and once after it, or only after it.
    assert_eq!(tally(&body), ["done × 2"]);
}

#[test]
fn readers_share_and_a_writer_is_alone() {
    let body = || {
        let (pair, seen) = (RwLock::named("pair", (0, 0)), AtomicU64::named("seen", 0));
        thread::scope(|s| {
            s.spawn_named("writer", || {
                let mut pair = pair.write();
                pair.0 += 1;
                pair.1 += 1;
            });
            for name in ["reader 1", "reader 2"] {
                s.spawn_named(name, || {
                    let pair = pair.read();
                    assert_eq!(pair.0, pair.1);
                    seen.fetch_max(pair.0, Relaxed);
                });
            }
        });
        let (left, right) = pair.into_inner();
        format!("{left} {right} seen {}", seen.into_inner())
    };
    let outcomes: Vec<_> = tally(&body).iter().map(|it| it[..10].to_owned()).collect();
    assert_eq!(outcomes, ["1 1 seen 0", "1 1 seen 1"]);
}

#[test]
fn two_readers_that_want_to_write_deadlock() {
    let body = || {
        let lock = RwLock::named("lock", ());
        thread::scope(|s| {
            for _ in 0..2 {
                s.spawn(|| {
                    let shared = lock.read();
                    if lock.try_write().is_some() {
                        return;
                    }
                    drop(lock.write());
                    drop(shared);
                });
            }
        });
        "done".to_owned()
    };
    // A reader holds its own share while it waits to be alone: nobody is needed for that.
    assert!(explored(&body).histogram().iter().all(|one| one.outcome == "deadlock"));
}

#[test]
fn a_barrier_keeps_rounds_apart() {
    let body = || {
        let barrier = Barrier::named("barrier", 2);
        let (late, leaders) = (AtomicU64::named("late", 0), AtomicU64::named("leaders", 0));
        thread::scope(|s| {
            for _ in 0..2 {
                s.spawn(|| {
                    for round in 1..=2 {
                        late.fetch_add(1, SeqCst);
                        leaders.fetch_add(u64::from(barrier.wait()), SeqCst);
                        assert!(late.load(SeqCst) >= 2 * round, "round {round} began too early");
                    }
                });
            }
        });
        leaders.into_inner().to_string()
    };
    let all: Vec<_> = tally(&body);
    assert!(all.len() == 1 && all[0].starts_with("2 ×"), "{all:?}");
}

#[test]
fn a_channel_hands_over_in_order_and_says_when_it_ends() {
    let body = || {
        let (sender, receiver) = mpsc::named_channel("numbers", 1);
        thread::scope(|s| {
            s.spawn_named("producer", move || (1..=3).all(|n| sender.send(n).is_ok()));
            let sum = s.spawn_named("consumer", move || {
                let mut told = Vec::new();
                while let Ok(n) = receiver.recv() {
                    told.push(n);
                }
                format!("{told:?}")
            });
            sum.join().unwrap()
        })
    };
    let all = tally(&body);
    assert!(all.len() == 1 && all[0].starts_with("[1, 2, 3] ×"), "{all:?}");
}

#[test]
fn a_sender_learns_that_nobody_listens() {
    let body = || {
        let (sender, receiver) = mpsc::named_channel("words", 1);
        thread::scope(|s| {
            s.spawn(move || drop(receiver));
            let sent = s.spawn(move || [sender.send(1).is_ok(), sender.send(2).is_ok()]);
            format!("{:?}", sent.join().unwrap())
        })
    };
    let outcomes: Vec<_> = tally(&body).iter().map(|it| it[..14].to_owned()).collect();
    assert_eq!(outcomes, ["[false, false]", "[true, false] "]);
}

#[test]
fn who_sleeps_on_a_changed_word_is_not_put_to_sleep() {
    let body = |check: bool| {
        let (word, bed) = (Arc::new(AtomicU32::named("word", 0)), Sleepers::named("bed"));
        thread::scope(|s| {
            s.spawn_named("sleeper", || {
                if word.load(SeqCst) == 0 {
                    // Wrong without the check: the word may have changed since it was looked at.
                    let expected = if check { 0 } else { word.load(SeqCst) };
                    bed.sleep_if(&word, expected);
                }
            });
            s.spawn_named("waker", || {
                word.store(1, SeqCst);
                bed.wake_one();
            });
        });
        "awake".to_owned()
    };
    let checked = tally(&|| body(true));
    assert!(checked.len() == 1 && checked[0].starts_with("awake"), "{checked:?}");
    let blind = explored(&|| body(false)).histogram();
    assert!(blind.iter().any(|one| one.outcome == "deadlock"), "{blind:?}");
}
