//! `conclab replay`: one interleaving, step by step.

use super::page::{Paint, joined};
use super::{explain, lanes, ring, stuck, words};
use crate::found::Replayed;
use crate::screen::Screen;

/// How an interleaving is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Telling {
    /// A row for every step, a lane for every thread.
    Table,
    /// A sentence for every step.
    Sentences,
}

/// Rows that are shown if nobody asked for more: beyond that the interleaving is folded.
const ROWS: usize = 200;

/// Columns that the table leaves free: so it is the one that `explore` shows, indented by them.
const MARGIN: usize = 2;

/// The interleaving, as a table or in sentences, what it ends in, and who waits for whom if it is
/// stuck; `verbose` shows every step of however many.
pub(crate) fn replay(replayed: &Replayed, how: Telling, verbose: bool, screen: &Screen) -> String {
    let run = &replayed.interleaving;
    let number = words::number(run).map(|number| format!(" · {number}")).unwrap_or_default();
    let title = format!("{} · {} · {}{number}", replayed.lab, replayed.variant.name, replayed.size);
    let mut lines: Vec<_> =
        screen.wrap(&title, screen.width).iter().map(|l| screen.paint(l, Paint::Head)).collect();
    let rows_max = if verbose { usize::MAX } else { ROWS };
    lines.extend(match how {
        Telling::Table => lanes::story(run, screen.width - MARGIN, rows_max, screen),
        Telling::Sentences => explain::sentences(run, rows_max, screen),
    });
    let state = run.steps.last().map(|step| step.state.as_slice()).unwrap_or_default();
    if !state.is_empty() {
        let state: Vec<_> = state.iter().map(|(name, value)| format!("{name} = {value}")).collect();
        lines.extend(screen.wrap(&format!("at the end: {}", state.join(", ")), screen.width));
    }
    let switches = run.context_switches;
    let es = if switches == 1 { "" } else { "es" };
    let outcome = format!("outcome: {} ({switches} context switch{es})", run.outcome);
    lines.extend(screen.wrap(&outcome, screen.width));
    let said = how == Telling::Sentences;
    if let Some(text) = words::decided(run).filter(|_| !said) {
        lines.extend(screen.wrap(&text, screen.width));
    }
    if said {
        lines.extend(
            explain::promise(replayed)
                .map(|text| screen.wrap(&text, screen.width))
                .into_iter()
                .flatten(),
        );
    }
    if let Some(graph) = &run.wait_for {
        lines.extend(ring::drawing(graph, screen.width, screen));
        let graph = if said { stuck::sentences(graph) } else { stuck::lines(graph, screen) };
        lines.extend(graph.iter().flat_map(|line| screen.wrap(line, screen.width)));
    }
    joined(&lines, screen)
}
