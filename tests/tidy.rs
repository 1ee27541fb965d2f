//! The house rules that a machine can check, as ordinary tests over the source tree.
//!
//! Each rule is a test named as a sentence; a failure names file, line and what to do. Rules that
//! need the meaning of the code (functions of at most 50 lines, no `unwrap`, docs everywhere) are
//! lints in `Cargo.toml` and `clippy.toml`.

#[path = "tidy/arrows.rs"]
mod arrows;
#[path = "tidy/circles.rs"]
mod circles;

use std::fs;
use std::path::Path;

const COLUMNS_MAX: usize = 100;
const LAB_LINES_MAX: usize = 200;
const LINES_MAX: usize = 400;
/// How far above an atomic access its comment may end.
const COMMENT_ABOVE_MAX: usize = 3;

const ATOMIC_ACCESSES: [&str; 5] = [".load(", ".store(", ".fetch_", ".swap(", "compare_exchange"];
const ORDERINGS: [&str; 5] = ["Relaxed", "Acquire", "Release", "AcqRel", "SeqCst"];

/// One text file of the project.
struct Source {
    /// Its path from the root, with `/`.
    path: String,
    text: String,
}

impl Source {
    fn is_rust(&self) -> bool {
        self.has_ending("rs")
    }

    fn has_ending(&self, ending: &str) -> bool {
        Path::new(&self.path).extension().is_some_and(|found| found == ending)
    }

    fn is_in(&self, folder: &str) -> bool {
        self.path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
    }

    /// The lab that the file belongs to; nothing for files that labs share.
    fn lab(&self) -> Option<&str> {
        let (lab, _) = self.path.strip_prefix("labs/")?.split_once('/')?;
        (lab != "src" && lab != "tests").then_some(lab)
    }

    /// Whether the file does without the facade: it measures (`price.rs`, `prices.rs`, or in such
    /// a folder), or it hands work to processes and Python, which no scheduler can model.
    fn is_real_only(&self) -> bool {
        let parts: Vec<_> = self.path.split('/').collect();
        let about_the_system = ["crash.rs", "serialisation.rs", "python.rs", "python"];
        parts.iter().any(|part| part.starts_with("price") || about_the_system.contains(part))
    }

    /// The place of a line, counted from 0, in the form editors understand.
    fn place(&self, line: usize) -> String {
        format!("{}:{}", self.path, line + 1)
    }

    /// Every line as code and comment.
    fn lines(&self) -> impl Iterator<Item = (usize, &str, &str)> {
        self.text.lines().map(split_comment).enumerate().map(|(n, (code, note))| (n, code, note))
    }
}

/// Splits a line where its comment begins: at a `//` that is in no string and in no address.
fn split_comment(line: &str) -> (&str, &str) {
    let in_string = |at: usize| line[..at].matches('"').count() % 2 == 1;
    let begin = line
        .match_indices("//")
        .map(|(at, _)| at)
        .find(|&at| !in_string(at) && !line[..at].ends_with(':'));
    line.split_at(begin.unwrap_or(line.len()))
}

/// Reads every text file of the project, in the order of their paths.
fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    collect(root, root, &mut found);
    found.sort_by(|a, b| a.path.cmp(&b.path));
    let complete = found.iter().any(|source| source.path == "src/main.rs");
    assert!(complete, "no sources under {}", root.display());
    found
}

fn collect(root: &Path, folder: &Path, found: &mut Vec<Source>) {
    for entry in fs::read_dir(folder).expect("the source tree can be listed") {
        let path = entry.expect("the source tree can be listed").path();
        let name = path.file_name().expect("an entry has a name").to_string_lossy().into_owned();
        let built = name == "target" || name == "node_modules";
        if name.starts_with('.') || built {
            continue;
        }
        if path.is_dir() {
            collect(root, &path, found);
        } else if path.extension().is_some_and(|e| e == "rs" || e == "md" || e == "toml") {
            let text = fs::read_to_string(&path).expect("a source file is UTF-8");
            let path = path.strip_prefix(root).expect("it was found below the root");
            let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
            found.push(Source { path: parts.join("/"), text });
        }
    }
}

fn rust_sources() -> Vec<Source> {
    sources().into_iter().filter(Source::is_rust).collect()
}

/// Fails with every violation on a line of its own.
fn refuse(violations: &[String]) {
    assert!(violations.is_empty(), "{} to repair:\n{}\n", violations.len(), violations.join("\n"));
}

/// The violations among the lines of `sources` whose code satisfies `is_wrong`.
fn wrong_code(
    sources: &[Source],
    is_wrong: impl Fn(&Source, &str) -> bool,
    advice: &str,
) -> Vec<String> {
    let mut violations = Vec::new();
    for source in sources {
        let wrong = source.lines().filter(|(_, code, _)| is_wrong(source, code));
        violations.extend(wrong.map(|(n, _, _)| format!("{}: {advice}", source.place(n))));
    }
    violations
}

