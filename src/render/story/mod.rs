//! An interleaving as a still picture: one SVG file, in light or dark as the reader's system is.
//!
//! # Layout
//! | module | purpose |
//! |---|---|
//! | `lanes` | the steps, a lane for each thread |
//! | `ring` | who waits for whom at the end, if threads wait in a ring |

mod lanes;
mod ring;
#[cfg(test)]
mod tests;

use std::fmt::Write as _;

use super::text::{self, number};
pub(super) use super::trace::{escaped, short};
use crate::found::Replayed;
use crate::screen::Screen;

/// What sentences are made for: here the alphabet has no limits.
const SCREEN: Screen = Screen { width: 110, ..Screen::PLAIN };

/// Height of a line of text.
const LINE: usize = 18;

/// The file.
pub(crate) fn svg(replayed: &Replayed) -> String {
    let run = &replayed.interleaving;
    let title = title(replayed);
    let head = head(replayed);
    let mut table = lanes::drawing(run, 40 + LINE * head.len());
    let mut y = table.bottom + 14;
    let mut body = table.text;
    let mut sentences = Vec::new();
    if let Some(graph) = &run.wait_for {
        table.width = table.width.max(ring::width(graph));
        let (ring, height) = ring::drawing(graph, y, table.width);
        body += &ring;
        y += height;
        sentences = text::waits(graph, &SCREEN);
    }
    for sentence in &sentences {
        y += LINE;
        let _ = writeln!(body, "<text x=\"10\" y=\"{y}\">{}</text>", escaped(sentence));
    }
    let (width, height) = (table.width, y + 16);
    let said = [head.join(" "), sentences.join(". ")].join(" ");
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
         role=\"img\" aria-labelledby=\"title desc\">\n<title id=\"title\">{title}</title>\n\
         <desc id=\"desc\">{said}</desc>\n<style>{css}{more}</style>\n\
         <rect class=\"paper\" width=\"{width}\" height=\"{height}\"/>\n\
         <text class=\"h\" x=\"10\" y=\"26\">{title}</text>\n",
        title = escaped(&title),
        said = escaped(&said),
        css = include_str!("../trace/picture.css"),
        more = include_str!("picture.css"),
    );
    for (n, line) in head.iter().enumerate() {
        let y = 30 + LINE * (n + 1);
        let _ = writeln!(text, "<text x=\"10\" y=\"{y}\">{}</text>", escaped(line));
    }
    text + &body + "</svg>\n"
}

/// What the picture shows, in a line.
fn title(replayed: &Replayed) -> String {
    let which = number(&replayed.interleaving).map(|number| format!(", {number}"));
    let (lab, variant, size) = (replayed.lab, replayed.variant.name, &replayed.size);
    format!("{lab} {variant}: {size}{}", which.unwrap_or_default())
}

/// What it ends in, and what that does to the promise.
fn head(replayed: &Replayed) -> Vec<String> {
    let run = &replayed.interleaving;
    let switches = run.context_switches;
    let es = if switches == 1 { "" } else { "es" };
    let outcome = format!("Outcome: {} ({switches} context switch{es}).", run.outcome);
    let promise = text::promise(replayed);
    let lines = [Some(outcome), promise].into_iter().flatten();
    lines.flat_map(|line| SCREEN.wrap(&line, SCREEN.width)).collect()
}
