//! How a pool ends: whatever dies when, no process and no file is left.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::Stdio;
use std::time::{Duration, Instant};

use conclab_engine::stop::Stop;
use conclab_labs::pool::work::Work;
use conclab_workers::{TaskFailed, Wiring};
use rustix::process::{Signal, getpgid, getpgrp, kill_process};

use crate::alone::{
    again, alone, assert_all_end, assert_no_children, is_alone, open_files, pid_of,
};
use crate::{endless, hundreds, started, workers};

#[test]
fn a_pool_leaves_nothing_behind() {
    alone("ends::a_pool_leaves_nothing_behind", || {
        let files = open_files();
        for _ in 0..20 {
            let mut pool = started(&workers(3));
            let (mut tasks, _) = hundreds(30);
            tasks[7] = Work::Crash { from: 0, to: 100, deaths: 2 };
            pool.map(&tasks, &Stop::never());
            let pids = pool.pids();
            drop(pool);
            assert_no_children();
            assert_all_end(&pids);
        }
        assert_eq!(open_files(), files);
    });
}

#[test]
fn a_stopped_worker_does_not_stop_the_parent() {
    alone("ends::a_stopped_worker_does_not_stop_the_parent", || {
        let mut pool = started(&workers(2));
        let pids = pool.pids();
        kill_process(pid_of(pids[0]), Signal::STOP).unwrap();
        let begin = Instant::now();
        let stop = Stop::never().within(Duration::from_millis(200));
        let found = pool.map(&[Work::Nothing, Work::Nothing], &stop);
        assert!(found.contains(&Ok(0)), "the other one works: {found:?}");
        assert!(found.iter().any(|found| matches!(found, Err(TaskFailed::Stopped(_)))));
        assert!(begin.elapsed() < Duration::from_secs(10));
        drop(pool);
        assert_no_children();
        // And one that is stopped while it has nothing to do.
        let pool = started(&workers(1));
        kill_process(pid_of(pool.pids()[0]), Signal::STOP).unwrap();
        drop(pool);
        assert_no_children();
    });
}

#[test]
fn workers_end_when_their_parent_is_killed() {
    if is_alone() {
        return be_killed();
    }
    for busy in ["", "busy"] {
        let mut parent = again("ends::workers_end_when_their_parent_is_killed")
            .env("CONCLAB_TEST_BUSY", busy)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the test program starts again");
        let said = BufReader::new(parent.stdout.take().expect("it is piped"));
        let pids = said.lines().map_while(Result::ok).find_map(|line| {
            let (_, list) = line.split_once("workers:")?;
            Some(list.split_whitespace().filter_map(|pid| pid.parse().ok()).collect::<Vec<u32>>())
        });
        let pids = pids.expect("it says who its workers are");
        assert_eq!(pids.len(), 3);
        parent.kill().expect("it lives");
        parent.wait().expect("it is ours");
        assert_all_end(&pids);
    }
}

/// Starts workers, says who they are, and waits to be killed.
fn be_killed() {
    let mut pool = started(&workers(3));
    let pids: Vec<_> = pool.pids().iter().map(u32::to_string).collect();
    let mut stdout = std::io::stdout();
    writeln!(stdout, "workers: {}", pids.join(" ")).expect("somebody reads");
    stdout.flush().expect("somebody reads");
    if std::env::var_os("CONCLAB_TEST_BUSY").is_some_and(|busy| !busy.is_empty()) {
        pool.map(&[endless(), endless(), endless()], &Stop::never());
    }
    loop {
        std::thread::park();
    }
}

#[test]
fn the_terminal_does_not_interrupt_workers() {
    let pool = started(&workers(1));
    let group = getpgid(Some(pid_of(pool.pids()[0]))).unwrap();
    assert_ne!(group, getpgrp());
}

#[test]
#[cfg(target_os = "linux")]
fn no_worker_has_the_pipe_of_another() {
    alone("ends::no_worker_has_the_pipe_of_another", || {
        // What this program was started with, workers inherit as any program does.
        let inherited = pipes_of("self");
        let pool = started(&workers(4));
        let mut pipes = Vec::new();
        for pid in pool.pids() {
            let mut own = pipes_of(&pid.to_string());
            own.retain(|pipe| !inherited.contains(pipe));
            // Tasks, replies, standard error.
            assert_eq!(own.len(), 3, "{own:?}");
            pipes.extend(own);
        }
        let all = pipes.len();
        pipes.sort_unstable();
        pipes.dedup();
        assert_eq!(pipes.len(), all);
    });
}

#[test]
#[cfg(target_os = "linux")]
fn shared_memory_has_no_name_and_rings_have_one_worker() {
    let pool = started(&workers(3));
    let of = |pid: &u32| -> Vec<String> {
        let maps = std::fs::read_to_string(format!("/proc/{pid}/maps")).unwrap_or_default();
        maps.lines().filter(|line| line.contains(" rw-s ")).map(str::to_owned).collect()
    };
    let maps: Vec<String> = pool.pids().iter().flat_map(of).collect();
    // Nothing that could be left over: the system has forgotten the name already.
    assert!(maps.iter().all(|map| map.ends_with("(deleted)")), "{maps:?}");
    let file = |map: &String| map.split_whitespace().nth(4).map(str::to_owned);
    let mut files: Vec<_> = maps.iter().filter_map(file).collect();
    files.sort_unstable();
    files.dedup();
    // What all share, and the rings of each.
    let rings = if workers(3).wiring == Wiring::SharedMemory { 3 } else { 0 };
    assert_eq!((files.len(), maps.len()), (1 + rings, 3 + rings), "{maps:?}");
}

/// The pipes that a process has open.
#[cfg(target_os = "linux")]
fn pipes_of(process: &str) -> Vec<String> {
    let files = std::fs::read_dir(format!("/proc/{process}/fd")).into_iter().flatten().flatten();
    let links = files.filter_map(|file| std::fs::read_link(file.path()).ok());
    let links = links.map(|link| link.to_string_lossy().into_owned());
    let mut pipes: Vec<_> = links.filter(|link| link.starts_with("pipe:")).collect();
    pipes.sort_unstable();
    pipes.dedup();
    pipes
}
