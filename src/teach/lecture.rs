//! A lecture as plain data: what a chapter's screens say.

/// What a piece of text is, beside its words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ink {
    /// Text.
    Plain,
    /// Something that matters.
    Strong,
    /// Code in a sentence.
    Code,
    /// What may be overlooked: comments in code.
    Dim,
    /// What is to be typed.
    Command,
    /// A heading.
    Head,
}

/// Text in one ink; a line break in it is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    /// The words.
    pub(crate) text: String,
    /// Its ink.
    pub(crate) ink: Ink,
}

impl Span {
    /// A piece of text.
    pub(crate) fn new(text: impl Into<String>, ink: Ink) -> Self {
        Self { text: text.into(), ink }
    }
}

/// A line as it is shown.
pub(crate) type Line = Vec<Span>;

/// The words of a line without their ink.
pub(crate) fn words(spans: &[Span]) -> String {
    spans.iter().map(|span| span.text.as_str()).collect()
}

/// One part of a text, under the next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Block {
    /// A paragraph.
    Paragraph(Vec<Span>),
    /// A heading within a screen.
    Heading(Vec<Span>),
    /// A list, with its first number if it is numbered.
    List(Option<u64>, Vec<Vec<Block>>),
    /// Lines of code, or of output, as they are.
    Code {
        /// The language, or nothing.
        language: String,
        /// The lines.
        text: String,
    },
    /// What to type next.
    Command(Command),
    /// A table, its head first; every row has as many cells.
    Table(Vec<Vec<Vec<Span>>>),
    /// What somebody else says.
    Quote(Vec<Block>),
    /// Figures of a benchmark; nothing if they have not been filled in.
    Bench(Vec<Block>),
    /// A picture in words.
    Picture {
        /// The command whose output it shows, if one is named.
        command: Option<String>,
        /// What it shows.
        words: Vec<Span>,
    },
    /// A question with answers to choose from.
    Quiz(Quiz),
}

/// A command of this program, to be typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Command {
    /// The line, which begins with `conclab `.
    pub(crate) line: String,
    /// The exit code that it ends with.
    pub(crate) code: u8,
}

impl Command {
    /// What comes after the program's name.
    pub(crate) fn arguments(&self) -> impl Iterator<Item = &str> {
        self.line.split_whitespace().skip(1)
    }
}

/// A question with answers to choose from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Quiz {
    /// The question.
    pub(crate) question: Vec<Block>,
    /// The answers to choose from.
    pub(crate) choices: Vec<Choice>,
}

/// An answer to choose.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Choice {
    /// What it says.
    pub(crate) label: Vec<Span>,
    /// Whether it is right, and why.
    pub(crate) explanation: Vec<Block>,
}

/// A screen of a lecture: in the code a slide, because a screen is what output goes to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Slide {
    /// Its title.
    pub(crate) title: String,
    /// Minutes that it takes.
    pub(crate) minutes: u32,
    /// What is shown at once.
    pub(crate) body: Vec<Block>,
    /// What is shown at the reveal.
    pub(crate) answer: Vec<Block>,
    /// What only the teacher reads.
    pub(crate) notes: Vec<Block>,
}

impl Slide {
    /// The command to type, the one of the answer if that is shown and has one.
    pub(crate) fn command(&self, revealed: bool) -> Option<&Command> {
        let answer = if revealed { &self.answer[..] } else { &[] };
        [answer, &self.body].into_iter().find_map(|blocks| commands(blocks).next())
    }

    /// The questions with answers to choose from.
    pub(crate) fn quizzes(&self) -> impl Iterator<Item = &Quiz> {
        self.body.iter().filter_map(|block| match block {
            Block::Quiz(quiz) => Some(quiz),
            _ => None,
        })
    }
}

/// The commands among blocks.
pub(crate) fn commands(blocks: &[Block]) -> impl Iterator<Item = &Command> {
    blocks.iter().filter_map(|block| match block {
        Block::Command(command) => Some(command),
        _ => None,
    })
}

/// The lecture of a lab.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Lecture {
    /// The lab.
    pub(crate) lab: String,
    /// The question of the chapter.
    pub(crate) question: Vec<Span>,
    /// The screens.
    pub(crate) slides: Vec<Slide>,
}

impl Lecture {
    /// Minutes from the beginning to the end of a screen, counted from 0.
    pub(crate) fn minutes_until(&self, slide: usize) -> u32 {
        self.slides.iter().take(slide + 1).map(|slide| slide.minutes).sum()
    }
}
