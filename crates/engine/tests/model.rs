//! What the explorer says of small programs of every kind: ends, budgets, cycles, numbers.

use std::cell::Cell;
use std::sync::atomic::AtomicIsize;

use conclab_engine::ExploreError;
use conclab_engine::report::{Count, Interleaving, Limit, Wait};
use conclab_engine::settings::ModelSettings;
use conclab_engine::stop::Stop;
use conclab_engine::sync::atomic::AtomicU64;
use conclab_engine::sync::atomic::Ordering::{Relaxed, SeqCst};
use conclab_engine::sync::{Arc, Condvar, Mutex, RwLock};
use conclab_engine::world::model::{Explored, explore};
use conclab_engine::{hint, repeat, retry, thread};
use num_bigint::BigUint;

fn settings() -> ModelSettings {
    ModelSettings::new(100_000, Stop::never())
}

fn explored(body: &dyn Fn() -> String) -> Explored {
    explore(body, &settings(), &mut |_| {}).expect("the program can be explored")
}

/// `outcome × interleavings` of every outcome.
fn tally(found: &Explored) -> Vec<String> {
    let tallies = found.histogram().into_iter();
    tallies.map(|one| format!("{} × {}", one.outcome, one.interleavings)).collect()
}

/// The simplest interleaving that ends in `outcome`.
fn simplest(found: &Explored, body: &dyn Fn() -> String, outcome: &str) -> Interleaving {
    let schedule = found.simplest(|one| one == outcome).expect("the outcome is reached");
    found.tell(body, &schedule).expect("the program is deterministic")
}

#[test]
fn a_panic_is_an_outcome_with_its_interleaving() {
    let body = || {
        let ready = AtomicU64::named("ready", 0);
        thread::scope(|s| {
            s.spawn_named("reader", || assert_eq!(ready.load(SeqCst), 1, "not ready"));
            s.spawn_named("writer", || ready.store(1, SeqCst));
        });
        "fine".to_owned()
    };
    let found = explored(&body);
    let panic = "panic: assertion `left == right` failed: not ready\n  left: 0\n right: 1";
    assert_eq!(tally(&found), ["fine × 1", &format!("{panic} × 1")]);
    let told = simplest(&found, &body, panic);
    assert_eq!(told.steps.len(), 1);
    assert_eq!((&*told.steps[0].thread, &*told.steps[0].operation), ("reader", "load ready"));
}

#[test]
fn a_panic_inside_a_scope_frees_its_threads_first() {
    let body = || {
        let word = AtomicU64::named("word", 0);
        thread::scope(|s| {
            s.spawn(|| word.store(1, SeqCst));
            assert_eq!(word.load(SeqCst), 0, "too late");
        });
        "fine".to_owned()
    };
    assert_eq!(explored(&body).histogram().len(), 2);
}

#[test]
fn threads_that_can_never_go_on_are_a_deadlock_though_others_end() {
    let body = || {
        let (flag, gate) = (Mutex::named("flag", false), Condvar::named("gate"));
        thread::scope(|s| {
            s.spawn_named("sleeper", || {
                let mut open = flag.lock();
                while !*open {
                    open = gate.wait(open);
                }
            });
            s.spawn_named("stranger", || drop(flag.lock()));
        });
        "awake".to_owned()
    };
    let found = explored(&body);
    assert!(found.histogram().iter().all(|one| one.outcome == "deadlock"));
    let stuck = simplest(&found, &body, "deadlock").wait_for.unwrap();
    assert_eq!(stuck.cycle, Vec::<String>::new());
    let sleeper = stuck.waiting.iter().find(|one| one.thread == "sleeper").unwrap();
    assert_eq!((&*sleeper.wants.name, sleeper.how), ("gate", Wait::Condvar));
}

#[test]
fn spinning_for_each_other_is_a_livelock() {
    let body = || {
        let (a, b) = (AtomicU64::named("a", 0), AtomicU64::named("b", 0));
        let wait_then_set = |wait: &AtomicU64, set: &AtomicU64| {
            while wait.load(SeqCst) == 0 {
                hint::spin_loop();
            }
            set.store(1, SeqCst);
        };
        thread::scope(|s| {
            s.spawn(|| wait_then_set(&a, &b));
            s.spawn(|| wait_then_set(&b, &a));
        });
        "done".to_owned()
    };
    assert_eq!(tally(&explored(&body)), ["livelock × 2"]);
}

#[test]
fn a_cycle_that_cannot_be_left_is_a_livelock_without_number() {
    let body = || {
        let busy = AtomicU64::named("busy", 0);
        thread::scope(|s| {
            s.spawn(|| {
                retry(|| {
                    busy.store(1, SeqCst);
                    busy.store(0, SeqCst);
                    None::<()>
                });
            });
        });
        "done".to_owned()
    };
    let found = explored(&body);
    assert_eq!(tally(&found), ["livelock × unbounded"]);
    assert_eq!(found.interleavings(), Count::Unbounded);
    assert!(found.endless(&body).unwrap().is_none(), "there is no end that it misses");
    assert_eq!(simplest(&found, &body, "livelock").outcome, "livelock");
}

