//! `conclab trace` from outside: what is in a recorded run does not depend on how fast it was.

#[path = "../src/render/trace/tests/chrome.rs"]
mod chrome;

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

fn conclab(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_conclab"));
    command.args(arguments).stdin(Stdio::null());
    for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"] {
        command.env_remove(name);
    }
    command.output().expect("the command can be started")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("output is UTF-8")
}

/// A folder of this test's own, which is empty.
fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("there is room for tests");
    folder
}

fn document(arguments: &[&str]) -> Value {
    let output = conclab(&[&["trace"], arguments, &["--format", "json"]].concat());
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", text(&output.stderr));
    let document: Value = serde_json::from_slice(&output.stdout).expect("one JSON document");
    assert_eq!(document["schema"], "conclab.trace/1");
    assert_eq!(document["lost"], 0);
    document
}

fn events(document: &Value) -> &Vec<Value> {
    document["events"].as_array().expect("a list of events")
}

/// What each thread did with an object, in order.
fn with<'a>(document: &'a Value, object: &str) -> BTreeMap<&'a str, Vec<&'a str>> {
    let mut done: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for event in events(document) {
        let of = event["object"].as_u64().and_then(|it| usize::try_from(it).ok());
        if of.is_some_and(|of| document["objects"][of]["name"] == object) {
            let thread = usize::try_from(event["thread"].as_u64().expect("a thread")).expect("few");
            let name = document["threads"][thread]["name"].as_str().expect("a name");
            done.entry(name).or_default().push(event["what"].as_str().expect("a word"));
        }
    }
    done
}

/// Stamps do not go back, and who unblocks comes before.
fn check_order(document: &Value) {
    let all = events(document);
    assert!(all.is_sorted_by_key(|event| event["at_ns"].as_u64()));
    for (n, event) in all.iter().enumerate() {
        if let Some(by) = event["unblocked_by"].as_u64() {
            let by = usize::try_from(by).expect("an index");
            assert!(by < n && all[by]["thread"] != event["thread"], "{event}");
        }
    }
}

#[test]
fn a_race_is_told_operation_by_operation() {
    let run = document(&["race", "--variant", "unsynchronised", "--widen", "handshake"]);
    assert_eq!((&run["outcome"], &run["expectation"]), (&"1".into(), &"interesting".into()));
    check_order(&run);
    let both = with(&run, "counter");
    assert_eq!(both, BTreeMap::from(["A", "B"].map(|it| (it, vec!["loaded", "stored"]))));
    let ends = events(&run).iter().filter(|event| event["what"] == "end");
    assert_eq!(ends.count(), 3);
}

#[test]
fn a_deadlock_ends_with_everybody_waiting() {
    let run = document(&["deadlock", "--variant", "circular", "--widen", "handshake"]);
    assert_eq!((&run["outcome"], &run["expectation"]), (&"deadlock".into(), &"interesting".into()));
    check_order(&run);
    let expected = |own, next| BTreeMap::from([(own, vec!["got"]), (next, vec!["wants"])]);
    assert_eq!(with(&run, "account 0"), expected("A", "B"));
    assert_eq!(with(&run, "account 1"), expected("B", "A"));
    assert_eq!(run["wait_for"]["cycle"], serde_json::json!(["A", "B"]));
    let screen = text(&conclab(&["trace", "deadlock", "--widen", "handshake"]).stdout);
    for words in ["waits for account 1, held by B, at the end", "It went wrong", "account 0 "] {
        assert!(screen.contains(words), "`{words}` is missing:\n{screen}");
    }
}

#[test]
fn every_variant_of_every_lab_can_be_recorded() {
    let labs = conclab(&["list", "--format", "json"]);
    let labs: Value = serde_json::from_slice(&labs.stdout).expect("one JSON document");
    for lab in labs["labs"].as_array().expect("labs") {
        let name = lab["name"].as_str().expect("a name");
        for variant in lab["variants"].as_array().expect("variants") {
            let variant = variant["name"].as_str().expect("a name");
            let run = document(&[name, "--variant", variant]);
            assert_eq!((&run["lab"], &run["variant"]), (&name.into(), &variant.into()));
            check_order(&run);
            let threads = run["threads"].as_array().map_or(0, Vec::len);
            let begun = events(&run).iter().filter(|event| event["what"] == "start").count();
            assert_eq!(begun, threads, "{name} {variant}");
        }
    }
}

#[test]
fn permits_are_taken_and_given_back() {
    let run = document(&["semaphore", "--variant", "mutex-condvar"]);
    check_order(&run);
    let whats = |what: &str| events(&run).iter().filter(|event| event["what"] == what).count();
    assert!(whats("got") > 0 && whats("got") == whats("gave"), "{run}");
}

#[test]
fn the_screen_fits_and_is_ascii_where_that_is_wanted() {
    for lab in conclab_labs::catalogue().iter().map(|lab| lab.card().name) {
        for more in [&[][..], &["--ascii"], &["--widen", "handshake"]] {
            let output = conclab(&[&["trace", lab], more].concat());
            let screen = text(&output.stdout);
            assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
            assert!(screen.lines().count() <= 24, "{screen}");
            assert!(screen.lines().all(|line| line.chars().count() <= 80), "{screen}");
            assert!(!more.contains(&"--ascii") || screen.is_ascii(), "{screen}");
            assert!(!screen.contains('\u{1b}'), "{screen}");
        }
    }
}

