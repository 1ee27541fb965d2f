//! The pool of worker processes, with real processes that really die: all of it over pipes, and
//! all of it once more over shared memory.
#![cfg(unix)]

#[path = "pool/alone.rs"]
mod alone;
#[path = "pool/deaths.rs"]
mod deaths;
#[path = "pool/ends.rs"]
mod ends;
#[path = "pool/strangers.rs"]
mod strangers;

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use conclab_engine::report::Limit;
use conclab_engine::stop::Stop;
use conclab_labs::pool::role::Tasks;
use conclab_labs::pool::work::{Answer, Work, primes};
use conclab_labs::pool::{crash, serialisation};
use conclab_measure::Figures;
use conclab_workers::{PoolError, ProcessPool, Settings, TaskFailed, Wiring};

/// Names what connects pools with their workers, in a process that runs all tests.
const WIRING: &str = "CONCLAB_TEST_WIRING";

/// So many workers, which are the program under test.
fn workers(workers: usize) -> Settings {
    let program = PathBuf::from(env!("CARGO_BIN_EXE_conclab"));
    let command = (program, vec!["worker".into(), "tasks".into()]);
    let wiring = std::env::var(WIRING).ok().and_then(|name| Wiring::named(&name));
    Settings { command, workers, window: 64, wiring: wiring.unwrap_or_default() }
}

fn started(settings: &Settings) -> ProcessPool<Tasks> {
    ProcessPool::<Tasks>::start(settings, &Stop::never()).expect("the workers start")
}

/// A task for each hundred of numbers, with its answer.
fn hundreds(n: u64) -> (Vec<Work>, Vec<Answer>) {
    let ranges = (0..n).map(|i| (i * 100, (i + 1) * 100));
    ranges.map(|(from, to)| (Work::Primes { from, to }, primes(from, to))).unzip()
}

/// A task that takes longer than any test.
fn endless() -> Work {
    Work::Primes { from: 0, to: u64::MAX }
}

#[test]
fn answers_are_right_and_in_order() {
    let (tasks, answers) = hundreds(500);
    let mut pool = started(&workers(3));
    for _ in 0..3 {
        let found: Vec<_> = pool.map(&tasks, &Stop::never()).into_iter().map(Result::ok).collect();
        let right: Vec<_> = answers.iter().copied().map(Some).collect();
        assert_eq!(found, right);
    }
    assert!(pool.map(&[], &Stop::never()).is_empty());
    assert_eq!(pool.report().n_deaths, 0);
    assert!(pool.report().bytes_sent > 3 * 500 && pool.report().bytes_received > 3 * 500);
}

#[test]
fn all_of_this_holds_over_shared_memory_too() {
    if std::env::var_os(WIRING).is_some() {
        return;
    }
    let mut again = Command::new(std::env::current_exe().expect("this program is somewhere"));
    again.env(WIRING, Wiring::SharedMemory.name()).stdin(Stdio::null());
    let done = again.output().expect("the test program starts again");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stdout));
}

#[test]
fn wirings_have_names() {
    for wiring in Wiring::ALL {
        assert_eq!(Wiring::named(wiring.name()), Some(wiring));
    }
    assert_eq!(Wiring::named("pigeon"), None);
}

#[test]
fn data_is_handed_over_by_its_place() {
    let mut pool = started(&workers(2));
    pool.write(7, &[1, 2, 3]);
    let sums = [(0, 7, 0), (7, 3, 6), (8, 100, 5)];
    let tasks = sums.map(|(at, bytes, _)| Work::SumPlace { at, bytes });
    assert_eq!(pool.map(&tasks, &Stop::never()), sums.map(|(_, _, sum)| Ok(sum)));
    let outside = Work::SumPlace { at: 16 << 20, bytes: 1 };
    let refused = pool.map(&[outside], &Stop::never());
    assert!(matches!(refused[0], Err(TaskFailed::Work(_))), "{refused:?}");
}

#[test]
fn the_serialisation_scene_has_all_figures_or_says_why_not() {
    let scene = serialisation::exhibit(&workers(2), &Stop::never()).expect("it can be played");
    let Figures::Grid { rows, columns, .. } = &scene.figures else { panic!("{scene:?}") };
    assert_eq!((rows.len(), columns.len()), (5, 4));
    assert!(rows.iter().all(|(_, cells)| cells.len() == 4));
    let complete = !rows.iter().any(|(_, cells)| cells.contains(&"–".to_owned()));
    let says_why = scene.notes.iter().any(|note| note.contains("no time"));
    assert!(complete != says_why, "{scene:?}");
    let over = Stop::never().within(Duration::ZERO);
    let stopped = serialisation::exhibit(&workers(2), &over).expect_err("there is no time");
    assert_eq!(stopped, PoolError::Stopped(Limit::Time));
}