#[test]
fn a_cycle_that_can_be_left_is_left_by_a_fair_scheduler() {
    let body = || {
        let (turn, tries) = (AtomicU64::named("turn", 0), AtomicU64::named("tries", 0));
        thread::scope(|s| {
            s.spawn_named("trier", || {
                retry(|| {
                    tries.store(1, SeqCst);
                    tries.store(0, SeqCst);
                    (turn.load(SeqCst) == 1).then_some(())
                });
            });
            s.spawn_named("giver", || turn.store(1, SeqCst));
        });
        turn.into_inner().to_string()
    };
    let found = explored(&body);
    assert_eq!(tally(&found), ["1 × unbounded"]);
    assert!((found.histogram()[0].odds - 1.0).abs() < 1e-12);
    let endless = found.endless(&body).unwrap().unwrap();
    assert!(endless.odds.abs() < f64::EPSILON);
    let told = &endless.interleaving;
    assert_eq!((told.loops_to, told.steps.len()), (Some(0), 3), "{told:?}");
}

#[test]
fn a_wake_up_without_a_reason_is_tried_if_asked_for() {
    let body = || {
        let (ready, gate) = (Mutex::named("ready", false), Condvar::named("gate"));
        thread::scope(|s| {
            s.spawn_named("waiter", || {
                let mut guard = ready.lock();
                // Wrong: it looks once, and not again when it wakes.
                if !*guard {
                    guard = gate.wait(guard);
                }
                assert!(*guard, "not ready");
            });
            s.spawn_named("setter", || {
                *ready.lock() = true;
                gate.notify_one();
            });
        });
        "ready".to_owned()
    };
    assert_eq!(tally(&explored(&body)).len(), 1, "without spurious wake-ups nothing fails");
    let spurious = ModelSettings { spurious: 1, ..settings() };
    let found = explore(&body, &spurious, &mut |_| {}).unwrap();
    let told = simplest(&found, &body, "panic: not ready");
    assert!(told.steps.iter().any(|step| step.operation == "wake up spuriously"));
}

#[test]
fn a_program_that_depends_on_something_else_is_refused() {
    let runs = Cell::new(0_u64);
    let body = || {
        let (a, b) = (AtomicU64::named("a", 0), AtomicU64::named("b", 0));
        runs.set(runs.get() + 1);
        let odd = runs.get() % 2;
        thread::scope(|s| {
            s.spawn(|| if odd == 1 { a.store(1, SeqCst) } else { b.store(1, SeqCst) });
            s.spawn(|| a.store(2, SeqCst));
        });
        a.into_inner().to_string()
    };
    let error = explore(&body, &settings(), &mut |_| {}).unwrap_err();
    let ExploreError::NotDeterministic { thread, before, now } = error else {
        panic!("{error}");
    };
    assert_eq!((&*thread, &*before, &*now), ("A", "store a 1", "store b 1"));
}

#[test]
fn too_many_threads_are_refused() {
    let body = || {
        thread::scope(|s| (0..100).for_each(|_| drop(s.spawn(|| ()))));
        String::new()
    };
    let error = explore(&body, &settings(), &mut |_| {}).unwrap_err();
    assert!(matches!(error, ExploreError::TooLarge { .. }), "{error}");
}

fn increments(n_threads: usize, n: usize) -> String {
    let counter = AtomicU64::named("counter", 0);
    thread::scope(|s| {
        for _ in 0..n_threads {
            s.spawn(|| {
                repeat(n, |_| {
                    let seen = counter.load(Relaxed);
                    counter.store(seen + 1, Relaxed);
                });
            });
        }
    });
    counter.into_inner().to_string()
}

#[test]
fn a_budget_ends_the_search_and_is_said() {
    let body = || increments(8, 1_000);
    let few = ModelSettings { states_max: 1_000, ..settings() };
    let found = explore(&body, &few, &mut |_| {}).unwrap();
    assert_eq!(found.limit(), Some(Limit::States));
    assert_eq!(found.states(), 1_001);
    assert!(found.histogram().iter().all(|one| one.outcome != "deadlock"));
    let number = BigUint::from(1_u32);
    assert!(matches!(found.schedule(&number), Err(ExploreError::NotExhausted { .. })));
}

#[test]
fn a_deadline_ends_the_search_and_is_said() {
    let body = || increments(8, 1_000);
    let stop = Stop::never().within(std::time::Duration::from_millis(50));
    let hurried = ModelSettings { stop, states_max: u64::MAX, ..settings() };
    let found = explore(&body, &hurried, &mut |_| {}).unwrap();
    assert_eq!(found.limit(), Some(Limit::Time));
}

