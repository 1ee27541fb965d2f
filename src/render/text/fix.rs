//! FIX: what the model says about every repair, proved or refuted.

use conclab_engine::report::Count;
use conclab_kit::report::Verdict;

use super::page::MARGIN;
use super::words;
use crate::found::{Demo, Explored, failing, failing_odds};
use crate::screen::Screen;

/// What a repair does to one of the conditions that a failure needs.
const TAKES_AWAY: &str = "takes away ";

/// Behind a wrong variant that this size cannot show to be wrong.
const TOO_SMALL: &str = "(wrong; too small a size to show it)";

/// A line for every repair; on a tighter page repairs of the same verdict side by side, and on the
/// tightest only their names.
pub(super) fn lines(demo: &Demo, tightness: u8, screen: &Screen) -> Vec<String> {
    let repairs: Vec<_> =
        demo.explored.iter().filter(|one| one.variant.name != demo.first).collect();
    let width = screen.width - MARGIN;
    let memory = demo.explored.first().map(|one| one.report.memory_model).unwrap_or_default();
    let memory = words::memory(memory);
    // The size stands in WHY, too.
    let head = match tightness {
        0..=6 => format!("every interleaving of {}, {memory}", demo.size_model),
        _ => format!("every interleaving, {memory}"),
    };
    let mut lines = screen.wrap(&head, width);
    lines.extend(match tightness {
        0 => one_by_one(&repairs, width, screen),
        1..=6 => side_by_side(&repairs, width, screen),
        _ => names(&repairs, width, screen),
    });
    for refusal in &demo.refused {
        let text = format!("{}: not explored: {}", refusal.variant, refusal.because);
        lines.extend(screen.wrap(&text, width));
    }
    lines
}

fn one_by_one(repairs: &[&Explored], width: usize, screen: &Screen) -> Vec<String> {
    let names = repairs.iter().map(|one| one.variant.name.len()).max().unwrap_or(0);
    let mut lines = Vec::new();
    for one in repairs {
        let (verdict, paint) = words::verdict(one.report.verdict);
        let left = names + 2 + 7 + 2;
        let told = screen.wrap(&told(one), width.saturating_sub(left).max(20));
        for (n, text) in told.into_iter().enumerate() {
            let name = screen.cell(if n == 0 { one.variant.name } else { "" }, names);
            let verdict = screen.cell(if n == 0 { verdict } else { "" }, 7);
            let verdict = screen.paint(&verdict, paint);
            lines.push(format!("{name}  {verdict}  {text}"));
        }
    }
    lines
}

/// What a repair's verdict rests on.
fn told(one: &Explored) -> String {
    let report = &one.report;
    match report.verdict {
        Verdict::Proved => {
            let mut text = proved_in(&report.interleavings);
            if report.fails_at.is_some() {
                text.push_str("; wrong all the same: the size is too small");
            }
            if let Some(removes) = one.variant.removes {
                text = format!("{text}; {TAKES_AWAY}“{removes}”");
            }
            if let Some(endless) = &report.endless {
                let odds = words::odds(endless.odds);
                text = format!("{text}; an unfair scheduler can loop for ever, odds {odds}");
            }
            text
        }
        Verdict::Refuted => refuted(one, words::count),
        Verdict::NotExhausted => {
            format!("not exhausted: no failure in {} states", words::thousands(report.states))
        }
    }
}

fn proved_in(number: &Count) -> String {
    match number {
        Count::Unbounded => "however it is scheduled".to_owned(),
        _ if words::is_one(number) => "in the only interleaving".to_owned(),
        Count::Exactly(_) => format!("in all {}", words::interleavings(number)),
    }
}

/// `4 of 6 lose an update`; where nothing can be counted, the odds.
pub(super) fn refuted(one: &Explored, count: fn(&Count) -> String) -> String {
    let Some((bad, does)) = failing(one) else { return "an outcome is missing".to_owned() };
    let all = &one.report.interleavings;
    if matches!(bad, Count::Unbounded) || matches!(all, Count::Unbounded) {
        let odds = failing_odds(&one.report).map(words::odds);
        let odds = odds.map(|odds| format!(" (odds {odds})")).unwrap_or_default();
        return format!("can {does}{odds}");
    }
    if one.report.exhaustive {
        return format!("{} of {} {does}", count(&bad), count(all));
    }
    format!("at least {} {does}", count(&bad))
}

