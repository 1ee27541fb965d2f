//! `conclab play` and `--predict` from outside: transcripts, progress, and input of every kind.

use std::fs;
use std::path::{Path, PathBuf};

use snapbox::cmd::{Command, OutputAssert, cargo_bin};
use snapbox::{file, str};

/// A folder of this test's own, empty.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("the target folder can be written");
    folder
}

/// The command, with nothing in its environment that changes the output; `home` keeps progress.
fn conclab(arguments: &[&str], home: &Path, input: impl Into<Vec<u8>>) -> OutputAssert {
    let mut command = Command::new(cargo_bin!("conclab")).args(arguments);
    for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS"] {
        command = command.env_remove(name);
    }
    command.env("XDG_DATA_HOME", home).stdin(input.into()).assert()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("output is UTF-8")
}

#[test]
fn a_game_reads_as_it_did() {
    let home = folder("game");
    let all = "h\n1\nh\nx\n2\nx\n2\n1\n5\np\n?\nq\n";
    let play = ["play", "race", "--fresh"];
    conclab(&play, &home, all).success().stdout_eq(file!["cli/play.txt"]).stderr_eq(str![]);
    let stuck = "1\n2\n1\n2\n";
    let play = ["play", "deadlock", "--ascii", "--fresh"];
    conclab(&play, &home, stuck).success().stdout_eq(file!["cli/play-deadlock.txt"]);
}

#[test]
fn a_prediction_reads_as_it_did() {
    let home = folder("prediction");
    let asked = ["explore", "race", "--variant", "unsynchronised", "--predict"];
    let said = conclab(&asked, &home, "one\nb d\n").success();
    let said = text(&said.get_output().stdout);
    let (graded, explored) = said.split_once("\n\n").expect("the exploration follows");
    snapbox::assert_data_eq!(graded, file!["cli/predict.txt"].raw());
    assert!(explored.starts_with("race · unsynchronised · 2 × 1 increment\n"), "{explored}");
    let demo = conclab(&["race", "--predict", "--world", "model"], &home, "B C\n").success();
    let demo = text(&demo.get_output().stdout);
    assert!(demo.contains("You have 5 of 5 right.\n") && demo.contains("\nWHY "), "{demo}");
}

#[test]
fn a_game_can_be_predicted_before_it_is_played() {
    let home = folder("predicted");
    let play = ["play", "race", "--fresh", "--predict"];
    let said = conclab(&play, &home, "b c\n1\n2\n2\n1\nq\n").success();
    let said = text(&said.get_output().stdout);
    let at = |words: &str| said.find(words).unwrap_or_else(|| panic!("`{words}`: {said}"));
    assert!(at("> b c") < at("You have 5 of 5 right.") && at("right.") < at("Goal: "), "{said}");
    assert!(at("Goal: ") < at("You made it lose"), "{said}");
    assert!(!said.contains("Press Enter"), "{said}");
    let asked = conclab(&play, &home, "").code(2);
    assert!(!text(&asked.get_output().stdout).contains("Goal"), "nothing is played");
}

#[test]
fn a_question_says_nothing_of_its_answer() {
    let home = folder("question");
    for (lab, question) in [("race", "e  deadlock\n> \n"), ("deadlock", "deadlock\n")] {
        let asked = conclab(&["explore", lab, "--predict"], &home, "").code(2);
        let said = text(&asked.get_output().stdout);
        assert!(said.contains(question) && said.ends_with("> \n"), "{said}");
        for words in ["interleaving", "odds", "refuted", "proved", "can happen:"] {
            assert!(!said.contains(words), "{said}");
        }
        assert!(text(&asked.get_output().stderr).contains("no answer"));
    }
}

#[test]
fn a_tally_is_one_document() {
    let home = folder("tally");
    let asked = ["explore", "race", "--predict", "--format", "json"];
    let graded = conclab(&asked, &home, "b d\n").success();
    let tally: serde_json::Value =
        serde_json::from_slice(&graded.get_output().stdout).expect("one JSON document");
    assert_eq!(tally["schema"], "conclab.prediction/1");
    assert_eq!((&tally["asked"], &tally["right"]), (&5.into(), &3.into()));
    let outcomes = tally["outcomes"].as_array().expect("outcomes");
    let told = |one: &serde_json::Value| {
        let is = |name: &str| one[name].as_bool().expect("yes or no");
        (is("possible"), is("chosen"), is("right"), one["shown"]["outcome"] == one["outcome"])
    };
    assert_eq!(told(&outcomes[1]), (true, true, true, false));
    assert_eq!(told(&outcomes[2]), (true, false, false, true));
    assert_eq!(told(&outcomes[3]), (false, true, false, false));
    assert_eq!(outcomes[2]["interleavings"], "2");
}

/// What is read from the progress file.
fn kept(home: &Path) -> serde_json::Value {
    let text = fs::read_to_string(home.join("conclab/progress.json")).expect("it was written");
    serde_json::from_str(&text).expect("it is JSON")
}

#[test]
fn progress_is_kept_and_fresh_leaves_it_alone() {
    let home = folder("progress");
    conclab(&["play", "race"], &home, "1\n2\n2\n1\n3\n").success();
    let first = kept(&home);
    assert_eq!(first["broken"][0]["switches"], 2, "{first}");
    assert_eq!(first["repaired"][0]["repair"], "atomic", "{first}");
    let again = text(&conclab(&["play", "race"], &home, "").success().get_output().stdout.clone());
    assert!(again.contains("You have done it before with 2 context switches."), "{again}");
    assert!(again.contains("Repairs you have found: atomic."), "{again}");
    let fresh = conclab(&["play", "race", "--fresh"], &home, "1\n2\n2\n1\n4\n").success();
    let fresh = text(&fresh.get_output().stdout);
    assert!(!fresh.contains("before with") && fresh.contains("mutex is proved"), "{fresh}");
    assert_eq!(kept(&home), first);
}

