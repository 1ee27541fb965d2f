//! What a player can say, and how it is typed.

/// Characters of a word that is repeated in an answer.
const WORD_MAX: usize = 20;

/// What a player says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Input {
    /// The choice with this number, from 1.
    Choose(usize),
    /// Take the last step back.
    Undo,
    /// A hint, or a plainer one.
    Hint,
    /// Show the source, or hide it.
    Source,
    /// Begin again.
    Restart,
    /// Play the counterexample through.
    Play,
    /// What can be typed?
    Help,
    /// Show where the game stands.
    Look,
    /// Enough.
    Quit,
    /// Something that means nothing here.
    Other(String),
}

impl Input {
    /// Reads a line.
    pub(crate) fn read(line: &str) -> Self {
        let word = line.trim();
        if !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit()) {
            return word.parse().map_or_else(|_| Self::other(word), Self::Choose);
        }
        match word.to_ascii_lowercase().as_str() {
            "u" | "undo" => Self::Undo,
            "h" | "hint" => Self::Hint,
            "x" | "source" => Self::Source,
            "r" | "restart" => Self::Restart,
            "p" | "play" => Self::Play,
            "?" | "help" => Self::Help,
            "" => Self::Look,
            "q" | "quit" | "exit" => Self::Quit,
            _ => Self::other(word),
        }
    }

    fn other(word: &str) -> Self {
        Self::Other(echo(word))
    }
}

/// A word as it can be repeated on a screen: short, and without control characters.
pub(crate) fn echo(word: &str) -> String {
    let mut chars = word.chars().map(|c| if c.is_control() { '?' } else { c });
    let mut text: String = chars.by_ref().take(WORD_MAX).collect();
    if chars.next().is_some() {
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_letters_and_words_are_understood() {
        for (line, input) in [
            ("1", Input::Choose(1)),
            (" 12 \r\n", Input::Choose(12)),
            ("0", Input::Choose(0)),
            ("u", Input::Undo),
            ("Hint", Input::Hint),
            ("\n", Input::Look),
            ("?", Input::Help),
            ("exit", Input::Quit),
        ] {
            assert_eq!(Input::read(line), input, "{line}");
        }
    }

    #[test]
    fn what_is_not_understood_is_repeated_in_short_and_harmlessly() {
        for line in ["-1", "1.5", "+1", "99999999999999999999999", "\u{1b}[2J", "u u", "１"] {
            let Input::Other(said) = Input::read(line) else { panic!("{line} means nothing") };
            assert!(!said.contains('\u{1b}') && said.chars().count() <= WORD_MAX + 1, "{said}");
        }
        let long = "é".repeat(1_000_000);
        assert_eq!(Input::read(&long), Input::Other("é".repeat(WORD_MAX) + "…"));
    }
}
