//! Markdown as a flat list of blocks, headings and HTML: what a chapter is made of.

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag};

use super::lecture::{Block, Ink, Span};

/// A part of a chapter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// The heading of the chapter or of a screen, and its level.
    Title(HeadingLevel, Vec<Span>),
    /// Text.
    Block(Block),
    /// HTML on lines of its own.
    Html(String),
}

/// How many things may stand inside each other. The book's chapters have some five; every one takes
/// part of the stack while it is read, and of the line when it is shown.
const DEPTH_MAX: usize = 16;

/// The parts of a chapter, in order.
///
/// # Errors
/// If too much stands inside each other.
pub(super) fn pieces(text: &str) -> Result<Vec<Piece>, String> {
    // Some editors put a mark before the first letter.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let options = Options::ENABLE_TABLES | Options::ENABLE_HEADING_ATTRIBUTES;
    let events = || Parser::new_ext(text, options);
    let mut depth = 0_usize;
    for event in events() {
        match event {
            Event::Start(_) => depth += 1,
            Event::End(_) => depth -= 1,
            _ => {}
        }
        if depth > DEPTH_MAX {
            return Err(format!("more than {DEPTH_MAX} lists, quotes or emphases in each other"));
        }
    }
    Ok(Markdown { events: events() }.pieces())
}

/// Text without the characters that tell a terminal what to do: a chapter is only to be read.
fn tame(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect()
}

/// Reads events; every function goes on after the end of what it has read.
struct Markdown<'a> {
    events: Parser<'a>,
}

impl Markdown<'_> {
    /// Until the end of what has been begun.
    fn pieces(&mut self) -> Vec<Piece> {
        let mut found = Vec::new();
        // The text of an item of a dense list is in no paragraph.
        let mut loose = Vec::new();
        while let Some(event) = self.events.next() {
            if is_inline(&event) {
                self.inline(event, Ink::Plain, &mut loose);
                continue;
            }
            if !loose.is_empty() {
                found.push(Piece::Block(paragraph(std::mem::take(&mut loose))));
            }
            match event {
                Event::End(_) => return found,
                Event::Start(tag) => found.extend(self.begun(tag)),
                _ => {}
            }
        }
        found
    }

    /// What has just begun.
    fn begun(&mut self, tag: Tag<'_>) -> Option<Piece> {
        Some(match tag {
            Tag::Paragraph => Piece::Block(paragraph(self.spans(Ink::Plain))),
            Tag::Heading { level: level @ (HeadingLevel::H1 | HeadingLevel::H2), .. } => {
                Piece::Title(level, self.spans(Ink::Plain))
            }
            Tag::Heading { .. } => Piece::Block(Block::Heading(self.spans(Ink::Head))),
            Tag::CodeBlock(kind) => {
                let language = match kind {
                    CodeBlockKind::Fenced(info) => info.split([',', ' ']).next().map(str::to_owned),
                    CodeBlockKind::Indented => None,
                };
                let text = self.raw();
                Piece::Block(Block::Code { language: language.unwrap_or_default(), text })
            }
            Tag::HtmlBlock => Piece::Html(self.raw()),
            Tag::List(first) => {
                let mut items = Vec::new();
                while let Some(Event::Start(_)) = self.events.next() {
                    items.push(self.blocks());
                }
                Piece::Block(Block::List(first, items))
            }
            Tag::BlockQuote(_) => Piece::Block(Block::Quote(self.blocks())),
            Tag::Table(_) => {
                let mut rows = Vec::new();
                while let Some(Event::Start(_)) = self.events.next() {
                    rows.push(self.cells());
                }
                Piece::Block(Block::Table(rows))
            }
            _ => {
                self.raw();
                return None;
            }
        })
    }

    /// Text and lists inside something else: HTML says nothing there.
    fn blocks(&mut self) -> Vec<Block> {
        let pieces = self.pieces().into_iter();
        let block = |piece| match piece {
            Piece::Block(block) => Some(block),
            Piece::Title(_, spans) => Some(Block::Heading(spans)),
            Piece::Html(_) => None,
        };
        pieces.filter_map(block).collect()
    }

    /// The cells of a row.
    fn cells(&mut self) -> Vec<Vec<Span>> {
        let mut cells = Vec::new();
        while let Some(Event::Start(_)) = self.events.next() {
            cells.push(self.spans(Ink::Plain));
        }
        cells
    }

    /// Everything as it is.
    fn raw(&mut self) -> String {
        let mut text = String::new();
        let mut depth = 0_u32;
        for event in self.events.by_ref() {
            match event {
                Event::Start(_) => depth += 1,
                Event::End(_) if depth == 0 => break,
                Event::End(_) => depth -= 1,
                Event::Text(more) | Event::Html(more) => text += &tame(&more),
                _ => {}
            }
        }
        text
    }

    /// The words until the end of what has been begun.
    fn spans(&mut self, ink: Ink) -> Vec<Span> {
        let mut spans = Vec::new();
        while let Some(event) = self.events.next() {
            if matches!(event, Event::End(_)) {
                break;
            }
            self.inline(event, ink, &mut spans);
        }
        spans
    }

    fn inline(&mut self, event: Event<'_>, ink: Ink, spans: &mut Vec<Span>) {
        match event {
            Event::Text(text) => spans.push(Span::new(tame(&text), ink)),
            Event::Code(code) => spans.push(Span::new(tame(&code), Ink::Code)),
            Event::SoftBreak => spans.push(Span::new(" ", ink)),
            Event::HardBreak => spans.push(Span::new("\n", ink)),
            Event::Start(Tag::Image { .. }) => {
                let alt = self.spans(ink);
                // Under a name that no text has: the reader of chapters looks for it.
                spans.push(Span::new(PICTURE, Ink::Dim));
                spans.extend(alt);
            }
            Event::Start(Tag::Strong | Tag::Emphasis) => {
                let ink = if ink == Ink::Plain { Ink::Strong } else { ink };
                spans.extend(self.spans(ink));
            }
            Event::Start(_) => spans.extend(self.spans(ink)),
            _ => {}
        }
    }
}

/// What stands before a picture's words.
const PICTURE: &str = "";

fn is_inline(event: &Event<'_>) -> bool {
    match event {
        Event::Start(tag) => matches!(
            tag,
            Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::Link { .. } | Tag::Image { .. }
        ),
        Event::Text(_)
        | Event::Code(_)
        | Event::SoftBreak
        | Event::HardBreak
        | Event::InlineHtml(_) => true,
        _ => false,
    }
}

/// A paragraph, or a picture if nothing else is in it.
fn paragraph(spans: Vec<Span>) -> Block {
    match spans.split_first() {
        Some((Span { text, ink: Ink::Dim }, words)) if text == PICTURE => {
            Block::Picture { command: None, words: words.to_vec() }
        }
        _ => Block::Paragraph(spans),
    }
}
