//! The files that `explore` and `replay` write: what every page keeps to, checked without a
//! browser, and what happens where no file can be written. `tests/web` looks at the pages in a
//! browser.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

const BYTES_MAX: u64 = 1 << 20;

/// A folder that goes away with the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("conclab-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).expect("temporary folders can be made");
        Self(path)
    }

    fn file(&self, name: &str) -> String {
        self.0.join(name).to_str().expect("the name is text").to_owned()
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.0).expect("it is there");
        let name = |entry: fs::DirEntry| entry.file_name().into_string().expect("it is text");
        entries.map(|entry| name(entry.expect("it can be listed"))).collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn conclab(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_conclab"));
    command.args(arguments).stdin(Stdio::null()).output().expect("the command can be started")
}

/// What a command that ends well prints.
fn printed(arguments: &[&str]) -> String {
    let output = conclab(arguments);
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", said(&output));
    String::from_utf8(output.stdout).expect("output is UTF-8")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).expect("one JSON document")
}

fn items(value: &Value) -> &[Value] {
    value.as_array().expect("a list")
}

fn number(value: &Value) -> usize {
    let number = value.as_u64().expect("a number");
    usize::try_from(number).expect("a place in a list")
}

/// The text that a number stands for in a document.
fn text(document: &Value, number: &Value) -> Value {
    let place = number.as_u64().and_then(|number| usize::try_from(number).ok());
    place.map_or(Value::Null, |place| document["texts"][place].clone())
}

/// The labs with their variants.
fn labs() -> Vec<(String, Vec<String>)> {
    let list = parsed(&printed(&["list", "--format", "json"]));
    let name = |one: &Value| one["name"].as_str().expect("a name").to_owned();
    let variants = |lab: &Value| items(&lab["variants"]).iter().map(name).collect();
    items(&list["labs"]).iter().map(|lab| (name(lab), variants(lab))).collect()
}

/// The data that a page holds.
fn island(page: &str) -> Value {
    let start = "<script type=\"application/json\" id=\"data\">";
    let (_, rest) = page.split_once(start).expect("a page holds data");
    let (data, _) = rest.split_once("</script>").expect("the data ends");
    assert!(!data.contains(['<', '>', '&']), "nothing in the data looks like a tag");
    parsed(data)
}

/// A variant of a page in the words of `--graph`, with its texts in place of their numbers.
fn unpacked(variant: &Value) -> Vec<Value> {
    let text = |number: &Value| text(variant, number);
    let at = |table: &str, place: &Value| variant[table][number(place)].clone();
    let state = |state: &Value| {
        let objects = items(&state[0]).iter().map(|one| {
            let pair = at("objects", one);
            json!([text(&pair[0]), text(&pair[1])])
        });
        let threads = items(&state[1]).iter().map(|one| {
            let place = at("places", one);
            let words = [&place[0], &place[1], &place[2], &place[4]].map(text);
            json!([words, place[3]])
        });
        let moves = items(&state[2]).iter().map(|one| {
            let step = at("steps", &one[0]);
            let words = [&step[0], &step[1], &step[2]].map(text);
            json!([words, one[1]])
        });
        json!({
            "objects": objects.collect::<Vec<_>>(),
            "threads": threads.collect::<Vec<_>>(),
            "moves": moves.collect::<Vec<_>>(),
            "interleavings": text(&state[3]),
            "failing": text(&state[4]),
            "can_fail": number(&state[6]) & 1 == 1,
            "must_fail": number(&state[6]) & 2 == 2,
            "outcome": text(&state[7]),
        })
    };
    items(&variant["states"]).iter().map(state).collect()
}

/// The same from the document of `--graph`.
fn told(graph: &Value) -> Vec<Value> {
    let text = |number: &Value| text(graph, number);
    let state = |state: &Value| {
        let objects = items(&state["objects"]);
        let objects = objects.iter().map(|pair| json!([text(&pair[0]), text(&pair[1])]));
        let threads = items(&state["threads"]).iter().map(|one| {
            let words = ["name", "next", "file", "waits"].map(|key| text(&one[key]));
            json!([words, one["line"]])
        });
        let moves = items(&state["moves"]).iter().map(|one| {
            let words = ["thread", "operation", "result"].map(|key| text(&one[key]));
            json!([words, one["to"]])
        });
        json!({
            "objects": objects.collect::<Vec<_>>(),
            "threads": threads.collect::<Vec<_>>(),
            "moves": moves.collect::<Vec<_>>(),
            "interleavings": state["interleavings"],
            "failing": state["failing"],
            "can_fail": state["can_fail"],
            "must_fail": state["must_fail"],
            "outcome": text(&state["outcome"]),
        })
    };
    items(&graph["states"]).iter().map(state).collect()
}

