//! `conclab explore`: the model world in full.

use conclab_engine::report::Count;
use conclab_kit::report::{Expectation, Exploration, Outcome, Verdict};

use super::page::{Paint, indented, joined};
use super::{fix, lanes, ring, stuck, words};
use crate::found::{Explored, failing};
use crate::screen::Screen;

/// Rows of an interleaving that are shown if nobody asked for more: beyond that it is folded.
pub(super) const ROWS: usize = 40;

/// Every variant that was explored; `verbose` shows every step of however long an interleaving.
pub(crate) fn explorations(explored: &[Explored], verbose: bool, screen: &Screen) -> String {
    let rows_max = if verbose { usize::MAX } else { ROWS };
    let mut lines = Vec::new();
    for (n, one) in explored.iter().enumerate() {
        if n > 0 {
            lines.push(String::new());
        }
        lines.extend(variant(one, rows_max, screen));
    }
    if !explored.is_empty() {
        lines.push(String::new());
        lines.extend(legend(screen));
    }
    joined(&lines, screen)
}

/// Counts are not probabilities: says which is which.
pub(super) fn legend(screen: &Screen) -> Vec<String> {
    let text = "interleavings: how many there are; odds: how likely an outcome is if, at every \
                step, each thread that can move is equally likely to go next";
    screen.wrap(text, screen.width)
}

/// One variant: verdict, outcomes, and the simplest counterexample in so many rows.
pub(super) fn variant(one: &Explored, rows_max: usize, screen: &Screen) -> Vec<String> {
    let report = &one.report;
    let title = format!("{} · {} · {}", report.lab, one.variant.name, one.size);
    let width = screen.width - 2;
    let (verdict, paint) = words::verdict(report.verdict);
    let memory = words::memory(report.memory_model);
    let mut body = screen.wrap(&format!("{verdict}: {} ({memory})", sentence(one)), width);
    if let Some(first) = body.first_mut() {
        *first = first.replacen(verdict, &screen.paint(verdict, paint), 1);
    }
    if let Some(size) = &report.fails_at {
        let flags: Vec<_> = size.0.iter().map(|(flag, n)| format!("--{flag} {n}")).collect();
        let flags = flags.join(" ");
        let text =
            format!("wrong all the same: this size is too small for its mistake; {flags} shows it");
        body.extend(screen.wrap(&text, width));
    }
    body.extend(outcomes(report, width, rows_max, screen));
    body.extend(counterexample(report, width, rows_max, screen));
    if let Some(endless) = &report.endless {
        let odds = words::odds(endless.odds);
        let text = format!("A scheduler can make it go round for ever (odds {odds}):");
        body.extend(screen.wrap(&text, width));
        body.extend(lanes::told(&endless.interleaving, width, rows_max, screen));
    }
    for broken in &report.broken_promises {
        body.extend(screen.wrap(&format!("broken promise: {broken}"), width));
    }
    body.extend(screen.wrap(&cost(report), width));
    let title = screen.cut(&title, screen.width);
    let mut lines = vec![screen.paint(&title, Paint::Head)];
    lines.extend(indented(body, 2));
    lines
}

/// The answer in a sentence.
pub(super) fn sentence(one: &Explored) -> String {
    let report = &one.report;
    match report.verdict {
        Verdict::Proved => match &report.interleavings {
            Count::Unbounded => "every way to the end is right".to_owned(),
            all @ Count::Exactly(_) => {
                format!("{} covered, every outcome is acceptable", words::interleavings(all))
            }
        },
        Verdict::Refuted if failing(one).is_none() => "no outcome is acceptable".to_owned(),
        Verdict::Refuted => refuted(one),
        Verdict::NotExhausted => {
            let states = words::thousands(report.states);
            let limit = report.limit.map_or("it was stopped", words::limit);
            format!("not exhausted: no failure among the {states} states visited; {limit}")
        }
    }
}

fn refuted(one: &Explored) -> String {
    let what = fix::refuted(one, words::count);
    if !one.report.exhaustive {
        let limit = one.report.limit.map_or("it was stopped", words::limit);
        return format!("{what}; not exhausted: {limit}");
    }
    match (&one.report.interleavings, failing(one)) {
        (Count::Exactly(_), Some((Count::Exactly(_), does))) => {
            let number = what.trim_end_matches(does).trim_end();
            format!("{number} interleavings {does}")
        }
        _ => what,
    }
}

