//! Laws of lectures: over a sample, and over every chapter that is built in.

use super::*;
use crate::render::full::teach::room;
use crate::render::text::teach::{handout, in_lines, on_pages};
use crate::screen::Screen;

const SCREEN: Screen = Screen::PLAIN;

/// A chapter with everything that screens are made of.
const SAMPLE: &str = include_str!("sample.md");

/// The lecture in the sample.
pub(crate) fn sample() -> Lecture {
    lecture("race", SAMPLE).expect("the sample is well built")
}

/// The sample and every chapter that has screens, with the names of their files.
fn all() -> Vec<(String, Lecture)> {
    let chapters = CHAPTERS.iter().map(|(lab, text)| {
        let file = format!("book/src/{lab}.md");
        let read = lecture(lab, text).unwrap_or_else(|why| panic!("{file}: {why}"));
        (file, read)
    });
    let sample = ("src/teach/sample.md".to_owned(), sample());
    chapters.chain([sample]).filter(|(_, lecture)| !lecture.slides.is_empty()).collect()
}

fn on_smallest(slide: &Slide, notes: bool) -> Vec<Page> {
    on_pages(slide, notes, room((80, 24)), &SCREEN)
}

fn text_of(page: &Page) -> String {
    let lines: Vec<String> = page.lines.iter().map(|line| words(line)).collect();
    lines.join("\n")
}

