//! Reads a chapter: what stands on its screens, and in which part of them.

use std::mem::take;

use pulldown_cmark::HeadingLevel;

use super::html::{Tag, tags};
use super::lecture::{Block, Choice, Command, Lecture, Quiz, Slide, Span, commands, words};
use super::markdown::{Piece, pieces};

/// Most minutes of a screen: a lecture has 50.
const MINUTES_MAX: u32 = 50;

/// The lecture in a chapter about `lab`.
///
/// # Errors
/// If a screen is not built as the book's chapters are; the error names the screen.
pub(crate) fn lecture(lab: &str, text: &str) -> Result<Lecture, String> {
    let lecture = Lecture { lab: lab.to_owned(), ..Lecture::default() };
    let mut reader = Reader { lecture, ..Reader::default() };
    for piece in pieces(text)? {
        let done = match piece {
            Piece::Html(html) => tags(&html).into_iter().try_for_each(|tag| reader.tag(tag)),
            Piece::Title(level, spans) => reader.title(level, &spans),
            Piece::Block(block) => reader.block(block),
        };
        done.map_err(|why| reader.at(&why))?;
    }
    if reader.slide.is_some() {
        return Err(reader.at("</section> is missing"));
    }
    Ok(reader.lecture)
}

/// What has been opened and not been closed.
#[derive(Debug)]
enum Open {
    /// The answer, up to this tag's end.
    Answer,
    /// What only the teacher reads.
    Notes,
    /// Questions, one after the other.
    Quiz(Vec<Quiz>),
    /// An answer to choose.
    Choice(Choice),
    /// A container that changes nothing.
    Other(String),
}

impl Open {
    /// The tag that closes it.
    fn name(&self) -> &str {
        match self {
            Self::Answer | Self::Choice(_) => "details",
            Self::Notes => "aside",
            Self::Quiz(_) => "div",
            Self::Other(name) => name,
        }
    }
}

#[derive(Debug, Default)]
struct Reader {
    lecture: Lecture,
    slide: Option<Slide>,
    open: Vec<Open>,
    /// Figures that are being read.
    bench: Option<Vec<Block>>,
    /// The command of a picture that follows.
    picture: Option<String>,
}

impl Reader {
    /// What is wrong, and where.
    fn at(&self, why: &str) -> String {
        let number = self.lecture.slides.len() + 1;
        let title = self.slide.as_ref().map_or("", |slide| &slide.title);
        match (&self.slide, title) {
            (None, _) => format!("before screen {number}: {why}"),
            (Some(_), "") => format!("screen {number}: {why}"),
            (Some(_), title) => format!("screen {number} ({title}): {why}"),
        }
    }

    fn title(&mut self, level: HeadingLevel, spans: &[Span]) -> Result<(), String> {
        let Some(slide) = &mut self.slide else { return Ok(()) };
        let fresh = slide.body.is_empty() && slide.title.is_empty() && self.open.is_empty();
        if level != HeadingLevel::H2 || !fresh {
            return Err(format!("`{}`: a screen has one ## heading, at its top", words(spans)));
        }
        slide.title = words(spans);
        Ok(())
    }

    fn tag(&mut self, tag: Tag) -> Result<(), String> {
        match tag {
            Tag::Open { name, class, minutes } if name == "section" && class == "screen" => {
                self.begin(minutes.as_deref())
            }
            // What stands between the screens is for readers of the book.
            _ if self.slide.is_none() => Ok(()),
            Tag::Open { name, class, .. } => {
                self.enter(name, &class);
                Ok(())
            }
            Tag::Close(name) => self.close(&name),
            Tag::Summary(spans) => {
                if let Some(Open::Choice(choice)) = self.open.last_mut() {
                    choice.label = spans;
                }
                Ok(())
            }
            Tag::Player(lab) => {
                // The page is the game; a command above it may be the game, too.
                let line = format!("conclab play {lab}");
                let body = self.slide.as_ref().map_or(&[][..], |slide| &slide.body);
                if commands(body).any(|command| command.line.starts_with(&line)) {
                    return Ok(());
                }
                self.block(Block::Command(Command { line, code: 0 }))
            }
            Tag::Comment(text) => {
                self.comment(&text);
                Ok(())
            }
        }
    }

    fn begin(&mut self, minutes: Option<&str>) -> Result<(), String> {
        if self.slide.is_some() {
            return Err("</section> is missing".to_owned());
        }
        let slide = self.slide.insert(Slide::default());
        let minutes = minutes.and_then(|minutes| minutes.parse().ok());
        slide.minutes =
            minutes.filter(|minutes| (1..=MINUTES_MAX).contains(minutes)).ok_or_else(|| {
                format!("data-minutes must be a whole number from 1 to {MINUTES_MAX}")
            })?;
        Ok(())
    }

    fn enter(&mut self, name: String, class: &str) {
        self.open.push(match (name.as_str(), class) {
            ("details", "answer") => Open::Answer,
            ("details", _) => Open::Choice(Choice::default()),
            ("aside", "notes") => Open::Notes,
            ("div", "quiz") => Open::Quiz(vec![Quiz::default()]),
            _ => Open::Other(name),
        });
    }

