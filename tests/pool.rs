//! The pool of worker processes, with real processes that really die.
#![cfg(unix)]

use std::path::PathBuf;

use conclab_engine::stop::Stop;
use conclab_labs::pool::processes::{ProcessPool, Settings, Wiring};
use conclab_labs::pool::work::{Work, primes};

/// So many workers, which are the program under test.
fn workers(workers: usize) -> Settings {
    let program = PathBuf::from(env!("CARGO_BIN_EXE_conclab"));
    let command = (program, vec!["worker".into()]);
    Settings { command, workers, window: 64, wiring: Wiring::default() }
}

fn ranges(n: u64) -> Vec<Work> {
    (0..n).map(|i| Work::Primes { from: i * 100, to: (i + 1) * 100 }).collect()
}

#[test]
fn answers_are_right_and_in_order() {
    let tasks = ranges(500);
    let mut pool = ProcessPool::start(&workers(3), &Stop::never()).unwrap();
    for _ in 0..3 {
        let answers = pool.map(&tasks, &Stop::never());
        let expected: Vec<_> = (0..500).map(|i| Ok(primes(i * 100, (i + 1) * 100))).collect();
        assert_eq!(answers, expected);
    }
    assert_eq!(pool.report().n_deaths, 0);
}
