//! The command from outside: what does not depend on any lab.

use std::process::{Command, Output, Stdio};

/// The command, with nothing in its environment that changes the output.
fn conclab(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_conclab"));
    command.args(arguments).stdin(Stdio::null());
    for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS"] {
        command.env_remove(name);
    }
    command
}

fn output(command: &mut Command) -> Output {
    command.output().expect("the command can be started")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("output is UTF-8")
}

fn has_escapes(output: &Output) -> bool {
    output.stdout.contains(&0x1b) || output.stderr.contains(&0x1b)
}

#[test]
fn transcripts_are_true() {
    let cases = trycmd::TestCases::new();
    cases.case("tests/cli/*.trycmd").case("README.md").case("docs/*.md").case("book/src/*.md");
}

#[test]
fn without_arguments_the_help_is_printed() {
    let bare = output(&mut conclab(&[]));
    let asked = output(&mut conclab(&["--help"]));
    assert_eq!(bare.status.code(), Some(0));
    assert_eq!(text(&bare.stdout), text(&asked.stdout));
    assert!(bare.stderr.is_empty());
    assert!(text(&bare.stdout).lines().all(|line| line.chars().count() <= 80));
}

#[test]
fn what_is_about_a_lab_wants_one() {
    for command in ["explore", "replay", "play", "trace", "teach"] {
        let output = output(&mut conclab(&[command]));
        assert_eq!(output.status.code(), Some(2));
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn json_is_one_document_with_schema_and_version() {
    for (command, schema) in [("list", "conclab.list/1"), ("doctor", "conclab.doctor/1")] {
        let output = output(conclab(&[command, "--format", "json"]).env("CLICOLOR_FORCE", "1"));
        assert_eq!(output.status.code(), Some(0));
        assert!(!has_escapes(&output));
        let value: serde_json::Value =
            serde_json::from_slice(&output.stdout).expect("one JSON document");
        assert_eq!(value["schema"], schema);
        assert_eq!(value["version"], env!("CARGO_PKG_VERSION"));
    }
}

/// The one JSON document that a command prints.
fn document(arguments: &[&str]) -> serde_json::Value {
    let output = output(conclab(arguments).args(["--format", "json"]));
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("one JSON document")
}

#[test]
fn a_demo_of_one_variant_and_one_part_holds_only_that() {
    let found = document(&["race", "--variant", "mutex", "--only", "why"]);
    assert_eq!(found["variant"], "mutex");
    let explorations = found["explorations"].as_array().expect("explorations");
    assert_eq!(explorations.len(), 1);
    assert_eq!(
        (&explorations[0]["variant"], &explorations[0]["verdict"]),
        (&"mutex".into(), &"proved".into())
    );
    for left_out in ["runs", "prices", "exhibits"] {
        assert_eq!(found[left_out].as_array().map(Vec::len), Some(0), "{left_out}");
    }
    let found =
        document(&["race", "--variant", "lock-the-store", "--only", "break", "--runs", "3"]);
    assert_eq!(found["runs"][0]["variant"], "lock-the-store");
    assert_eq!(found["explorations"].as_array().map(Vec::len), Some(0));
}

#[test]
fn every_variant_is_explored_and_replayed_in_one_document() {
    for lab in document(&["list"])["labs"].as_array().expect("labs") {
        let name = lab["name"].as_str().expect("a name");
        for variant in lab["variants"].as_array().expect("variants") {
            let right = variant["right"].as_bool().expect("right or wrong");
            let variant = variant["name"].as_str().expect("a name");
            let found = document(&["explore", name, "--variant", variant]);
            assert_eq!(found["schema"], "conclab.exploration/1");
            assert_eq!((&found["lab"], &found["variant"]), (&name.into(), &variant.into()));
            let verdict = if right { "proved" } else { "refuted" };
            assert_eq!(found["verdict"], verdict, "{name} {variant}");
            let shown = &found["counterexample"];
            let schedule = shown["schedule"].as_str().unwrap_or("1");
            let told = document(&["replay", name, "--variant", variant, "--schedule", schedule]);
            assert_eq!(told["schema"], "conclab.replay/1");
            assert_eq!(told["schedule"], schedule);
            if !right {
                assert_eq!(told["outcome"], shown["outcome"], "{name} {variant}");
                assert_eq!(told["steps"], shown["steps"], "{name} {variant}");
            }
        }
    }
}

#[test]
fn colour_is_used_when_it_is_wanted_and_only_then() {
    let none: &[(&str, &str)] = &[];
    let cases = [
        (vec!["doctor"], none, false),
        (vec!["doctor", "--color", "always"], none, true),
        (vec!["doctor"], &[("CLICOLOR_FORCE", "1")], true),
        (vec!["doctor", "--color=never"], &[("CLICOLOR_FORCE", "1")], false),
        (vec!["doctor"], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], false),
        (vec!["doctor"], &[("CLICOLOR", "0")], false),
        (vec!["doctor"], &[("TERM", "dumb")], false),
        // Complaints about the command line obey, too.
        (vec!["lst"], none, false),
        (vec!["lst"], &[("CLICOLOR_FORCE", "1")], true),
        (vec!["--color", "never", "lst"], &[("CLICOLOR_FORCE", "1")], false),
        (vec!["lst", "--color=never"], &[("CLICOLOR_FORCE", "1")], false),
        (vec!["--color=always", "lst"], none, true),
        (vec!["--color=always", "--help"], none, true),
        (vec!["--color=never", "--help"], &[("CLICOLOR_FORCE", "1")], false),
    ];
    for (arguments, environment, wanted) in cases {
        let output = output(conclab(&arguments).envs(environment.iter().copied()));
        assert_eq!(has_escapes(&output), wanted, "{arguments:?} {environment:?}");
    }
}

#[test]
fn ascii_output_is_ascii() {
    for command in ["list", "doctor"] {
        for format in ["text", "json"] {
            let output = output(&mut conclab(&[command, "--ascii", "--format", format]));
            assert!(output.stdout.is_ascii(), "{command} {format}");
        }
    }
}

#[test]
fn a_doctor_says_what_was_decided_and_why() {
    let output = output(&mut conclab(&["doctor", "--color", "never", "--ascii"]));
    let text = text(&output.stdout);
    for words in
        ["cores", "--color never was given", "--ascii was given", "python3", "race  ", "handshake"]
    {
        assert!(text.contains(words), "`{words}` is missing:\n{text}");
    }
}

#[test]
fn every_shell_has_completions() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let output = output(&mut conclab(&["completions", shell]));
        assert_eq!(output.status.code(), Some(0));
        let text = text(&output.stdout);
        for word in ["list", "explore", "replay", "play", "trace", "teach", "doctor", "man"] {
            assert!(text.contains(word), "{shell}: `{word}` is missing");
        }
    }
}

