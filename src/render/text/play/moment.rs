//! A moment of the game: what is shared, who can go next, and where everybody stands.

use std::path::Path;

use super::switches;
use crate::play::{Phase, Play, source};
use crate::render::text::lanes;
use crate::screen::Screen;

/// Widest name of a thread.
const THREAD_MAX: usize = 12;

/// Widest operation.
const OPERATION_MAX: usize = 36;

/// The last step, and everything shared after it.
pub(crate) fn state(play: &Play<'_>, screen: &Screen) -> Vec<String> {
    let here = play.here();
    let mut text = match here.told.steps.last() {
        Some(step) => {
            let given = given(step.result.as_deref());
            let over = step.overwrites.as_ref();
            let over = over.map(|by| format!(", overwriting {by}'s change")).unwrap_or_default();
            format!("After step {}, {} {}{given}{over}: ", step.step, step.thread, step.operation)
        }
        None => "At the beginning: ".to_owned(),
    };
    let shared: Vec<_> =
        here.state.iter().map(|(name, value)| format!("{name} = {value}")).collect();
    text += &if shared.is_empty() { "nothing is shared".to_owned() } else { shared.join(", ") };
    if !here.told.steps.is_empty() {
        text = format!("{text} ({} so far)", switches(here.told.context_switches));
    }
    screen.wrap(&text, screen.width)
}

/// The choices there are now, with their numbers.
pub(crate) fn choices(play: &Play<'_>, screen: &Screen) -> Vec<String> {
    match play.phase() {
        Phase::Moving => moves(play, screen),
        Phase::Failed | Phase::Refuted => fixes(play, screen),
        Phase::Ended | Phase::Proved => Vec::new(),
    }
}

/// Who can go next, and what the line of the source says.
fn moves(play: &Play<'_>, screen: &Screen) -> Vec<String> {
    let here = play.here();
    let operations: Vec<_> = here
        .moves
        .iter()
        .map(|one| format!("{}{}", one.operation, given(one.result.as_deref())))
        .collect();
    let widest = |texts: &mut dyn Iterator<Item = &String>, max: usize| {
        texts.map(|text| screen.width_of(text)).max().unwrap_or(0).min(max)
    };
    let name_width = widest(&mut here.moves.iter().map(|one| &one.thread), THREAD_MAX);
    let width = widest(&mut operations.iter(), OPERATION_MAX);
    let number_width = here.moves.len().to_string().len();
    let mut lines = Vec::new();
    for (n, (one, operation)) in here.moves.iter().zip(&operations).enumerate() {
        let stands = here.threads.iter().find(|standing| standing.thread == one.thread);
        let place = stands.and_then(|standing| standing.next.as_ref());
        let code = place.map(|place| at(&place.file, place.line)).unwrap_or_default();
        let name = screen.cell(&one.thread, name_width);
        let operation = screen.cell(operation, width);
        let line = format!("  {:>number_width$}  {name}  {operation}  {code}", n + 1);
        lines.push(screen.cut(line.trim_end(), screen.width));
    }
    lines
}

/// `line 84: let seen = counter.load(Relaxed);`; where the source is not at hand, file and line.
fn at(file: &str, line: u32) -> String {
    if let Some(text) = source::line(file, line) {
        return format!("line {line}: {text}");
    }
    if file.contains("library/core") {
        // The compiler calls a guard's end by itself: no line of the program says so.
        return "a guard goes out of scope".to_owned();
    }
    let name = Path::new(file).file_name().unwrap_or_default().to_string_lossy();
    format!("{name}, line {line}")
}

/// The repairs, in an order that says nothing about them.
fn fixes(play: &Play<'_>, screen: &Screen) -> Vec<String> {
    let width = play.fixes().len().to_string().len();
    let mut lines = Vec::new();
    for (n, fix) in play.fixes().iter().enumerate() {
        let known = match fix.verdict {
            Some(_) => format!(" ({}: refuted)", fix.card.name),
            None => String::new(),
        };
        let line = format!("  {:>width$}  {}{known}", n + 1, fix.card.summary);
        lines.push(screen.cut(&line, screen.width));
    }
    lines
}

/// Threads that cannot go next, and why.
pub(crate) fn standing(play: &Play<'_>, screen: &Screen) -> Vec<String> {
    let here = play.here();
    let can_go = |name: &str| here.moves.iter().any(|one| one.thread == name);
    let mut lines = Vec::new();
    for one in here.threads.iter().filter(|one| !can_go(&one.thread)) {
        let why = match (&one.waits, &one.next) {
            (Some(waits), _) => format!("waits: {waits}"),
            (None, Some(next)) => format!("cannot go on: {}", next.name),
            (None, None) => "is done".to_owned(),
        };
        lines.push(screen.cut(&format!("  {} {why}", one.thread), screen.width));
    }
    lines
}

/// The way here as a lane table of at most so many rows, its head among them.
pub(crate) fn history(play: &Play<'_>, width: usize, rows: usize, screen: &Screen) -> Vec<String> {
    let told = &play.here().told;
    if told.steps.is_empty() {
        return vec![screen.cut("no step yet", width)];
    }
    lanes::table(told, width, rows.saturating_sub(1).max(1), screen)
}

fn given(result: Option<&str>) -> String {
    result.map(|result| format!(" → {result}")).unwrap_or_default()
}