/// The outcomes: how many interleavings end so, and how likely that is, which is not the same. Of
/// more than `rows_max` the first and the last.
fn outcomes(report: &Exploration, width: usize, rows_max: usize, screen: &Screen) -> Vec<String> {
    if report.outcomes.is_empty() {
        return Vec::new();
    }
    let rows: Vec<_> = report.outcomes.iter().map(|one| cells(one, report)).collect();
    let heads = ["outcome", "expectation", "interleavings", "odds"];
    let column = |n: usize| {
        let cells = rows.iter().map(|row| screen.width_of(&row[n]));
        cells.max().unwrap_or(0).max(heads[n].len())
    };
    let widths = [column(0).min(30), column(1), column(2).min(40), column(3)];
    let line = |row: &[String; 4]| {
        let left =
            format!("{}  {}", screen.cell(&row[0], widths[0]), screen.cell(&row[1], widths[1]));
        let (count, odds) = (screen.number(&row[2], widths[2]), screen.number(&row[3], widths[3]));
        format!("{left}  {count}  {odds}")
    };
    let mut lines = vec![format!("{}  because", line(&heads.map(str::to_owned)))];
    let hidden = (rows.len() > rows_max).then(|| rows_max / 2..rows.len() - rows_max / 2);
    let mut above = "";
    for (n, (row, outcome)) in rows.iter().zip(&report.outcomes).enumerate() {
        if let Some(hidden) = hidden.as_ref().filter(|hidden| hidden.contains(&n)) {
            let more = format!("… {} more outcomes", hidden.len());
            lines.extend((n == hidden.start).then_some(more));
            continue;
        }
        let reason = outcome.because.as_deref().unwrap_or("nobody foresaw it");
        lines.extend(with_reason(line(row), reason, above == reason, width, screen));
        above = reason;
    }
    lines.iter().map(|line| screen.cut(line, width)).collect()
}

/// A row with its reason beside it, or below if there is no room; one that was given for the row
/// above is not given again.
fn with_reason(
    row: String,
    reason: &str,
    again: bool,
    width: usize,
    screen: &Screen,
) -> Vec<String> {
    let room = width.saturating_sub(screen.width_of(&row) + 2);
    if room < 28 {
        let below = if again { Vec::new() } else { screen.wrap(reason, width - 4) };
        return [vec![row], indented(below, 4)].concat();
    }
    let reason = screen.wrap(if again { "as above" } else { reason }, room);
    let blank = " ".repeat(screen.width_of(&row));
    let lefts = [row].into_iter().chain(std::iter::repeat(blank));
    lefts.zip(reason).map(|(left, text)| format!("{left}  {text}")).collect()
}

fn cells(outcome: &Outcome, report: &Exploration) -> [String; 4] {
    let at_least = if report.exhaustive { "" } else { "≥ " };
    let count = format!("{at_least}{}", words::count(&outcome.interleavings));
    let expectation = match outcome.expectation {
        Some(Expectation::Acceptable) => "acceptable",
        Some(Expectation::Interesting) => "interesting",
        Some(Expectation::Forbidden) => "forbidden",
        None => "undeclared",
    };
    let odds = outcome.odds.map_or_else(|| "unknown".to_owned(), words::odds);
    [outcome.outcome.clone(), expectation.to_owned(), count, odds]
}

fn counterexample(
    report: &Exploration,
    width: usize,
    rows_max: usize,
    screen: &Screen,
) -> Vec<String> {
    let Some(run) = &report.counterexample else { return Vec::new() };
    let number = words::number(run).map(|number| format!("{number}, ")).unwrap_or_default();
    let switches = run.context_switches;
    let es = if switches == 1 { "" } else { "es" };
    let outcome = &run.outcome;
    let title = format!(
        "Simplest counterexample: {number}outcome {outcome}, {switches} context switch{es}"
    );
    let mut lines = screen.wrap(&title, width);
    // Who wants every step has room for why another thread goes on.
    let table = if rows_max == usize::MAX { lanes::story } else { lanes::told };
    lines.extend(table(run, width, rows_max, screen));
    if let Some(text) = words::decided(run) {
        lines.extend(screen.wrap(&text, width));
    }
    if let Some(graph) = &run.wait_for {
        lines.extend(ring::drawing(graph, width, screen));
        let graph = stuck::lines(graph, screen);
        lines.extend(graph.iter().flat_map(|line| screen.wrap(line, width)));
    }
    lines
}

/// `14 states, 20 transitions, 51 µs, 274,510 states/s`.
fn cost(report: &Exploration) -> String {
    let (states, transitions) = (report.states, report.transitions);
    let rate = states as f64 / (report.elapsed_ns.max(1) as f64 / 1e9);
    format!(
        "{} states, {} transitions, {}, {} states/s",
        words::thousands(states),
        words::thousands(transitions),
        words::elapsed(report.elapsed_ns),
        words::grouped(&format!("{rate:.0}")),
    )
}