#[test]
fn each_page_fits_24_rows() {
    let (_, rows) = room((80, 24));
    let mut wrong = Vec::new();
    for (file, lecture) in all() {
        for (n, slide) in lecture.slides.iter().enumerate() {
            let pages = on_smallest(slide, false);
            for kind in [Kind::Body, Kind::Answer] {
                let of = |page: &&Page| page.kind == kind;
                let parts = pages.iter().filter(of).map(|page| page.part.1).max().unwrap_or(0);
                if parts > 1 {
                    let all: usize = pages.iter().filter(of).map(|page| page.lines.len()).sum();
                    let (number, title) = (n + 1, &slide.title);
                    let over = all - rows;
                    wrong.push(format!(
                        "{file}: screen {number} ({title}), {kind:?}: {over} lines too many"
                    ));
                }
            }
            for page in pages {
                for line in &page.lines {
                    assert!(SCREEN.width_of(&words(line)) <= 78, "{file}: {}", words(line));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn every_lab_has_a_lecture_of_50_minutes() {
    for lab in conclab_labs::catalogue() {
        let name = lab.card().name;
        let text = chapter(name).unwrap_or_else(|| panic!("book/src/{name}.md is missing"));
        let lecture = lecture(name, text).expect("as every chapter");
        let (n, minutes) = (lecture.slides.len(), lecture.minutes_until(lecture.slides.len()));
        assert!((9..=14).contains(&n), "book/src/{name}.md: {n} screens");
        assert_eq!(minutes, 50, "book/src/{name}.md");
        assert!(!lecture.question.is_empty(), "book/src/{name}.md: no question");
        assert!(lecture.slides.iter().any(|slide| !slide.answer.is_empty()), "{name}");
    }
}

/// Pieces of text that only a reveal, or only the teacher, may show; words that are said on the
/// screen itself, too, are no secret.
fn secrets(slide: &Slide) -> Vec<String> {
    let mut found = pieces(&slide.answer);
    found.extend(pieces(&slide.notes));
    for choice in slide.quizzes().flat_map(|quiz| &quiz.choices) {
        found.extend(pieces(&choice.explanation));
    }
    found.retain(|piece| piece.len() > 12);
    found
}

/// The text of blocks, in pieces that stand together wherever it is set.
fn pieces(blocks: &[Block]) -> Vec<String> {
    let mut found = Vec::new();
    for block in blocks {
        match block {
            Block::Paragraph(spans)
            | Block::Heading(spans)
            | Block::Picture { words: spans, .. } => found.push(flat(&words(spans))),
            Block::List(_, items) => found.extend(items.iter().flat_map(|item| pieces(item))),
            Block::Code { text, .. } => found.push(flat(text)),
            Block::Command(command) => found.push(flat(&command.line)),
            Block::Table(rows) => {
                found.extend(rows.iter().flatten().map(|cell| flat(&words(cell))));
            }
            Block::Quote(blocks) | Block::Bench(blocks) => found.extend(pieces(blocks)),
            Block::Quiz(quiz) => found.extend(pieces(&quiz.question)),
        }
    }
    found
}

/// Text without what setting it changes.
fn flat(text: &str) -> String {
    let text = text.replace(['`', '*', '\\'], "");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn nothing_is_said_before_its_time() {
    for (file, lecture) in all() {
        let printed = flat(&handout(&lecture, &SCREEN));
        for (n, slide) in lecture.slides.iter().enumerate() {
            let mut before: Vec<String> = Vec::new();
            for lay_out in
                [&|it: &Slide| on_smallest(it, false), &|it: &Slide| in_lines(it, false, &SCREEN)]
                    as [&dyn Fn(&Slide) -> Vec<Page>; 2]
            {
                let pages = lay_out(slide);
                let shown = pages.iter().take_while(|page| page.kind != Kind::Answer);
                before.extend(shown.map(|page| flat(&text_of(page))));
                assert!(pages.iter().all(|page| page.kind != Kind::Notes));
            }
            let asked = flat(&pieces(&slide.body).join(" "));
            for secret in secrets(slide).iter().filter(|secret| !asked.contains(*secret)) {
                let place = format!("{file}: screen {} tells too early: {secret}", n + 1);
                assert!(!before.iter().any(|page| page.contains(secret)), "{place}");
                assert!(!printed.contains(secret), "{place} (handout)");
            }
        }
    }
}

#[test]
fn a_handout_is_one_page() {
    for (file, lecture) in all() {
        let text = handout(&lecture, &SCREEN);
        let rows: usize = text.lines().map(|line| line.chars().count().div_ceil(90).max(1)).sum();
        assert!(rows <= 62, "{file}: {rows} rows\n{text}");
    }
}

#[test]
fn a_chapter_is_read_as_it_is_built() {
    let lecture = sample();
    assert_eq!(lecture.minutes_until(1), 15);
    let titles: Vec<&str> = lecture.slides.iter().map(|slide| slide.title.as_str()).collect();
    assert_eq!(titles, ["Two people, one whiteboard", "Predict", "The price", "Why?"]);
    let command = lecture.slides[1].command(false).expect("it has one");
    assert_eq!(command.arguments().collect::<Vec<_>>()[..2], ["explore", "race"]);
    let page = text_of(&on_smallest(&lecture.slides[1], false)[0]);
    assert!(page.contains("$ conclab explore") && !page.contains("Picture"), "{page}");
    assert!(!page.contains("race · unsynchronised\n"), "only what is typed: {page}");
    let page = text_of(&on_smallest(&lecture.slides[2], false)[0]);
    for words in ["$ conclab play race", "mutex    20 ns", "a machine", "Picture: Two lanes"] {
        assert!(page.contains(words) && !page.contains("plot"), "{page}");
    }
}

#[test]
fn an_answer_is_with_its_question_if_there_is_room() {
    let lecture = sample();
    let pages = on_smallest(&lecture.slides[0], false);
    assert_eq!(pages.iter().map(|page| page.kind).collect::<Vec<_>>(), [Kind::Body, Kind::Answer]);
    let answer = text_of(&pages[1]);
    assert!(answer.contains("What stands on the board?") && answer.contains("Either 1 or 2"));
    let lines = text_of(&in_lines(&lecture.slides[0], false, &SCREEN)[1]);
    assert!(!lines.contains("What stands") && lines.contains("Either 1 or 2"), "{lines}");
    let short = on_pages(&lecture.slides[0], false, (80, 10), &SCREEN);
    assert!(!text_of(&short[1]).contains("What stands"));
}

#[test]
fn questions_that_have_no_room_together_come_one_by_one() {
    let lecture = sample();
    let kinds = |rows| -> Vec<Kind> {
        let pages = on_pages(&lecture.slides[3], false, (80, rows), &SCREEN);
        pages.iter().map(|page| page.kind).collect()
    };
    assert_eq!(kinds(19), [Kind::Body, Kind::Answer]);
    assert_eq!(kinds(6), [Kind::Body, Kind::Answer, Kind::Body, Kind::Answer]);
}

#[test]
fn questions_may_share_a_box() {
    let apart = "</div>\n\n<div class=\"quiz\">\n\n";
    assert_eq!(lecture("race", &SAMPLE.replace(apart, "")), lecture("race", SAMPLE));
    assert!(SAMPLE.contains(apart));
}

#[test]
fn notes_that_do_not_fit_have_pages_of_their_own_and_nothing_is_cut_off() {
    let mut slide = sample().slides.remove(0);
    let with = on_smallest(&slide, true);
    assert!(text_of(&with[0]).contains("SPEAKER NOTES"));
    slide.notes = vec![Block::Paragraph(vec![Span::new("word ".repeat(600), Ink::Plain)])];
    let pages = on_smallest(&slide, true);
    let notes: Vec<&Page> = pages.iter().filter(|page| page.kind == Kind::Notes).collect();
    assert!(notes.len() > 1 && notes.iter().all(|page| page.lines.len() <= 21));
    let told: String = notes.iter().map(|page| text_of(page)).collect();
    assert_eq!(told.matches("word").count(), 600);
}

#[test]
fn a_chapter_that_is_not_built_so_is_refused() {
    let screen = |body: &str| format!("<section class=\"screen\" data-minutes=\"5\">\n\n{body}\n");
    let end = "\n\n</section>\n";
    for (text, named) in [
        (screen("## A"), "screen 1 (A): </section> is missing"),
        (screen("text") + end, "no ## heading"),
        (screen("## A\n\n## B") + end, "screen 1 (A): `B`: a screen has one ## heading"),
        (screen("## A").replace('5', "x") + end, "data-minutes"),
        (screen("## A").replace('5', "51") + end, "data-minutes"),
        (screen("## A\n\n<aside class=\"notes\">\n\nx") + end, "</aside> is missing"),
        (screen("## A\n\n</aside>") + end, "</aside> closes nothing"),
        (screen("## A\n\n<!-- bench:race -->") + end, "<!-- /bench --> is missing"),
        (screen("## A\n\n```console\n$ ls\n```") + end, "more than conclab"),
        (screen("## A\n\n```console\n$ conclab list | head\n```") + end, "more than conclab"),
        (screen("## A\n\n```console\n$ conclab list\n$ conclab doctor\n```") + end, "a second"),
        (screen("## A") + &screen("## B") + end, "screen 1 (A): </section> is missing"),
    ] {
        let why = lecture("race", &text).expect_err(named);
        assert!(why.contains(named), "{why}");
    }
}

#[test]
fn whatever_a_file_holds_reading_it_ends() {
    for text in ["", "\0", "<", "# x", "<details>", "</section>", "<!--", "{{#include", "| a |\n|-"]
    {
        assert!(lecture("race", text).is_ok_and(|lecture| lecture.slides.is_empty()), "{text}");
    }
    // Every beginning of a chapter is one that somebody may have saved.
    for (at, _) in SAMPLE.char_indices().step_by(7) {
        let _ = lecture("race", &SAMPLE[..at]);
    }
}

#[test]
fn a_lecture_goes_on_and_back_and_never_comes_upon_an_answer() {
    let lecture = sample();
    let mut teach = Teach::new(&lecture, 0, false, &on_smallest);
    let mut say = |line: &str, at: (usize, Kind)| {
        let wish = teach.input(Input::read(line), &on_smallest);
        assert_eq!((teach.at() + 1, teach.kind()), at, "{line}");
        wish
    };
    say("", (1, Kind::Answer));
    say("b", (1, Kind::Body));
    say("b", (1, Kind::Body));
    say("", (1, Kind::Answer));
    say("", (2, Kind::Body));
    say("b", (1, Kind::Body));
    say("g 4", (4, Kind::Body));
    say("b", (3, Kind::Body));
    assert!(matches!(say("r", (3, Kind::Body)), Wish::Run(_)));
    say("99", (3, Kind::Body));
    say("4", (4, Kind::Body));
    assert_eq!(say("r", (4, Kind::Body)), Wish::Input);
    say("?", (4, Kind::Body));
    say("", (4, Kind::Body));
    say("", (4, Kind::Answer));
    assert_eq!(say("", (4, Kind::Answer)), Wish::End);
    assert_eq!(say("q", (4, Kind::Answer)), Wish::Quit);
}

#[test]
fn another_size_shows_the_same_kind_of_page() {
    let lecture = sample();
    let tight = |slide: &Slide, notes| on_pages(slide, notes, (80, 5), &SCREEN);
    let mut teach = Teach::new(&lecture, 3, false, &on_smallest);
    for kind in [Kind::Body, Kind::Answer] {
        for lay_out in [&tight as &dyn Fn(&Slide, bool) -> Vec<Page>, &on_smallest, &tight] {
            teach.laid_out(lay_out);
            assert_eq!(teach.kind(), kind);
        }
        teach.laid_out(&on_smallest);
        teach.input(Input::On, &on_smallest);
    }
}

#[test]
fn notes_are_there_when_they_are_asked_for_at_an_answer_and_then_the_answer_is_back() {
    let mut lecture = sample();
    for n_words in [1, 600] {
        let notes = Span::new("word ".repeat(n_words), Ink::Plain);
        lecture.slides[0].notes = vec![Block::Paragraph(vec![notes])];
        let mut teach = Teach::new(&lecture, 0, false, &on_smallest);
        teach.input(Input::On, &on_smallest);
        assert_eq!(teach.kind(), Kind::Answer);
        teach.input(Input::Notes, &on_smallest);
        assert!(teach.page().is_some_and(|page| text_of(page).contains("SPEAKER NOTES")));
        teach.input(Input::Notes, &on_smallest);
        assert_eq!(teach.kind(), Kind::Answer);
    }
}
