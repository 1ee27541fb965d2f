//! `cargo xtask labs`: the table of labs in README.md, from what the program says of them.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::place;
use crate::program::Program;

/// What stands before and after the table.
const MARKERS: (&str, &str) = ("<!-- labs -->\n", "<!-- /labs -->");

/// Fills the table, or compares it; says what it did.
///
/// # Errors
/// If the program says something else, or if, while checking, the table is another one.
pub(crate) fn run(root: &Path, program: &Program, check: bool) -> Result<String> {
    let list = program.says(&["list", "--format", "json"], root, &[])?;
    let readme = root.join("README.md");
    let old = std::fs::read_to_string(&readme).context("README.md")?;
    let told = || format!("{}: `list` gives no JSON", program.path().display());
    let list = serde_json::from_str(&list).with_context(told)?;
    let new = filled(&old, &table(&list)?)?;
    ensure!(!check || old == new, "README.md: `cargo xtask labs` makes another table of the labs");
    if old == new {
        return Ok("README.md: the table of the labs is true".to_owned());
    }
    place::write(&readme, new.as_bytes())?;
    Ok("README.md: the table of the labs is new".to_owned())
}

fn filled(text: &str, table: &str) -> Result<String> {
    let (begin, end) = MARKERS;
    let (before, rest) =
        text.split_once(begin).with_context(|| format!("README.md: no {begin}"))?;
    let (_, after) = rest.split_once(end).with_context(|| format!("README.md: no {end}"))?;
    Ok(format!("{before}{begin}\n{table}\n{end}{after}"))
}

/// A row for each lab, with its chapter.
fn table(list: &Value) -> Result<String> {
    let labs = list["labs"].as_array().context("`conclab list` names no labs")?;
    let mut table = "| lab | question | ways to write it |\n|---|---|---|\n".to_owned();
    for lab in labs {
        let text = |field: &str| lab[field].as_str().with_context(|| format!("no {field}: {lab}"));
        let (name, question) = (text("name")?, text("question")?);
        let variants = lab["variants"].as_array().context("a lab without variants")?;
        let right = variants.iter().filter(|variant| variant["right"] == true).count();
        let wrong = variants.len() - right;
        writeln!(
            table,
            "| [`{name}`](book/src/{name}.md) | {question} | {wrong} wrong, {right} right |"
        )?;
    }
    Ok(table)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lab_is_a_row_with_its_chapter() {
        let variants = serde_json::json!([{"right": false}, {"right": true}, {"right": true}]);
        let lab = serde_json::json!({"name": "race", "question": "Why?", "variants": variants});
        let table = table(&serde_json::json!({"labs": [lab]})).unwrap();
        assert!(table.ends_with("| [`race`](book/src/race.md) | Why? | 1 wrong, 2 right |\n"));
        let text = filled("a\n<!-- labs -->\nold\n<!-- /labs -->\nb", &table).unwrap();
        assert_eq!(text, format!("a\n<!-- labs -->\n\n{table}\n<!-- /labs -->\nb"));
    }

    #[test]
    fn markers_that_are_gone_are_named() {
        let failed = filled("no table", "").unwrap_err().to_string();
        assert!(failed.contains("<!-- labs -->"), "{failed}");
    }
}
