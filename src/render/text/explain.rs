//! `conclab replay --explain`: an interleaving told in sentences.

use conclab_engine::report::{Interleaving, Step};
use conclab_kit::lab::Expected;
use conclab_kit::report::Expectation;

use super::fold::{Row, fold, span};
use super::page::indented;
use super::short::parts;
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

/// What a step does, without who.
fn done(step: &Step) -> String {
    let (verb, rest) = step.operation.split_once(' ').unwrap_or((&step.operation, ""));
    let result = step.result.as_deref();
    let of_kind = atomic(step).or_else(|| attempt(verb, rest, result));
    of_kind.or_else(|| channel(step)).unwrap_or_else(|| match (verb, result) {
        ("lock", Some("taken again")) => format!("wakes up and has {rest} again."),
        ("lock", _) => match rest.strip_suffix(" again") {
            Some(lock) => format!("wakes up and has {lock} again."),
            None => format!("takes {rest}."),
        },
        ("read", _) => format!("takes {rest} for reading."),
        ("write", _) => format!("takes {rest} for writing."),
        ("unlock", _) => format!("gives {rest} back."),
        ("wait", _) => format!("falls asleep in {rest} and gives the lock back."),
        ("wake", _) => "wakes up though nobody woke it.".to_owned(),
        ("notify_one" | "notify_all" | "wake_one" | "wake_all", Some("nobody")) => {
            format!("signals {rest}; nobody sleeps there, so nobody is woken.")
        }
        ("notify_one" | "notify_all" | "wake_one" | "wake_all", Some(woken)) => {
            format!("signals {rest} and wakes {woken}.")
        }
        ("acquire", _) => format!("takes a permit of {rest}."),
        ("release", _) => match parts(step) {
            (_, name, "") => format!("gives a permit of {name} back."),
            (_, name, n) => format!("gives {n} permits of {name} back."),
        },
        ("enter", _) => format!("goes into {rest}."),
        ("leave", _) => format!("leaves {rest}."),
        ("arrive", Some(_)) => format!("arrives {rest} as the last and opens it."),
        ("arrive", None) => format!("arrives {rest}; others are still to come."),
        ("pass", _) => format!("goes on from {rest}."),
        (_, Some(result)) => format!("does {} and gets: {result}.", step.operation),
        (_, None) => format!("does {}.", step.operation),
    })
}

/// What is done to an atomic.
fn atomic(step: &Step) -> Option<String> {
    let (verb, name, operand) = parts(step);
    let result = step.result.as_deref();
    if verb == "store" {
        return Some(stored(step, name, operand));
    }
    Some(match (verb, result?) {
        ("load", value) => format!("reads {name}: {value}."),
        ("fetch_add", was) => format!("adds {operand} to {name}, which was {was}."),
        ("fetch_sub", was) => format!("takes {operand} off {name}, which was {was}."),
        ("fetch_max", was) => format!("raises {name} to {operand} or more; it was {was}."),
        ("fetch_min", was) => format!("lowers {name} to {operand} or less; it was {was}."),
        ("fetch_and" | "fetch_or" | "fetch_xor", was) => {
            let (_, how) = verb.split_once('_').unwrap_or_default();
            format!("combines {name} with {operand} by {how}; it was {was}.")
        }
        ("swap", was) => format!("writes {operand} to {name} and in the same step reads {was}."),
        ("compare_exchange", given) => {
            let (expected, new) = operand.split_once(' ')?;
            match given.strip_prefix("failed, was ") {
                Some(was) => format!(
                    "wants to change {name} from {expected} to {new}, but it is {was}: it stays so."
                ),
                None => format!("finds {expected} in {name} and changes it to {new} in one step."),
            }
        }
        _ => return None,
    })
}

/// What is done only if it can be done at once.
fn attempt(verb: &str, rest: &str, result: Option<&str>) -> Option<String> {
    let what = match verb {
        "try_lock" => format!("take {rest}"),
        "try_read" => format!("take {rest} for reading"),
        "try_write" => format!("take {rest} for writing"),
        "try_acquire" => format!("take a permit of {rest}"),
        _ => return None,
    };
    let end = match result {
        Some("would block") => "cannot: it does not wait for it",
        _ => "can",
    };
    Some(format!("tries to {what} and {end}."))
}