/// Whether `text` has `word` with no letter, digit or underscore on either side.
fn has_word(text: &str, word: &str) -> bool {
    let part_of_word = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word).any(|(at, _)| {
        !text[..at].ends_with(part_of_word) && !text[at + word.len()..].starts_with(part_of_word)
    })
}

#[test]
fn lines_fit_in_100_columns() {
    let mut violations = Vec::new();
    for source in rust_sources() {
        for (n, line) in source.text.lines().enumerate() {
            let columns = line.chars().count();
            if columns > COLUMNS_MAX && !line.contains("://") {
                let place = source.place(n);
                violations.push(format!("{place}: {columns} columns; break it at {COLUMNS_MAX}"));
            }
        }
    }
    refuse(&violations);
}

#[test]
fn files_are_short_enough_to_read_in_one_go() {
    let mut violations = Vec::new();
    for source in rust_sources() {
        let lines_max = if source.lab().is_some() { LAB_LINES_MAX } else { LINES_MAX };
        let lines = source.text.lines().count();
        if lines > lines_max {
            let place = source.place(lines_max);
            violations.push(format!("{place}: {lines} lines, {lines_max} allowed; split the file"));
        }
    }
    refuse(&violations);
}

#[test]
fn every_module_says_what_it_is() {
    let mut violations = Vec::new();
    for source in rust_sources() {
        let mut open = 0_isize;
        // Inner attributes (`#![expect(…)]`) may stand before the module's doc.
        let first = source.text.lines().enumerate().find(|(_, line)| {
            let attribute = open > 0 || line.starts_with("#![");
            if attribute {
                let count = |c| line.matches(c).count().cast_signed();
                open += count('[') - count(']');
            }
            !attribute && !line.trim().is_empty()
        });
        if !first.is_some_and(|(_, line)| line.starts_with("//!")) {
            let place = source.place(first.map_or(0, |(n, _)| n));
            violations.push(format!("{place}: begin with `//!` and say what the module is"));
        }
    }
    refuse(&violations);
}

#[test]
fn no_file_is_named_after_nothing() {
    let refused = ["util", "utils", "helper", "helpers", "common", "misc"];
    let mut violations = Vec::new();
    for source in rust_sources() {
        if source.path.split('/').any(|part| refused.contains(&part.trim_end_matches(".rs"))) {
            violations.push(format!("{}: name it after what it is about", source.path));
        }
    }
    refuse(&violations);
}

#[test]
fn nothing_is_left_to_do() {
    let marks = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("X", "XX")];
    let mut violations = Vec::new();
    for source in sources() {
        for (n, line) in source.text.lines().enumerate() {
            if marks.iter().any(|mark| has_word(line, mark)) {
                violations.push(format!("{}: do it, or open an issue", source.place(n)));
            }
            if source.is_rust() && line.contains(concat!("dbg", "!(")) {
                violations.push(format!("{}: remove it", source.place(n)));
            }
        }
    }
    refuse(&violations);
}

#[test]
fn lints_are_expected_never_allowed() {
    let allowed = [concat!("#[", "allow"), concat!("#![", "allow")];
    let wrong = |_: &Source, code: &str| allowed.iter().any(|start| code.contains(start));
    let advice = "write #[expect(lint, reason = \"…\")]";
    refuse(&wrong_code(&rust_sources(), wrong, advice));
}

#[test]
fn labs_use_the_facade_except_where_they_measure() {
    let refused = ["std::sync", "std::thread", "parking_lot", "crossbeam", "rayon", "loom"];
    let labs: Vec<_> =
        rust_sources().into_iter().filter(|it| it.is_in("labs") && !it.is_real_only()).collect();
    // Their tests may ask other checkers.
    let labs: Vec<_> = labs.into_iter().filter(|it| !it.is_in("labs/tests")).collect();
    let wrong = |_: &Source, code: &str| {
        let grouped = code.contains("use std::{")
            && ["sync", "thread"].iter().any(|module| has_word(code, module));
        grouped || refused.iter().any(|path| has_word(code, path))
    };
    let advice = "use conclab_engine::sync or ::thread, or measure in price.rs";
    refuse(&wrong_code(&labs, wrong, advice));
}

#[test]
fn labs_know_no_other_lab() {
    let labs: Vec<_> = rust_sources().into_iter().filter(|it| it.lab().is_some()).collect();
    let names: Vec<_> = labs.iter().filter_map(Source::lab).map(str::to_owned).collect();
    let wrong = |source: &Source, code: &str| {
        let others = names.iter().filter(|name| Some(name.as_str()) != source.lab());
        others.into_iter().any(|name| has_word(code, &format!("crate::{name}")))
    };
    refuse(&wrong_code(&labs, wrong, "share through a file in labs/, at the third use"));
}

#[test]
fn labs_import_orderings_by_name() {
    let labs: Vec<_> = rust_sources().into_iter().filter(|it| it.is_in("labs")).collect();
    let wrong = |_: &Source, code: &str| {
        ORDERINGS.iter().any(|name| code.contains(&format!("Ordering::{name}")))
            && !code.trim_start().starts_with("use ")
            && !code.trim_start().starts_with("pub use ")
    };
    refuse(&wrong_code(&labs, wrong, "import the ordering and write load(Acquire)"));
}

