//! Numbers and verdicts in words.

use conclab_engine::report::{Count, Interleaving, Limit, MemoryModel};
use conclab_kit::report::Verdict;
use num_bigint::BigUint;

use super::page::Paint;

/// A number of digits with a comma after every three: `137,846,528,820`.
pub(super) fn grouped(digits: &str) -> String {
    let mut out = String::new();
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A number with a comma after every three digits.
pub(super) fn thousands(number: u64) -> String {
    grouped(&number.to_string())
}

/// Digits that are shown in full; more than a line can hold are rounded.
const DIGITS: usize = 24;

/// The same where a line must hold several.
const DIGITS_FEW: usize = 15;

/// A number of interleavings, short enough for a line: `6`, `1.23e456`, `unbounded`.
pub(super) fn count(count: &Count) -> String {
    within(count, DIGITS)
}

/// The same for a crowded line.
pub(super) fn short_count(count: &Count) -> String {
    within(count, DIGITS_FEW)
}

/// A whole number, short enough for a line.
pub(super) fn digits(number: &BigUint) -> String {
    rounded(number, DIGITS)
}

fn within(count: &Count, digits_max: usize) -> String {
    match count {
        Count::Exactly(number) => rounded(number, digits_max),
        Count::Unbounded => "unbounded".to_owned(),
    }
}

fn rounded(number: &BigUint, digits_max: usize) -> String {
    let digits = number.to_string();
    if digits.len() <= digits_max {
        return grouped(&digits);
    }
    format!("{}.{}e{}", &digits[..1], &digits[1..3], digits.len() - 1)
}

/// `1 interleaving`, `6 interleavings`.
pub(super) fn interleavings(number: &Count) -> String {
    let s = if is_one(number) { "" } else { "s" };
    format!("{} interleaving{s}", count(number))
}

/// Whether there is exactly one.
pub(super) fn is_one(number: &Count) -> bool {
    matches!(number, Count::Exactly(number) if number.to_string() == "1")
}

/// `interleaving 3 of 6`: its number among those that have one, if it has.
pub(in crate::render) fn number(run: &Interleaving) -> Option<String> {
    let (n, of) = (grouped(run.schedule.as_ref()?), grouped(run.of.as_ref()?));
    Some(if run.cyclic {
        format!("interleaving {n} of the {of} that do not go round")
    } else {
        format!("interleaving {n} of {of}")
    })
}

/// `decided after step 2: …`, unless that is the beginning or the end.
pub(super) fn decided(run: &Interleaving) -> Option<String> {
    let step = run.decided.filter(|step| (1..run.steps.len()).contains(step))?;
    Some(format!("decided after step {step}: no way on from there ends otherwise"))
}

/// What a sum of chances that is 1 on paper comes to with rounding.
const CERTAIN: f64 = 1.0 - 1e-9;

/// A chance from 0 to 1, to three digits.
pub(super) fn odds(odds: f64) -> String {
    if odds <= 0.0 {
        "0".to_owned()
    } else if odds >= CERTAIN {
        "1".to_owned()
    } else if odds < 0.001 {
        format!("{odds:.1e}")
    } else {
        format!("{odds:.3}")
    }
}

/// A measured figure, to about two digits after the first.
pub(super) fn figure(value: f64) -> String {
    if value < 10.0 { format!("{value:.1}") } else { grouped(&format!("{value:.0}")) }
}

/// A span of time: `51 µs`, `3.8 s`.
pub(super) fn elapsed(ns: u64) -> String {
    let ns = ns as f64;
    if ns < 1e6 {
        format!("{:.0} µs", (ns / 1e3).ceil())
    } else if ns < 1e9 {
        format!("{:.1} ms", ns / 1e6)
    } else {
        format!("{:.1} s", ns / 1e9)
    }
}

/// A verdict in a word, and its paint.
pub(super) fn verdict(verdict: Verdict) -> (&'static str, Paint) {
    match verdict {
        Verdict::Proved => ("proved", Paint::Good),
        Verdict::Refuted => ("refuted", Paint::Bad),
        Verdict::NotExhausted => ("open", Paint::Open),
    }
}

/// The memory model that a verdict is about.
pub(super) fn memory(model: MemoryModel) -> &'static str {
    match model {
        MemoryModel::SequentiallyConsistent => "sequentially consistent memory",
    }
}

/// Which budget ran out, in words.
pub(super) fn limit(limit: Limit) -> &'static str {
    match limit {
        Limit::States => "the budget of states was used up",
        Limit::Memory => "the budget of memory was used up",
        Limit::Time => "the time was over",
        Limit::Interrupted => "interrupted",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_come_in_threes() {
        assert_eq!(thousands(6), "6");
        assert_eq!(thousands(999), "999");
        assert_eq!(thousands(4_191_662_282_365_998_720), "4,191,662,282,365,998,720");
    }

    #[test]
    fn a_number_wider_than_a_line_is_rounded() {
        assert_eq!(count(&Count::Exactly(BigUint::from(10_u32).pow(100))), "1.00e100");
        assert_eq!(count(&Count::Unbounded), "unbounded");
    }

    #[test]
    fn odds_keep_three_digits() {
        assert_eq!(odds(2.0 / 3.0), "0.667");
        assert_eq!(odds(0.0), "0");
        assert_eq!(odds(1.26e-9), "1.3e-9");
    }

    #[test]
    fn figures_keep_two_digits_or_more() {
        assert_eq!(figure(0.61), "0.6");
        assert_eq!(figure(21.3), "21");
        assert_eq!(figure(1234.5), "1,234");
    }
}
