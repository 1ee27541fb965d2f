//! Markdown tables of benchmarks, and the places in documents that hold them.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

use anyhow::{Context, Result};

use crate::estimates::Measured;

/// Where a marker begins.
const BEGIN: &str = "<!-- bench:";

/// The names in the markers of a document.
pub(crate) fn markers(text: &str) -> impl Iterator<Item = &str> {
    text.split(BEGIN).skip(1).filter_map(|after| Some(after.split_once(" -->")?.0))
}

/// Replaces what stands between the markers by what there is for their names; the others stay.
pub(crate) fn fill(text: &str, tables: &BTreeMap<String, String>) -> Result<String> {
    let mut rest = text;
    let mut filled = String::new();
    while let Some((before, after)) = rest.split_once(BEGIN) {
        let (name, after) = after.split_once(" -->").context("a marker has an end")?;
        let (old, after) = after.split_once("<!-- /bench -->").context("a table has an end")?;
        let new = tables.get(name).map(|table| format!("\n\n{table}\n"));
        let new = new.as_deref().unwrap_or(old);
        write!(filled, "{before}{BEGIN}{name} -->{new}<!-- /bench -->")?;
        rest = after;
    }
    Ok(filled + rest)
}

/// One row for what was measured, one column for whom.
pub(crate) fn table(results: &[Measured], machine: &str) -> String {
    let mut who: Vec<&str> = results.iter().map(|one| one.who.as_str()).collect();
    who.sort_unstable();
    who.dedup();
    // Ours first.
    who.sort_by_key(|name| *name != "conclab");
    let mut what: Vec<&str> = results.iter().map(|one| one.what.as_str()).collect();
    what.dedup();
    let mut rows =
        vec![format!("| | {} |", who.join(" | ")), format!("|---|{}", "---|".repeat(who.len()))];
    for what in what {
        let cell = |name: &&str| {
            let found = results.iter().find(|one| one.who == **name && one.what == what);
            found.map_or(String::new(), |one| {
                format!("{} ± {}", time(one.median_ns), time(one.spread_ns))
            })
        };
        let cells: Vec<String> = who.iter().map(cell).collect();
        rows.push(format!("| {what} | {} |", cells.join(" | ")));
    }
    let table = rows.join("\n");
    format!("{table}\n\nMedian ± median absolute deviation, on {machine}.\n")
}

/// A time with three digits and its unit.
pub(crate) fn time(ns: f64) -> String {
    let (value, unit) = match ns {
        ns if ns < 1e3 => (ns, "ns"),
        ns if ns < 1e6 => (ns / 1e3, "µs"),
        ns if ns < 1e9 => (ns / 1e6, "ms"),
        ns => (ns / 1e9, "s"),
    };
    let digits = if value < 9.995 { 2 } else { usize::from(value < 99.95) };
    format!("{value:.digits$} {unit}")
}

/// The machine in a few words: processor, cores, system.
pub(crate) fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(':'))
        .map_or_else(|| std::env::consts::ARCH.to_owned(), |(_, name)| name.trim().to_owned());
    let s = if cores == 1 { "" } else { "s" };
    format!("{model}, {cores} core{s}, {}", std::env::consts::OS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_three_digits_and_a_unit() {
        let told = [0.5, 9.99, 12.34, 385_370.3, 7.8e7, 6.05e10].map(time);
        assert_eq!(told, ["0.50 ns", "9.99 ns", "12.3 ns", "385 µs", "78.0 ms", "60.5 s"]);
    }

    #[test]
    fn only_what_stands_between_the_markers_is_replaced() {
        let measured = |who: &str, median_ns| Measured {
            who: who.to_owned(),
            what: "2 × 1".to_owned(),
            median_ns,
            spread_ns: 1.0,
        };
        let results = vec![measured("conclab", 20.0), measured("shuttle", 200.0)];
        let tables = BTreeMap::from([("explorer".to_owned(), table(&results, "a machine"))]);
        let text = "a <!-- bench:explorer -->old<!-- /bench --> b \
                    <!-- bench:other -->kept<!-- /bench -->";
        let filled = fill(text, &tables).unwrap();
        assert!(filled.starts_with("a <!-- bench:explorer -->\n\n| | conclab | shuttle |\n"));
        assert!(filled.contains("| 2 × 1 | 20.0 ns ± 1.00 ns | 200 ns ± 1.00 ns |"), "{filled}");
        assert!(filled.ends_with(" b <!-- bench:other -->kept<!-- /bench -->"));
        assert_eq!(fill(&filled, &tables).unwrap(), filled, "twice is once");
        assert_eq!(markers(text).collect::<Vec<_>>(), ["explorer", "other"]);
        assert!(fill("<!-- bench:explorer -->", &tables).is_err(), "it has no end");
    }
}
