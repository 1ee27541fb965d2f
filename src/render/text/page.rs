//! What all text is made of: widths, cuts, wrapping, paint, and the ASCII alphabet.

use anstyle::{AnsiColor, Style};
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use crate::screen::Screen;

/// What a verdict or a heading is painted as; the words say it too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Paint {
    /// A heading.
    Head,
    /// Good news.
    Good,
    /// Bad news.
    Bad,
    /// Neither yes nor no.
    Open,
}

impl Screen {
    /// The text in the screen's alphabet. Lay out only what went through here: the ASCII way to
    /// write a character can be wider.
    pub(super) fn plain(&self, text: &str) -> String {
        if self.ascii { ascii_only(text) } else { text.to_owned() }
    }

    /// The text with paint on it, if the screen has colours.
    pub(super) fn paint(&self, text: &str, paint: Paint) -> String {
        if !self.colour || text.is_empty() {
            return text.to_owned();
        }
        let bold = Style::new().bold();
        let style = match paint {
            Paint::Head => bold,
            Paint::Good => bold.fg_color(Some(AnsiColor::Green.into())),
            Paint::Bad => bold.fg_color(Some(AnsiColor::Red.into())),
            Paint::Open => bold.fg_color(Some(AnsiColor::Yellow.into())),
        };
        format!("{style}{text}{style:#}")
    }

    /// The text, cut with an ellipsis if it is wider than `width` columns.
    pub(super) fn cut(&self, text: &str, width: usize) -> String {
        let text = self.plain(text);
        if text.width() <= width {
            return text;
        }
        let ellipsis = self.plain("…");
        let room = width.saturating_sub(ellipsis.width());
        let mut used = 0;
        let fits = |c: &char| {
            used += c.width().unwrap_or(0);
            used <= room
        };
        let head: String = text.chars().take_while(fits).collect();
        let whole = head + &ellipsis;
        whole.chars().take(width).collect()
    }

    /// The text cut or filled up to exactly `width` columns, to the left.
    pub(super) fn cell(&self, text: &str, width: usize) -> String {
        let text = self.cut(text, width);
        let gap = width - text.width().min(width);
        text + &" ".repeat(gap)
    }

    /// The same, to the right.
    pub(super) fn number(&self, text: &str, width: usize) -> String {
        let text = self.cut(text, width);
        " ".repeat(width - text.width().min(width)) + &text
    }

    /// Columns that the text takes on this screen.
    pub(crate) fn width_of(&self, text: &str) -> usize {
        self.plain(text).width()
    }

    /// The text in lines of at most `width` columns, broken between words; a word that is wider
    /// (a number of many digits) is broken where the line ends.
    pub(in crate::render) fn wrap(&self, text: &str, width: usize) -> Vec<String> {
        let mut lines = vec![String::new()];
        for word in self.plain(text).split(' ') {
            let mut word = word;
            loop {
                let last = lines.last_mut().expect("there is always a last line");
                let gap = usize::from(!last.is_empty());
                if last.width() + gap + word.width() <= width {
                    last.push_str(&" "[..gap]);
                    last.push_str(word);
                    break;
                }
                if !last.is_empty() {
                    lines.push(String::new());
                    continue;
                }
                let (head, tail) = word.split_at(fitting(word, width));
                last.push_str(head);
                word = tail;
                if word.is_empty() {
                    break;
                }
                lines.push(String::new());
            }
        }
        lines
    }

    /// Items side by side, as many in a line as fit.
    pub(super) fn flow(&self, items: &[String], gap: &str, width: usize) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        for item in items {
            let item = self.cut(item, width);
            match lines.last_mut() {
                Some(line) if line.width() + gap.width() + item.width() <= width => {
                    line.push_str(gap);
                    line.push_str(&item);
                }
                _ => lines.push(item),
            }
        }
        lines.iter().map(|line| line.trim_end().to_owned()).collect()
    }
}