#[test]
fn every_command_has_a_man_page() {
    let list = text(&output(&mut conclab(&["man", "--list"])).stdout);
    for name in ["conclab", "conclab race", "conclab list", "conclab explore deadlock"] {
        assert!(list.lines().any(|line| line == name), "`{name}` is missing:\n{list}");
    }
    for name in list.lines() {
        let words: Vec<_> = name.split(' ').skip(1).collect();
        let page = output(conclab(&["man"]).args(&words));
        assert_eq!(page.status.code(), Some(0), "{name}: {}", text(&page.stderr));
        let page = text(&page.stdout);
        let title = format!("\n.TH {} 1 ", name.replace(' ', "-"));
        assert!(page.contains(&title), "{name}:\n{page}");
        assert!(page.contains(if words.is_empty() { "EXIT STATUS" } else { "SEE ALSO" }));
        for section in ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS"] {
            assert!(page.contains(&format!("\n.SH {section}\n")), "{name}: {section}\n{page}");
        }
    }
}

#[test]
fn a_page_that_is_not_there_is_a_typing_error() {
    let output = output(&mut conclab(&["man", "explore", "rase"]));
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
    let told = text(&output.stderr);
    assert!(told.contains("`conclab explore` has no command `rase`"), "{told}");
}

#[cfg(unix)]
#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let mut child =
        conclab(&["doctor"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(text(&output.stderr), "");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_a_failure() {
    let full = std::fs::File::options().write(true).open("/dev/full").expect("Linux has it");
    let output = output(conclab(&["doctor"]).stdout(full).stderr(Stdio::piped()));
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).starts_with("conclab: cannot write to stdout: "));
}
