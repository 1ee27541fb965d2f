//! The course of a lecture: a state machine without input or output. What there is to see is read
//! from the state by `render`.

use super::lecture::{Command, Lecture, Slide};
use super::pages::{Kind, Page};

/// What somebody says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Input {
    /// Go on: to the answer if there is one, else to the next screen.
    On,
    /// Go back.
    Back,
    /// Run the command that is shown.
    Run,
    /// Show the speaker notes, or hide them.
    Notes,
    /// Go to the screen with this number, from 1.
    Go(usize),
    /// Show the list of the screens.
    List,
    /// What can be typed?
    Help,
    /// Put away what covers the screen.
    Look,
    /// Enough.
    Quit,
    /// Something that means nothing here.
    Other(String),
}

impl Input {
    /// Reads a line.
    pub(crate) fn read(line: &str) -> Self {
        let word = line.trim().to_ascii_lowercase();
        let number = word.strip_prefix('g').unwrap_or(&word).trim();
        if !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) {
            return Self::Go(number.parse().unwrap_or(usize::MAX));
        }
        match word.as_str() {
            "" => Self::On,
            "b" | "back" => Self::Back,
            "r" | "run" => Self::Run,
            "n" | "notes" => Self::Notes,
            "g" | "list" => Self::List,
            "?" | "h" | "help" => Self::Help,
            "q" | "quit" | "exit" => Self::Quit,
            _ => Self::Other(crate::play::echo(line.trim())),
        }
    }
}

/// What is to be done outside of the lecture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Wish {
    /// Nothing: listen.
    Input,
    /// Run this.
    Run(Command),
    /// The lecture is over: nothing comes after this page.
    End,
    /// Leave.
    Quit,
}

/// What covers the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sheet {
    /// Nothing.
    None,
    /// What can be typed.
    Help,
    /// The screens.
    List,
}

/// What is to be said besides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Notice {
    /// That means nothing.
    Unknown(String),
    /// There is nothing to run here.
    NoCommand,
    /// There are no notes here.
    NoNotes,
    /// There are so many screens.
    NoScreen(usize),
    /// This is the first page.
    Beginning,
    /// This is the last one.
    End,
    /// The command did not end with 0, or not as the chapter says.
    Ended(String),
}

/// A lecture and where it stands.
#[derive(Debug)]
pub(crate) struct Teach<'a> {
    lecture: &'a Lecture,
    /// The screen, from 0.
    at: usize,
    /// The page of the screen, from 0.
    page: usize,
    notes: bool,
    /// The notes were asked for when an answer was shown, and have taken its place.
    left_answer: bool,
    sheet: Sheet,
    notice: Option<Notice>,
    pages: Vec<Page>,
}

/// Lays out a screen, with its notes or without.
pub(crate) type LayOut<'a> = &'a dyn Fn(&Slide, bool) -> Vec<Page>;

impl<'a> Teach<'a> {
    /// A lecture that begins at a screen, counted from 0; it has at least one.
    pub(crate) fn new(lecture: &'a Lecture, at: usize, notes: bool, lay_out: LayOut<'_>) -> Self {
        let at = at.min(lecture.slides.len().saturating_sub(1));
        let (sheet, notice) = (Sheet::None, None);
        let (left_answer, pages) = (false, Vec::new());
        let mut teach = Self { lecture, at, page: 0, notes, left_answer, sheet, notice, pages };
        teach.go(at, lay_out);
        teach
    }

