//! `conclab teach` from outside: a transcript, the handout, the document, every command of every
//! lecture, and input of every kind.

use std::io::Read as _;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use snapbox::file;

/// A chapter with everything that screens are made of.
const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/teach/sample.md");

/// The command, with nothing in its environment that changes the output.
fn conclab(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_conclab"));
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS"] {
        command.env_remove(name);
    }
    command
}

/// A lecture from the sample.
fn sample(arguments: &[&str]) -> Command {
    let mut command = conclab(&["teach", "race", "--chapter", SAMPLE]);
    command.args(arguments);
    command
}

/// What comes of this input.
fn given(mut command: Command, input: &[u8]) -> Output {
    let mut child = command.stdin(Stdio::piped()).spawn().expect("it starts");
    // A lecture that is over reads no further.
    let _ = std::io::Write::write_all(&mut child.stdin.take().expect("it is piped"), input);
    child.wait_with_output().expect("it ends")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("output is UTF-8")
}

/// The labs that there are.
fn labs() -> Vec<String> {
    let list = conclab(&["list", "--format", "json"]).output().expect("it starts");
    let list: serde_json::Value = serde_json::from_slice(&list.stdout).expect("a document");
    let labs = list["labs"].as_array().expect("labs").iter();
    labs.map(|lab| lab["name"].as_str().expect("a name").to_owned()).collect()
}

/// The lectures of the labs whose chapters have screens.
fn lectures() -> Vec<serde_json::Value> {
    let mut found = Vec::new();
    for lab in labs() {
        let said = conclab(&["teach", &lab, "--format", "json"]).output().expect("it starts");
        match said.status.code() {
            Some(0) => found.push(serde_json::from_slice(&said.stdout).expect("a document")),
            Some(2) => assert!(text(&said.stderr).contains("no screens"), "{lab}"),
            code => panic!("{lab}: {code:?} {}", text(&said.stderr)),
        }
    }
    found
}

#[test]
fn a_lecture_reads_as_it_did() {
    let all = "\nb\nn\n\n\n\ng\n?\n3\nx\n99\n4\nr\n\nb\n\n\n\n";
    let said = given(sample(&[]), all.as_bytes());
    assert_eq!(said.status.code(), Some(0));
    snapbox::assert_data_eq!(text(&said.stdout), file!["cli/teach.txt"].raw());
    assert_eq!(text(&said.stderr), "");
    let ascii = given(sample(&["--ascii", "--notes", "--screen", "2"]), b"\n");
    assert!(ascii.stdout.is_ascii() && text(&ascii.stdout).contains("SPEAKER NOTES"));
}

#[test]
fn a_handout_reads_as_it_did() {
    let said = sample(&["--handout"]).output().expect("it starts");
    assert_eq!(said.status.code(), Some(0));
    snapbox::assert_data_eq!(text(&said.stdout), file!["cli/teach-handout.md"].raw());
}

#[test]
fn a_command_is_run_as_if_it_were_typed() {
    let said = given(sample(&["--screen", "2"]), b"r\n\n");
    let said = text(&said.stdout);
    let typed = "\n$ conclab explore race --variant unsynchronised\n";
    let (_, after) = said.split_once(typed).expect("the command is shown");
    assert!(after.contains("refuted: 4 of 6 interleavings lose an update"), "{said}");
    assert!(after.contains("\nEnter goes on.\n"), "{said}");
    assert!(after.contains("Predict · revealed"), "the lecture goes on: {said}");
}