#[test]
fn prose_names_the_condition_instead_of_guessing() {
    let weasels = [concat!("usu", "ally"), concat!("prob", "ably"), concat!("should", " work")];
    let mut violations = Vec::new();
    for source in sources() {
        let is_prose = source.has_ending("md");
        for (n, code, comment) in source.lines() {
            let text = if is_prose { format!("{code}{comment}") } else { comment.to_owned() };
            let text = text.to_lowercase();
            if weasels.iter().any(|word| has_word(&text, word)) {
                violations.push(format!("{}: say under which condition", source.place(n)));
            }
        }
    }
    refuse(&violations);
}

#[test]
fn the_changelog_speaks_of_this_version() {
    let sources = sources();
    let changelog = sources.iter().find(|source| source.path == "CHANGELOG.md");
    let text = &changelog.expect("there is a CHANGELOG.md").text;
    let version = concat!("## [", env!("CARGO_PKG_VERSION"), "]");
    let found = text.lines().any(|line| line == "## [Unreleased]" || line.starts_with(version));
    assert!(found, "CHANGELOG.md:1: add `## [Unreleased]` or `{version}`");
}

#[test]
fn every_atomic_access_says_what_its_ordering_pairs_with() {
    let mut violations = Vec::new();
    for source in rust_sources() {
        // A test's own counters teach nobody: their folders are left out.
        let taught = source.is_in("labs") || source.is_in("crates/engine/src");
        if !taught || source.path.contains("/tests/") {
            continue;
        }
        let lines: Vec<_> = source.text.lines().map(split_comment).collect();
        for n in 0..lines.len() {
            if is_atomic_access(&lines, n) && !has_ordering_comment(&lines, n) {
                let advice = "say in a comment that begins with the ordering what it pairs with";
                violations.push(format!("{}: {advice}", source.place(n)));
            }
        }
    }
    refuse(&violations);
}

/// Whether line `n` begins an access with a named ordering; the facade passes orderings on, and
/// a slice has a `swap` too.
fn is_atomic_access(lines: &[(&str, &str)], n: usize) -> bool {
    let names_ordering = |code: &str| ORDERINGS.iter().any(|name| has_word(code, name));
    let call_end = (n + COMMENT_ABOVE_MAX).min(lines.len());
    ATOMIC_ACCESSES.iter().any(|access| lines[n].0.contains(access))
        && lines[n..call_end].iter().any(|(code, _)| names_ordering(code))
}

/// Whether a comment on line `n`, or one that ends at most three lines above, names an ordering;
/// one at the head of the function is enough where nothing is ordered.
fn has_ordering_comment(lines: &[(&str, &str)], n: usize) -> bool {
    let is_comment = |line: &(&str, &str)| line.0.trim().is_empty() && !line.1.is_empty();
    let mut first = n.saturating_sub(COMMENT_ABOVE_MAX);
    while first > 0 && is_comment(&lines[first]) && is_comment(&lines[first - 1]) {
        first -= 1;
    }
    let names = |comment: &str| ORDERINGS.iter().any(|name| has_word(comment, name));
    let head = lines[..n].iter().rposition(|(code, _)| has_word(code, "fn"));
    let relaxed = has_word(lines[n].0, "Relaxed")
        && head
            .is_some_and(|head| lines.get(head + 1).is_some_and(|(_, it)| has_word(it, "Relaxed")));
    relaxed || lines[first..=n].iter().any(|(_, comment)| names(comment))
}

#[test]
fn a_comment_is_told_from_an_address_and_a_string() {
    assert_eq!(split_comment("a(); // Why."), ("a(); ", "// Why."));
    assert_eq!(split_comment("a(\"// no\");"), ("a(\"// no\");", ""));
    assert_eq!(split_comment("see https://example.org"), ("see https://example.org", ""));
}

#[test]
fn an_ordering_comment_is_found_above_and_on_the_line() {
    let bare = [("x.load(Relaxed);", "")];
    assert!(is_atomic_access(&bare, 0) && !has_ordering_comment(&bare, 0));
    let above = [("", "// Relaxed: alone."), ("", "// More."), ("x.load(Relaxed);", "")];
    assert!(has_ordering_comment(&above, 2));
    assert!(!is_atomic_access(&[("slice.swap(0, 1);", "")], 0));
    let head = [("fn f() {", ""), ("", "// Relaxed: alone."), ("g();", ""), ("h();", "")];
    let far = [&head[..], &[("i();", ""), ("x.load(Relaxed);", "")]].concat();
    assert!(has_ordering_comment(&far, 5));
    let stronger = [&head[..], &[("i();", ""), ("x.load(Acquire);", "")]].concat();
    assert!(!has_ordering_comment(&stronger, 5));
}