/// Nothing on a page leads out of it, and nothing is asked of anybody.
fn stands_alone(page: &str, place: &str) {
    let script = page.replace("http://www.w3.org/2000/svg", "");
    for wrong in ["http:", "https:", " src=", "@import", "url(", "fetch(", "XMLHttp", "import("] {
        assert!(!script.contains(wrong), "{place}: {wrong}");
    }
    assert_eq!(page.matches("</script").count(), 2, "{place}: data ends a script");
    assert!(page.contains("default-src 'none'"), "{place}: no policy");
}

#[test]
fn every_page_stands_alone_and_holds_the_graphs() {
    let folder = Folder::new("pages");
    for (lab, variants) in labs() {
        let place = folder.file(&format!("{lab}.html"));
        printed(&["explore", &lab, "--html", &place, "--quiet"]);
        assert!(fs::metadata(&place).unwrap().len() <= BYTES_MAX, "{lab} is too large");
        let page = fs::read_to_string(&place).unwrap();
        stands_alone(&page, &lab);
        let data = island(&page);
        assert_eq!(data["variants"].as_array().unwrap().len(), variants.len(), "{lab}");
        for (name, variant) in variants.iter().zip(data["variants"].as_array().unwrap()) {
            let graph = printed(&["explore", &lab, "--variant", name, "--graph", "-"]);
            let graph = parsed(&graph);
            assert_eq!(graph["schema"], "conclab.graph/1");
            assert_eq!((&graph["variant"], &variant["name"]), (&json!(name), &json!(name)));
            assert_eq!(variant["states_all"], graph["states_all"], "{lab} {name}");
            assert_eq!(variant["simplest"], graph["simplest"], "{lab} {name}");
            let states = |graph: &Value| graph["states"].as_array().map_or(0, Vec::len);
            if states(variant) == states(&graph) {
                assert!(unpacked(variant) == told(&graph), "{lab} {name}: the page differs");
            } else {
                // What is larger than a page is cut, and says so: `states_all` is compared above.
                assert!((1..states(&graph)).contains(&states(variant)), "{lab} {name}");
            }
            let code = variant["code"].as_array().unwrap();
            assert!(!code.is_empty(), "{lab} {name}: no code");
        }
    }
}

#[test]
fn every_place_of_a_thread_has_its_line_of_code() {
    let folder = Folder::new("places");
    for (lab, _) in labs() {
        let place = folder.file(&format!("{lab}.html"));
        printed(&["explore", &lab, "--html", &place, "--quiet"]);
        let data = island(&fs::read_to_string(&place).unwrap());
        for variant in data["variants"].as_array().unwrap() {
            for thread in variant["places"].as_array().unwrap() {
                let Some(line) = thread[3].as_u64() else { continue };
                let file = usize::try_from(thread[2].as_u64().unwrap()).unwrap();
                let file = &variant["texts"][file];
                // A guard unlocks where its scope ends, and the compiler tells no line of that.
                if file.as_str().unwrap().starts_with("/rustc/") {
                    continue;
                }
                let found = variant["code"].as_array().unwrap().iter().any(|one| {
                    let first = one["first"].as_u64().unwrap();
                    let lines = one["lines"].as_array().unwrap().len() as u64;
                    one["file"] == *file && (first..first + lines).contains(&line)
                });
                assert!(found, "{lab} {}: {file}:{line}", variant["name"]);
            }
        }
    }
}

#[test]
fn a_page_of_a_large_program_holds_what_fits_and_the_way_to_the_failure() {
    let folder = Folder::new("large");
    let place = folder.file("large.html");
    let size = ["--workers", "4", "--permits", "2", "--html", &place];
    printed(&[&["explore", "semaphore", "--variant", "lost-wakeup"], &size[..]].concat());
    let bytes = fs::metadata(&place).unwrap().len();
    assert!((BYTES_MAX * 3 / 4..=BYTES_MAX).contains(&bytes), "{bytes} bytes");
    let data = island(&fs::read_to_string(&place).unwrap());
    let variant = &data["variants"][0];
    let states = variant["states"].as_array().unwrap();
    assert!((states.len() as u64) < variant["states_all"].as_u64().unwrap());
    let mut at = 0;
    for nth in variant["simplest"].as_array().unwrap() {
        let step = &states[at][2][usize::try_from(nth.as_u64().unwrap()).unwrap()];
        at = usize::try_from(step[1].as_u64().expect("the failure is in")).unwrap();
    }
    assert!(!states[at][7].is_null(), "the way leads to an end");
}

