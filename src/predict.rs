//! `--predict`: which of these outcomes can happen? The question, the answer, and its grades.

use std::collections::BTreeSet;

use conclab_engine::report::{Count, Interleaving};
use conclab_kit::report::Exploration;
use serde::Serialize;

use crate::found::Explored;

/// Most outcomes that are asked about: more are not weighed, but guessed.
const CANDIDATES_MAX: usize = 9;

/// An outcome that is asked about.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Candidate {
    /// The outcome.
    pub(crate) outcome: String,
    /// Whether some interleaving ends so.
    pub(crate) possible: bool,
    /// How many do.
    pub(crate) interleavings: Count,
    /// How likely that is under the fair random scheduler.
    pub(crate) odds: f64,
}

/// The outcomes to ask about, in an order that says nothing about them: numbers by size, then
/// words. `others` are what other variants of the same size end in.
///
/// A lab declares classes of outcomes, not a list of them. So what cannot happen is taken from the
/// other variants, from the numbers next to those that can, and from what any program that shares
/// something may be suspected of: a deadlock.
pub(crate) fn candidates(report: &Exploration, others: &[String]) -> Vec<Candidate> {
    let possible = report.outcomes.iter().map(|one| one.outcome.clone());
    let mut all: BTreeSet<String> = possible.clone().chain(others.iter().cloned()).collect();
    all.insert("deadlock".to_owned());
    let numbers: Option<Vec<u64>> = possible.map(|outcome| outcome.parse().ok()).collect();
    if let Some(numbers) = numbers {
        let next = numbers.iter().max().and_then(|most| most.checked_add(1));
        let previous = numbers.iter().min().and_then(|least| least.checked_sub(1));
        all.extend([next, previous].into_iter().flatten().map(|number| number.to_string()));
    }
    let mut all: Vec<String> = all.into_iter().collect();
    all.sort_by_key(|outcome| outcome.parse::<u64>().unwrap_or(u64::MAX));
    few(all).into_iter().map(|outcome| candidate(outcome, report)).collect()
}

/// Of many the first, the last, and those evenly between them.
fn few(all: Vec<String>) -> Vec<String> {
    let last = all.len().saturating_sub(1);
    if last < CANDIDATES_MAX {
        return all;
    }
    let steps = CANDIDATES_MAX - 1;
    (0..=steps).map(|step| all[last * step / steps].clone()).collect()
}

fn candidate(outcome: String, report: &Exploration) -> Candidate {
    let found = report.outcomes.iter().find(|one| one.outcome == outcome);
    Candidate {
        possible: found.is_some(),
        interleavings: found.map_or(Count::Exactly(0_u32.into()), |one| one.interleavings.clone()),
        odds: found.and_then(|one| one.odds).unwrap_or(0.0),
        outcome,
    }
}

/// What an outcome is called: a letter, because many outcomes are numbers.
pub(crate) fn letter(place: usize) -> char {
    u8::try_from(place).ok().and_then(|place| b'a'.checked_add(place)).map_or('?', char::from)
}

/// Reads an answer: the letters of those that can happen, or `none`.
///
/// # Errors
/// Says what to type instead.
pub(crate) fn answer(line: &str, of: usize) -> Result<Vec<bool>, String> {
    let mut chosen = vec![false; of];
    let words = line.split(|c: char| c.is_whitespace() || c == ',' || c == ';');
    let words: Vec<_> = words.filter(|word| !word.is_empty()).collect();
    match words.as_slice() {
        [] => return Err("Type the letters of those that can happen, such as a c.".into()),
        [word] if word.eq_ignore_ascii_case("none") => return Ok(chosen),
        _ => {}
    }
    for word in words {
        let places = word.chars().map(|c| (0..of).find(|n| letter(*n) == c.to_ascii_lowercase()));
        let Some(places) = places.collect::<Option<Vec<_>>>() else {
            let (word, last) = (crate::play::echo(word), letter(of.saturating_sub(1)));
            return Err(format!("`{word}` is not one of the letters a to {last}."));
        };
        for place in places {
            chosen[place] = true;
        }
    }
    Ok(chosen)
}

/// A candidate with what was answered.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    /// The outcome.
    pub(crate) candidate: Candidate,
    /// Whether it was said to be possible.
    pub(crate) chosen: bool,
    /// The simplest interleaving with it, if it was overlooked.
    pub(crate) shown: Option<Interleaving>,
}

impl Item {
    /// Whether the answer is right.
    pub(crate) fn right(&self) -> bool {
        self.chosen == self.candidate.possible
    }
}

/// An answer with its grades.
#[derive(Clone, Debug)]
pub(crate) struct Graded {
    /// What the explorer found.
    pub(crate) explored: Explored,
    /// The outcomes that were asked about.
    pub(crate) items: Vec<Item>,
}

impl Graded {
    /// How many answers are right.
    pub(crate) fn right(&self) -> usize {
        self.items.iter().filter(|item| item.right()).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::found::sample;

    #[test]
    fn what_can_happen_is_asked_among_what_cannot() {
        let report = sample::race_explored(0).report;
        let asked = candidates(&report, &["livelock".to_owned(), "2".to_owned()]);
        let told: Vec<_> = asked.iter().map(|one| (one.outcome.as_str(), one.possible)).collect();
        let wanted = [("0", false), ("1", true), ("2", true), ("3", false)];
        assert_eq!(told[..4], wanted);
        assert_eq!(told[4..], [("deadlock", false), ("livelock", false)]);
    }

    #[test]
    fn of_many_outcomes_a_few_are_asked() {
        let others: Vec<_> = (0..1000).map(|number| number.to_string()).collect();
        let asked = candidates(&sample::race_explored(0).report, &others);
        assert_eq!(asked.len(), CANDIDATES_MAX);
        assert_eq!(asked[0].outcome, "0");
        assert_eq!(asked[CANDIDATES_MAX - 1].outcome, "deadlock");
    }

    #[test]
    fn an_answer_is_read_or_what_is_wrong_with_it_is_said() {
        for both in ["a c\n", "C,a;a", "ac", "CA"] {
            assert_eq!(answer(both, 3), Ok(vec![true, false, true]), "{both}");
        }
        assert_eq!(answer(" None\n", 2), Ok(vec![false, false]));
        let long = "d".repeat(100_000);
        for wrong in
            ["", "  ", "d", "none a", "1", "0", "a 1", "a-c", "á", "\u{fffd}\u{1b}[2J", &long]
        {
            let why = answer(wrong, 3).expect_err("it is no answer");
            assert!(why.len() < 100 && !why.contains('\u{1b}'), "{why}");
        }
    }
}