/// What is done to a channel, or by somebody who sleeps on an atomic.
fn channel(step: &Step) -> Option<String> {
    let (verb, name, value) = parts(step);
    let rest = step.operation.strip_prefix(verb)?.trim_start();
    let to_end = || rest.rsplit_once(" of ").map_or(rest, |(_, name)| name);
    Some(match (verb, step.result.as_deref()) {
        ("send" | "try_send", None) => format!("sends {value} into {name}."),
        ("try_send", Some("would block")) => {
            format!("tries to send {value} into {name}, which is full.")
        }
        ("send" | "try_send", Some("disconnected")) => {
            format!("wants to send {value} into {name}, but nobody receives any more.")
        }
        ("recv" | "try_recv", Some("would block")) => {
            format!("looks for a message in {name}, which is empty.")
        }
        ("recv" | "try_recv", Some("disconnected")) => {
            format!("finds {name} empty, and nobody sends any more.")
        }
        ("recv" | "try_recv", Some(value)) => format!("receives {value} from {name}."),
        ("clone", _) => format!("makes one more sender of {}.", to_end()),
        ("drop", _) if rest.starts_with("sender") => {
            format!("gives a sender of {} up.", to_end())
        }
        ("drop", _) => format!("gives the receiver of {} up.", to_end()),
        ("sleep", given) => {
            let (object, value) = rest.strip_prefix("on ")?.rsplit_once(" if ")?;
            match given {
                Some(_) => format!(
                    "wants to sleep while {object} is {value}, but it is not, and stays awake."
                ),
                None => format!("sees that {object} is {value} and in the same step falls asleep."),
            }
        }
        _ => return None,
    })
}

/// A store; one after a read that is out of date destroys a change.
fn stored(step: &Step, object: &str, value: &str) -> String {
    let Some(since) = step.stale_since else { return format!("writes {value} to {object}.") };
    let by = step.overwrites.as_deref().unwrap_or("another thread");
    format!(
        "writes {value} to {object}. It has not looked at {object} since step {since}, and {by} \
         has changed {object} since then: {by}'s change is lost."
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::found::sample;

    const PLAIN: Screen = Screen::PLAIN;

    #[test]
    fn a_lost_update_is_told_in_sentences() {
        let run = Interleaving { decided: Some(2), ..sample::lost_update(1) };
        let wanted = [
            "1  A reads counter: 0.",
            "2  B takes over and reads counter: 0.",
            "   It is decided: no way on from here ends otherwise.",
            "3  B writes 1 to counter.",
            "4  A takes over and writes 1 to counter. It has not looked at counter since step",
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
        let was = Some("4");
        let (busy, gone) = (Some("would block"), Some("disconnected"));
        for (operation, result, told) in [
            ("lock account 0", None, "A takes account 0."),
            ("lock door again", None, "A wakes up and has door again."),
            ("notify_one bell", Some("nobody"), "nobody is woken."),
            ("notify_all bell", Some("B C"), "wakes B C."),
            ("swap counter 1", Some("0"), "A writes 1 to counter and in the same step reads 0."),
            ("enter room", None, "A goes into room."),
            ("try_lock account 0", busy, "tries to take account 0 and cannot: it does not wait"),
            ("try_lock account 0", Some("taken"), "tries to take account 0 and can."),
            ("try_acquire seats", busy, "tries to take a permit of seats and cannot"),
            ("release counter 2", None, "gives 2 permits of counter back."),
            ("read book", None, "takes book for reading."),
            ("arrive at gate", Some("last: opens it"), "arrives at gate as the last and opens it."),
            ("arrive at gate", None, "arrives at gate; others are still to come."),
            ("fetch_add counter 2", was, "adds 2 to counter, which was 4."),
            ("fetch_sub counter 2", was, "takes 2 off counter, which was 4."),
            ("fetch_max counter 9", was, "raises counter to 9 or more; it was 4."),
            ("fetch_xor counter 9", was, "combines counter with 9 by xor; it was 4."),
            (
                "compare_exchange counter 0 1",
                Some("failed, was 4"),
                "wants to change counter from 0 to 1, but it is 4: it stays so.",
            ),
            (
                "compare_exchange counter 0 1",
                Some("done, was 0"),
                "finds 0 in counter and changes it to 1 in one step.",
            ),
            ("sleep on counter if 2", None, "sees that counter is 2 and in the same step falls"),
            ("sleep on counter if 2", Some("it has another value"), "but it is not, and stays"),
            ("wake up spuriously", None, "wakes up though nobody woke it."),
            ("send counter 7", None, "sends 7 into counter."),
            ("try_send counter 7", busy, "tries to send 7 into counter, which is full."),
            ("send counter 7", gone, "but nobody receives any more."),
            ("recv tasks", was, "receives 4 from tasks."),
            ("recv tasks", gone, "finds tasks empty, and nobody sends any more."),
            ("drop sender of tasks", None, "gives a sender of tasks up."),
        ] {
            let text = sentence(&step(operation, result), Some("A"));
            assert!(text.contains(told), "{text}");
        }
    }
}
