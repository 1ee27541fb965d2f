//! `conclab replay`: one interleaving, step by step.

use super::page::{Paint, joined};
use super::{lanes, stuck, words};
use crate::found::Replayed;
use crate::screen::Screen;

/// The whole interleaving, what it ends in, and who waits for whom if it is stuck.
pub(crate) fn replay(replayed: &Replayed, screen: &Screen) -> String {
    let run = &replayed.interleaving;
    let number = match (&run.schedule, &run.of) {
        (Some(n), Some(of)) => {
            format!(" · interleaving {} of {}", words::grouped(n), words::grouped(of))
        }
        _ => String::new(),
    };
    let title = format!("{} · {} · {}{number}", replayed.lab, replayed.variant.name, replayed.size);
    let mut lines: Vec<_> =
        screen.wrap(&title, screen.width).iter().map(|l| screen.paint(l, Paint::Head)).collect();
    lines.extend(lanes::table(run, screen.width, usize::MAX, screen));
    let state = run.steps.last().map(|step| step.state.as_slice()).unwrap_or_default();
    if !state.is_empty() {
        let state: Vec<_> = state.iter().map(|(name, value)| format!("{name} = {value}")).collect();
        lines.extend(screen.wrap(&format!("at the end: {}", state.join(", ")), screen.width));
    }
    let switches = run.context_switches;
    let es = if switches == 1 { "" } else { "es" };
    let outcome = format!("outcome: {} ({switches} context switch{es})", run.outcome);
    lines.extend(screen.wrap(&outcome, screen.width));
    if let Some(graph) = &run.wait_for {
        let graph = stuck::lines(graph, usize::MAX, screen);
        lines.extend(graph.iter().flat_map(|line| screen.wrap(line, screen.width)));
    }
    joined(&lines, screen)
}