    fn close(&mut self, name: &str) -> Result<(), String> {
        match self.open.pop() {
            None if name == "section" => return self.end(),
            None => return Err(format!("</{name}> closes nothing")),
            Some(open) if open.name() != name => {
                return Err(format!("</{name}> where </{}> is missing", open.name()));
            }
            Some(Open::Choice(choice)) => match self.open.last_mut() {
                Some(Open::Quiz(quizzes)) => {
                    if let Some(quiz) = quizzes.last_mut() {
                        quiz.choices.push(choice);
                    }
                }
                // Folded text of its own is a question without words.
                _ => self.put(Block::Quiz(Quiz { question: Vec::new(), choices: vec![choice] })),
            },
            Some(Open::Quiz(quizzes)) => {
                for quiz in quizzes {
                    self.put(Block::Quiz(quiz));
                }
            }
            Some(_) => {}
        }
        Ok(())
    }

    /// A screen is over.
    fn end(&mut self) -> Result<(), String> {
        let Some(slide) = &mut self.slide else { return Ok(()) };
        if slide.title.is_empty() {
            return Err("it begins with no ## heading".to_owned());
        }
        if self.bench.is_some() {
            return Err("<!-- /bench --> is missing".to_owned());
        }
        // The interactive page may stand beside a command.
        let page = format!("conclab play {}", self.lecture.lab);
        for blocks in [&slide.body, &slide.answer] {
            if let Some(second) = commands(blocks).filter(|one| one.line != page).nth(1) {
                return Err(format!("`{}` is a second command", second.line));
            }
        }
        // What a command shows needs no words about its picture.
        let command = slide.command(false).map(|command| command.line.clone());
        slide.body.retain(|block| match block {
            Block::Picture { command: shown @ Some(_), .. } => *shown != command,
            _ => true,
        });
        self.lecture.slides.push(take(slide));
        self.slide = None;
        Ok(())
    }

    fn comment(&mut self, text: &str) {
        if let Some(command) = text.strip_prefix("picture:") {
            self.picture = Some(command.trim().to_owned());
        } else if text.starts_with("bench:") {
            self.bench = Some(Vec::new());
        } else if text == "/bench"
            && let Some(figures) = self.bench.take()
        {
            self.put(Block::Bench(figures));
        }
    }

    fn block(&mut self, block: Block) -> Result<(), String> {
        if self.slide.is_none() {
            self.outside(block);
            return Ok(());
        }
        let block = match block {
            Block::Code { language, text } if is_typed(&language, &text) => {
                for command in typed(&text)? {
                    self.put(Block::Command(command));
                }
                return Ok(());
            }
            Block::Picture { words, .. } => Block::Picture { command: self.picture.take(), words },
            other => other,
        };
        match &mut self.bench {
            // A plot is for the book.
            Some(_) if matches!(block, Block::Picture { .. }) => {}
            Some(figures) => figures.push(block),
            None => self.put(block),
        }
        Ok(())
    }

    /// The first paragraph is the chapter's question.
    fn outside(&mut self, block: Block) {
        if let Block::Paragraph(spans) = block
            && self.lecture.question.is_empty()
            && self.lecture.slides.is_empty()
        {
            self.lecture.question = spans;
        }
    }

    /// Puts a block where the text has come to.
    fn put(&mut self, block: Block) {
        let Some(slide) = &mut self.slide else { return };
        for open in self.open.iter_mut().rev() {
            return match open {
                Open::Answer => slide.answer.push(block),
                Open::Notes => slide.notes.push(block),
                Open::Quiz(quizzes) => match quizzes.last_mut() {
                    Some(quiz) if quiz.choices.is_empty() => quiz.question.push(block),
                    // Text after choices asks the next question.
                    _ => quizzes.push(Quiz { question: vec![block], choices: Vec::new() }),
                },
                Open::Choice(choice) => choice.explanation.push(block),
                Open::Other(_) => continue,
            };
        }
        slide.body.push(block);
    }
}

/// Whether a block of code is something to type. What asks its user something is no test of the
/// book, and so a text there.
fn is_typed(language: &str, text: &str) -> bool {
    let typed = |line: &str| line.starts_with("$ conclab ") || line.starts_with("? ");
    language == "console" || (language == "text" && !text.is_empty() && text.lines().all(typed))
}

/// What a block of a console lets somebody type.
fn typed(text: &str) -> Result<Vec<Command>, String> {
    let mut typed: Vec<Command> = Vec::new();
    for line in text.lines() {
        if let Some(line) = line.strip_prefix("$ ") {
            let line = line.trim().to_owned();
            let whole = line.starts_with("conclab ");
            if !whole || line.contains(['|', '>', '<', '&', ';', '"', '\'', '$', '`', '*', '\\']) {
                return Err(format!("`{line}` is more than conclab with plain words"));
            }
            typed.push(Command { line, code: 0 });
        } else if let (Some(code), Some(last)) = (line.strip_prefix("? "), typed.last_mut()) {
            let code = code.trim();
            last.code = code.parse().ok().ok_or_else(|| format!("`? {code}` is no exit code"))?;
        }
    }
    Ok(typed)
}
