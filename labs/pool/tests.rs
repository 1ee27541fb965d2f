//! The thread pool against every interleaving of programs that the lab does not show.

use conclab_engine::settings::ModelSettings;
use conclab_engine::stop::Stop;
use conclab_engine::sync::atomic::AtomicU64;
use conclab_engine::sync::atomic::Ordering::Relaxed;
use conclab_engine::sync::{Arc, Semaphore};
use conclab_engine::thread::scope;
use conclab_engine::world::model::explore;

use super::variants::VARIANTS;
use super::{Facade, Gil, INTERVAL, Parameters, ThreadPool};

/// The outcomes of every interleaving.
fn outcomes(body: impl Fn() -> String) -> Vec<String> {
    let settings = ModelSettings { spurious: 1, ..ModelSettings::new(2_000_000, Stop::never()) };
    let found = explore(&body, &settings, &mut |_| {}).unwrap();
    assert!(found.exhaustive());
    found.histogram().into_iter().map(|tally| tally.outcome).collect()
}

/// The first task waits for a later one. With two workers that must end, even if both lie on one
/// worker's tray, and whoever was asleep.
fn meets_a_later_task(later: usize) -> String {
    let pool = ThreadPool::<Facade>::new(2, 3).unwrap();
    let signal = Arc::new(Semaphore::named("signal", 0));
    let (waiter, sender) = (Arc::clone(&signal), signal);
    let first = pool.submit(move || waiter.acquire());
    if later == 2 {
        pool.execute(|| ());
    }
    pool.execute(move || sender.release());
    if later == 1 {
        pool.execute(|| ());
    }
    first.join().unwrap();
    pool.shutdown();
    "met".to_owned()
}

#[test]
fn a_task_is_never_stuck_behind_another_one_of_its_worker() {
    for later in [1, 2] {
        assert_eq!(outcomes(|| meets_a_later_task(later)), ["met"], "{later}");
    }
}

#[test]
fn a_client_that_waits_for_room_gets_it() {
    let squeezes = || {
        let pool = ThreadPool::<Facade>::new(1, 1).unwrap();
        let handles: Vec<_> = (0..3).map(|n| pool.submit(move || n)).collect();
        let answers: Vec<_> = handles.into_iter().map(|handle| handle.join().unwrap()).collect();
        format!("{answers:?}")
    };
    assert_eq!(outcomes(squeezes), ["[0, 1, 2]"]);
}

#[test]
fn a_pool_that_is_dropped_finishes_what_was_handed_in() {
    let drops = || {
        let done = Arc::new(Semaphore::named("done", 0));
        let pool = ThreadPool::<Facade>::new(2, 2).unwrap();
        for _ in 0..2 {
            let done = Arc::clone(&done);
            pool.execute(move || done.release());
        }
        drop(pool);
        // Would wait for ever if a task had been lost.
        (0..2).for_each(|_| done.acquire());
        "done".to_owned()
    };
    assert_eq!(outcomes(drops), ["done"]);
}

#[test]
fn fewer_tasks_than_workers_cannot_starve() {
    let size = Parameters { tasks: Some(1), workers: Some(2), ..Parameters::default() };
    let starves = VARIANTS.iter().find(|variant| variant.name == "waits-inside").unwrap();
    assert_eq!(outcomes(|| (starves.body)(&size)), ["1 of 1 answers"]);
}

/// Threads that add 1 under the lock, in two steps, so often each; a clock that ticks once.
fn adds_under_the_gil(n_threads: u64, pieces: u64, io: bool) -> String {
    let gil = Gil::<Facade>::new(INTERVAL);
    let sum = AtomicU64::named("sum", 0);
    scope(|s| {
        for _ in 0..n_threads {
            s.spawn(|| {
                let mut left = pieces;
                gil.run_cpu(|| {
                    // Relaxed, twice: the lock orders them.
                    sum.store(sum.load(Relaxed) + 1, Relaxed);
                    left -= 1;
                    left > 0
                });
                if io {
                    gil.run_io(|| ());
                }
            });
        }
        s.spawn_named("clock", || gil.tick());
    });
    sum.into_inner().to_string()
}

#[test]
fn one_thread_at_a_time_works_under_the_gil_and_none_waits_for_ever() {
    for (n_threads, pieces, io) in [(2, 2, false), (2, 1, true), (3, 1, false)] {
        let expected = [(n_threads * pieces).to_string()];
        assert_eq!(outcomes(|| adds_under_the_gil(n_threads, pieces, io)), expected);
    }
}
