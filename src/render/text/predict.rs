//! `--predict`: the question, which says nothing of the answer, and the grades.

use super::page::{Paint, indented, joined};
use super::{lanes, stuck, words};
use crate::found::Explored;
use crate::predict::{Candidate, Graded, Item, letter};
use crate::screen::Screen;

/// Rows of an interleaving: beyond that it is folded.
const ROWS: usize = 40;

/// The outcomes to choose from.
pub(crate) fn question(explored: &Explored, asked: &[Candidate], screen: &Screen) -> String {
    let (lab, variant) = (&explored.report.lab, explored.variant);
    let title = format!("{lab} · {} ({}) · {}", variant.name, variant.summary, explored.size);
    let mut lines = vec![screen.paint(&screen.cut(&title, screen.width), Paint::Head)];
    let text = "Which of these outcomes can happen? Type their letters, such as a c, or `none`.";
    lines.extend(screen.wrap(text, screen.width));
    for (n, one) in asked.iter().enumerate() {
        lines.push(screen.cut(&format!("  {}  {}", letter(n), one.outcome), screen.width));
    }
    joined(&lines, screen)
}

/// Every outcome with its grade, and for each that was overlooked an interleaving with it.
pub(crate) fn graded(graded: &Graded, screen: &Screen) -> String {
    let names = graded.items.iter().map(|item| screen.width_of(&item.candidate.outcome));
    let width = names.max().unwrap_or(0).min(30);
    let mut lines = Vec::new();
    for (n, item) in graded.items.iter().enumerate() {
        let (mark, paint) =
            if item.right() { ("right", Paint::Good) } else { ("wrong", Paint::Bad) };
        let name = screen.cell(&item.candidate.outcome, width);
        let told = screen.cut(&told(item), screen.width.saturating_sub(width + 14));
        lines.push(format!("  {}  {name}  {}  {told}", letter(n), screen.paint(mark, paint)));
    }
    let (right, all) = (graded.right(), graded.items.len());
    lines.push(format!("You have {right} of {all} right."));
    for item in graded.items.iter().filter(|item| !item.right()) {
        lines.extend(why(item, graded, screen));
    }
    joined(&lines, screen)
}

fn told(item: &Item) -> String {
    let one = &item.candidate;
    if !one.possible {
        return "cannot happen".to_owned();
    }
    let odds = words::odds(one.odds);
    format!("can happen: interleavings {}, odds {odds}", words::count(&one.interleavings))
}

/// Why an answer is wrong.
fn why(item: &Item, graded: &Graded, screen: &Screen) -> Vec<String> {
    let outcome = &item.candidate.outcome;
    let Some(run) = &item.shown else {
        let all = words::interleavings(&graded.explored.report.interleavings);
        let text = format!("{outcome} cannot happen: {all} covered, and none ends so.");
        return screen.wrap(&text, screen.width);
    };
    let number = words::number(run).map(|number| format!(", {number}")).unwrap_or_default();
    let text = format!("{outcome} can happen. The simplest way{number}:");
    let mut lines = screen.wrap(&text, screen.width);
    let width = screen.width - 2;
    let mut table = lanes::table(run, width, ROWS, screen);
    if let Some(graph) = &run.wait_for {
        let graph = stuck::lines(graph, screen);
        table.extend(graph.iter().flat_map(|line| screen.wrap(line, width)));
    }
    lines.extend(indented(table, 2));
    lines
}
