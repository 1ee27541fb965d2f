//! Who holds what and who waits for what, in sentences.

use conclab_engine::report::{Place, Wait, WaitForGraph, Waiting};
use conclab_kit::report::{Evidence, Runs};

use super::page::{MARGIN, joined};
use super::words;
use crate::screen::Screen;

/// One line for every waiting thread, and one for the cycle.
pub(in crate::render) fn lines(graph: &WaitForGraph, screen: &Screen) -> Vec<String> {
    let waiting = graph.waiting.iter().map(waiting).chain([cycle(graph)]);
    waiting.map(|line| screen.plain(&line)).collect()
}

/// The same for a crowded screen: of at most `max` threads, and where there is a cycle only of
/// those in it, because the others wait for nothing but these. So do those that wait for others to
/// end.
pub(super) fn in_short(graph: &WaitForGraph, max: usize, screen: &Screen) -> Vec<String> {
    let all_join = graph.waiting.iter().all(|one| one.how == Wait::Join);
    let tells = |one: &&Waiting| match graph.cycle.as_slice() {
        [] => all_join || one.how != Wait::Join,
        cycle => cycle.contains(&one.thread),
    };
    let told: Vec<_> = graph.waiting.iter().filter(tells).collect();
    // A line that says "1 more" is as long as the one that it hides.
    let max = if told.len() == max + 1 { told.len() } else { max };
    let mut lines: Vec<_> = told.iter().take(max).map(|one| screen.plain(&waiting(one))).collect();
    let hidden = told.len().saturating_sub(max);
    if hidden > 0 {
        lines.push(screen.plain(&format!("… and {hidden} more threads that wait")));
    }
    lines.push(screen.plain(&cycle(graph)));
    lines
}

/// `cycle: A → B → A`.
fn cycle(graph: &WaitForGraph) -> String {
    match graph.cycle.first() {
        Some(first) => format!("cycle: {} → {first}", graph.cycle.join(" → ")),
        None if graph.waiting.iter().any(|one| one.how == Wait::Semaphore) => {
            "no cycle: nobody owns a permit; whoever could give one waits or is gone".to_owned()
        }
        None => "no cycle: nobody is left who could wake them".to_owned(),
    }
}

/// A sentence for every waiting thread, and one for the cycle.
pub(super) fn sentences(graph: &WaitForGraph) -> Vec<String> {
    let sentence = |one: &Waiting| {
        let (who, what) = (&one.thread, &one.wants.name);
        let held = one.held_by.as_ref().map(|by| format!(", which {by} holds,"));
        let held = held.unwrap_or_default();
        match one.how {
            Wait::Lock => format!("{who} wants {what}{held} and waits for ever."),
            Wait::Condvar => format!("{who} sleeps in {what} for ever: nobody is left to wake it."),
            Wait::Join => format!("{who} waits for ever for {what} to end."),
            Wait::Retry => format!("{who} tries {what}{held} again and again, for ever."),
            Wait::Semaphore => format!("{who} wants a permit of {what} and waits for ever."),
            Wait::Barrier => format!("{who} waits at {what} for ever: others do not come."),
            Wait::Channel => format!("{who} waits at channel {what} for ever."),
            Wait::Sleep => format!("{who} sleeps on {what} for ever: nobody is left to wake it."),
        }
    };
    graph.waiting.iter().map(sentence).chain([cycle(graph)]).collect()
}

/// `A holds account 0 (line 41), waits for account 1 (line 43), held by B`.
fn waiting(one: &Waiting) -> String {
    let at = |place: &Place| format!("{} (line {})", place.name, place.line);
    let wants = at(&one.wants);
    let Place { name, line, .. } = &one.wants;
    let how = match one.how {
        Wait::Lock => format!("waits for {wants}"),
        Wait::Condvar => format!("sleeps in {wants}"),
        Wait::Join => format!("waits for {name} to end (line {line})"),
        Wait::Retry => format!("tries {wants} again and again"),
        Wait::Semaphore => format!("waits for a permit of {wants}"),
        Wait::Barrier => format!("waits at {wants}"),
        Wait::Channel => format!("waits at channel {wants}"),
        Wait::Sleep => format!("sleeps on {wants}"),
    };
    let held_by = one.held_by.as_ref().filter(|_| one.how != Wait::Join);
    let by = held_by.map(|by| format!(", held by {by}")).unwrap_or_default();
    if one.holds.is_empty() {
        return format!("{} {how}{by}", one.thread);
    }
    let holds: Vec<_> = one.holds.iter().map(at).collect();
    format!("{} holds {}, {how}{by}", one.thread, holds.join(" and "))
}

