//! `conclab replay --explain`: an interleaving told in sentences.

use conclab_engine::report::{Interleaving, Step};

use super::page::indented;
use super::words;
use crate::screen::Screen;

/// Columns of a step's number and what separates it from its sentence.
const LEFT: usize = 2;

/// A sentence for every step up to `rows_max` of them: who does what, what was already stale, and
/// after which step the end is decided.
pub(super) fn sentences(run: &Interleaving, rows_max: usize, screen: &Screen) -> Vec<String> {
    let digits = run.steps.len().to_string().len();
    let mut lines = Vec::new();
    let hidden = run.steps.len().saturating_sub(rows_max);
    // Of a long one the beginning says little: all that it leads to is at the end.
    for (n, step) in run.steps.iter().enumerate().skip(hidden) {
        let before = n.checked_sub(1).map(|before| &run.steps[before]);
        let text = sentence(step, before.map(|before| before.thread.as_str()));
        let left = digits + LEFT;
        let wrapped = screen.wrap(&text, screen.width.saturating_sub(left).max(20));
        for (row, text) in wrapped.into_iter().enumerate() {
            let number = if row == 0 { step.step.to_string() } else { String::new() };
            lines.push(format!("{}{:LEFT$}{text}", screen.number(&number, digits), ""));
        }
        if run.decided == Some(step.step) && step.step < run.steps.len() {
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