#[test]
fn a_lecture_is_one_document() {
    let said = sample(&["--format", "json"]).output().expect("it starts");
    let lecture: serde_json::Value = serde_json::from_slice(&said.stdout).expect("a document");
    assert_eq!(lecture["schema"], "conclab.lecture/1");
    assert_eq!((&lecture["lab"], &lecture["minutes"]), (&"race".into(), &50.into()));
    let screen = &lecture["screens"][1];
    assert_eq!(screen["title"], "Predict");
    assert_eq!(screen["command"]["line"], "conclab explore race --variant unsynchronised");
    let told = |field: &str| screen[field].as_str().expect("text").to_owned();
    assert!(told("question").contains("B: 1 or 2") && !told("question").contains("overwrite"));
    assert!(told("answer").starts_with("B. A store may overwrite"));
    assert!(told("notes").contains("torn writes"));
    let choice = &lecture["screens"][3]["choices"][0]["choices"][0];
    assert_eq!(choice["choice"], "A. because SeqCst is too slow");
    assert!(choice["explanation"].as_str().expect("text").starts_with("No: time"));
}

#[test]
fn each_command_on_a_screen_runs() {
    for lecture in lectures() {
        let screens = lecture["screens"].as_array().expect("screens");
        for (n, screen) in screens.iter().enumerate() {
            let commands = ["command", "answer_command"].map(|field| &screen[field]);
            for command in commands.into_iter().filter(|command| !command.is_null()) {
                let line = command["line"].as_str().expect("a line");
                let arguments: Vec<&str> = line.split_whitespace().skip(1).collect();
                let said = conclab(&arguments).output().expect("it starts");
                // Who is asked and has nothing to say has used the command wrongly.
                let asks = arguments.contains(&"--predict");
                let code = said.status.code();
                let right = code.map(i64::from) == command["exit"].as_i64();
                let place = format!("{} screen {}: {line}", lecture["lab"], n + 1);
                assert!(right || (asks && code == Some(2)), "{place}: {}", text(&said.stderr));
                assert!(!said.stdout.is_empty(), "{place}: it prints nothing");
            }
        }
    }
}

#[test]
fn each_lab_has_a_handout_if_it_has_a_lecture() {
    for lecture in lectures() {
        let lab = lecture["lab"].as_str().expect("a name");
        let said = conclab(&["teach", lab, "--handout"]).output().expect("it starts");
        assert_eq!(said.status.code(), Some(0));
        assert!(text(&said.stdout).starts_with(&format!("# {lab}\n")));
    }
}

#[test]
fn whatever_is_typed_nothing_breaks() {
    let long = "7".repeat(1 << 20);
    let inputs: [&[u8]; 8] = [
        b"",
        b"\n\n\n",
        b"0\n-1\ng 0\ng x\n99999999999999999999999\n1.5\n",
        long.as_bytes(),
        b"\xff\xfe\x00\x1b[2J\n\x80\n",
        "자물쇠\n１\n".as_bytes(),
        b"b\nb\nn\nn\n?\n?\ng\ng\n\r\n q \n",
        &[b'\n'; 5000],
    ];
    for input in inputs {
        for flags in [&[][..], &["--notes", "--line", "--ascii"]] {
            let said = given(sample(flags), input);
            assert_eq!((said.status.code(), text(&said.stderr)), (Some(0), String::new()));
            let out = text(&said.stdout);
            assert!(!out.contains('\u{1b}'), "{out}");
            assert!(out.lines().all(|line| line.chars().count() <= 80), "{out}");
        }
    }
}