    /// What is taught.
    pub(crate) fn lecture(&self) -> &'a Lecture {
        self.lecture
    }

    /// The screen's place, from 0.
    pub(crate) fn at(&self) -> usize {
        self.at
    }

    /// The screen.
    pub(crate) fn slide(&self) -> &'a Slide {
        &self.lecture.slides[self.at]
    }

    /// The page; a screen has at least one.
    pub(crate) fn page(&self) -> Option<&Page> {
        self.pages.get(self.page)
    }

    /// What the page shows.
    pub(crate) fn kind(&self) -> Kind {
        self.page().map_or(Kind::Body, |page| page.kind)
    }

    /// What the next page of this screen shows.
    pub(crate) fn next_kind(&self) -> Option<Kind> {
        self.pages.get(self.page + 1).map(|page| page.kind)
    }

    /// What covers the screen.
    pub(crate) fn sheet(&self) -> Sheet {
        self.sheet
    }

    /// What is to be said.
    pub(crate) fn notice(&self) -> Option<&Notice> {
        self.notice.as_ref()
    }

    /// The command that `r` runs now.
    pub(crate) fn command(&self) -> Option<&'a Command> {
        self.slide().command(self.kind() == Kind::Answer)
    }

    /// Says what a command has come to.
    pub(crate) fn ended(&mut self, told: Option<String>) {
        self.notice = told.map(Notice::Ended);
    }

    /// Lays the screen out again: the room has changed. It never comes to a page that was ahead.
    pub(crate) fn laid_out(&mut self, lay_out: LayOut<'_>) {
        let before = self.page().map(|page| (page.kind, page.part.0));
        self.pages = lay_out(self.slide(), self.notes);
        let (kind, part) = before.unwrap_or((Kind::Body, 1));
        let same = |page: &Page| page.kind == kind;
        let exactly = self.pages.iter().position(|page| same(page) && page.part.0 == part);
        self.page = exactly.or_else(|| self.pages.iter().position(same)).unwrap_or(0);
    }

    /// Goes to the first page of a screen.
    fn go(&mut self, at: usize, lay_out: LayOut<'_>) {
        self.at = at;
        self.page = 0;
        self.pages = lay_out(self.slide(), self.notes);
    }

    /// Hears what somebody says.
    pub(crate) fn input(&mut self, input: Input, lay_out: LayOut<'_>) -> Wish {
        self.notice = None;
        let left_answer = std::mem::take(&mut self.left_answer);
        let sheet = std::mem::replace(&mut self.sheet, Sheet::None);
        match input {
            // It was said to the sheet: it is put away.
            Input::On | Input::Back if sheet != Sheet::None => {}
            Input::On => return self.on(lay_out),
            Input::Back => self.back(lay_out),
            Input::Run => match self.command() {
                Some(command) => return Wish::Run(command.clone()),
                None => self.notice = Some(Notice::NoCommand),
            },
            Input::Notes => self.turn_notes(left_answer, lay_out),
            Input::Go(number) => match number.checked_sub(1) {
                Some(at) if at < self.lecture.slides.len() => self.go(at, lay_out),
                _ => self.notice = Some(Notice::NoScreen(self.lecture.slides.len())),
            },
            Input::List => self.sheet = Sheet::List,
            Input::Help => self.sheet = if sheet == Sheet::Help { sheet } else { Sheet::Help },
            Input::Look => {}
            Input::Quit => return Wish::Quit,
            Input::Other(word) => self.notice = Some(Notice::Unknown(word)),
        }
        Wish::Input
    }

    fn on(&mut self, lay_out: LayOut<'_>) -> Wish {
        if self.page + 1 < self.pages.len() {
            self.page += 1;
        } else if self.at + 1 < self.lecture.slides.len() {
            self.go(self.at + 1, lay_out);
        } else {
            self.notice = Some(Notice::End);
            return Wish::End;
        }
        Wish::Input
    }

    /// To the page before, or the beginning of the screen before: its answer may not have been
    /// shown yet.
    fn back(&mut self, lay_out: LayOut<'_>) {
        if self.page > 0 {
            self.page -= 1;
        } else if self.at > 0 {
            self.go(self.at - 1, lay_out);
        } else {
            self.notice = Some(Notice::Beginning);
        }
    }

    /// Notes are turned to, because they were asked for: on their own page, or beside the question.
    /// Without them an answer that they took the place of is back.
    fn turn_notes(&mut self, left_answer: bool, lay_out: LayOut<'_>) {
        self.notes = !self.notes;
        let answered = self.kind() == Kind::Answer;
        self.laid_out(lay_out);
        let first = |kind| self.pages.iter().position(|page| page.kind == kind);
        if !self.notes {
            let back = if left_answer { first(Kind::Answer) } else { None };
            self.page = back.unwrap_or(self.page);
        } else if self.slide().notes.is_empty() {
            self.notice = Some(Notice::NoNotes);
        } else if let Some(page) = first(Kind::Notes).or_else(|| first(Kind::Body)) {
            self.page = page;
            self.left_answer = answered;
        }
    }
}
