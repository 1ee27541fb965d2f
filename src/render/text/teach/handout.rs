//! `--handout`: a page for students, as Markdown. It has the questions, and room for answers.

use crate::screen::Screen;
use crate::teach::{Block, Ink, Lecture, Quiz, Slide, Span, words};

/// Columns of a printed page.
const COLUMNS: usize = 90;

/// Rows of a printed page.
const ROWS: usize = 60;

/// How fully questions are told; each shorter than the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Length {
    /// All of their screens.
    Whole,
    /// The first one whole, of the others what they ask.
    First,
    /// The first one whole, the others by their titles.
    Titles,
    /// The first one, and no others.
    One,
    /// What the first one asks.
    Asked,
}

/// The page: as fully as it fits.
pub(crate) fn handout(lecture: &Lecture, screen: &Screen) -> String {
    let lengths = [Length::Whole, Length::First, Length::Titles, Length::One, Length::Asked];
    let mut shorter = lengths.into_iter().map(|length| lines(lecture, length, screen));
    let last = lines(lecture, Length::Asked, screen);
    let fitting = shorter.find(|lines| rows(lines) <= ROWS);
    fitting.unwrap_or(last).join("\n") + "\n"
}

/// Rows that the lines take on paper.
pub(super) fn rows(lines: &[String]) -> usize {
    lines.iter().map(|line| line.chars().count().div_ceil(COLUMNS).max(1)).sum()
}

fn lines(lecture: &Lecture, length: Length, screen: &Screen) -> Vec<String> {
    let mut lines = vec![format!("# {}", lecture.lab), String::new()];
    lines.extend(paragraph(&lecture.question, screen));
    let code = code(lecture);
    if let Some((language, text)) = code {
        lines.extend([String::new(), format!("```{language}")]);
        lines.extend(text.trim_end().lines().map(|line| screen.plain(line)));
        lines.push("```".to_owned());
    }
    let asked = lecture.slides.iter().filter(|slide| !slide.answer.is_empty());
    let most = if length >= Length::One { 1 } else { usize::MAX };
    for (n, slide) in asked.take(most).enumerate() {
        lines.extend(prediction(slide, n == 0, length, screen));
    }
    let commands: Vec<String> = typed(lecture);
    if !commands.is_empty() {
        lines.extend(["", "## Type", "", "```text"].map(str::to_owned));
        lines.extend(commands);
        lines.push("```".to_owned());
    }
    let mut quizzes = lecture.slides.iter().flat_map(Slide::quizzes).peekable();
    if quizzes.peek().is_some() {
        lines.extend(["", "## Why?"].map(str::to_owned));
    }
    for quiz in quizzes {
        lines.extend(question(quiz, screen));
    }
    lines.extend(["", "## In one sentence", "", RULE].map(str::to_owned));
    lines
}

/// Room to write.
const RULE: &str = "\\_\\_\\_\\_\\_\\_\\_\\_\\_\\_\\_\\_\\_\\_\\_\\_\\_\\_\\_\\_\\_\\_\\_\\_";

/// The code that the lecture is about: the first that is shown.
fn code(lecture: &Lecture) -> Option<(&str, &str)> {
    let mut blocks = lecture.slides.iter().flat_map(|slide| &slide.body);
    blocks.find_map(|block| match block {
        Block::Code { language, text } if language == "rust" => Some((&**language, &**text)),
        _ => None,
    })
}

/// Every command, once.
fn typed(lecture: &Lecture) -> Vec<String> {
    let mut typed: Vec<String> = Vec::new();
    for command in lecture.slides.iter().filter_map(|slide| slide.command(false)) {
        if !typed.contains(&command.line) {
            typed.push(command.line.clone());
        }
    }
    typed
}

/// What is to be predicted on a screen, and room to write.
fn prediction(slide: &Slide, first: bool, length: Length, screen: &Screen) -> Vec<String> {
    let mut lines = vec![String::new(), format!("## {}", screen.plain(&slide.title))];
    let whole = length == Length::Whole || (first && length < Length::Asked);
    if whole {
        for block in &slide.body {
            let more = text(block, screen);
            if !more.is_empty() {
                lines.push(String::new());
                lines.extend(more);
            }
        }
    } else if length != Length::Titles
        && let Some(question) = last_question(slide)
    {
        lines.push(String::new());
        lines.extend(paragraph(question, screen));
    }
    lines.extend([String::new(), RULE.to_owned()]);
    lines
}

/// The last paragraph that asks something.
fn last_question(slide: &Slide) -> Option<&[Span]> {
    slide.body.iter().rev().find_map(|block| match block {
        Block::Paragraph(spans) if words(spans).contains('?') => Some(&spans[..]),
        _ => None,
    })
}

/// A block as Markdown; code, figures and commands have places of their own.
fn text(block: &Block, screen: &Screen) -> Vec<String> {
    match block {
        Block::Paragraph(spans) | Block::Heading(spans) => paragraph(spans, screen),
        Block::List(first, items) => {
            let item = |(n, item): (u64, &Vec<Block>)| {
                let mark = first.map_or("- ".to_owned(), |first| format!("{}. ", first + n));
                let lines = item.iter().flat_map(|block| text(block, screen));
                let gap = " ".repeat(mark.len());
                let put = |(n, line)| format!("{}{line}", if n == 0 { &mark } else { &gap });
                lines.enumerate().map(put).collect::<Vec<_>>()
            };
            (0..).zip(items).flat_map(item).collect()
        }
        Block::Table(rows) => {
            let cell = |cell: &Vec<Span>| marked(cell, screen).replace('|', "\\|");
            let line = |row: &Vec<Vec<Span>>| {
                format!("| {} |", row.iter().map(cell).collect::<Vec<_>>().join(" | "))
            };
            let mut lines: Vec<String> = rows.iter().map(line).collect();
            let columns = rows.first().map_or(0, Vec::len);
            lines.insert(lines.len().min(1), format!("|{}", "---|".repeat(columns)));
            lines
        }
        Block::Quote(blocks) => blocks.iter().flat_map(|block| text(block, screen)).collect(),
        Block::Code { .. }
        | Block::Command(_)
        | Block::Bench(_)
        | Block::Picture { .. }
        | Block::Quiz(_) => Vec::new(),
    }
}

/// A question with its choices to tick.
fn question(quiz: &Quiz, screen: &Screen) -> Vec<String> {
    let mut lines = vec![String::new()];
    lines.extend(quiz.question.iter().flat_map(|block| text(block, screen)));
    lines.push(String::new());
    for choice in &quiz.choices {
        let label = screen.wrap(&marked(&choice.label, screen), COLUMNS - 6);
        let put = |(n, line)| format!("{}{line}", if n == 0 { "- [ ] " } else { "      " });
        lines.extend(label.into_iter().enumerate().map(put));
    }
    lines
}

fn paragraph(spans: &[Span], screen: &Screen) -> Vec<String> {
    screen.wrap(&marked(spans, screen), COLUMNS)
}

/// The words with Markdown's marks; strong type only if all of it is.
fn marked(spans: &[Span], screen: &Screen) -> String {
    let span = |span: &Span| {
        let text = screen.plain(&span.text).replace('\n', " ");
        if span.ink == Ink::Code { format!("`{text}`") } else { text.replace('<', "\\<") }
    };
    let text: String = spans.iter().map(span).collect();
    let begins = spans.first().is_some_and(|span| span.ink == Ink::Strong);
    let strong = begins && spans.iter().all(|span| matches!(span.ink, Ink::Strong | Ink::Code));
    if strong { format!("**{text}**") } else { text }
}
