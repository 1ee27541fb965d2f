//! What is read from the script, and the script itself where there is a `python3`.

use std::time::Instant;

use super::*;
use conclab_net::Server;

/// Small ranges with equal work.
fn ranges(n: u64) -> Vec<Work> {
    (0..n).map(|i| Work::Primes { from: i * 100, to: i * 100 + 100 }).collect()
}

#[test]
fn figures_are_read_as_they_are_written() {
    let output = "version 3.11.7\nway one after the other\t3000\t25\ntasks 1\n\
                  way ThreadPoolExecutor\t3000\t25\nway ProcessPoolExecutor\t1500\t25\n";
    let python = read(output).unwrap();
    assert_eq!((python.version.as_str(), python.n_tasks), ("3.11.7", 1));
    let speed_ups: Vec<f64> = python.ways.iter().map(|way| way.speed_up).collect();
    assert_eq!(speed_ups, [1.0, 1.0, 2.0]);
}

#[test]
fn rubbish_is_not_read() {
    assert!(matches!(read("Segmentation fault\n"), Err(Skipped::Failed { .. })));
    let old = read("version 3.6.9\n").unwrap_err();
    assert_eq!(old.to_string(), "python3 is 3.6.9, and 3.8 is needed");
}

#[test]
fn only_what_python_can_do_is_handed_over() {
    let nothing = python(&[Work::Nothing], 2, &Stop::never());
    assert_eq!(nothing.unwrap_err(), Skipped::NoSuchWork);
    assert_eq!(python(&[], 2, &Stop::never()).unwrap_err(), Skipped::NoSuchWork);
}

/// The figures, unless there is no `python3` here, or an old one.
fn figures(tasks: &[Work]) -> Option<Python> {
    match python(tasks, 2, &Stop::never()) {
        Err(Skipped::NotFound | Skipped::TooOld { .. }) => None,
        other => Some(other.unwrap()),
    }
}

#[test]
fn python_counts_the_same_primes() {
    let Some(python) = figures(&ranges(20)) else { return };
    assert_eq!((python.n_tasks, python.ways.len()), (20, 3));
}

#[test]
fn python_asks_the_same_server() {
    let server = Server::start(8, &Stop::never()).unwrap();
    let asks = vec![Work::Ask { port: server.port(), delay_us: 5_000 }; 20];
    let Some(python) = figures(&asks) else { return };
    assert_eq!((python.n_tasks, python.ways.len()), (20, 3));
}

#[test]
fn a_stop_ends_python_at_once() {
    let endless = [Work::Primes { from: 0, to: u64::MAX }];
    let stop = Stop::never().within(Duration::from_millis(200));
    let begin = Instant::now();
    let skipped = python(&endless, 2, &stop).unwrap_err();
    assert!(matches!(skipped, Skipped::Stopped(_) | Skipped::NotFound), "{skipped}");
    // Without the stop it takes its whole limit.
    assert!(begin.elapsed() < LIMIT);
}