#[test]
fn what_finds_no_room_is_said() {
    let size = ["--variant", "mutex", "--increments", "10000"];
    let output = conclab(&[&["trace", "race"], &size[..]].concat());
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let screen = text(&output.stdout);
    assert!(screen.contains("The recording is not complete"), "{screen}");
}

#[test]
fn pictures_are_written_whole_and_not_over_others() {
    let folder = folder("trace-pictures");
    for (name, begins) in
        [("x.html", "<!doctype html>"), ("x.svg", "<svg "), ("x.json", "{"), ("Y.SVG", "<svg ")]
    {
        let path = folder.join(name);
        let path = path.to_str().expect("test folders have plain names");
        let arguments = ["trace", "deadlock", "--widen", "handshake", "--out", path];
        let output = conclab(&arguments);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        assert!(text(&output.stderr).contains(&format!("wrote {path}")));
        let written = fs::read_to_string(path).expect("it was written");
        assert!(written.starts_with(begins) && written.len() > 1000, "{written}");
        fs::write(path, "mine").expect("it can be replaced");
        let output = conclab(&arguments);
        assert_eq!(output.status.code(), Some(2), "{}", text(&output.stdout));
        assert!(text(&output.stderr).contains("--force"), "{}", text(&output.stderr));
        assert_eq!(fs::read_to_string(path).expect("it is still there"), "mine");
        let output = conclab(&[&arguments[..], &["--force"]].concat());
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        assert!(fs::read_to_string(path).expect("it is there").starts_with(begins));
    }
    let left = fs::read_dir(&folder).expect("it can be read").count();
    assert_eq!(left, 4, "nothing but the pictures");
}

#[test]
fn every_lab_opens_in_a_viewer_of_chrome_traces() {
    let folder = folder("trace-chrome");
    for (lab, widen) in [("race", "none"), ("deadlock", "handshake"), ("semaphore", "sleep")] {
        let path = folder.join(format!("{lab}.json"));
        let name = path.to_str().expect("test folders have plain names");
        let output = conclab(&["trace", lab, "--widen", widen, "--out", name]);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        chrome::check_chrome(&fs::read_to_string(&path).expect("it was written"));
    }
}

#[test]
fn what_cannot_be_written_is_refused_with_a_reason() {
    let folder = folder("trace-refused");
    let path = |name: &str| folder.join(name).to_str().expect("plain names").to_owned();
    for name in ["x", "x.png", "x.html.gz", ".html"] {
        let output = conclab(&["trace", "race", "--out", &path(name)]);
        assert_eq!(output.status.code(), Some(2), "{name}");
        assert!(output.stdout.is_empty(), "{name}");
        let message = text(&output.stderr);
        assert!(message.contains(".html, .svg or .json"), "{message}");
    }
    let output = conclab(&["trace", "race", "--out", &path("nowhere/x.svg")]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("there is no such folder"));
    fs::create_dir(path("folder.svg")).expect("there is room for tests");
    let output = conclab(&["trace", "race", "--force", "--out", &path("folder.svg")]);
    assert_eq!(output.status.code(), Some(2), "{}", text(&output.stderr));
    assert_eq!(fs::read_dir(&folder).expect("it can be read").count(), 1, "no half file is left");
}

#[cfg(unix)]
#[test]
fn what_is_no_ordinary_file_is_never_replaced() {
    use std::os::unix::fs::{FileTypeExt as _, symlink};
    let folder = folder("trace-device");
    let (pipe, link) = (folder.join("pipe.svg"), folder.join("link.svg"));
    let made = Command::new("mkfifo").arg(&pipe).status().expect("every Unix has mkfifo");
    assert!(made.success());
    symlink(&pipe, &link).expect("there is room for tests");
    for place in [&pipe, &link] {
        let name = place.to_str().expect("plain names");
        let output = conclab(&["trace", "race", "--force", "--out", name]);
        assert_eq!(output.status.code(), Some(2), "{}", text(&output.stderr));
        assert!(text(&output.stderr).contains("no ordinary file"), "{}", text(&output.stderr));
        let found = fs::metadata(&pipe).expect("it is still there").file_type();
        assert!(found.is_fifo(), "{name}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_leaves_no_half_file() {
    let output = conclab(&["trace", "race", "--force", "--out", "/dev/full/x.svg"]);
    assert_eq!(output.status.code(), Some(2));
    // A limit on the size of files fails a write in the middle, as a full disk does.
    let path = folder("trace-full").join("x.html");
    let command = format!(
        "trap '' XFSZ; ulimit -f 1; exec {} trace deadlock --widen handshake --out {}",
        env!("CARGO_BIN_EXE_conclab"),
        path.display()
    );
    let output = Command::new("bash").args(["-c", &command]).output().expect("there is a shell");
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains("cannot write"), "{}", text(&output.stderr));
    let left = fs::read_dir(path.parent().expect("a folder")).expect("it can be read").count();
    assert_eq!(left, 0, "no half file is left");
}

#[test]
fn bad_input_is_refused() {
    for (arguments, word) in [
        (&["race", "--runs", "3"][..], "--runs"),
        (&["race", "--variant", "mutx"], "mutex"),
        (&["race", "--widen", "much"], "handshake"),
        (&["race", "--threads", "0"], "1 to 32"),
        (&["race", "--force"], "--out"),
        (&["race", "--out"], "a value is required"),
        (&["race", "--max-states", "3"], "--max-states"),
        (&["rase"], "race"),
    ] {
        let output = conclab(&[&["trace"], arguments].concat());
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(output.stdout.is_empty(), "{arguments:?}");
        assert!(text(&output.stderr).contains(word), "{arguments:?}: {}", text(&output.stderr));
    }
}
