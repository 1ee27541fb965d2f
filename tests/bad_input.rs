//! Bad input, and being stopped: a clear message that names the flag and its range, the exit code
//! of the contract, and nothing left running.

use std::io::Write as _;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// Numbers that no flag takes.
const WRONG: [&str; 6] = ["0", "-1", "99999999999999999999999999", "two", "1.5", ""];

/// A lab, one of its variants, and its flags with their ranges.
type Flags = (&'static str, &'static str, &'static [(&'static str, u64, u64)]);

/// Every lab with every number that says how large its program is.
const FLAGS: [Flags; 5] = [
    ("race", "unsynchronised", &[("--threads", 1, 32), ("--increments", 1, 1_000_000)]),
    ("deadlock", "circular", &[("--threads", 2, 32)]),
    (
        "semaphore",
        "no-limit",
        &[("--workers", 1, 32), ("--permits", 1, 32), ("--rounds", 1, 10_000)],
    ),
    ("spinlock", "test-then-set", &[("--threads", 1, 32), ("--increments", 1, 1_000_000)]),
    (
        "pool",
        "waits-inside",
        &[
            ("--tasks", 1, 10_000),
            ("--workers", 1, 32),
            ("--payload", 1, 16_777_216),
            ("--delay", 1, 1_000),
            ("--crash", 1, 100),
        ],
    ),
];

/// Longest that any of these may take.
const PATIENCE: Duration = Duration::from_mins(1);

fn conclab(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_conclab"));
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"] {
        command.env_remove(name);
    }
    command
}

fn run(arguments: &[&str]) -> Output {
    ended(conclab(arguments).spawn().expect("the command can be started"))
}

