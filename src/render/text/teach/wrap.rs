//! Breaks text in several inks into lines.

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use crate::screen::Screen;
use crate::teach::{Ink, Line, Span, words};

/// A word, with whether a line must end before it.
struct Word {
    spans: Line,
    on_new_line: bool,
}

/// The text in lines of at most `width` columns; the space between words in one ink has it, too.
pub(super) fn wrapped(spans: &[Span], width: usize, screen: &Screen) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    // Columns of the last line: to measure it for each word takes for ever on a line without end.
    let mut used = 0;
    for word in split(spans, screen) {
        let wide = columns(&word.spans);
        match lines.last_mut() {
            Some(line) if !word.on_new_line && used + 1 + wide <= width => {
                used += 1 + wide;
                let (before, after) = (line.last(), word.spans.first());
                let ink = before.map(|span| span.ink);
                let same = ink == after.map(|span| span.ink);
                push(line, " ", ink.filter(|_| same).unwrap_or(Ink::Plain));
                for span in word.spans {
                    push(line, &span.text, span.ink);
                }
            }
            _ => {
                lines.extend(broken(&word.spans, width));
                used = lines.last().map_or(0, |line| columns(line));
            }
        }
    }
    lines
}

/// A line in pieces of at most so many columns, wherever they end.
pub(super) fn broken(line: &[Span], width: usize) -> Vec<Line> {
    let mut lines = vec![Line::new()];
    let mut used = 0;
    for span in line {
        for c in span.text.chars() {
            let wide = c.width().unwrap_or(0);
            if used > 0 && used + wide > width {
                lines.push(Line::new());
                used = 0;
            }
            used += wide;
            let last = lines.last_mut().expect("there is always one");
            push(last, c.encode_utf8(&mut [0; 4]), span.ink);
        }
    }
    lines
}

/// Columns of a line.
pub(super) fn columns(line: &[Span]) -> usize {
    words(line).width()
}

fn split(spans: &[Span], screen: &Screen) -> Vec<Word> {
    let mut found: Vec<Word> = Vec::new();
    let mut ended = true;
    let mut on_new_line = false;
    for span in spans {
        let text = if screen.ascii { screen.plain(&latin(&span.text)) } else { span.text.clone() };
        let text = if span.ink == Ink::Code { format!("`{text}`") } else { text };
        for c in text.chars() {
            if c == ' ' || c == '\n' {
                ended = true;
                on_new_line |= c == '\n';
                continue;
            }
            if std::mem::take(&mut ended) {
                let on_new_line = std::mem::take(&mut on_new_line);
                found.push(Word { spans: Line::new(), on_new_line });
            }
            let word = found.last_mut().expect("one has begun");
            push(&mut word.spans, c.encode_utf8(&mut [0; 4]), span.ink);
        }
    }
    found
}

/// The text without words in brackets that ASCII has no letter for: terms in another language.
fn latin(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(" (") {
        out += before;
        let Some((inside, after)) = after.split_once(')') else {
            return out + " (" + after;
        };
        if inside.is_ascii() || inside.contains(|c: char| c.is_ascii_alphanumeric()) {
            out = out + " (" + inside + ")";
        }
        rest = after;
    }
    out + rest
}

/// Adds text to a line.
pub(super) fn push(line: &mut Line, text: &str, ink: Ink) {
    match line.last_mut() {
        Some(last) if last.ink == ink => last.text.push_str(text),
        _ => line.push(Span::new(text, ink)),
    }
}

/// Lines behind a mark, which stands in the first one only.
pub(super) fn behind(mark: &str, lines: Vec<Line>) -> Vec<Line> {
    let gap = " ".repeat(mark.width());
    let put = |(n, mut line): (usize, Line)| {
        if !line.is_empty() {
            let mark = if n == 0 { mark } else { &gap };
            line.insert(0, Span::new(mark, Ink::Plain));
        }
        line
    };
    lines.into_iter().enumerate().map(put).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Screen = Screen::PLAIN;

    fn set(spans: &[Span], width: usize) -> Vec<String> {
        wrapped(spans, width, &PLAIN).iter().map(|line| words(line)).collect()
    }

    #[test]
    fn words_of_several_inks_stay_together() {
        let text = [
            Span::new("run ", Ink::Plain),
            Span::new("a b", Ink::Code),
            Span::new(", then", Ink::Strong),
        ];
        assert_eq!(set(&text, 9), ["run `a", "b`, then"]);
    }

    #[test]
    fn a_term_in_another_script_is_left_out_of_ascii() {
        let ascii = Screen { ascii: true, ..PLAIN };
        let text = [Span::new("a lost update (갱신 손실), seen (here) 2 × (once", Ink::Plain)];
        let lines = wrapped(&text, 80, &ascii);
        assert_eq!(words(&lines[0]), "a lost update, seen (here) 2 x (once");
    }

    #[test]
    fn a_wide_word_is_broken_and_a_break_is_one() {
        assert_eq!(set(&[Span::new("123456 78\n9", Ink::Plain)], 4), ["1234", "56", "78", "9"]);
        assert_eq!(set(&[Span::new("교착 상태", Ink::Plain)], 5), ["교착", "상태"]);
    }
}
