//! The plans in the book's chapter for teachers are those of the labs' chapters.
//!
//! `CONCLAB_PLAN=overwrite cargo test --test lecture_plan` writes them anew.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::{env, fs};

/// One line of a plan: some minutes of a lecture.
struct Line {
    minutes: u32,
    title: String,
    asks: bool,
    commands: Vec<String>,
}

fn chapter(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "book", "src", &format!("{name}.md")].iter().collect()
}

/// The screens of a chapter; questions that follow each other are one line.
fn lines(text: &str) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for screen in text.split("<section class=\"screen\" data-minutes=\"").skip(1) {
        let screen = screen.split_once("</section>").expect("a screen has an end").0;
        let (minutes, body) = screen.split_once('"').expect("a screen has its minutes");
        let title = body.lines().find_map(|line| line.strip_prefix("## "));
        let commands = body.lines().filter_map(|line| line.strip_prefix("$ conclab "));
        let next = Line {
            minutes: minutes.parse().expect("minutes are a number"),
            title: title.expect("a screen has a title").to_owned(),
            asks: body.contains("class=\"quiz\""),
            commands: commands.map(|command| format!("`conclab {command}`")).collect(),
        };
        match lines.last_mut() {
            Some(last) if last.asks && next.asks => {
                last.minutes += next.minutes;
                "Why? The last questions, and one sentence to take home"
                    .clone_into(&mut last.title);
                last.commands.extend(next.commands);
            }
            _ => lines.push(next),
        }
    }
    lines
}

/// The table for `lab`, or nothing while its chapter has no screens.
fn table(lab: &str) -> String {
    let text = fs::read_to_string(chapter(lab)).expect("every lab has a chapter");
    let mut table = String::new();
    let mut from = 0;
    for Line { minutes, title, asks, commands } in lines(&text) {
        if from == 0 {
            table.push_str("| minutes | screen | command |\n|---|---|---|\n");
        }
        let until = from + minutes;
        let mark = if asks && !title.starts_with("Why") { " (a question)" } else { "" };
        let commands = commands.join("<br>");
        let _ = writeln!(table, "| {from}–{until} | {title}{mark} | {commands} |");
        from = until;
    }
    if table.is_empty() { table } else { table + "\n" }
}

#[test]
fn the_plans_for_teachers_are_those_of_the_chapters() {
    let path = chapter("teachers");
    let text = fs::read_to_string(&path).expect("there is a chapter for teachers");
    let mut expected = String::new();
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once("<!-- plan:") {
        let (lab, after) = after.split_once(" -->").expect("the mark has an end");
        let (_, after) = after.split_once("<!-- /plan -->").expect("the plan has an end");
        let table = table(lab);
        let _ = write!(expected, "{before}<!-- plan:{lab} -->\n\n{table}<!-- /plan -->");
        rest = after;
    }
    expected.push_str(rest);
    if env::var_os("CONCLAB_PLAN").is_some_and(|wish| wish == "overwrite") {
        fs::write(&path, &expected).expect("the chapter can be written");
    } else {
        let advice = "CONCLAB_PLAN=overwrite cargo test --test lecture_plan";
        assert!(text == expected, "a plan in book/src/teachers.md is out of date: {advice}");
    }
}
