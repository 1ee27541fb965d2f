//! The table: medians, and how many times as long as ours everybody took.

use std::fmt::Write as _;

/// One measurement.
#[derive(Clone, Debug)]
pub(crate) struct Sample {
    who: String,
    what: String,
    ns: f64,
}

impl Sample {
    pub(crate) fn new(who: &str, what: &str, ns: f64) -> Self {
        Self { who: who.to_owned(), what: what.to_owned(), ns }
    }
}

/// A section for everything that was measured, with a line for everybody who did it.
pub(crate) fn table(ours: &str, samples: &[Sample]) -> String {
    let mut text = String::new();
    for what in distinct(samples.iter().map(|sample| &sample.what)) {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "\n{what}");
        let of_this: Vec<&Sample> = samples.iter().filter(|it| &it.what == what).collect();
        let base = median(&of_this, ours).map(|(ns, ..)| ns);
        for who in distinct(of_this.iter().map(|sample| &sample.who)) {
            let Some((ns, spread, n)) = median(&of_this, who) else { continue };
            let ratio = base.map_or(f64::NAN, |base| ns / base);
            let (ns, spread) = (time(ns), time(spread));
            let _ = writeln!(text, "  {who:51} {ns:>8} ± {spread:<8} n={n:<3} {ratio:8.1} ×");
        }
    }
    text
}

fn distinct<'a>(names: impl Iterator<Item = &'a String>) -> Vec<&'a String> {
    let mut found = Vec::new();
    names.for_each(|name| {
        if !found.contains(&name) {
            found.push(name);
        }
    });
    found
}

/// Median, median absolute deviation and number of somebody's samples.
fn median(samples: &[&Sample], who: &str) -> Option<(f64, f64, usize)> {
    let middle = |mut values: Vec<f64>| {
        values.sort_by(f64::total_cmp);
        values.get(values.len() / 2).copied()
    };
    let values: Vec<f64> = samples.iter().filter(|it| it.who == who).map(|it| it.ns).collect();
    let (n, median) = (values.len(), middle(values.clone())?);
    let spread = middle(values.into_iter().map(|ns| (ns - median).abs()).collect())?;
    Some((median, spread, n))
}

fn time(ns: f64) -> String {
    match ns {
        ns if ns < 1e3 => format!("{ns:.0} ns"),
        ns if ns < 1e6 => format!("{:.1} µs", ns / 1e3),
        ns => format!("{:.2} ms", ns / 1e6),
    }
}
