//! A screen as an SVG: a terminal's window, light or dark as the reader likes it.
//!
//! Every character has its own place, because the font is the reader's: an arrow or a Hangul
//! syllable from a fall-back font is as wide as it likes, and would push the rest of its row out
//! of the column it belongs to. Writers such as anstyle-svg place rows and leave the rest to the
//! font.

use std::fmt::Write as _;

use anyhow::{Context, Result, ensure};
use unicode_width::UnicodeWidthChar as _;

use crate::plot::escape;

/// Columns of the screen.
const COLUMNS: usize = 80;
/// Width of a column in pixels: in nearly every monospaced font 0.6 of the size, which is 15.
const CELL: usize = 9;
/// Height of a row in pixels.
const ROW: usize = 20;
/// Pixels around the screen.
const PADDING: usize = 16;
/// Pixels of the window's bar.
const BAR: usize = 30;
/// Pixels between what was typed and what was printed.
const GAP: usize = 8;

/// Fonts, window and colours. Every colour has a contrast of at least 4.5 to the window.
const STYLE: &str = "\
text { font: 15px ui-monospace, SFMono-Regular, 'Cascadia Mono', Consolas, 'DejaVu Sans Mono', \
'Liberation Mono', Menlo, D2Coding, 'Nanum Gothic Coding', 'Noto Sans Mono CJK KR', monospace; \
white-space: pre; fill: #1f2328 }
.window { fill: #f6f8fa; stroke: #d0d7de }
.dot { fill: #d0d7de }
.bold { font-weight: 700 }
.dim { fill: #59636e }
.red { fill: #cf222e }
.green { fill: #116329 }
.yellow { fill: #7d4e00 }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 }
.window { fill: #161b22; stroke: #3d444d }
.dot { fill: #3d444d }
.dim { fill: #9198a1 }
.red { fill: #ff7b72 }
.green { fill: #56d364 }
.yellow { fill: #e3b341 }
}";

/// How characters look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Look {
    bold: bool,
    colour: Option<&'static str>,
}

impl Look {
    /// Its classes in the style sheet.
    fn classes(self) -> Option<String> {
        let bold = self.bold.then_some("bold");
        let classes: Vec<_> = bold.into_iter().chain(self.colour).collect();
        (!classes.is_empty()).then(|| classes.join(" "))
    }

    /// What a sequence `ESC [ … m` makes of it.
    fn turned(self, codes: &str) -> Result<Self> {
        codes.split(';').try_fold(self, |look, code| {
            Ok(match code {
                "" | "0" => Self::default(),
                "1" => Self { bold: true, ..look },
                "22" => Self { bold: false, ..look },
                "31" => Self { colour: Some("red"), ..look },
                "32" => Self { colour: Some("green"), ..look },
                "33" => Self { colour: Some("yellow"), ..look },
                "39" => Self { colour: None, ..look },
                _ => anyhow::bail!("pictures have no colour or type number {code}: add it"),
            })
        })
    }
}

/// Draws what a command printed.
///
/// # Errors
/// If it is wider than the screen, or has escape sequences that are not for colour and type.
pub(super) fn picture(command: &str, printed: &str) -> Result<String> {
    let mut rows = typed(command);
    let n_typed = rows.len();
    let mut look = Look::default();
    for line in printed.trim_end().lines() {
        let mut row = Row::default();
        look = row.read(line, look)?;
        rows.push(row);
    }
    for row in &rows {
        ensure!(row.columns <= COLUMNS, "wider than {COLUMNS} columns: {}", row.text());
    }
    let width = COLUMNS * CELL + 2 * PADDING;
    let height = BAR + rows.len() * ROW + GAP + PADDING;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
         width=\"{width}\" height=\"{height}\" role=\"img\">\n\
         <title>$ {}</title>\n<style>\n{STYLE}\n</style>\n\
         <rect class=\"window\" x=\"0.5\" y=\"0.5\" width=\"{}\" height=\"{}\" rx=\"8\"/>\n",
        escape(command),
        width - 1,
        height - 1,
    );
    for n in 0..3 {
        let x = PADDING + 4 + 18 * n;
        writeln!(svg, "<circle class=\"dot\" cx=\"{x}\" cy=\"16\" r=\"5\"/>")?;
    }
    for (n, row) in rows.iter().enumerate().filter(|(_, row)| row.columns > 0) {
        let gap = if n < n_typed { 0 } else { GAP };
        row.write(&mut svg, BAR + n * ROW + gap + 15)?;
    }
    Ok(svg + "</svg>\n")
}

/// What was typed: in several rows, as a shell takes it, if one is too short.
fn typed(command: &str) -> Vec<Row> {
    let mut lines = vec![String::new()];
    for word in command.split(' ') {
        let line = lines.last_mut().filter(|line| line.len() + word.len() + 5 <= COLUMNS);
        match line {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) => line.extend([" ", word]),
            None => lines.push(word.to_owned()),
        }
    }
    let last = lines.len() - 1;
    let rows = lines.iter().enumerate().map(|(n, line)| {
        let mut row = Row::default();
        row.push(if n == 0 { "$ " } else { "  " }, Look { bold: false, colour: Some("dim") });
        row.push(line, Look::default());
        row.push(if n < last { " \\" } else { "" }, Look { bold: false, colour: Some("dim") });
        row
    });
    rows.collect()
}

/// A row of the screen.
#[derive(Default)]
struct Row {
    /// Stretches of one look.
    runs: Vec<(Look, String)>,
    columns: usize,
}

impl Row {
    /// Takes a line with its escape sequences; the look at its end.
    fn read(&mut self, line: &str, mut look: Look) -> Result<Look> {
        let mut parts = line.split('\u{1b}');
        self.push(parts.next().unwrap_or_default(), look);
        for part in parts {
            let sequence = part.strip_prefix('[').and_then(|rest| rest.split_once('m'));
            let (codes, text) = sequence.context("an escape sequence is not for colour or type")?;
            look = look.turned(codes)?;
            self.push(text, look);
        }
        Ok(look)
    }

    fn push(&mut self, text: &str, look: Look) {
        if !text.is_empty() {
            self.columns += text.chars().map(columns).sum::<usize>();
            self.runs.push((look, text.to_owned()));
        }
    }

    fn text(&self) -> String {
        self.runs.iter().map(|(_, text)| text.as_str()).collect()
    }

    /// Writes the row, with the place of every character.
    fn write(&self, svg: &mut String, y: usize) -> Result<()> {
        let mut column = 0;
        let mut places = Vec::new();
        for character in self.text().trim_end().chars() {
            // The list counts what UTF-16 counts; of a pair only the first place is looked at.
            let place = (PADDING + column * CELL).to_string();
            places.extend(vec![place; character.len_utf16()]);
            column += columns(character);
        }
        write!(svg, "<text y=\"{y}\" x=\"{}\">", places.join(" "))?;
        let last = self.runs.len() - 1;
        for (n, (look, text)) in self.runs.iter().enumerate() {
            let text = escape(if n == last { text.trim_end() } else { text });
            match look.classes() {
                Some(classes) => write!(svg, "<tspan class=\"{classes}\">{text}</tspan>")?,
                None => svg.push_str(&text),
            }
        }
        svg.push_str("</text>\n");
        Ok(())
    }
}

/// Columns of a terminal that a character takes.
fn columns(character: char) -> usize {
    character.width().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colour_and_type_become_classes_and_text_stays_text() {
        let svg = picture("conclab list", "a \u{1b}[1m\u{1b}[31mno\u{1b}[0m <b>\n").unwrap();
        let row = "x=\"16 25 34 43 52 61 70 79\">a <tspan class=\"bold red\">no</tspan> &lt;b&gt;";
        assert!(svg.contains(row), "{svg}");
        assert!(svg.contains("<title>$ conclab list</title>"), "{svg}");
    }

    #[test]
    fn a_long_command_goes_on_in_the_next_row() {
        let command = format!("conclab replay {} {} --schedule 8", "x".repeat(50), "y".repeat(20));
        let rows: Vec<_> = typed(&command).iter().map(Row::text).collect();
        assert_eq!(rows.len(), 2);
        assert!(
            rows[0].starts_with("$ conclab replay xx") && rows[0].ends_with("x \\"),
            "{rows:?}"
        );
        assert_eq!(rows[1], format!("  {} --schedule 8", "y".repeat(20)));
        assert_eq!(typed("conclab list")[0].text(), "$ conclab list");
    }

    #[test]
    fn a_wide_character_takes_two_columns() {
        let svg = picture("conclab list", "락 A\n").unwrap();
        assert!(svg.contains("x=\"16 34 43\">락 A<"), "{svg}");
    }

    #[test]
    fn what_a_picture_cannot_show_is_refused() {
        let wide = picture("conclab list", &"x".repeat(81)).unwrap_err().to_string();
        assert!(wide.starts_with("wider than 80 columns"), "{wide}");
        let cursor = picture("conclab list", "\u{1b}[2J").unwrap_err().to_string();
        assert_eq!(cursor, "an escape sequence is not for colour or type");
        let colour = picture("conclab list", "\u{1b}[95ma").unwrap_err().to_string();
        assert_eq!(colour, "pictures have no colour or type number 95: add it");
    }
}
