//! `--handout`: a page for students, as Markdown. It has the questions, and room for answers.

use crate::screen::Screen;
use crate::teach::{Block, Ink, Lecture, Quiz, Slide, Span, words};

/// Columns of a printed page.
const COLUMNS: usize = 90;

/// Rows of a printed page.
const ROWS: usize = 62;

/// The page. The question about the code is there in full; of the other questions as many as fit.
pub(crate) fn handout(lecture: &Lecture, screen: &Screen) -> String {
    let mut asked: Vec<&Slide> =
        lecture.slides.iter().filter(|slide| !slide.answer.is_empty()).collect();
    let main = asked.iter().position(|slide| code(slide).is_some()).unwrap_or(0);
    let main = (main < asked.len()).then(|| asked.remove(main));
    let mut told: Vec<&Slide> = Vec::new();
    let mut page = lines(lecture, main, &told, screen);
    for slide in asked.into_iter().filter(|slide| last_question(slide).is_some()) {
        told.push(slide);
        let more = lines(lecture, main, &told, screen);
        if rows(&more) <= ROWS {
            page = more;
        } else {
            told.pop();
        }
    }
    page.join("\n") + "\n"
}

/// Rows that the lines take on paper.
fn rows(lines: &[String]) -> usize {
    lines.iter().map(|line| line.chars().count().div_ceil(COLUMNS).max(1)).sum()
}

/// Everything on the page, in the order of the lecture.
fn lines(lecture: &Lecture, main: Option<&Slide>, told: &[&Slide], screen: &Screen) -> Vec<String> {
    let mut lines = vec![format!("# {}", lecture.lab), String::new()];
    lines.extend(paragraph(&lecture.question, screen));
    for slide in &lecture.slides {
        let is = |other: &Slide| std::ptr::eq(slide, other);
        if main.is_some_and(is) {
            lines.extend(prediction(slide, true, screen));
        } else if told.iter().any(|told| is(told)) {
            lines.extend(prediction(slide, false, screen));
        }
    }
    let commands = typed(lecture);
    if !commands.is_empty() {
        lines.extend(["", "## Type", "```text"].map(str::to_owned));
        lines.extend(commands);
        lines.push("```".to_owned());
    }
    let quizzes: Vec<&Quiz> = lecture.slides.iter().flat_map(Slide::quizzes).collect();
    if !quizzes.is_empty() {
        lines.extend(["", "## Why?"].map(str::to_owned));
    }
    lines.extend(quizzes.iter().flat_map(|quiz| question(quiz, screen)));
    lines.extend(["", "## In one sentence", RULE].map(str::to_owned));
    lines
}

/// A line to write on.
const RULE: &str = "____________________________________________________________";

/// The code on a screen.
fn code(slide: &Slide) -> Option<&Block> {
    slide
        .body
        .iter()
        .find(|block| matches!(block, Block::Code { language, .. } if language == "rust"))
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

/// What is to be predicted on a screen, all of it or what it asks, and room to write.
fn prediction(slide: &Slide, whole: bool, screen: &Screen) -> Vec<String> {
    let mut lines = vec![String::new(), format!("## {}", screen.plain(&slide.title))];
    if whole {
        let blocks = slide.body.iter().map(|block| text(block, screen));
        for (n, more) in blocks.filter(|lines| !lines.is_empty()).enumerate() {
            if n > 0 {
                lines.push(String::new());
            }
            lines.extend(more);
        }
    } else if let Some(question) = last_question(slide) {
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

/// A block as Markdown; figures and commands have places of their own.
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
        Block::Code { language, text } => {
            // Comments say what happens.
            let code = text.trim_end().lines().filter(|line| !line.trim().starts_with("//"));
            let code = code.map(|line| screen.plain(line));
            let fence = |mark: &str| std::iter::once(format!("```{mark}"));
            fence(language).chain(code).chain(fence("")).collect()
        }
        Block::Command(_) | Block::Bench(_) | Block::Picture { .. } | Block::Quiz(_) => Vec::new(),
    }
}

/// A question with its choices to tick.
fn question(quiz: &Quiz, screen: &Screen) -> Vec<String> {
    let mut lines = vec![String::new()];
    lines.extend(quiz.question.iter().flat_map(|block| text(block, screen)));
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
