//! Runs that cannot go on are recognised, and only those.

use super::*;

#[test]
fn opposite_orders_deadlock_in_every_run_with_a_handshake() {
    let runs = run(&settings(50, Widen::Handshake), &ab_ba);
    expect_all(&runs, "deadlock", 50);
    let graph = runs.wait_for.expect("a stuck run has a graph");
    assert_eq!(graph.cycle, ["A", "B"]);
    let [main, a, b] = &graph.waiting[..] else { panic!("three threads wait: {graph:?}") };
    assert_eq!((&*main.thread, main.how, main.held_by.as_deref()), ("main", Wait::Join, Some("A")));
    for (waiting, name, has, wants, other) in
        [(a, "A", "left", "right", "B"), (b, "B", "right", "left", "A")]
    {
        assert_eq!((&*waiting.thread, waiting.how), (name, Wait::Lock));
        assert_eq!(waiting.holds.len(), 1);
        assert_eq!((&*waiting.holds[0].name, &*waiting.wants.name), (has, wants));
        assert_eq!(waiting.held_by.as_deref(), Some(other));
        assert_eq!(waiting.wants.line, waiting.holds[0].line + 2);
        assert!(waiting.wants.file.ends_with("mod.rs"));
    }
}

#[test]
fn one_order_never_deadlocks() {
    for widen in [Widen::None, Widen::Yield, Widen::Spin, Widen::Sleep, Widen::Handshake] {
        let runs = run(&settings(50, widen), &ordered);
        expect_all(&runs, "done", 50);
        // A thread that waits for the lock of one in the window counts as arrived: otherwise
        // each handshake would take 250 ms.
        assert!(runs.elapsed_ns < 50 * 200_000_000);
    }
}

#[test]
fn a_ring_of_five_deadlocks() {
    let runs = run(&settings(20, Widen::Handshake), &|| {
        let forks: Vec<Lock> = (0..5).map(|_| Lock::new(None)).collect();
        scope(|s| {
            for i in 0..5 {
                let forks = &forks;
                s.spawn(None, move || both_orders(&forks[i], &forks[(i + 1) % 5]));
            }
        });
        String::new()
    });
    expect_all(&runs, "deadlock", 20);
    let graph = runs.wait_for.expect("a stuck run has a graph");
    assert_eq!(graph.cycle, ["A", "B", "C", "D", "E"]);
    assert_eq!(graph.waiting[1].holds[0].name, "mutex 1");
}

#[test]
fn a_thread_that_locks_twice_deadlocks_with_itself() {
    let runs = run(&settings(5, Widen::None), &|| {
        let lock = lock("only");
        let _once = guard(&lock);
        let _twice = guard(&lock);
        String::new()
    });
    expect_all(&runs, "deadlock", 5);
    assert_eq!(runs.wait_for.expect("a graph").cycle, ["main"]);
}

/// B sleeps though A has notified already.
#[test]
fn a_lost_wake_up_is_a_deadlock_without_a_cycle() {
    let runs = run(&settings(50, Widen::None), &|| {
        let (lock, signal) = (lock("flag"), Signal::new(Some("ready".into())));
        scope(|s| {
            s.spawn(None, || signal.notify_one(here())).join().expect("ends");
            s.spawn(None, || {
                let _guard = guard(&lock);
                signal.wait(&lock, None, here());
            });
        });
        String::new()
    });
    expect_all(&runs, "deadlock", 50);
    let graph = runs.wait_for.expect("a stuck run has a graph");
    assert_eq!(graph.cycle, Vec::<String>::new());
    assert_eq!(graph.waiting.len(), 2);
    assert_eq!((graph.waiting[1].how, &*graph.waiting[1].wants.name), (Wait::Condvar, "ready"));
    assert!(graph.waiting[1].holds.is_empty(), "it gave its lock back");
}

