//! Outcomes as data: a key with values, that the lab has words for.
//!
//! Programs, searches and runs know an outcome by its text. A lab makes that text from a [`Key`]
//! and reads it with the same one, so that no text is taken apart anywhere else.

use serde::Serialize;

/// The outcome of a run in which some threads can never go on.
pub const DEADLOCK: &str = "deadlock";

/// The outcome of a run in which threads go on for ever and nothing comes of it.
pub const LIVELOCK: &str = "livelock";

/// What the outcome of a panic begins with.
const PANIC: &str = "panic: ";

/// One kind of outcome of finished runs.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// Its name, for scripts: `answers`.
    pub name: &'static str,
    /// How it is told, with `{}` for each value: `{} of {} answers`; `{..}` at the end stands for
    /// any number of values.
    pub words: &'static str,
}

/// An outcome as data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Shown {
    /// The name of the key; `deadlock`, `livelock` or `panic` if the run did not finish.
    pub key: &'static str,
    /// The values.
    pub values: Vec<u64>,
}

impl Key {
    /// The outcome with these values, in words.
    pub fn tell(&self, values: impl IntoIterator<Item = u64>) -> String {
        let mut values = values.into_iter();
        let mut text = String::new();
        let mut rest = self.words;
        while let Some((before, after)) = rest.split_once("{}") {
            text.push_str(before);
            text.push_str(&values.next().unwrap_or_default().to_string());
            rest = after;
        }
        let Some(before) = rest.strip_suffix("{..}") else { return text + rest };
        let all: Vec<_> = values.map(|value| value.to_string()).collect();
        format!("{text}{before}{}", all.join(" "))
    }

    /// The values of an outcome in these words; nothing if it is another one.
    pub fn read(&self, outcome: &str) -> Option<Vec<u64>> {
        let (fixed, many) = match self.words.strip_suffix("{..}") {
            Some(fixed) => (fixed, true),
            None => (self.words, false),
        };
        let mut parts = fixed.split("{}");
        let mut rest = outcome.strip_prefix(parts.next()?)?;
        let mut values = Vec::new();
        for part in parts {
            let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
            values.push(rest[..digits].parse().ok()?);
            rest = rest[digits..].strip_prefix(part)?;
        }
        if many {
            let more: Option<Vec<u64>> = rest.split(' ').map(|value| value.parse().ok()).collect();
            values.extend(more?);
            rest = "";
        }
        rest.is_empty().then_some(values)
    }
}

/// An outcome as data; nothing if the lab has no key for it.
pub(crate) fn shown(keys: &'static [Key], outcome: &str) -> Option<Shown> {
    let unfinished = [DEADLOCK, LIVELOCK].into_iter().find(|key| outcome == *key);
    let unfinished = unfinished.or_else(|| outcome.starts_with(PANIC).then_some("panic"));
    if let Some(key) = unfinished {
        return Some(Shown { key, values: Vec::new() });
    }
    let read = |key: &'static Key| Some(Shown { key: key.name, values: key.read(outcome)? });
    keys.iter().find_map(read)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWERS: Key = Key { name: "answers", words: "{} of {} answers" };
    static KEYS: [Key; 2] = [ANSWERS, BALANCES];
    const BALANCES: Key = Key { name: "balances", words: "balances {..}" };

    #[test]
    fn what_was_told_can_be_read() {
        assert_eq!(ANSWERS.tell([2, 3]), "2 of 3 answers");
        assert_eq!(ANSWERS.read("2 of 3 answers"), Some(vec![2, 3]));
        assert_eq!(BALANCES.tell([100, 0, 7]), "balances 100 0 7");
        assert_eq!(BALANCES.read("balances 100 0 7"), Some(vec![100, 0, 7]));
        let number = Key { name: "counter", words: "{}" };
        assert_eq!(number.read(&number.tell([u64::MAX])), Some(vec![u64::MAX]));
    }

    #[test]
    fn what_is_in_other_words_is_not_read() {
        for text in ["", "deadlock", "2 of answers", "2 of 3 answers!", " of 3 answers"] {
            assert_eq!(ANSWERS.read(text), None, "{text}");
        }
        assert_eq!(BALANCES.read("balances 1 x"), None);
        let key = |text| shown(&KEYS, text).map(|shown| shown.key);
        assert_eq!(key("panic: no"), Some("panic"));
        assert_eq!(
            (key("livelock"), key("1 of 1 answers"), key("what")),
            (Some("livelock"), Some("answers"), None)
        );
    }
}
