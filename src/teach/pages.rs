//! Lays the parts of a screen out on pages: what fits together, and what comes only at the reveal.

use super::lecture::{Block, Ink, Line, Slide, Span};

/// What a page shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The screen, without its answer.
    Body,
    /// The answer.
    Answer,
    /// What only the teacher reads.
    Notes,
}

/// How much of a benchmark's figures is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bench {
    /// All but plots.
    Whole,
    /// The table alone.
    Table,
    /// A sentence that says where they are.
    Sentence,
}

/// How blocks are to be set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct How {
    /// Whether explanations of choices are shown.
    pub(crate) revealed: bool,
    /// Figures.
    pub(crate) bench: Bench,
}

/// Sets blocks into lines.
pub(crate) type Set<'a> = &'a dyn Fn(&[&Block], How) -> Vec<Line>;

/// What is shown at a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Page {
    /// What it is.
    pub(crate) kind: Kind,
    /// Of how many pages of this kind that follow each other it is which, from 1.
    pub(crate) part: (usize, usize),
    /// What is on it.
    pub(crate) lines: Vec<Line>,
}

/// The pages of a screen, if a page has so many rows, or without end if it has no such number;
/// notes only if they are wanted. An answer stands together with its question if a page has room
/// for both; where lines follow each other, the question is there already.
pub(crate) fn pages(slide: &Slide, notes: bool, rows: Option<usize>, set: Set<'_>) -> Vec<Page> {
    let mut pages = Vec::new();
    let apart = rows.is_none();
    let rows = rows.unwrap_or(usize::MAX);
    let steps = steps(slide, rows, set);
    for (n, step) in steps.iter().enumerate() {
        let mut body = fitted(step, false, rows, set);
        let mut notes = if notes && n == 0 { noted(slide, set) } else { Vec::new() };
        if !notes.is_empty() && body.len() + notes.len() < rows {
            body.push(Line::new());
            body.append(&mut notes);
        }
        pages.extend(cut(Kind::Body, &body, rows));
        pages.extend(cut(Kind::Notes, &notes, rows));
        let answer = if n + 1 == steps.len() { &slide.answer[..] } else { &[] };
        let shown = if apart { &[][..] } else { step };
        pages.extend(cut(Kind::Answer, &revealed(step, shown, answer, rows, set), rows));
    }
    pages
}

/// What is shown at a time: everything, or, if there is no room for that, question by question.
fn steps<'a>(slide: &'a Slide, rows: usize, set: Set<'_>) -> Vec<Vec<&'a Block>> {
    let all: Vec<&Block> = slide.body.iter().collect();
    if slide.quizzes().count() < 2 {
        return vec![all];
    }
    let alone = slide.quizzes().all(|quiz| quiz.choices.iter().all(|it| it.explanation.is_empty()));
    let open = fitted(&all, true, rows, set);
    let fits = fitted(&all, false, rows, set).len() <= rows && (alone || open.len() <= rows);
    if fits {
        return vec![all];
    }
    let mut steps: Vec<Vec<&Block>> = vec![Vec::new()];
    for block in all {
        let last = steps.last_mut().expect("there is always one");
        let over = last.iter().any(|before| matches!(before, Block::Quiz(_)));
        if over && matches!(block, Block::Quiz(_)) {
            steps.push(vec![block]);
        } else {
            last.push(block);
        }
    }
    steps
}

/// The lines of the answer, with what is `shown` above it if there is room; nothing if there is
/// none.
fn revealed(
    step: &[&Block],
    shown: &[&Block],
    answer: &[Block],
    rows: usize,
    set: Set<'_>,
) -> Vec<Line> {
    let explained = |block: &&Block| match block {
        Block::Quiz(quiz) => quiz.choices.iter().any(|it| !it.explanation.is_empty()),
        _ => false,
    };
    let quizzes: Vec<&Block> = step.iter().copied().filter(explained).collect();
    if quizzes.is_empty() && answer.is_empty() {
        return Vec::new();
    }
    let with = |shown: &[&Block], room: usize| {
        let mut lines = fitted(shown, true, room, set);
        if !answer.is_empty() {
            if !lines.is_empty() {
                lines.push(Line::new());
            }
            lines.push(vec![Span::new("ANSWER", Ink::Head)]);
            let answer: Vec<&Block> = answer.iter().collect();
            lines.extend(fitted(&answer, true, room.saturating_sub(1), set));
        }
        lines
    };
    let together = if shown.is_empty() { Vec::new() } else { with(shown, rows) };
    let fits = !together.is_empty() && together.len() <= rows;
    if fits { together } else { with(&quizzes, rows) }
}

fn noted(slide: &Slide, set: Set<'_>) -> Vec<Line> {
    let notes: Vec<&Block> = slide.notes.iter().collect();
    if notes.is_empty() {
        return Vec::new();
    }
    let head = vec![Span::new("SPEAKER NOTES", Ink::Head)];
    let set = set(&notes, How { revealed: true, bench: Bench::Whole });
    [vec![head], set].concat()
}

/// The blocks, with as much of their figures as there is room for.
fn fitted(blocks: &[&Block], revealed: bool, rows: usize, set: Set<'_>) -> Vec<Line> {
    let lines = |bench| set(blocks, How { revealed, bench });
    let whole = lines(Bench::Whole);
    if whole.len() <= rows || !blocks.iter().any(|block| matches!(block, Block::Bench(_))) {
        return whole;
    }
    let table = lines(Bench::Table);
    if table.len() <= rows { table } else { lines(Bench::Sentence) }
}

/// Lines as pages: nothing is ever cut off, though a chapter's screens are to fit one page.
fn cut(kind: Kind, lines: &[Line], rows: usize) -> Vec<Page> {
    let of = lines.len().div_ceil(rows.max(1));
    let page = |(n, lines): (usize, &[Line])| Page { kind, part: (n + 1, of), lines: lines.into() };
    lines.chunks(rows.max(1)).enumerate().map(page).collect()
}
