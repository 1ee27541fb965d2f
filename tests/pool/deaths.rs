//! Workers that die: nothing is lost, nothing is done twice, and the report says so.

use std::collections::HashMap;
use std::fs;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;
use std::thread;
use std::time::Duration;

use conclab_engine::stop::Stop;
use conclab_labs::pool::work::{Work, primes};
use conclab_workers::{Cause, TaskFailed};
use rustix::process::{Signal, kill_process};

use crate::alone::{alone, assert_all_end, assert_no_children, pid_of};
use crate::{hundreds, started, workers};

#[test]
fn a_killed_worker_is_replaced_and_its_task_done_again() {
    let (mut tasks, mut answers) = hundreds(200);
    for place in [0, 77, 199] {
        tasks[place] = Work::Crash { from: 10, to: 1_000, deaths: 1 };
        answers[place] = primes(10, 1_000);
    }
    let mut pool = started(&workers(2));
    let before = pool.pids();
    let found = pool.map(&tasks, &Stop::never());
    assert!(found.into_iter().eq(answers.into_iter().map(Ok)));
    let report = pool.report();
    assert_eq!((report.n_deaths, report.replaced), (3, 3));
    assert!(report.run_again >= 3, "{report:?}");
    let first = &report.deaths[0];
    assert!(before.contains(&first.who.pid), "{first}");
    assert!(first.to_string().contains("signal: 9"), "{first}");
    assert_ne!(pool.pids(), before);
}

#[test]
fn a_task_that_kills_twice_is_given_back_and_its_neighbours_are_not() {
    let (mut tasks, answers) = hundreds(300);
    let killers = [0, 1, 2, 100, 299];
    for place in killers {
        tasks[place] = Work::Crash { from: 0, to: 100, deaths: 1_000 };
    }
    let mut pool = started(&workers(3));
    let found = pool.map(&tasks, &Stop::never());
    for (place, (found, answer)) in found.iter().zip(answers).enumerate() {
        if killers.contains(&place) {
            let Err(TaskFailed::Killed { death }) = found else { panic!("{place}: {found:?}") };
            assert!(matches!(death.cause, Cause::Ended(_)), "{death}");
        } else {
            assert_eq!(*found, Ok(answer), "{place}");
        }
    }
    assert_eq!(pool.report().n_deaths, 2 * killers.len() as u64);
    assert_eq!(pool.pids().len(), 3);
}

#[test]
fn a_worker_killed_between_two_rounds_is_replaced() {
    // One: each must have done something, or the pool would give up in the end.
    let mut pool = started(&workers(1));
    for round in 1..=5 {
        let pid = pool.pids()[0];
        kill_process(pid_of(pid), Signal::KILL).unwrap();
        assert_all_end(&[pid]);
        let (tasks, answers) = hundreds(40);
        let found = pool.map(&tasks, &Stop::never());
        assert!(found.into_iter().eq(answers.into_iter().map(Ok)), "round {round}");
    }
    assert_eq!((pool.report().n_deaths, pool.report().replaced), (5, 5));
}

#[test]
fn nothing_is_lost_when_workers_are_killed_at_any_moment() {
    alone("deaths::nothing_is_lost_when_workers_are_killed_at_any_moment", || {
        for seed in 1..=5 {
            kill_at_random(seed);
        }
        assert_no_children();
    });
}

/// Kills each place twice at most while tasks are done: fewer deaths than make a pool give up.
fn kill_at_random(seed: u64) {
    const PLACES: usize = 4;
    let (tasks, answers) = hundreds(1_000);
    let mut pool = started(&workers(PLACES));
    let done = AtomicBool::new(false);
    let (kills, results) = thread::scope(|s| {
        let killer = s.spawn(|| {
            let mut random = Random(seed);
            let mut kills: HashMap<String, u32> = HashMap::new();
            // Relaxed: the flag publishes nothing but itself.
            while !done.load(Relaxed) {
                thread::sleep(Duration::from_micros(random.next() % 3_000));
                let children = children();
                let Some((pid, place)) = children.get(random.below(children.len())) else {
                    continue;
                };
                let times = kills.entry(place.clone()).or_default();
                if *times < 2 && kill_process(pid_of(*pid), Signal::KILL).is_ok() {
                    *times += 1;
                }
            }
            u64::from(kills.values().sum::<u32>())
        });
        let mut results = Vec::new();
        for _ in 0..3 {
            results.push(pool.map(&tasks, &Stop::never()));
        }
        done.store(true, Relaxed);
        (killer.join().expect("the killer lives"), results)
    });
    let mut killed_twice = 0;
    for (found, answer) in results.iter().flat_map(|found| found.iter().zip(&answers)) {
        match found {
            Err(TaskFailed::Killed { .. }) => killed_twice += 1,
            found => assert_eq!(found, &Ok(*answer)),
        }
    }
    let report = pool.report();
    assert!(report.n_deaths <= kills && 2 * killed_twice <= kills, "{kills} kills: {report:?}");
}

/// The workers of this process: number and place.
fn children() -> Vec<(u32, String)> {
    let tasks = fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let lists = tasks.filter_map(|task| fs::read_to_string(task.path().join("children")).ok());
    let pids: Vec<u32> = lists.flat_map(|list| numbers(&list)).collect();
    let place = |pid: &u32| {
        let words = fs::read_to_string(format!("/proc/{pid}/cmdline")).ok()?;
        // The parent, what all share, and the place.
        let (_, numbers) = words.split_once("\0worker\0")?;
        Some((*pid, numbers.split('\0').nth(2)?.to_owned()))
    };
    pids.iter().filter_map(place).collect()
}

fn numbers(text: &str) -> Vec<u32> {
    text.split_whitespace().filter_map(|word| word.parse().ok()).collect()
}

/// Marsaglia's xorshift: the same moments for the same seed, as far as the clock allows.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// A place in a list of this length.
    fn below(&mut self, len: usize) -> usize {
        usize::try_from(self.next() % len.max(1) as u64).expect("it is below a length")
    }
}
