//! Every run ends: by itself, by a panic, by the watchdog, on request; and nothing is left.

use std::process::Command;

use super::*;

fn panics() -> String {
    let locked = Lock::new(None);
    scope(|s| {
        let _guard = guard(&locked);
        s.spawn(None, || drop(guard(&locked)));
        s.spawn(None, || panic!("no {}", "way")).join().expect("not reached");
    });
    String::new()
}

#[test]
fn a_panic_is_an_outcome() {
    expect_all(&run(&settings(20, Widen::None), &panics), "panic: no way", 20);
    let in_main = || -> String { panic!("main") };
    expect_all(&run(&settings(5, Widen::None), &in_main), "panic: main", 5);
}

#[test]
#[ignore = "run by `a_panic_of_the_lab_prints_nothing` in a process of its own"]
fn print_nothing() {
    expect_all(&run(&settings(20, Widen::None), &panics), "panic: no way", 20);
}

#[test]
fn a_panic_of_the_lab_prints_nothing() {
    let program = std::env::current_exe().expect("the test program has a path");
    let arguments =
        ["--exact", "world::real::tests::ends::print_nothing", "--ignored", "--nocapture"];
    let output = Command::new(program).args(arguments).output().expect("it starts");
    assert!(output.status.success());
    assert!(String::from_utf8_lossy(&output.stdout).contains("1 passed"));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn detached_threads_are_joined_when_the_run_ends() {
    static ALIVE: AtomicUsize = AtomicUsize::new(0);
    let body = || {
        let joined = spawn(Some("joined".into()), || 7);
        for _ in 0..3 {
            spawn(None, || {
                ALIVE.fetch_add(1, SeqCst);
                yield_now();
                ALIVE.fetch_sub(1, SeqCst);
            });
        }
        joined.join().expect("it does not panic").to_string()
    };
    for _ in 0..20 {
        expect_all(&run(&settings(1, Widen::None), &body), "7", 1);
        assert_eq!(ALIVE.load(SeqCst), 0);
    }
}

#[test]
fn a_detached_thread_that_waits_for_ever_is_a_deadlock() {
    let runs = run(&settings(5, Widen::None), &|| {
        let lock = Arc::new(lock("kept"));
        std::mem::forget(guard(&lock));
        spawn(None, move || drop(guard(&lock)));
        "done".to_owned()
    });
    expect_all(&runs, "deadlock", 5);
}

#[test]
#[cfg(target_os = "linux")]
#[ignore = "run by `no_thread_is_left` in a process of its own"]
fn count_threads() {
    let threads = || std::fs::read_dir("/proc/self/task").expect("Linux has it").count();
    let before = threads();
    run(&settings(20, Widen::Handshake), &ab_ba);
    run(&settings(20, Widen::None), &panics);
    run(&settings(20, Widen::None), &|| spawn(None, || 1).join().map_or(0, |n| n).to_string());
    // A scope ends when its threads have done their work; the system takes them down just after.
    let deadline = Instant::now() + Duration::from_secs(20);
    while threads() > before && Instant::now() < deadline {
        thread::yield_now();
    }
    assert_eq!(threads(), before);
}

#[test]
#[cfg(target_os = "linux")]
fn no_thread_is_left() {
    let program = std::env::current_exe().expect("the test program has a path");
    let arguments = ["--exact", "world::real::tests::ends::count_threads", "--ignored"];
    let output = Command::new(program).args(arguments).output().expect("it starts");
    assert!(String::from_utf8_lossy(&output.stdout).contains("1 passed"), "{output:?}");
}

#[test]
fn the_watchdog_ends_an_endless_loop() {
    let begin = Instant::now();
    let runs = run(&settings(10, Widen::None), &|| {
        loop {
            spin_loop();
        }
    });
    assert_eq!((runs.runs, runs.unfinished, runs.limit), (3, 3, Some(Limit::Time)));
    assert!(runs.counts.is_empty());
    assert!(begin.elapsed() >= Duration::from_secs(6), "2 s each");
}

/// Stops `body` 100 ms after it began.
fn stopped(hang: bool, body: &(dyn Fn() -> String + Sync)) -> RawRuns {
    let flag = Arc::new(AtomicBool::new(false));
    let stop = Stop::new(Arc::clone(&flag), None);
    let settings = RealSettings { runs: 1_000, widen: Widen::Handshake, stop, hang };
    thread::scope(|s| {
        let running = s.spawn(|| run(&settings, body));
        thread::sleep(Duration::from_millis(100));
        let begin = Instant::now();
        flag.store(true, SeqCst);
        let runs = running.join().expect("a run does not panic");
        assert!(begin.elapsed() < Duration::from_secs(1), "it stops at once");
        runs
    })
}

#[test]
fn a_request_to_stop_interrupts_a_run() {
    let runs = stopped(false, &|| {
        loop {
            yield_now();
        }
    });
    assert_eq!((runs.runs, runs.unfinished, runs.limit), (0, 0, Some(Limit::Interrupted)));
}

#[test]
fn a_hanging_run_hangs_until_it_is_stopped() {
    let runs = stopped(true, &ab_ba);
    assert_eq!((runs.runs, runs.unfinished, runs.limit), (1, 1, Some(Limit::Interrupted)));
    assert_eq!(runs.wait_for.expect("it is known who waits").cycle, ["A", "B"]);
}

/// Locks and waits while it is dropped, as the destructor of a careless lab might.
struct Careless<'a>(&'a Lock, &'a Signal);

impl Drop for Careless<'_> {
    fn drop(&mut self) {
        let _guard = guard(self.0);
        if thread::panicking() {
            self.1.wait(self.0, None, here());
        }
    }
}

#[test]
fn a_destructor_that_locks_and_waits_ends_too() {
    let runs = run(&settings(20, Widen::None), &|| {
        let (lock, signal) = (Lock::new(None), Signal::new(None));
        scope(|s| {
            let _guard = guard(&lock);
            for _ in 0..2 {
                s.spawn(None, || {
                    let careless = Careless(&lock, &signal);
                    drop(guard(&lock));
                    drop(careless);
                });
            }
            s.spawn(None, || panic!("now")).join().expect("not reached");
        });
        String::new()
    });
    expect_all(&runs, "panic: now", 20);
}

#[test]
fn the_end_of_a_run_is_no_panic_that_a_thread_could_catch() {
    static WENT_ON: AtomicBool = AtomicBool::new(false);
    let runs = run(&settings(5, Widen::None), &|| {
        let lock = lock("only");
        let _once = guard(&lock);
        let caught = crate::thread::catch_unwind(|| drop(guard(&lock)));
        // SeqCst: pairs with the load when the runs are over.
        WENT_ON.store(caught.is_err(), SeqCst);
        String::new()
    });
    expect_all(&runs, "deadlock", 5);
    // SeqCst: pairs with the store above.
    assert!(!WENT_ON.load(SeqCst));
}