/// Where to break a word that is wider than a line: after at least one character.
fn fitting(word: &str, width: usize) -> usize {
    let mut used = 0;
    let beyond = word.char_indices().find(|(at, c)| {
        used += c.width().unwrap_or(0);
        *at > 0 && used > width
    });
    beyond.map_or(word.len(), |(at, _)| at)
}

/// Columns of the margin that holds the section heads of a demo.
pub(super) const MARGIN: usize = 7;

/// Puts a head (`WHY`) into the margin of its lines.
pub(super) fn section(head: &str, lines: Vec<String>, screen: &Screen) -> Vec<String> {
    let put = |(n, line): (usize, String)| {
        let head = if n == 0 { head } else { "" };
        let gap = " ".repeat(MARGIN - head.len());
        format!("{}{gap}{line}", screen.paint(head, Paint::Head)).trim_end().to_owned()
    };
    lines.into_iter().enumerate().map(put).collect()
}

/// Lines as one text. Whatever slipped through unplain is made ASCII here.
pub(super) fn joined(lines: &[String], screen: &Screen) -> String {
    let mut text = String::new();
    for line in lines {
        text += &screen.plain(line);
        text += "\n";
    }
    text
}

/// Lines moved to the right.
pub(super) fn indented(lines: Vec<String>, columns: usize) -> Vec<String> {
    let gap = " ".repeat(columns);
    lines.into_iter().map(|line| format!("{gap}{line}").trim_end().to_owned()).collect()
}

/// The text in ASCII.
pub(super) fn ascii_only(text: &str) -> String {
    text.chars().map(ascii).collect()
}

/// A character in ASCII; one that has no substitute becomes a question mark.
fn ascii(c: char) -> String {
    match c {
        '→' => "->".to_owned(),
        '←' => "<-".to_owned(),
        '…' => "...".to_owned(),
        '×' => "x".to_owned(),
        '·' | '–' | '—' | '─' => "-".to_owned(),
        '±' => "+/-".to_owned(),
        'µ' => "u".to_owned(),
        '≤' => "<=".to_owned(),
        '≥' => ">=".to_owned(),
        '✓' => "[x]".to_owned(),
        '✗' => "[ ]".to_owned(),
        '┌' | '┐' | '└' | '┘' => "+".to_owned(),
        '│' => "|".to_owned(),
        '‘' | '’' => "'".to_owned(),
        '“' | '”' => "\"".to_owned(),
        c if c.is_ascii() => c.to_string(),
        _ => "?".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Screen = Screen::PLAIN;
    const ASCII: Screen = Screen { ascii: true, ..PLAIN };

    #[test]
    fn a_cut_is_never_wider_than_asked() {
        for width in 0..12 {
            assert!(PLAIN.cut("자물쇠 → lock", width).width() <= width);
            assert!(ASCII.cut("a → b … and so on", width).width() <= width);
        }
        assert_eq!(PLAIN.cut("lock account 0", 9), "lock acc…");
        assert_eq!(ASCII.cut("lock account 0", 9), "lock a...");
    }

    #[test]
    fn a_cell_of_korean_text_is_as_wide_as_asked() {
        assert_eq!(PLAIN.cell("자물쇠", 8).width(), 8);
        assert_eq!(PLAIN.cell("자물쇠", 5).width(), 5);
    }

    #[test]
    fn wrapping_breaks_between_words_and_inside_endless_ones() {
        assert_eq!(PLAIN.wrap("one two three", 8), ["one two", "three"]);
        assert_eq!(PLAIN.wrap("123456789", 4), ["1234", "5678", "9"]);
        assert_eq!(PLAIN.wrap("교착 상태입니다", 5), ["교착", "상태", "입니", "다"]);
        assert_eq!(PLAIN.wrap("넓다", 1), ["넓", "다"]);
    }

    #[test]
    fn ascii_is_ascii() {
        assert_eq!(ASCII.plain("A → B ± 2 µs ✓ …"), "A -> B +/- 2 us [x] ...");
        assert!(ASCII.plain("자물쇠").is_ascii());
    }
}
