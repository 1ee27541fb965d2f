//! Reading what criterion left: one `estimates.json` per benchmark.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;

/// The result of one benchmark.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Measured {
    /// Who was measured: the part of its name before the first `/`.
    pub(crate) who: String,
    /// What was measured: the rest.
    pub(crate) what: String,
    /// Median time, in nanoseconds.
    pub(crate) median_ns: f64,
    /// Median absolute deviation, in nanoseconds.
    pub(crate) spread_ns: f64,
}

/// All results below `folder`, by group, in the order of their names.
pub(crate) fn read(folder: &Path) -> Result<BTreeMap<String, Vec<Measured>>> {
    let mut groups = BTreeMap::new();
    collect(folder, &mut groups)?;
    for results in groups.values_mut() {
        results.sort_by_cached_key(|one: &Measured| (natural(&one.what), one.who.clone()));
    }
    Ok(groups)
}

/// A key that sorts numbers in a text by their value: `2x3` before `2x10`.
fn natural(text: &str) -> Vec<(String, u64)> {
    let is_digit = |c: &char| c.is_ascii_digit();
    let mut rest = text;
    let mut key = Vec::new();
    while !rest.is_empty() {
        let words: String = rest.chars().take_while(|c| !is_digit(c)).collect();
        let digits: String = rest[words.len()..].chars().take_while(is_digit).collect();
        rest = &rest[words.len() + digits.len()..];
        key.push((words, digits.parse().unwrap_or(0)));
    }
    key
}

fn collect(folder: &Path, groups: &mut BTreeMap<String, Vec<Measured>>) -> Result<()> {
    let Ok(entries) = fs::read_dir(folder) else { return Ok(()) };
    for entry in entries {
        let path = entry?.path();
        if path.file_name().is_some_and(|name| name == "new") {
            let (group, measured) = one(&path).with_context(|| path.display().to_string())?;
            groups.entry(group).or_default().push(measured);
        } else if path.is_dir() {
            collect(&path, groups)?;
        }
    }
    Ok(())
}

fn one(folder: &Path) -> Result<(String, Measured)> {
    let json = |name: &str| -> Result<Value> {
        Ok(serde_json::from_str(&fs::read_to_string(folder.join(name))?)?)
    };
    let (benchmark, estimates) = (json("benchmark.json")?, json("estimates.json")?);
    let word = |key: &str| benchmark[key].as_str().map(str::to_owned);
    let group = word("group_id").context("a benchmark has a group")?;
    let mut name = word("function_id").unwrap_or_default();
    if let Some(value) = word("value_str") {
        name = format!("{name}/{value}");
    }
    let (who, what) = name.split_once('/').unwrap_or(("", name.as_str()));
    let estimate = |key: &str| estimates[key]["point_estimate"].as_f64();
    let measured = Measured {
        who: who.to_owned(),
        what: what.to_owned(),
        median_ns: estimate("median").context("an estimate has a median")?,
        spread_ns: estimate("median_abs_dev").context("an estimate has a spread")?,
    };
    Ok((group, measured))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_sorted_by_their_value() {
        let mut names = ["2x10", "8 threads", "2x3, 1000", "2x3", "AB", "1 thread"];
        names.sort_by_cached_key(|name| natural(name));
        assert_eq!(names, ["1 thread", "2x3", "2x3, 1000", "2x10", "8 threads", "AB"]);
    }
}