#[test]
fn progress_that_cannot_be_kept_costs_a_warning_and_no_more() {
    let broken: [(&str, &[u8]); 4] =
        [("text", b"hello"), ("bytes", b"\xff\xfe"), ("newer", b"{\"schema\":\"x/2\"}"), ("", b"")];
    for (name, bytes) in broken {
        let home = folder(&format!("corrupt-{name}"));
        fs::create_dir_all(home.join("conclab")).expect("it is ours");
        let file = home.join("conclab/progress.json");
        fs::write(&file, bytes).expect("it is ours");
        let played = conclab(&["play", "race"], &home, "1\n2\n2\n1\n3\n").success();
        let said = text(&played.get_output().stderr);
        assert!(said.starts_with("conclab: progress is not kept: "), "{name}: {said}");
        assert_eq!(said.lines().count(), 1, "{said}");
        assert_eq!(fs::read(&file).expect("it is ours"), bytes, "it is left alone");
    }
    let home = folder("no-folder").join("file");
    fs::write(&home, "").expect("it is ours");
    let played = conclab(&["play", "race"], &home, "1\n2\n2\n1\n3\n").success();
    let said = text(&played.get_output().stderr);
    assert!(said.starts_with("conclab: progress is not kept: "), "{said}");
}

#[test]
fn whatever_is_typed_nothing_breaks() {
    let home = folder("typed");
    let long = "7".repeat(1 << 20);
    let inputs: [Vec<u8>; 9] = [
        Vec::new(),
        b"\n\n\n".to_vec(),
        b"0\n-1\n3\n999999999999999999999999\n1.5\n".to_vec(),
        format!("{long}\n{long}").into_bytes(),
        b"\xff\xfe\x00\x1b[2J\n\x80\n".to_vec(),
        "자물쇠\nａ\n１\n".into(),
        b"u\nu\nr\nr\nh\nh\nh\nh\np\n?\n".to_vec(),
        b"1\r\n1\r\n1\r\nq".to_vec(),
        vec![b'\n'; 2000],
    ];
    for lab in conclab_labs::catalogue().iter().map(|lab| lab.card().name) {
        for input in &inputs {
            let played = conclab(&["play", lab], &home, input.clone()).success();
            let (out, err) = (text(&played.get_output().stdout), text(&played.get_output().stderr));
            assert_eq!(err, "", "{lab}");
            assert!(!out.contains('\u{1b}'), "{out}");
            assert!(out.lines().all(|line| line.chars().count() <= 80), "{out}");
            let asked = conclab(&["explore", lab, "--predict"], &home, input.clone());
            let said = text(&asked.get_output().stderr);
            assert!(!said.contains("panicked"), "{said}");
            assert!(matches!(asked.get_output().status.code(), Some(0 | 2)), "{said}");
        }
    }
}

#[test]
fn what_cannot_be_played_is_refused() {
    let home = folder("refused");
    let big = ["play", "race", "--threads", "8", "--increments", "9", "--max-states", "1000"];
    let said = conclab(&big, &home, "1\n").code(1);
    assert!(text(&said.get_output().stderr).contains("--max-states"));
    assert!(said.get_output().stdout.is_empty());
    let big: Vec<_> =
        big.iter().map(|word| if *word == "play" { "explore" } else { word }).collect();
    let said = conclab(&[&big[..], &["--predict"]].concat(), &home, "a\n").code(1);
    assert!(text(&said.get_output().stderr).contains("--max-states"));
    for (wrong, words) in [
        (&["play", "race", "--format", "json"][..], "no document"),
        (&["play"], "Usage"),
        (&["play", "race", "--variant", "mutx"], "mutex"),
        (&["play", "race", "--threads", "0"], "1 to 32"),
        (&["replay", "race", "--predict"], "--predict"),
    ] {
        let said = conclab(wrong, &home, "").code(2);
        assert!(text(&said.get_output().stderr).contains(words), "{wrong:?}");
        assert!(said.get_output().stdout.is_empty(), "{wrong:?}");
    }
}

#[cfg(unix)]
#[test]
fn ctrl_c_while_the_player_thinks_ends_it_with_130() {
    use std::process::{Command, Stdio};
    for arguments in [&["play", "race"][..], &["explore", "race", "--predict"]] {
        for signal in ["-INT", "-TERM"] {
            let mut child = Command::new(env!("CARGO_BIN_EXE_conclab"))
                .args(arguments)
                .env("XDG_DATA_HOME", folder("interrupted"))
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .spawn()
                .expect("the command can be started");
            let mut out = child.stdout.take().expect("it is piped");
            let mut seen = Vec::new();
            // The prompt is printed before the player is waited for; a moment later would do, too:
            // a signal in between is heard when the next line is asked for.
            while !seen.ends_with(b"> ") {
                let mut byte = [0];
                std::io::Read::read_exact(&mut out, &mut byte).expect("a prompt");
                seen.extend(byte);
            }
            std::thread::sleep(std::time::Duration::from_millis(300));
            let id = child.id().to_string();
            let sent = Command::new("kill").args([signal, &id]).status();
            assert!(sent.expect("there is a kill").success());
            assert_eq!(child.wait().expect("it is ours").code(), Some(130), "{arguments:?}");
        }
    }
}