#[test]
fn a_file_that_exists_is_replaced_only_by_force() {
    let folder = Folder::new("force");
    let place = folder.file("graph.json");
    let words = ["explore", "race", "--variant", "mutex", "--graph", &place];
    printed(&words);
    fs::write(&place, "mine").unwrap();
    let refused = conclab(&words);
    assert_eq!(refused.status.code(), Some(2));
    assert!(said(&refused).contains("--force"), "{}", said(&refused));
    assert_eq!(fs::read_to_string(&place).unwrap(), "mine");
    printed(&[&words[..], &["--force"]].concat());
    assert_eq!(parsed(&fs::read_to_string(&place).unwrap())["schema"], "conclab.graph/1");
    assert_eq!(folder.names(), ["graph.json"], "nothing is left beside it");
}

#[test]
fn a_place_that_cannot_be_is_refused_before_the_work() {
    let folder = Folder::new("places-refused");
    let nowhere = folder.file("no/such/page.html");
    let itself = folder.0.to_str().unwrap();
    for (place, why) in [(nowhere.as_str(), "no such folder"), (itself, "folder"), ("", "")] {
        for flag in ["--html", "--graph"] {
            let output = conclab(&["explore", "race", "--variant", "mutex", flag, place]);
            let message = said(&output);
            assert_eq!(output.status.code(), Some(2), "{flag} {place}: {message}");
            assert!(message.contains(flag) && message.contains(why), "{message}");
            assert!(output.stdout.is_empty(), "{flag} {place} printed something");
        }
    }
    let output = conclab(&["explore", "race", "--graph", "-"]);
    assert_eq!(output.status.code(), Some(2), "a graph is of one variant");
    assert!(said(&output).contains("--variant"), "{}", said(&output));
    let both = folder.file("both");
    let output =
        conclab(&["explore", "race", "--variant", "mutex", "--graph", &both, "--html", &both]);
    assert_eq!(output.status.code(), Some(2));
    assert!(folder.names().is_empty());
}

#[cfg(target_os = "linux")]
#[test]
fn what_cannot_be_written_is_told_and_leaves_nothing() {
    for (device, code) in [("/dev/full", 2), ("/proc/page.html", 1)] {
        let output = conclab(&["explore", "race", "--html", device, "--force"]);
        assert_eq!(output.status.code(), Some(code), "{device}: {}", said(&output));
        assert!(said(&output).contains(device), "{}", said(&output));
        assert!(!Path::new("/proc/page.html").exists());
    }
}

#[test]
fn a_variant_that_was_not_exhausted_is_on_no_page() {
    let folder = Folder::new("open");
    let place = folder.file("page.html");
    let output = conclab(&["explore", "race", "--max-states", "3", "--html", &place]);
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("not written"), "{}", said(&output));
    assert!(folder.names().is_empty());
}

#[test]
fn a_replay_can_be_kept_as_a_picture_that_is_never_overwritten_by_chance() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("replay-picture");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("there is room for tests");
    let file = folder.join("ring.svg");
    let path = file.to_str().expect("a plain name");
    let replay = ["replay", "deadlock", "--variant", "circular", "--schedule", "3", "--out"];
    let draw = |more: &[&str]| conclab(&[&replay[..], more].concat());
    let first = draw(&[path]);
    assert_eq!(first.status.code(), Some(0));
    let picture = fs::read_to_string(&file).expect("it was written");
    assert!(picture.starts_with("<svg ") && picture.ends_with("</svg>\n"), "{picture}");
    assert!(picture.contains("waits for account 1</text>"), "{picture}");
    fs::write(&file, "mine").expect("it is ours");
    let (png, nowhere) = (folder.join("ring.png"), folder.join("no/ring.svg"));
    for (place, why) in [(&file, "--force"), (&png, ".svg"), (&nowhere, "no such folder")] {
        let refused = draw(&[place.to_str().expect("a plain name")]);
        let said = String::from_utf8_lossy(&refused.stderr);
        assert_eq!(refused.status.code(), Some(2), "{said}");
        assert!(said.contains("--out") && said.contains(why), "{said}");
        assert!(refused.stdout.is_empty(), "{why}");
    }
    assert_eq!(fs::read_to_string(&file).expect("it is ours"), "mine");
    assert_eq!(draw(&[path, "--force"]).status.code(), Some(0));
    assert_eq!(fs::read_to_string(&file).expect("it was written"), picture);
    assert_eq!(fs::read_dir(&folder).expect("it is ours").count(), 1, "nothing is left beside it");
}
