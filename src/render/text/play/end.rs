//! The ends of a game: it failed, it did not, a repair was refuted or proved.

use conclab_engine::report::Interleaving;

use super::switches;
use crate::play::{Phase, Play, Stage};
use crate::render::text::page::Paint;
use crate::render::text::{explore, lanes, stuck, words};
use crate::screen::Screen;

/// Rows of a table: beyond that it is folded.
const ROWS: usize = 40;

/// What the game has come to, with tables of at most so many rows; nothing while it goes on.
pub(crate) fn verdict(play: &Play<'_>, rows_max: usize, screen: &Screen) -> Vec<String> {
    let rows_max = rows_max.min(ROWS);
    match (play.phase(), play.judged()) {
        (Phase::Failed, _) => failed(play, rows_max, screen),
        (Phase::Ended, _) => ended(play, screen),
        (Phase::Refuted, Some(judged)) => refuted(judged, rows_max, screen),
        (Phase::Proved, Some(judged)) => proved(play, judged, screen),
        _ => Vec::new(),
    }
}

fn failed(play: &Play<'_>, rows_max: usize, screen: &Screen) -> Vec<String> {
    let told = &play.here().told;
    let does = play.stage().does(&told.outcome).unwrap_or("go wrong");
    let text = format!("You made it {does}: outcome {}.", told.outcome);
    let mut lines = headed(&text, Paint::Bad, screen);
    lines.extend(table(told, rows_max, screen));
    let best = play.stage().switches_best().unwrap_or_default();
    let used = told.context_switches;
    let praise = if used <= best { "nobody needs fewer" } else { "the best possible is" };
    let text = if used <= best {
        format!("You used {}: {praise}.", switches(used))
    } else {
        format!("You used {}; {praise} {best}.", switches(used))
    };
    lines.extend(screen.wrap(&text, screen.width));
    let text = "Which of these repairs it? Choose, and the explorer judges.";
    lines.extend(screen.wrap(text, screen.width));
    lines
}

fn ended(play: &Play<'_>, screen: &Screen) -> Vec<String> {
    let outcome = &play.here().told.outcome;
    let mut lines = headed(&format!("It ended well: outcome {outcome}."), Paint::Good, screen);
    let text = if play.stage().can_fail() {
        "That proves nothing: another way fails. u undoes a step, r begins again, h hints."
            .to_owned()
    } else {
        let sentence = explore::sentence(&play.stage().explored);
        format!("And so does every other way: {sentence}. q quits, r begins again.")
    };
    lines.extend(screen.wrap(&text, screen.width));
    lines
}

fn refuted(judged: &Stage<'_>, rows_max: usize, screen: &Screen) -> Vec<String> {
    let name = judged.explored.variant.name;
    let text = format!("{name} is refuted: {}.", explore::sentence(&judged.explored));
    let mut lines = headed(&text, Paint::Bad, screen);
    if let Some(run) = &judged.report().counterexample {
        let number = words::number(run).map(|number| format!("{number}, ")).unwrap_or_default();
        let used = switches(run.context_switches);
        let text = format!("The simplest: {number}outcome {}, {used}.", run.outcome);
        lines.extend(screen.wrap(&text, screen.width));
        lines.extend(table(run, rows_max, screen));
    }
    lines.extend(screen.wrap("Play it through with p, or choose another repair.", screen.width));
    lines
}

fn proved(play: &Play<'_>, judged: &Stage<'_>, screen: &Screen) -> Vec<String> {
    let one = &judged.explored;
    let text = format!("{} is proved: {}.", one.variant.name, explore::sentence(one));
    let mut lines = headed(&text, Paint::Good, screen);
    let lab = play.lab().name;
    let text = format!(
        "Well done: you broke it, and your repair holds however it is scheduled. What it costs: \
         conclab {lab}"
    );
    lines.extend(screen.wrap(&text, screen.width));
    lines
}

/// An interleaving, and who waits for whom at its end.
fn table(run: &Interleaving, rows_max: usize, screen: &Screen) -> Vec<String> {
    let mut lines = lanes::table(run, screen.width, rows_max, screen);
    if let Some(graph) = &run.wait_for {
        let graph = stuck::lines(graph, screen);
        lines.extend(graph.iter().flat_map(|line| screen.wrap(line, screen.width)));
    }
    lines
}

fn headed(text: &str, paint: Paint, screen: &Screen) -> Vec<String> {
    screen.wrap(text, screen.width).iter().map(|line| screen.paint(line, paint)).collect()
}