#[test]
fn what_cannot_be_taught_is_refused() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("teach");
    std::fs::create_dir_all(&folder).expect("the target folder can be written");
    let written = |name: &str, text: &[u8]| {
        let file = folder.join(name);
        std::fs::write(&file, text).expect("it is ours");
        file.to_str().expect("a plain name").to_owned()
    };
    let section = "<section class=\"screen\" data-minutes=\"5\">\n\n## A\n\n";
    let file = |name: &str, text: &str| written(name, text.as_bytes());
    let empty = file("empty.md", "# race\n");
    let open = file("open.md", section);
    let anchor = file("anchor.md", &format!("{section}{{{{#include x.rs:a}}}}\n\n</section>\n"));
    file("x.rs", "// ANCHOR: b\n// ANCHOR_END: b\n");
    let bytes = written("bytes.md", b"\xff\xfe");
    let large = file("large.md", &"a".repeat((1 << 20) + 1));
    let deep = |mark: &str| format!("{section}{}text\n\n</section>\n", mark.repeat(100_000));
    let quotes = file("quotes.md", &deep("> "));
    let lists = file("lists.md", &deep("- "));
    let pictures = file("pictures.md", &deep("![").replace("text", &"](x)".repeat(100_000)));
    file("whole.md", &"a".repeat(1 << 20));
    let includes = file("includes.md", &"{{#include whole.md}}\n".repeat(10_000));
    for (arguments, words) in [
        (&["teach", "rase"][..], "'race'"),
        (&["teach", "race", "--chapter", SAMPLE, "--screen", "0"], "from 1 to 4"),
        (&["teach", "race", "--chapter", SAMPLE, "--screen", "99"], "from 1 to 4"),
        (&["teach", "race", "--chapter", SAMPLE, "--screen", "-1"], "from 1 to 4"),
        (&["teach", "race", "--chapter", SAMPLE, "--screen", "two"], "from 1 to 4"),
        (&["teach", "race", "--chapter", SAMPLE, "--screen", ""], "from 1 to 4"),
        (&["teach", "race", "--chapter", SAMPLE, "--screen", "1", "--handout"], "--handout"),
        (&["teach", "race", "--chapter", SAMPLE, "--handout", "--format", "json"], "--handout"),
        (&["teach", "race", "--chapter", "/nowhere/x.md"], "/nowhere/x.md"),
        (&["teach", "race", "--chapter", &empty], "no screens"),
        (&["teach", "race", "--chapter", &open], "screen 1 (A): </section> is missing"),
        (&["teach", "race", "--chapter", &anchor], "there is no line `ANCHOR: a`"),
        (&["teach", "race", "--chapter", &bytes], "UTF-8"),
        (&["teach", "race", "--chapter", &large], "more than 1048576 bytes"),
        (&["teach", "race", "--chapter", &quotes], "in each other"),
        (&["teach", "race", "--chapter", &lists], "in each other"),
        (&["teach", "race", "--chapter", &pictures], "in each other"),
        (&["teach", "race", "--chapter", &includes], "whole.md: it has more than"),
        (&["teach", "race", "--variant", "mutex"], "--variant"),
    ] {
        let said = conclab(arguments).output().expect("it starts");
        assert_eq!(said.status.code(), Some(2), "{arguments:?}");
        assert!(text(&said.stderr).contains(words), "{arguments:?}: {}", text(&said.stderr));
        assert!(said.stdout.is_empty(), "{arguments:?}");
    }
}

#[test]
fn a_chapter_tells_a_terminal_nothing() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("teach-tame");
    std::fs::create_dir_all(&folder).expect("the target folder can be written");
    let file = folder.join("escapes.md");
    let code = "```rust\n\u{1b}[2J\tfn one() {}\n\u{3000}two\n```\n";
    let body = format!("A \u{1b}[31m&#27;[2J&#x9b;2J`\u{1b}c`\u{0}\u{8}\n\n{code}");
    let head = "\u{feff}<section class=\"screen\" data-minutes=\"5\">\n\n## B&#27;[2J\n\n";
    std::fs::write(&file, format!("{head}{body}\n</section>\n")).expect("it is ours");
    let file = file.to_str().expect("a plain name");
    for flags in [&[][..], &["--handout"], &["--format", "json"]] {
        let arguments = [&["teach", "race", "--chapter", file], flags].concat();
        let said = conclab(&arguments).output().expect("it starts");
        assert_eq!(said.status.code(), Some(0), "{}", text(&said.stderr));
        let out = text(&said.stdout);
        assert!(!out.contains(|c: char| c.is_control() && c != '\n'), "{out:?}");
    }
    let said = conclab(&["teach", "race", "--chapter", file]).output().expect("it starts");
    let said = text(&said.stdout);
    assert!(said.contains("fn one") && said.contains("two"), "no line is lost: {said}");
}