#[test]
fn a_window_of_one_does_too() {
    let (tasks, answers) = hundreds(50);
    let mut pool = started(&Settings { window: 1, ..workers(2) });
    let found = pool.map(&tasks, &Stop::never());
    assert!(found.into_iter().eq(answers.into_iter().map(Ok)));
}

#[test]
fn large_payloads_arrive_whole() {
    let payload: Vec<u8> = (0..3_000_000_u32).map(|n| n.to_le_bytes()[1]).collect();
    let sum = payload.iter().map(|byte| u64::from(*byte)).sum();
    let tasks = vec![Work::Sum { payload }; 8];
    let mut pool = started(&workers(2));
    assert_eq!(pool.map(&tasks, &Stop::never()), vec![Ok(sum); 8]);
    assert!(pool.report().bytes_sent > 24_000_000);
}

#[test]
fn a_payload_over_the_cap_is_refused_and_the_others_are_done() {
    let large = Work::Sum { payload: vec![1; (64 << 20) + 1] };
    let mut pool = started(&workers(1));
    let found = pool.map(&[Work::Nothing, large, Work::Nothing], &Stop::never());
    assert_eq!((&found[0], &found[2]), (&Ok(0), &Ok(0)));
    let refused = found[1].as_ref().expect_err("it is too large").to_string();
    assert!(refused.contains("67108864 at most"), "{refused}");
}

#[test]
fn a_panic_fails_its_task_and_nothing_else() {
    let mut pool = started(&workers(1));
    let found = pool.map(&[Work::Nothing, Work::Panic, Work::Nothing], &Stop::never());
    assert_eq!((&found[0], &found[2]), (&Ok(0), &Ok(0)));
    let Err(TaskFailed::Panicked { who, message }) = &found[1] else { panic!("{found:?}") };
    assert_eq!((who.worker, who.pid), (1, pool.pids()[0]));
    assert!(message.contains("this task panics") && message.contains("work.rs:"), "{message}");
    assert_eq!(pool.report().n_deaths, 0);
}

#[test]
fn a_failed_question_is_an_error_and_no_death() {
    let mut pool = started(&workers(1));
    // Nobody listens on port 1 without privileges; with them, nobody does here.
    let found = pool.map(&[Work::Ask { port: 1, delay_us: 1 }], &Stop::never());
    assert!(matches!(found[0], Err(TaskFailed::Work(_))), "{found:?}");
    assert_eq!(pool.report().n_deaths, 0);
}

#[test]
fn time_ends_a_round_and_the_answers_so_far_are_kept() {
    let mut pool = started(&workers(2));
    let stop = Stop::never().within(Duration::from_millis(300));
    let found = pool.map(&[Work::Nothing, endless(), Work::Nothing], &stop);
    assert_eq!(found[0], Ok(0));
    assert_eq!(found[1], Err(TaskFailed::Stopped(Limit::Time)));
    // The pool has ended its workers, and says so.
    let late = pool.map(&[Work::Nothing], &Stop::never());
    assert!(matches!(late[0], Err(TaskFailed::NoWorkers(_))), "{late:?}");
}

#[test]
fn the_crash_scene_says_what_is_left() {
    let scene = crash::exhibit(&workers(2), &Stop::never()).expect("it can be played");
    let Figures::Grid { rows, .. } = scene.figures else { panic!("{scene:?}") };
    let found: Vec<_> = rows.iter().map(|(_, cells)| cells.join(": ")).collect();
    let died = "0 of 4: dies (signal 6)";
    assert_eq!(found, ["3 of 4: goes on", died, "4 of 4: goes on and replaces it"]);
    let over = Stop::never().within(Duration::ZERO);
    let stopped = crash::exhibit(&workers(2), &over).expect_err("there is no time");
    assert_eq!(stopped, PoolError::Stopped(Limit::Time));
}

#[test]
fn nobody_starts_a_worker_by_hand() {
    for arguments in [
        &["worker"][..],
        &["worker", "1", "2", "3"],
        &["worker", "tasks", "1", "2", "3"],
        &["worker", "tasks", "a", "b", "c"],
    ] {
        let by_hand = Command::new(env!("CARGO_BIN_EXE_conclab"))
            .args(arguments)
            .output()
            .expect("the program starts");
        let said = String::from_utf8_lossy(&by_hand.stderr).into_owned();
        assert!(!by_hand.status.success() && by_hand.stdout.is_empty(), "{by_hand:?}");
        assert!(said.contains("by hand") || said.contains("parent is gone"), "{said}");
    }
}
