//! How the labs put numbers into sentences.

use conclab_kit::report::Runs;

/// Writes a number with a comma between groups of three digits: `100,021`.
pub(crate) fn thousands(n: u64) -> String {
    let digits = n.to_string();
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// So many of them: `1 task`, `2,000 tasks`.
pub(crate) fn counted(n: usize, what: &str) -> String {
    format!("{} {what}{}", thousands(n as u64), if n == 1 { "" } else { "s" })
}

/// Says how a sentence about `runs` goes on if some had to be ended; empty if none had.
pub(crate) fn unfinished(runs: &Runs) -> String {
    match runs.unfinished {
        0 => String::new(),
        n => format!("; {} did not end in time", thousands(n)),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use conclab_kit::report::{Runs, Seen};

    use super::{thousands, unfinished};

    /// Runs with these outcomes and nothing else of interest.
    pub(crate) fn runs(outcomes: &[(&str, u64)]) -> Runs {
        let seen = |(outcome, runs): &(&str, u64)| Seen {
            outcome: (*outcome).to_owned(),
            expectation: None,
            shows: None,
            because: None,
            runs: *runs,
        };
        let n_runs = outcomes.iter().map(|(_, runs)| runs).sum();
        Runs {
            lab: String::new(),
            variant: String::new(),
            parameters: conclab_kit::report::Parameters::default(),
            widen: "none".to_owned(),
            runs_asked: n_runs,
            runs: n_runs,
            unfinished: 0,
            outcomes: outcomes.iter().map(seen).collect(),
            wait_for: None,
            cores: 2,
            limit: None,
            elapsed_ns: 0,
        }
    }

    #[test]
    fn unfinished_runs_are_not_forgotten() {
        assert_eq!(unfinished(&runs(&[("1", 3)])), "");
        let cut_short = Runs { unfinished: 1_000, ..runs(&[("1", 3)]) };
        assert_eq!(unfinished(&cut_short), "; 1,000 did not end in time");
    }

    #[test]
    fn digits_are_grouped_from_the_right() {
        let numbers = [0, 7, 999, 1_000, 100_021, 64_000_000];
        let written = ["0", "7", "999", "1,000", "100,021", "64,000,000"];
        assert_eq!(numbers.map(thousands), written);
    }
}