/// Waits for a child that must end by itself.
fn ended(mut child: Child) -> Output {
    let started = Instant::now();
    while child.try_wait().expect("the child is ours").is_none() {
        if started.elapsed() > PATIENCE {
            let _ = child.kill();
            panic!("still running after {PATIENCE:?}: it was killed");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    child.wait_with_output().expect("the child is ours")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("output is UTF-8")
}

/// The command is refused, and the message has all of `words`.
fn refused(arguments: &[&str], words: &[&str]) {
    let output = run(arguments);
    let message = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {message}");
    assert!(output.stdout.is_empty(), "{arguments:?} printed data");
    for word in words {
        assert!(message.contains(word), "{arguments:?}: `{word}` is missing in: {message}");
    }
}

#[test]
fn what_a_pool_is_to_measure_is_asked_for_within_bounds() {
    for wrong in WRONG.into_iter().filter(|wrong| !wrong.is_empty()) {
        refused(&["pool", "--gil", wrong], &["--gil", "1 to 1000"]);
    }
    refused(&["pool", "--work", "both"], &["--work", "cpu|io"]);
    refused(&["pool", "--transport", "pigeon"], &["--transport", "pipe|shared-memory"]);
    refused(&["pool", "--work", "io", "--payload", "8"], &["--work", "--payload"]);
    let too_much = ["pool", "--payload", "16777216", "--tasks", "65"];
    refused(&too_much, &["--payload", "1090519040 bytes", "1073741824 are allowed", "--tasks"]);
}

#[test]
fn sizes_out_of_range_are_refused_wherever_they_are_given() {
    for (lab, variant, flags) in FLAGS {
        for &(flag, least, most) in flags {
            let range = format!("{least} to {most}");
            let beyond = [(least - 1).to_string(), (most + 1).to_string(), "9".repeat(1000)];
            for wrong in WRONG.into_iter().chain(beyond.iter().map(|it| &**it)) {
                refused(&[lab, flag, wrong], &[flag, &range]);
                refused(&["explore", lab, flag, wrong], &[flag, &range]);
                refused(&["play", lab, flag, wrong], &[flag, &range]);
                let replay = ["replay", lab, "--variant", variant, "--schedule", "1", flag, wrong];
                refused(&replay, &[flag, &range]);
            }
            refused(&[lab, flag], &[flag, "a value is required"]);
            let twice = [flag, &least.to_string(), flag, &most.to_string()];
            refused(&[&[lab], &twice[..]].concat(), &[flag, "multiple times"]);
        }
    }
}

#[test]
fn a_flag_of_another_lab_or_command_is_refused() {
    refused(&["semaphore", "--threads", "2"], &["--threads"]);
    refused(&["spinlock", "--workers", "2"], &["--workers"]);
    for lab in ["semaphore", "spinlock"] {
        refused(&[lab, "--hang"], &["--hang"]);
        refused(&["explore", lab, "--runs", "3"], &["--runs"]);
        refused(&["explore", lab, "--variant", "mutx"], &["--variant", "possible values"]);
        refused(&["replay", lab, "--schedule", "1"], &["--variant"]);
    }
}

#[test]
fn runs_out_of_range_are_refused() {
    for (lab, ..) in FLAGS {
        for wrong in WRONG.into_iter().chain(["1000001"]) {
            refused(&[lab, "--runs", wrong], &["--runs", "1 to 1000000"]);
        }
    }
}

#[test]
fn timeouts_seeds_and_budgets_out_of_range_are_refused() {
    for wrong in WRONG.into_iter().chain(["3601"]) {
        refused(&["race", "--timeout", wrong], &["--timeout", "1 to 3600"]);
        refused(&["explore", "race", "--timeout", wrong], &["--timeout", "1 to 3600"]);
    }
    for wrong in &WRONG[1..] {
        refused(&["race", "--seed", wrong], &["--seed", "0 to 18446744073709551615"]);
    }
    for wrong in WRONG.into_iter().chain(["100000001"]) {
        let words = ["--max-states", "1 to 100000000"];
        refused(&["explore", "race", "--max-states", wrong], &words);
    }
}

#[test]
fn unknown_words_are_refused_with_the_known_ones() {
    for wrong in ["", "much", "0"] {
        refused(&["race", "--widen", wrong], &["--widen", "handshake"]);
        refused(&["deadlock", "--widen", wrong], &["--widen", "handshake"]);
        refused(&["race", "--world", wrong], &["--world", "model"]);
        refused(&["race", "--format", wrong], &["--format", "json"]);
        refused(&["explore", "race", "--variant", wrong], &["--variant", "unsynchronised"]);
    }
    refused(&["dedlock"], &["similar", "deadlock"]);
    refused(&["explore", "rase"], &["similar", "race"]);
    refused(&["race", "--thread", "2"], &["similar", "--threads"]);
    refused(&["explore", "race", "--variant", "mutx"], &["similar", "mutex"]);
    refused(&["race", "--hang"], &["--hang"]);
    refused(&["deadlock", "--hang", "--runs", "3"], &["--hang", "--runs"]);
}

#[test]
fn schedules_are_numbered_from_1_to_the_number_of_interleavings() {
    let replay = ["replay", "race", "--variant", "unsynchronised", "--schedule"];
    for wrong in ["0", "-1", "two", "1.5", "", "+1", "0x2"] {
        refused(&[&replay[..], &[wrong]].concat(), &["--schedule", "from 1 to"]);
    }
    for beyond in ["7", "99999999999999999999999999999999999999"] {
        refused(&[&replay[..], &[beyond]].concat(), &["--schedule", "1 to 6", beyond]);
    }
    let endless = "9".repeat(5000);
    let message = text(&run(&[&replay[..], &[&endless]].concat()).stderr);
    assert!(message.contains("… (5000 digits)") && message.len() < 200, "{message}");
    for n in ["1", "6", "0000006"] {
        assert_eq!(run(&[&replay[..], &[n]].concat()).status.code(), Some(0), "{n}");
    }
    refused(&["replay", "race", "--schedule", "1"], &["--variant"]);
    refused(&["replay", "race", "--variant", "mutex"], &["--schedule"]);
}

#[test]
fn a_size_beyond_reading_ends_at_its_budget() {
    let big = ["race", "--variant", "mutex", "--threads", "16", "--increments", "10"];
    let output = run(&[&["explore"], &big[..], &["--max-states", "1000"]].concat());
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("not exhausted"), "{}", text(&output.stdout));
    assert!(text(&output.stderr).contains("could not be checked"), "{}", text(&output.stderr));
    let schedule = ["--schedule", "1", "--max-states", "1000"];
    let output = run(&[&["replay"], &big[..], &schedule].concat());
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains("--max-states"), "{}", text(&output.stderr));
}

#[test]
fn time_is_kept_and_partial_results_are_printed() {
    let size = ["--threads", "8", "--increments", "10", "--max-states", "100000000"];
    let variant = ["explore", "race", "--variant", "atomic", "--timeout", "1"];
    let started = Instant::now();
    let output = run(&[&variant[..], &size[..]].concat());
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
    assert_eq!(output.status.code(), Some(124), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("not exhausted"), "{}", text(&output.stdout));
}

#[cfg(unix)]
#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let json = ["explore", "race", "--format", "json"];
    for arguments in [&["race"][..], &["semaphore"], &["spinlock"], &["explore", "race"], &json] {
        let mut child = conclab(arguments).spawn().expect("the command can be started");
        drop(child.stdout.take());
        let output = ended(child);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", text(&output.stderr));
        assert!(!text(&output.stderr).contains("panicked"), "{}", text(&output.stderr));
    }
}

#[test]
fn nothing_needs_a_terminal() {
    for (lab, ..) in FLAGS {
        let output = run(&[lab, "--runs", "5"]);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        let screen = text(&output.stdout);
        assert!(screen.lines().count() <= 24, "{screen}");
        assert!(screen.lines().all(|line| line.chars().count() <= 80), "{screen}");
        assert!(!screen.contains('\u{1b}'), "{screen}");
    }
}

#[cfg(unix)]
mod interrupted {
    use super::*;