#[cfg(unix)]
#[test]
fn a_reader_that_goes_away_is_no_failure() {
    for arguments in [&["--handout"][..], &["--line"], &["--format", "json"]] {
        let mut child = sample(arguments).spawn().expect("it starts");
        drop(child.stdout.take());
        let said = child.wait_with_output().expect("it ends");
        assert_eq!((said.status.code(), text(&said.stderr)), (Some(0), String::new()));
    }
}

/// Reads what a child prints until it ends in `end`.
#[cfg(unix)]
fn read_until(child: &mut Child, end: &[u8]) {
    let out = child.stdout.as_mut().expect("it is piped");
    let mut seen = Vec::new();
    while !seen.ends_with(end) {
        let mut byte = [0];
        out.read_exact(&mut byte).expect("it says that");
        seen.extend(byte);
    }
}

#[cfg(unix)]
fn send(signal: &str, id: u32) {
    let sent = Command::new("kill").args([signal, &id.to_string()]).status();
    assert!(sent.expect("there is a kill").success());
}

#[cfg(unix)]
#[test]
fn ctrl_c_between_commands_ends_the_lecture_with_130() {
    for signal in ["-INT", "-TERM"] {
        let mut child = sample(&["--line"]).stdin(Stdio::piped()).spawn().expect("it starts");
        read_until(&mut child, b"> ");
        // A signal that comes before the line is waited for is heard then.
        send(signal, child.id());
        assert_eq!(child.wait().expect("it is ours").code(), Some(130), "{signal}");
    }
}

/// The children of a process.
#[cfg(target_os = "linux")]
fn children(id: u32) -> Vec<u32> {
    let all = std::fs::read_to_string(format!("/proc/{id}/task/{id}/children"));
    let all = all.unwrap_or_default();
    all.split_whitespace().filter_map(|child| child.parse().ok()).collect()
}

/// A lecture that is running a command which hangs, with the command's process.
#[cfg(target_os = "linux")]
fn hanging(name: &str) -> (Child, u32) {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let command = "conclab deadlock --hang --timeout 600";
    let chapter = format!(
        "<section class=\"screen\" data-minutes=\"5\">\n\n## A\n\n\
         ```console\n$ {command}\n? 130\n```\n\n</section>\n"
    );
    std::fs::write(&file, chapter).expect("the target folder can be written");
    let chapter = file.to_str().expect("a plain name");
    let mut lecture = conclab(&["teach", "race", "--chapter", chapter]);
    let mut lecture = lecture.stdin(Stdio::piped()).spawn().expect("it starts");
    let stdin = lecture.stdin.as_mut().expect("it is piped");
    std::io::Write::write_all(stdin, b"r\n").expect("it listens");
    // On the page it is moved in.
    read_until(&mut lecture, format!("\n$ {command}\n").as_bytes());
    // It says something when it listens to signals.
    read_until(&mut lecture, b"\n");
    let child = children(lecture.id())[0];
    (lecture, child)
}

#[cfg(target_os = "linux")]
#[test]
fn ctrl_c_ends_the_command_and_not_the_lecture() {
    let (mut lecture, child) = hanging("interrupted.md");
    // A terminal sends it to both.
    send("-INT", lecture.id());
    send("-INT", child);
    read_until(&mut lecture, b"It was interrupted (exit code 130).\n");
    read_until(&mut lecture, b"> ");
    assert!(children(lecture.id()).is_empty());
    drop(lecture.stdin.take());
    assert_eq!(lecture.wait().expect("it is ours").code(), Some(0));
}

#[cfg(target_os = "linux")]
#[test]
fn a_lecture_that_is_ended_leaves_no_command_behind() {
    let (mut lecture, child) = hanging("terminated.md");
    send("-TERM", lecture.id());
    assert_eq!(lecture.wait().expect("it is ours").code(), Some(130));
    assert!(!Path::new(&format!("/proc/{child}")).exists());
}
