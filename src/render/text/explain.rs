//! `conclab replay --explain`: an interleaving told in sentences.

use conclab_engine::lab::Expected;
use conclab_engine::report::{Expectation, Interleaving, Step};

use super::fold::{Row, fold, span};
use super::page::indented;
use super::{looks, words};
use crate::found::Replayed;
use crate::screen::Screen;

/// Columns of a step's number and what separates it from its sentence.
const LEFT: usize = 2;

/// A sentence for every step up to `rows_max` of them: who does what, what was already stale, and
/// after which step the end is decided.
pub(super) fn sentences(run: &Interleaving, rows_max: usize, screen: &Screen) -> Vec<String> {
    let left = run.steps.len().to_string().len() + LEFT;
    let mut lines = Vec::new();
    let hidden = run.steps.len().saturating_sub(rows_max);
    // Of a long one the beginning says little: all that it leads to is at the end.
    let shown = &run.steps[hidden..];
    let rows =
        if rows_max == usize::MAX { fold(shown, None, rows_max) } else { looks::rows(shown) };
    for row in rows {
        let (first, last) = (hidden + span(row).0, hidden + span(row).1);
        let step = &run.steps[first];
        let text = match row {
            Row::Looks(.., more) => looks::told(more),
            _ => sentence(step, first.checked_sub(1).map(|before| &*run.steps[before].thread)),
        };
        let wrapped = screen.wrap(&text, screen.width.saturating_sub(left).max(20));
        for (n, text) in wrapped.into_iter().enumerate() {
            let number = if n == 0 { step.step.to_string() } else { String::new() };
            lines.push(format!("{}{:LEFT$}{text}", screen.number(&number, left - LEFT), ""));
        }
        let decides = run.decided.is_some_and(|step| (first + 1..=last + 1).contains(&step));
        if decides && last + 1 < run.steps.len() {
            let text = "It is decided: no way on from here ends otherwise.";
            lines.extend(indented(screen.wrap(text, screen.width - left), left));
        }
    }
    if hidden > 0 {
        let hidden = words::thousands(hidden as u64);
        lines.insert(0, screen.plain(&format!("… {hidden} steps before; all of them: --verbose")));
    }
    lines
}

/// What the lab promises, and which step broke that, if one did.
pub(in crate::render) fn promise(replayed: &Replayed) -> Option<String> {
    let run = &replayed.interleaving;
    let right = |one: &Expected| one.expectation == Expectation::Acceptable;
    let promised = replayed.promised.map(|does| format!("to {does}"));
    match replayed.expected {
        Some(kept) if right(&kept) => {
            Some(format!("The promise {} is kept: {}", promised?, kept.because))
        }
        found => {
            let promised = promised.map(|promised| format!("The promise {promised} broke"));
            let broken = promised.unwrap_or_else(|| "It went wrong".to_owned());
            let why = match found {
                Some(Expected { does, because, .. }) => {
                    format!("Such interleavings {does}: {because}")
                }
                None => "Nobody foresaw this outcome.".to_owned(),
            };
            Some(format!("{broken}{}. {why}", culprit(run)))
        }
    }
}

/// The step that breaks the promise: the one that destroys a change or after which nobody can move,
/// if there is one, otherwise the one from which every way on fails.
fn culprit(run: &Interleaving) -> String {
    let decided = run.decided;
    let after = |step: &&Step| step.stale_since.is_some() && decided <= Some(step.step);
    let stale = run.steps.iter().find(after);
    if let Some(Step { step, thread, overwrites, .. }) = stale {
        let whose = overwrites.as_deref().unwrap_or("another thread");
        return format!(" in step {step}, where {thread} writes over {whose}'s change");
    }
    if run.wait_for.is_some() && !run.steps.is_empty() {
        return format!(" in step {}, after which nobody can go on", run.steps.len());
    }
    match decided {
        Some(0) => " from the beginning on".to_owned(),
        Some(step) => format!(" in step {step}: from there no way on keeps it"),
        None => String::new(),
    }
}

/// What a step does, as a sentence; a thread that was not running `before` takes over.
fn sentence(step: &Step, before: Option<&str>) -> String {
    let who = &step.thread;
    let done = done(step);
    match before {
        Some(before) if before != who => format!("{who} takes over and {done}"),
        _ => format!("{who} {done}"),
    }
}