#[test]
fn counts_outgrow_128_bits() {
    let body = || {
        let words = [AtomicU64::named("a", 0), AtomicU64::named("b", 0)];
        thread::scope(|s| {
            for word in &words {
                s.spawn(|| repeat(70, |_| word.store(1, SeqCst)));
            }
        });
        "done".to_owned()
    };
    let found = explored(&body);
    // The closed form of two threads with 70 steps each: 140 over 70.
    let choose = (1_u32..=70).fold(BigUint::from(1_u32), |product, i| product * (70 + i) / i);
    assert!(choose.bits() > 128);
    assert_eq!(found.interleavings(), Count::Exactly(choose.clone()));
    let last = found.schedule(&choose).unwrap();
    assert_eq!(found.number(&last), Some(choose));
}

#[test]
fn results_of_threads_come_back_by_join() {
    let body = || {
        let word = Arc::new(AtomicU64::named("word", 1));
        let twin = Arc::clone(&word);
        let adder = thread::spawn_named("adder", move || twin.fetch_add(1, SeqCst));
        let mine = word.fetch_add(10, SeqCst);
        let theirs = adder.join().unwrap();
        format!("{mine} {theirs}")
    };
    assert_eq!(tally(&explored(&body)), ["1 11 × 1", "2 1 × 1"]);
}

/// Counts how many of it there are.
#[derive(Hash, Debug)]
struct Token;

static TOKENS: AtomicIsize = AtomicIsize::new(0);

impl Token {
    fn new() -> Self {
        TOKENS.fetch_add(1, SeqCst);
        Self
    }
}

impl Drop for Token {
    fn drop(&mut self) {
        TOKENS.fetch_sub(1, SeqCst);
    }
}

#[test]
fn abandoned_executions_free_what_they_held() {
    let body = || {
        let locks = [Mutex::named("a", Token::new()), Mutex::named("b", Token::new())];
        let _mine = Token::new();
        thread::scope(|s| {
            for i in 0..2 {
                let locks = &locks;
                let given = Token::new();
                s.spawn(move || {
                    let _kept = (Token::new(), given);
                    let _one = locks[i].lock();
                    let _other = locks[1 - i].lock();
                });
            }
        });
        "done".to_owned()
    };
    let found = explored(&body);
    assert_eq!(tally(&found), ["deadlock × 2", "done × 4"]);
    simplest(&found, &body, "deadlock");
    let few = ModelSettings { states_max: 3, ..settings() };
    explore(&body, &few, &mut |_| {}).unwrap();
    assert_eq!(TOKENS.load(SeqCst), 0);
}

#[test]
fn it_is_decided_once_no_way_on_ends_otherwise() {
    let increments = || {
        let counter = AtomicU64::named("counter", 0);
        thread::scope(|s| {
            for _ in 0..2 {
                s.spawn(|| counter.store(counter.load(Relaxed) + 1, Relaxed));
            }
        });
        counter.into_inner().to_string()
    };
    let found = explored(&increments);
    for number in 1..=6_u32 {
        let schedule = found.schedule(&number.into()).unwrap();
        let outcome = found.tell(&increments, &schedule).unwrap().outcome;
        let decided = |wanted: &str| found.decided(&schedule, |one| one == wanted);
        // Both have read the same, or one has written before the other reads.
        assert_eq!(decided(&outcome), Some(2), "{number}");
        assert_eq!(decided("3"), None);
        assert_eq!(found.decided(&schedule, |_| true), Some(0));
    }
}

#[test]
fn a_cycle_that_can_be_left_badly_decides_nothing() {
    let body = || {
        let word = AtomicU64::named("word", 0);
        thread::scope(|s| {
            s.spawn(|| {
                retry(|| {
                    // It changes something each time round: the model goes round as well.
                    word.fetch_xor(2, SeqCst);
                    (word.load(SeqCst) & 1 == 1).then_some(())
                });
            });
            s.spawn(|| word.fetch_or(1, SeqCst));
        });
        word.into_inner().to_string()
    };
    let found = explored(&body);
    let one = found.simplest(|outcome| outcome == "1").expect("it ends in 1");
    let decided = found.decided(&one, |outcome| outcome == "1").expect("it ends so");
    assert!(decided > 1, "the other end is still open when the thread goes round: {decided}");
}

#[test]
fn a_lock_that_goes_out_of_scope_has_the_line_that_took_it() {
    let body = || {
        let (lock, many) = (Mutex::named("lock", 0), RwLock::named("many", 0));
        thread::scope(|s| {
            s.spawn(|| {
                *lock.lock() += 1;
                drop(lock.lock());
                let _reader = many.read();
                let _guard = lock.lock();
            });
        });
        "done".to_owned()
    };
    let told = simplest(&explored(&body), &body, "done");
    let at = |name: &str| {
        let of = told.steps.iter().filter(|step| step.operation.ends_with(name));
        of.map(|step| (step.file.as_str(), step.line)).collect::<Vec<_>>()
    };
    let lines = at("lock");
    assert_eq!(lines.len(), 6, "{told:?}");
    assert!(lines.chunks(2).all(|pair| pair[0] == pair[1]), "{lines:?}");
    let all = told.steps.iter().map(|step| &step.file);
    assert!(all.into_iter().all(|file| file == file!()), "{told:?}");
}
