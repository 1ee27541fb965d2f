//! Sets the blocks of a lecture into lines.

use unicode_width::UnicodeWidthStr;

use super::table::table;
use super::wrap::{behind, broken, wrapped};
use crate::screen::Screen;
use crate::teach::{Bench, Block, How, Ink, Line, Quiz, Span};

/// What code and commands are moved in by.
const INDENT: &str = "  ";

/// What stands below a choice is moved in behind its letter.
const CHOICE: &str = "     ";

/// What a tab in code stands for.
const TAB: &str = "    ";

/// What long lines of code may take of the margin to their right.
const MARGIN: usize = 2;

/// Stands for figures where there is no room for them.
const FIGURES: &str = "Figures: see the book.";

/// The blocks in lines of at most `width` columns, with an empty line between them.
pub(crate) fn set(blocks: &[&Block], how: How, width: usize, screen: &Screen) -> Vec<Line> {
    let setter = Setter { how, width, screen };
    let mut lines = Vec::new();
    for block in blocks {
        let more = setter.block(block);
        if !lines.is_empty() && !more.is_empty() {
            lines.push(Line::new());
        }
        lines.extend(more);
    }
    lines
}

struct Setter<'a> {
    how: How,
    width: usize,
    screen: &'a Screen,
}

impl Setter<'_> {
    fn block(&self, block: &Block) -> Vec<Line> {
        match block {
            Block::Paragraph(spans) | Block::Heading(spans) => self.wrapped(spans),
            Block::List(first, items) => self.list(*first, items),
            Block::Code { language, text } => self.code(language, text),
            Block::Command(command) => {
                let line = [Span::new(format!("$ {}", command.line), Ink::Command)];
                behind(
                    INDENT,
                    wrapped(&line, self.width.saturating_sub(INDENT.len()).max(1), self.screen),
                )
            }
            Block::Table(rows) => table(rows, self.width, self.screen),
            Block::Quote(blocks) => self.moved(INDENT, blocks),
            Block::Bench(figures) => self.figures(figures),
            Block::Picture { words, .. } => {
                let head = [Span::new("Picture: ", Ink::Plain)];
                self.wrapped(&[&head, &words[..]].concat())
            }
            Block::Quiz(quiz) => self.quiz(quiz),
        }
    }

    fn wrapped(&self, spans: &[Span]) -> Vec<Line> {
        wrapped(spans, self.width, self.screen)
    }

    /// Blocks behind a mark, close together.
    fn moved(&self, mark: &str, blocks: &[Block]) -> Vec<Line> {
        let width = self.width.saturating_sub(mark.len()).max(1);
        let inner = Setter { how: self.how, width, screen: self.screen };
        behind(mark, blocks.iter().flat_map(|block| inner.block(block)).collect())
    }

    fn list(&self, first: Option<u64>, items: &[Vec<Block>]) -> Vec<Line> {
        let mark = |n: u64| first.map_or("- ".to_owned(), |first| format!("{}. ", first + n));
        (0..).zip(items).flat_map(|(n, item)| self.moved(&mark(n), item)).collect()
    }

    /// Lines of code, moved in if there is room for that.
    fn code(&self, language: &str, text: &str) -> Vec<Line> {
        let text = self.screen.plain(text.trim_end()).replace('\t', TAB);
        let depth = |line: &str| line.len() - line.trim_start_matches(' ').len();
        let least = text.lines().filter(|line| !line.trim().is_empty()).map(depth).min();
        let lines = text.lines().map(|line| line.get(least.unwrap_or(0)..).unwrap_or_default());
        let widest = lines.clone().map(UnicodeWidthStr::width).max().unwrap_or(0);
        let (indent, width) = if widest + INDENT.len() > self.width {
            ("", self.width + MARGIN)
        } else {
            (INDENT, self.width.saturating_sub(INDENT.len()).max(1))
        };
        let line = |line: &str| {
            let comment = if language == "rust" { line.find("//") } else { None };
            let (code, comment) = line.split_at(comment.unwrap_or(line.len()));
            let spans = [Span::new(code, Ink::Plain), Span::new(comment, Ink::Dim)];
            behind(indent, broken(&spans, width))
        };
        lines.flat_map(line).collect()
    }

    fn figures(&self, figures: &[Block]) -> Vec<Line> {
        let how = self.how.bench;
        let tables = figures.iter().filter(|block| {
            how == Bench::Whole || (how == Bench::Table && matches!(block, Block::Table(_)))
        });
        let tables: Vec<&Block> = tables.collect();
        if tables.is_empty() {
            return self.wrapped(&[Span::new(FIGURES, Ink::Plain)]);
        }
        set(&tables, self.how, self.width, self.screen)
    }

    fn quiz(&self, quiz: &Quiz) -> Vec<Line> {
        let question: Vec<&Block> = quiz.question.iter().collect();
        let mut lines = set(&question, self.how, self.width, self.screen);
        for choice in &quiz.choices {
            let label =
                wrapped(&choice.label, self.width.saturating_sub(CHOICE.len()).max(1), self.screen);
            let mark = |n| if n == 0 { INDENT } else { CHOICE };
            let put = |(n, line)| behind(mark(n), vec![line]);
            lines.extend(label.into_iter().enumerate().flat_map(put));
            if self.how.revealed {
                lines.extend(self.moved(CHOICE, &choice.explanation));
            }
        }
        lines
    }
}
