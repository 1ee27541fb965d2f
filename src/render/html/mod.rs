//! Pages to keep: one file that holds the explored variants of a lab and lets somebody be their
//! scheduler, without this program and without a network.
//!
//! | file | what it is |
//! |---|---|
//! | `pack.rs` | the state graphs, made small enough for a page |
//! | `excerpt.rs` | the functions that threads stand in |
//! | `page.html`, `page.css` | what the page looks like |
//! | `model.js` | what can be said of a way through the states; touches no document |
//! | `drawing.js` | the state graph as a picture |
//! | `view.js`, `show.js` | moving, and drawing where one stands |

mod excerpt;
mod pack;

use conclab_engine::report::Count;
use conclab_kit::lab::Card;
use conclab_kit::report::{StateGraph, Verdict};
use serde::Serialize;

use self::excerpt::Excerpt;
use self::pack::{Packed, island};
use super::text;
use super::trace::escaped;
use crate::found::{Explored, Refusal, VERSION, failing};

/// Most bytes of a page: mail and course platforms take a mebibyte without asking.
pub(crate) const BYTES_MAX: usize = 1 << 20;

/// A variant with its state graph.
#[derive(Clone, Debug)]
pub(crate) struct Charted {
    /// What the explorer found.
    pub(crate) explored: Explored,
    /// Its states.
    pub(crate) graph: StateGraph,
}

/// What a page is about.
#[derive(Debug)]
pub(crate) struct Page<'a> {
    /// The lab.
    pub(crate) card: Card,
    /// Its variants.
    pub(crate) variants: &'a [Charted],
    /// Variants that are missing, and why.
    pub(crate) refused: &'a [Refusal],
    /// The source text of the labs: path and text.
    pub(crate) sources: &'a [(&'a str, &'a str)],
}

/// The data of the page, as its script reads it.
#[derive(Serialize)]
struct Data<'a> {
    schema: &'static str,
    version: &'static str,
    lab: &'static str,
    question: &'static str,
    size: &'a str,
    memory: &'static str,
    variants: Vec<Variant<'a>>,
    refused: Vec<Refused<'a>>,
}

/// A variant that could not be explored.
#[derive(Serialize)]
struct Refused<'a> {
    variant: &'a str,
    because: &'a str,
}

/// One variant in the data.
#[derive(Serialize)]
struct Variant<'a> {
    name: &'static str,
    summary: &'static str,
    right: bool,
    verdict: Verdict,
    verdict_text: String,
    outcomes: Vec<Ending<'a>>,
    code: Vec<Excerpt<'a>>,
    #[serde(flatten)]
    graph: Packed<'a>,
}

/// An outcome in the lab's words.
#[derive(Serialize)]
struct Ending<'a> {
    outcome: &'a str,
    does: Option<&'static str>,
    because: Option<&'a str>,
}

/// A page with everything in it, at most [`BYTES_MAX`] long: of graphs that are too large it holds
/// a part.
pub(crate) fn page(page: &Page<'_>) -> String {
    let mut graphs: Vec<_> = page.variants.iter().map(|one| Packed::new(&one.graph)).collect();
    let frame = whole(page, Vec::new());
    let fixed = frame.len() + page.variants.iter().map(|one| around(one, page)).sum::<usize>();
    pack::fit(&mut graphs, BYTES_MAX.saturating_sub(fixed));
    let variants = page.variants.iter().zip(graphs);
    whole(page, variants.map(|(one, graph)| variant(one, graph, page.sources)).collect())
}

/// Bytes of a variant besides its graph, escaped as they will be.
fn around(one: &Charted, page: &Page<'_>) -> usize {
    island(&variant(one, Packed::default(), page.sources)).len()
}

fn whole(page: &Page<'_>, variants: Vec<Variant<'_>>) -> String {
    let card = &page.card;
    let size = page.variants.first().map_or("", |one| one.explored.size.as_str());
    let refused = page.refused.iter();
    let data = Data {
        schema: "conclab.page/1",
        version: VERSION,
        lab: card.name,
        question: card.question,
        size,
        memory: "sequentially consistent memory",
        variants,
        refused: refused
            .map(|one| Refused { variant: one.variant, because: &one.because })
            .collect(),
    };
    let script = [
        include_str!("model.js"),
        include_str!("drawing.js"),
        include_str!("view.js"),
        include_str!("show.js"),
    ];
    [
        HEAD,
        &format!("<title>{} · conclab</title>\n<style>\n", escaped(card.name)),
        include_str!("page.css"),
        "</style>\n</head>\n<body>\n<noscript><p>This page is stepped through with a script, and \
         scripts are switched off here.</p></noscript>\n",
        include_str!("page.html"),
        "<script type=\"application/json\" id=\"data\">",
        &island(&data),
        "</script>\n<script>\n\"use strict\";\n",
        &script.concat(),
        "</script>\n</body>\n</html>\n",
    ]
    .concat()
}

/// The head up to the title. The policy keeps the browser from asking anybody for anything.
const HEAD: &str = "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
    <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
    <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; \
    style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\">\n\
    <meta name=\"color-scheme\" content=\"light dark\">\n<link rel=\"icon\" href=\"data:,\">\n";

fn variant<'a>(one: &'a Charted, graph: Packed<'a>, sources: &[(&'a str, &'a str)]) -> Variant<'a> {
    let Explored { variant, report, does, .. } = &one.explored;
    let outcomes = report.outcomes.iter().zip(does);
    Variant {
        name: variant.name,
        summary: variant.summary,
        right: variant.right,
        verdict: report.verdict,
        verdict_text: verdict(&one.explored),
        outcomes: outcomes
            .map(|(outcome, does)| Ending {
                outcome: &outcome.outcome,
                does: *does,
                because: outcome.because.as_deref(),
            })
            .collect(),
        code: excerpt::all(&one.graph, sources),
        graph,
    }
}

/// The verdict in a line: `✕ refuted: 4 of 6 interleavings lose an update`.
fn verdict(one: &Explored) -> String {
    let all = &one.report.interleavings;
    match (one.report.verdict, failing(one)) {
        (Verdict::Proved, _) if one.report.fails_at.is_some() => {
            "✓ proved, but wrong: this size is too small for its mistake".to_owned()
        }
        (Verdict::Proved, _) => match all {
            Count::Exactly(_) => format!("✓ proved in all {} interleavings", text::count(all)),
            Count::Unbounded => "✓ proved: every way to the end is right".to_owned(),
        },
        (Verdict::Refuted, Some((bad @ Count::Exactly(_), does))) => {
            let (bad, all) = (text::count(&bad), text::count(all));
            format!("✕ refuted: {bad} of {all} interleavings {does}")
        }
        (Verdict::Refuted, Some((Count::Unbounded, does))) => {
            format!("✕ refuted: some interleavings {does}")
        }
        (Verdict::Refuted, None) => "✕ refuted".to_owned(),
        (Verdict::NotExhausted, _) => "not exhausted".to_owned(),
    }
}

#[cfg(test)]
mod tests;