/// Few lines for many repairs: those that are refuted by reason, then those that are proved.
fn side_by_side(repairs: &[&Explored], width: usize, screen: &Screen) -> Vec<String> {
    let mut lines = Vec::new();
    for verdict in [Verdict::Refuted, Verdict::NotExhausted, Verdict::Proved] {
        let here: Vec<_> = repairs.iter().filter(|one| one.report.verdict == verdict).collect();
        let mut items: Vec<(String, String)> = Vec::new();
        for one in here {
            let (name, why) = (one.variant.name, short(one));
            match items.iter_mut().find(|(_, said)| *said == why && verdict != Verdict::Proved) {
                Some((names, _)) => *names = format!("{names}, {name}"),
                None => items.push((name.to_owned(), why)),
            }
        }
        without_repeats(&mut items, repairs);
        let joint = if verdict == Verdict::Proved { " " } else { ": " };
        let mut items: Vec<_> =
            items.into_iter().map(|(name, why)| format!("{name}{joint}{why}")).collect();
        // The verb once: `ordered takes away “circular wait”; lock-free “mutual exclusion”`.
        for item in items.iter_mut().skip(1) {
            *item = item.replacen(TAKES_AWAY, "", 1);
        }
        lines.extend(headed(verdict, &items, width, screen));
    }
    lines
}

/// The names of the repairs behind their verdicts, by what those that are refuted do.
fn names(repairs: &[&Explored], width: usize, screen: &Screen) -> Vec<String> {
    let mut lines = Vec::new();
    for verdict in [Verdict::Refuted, Verdict::NotExhausted, Verdict::Proved] {
        let mut groups: Vec<(String, Vec<String>)> = Vec::new();
        for one in repairs.iter().filter(|one| one.report.verdict == verdict) {
            let does = failing(one).map(|(_, does)| format!("{does}: ")).unwrap_or_default();
            match groups.iter_mut().find(|(known, _)| *known == does) {
                Some((_, names)) => names.push(name(one)),
                None => groups.push((does, vec![name(one)])),
            }
        }
        let groups: Vec<_> =
            groups.iter().map(|(does, names)| format!("{does}{}", names.join(", "))).collect();
        if !groups.is_empty() {
            lines.extend(headed(verdict, &[groups.join("; ")], width, screen));
        }
    }
    lines
}

/// The name of a repair, with a warning if its verdict says nothing of other sizes.
fn name(one: &Explored) -> String {
    let name = one.variant.name;
    if one.report.fails_at.is_some() { format!("{name} {TOO_SMALL}") } else { name.to_owned() }
}

/// Says once what several repairs in a row do: `stronger-ordering: 4 of 6 lose an update;
/// lock-the-store: 6 of 10`.
fn without_repeats(items: &mut [(String, String)], repairs: &[&Explored]) {
    for does in repairs.iter().filter_map(|one| failing(one)).map(|(_, does)| format!(" {does}")) {
        let mut said = false;
        for (_, why) in items.iter_mut() {
            let (says, left) = (why.ends_with(&does), why.len().saturating_sub(does.len()));
            if said && says {
                why.truncate(left);
            }
            said = says;
        }
    }
}

/// Items behind their verdict.
fn headed(verdict: Verdict, items: &[String], width: usize, screen: &Screen) -> Vec<String> {
    let (head, paint) = words::verdict(verdict);
    let room = width - 9;
    let items: Vec<_> = items.iter().map(|item| screen.plain(item)).collect();
    let crowded = items.iter().any(|item| screen.width_of(item) > room / 2);
    let lines = match items.as_slice() {
        [] => Vec::new(),
        _ if crowded => screen.wrap(&items.join("; "), room),
        _ => screen.flow(&items, "   ", room),
    };
    let put = |(n, line): (usize, String)| {
        let head = screen.cell(if n == 0 { head } else { "" }, 7);
        format!("{}  {line}", screen.paint(&head, paint))
    };
    lines.into_iter().enumerate().map(put).collect()
}

/// The same as [`told`], for a crowded line.
fn short(one: &Explored) -> String {
    match one.report.verdict {
        Verdict::Proved => {}
        Verdict::Refuted => return refuted(one, words::short_count),
        Verdict::NotExhausted => return told(one),
    }
    if one.report.fails_at.is_some() {
        return TOO_SMALL.to_owned();
    }
    let what = match (one.variant.removes, &one.report.interleavings) {
        (Some(removes), _) => format!("{TAKES_AWAY}“{removes}”"),
        (None, Count::Unbounded) => "(however scheduled)".to_owned(),
        (None, number @ Count::Exactly(_)) => format!("(all {})", words::short_count(number)),
    };
    match &one.report.endless {
        Some(endless) => {
            let odds = words::odds(endless.odds);
            format!("{what} (an unfair scheduler can loop for ever, odds {odds})")
        }
        None => what,
    }
}
