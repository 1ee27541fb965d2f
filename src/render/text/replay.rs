//! `conclab replay`: one interleaving, step by step.

use super::page::{Paint, joined};
use super::{lanes, stuck, words};
use crate::found::Replayed;
use crate::screen::Screen;

/// Rows that are shown if nobody asked for more: beyond that the interleaving is folded.
const ROWS: usize = 200;

/// The interleaving, what it ends in, and who waits for whom if it is stuck; `verbose` shows every
/// step of however many.
pub(crate) fn replay(replayed: &Replayed, verbose: bool, screen: &Screen) -> String {
    let run = &replayed.interleaving;
    let number = words::number(run).map(|number| format!(" · {number}")).unwrap_or_default();
    let title = format!("{} · {} · {}{number}", replayed.lab, replayed.variant.name, replayed.size);
    let mut lines: Vec<_> =
        screen.wrap(&title, screen.width).iter().map(|l| screen.paint(l, Paint::Head)).collect();
    lines.extend(lanes::table(run, screen.width, if verbose { usize::MAX } else { ROWS }, screen));
    let state = run.steps.last().map(|step| step.state.as_slice()).unwrap_or_default();
    if !state.is_empty() {
        let state: Vec<_> = state.iter().map(|(name, value)| format!("{name} = {value}")).collect();
        lines.extend(screen.wrap(&format!("at the end: {}", state.join(", ")), screen.width));
    }
    let switches = run.context_switches;
    let es = if switches == 1 { "" } else { "es" };
    let outcome = format!("outcome: {} ({switches} context switch{es})", run.outcome);
    lines.extend(screen.wrap(&outcome, screen.width));
    if let Some(step) = run.decided.filter(|step| (1..run.steps.len()).contains(step)) {
        let text = format!("decided after step {step}: no way on from there ends otherwise");
        lines.extend(screen.wrap(&text, screen.width));
    }
    if let Some(graph) = &run.wait_for {
        let graph = stuck::lines(graph, screen);
        lines.extend(graph.iter().flat_map(|line| screen.wrap(line, screen.width)));
    }
    joined(&lines, screen)
}