/// A line for every claim, ticked or not; or all in one, without the evidence.
pub(super) fn evidence(claims: &[Evidence], short: bool, screen: &Screen) -> Vec<String> {
    let tick = |claim: &Evidence| if claim.holds { "✓" } else { "✗" };
    if short {
        let all: Vec<_> =
            claims.iter().map(|claim| format!("{} {}", tick(claim), claim.claim)).collect();
        return screen.flow(&all, "  ", screen.width - MARGIN);
    }
    let widest = |text: fn(&Evidence) -> &String| {
        claims.iter().map(|claim| screen.width_of(text(claim))).max().unwrap_or(0)
    };
    let (left, right) = (widest(|claim| &claim.claim), widest(|claim| &claim.because));
    let tick_width = screen.width_of("✓ ");
    let aligned = tick_width + left + 2 + right <= screen.width - MARGIN;
    let line = |claim: &Evidence| {
        let name = if aligned {
            screen.cell(&claim.claim, left) + " "
        } else {
            format!("{}:", claim.claim)
        };
        screen.plain(&format!("{} {name} {}", tick(claim), claim.because))
    };
    claims.iter().map(line).collect()
}

/// What `--hang` shows at the end.
pub(crate) fn hang(runs: &Runs, evidence: &[Evidence], screen: &Screen) -> String {
    let mut text = match &runs.wait_for {
        Some(graph) => lines(graph, screen),
        None => vec!["It did not get stuck this time.".to_owned()],
    };
    text.extend(self::evidence(evidence, false, screen));
    text.push(screen.plain(&format!("stuck for {}", words::elapsed(runs.elapsed_ns))));
    joined(&text, screen)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::found::sample;

    #[test]
    fn a_deadlock_names_threads_locks_lines_and_the_cycle() {
        let screen = Screen::PLAIN;
        let wanted = [
            "A holds account 0 (line 41), waits for account 1 (line 43), held by B",
            "B holds account 1 (line 41), waits for account 0 (line 43), held by A",
            "cycle: A → B → A",
        ];
        assert_eq!(lines(&sample::embrace(), &screen), wanted);
    }

    #[test]
    fn every_stuck_thread_has_its_sentence() {
        let mut graph = sample::embrace();
        assert_eq!(
            sentences(&graph),
            [
                "A wants account 1, which B holds, and waits for ever.",
                "B wants account 0, which A holds, and waits for ever.",
                "cycle: A → B → A",
            ]
        );
        graph.cycle.clear();
        graph.waiting[0].how = Wait::Semaphore;
        assert!(sentences(&graph)[2].contains("nobody owns a permit"), "{graph:?}");
    }

    #[test]
    fn who_joins_is_told_of_but_not_where_there_is_a_cycle_and_little_room() {
        let screen = Screen::PLAIN;
        let mut graph = sample::embrace();
        let main = Waiting {
            thread: "main".to_owned(),
            holds: Vec::new(),
            wants: Place { name: "A".to_owned(), line: 61, ..graph.waiting[0].wants.clone() },
            how: Wait::Join,
            held_by: Some("A".to_owned()),
        };
        graph.waiting.insert(0, main);
        assert_eq!(lines(&graph, &screen)[0], "main waits for A to end (line 61)");
        assert_eq!(in_short(&graph, 9, &screen), lines(&sample::embrace(), &screen));
        assert_eq!(in_short(&graph, 1, &screen), lines(&sample::embrace(), &screen));
        assert_eq!(in_short(&graph, 0, &screen)[0], "… and 2 more threads that wait");
        graph.cycle.clear();
        assert_eq!(in_short(&graph, 9, &screen)[0], lines(&graph, &screen)[1]);
        graph.waiting.truncate(1);
        assert_eq!(in_short(&graph, 9, &screen)[0], "main waits for A to end (line 61)");
    }
}
