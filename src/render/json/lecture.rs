//! A lecture as one document.

use serde::Serialize;

use super::document;
use crate::render::text::teach::{set, unbroken};
use crate::screen::Screen;
use crate::teach::{Bench, Block, Choice, Command, How, Lecture, Quiz, Slide, words};

#[derive(Serialize)]
struct Body<'a> {
    lab: &'a str,
    question: String,
    minutes: u32,
    screens: Vec<Shown<'a>>,
}

#[derive(Serialize)]
struct Shown<'a> {
    title: &'a str,
    minutes: u32,
    /// What is to be typed, before the answer is there.
    command: Option<Typed<'a>>,
    question: String,
    choices: Vec<Asked>,
    answer: Option<String>,
    answer_command: Option<Typed<'a>>,
    notes: Option<String>,
}

#[derive(Serialize)]
struct Typed<'a> {
    line: &'a str,
    exit: u8,
}

#[derive(Serialize)]
struct Asked {
    question: String,
    choices: Vec<Chosen>,
}

#[derive(Serialize)]
struct Chosen {
    choice: String,
    explanation: String,
}

/// The lecture with everything in it.
pub(crate) fn lecture(lecture: &Lecture, screen: &Screen) -> String {
    let body = Body {
        lab: &lecture.lab,
        question: words(&lecture.question),
        minutes: lecture.minutes_until(lecture.slides.len()),
        screens: lecture.slides.iter().map(shown).collect(),
    };
    document("conclab.lecture/1", body, screen)
}

fn shown(slide: &Slide) -> Shown<'_> {
    let (command, with_answer) = (slide.command(false), slide.command(true));
    Shown {
        title: &slide.title,
        minutes: slide.minutes,
        command: command.map(typed),
        question: text(&slide.body),
        choices: slide.quizzes().map(asked).collect(),
        answer: some(&slide.answer),
        answer_command: with_answer.filter(|one| Some(*one) != command).map(typed),
        notes: some(&slide.notes),
    }
}

fn typed(command: &Command) -> Typed<'_> {
    Typed { line: &command.line, exit: command.code }
}

fn asked(quiz: &Quiz) -> Asked {
    let chosen = |choice: &Choice| Chosen {
        choice: words(&choice.label),
        explanation: text(&choice.explanation),
    };
    Asked { question: text(&quiz.question), choices: quiz.choices.iter().map(chosen).collect() }
}

fn some(blocks: &[Block]) -> Option<String> {
    (!blocks.is_empty()).then(|| text(blocks))
}

/// The blocks as text whose lines end only where they must; nothing in it is changed for a
/// terminal.
fn text(blocks: &[Block]) -> String {
    let all: Vec<&Block> = blocks.iter().collect();
    let how = How { revealed: false, bench: Bench::Whole };
    let screen = Screen { width: WIDTH, ..Screen::PLAIN };
    unbroken(&set(&all, how, WIDTH, &screen))
}

/// Wider than any paragraph.
const WIDTH: usize = 100_000;