fn done(step: &Step) -> String {
    let (verb, rest) = step.operation.split_once(' ').unwrap_or((&step.operation, ""));
    let result = step.result.as_deref();
    match (verb, result) {
        ("load", Some(value)) => format!("reads {rest}: {value}."),
        ("store", _) => stored(step, rest),
        ("lock", Some("taken again")) => format!("wakes up and has {rest} again."),
        ("lock", _) => match rest.strip_suffix(" again") {
            Some(lock) => format!("wakes up and has {lock} again."),
            None => format!("takes {rest}."),
        },
        ("unlock", _) => format!("gives {rest} back."),
        ("wait", _) => format!("falls asleep in {rest} and gives the lock back."),
        ("notify_one" | "notify_all" | "wake_one" | "wake_all", Some("nobody")) => {
            format!("signals {rest}; nobody sleeps there, so nobody is woken.")
        }
        ("notify_one" | "notify_all" | "wake_one" | "wake_all", Some(woken)) => {
            format!("signals {rest} and wakes {woken}.")
        }
        ("acquire", _) => format!("takes a permit of {rest}."),
        ("release", _) => format!("gives a permit of {rest} back."),
        ("enter", _) => format!("goes into {rest}."),
        ("leave", _) => format!("leaves {rest}."),
        (_, Some(result)) => format!("does {} and gets: {result}.", step.operation),
        (_, None) => format!("does {}.", step.operation),
    }
}

/// A store; one that relies on a value that is no longer there destroys a change.
fn stored(step: &Step, rest: &str) -> String {
    let (object, value) = rest.rsplit_once(' ').unwrap_or((rest, ""));
    let Some(since) = step.stale_since else { return format!("writes {value} to {object}.") };
    let by = step.overwrites.as_deref().unwrap_or("another thread");
    format!(
        "writes {value} to {object}. That follows from what it read in step {since}, and {by} has \
         changed {object} since then: {by}'s change is lost."
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::found::sample;

    const PLAIN: Screen = Screen { width: 80, ascii: false, colour: false };

    #[test]
    fn a_lost_update_is_told_in_sentences() {
        let run = Interleaving { decided: Some(2), ..sample::lost_update(1) };
        let wanted = [
            "1  A reads counter: 0.",
            "2  B takes over and reads counter: 0.",
            "   It is decided: no way on from here ends otherwise.",
            "3  B writes 1 to counter.",
            "4  A takes over and writes 1 to counter. That follows from what it read in step",
            "   1, and B has changed counter since then: B's change is lost.",
        ];
        assert_eq!(sentences(&run, 9, &PLAIN), wanted);
    }

    /// What is said of the promise to count right after an interleaving.
    fn verdict(interleaving: Interleaving, expected: Option<Expected>) -> String {
        let one = sample::race_explored(0);
        let replayed = Replayed {
            lab: "race",
            variant: one.variant,
            size: one.size,
            parameters: one.report.parameters,
            memory_model: one.report.memory_model,
            promised: Some("count right"),
            expected,
            interleaving,
        };
        promise(&replayed).unwrap_or_default()
    }

    #[test]
    fn the_step_that_breaks_the_promise_is_named() {
        let expected = |expectation| {
            let because = "A store came between.";
            Some(Expected { does: "lose an update", expectation, because })
        };
        let run = || Interleaving { decided: Some(2), ..sample::lost_update(1) };
        let said = verdict(run(), expected(Expectation::Interesting));
        assert_eq!(
            said,
            "The promise to count right broke in step 4, where A writes over B's change. Such \
             interleavings lose an update: A store came between."
        );
        let said = verdict(run(), expected(Expectation::Acceptable));
        assert_eq!(said, "The promise to count right is kept: A store came between.");
        let mut early = run();
        early.steps[3].stale_since = None;
        let said = verdict(early.clone(), None);
        assert!(said.contains("in step 2: from there no way on keeps it. Nobody"), "{said}");
        early.wait_for = Some(sample::embrace());
        let said = verdict(early, None);
        assert!(said.contains("in step 4, after which nobody can go on"), "{said}");
    }

    #[test]
    fn of_a_long_one_the_end_is_told() {
        let lines = sentences(&sample::lost_update(300), 5, &PLAIN);
        assert_eq!(lines[0], "… 597 steps before; all of them: --verbose");
        assert_eq!(lines[1], "598  B reads counter: 298.");
    }

    #[test]
    fn every_kind_of_step_is_a_sentence() {
        let step = |operation: &str, result: Option<&str>| Step {
            operation: operation.to_owned(),
            result: result.map(str::to_owned),
            stale_since: None,
            overwrites: None,
            ..sample::lost_update(1).steps[0].clone()
        };
        for (operation, result, told) in [
            ("lock account 0", None, "A takes account 0."),
            ("lock door again", None, "A wakes up and has door again."),
            ("notify_one bell", Some("nobody"), "nobody is woken."),
            ("notify_all bell", Some("B C"), "wakes B C."),
            ("swap lock true", Some("false"), "A does swap lock true and gets: false."),
            ("enter room", None, "A goes into room."),
        ] {
            let text = sentence(&step(operation, result), Some("A"));
            assert!(text.contains(told), "{text}");
        }
    }
}
