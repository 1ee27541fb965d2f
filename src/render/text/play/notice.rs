//! What the game says besides its state: hints, help, and what was not understood.

use num_bigint::BigUint;

use crate::play::{Advice, Notice, Phase, Play};
use crate::render::text::words;
use crate::screen::Screen;

/// A notice in lines.
pub(crate) fn notice(notice: &Notice, play: &Play<'_>, screen: &Screen) -> Vec<String> {
    let text = match notice {
        Notice::Help => return help(play.phase(), screen),
        Notice::Unknown(word) => format!("`{word}` means nothing here; ? says what does."),
        Notice::NoChoice(0) => "There is nothing to choose; ? says what can be done.".to_owned(),
        Notice::NoChoice(1) => "There is one choice: 1.".to_owned(),
        Notice::NoChoice(most) => format!("The choices are 1 to {most}."),
        Notice::Beginning => "This is the beginning: there is nothing to undo.".to_owned(),
        Notice::NoHint => "No hint for this one: the explorer tells what is right.".to_owned(),
        Notice::TooLong => "That many steps are enough: u undoes, r begins again.".to_owned(),
        Notice::Trouble(why) => format!("That cannot be explored: {why}"),
        Notice::Advice(advice) => said(advice, play),
    };
    screen.wrap(&text, screen.width)
}

/// A hint in a sentence.
fn said(advice: &Advice, play: &Play<'_>) -> String {
    match advice {
        Advice::Count { failing, of } => {
            let one = BigUint::from(1_u32);
            let s = if *of == one { "" } else { "s" };
            let verb = if *of == one || *failing == one { "fails" } else { "fail" };
            let (failing, of) = (words::digits(failing), words::digits(of));
            format!("Hint 1 of 3: from here {failing} of {of} continuation{s} still {verb}.")
        }
        Advice::Uncounted { all: true, .. } => {
            "Hint 1 of 3: from here every continuation fails.".to_owned()
        }
        Advice::Uncounted { some: true, .. } => {
            "Hint 1 of 3: from here some continuations still fail, and some do not.".to_owned()
        }
        Advice::Uncounted { .. } => "Hint 1 of 3: from here no continuation fails.".to_owned(),
        Advice::Thread(thread) => format!("Hint 2 of 3: let {thread} go next."),
        Advice::Move(number) => {
            let one = number.checked_sub(1).and_then(|index| play.here().moves.get(index));
            let what = one.map(|one| format!(": {} {}", one.thread, one.operation));
            format!("Hint 3 of 3: choose {number}{}.", what.unwrap_or_default())
        }
        Advice::Back(1) => "No continuation fails any more: undo the last step with u.".to_owned(),
        Advice::Back(steps) => {
            format!("No continuation fails any more: undo {steps} steps with u.")
        }
        Advice::Never => {
            "No continuation fails, from the beginning on: the explorer has tried them all."
                .to_owned()
        }
    }
}

/// What can be typed now.
fn help(phase: Phase, screen: &Screen) -> Vec<String> {
    let number = match phase {
        Phase::Moving => "let this one go next",
        Phase::Failed | Phase::Refuted => "choose this repair; the explorer judges it",
        Phase::Ended | Phase::Proved => "",
    };
    let all = [
        ("1, 2, ...", number),
        ("u", "undo: take the last step back"),
        ("h", if phase == Phase::Moving { "hint; again for a plainer one" } else { "" }),
        ("x", "show the source at every thread, or hide it"),
        ("p", if phase == Phase::Refuted { "play this counterexample through" } else { "" }),
        ("r", "restart from the beginning"),
        ("Enter", "show where the game stands"),
        ("q", "quit"),
    ];
    let known = all.iter().filter(|(_, does)| !does.is_empty());
    known.map(|(key, does)| screen.cut(&format!("  {key:9}  {does}"), screen.width)).collect()
}
