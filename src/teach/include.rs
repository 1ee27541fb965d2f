//! Code comes into chapters by anchor: `{{#include ../../labs/race/mod.rs:loads}}` stands for the
//! lines between `ANCHOR: loads` and `ANCHOR_END: loads`, as in an mdBook.
//!
//! The build script uses this file, too: a chapter that is built in is complete.

/// How an include begins.
const BEGIN: &str = "{{#include ";

/// The text with every include replaced by what it names; `read` gives a file's text.
///
/// # Errors
/// If a file cannot be read, has no such anchor, or is asked for without one.
pub(crate) fn resolved(
    text: &str,
    mut read: impl FnMut(&str) -> Result<String, String>,
) -> Result<String, String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(BEGIN) {
        out += before;
        // A backslash says that it is meant literally, as when a chapter tells of includes.
        if out.ends_with('\\') {
            out.pop();
            out += BEGIN;
            rest = after;
            continue;
        }
        let (what, after) =
            after.split_once("}}").ok_or_else(|| format!("`{BEGIN}` without `}}}}`"))?;
        let (file, name) = what.trim().split_once(':').unwrap_or((what.trim(), ""));
        let whole = read(file).map_err(|why| format!("{file}: {why}"))?;
        out += &if name.is_empty() { unmarked(&whole) } else { part(file, &whole, name)? };
        rest = after;
    }
    Ok(out + rest)
}

/// The lines of an anchor, without its marks and those of anchors inside it.
fn part(file: &str, text: &str, name: &str) -> Result<String, String> {
    let missing = |mark: &str| format!("{file}: there is no line `{mark}: {name}`");
    let mut lines = text.lines().skip_while(|line| mark(line, "ANCHOR") != Some(name));
    lines.next().ok_or_else(|| missing("ANCHOR"))?;
    let mut inside = Vec::new();
    for line in lines {
        if mark(line, "ANCHOR_END") == Some(name) {
            return Ok(inside.join("\n"));
        }
        if !is_mark(line) {
            inside.push(line);
        }
    }
    Err(missing("ANCHOR_END"))
}

/// The text without the lines that are marks.
fn unmarked(text: &str) -> String {
    let lines: Vec<&str> = text.lines().filter(|line| !is_mark(line)).collect();
    lines.join("\n")
}

/// Whether a line is nothing but the mark of an anchor.
pub(crate) fn is_mark(line: &str) -> bool {
    mark(line, "ANCHOR").is_some() || mark(line, "ANCHOR_END").is_some()
}

/// The name in a comment that is such a mark.
fn mark<'a>(line: &'a str, kind: &str) -> Option<&'a str> {
    let comment = line.trim().trim_start_matches(['/', '#', ' ']);
    comment.strip_prefix(kind)?.strip_prefix(':').map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str =
        "a\n// ANCHOR: one\nb\n    // ANCHOR: two\nc\n// ANCHOR_END: two\nd\n// ANCHOR_END: one\n";

    fn read(text: &str) -> Result<String, String> {
        resolved(text, |file| match file {
            "x.rs" => Ok(FILE.to_owned()),
            _ => Err("no such file".to_owned()),
        })
    }

    #[test]
    fn an_anchor_stands_for_its_lines_without_marks() {
        assert_eq!(read("<{{#include x.rs:one}}>").as_deref(), Ok("<b\nc\nd>"));
        assert_eq!(
            read("{{#include x.rs:two}}, {{#include x.rs}}").as_deref(),
            Ok("c, a\nb\nc\nd")
        );
        assert_eq!(read("\\{{#include x.rs:two}}").as_deref(), Ok("{{#include x.rs:two}}"));
    }

    #[test]
    fn what_is_missing_is_named() {
        for (text, named) in [
            ("{{#include x.rs:three}}", "x.rs: there is no line `ANCHOR: three`"),
            ("{{#include y.rs:one}}", "y.rs: no such file"),
            ("{{#include x.rs:one", "without `}}`"),
        ] {
            assert!(read(text).is_err_and(|why| why.contains(named)), "{text}");
        }
    }

    #[test]
    fn a_mark_is_a_comment_of_its_own() {
        assert!(is_mark("    // ANCHOR_END: one") && is_mark("# ANCHOR: one"));
        assert!(!is_mark("let anchor = 1; // ANCHOR: one") && !is_mark("// An ANCHOR"));
    }
}
