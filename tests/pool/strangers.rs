//! Programs that are no workers, and limits of the system: clear errors, and nothing left behind.

use std::time::{Duration, Instant};

use conclab_engine::report::Limit;
use conclab_engine::stop::Stop;
use conclab_labs::pool::role::Tasks;
use conclab_labs::pool::work::Work;
use conclab_workers::{PoolError, ProcessPool, Settings, TaskFailed};
use rustix::process::{Resource, getrlimit, setrlimit};

use crate::alone::{alone, assert_no_children, open_files};
use crate::workers;

/// A worker that is this script.
fn script(text: &str) -> Settings {
    Settings { command: ("/bin/sh".into(), vec!["-c".into(), text.into()]), ..workers(2) }
}

fn refusal(settings: &Settings) -> PoolError {
    let stop = Stop::never().within(Duration::from_secs(20));
    ProcessPool::<Tasks>::start(settings, &stop).expect_err("it is no worker")
}

#[test]
fn a_program_that_is_missing_is_named() {
    let settings = Settings { command: ("/nowhere/conclab".into(), Vec::new()), ..workers(1) };
    let text = refusal(&settings).to_string();
    assert!(text.contains("worker 1") && text.contains("/nowhere/conclab"), "{text}");
}

#[test]
fn rubbish_instead_of_a_greeting_is_shown() {
    let error = refusal(&script("echo hello; exec sleep 60"));
    let PoolError::NoWorker { said, .. } = &error else { panic!("{error}") };
    assert_eq!(said, "hello\n");
    assert!(error.to_string().starts_with("worker "), "{error}");
    let error = refusal(&script("exec cat /dev/urandom"));
    assert!(matches!(error, PoolError::NoWorker { .. }), "{error}");
}

#[test]
fn a_worker_of_another_version_is_told_from_rubbish() {
    let error = refusal(&script(r"printf 'conclab\000\011\000\000\000'; exec sleep 60"));
    assert!(matches!(error, PoolError::OtherVersion { version: 9, .. }), "{error}");
}

#[test]
fn a_program_that_ends_at_once_is_not_tried_for_ever() {
    let error = refusal(&script("echo no licence >&2; exit 3"));
    let PoolError::DiesAtStart { times: 3, .. } = &error else { panic!("{error}") };
    let text = error.to_string();
    assert!(text.contains("exit status: 3") && text.contains("no licence"), "{text}");
}

#[test]
fn rubbish_after_the_greeting_names_the_worker_and_ends() {
    let greeting = r"printf 'conclab\000\001\000\000\000'";
    for (rubbish, complaint) in [
        (r"printf '\377\377\377\377'", "a frame of 4294967295 bytes, 65536 at most"),
        (r"printf '\002\000\000\000\377\377'", "a garbled frame"),
        (r"printf '\003\000\000\000\007\000\000'", "a reply to task 7, but task 1 is due"),
    ] {
        let settings = script(&format!("{greeting}; {rubbish}; exec sleep 60"));
        let stop = Stop::never().within(Duration::from_secs(20));
        // Rubbish may come with the greeting, or after the start.
        let text = match ProcessPool::<Tasks>::start(&settings, &stop) {
            Err(error) => error.to_string(),
            Ok(mut pool) => {
                let found = pool.map(&[Work::Nothing], &stop);
                let error = found[0].as_ref().expect_err("nobody did it").clone();
                assert!(matches!(error, TaskFailed::NoWorkers(_)), "{error}");
                error.to_string()
            }
        };
        assert!(text.contains(complaint) && text.contains("worker "), "{text}");
    }
}

#[test]
fn a_program_that_says_nothing_is_ended_by_the_stop_token() {
    alone("strangers::a_program_that_says_nothing_is_ended_by_the_stop_token", || {
        let begin = Instant::now();
        let stop = Stop::never().within(Duration::from_millis(100));
        let error = ProcessPool::<Tasks>::start(&script("exec sleep 60"), &stop).err();
        assert_eq!(error, Some(PoolError::Stopped(Limit::Time)));
        assert!(begin.elapsed() < Duration::from_secs(10));
        assert_no_children();
    });
}

#[test]
fn a_worker_whose_own_child_holds_its_pipes_is_found_dead() {
    let error = refusal(&script("sleep 60 & kill -9 $$"));
    assert!(matches!(error, PoolError::DiesAtStart { .. }), "{error}");
}

#[test]
fn the_limit_of_open_files_is_named() {
    alone("strangers::the_limit_of_open_files_is_named", || {
        let mut limit = getrlimit(Resource::Nofile);
        let files = open_files();
        for more in 0..12 {
            limit.current = Some((files + more) as u64);
            setrlimit(Resource::Nofile, limit).unwrap();
            let refused = ProcessPool::<Tasks>::start(&workers(64), &Stop::never());
            let text = refused.expect_err("there is no room for so many").to_string();
            let named = text.contains("too many open files") && text.contains("ulimit -n");
            assert!(named && text.contains(&format!("is {}", files + more)), "{text}");
            assert_no_children();
        }
        limit.current = limit.maximum;
        setrlimit(Resource::Nofile, limit).unwrap();
        assert_eq!(open_files(), files, "a file is left open");
    });
}

#[test]
fn the_limit_of_processes_is_named() {
    alone("strangers::the_limit_of_processes_is_named", || {
        if rustix::process::geteuid().is_root() {
            // The system does not hold root to it.
            return;
        }
        let mut limit = getrlimit(Resource::Nproc);
        limit.current = Some(1);
        setrlimit(Resource::Nproc, limit).unwrap();
        let text = refusal(&workers(2)).to_string();
        assert!(text.contains("too many processes") && text.contains("limit is 1 "), "{text}");
        assert_no_children();
    });
}
