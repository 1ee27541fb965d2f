//! `conclab trace pool --runner …`: pools of threads and of processes on one time axis.
#![cfg(unix)]

#[path = "../src/render/trace/tests/chrome.rs"]
mod chrome;

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

fn command(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_conclab"));
    command.args(["trace", "pool"]).args(arguments).stdin(Stdio::null());
    for name in ["CLICOLOR", "CLICOLOR_FORCE"] {
        command.env_remove(name);
    }
    command.env("NO_COLOR", "1").output().expect("the command can be started")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("output is UTF-8")
}

/// A recorded run.
struct Run(Value);

/// One event of it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Event {
    ns: u64,
    thread: usize,
    what: String,
    object: Option<String>,
    other: Option<usize>,
    by: Option<usize>,
    place: Option<String>,
}

fn index(value: &Value) -> Option<usize> {
    value.as_u64().and_then(|it| usize::try_from(it).ok())
}

impl Run {
    fn of(arguments: &[&str]) -> Self {
        let output = command(&[arguments, &["--format", "json"]].concat());
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", text(&output.stderr));
        let document: Value = serde_json::from_slice(&output.stdout).expect("one JSON document");
        assert_eq!(document["schema"], "conclab.trace/1");
        assert_eq!((&document["variant"], &document["lost"]), (&Value::Null, &0.into()));
        let run = Self(document);
        let events = run.events();
        assert!(events.is_sorted_by_key(|event| event.ns));
        for (n, event) in events.iter().enumerate() {
            let by = event.by.map(|by| (by < n, events[by].thread != event.thread));
            assert!(by.is_none_or(|by| by == (true, true)), "{event:?}");
        }
        run
    }

    fn events(&self) -> Vec<Event> {
        let told = |event: &Value| {
            let object = index(&event["object"]).map(|it| &self.0["objects"][it]["name"]);
            Event {
                ns: event["at_ns"].as_u64().expect("a time"),
                thread: index(&event["thread"]).expect("a thread"),
                what: event["what"].as_str().expect("a word").to_owned(),
                object: object.and_then(Value::as_str).map(str::to_owned),
                other: index(&event["other"]),
                by: index(&event["unblocked_by"]),
                place: event["place"]["file"].as_str().map(str::to_owned),
            }
        };
        self.0["events"].as_array().expect("events").iter().map(told).collect()
    }

    /// Names of lanes with the names of their processes.
    fn lanes(&self) -> Vec<(&str, Option<&str>)> {
        let lanes = self.0["threads"].as_array().expect("lanes").iter();
        lanes.map(|it| (it["name"].as_str().expect("a name"), it["process"].as_str())).collect()
    }

    fn of_lane(&self, lane: usize) -> Vec<Event> {
        self.events().into_iter().filter(|event| event.thread == lane).collect()
    }

    /// The tasks of a lane as they were ended; checks that they nest, and that waiting for input
    /// lies inside them. Gives that number, too, and what was begun and not ended.
    fn tasks(&self, lane: usize) -> (Vec<String>, usize, Option<String>) {
        let (mut ended, mut waits, mut task, mut waiting) = (Vec::new(), 0, None, false);
        for event in self.of_lane(lane) {
            match event.what.as_str() {
                "task-start" => assert_eq!(task.replace(event.object.clone()), None, "{event:?}"),
                "task-end" => {
                    assert!(!waiting && task == Some(event.object.clone()), "{event:?}");
                    task = None;
                    ended.push(event.object.expect("a task has a name"));
                }
                "io-wait" => {
                    assert!(task.is_some() && !waiting, "{event:?}");
                    waiting = true;
                    waits += 1;
                }
                "io-ready" => {
                    assert!(waiting, "{event:?}");
                    waiting = false;
                }
                _ => {}
            }
        }
        (ended, waits, task.flatten())
    }