#[test]
fn notify_one_wakes_one_of_two() {
    let runs = run(&settings(20, Widen::None), &|| {
        let (lock, signal, asleep) = (Lock::new(None), Signal::new(None), AtomicUsize::new(0));
        let sleep = || {
            let _guard = guard(&lock);
            asleep.fetch_add(1, SeqCst);
            signal.wait(&lock, None, here());
        };
        scope(|s| {
            s.spawn(None, sleep);
            s.spawn(None, sleep);
            while asleep.load(SeqCst) < 2 {
                spin_loop();
            }
            // The second sleeper has given the lock back: it is in the queue.
            let _guard = guard(&lock);
            signal.notify_one(here());
        });
        String::new()
    });
    expect_all(&runs, "deadlock", 20);
    let graph = runs.wait_for.expect("a stuck run has a graph");
    assert_eq!(graph.waiting.iter().filter(|w| w.how == Wait::Condvar).count(), 1);
}

#[test]
fn a_waiter_is_woken() {
    expect_all(&run(&settings(20, Widen::None), &|| hand_over(100)), "200", 20);
}

fn stubborn(first: &Lock, second: &Lock) {
    let _first = guard(first);
    window("between the locks", here());
    drop(retry(|| try_guard(second), here()));
}

#[test]
fn retrying_without_release_is_a_livelock() {
    let runs = run(&settings(30, Widen::Handshake), &|| {
        let (left, right) = (lock("left"), lock("right"));
        scope(|s| {
            s.spawn(None, || stubborn(&left, &right));
            s.spawn(None, || stubborn(&right, &left));
        });
        "done".to_owned()
    });
    expect_all(&runs, "livelock", 30);
    let graph = runs.wait_for.expect("a stuck run has a graph");
    assert_eq!(graph.cycle, ["A", "B"]);
    assert_eq!(graph.waiting[1].how, Wait::Retry);
    assert_eq!(graph.waiting[1].wants.name, "right");
}

#[test]
fn retrying_with_release_ends() {
    let runs = run(&settings(30, Widen::Handshake), &|| {
        let (left, right) = (lock("left"), lock("right"));
        scope(|s| {
            s.spawn(None, || polite(&left, &right));
            s.spawn(None, || polite(&right, &left));
        });
        "done".to_owned()
    });
    expect_all(&runs, "done", 30);
}

/// The retrying threads hold each other up, but an atomic could tell them to give up.
#[test]
fn an_iteration_that_reads_an_atomic_is_no_livelock() {
    let runs = run(&settings(10, Widen::Handshake), &|| {
        let (left, right, give_up) = (lock("left"), lock("right"), AtomicU64::new(0));
        let stubborn = |first: &Lock, second: &Lock| {
            let _first = guard(first);
            window("between the locks", here());
            let attempt = || {
                assert!(in_retry());
                note_operation();
                let tired = give_up.fetch_add(1, SeqCst) > 20;
                tired.then_some(None).or_else(|| try_guard(second).map(Some))
            };
            drop(retry(attempt, here()));
        };
        scope(|s| {
            s.spawn(None, || stubborn(&left, &right));
            s.spawn(None, || stubborn(&right, &left));
        });
        "done".to_owned()
    });
    expect_all(&runs, "done", 10);
}

/// Hands are shaken in each window anew, and nobody runs ahead into the next one.
#[test]
fn two_windows_in_a_row_are_two_handshakes() {
    let runs = run(&settings(100, Widen::Handshake), &|| {
        let stage = [AtomicU64::new(0), AtomicU64::new(0)];
        let walk = |own: usize, other: usize| {
            for (n, name) in ["first", "second"].into_iter().enumerate() {
                stage[own].store(n as u64 + 1, SeqCst);
                window(name, here());
                assert!(stage[other].load(SeqCst) > n as u64, "ran ahead of the {name} window");
            }
        };
        scope(|s| {
            s.spawn(None, || walk(0, 1));
            s.spawn(None, || walk(1, 0));
        });
        "done".to_owned()
    });
    expect_all(&runs, "done", 100);
}