    /// Starts the command, gives it a moment to get to work, and sends it a signal.
    fn stopped(arguments: &[&str], signal: &str) -> Output {
        let child = conclab(arguments).spawn().expect("the command can be started");
        // Any moment is right: whatever it is doing by then, it must end in the same way. Only
        // before the handlers are in place would the signal end it, as it ends any process.
        std::thread::sleep(Duration::from_millis(700));
        let sent = Command::new("kill").args([signal, &child.id().to_string()]).status();
        assert!(sent.expect("there is a kill").success(), "{arguments:?} had ended before");
        let started = Instant::now();
        let output = ended(child);
        assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
        output
    }

    fn ends_with_partial_results(arguments: &[&str], words: &str) {
        for signal in ["-INT", "-TERM"] {
            let output = stopped(arguments, signal);
            let message = text(&output.stderr);
            assert_eq!(output.status.code(), Some(130), "{arguments:?} {signal}: {message}");
            // Sentences are broken into lines: where depends on the figures in them.
            let screen = text(&output.stdout).split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(screen.contains(words), "{arguments:?} {signal}: {screen}");
        }
    }

    #[test]
    fn while_real_threads_run() {
        let runs = ["--world", "real", "--runs", "1000000"];
        for (lab, flag, most) in [
            ("race", "--increments", "1000000"),
            ("semaphore", "--rounds", "10000"),
            ("spinlock", "--increments", "1000000"),
        ] {
            let arguments = [&[lab, flag, most], &runs[..]].concat();
            ends_with_partial_results(&arguments, "of 1,000,000 runs");
        }
    }

    #[test]
    fn while_locks_are_measured() {
        // It measures for a second and a half.
        ends_with_partial_results(&["spinlock", "--runs", "1"], "interrupted");
    }

    #[test]
    fn while_interleavings_are_explored() {
        let budget = ["--max-states", "100000000"];
        let increments = ["--threads", "8", "--increments", "10"];
        for (lab, variant, size) in [
            ("race", "atomic", &increments[..]),
            ("semaphore", "atomic", &["--workers", "8", "--permits", "3", "--rounds", "10"]),
            ("spinlock", "mcs", &increments),
        ] {
            let arguments = [&["explore", lab, "--variant", variant], size, &budget].concat();
            ends_with_partial_results(&arguments, "not exhausted");
        }
    }

    #[test]
    fn a_document_stays_one_document() {
        for lab in ["semaphore", "spinlock"] {
            let arguments = [lab, "--world", "real", "--runs", "1000000", "--format", "json"];
            let output = stopped(&arguments, "-INT");
            assert_eq!(output.status.code(), Some(130), "{}", text(&output.stderr));
            let document: serde_json::Value =
                serde_json::from_slice(&output.stdout).expect("one JSON document");
            assert_eq!(document["schema"], "conclab.demo/1", "{document}");
        }
    }

    #[test]
    fn while_it_hangs() {
        ends_with_partial_results(&["deadlock", "--hang"], "cycle: ");
    }

    #[test]
    fn twice() {
        let arguments = ["deadlock", "--hang"];
        let child = conclab(&arguments).spawn().expect("the command can be started");
        std::thread::sleep(Duration::from_millis(700));
        let id = child.id().to_string();
        for _ in 0..2 {
            // The second one may come too late: the first has ended the process by then.
            let _ = Command::new("kill").args(["-INT", &id]).stderr(Stdio::null()).status();
        }
        assert_eq!(ended(child).status.code(), Some(130));
    }
}

#[test]
fn a_hang_ends_at_its_time_and_says_what_was_stuck() {
    let output = run(&["deadlock", "--hang", "--timeout", "1"]);
    assert_eq!(output.status.code(), Some(124), "{}", text(&output.stderr));
    let screen = text(&output.stdout);
    for words in ["as process ", "Ctrl-C", "cycle: "] {
        assert!(screen.contains(words), "`{words}` is missing: {screen}");
    }
}

#[test]
fn a_demo_keeps_its_time_and_says_what_is_missing() {
    for lab in ["race", "semaphore", "spinlock"] {
        let started = Instant::now();
        let output = run(&[lab, "--timeout", "1", "--runs", "1000000"]);
        assert!(started.elapsed() < Duration::from_secs(4), "{lab}: {:?}", started.elapsed());
        assert_eq!(output.status.code(), Some(124), "{lab}: {}", text(&output.stderr));
        let screen = text(&output.stdout).split_whitespace().collect::<Vec<_>>().join(" ");
        for words in ["of 1,000,000 runs were made, ", ": the time was over)"] {
            assert!(screen.contains(words), "{screen}");
        }
    }
}

#[test]
fn who_talks_to_nobody_ends() {
    for command in ["play", "teach"] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_conclab"))
            .args([command, "race", "--line"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the command can be started");
        drop(child.stdout.take());
        let mut input = child.stdin.take().expect("it is piped");
        // An input without an end: writing fails once the command is gone.
        let begin = Instant::now();
        while input.write_all(b"n\n").is_ok() {
            if begin.elapsed() > PATIENCE {
                child.kill().expect("it runs");
                panic!("{command} goes on");
            }
        }
        assert_eq!(child.wait().expect("it was started").code(), Some(0), "{command}");
    }
}