    /// Every lane of a process lies between its start and its end in the parent's lane.
    fn check_processes(&self) {
        let events = self.events();
        for (lane, (name, process)) in self.lanes().into_iter().enumerate() {
            let Some(process) = process else { continue };
            let of_parent = |what: &str| {
                let mut found =
                    events.iter().filter(|it| it.what == what && it.other == Some(lane));
                let event = found.next().unwrap_or_else(|| panic!("no {what} of {name}"));
                assert!(found.next().is_none() && event.thread == 0, "{event:?}");
                assert_eq!(event.object.as_deref(), Some(process));
                event
            };
            let (start, end) = (of_parent("process-start"), of_parent("process-end"));
            let own = self.of_lane(lane);
            assert!(own.iter().all(|it| start.ns <= it.ns && it.ns <= end.ns), "{name}: {own:?}");
            assert_eq!(own[0].what, "start", "{name}");
            assert_eq!(own[0].by.map(|by| &events[by]), Some(start), "{name}");
            assert!(start.place.as_ref().is_some_and(|file| file.ends_with("child.rs")));
        }
    }
}

#[test]
fn children_have_lanes_on_the_time_axis_of_their_parent() {
    for more in [&[][..], &["--transport", "shared-memory"], &["--work", "io", "--delay", "2"]] {
        let run = Run::of(&[&["--runner", "processes", "--tasks", "5"][..], more].concat());
        assert_eq!(
            (&run.0["runner"], &run.0["outcome"]),
            (&"processes".into(), &"5 of 5 answers".into())
        );
        let lanes = run.lanes();
        let names: Vec<_> = lanes.iter().map(|lane| lane.0).collect();
        assert_eq!(names, ["main", "worker 1", "worker 2"]);
        let processes: BTreeSet<_> = lanes.iter().map(|lane| lane.1).collect();
        assert_eq!(processes.len(), 3, "{lanes:?}");
        run.check_processes();
        let (mut all, mut waits) = (Vec::new(), 0);
        for lane in 1..=2 {
            let (ended, waited, open) = run.tasks(lane);
            assert_eq!(open, None);
            all.extend(ended);
            waits += waited;
            assert_eq!(run.of_lane(lane).last().map(|it| it.what.clone()), Some("end".to_owned()));
        }
        all.sort();
        assert_eq!(all, (0..5).map(|task| format!("task {task}")).collect::<Vec<_>>());
        assert_eq!(waits, if more.contains(&"io") { 5 } else { 0 });
        let events = run.events();
        let unblocked = |event: &&Event| event.what == "received" && event.by.is_some();
        for event in events.iter().filter(unblocked) {
            let by = &events[event.by.expect("it was just seen")];
            assert_eq!((by.what.as_str(), &by.object), ("sent", &event.object), "{event:?}");
        }
    }
}

#[test]
fn a_killed_worker_ends_in_a_crash_and_another_does_its_task_again() {
    let run = Run::of(&["--runner", "processes", "--crash", "1"]);
    assert_eq!(run.0["outcome"], "4 of 4 answers");
    let lanes = run.lanes();
    assert_eq!(lanes.len(), 4, "{lanes:?}");
    assert!(lanes[3].0.ends_with(" (2)"), "{lanes:?}");
    run.check_processes();
    let crashed: Vec<_> = (1..4)
        .filter(|lane| run.of_lane(*lane).last().is_some_and(|last| last.what == "crash"))
        .collect();
    let [crashed] = crashed[..] else { panic!("{crashed:?}") };
    let (ended, _, open) = run.tasks(crashed);
    assert_eq!((ended.len(), open.as_deref()), (0, Some("task 0")));
    let again = (1..4).filter(|lane| run.tasks(*lane).0.contains(&"task 0".to_owned()));
    assert_eq!(again.count(), 1);
    let told = run.0["because"].as_str().expect("a sentence");
    assert!(told.contains("killed: 1, replaced: 1; tasks handed out again: "), "{told}");
}

#[test]
fn our_pool_shows_tasks_in_the_lanes_of_its_workers() {
    for (more, waits) in [(&[][..], 0), (&["--work", "io", "--delay", "2"], 4), (&["--gil"], 0)] {
        let run = Run::of(&[&["--runner", "threads"][..], more].concat());
        let lanes = [("main", None), ("worker 0", None), ("worker 1", None)];
        assert_eq!((&run.0["runner"], run.lanes()), (&"threads".into(), lanes.to_vec()));
        let [(mut one, a, None), (other, b, None)] = [run.tasks(1), run.tasks(2)] else {
            panic!("a task did not end")
        };
        one.extend(other);
        one.sort();
        assert_eq!((one, a + b), ((0..4).map(|it| format!("task {it}")).collect(), waits));
        let begun = run.events().into_iter().filter(|event| event.what == "start");
        assert!(begun.skip(1).all(|start| start.by.is_some()));
    }
}

#[test]
fn models_of_pools_show_tasks_too() {
    for variant in ["thread-pool", "one-lock"] {
        let output = command(&["--variant", variant, "--format", "json"]);
        let document: Value = serde_json::from_slice(&output.stdout).expect("one JSON document");
        let run = Run(document);
        let lanes = run.lanes().len();
        let tasks: usize = (0..lanes).map(|lane| run.tasks(lane).0.len()).sum();
        assert_eq!(tasks, 3, "{variant}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn one_core_is_enough() {
    for runner in ["threads", "processes"] {
        let arguments = ["trace", "pool", "--format", "json", "--runner", runner, "--crash", "1"];
        let output = Command::new("taskset")
            .args(["-c", "0", env!("CARGO_BIN_EXE_conclab")])
            .args(arguments)
            .output()
            .expect("there is taskset");
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        let document: Value = serde_json::from_slice(&output.stdout).expect("one JSON document");
        assert_eq!((&document["cores"], &document["lost"]), (&1.into(), &0.into()));
        Run(document).check_processes();
    }
}

#[test]
fn what_finds_no_room_is_counted_also_in_children() {
    let arguments =
        ["--runner", "processes", "--workers", "1", "--tasks", "5000", "--format", "json"];
    let output = command(&arguments);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let document: Value = serde_json::from_slice(&output.stdout).expect("one JSON document");
    let lost = document["threads"][1]["lost"].as_u64().expect("a number");
    assert!(lost >= 5_000 * 2 - 4_096, "{lost}");
    assert!(document["lost"].as_u64().is_some_and(|all| all >= lost));
}

#[test]
fn the_screen_fits_and_pictures_are_valid() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("recorded-pools");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("there is room for tests");
    for arguments in [
        &["--runner", "processes"][..],
        &["--runner", "processes", "--crash", "1", "--ascii"],
        &["--runner", "threads", "--work", "io", "--workers", "3"],
    ] {
        let path = folder.join(format!("{}.json", arguments.len()));
        let file = path.to_str().expect("test folders have plain names");
        let output = command(&[arguments, &["--out", file]].concat());
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        let screen = text(&output.stdout);
        assert!(screen.lines().count() <= 24, "{screen}");
        assert!(screen.lines().all(|line| line.chars().count() <= 80), "{screen}");
        assert!(!arguments.contains(&"--ascii") || screen.is_ascii(), "{screen}");
        assert!(screen.contains("worker 1 ") && screen.contains(" works"), "{screen}");
        assert_eq!(screen.contains("! dies"), arguments.contains(&"--crash"), "{screen}");
        let written = fs::read_to_string(&path).expect("it was written");
        chrome::check_chrome(&written);
        let document: Value = serde_json::from_str(&written).expect("it is JSON");
        let events = document["traceEvents"].as_array().expect("a list");
        let named = |event: &&Value| event["name"] == "process_name";
        let children = events.iter().filter(named).filter_map(|it| it["args"]["name"].as_str());
        let children = children.filter(|name| name.starts_with("worker ")).count();
        let expected = match arguments {
            [_, "processes"] => 2,
            [_, "processes", ..] => 3,
            _ => 0,
        };
        assert_eq!(children, expected);
        assert!(events.iter().any(|event| event["ph"] == "s"), "arrows");
    }
}

#[test]
fn bad_input_is_refused() {
    for (arguments, word) in [
        (&["--runner", "process"][..], "processes"),
        (&["--runner", "threads", "--variant", "one-lock"], "--variant"),
        (&["--runner", "threads", "--widen", "sleep"], "--widen"),
        (&["--runner"], "a value is required"),
    ] {
        let output = command(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(output.stdout.is_empty() && text(&output.stderr).contains(word), "{arguments:?}");
    }
    let output = Command::new(env!("CARGO_BIN_EXE_conclab"))
        .args(["trace", "race", "--runner", "threads"])
        .output()
        .expect("the command can be started");
    assert_eq!(output.status.code(), Some(2));
}
