//! The JSON documents of the interface contract. Schemas only grow; a change that breaks a reader
//! gets a new number.

mod lecture;

use std::fmt::Write as _;

use conclab_engine::report::{Count, Interleaving, Limit, MemoryModel};
use conclab_kit::lab::{AnyLab, VariantCard};
use conclab_kit::report::{Evidence, Exploration, Parameters, Runs, StateGraph};
use conclab_kit::scene::{Claim, SceneCard};
use conclab_measure::{Exhibit, Price};
use serde::Serialize;

pub(crate) use self::lecture::lecture;

use crate::found::{Demo, Doctor, Explored, Replayed, Traced, VERSION};
use crate::predict::{Candidate, Graded};
use crate::screen::Screen;

/// A document: the schema first, then who wrote it, then what it is about.
#[derive(Serialize)]
struct Document<T> {
    schema: &'static str,
    version: &'static str,
    #[serde(flatten)]
    body: T,
}

/// A document about a run, which a seed belongs to.
#[derive(Serialize)]
struct Seeded<T> {
    seed: u64,
    #[serde(flatten)]
    body: T,
}

/// One variant's exploration.
pub(crate) fn exploration(explored: &Explored, seed: u64, screen: &Screen) -> String {
    document("conclab.exploration/1", Seeded { seed, body: &explored.report }, screen)
}

/// The explorations of all variants.
pub(crate) fn explorations(explored: &[Explored], seed: u64, screen: &Screen) -> String {
    #[derive(Serialize)]
    struct Body<'a> {
        explorations: Vec<&'a Exploration>,
    }
    let explorations = explored.iter().map(|one| &one.report).collect();
    document("conclab.explorations/1", Seeded { seed, body: Body { explorations } }, screen)
}

/// One interleaving.
pub(crate) fn replay(replayed: &Replayed, seed: u64, screen: &Screen) -> String {
    #[derive(Serialize)]
    struct Body<'a> {
        lab: &'a str,
        variant: &'a str,
        parameters: &'a Parameters,
        memory_model: MemoryModel,
        #[serde(flatten)]
        interleaving: &'a Interleaving,
    }
    let body = Body {
        lab: replayed.lab,
        variant: replayed.variant.name,
        parameters: &replayed.parameters,
        memory_model: replayed.memory_model,
        interleaving: &replayed.interleaving,
    };
    document("conclab.replay/1", Seeded { seed, body }, screen)
}

/// A prediction with its grades.
pub(crate) fn prediction(graded: &Graded, seed: u64, screen: &Screen) -> String {
    #[derive(Serialize)]
    struct Item<'a> {
        #[serde(flatten)]
        candidate: &'a Candidate,
        chosen: bool,
        right: bool,
        shown: Option<&'a Interleaving>,
    }
    #[derive(Serialize)]
    struct Body<'a> {
        lab: &'a str,
        variant: &'a str,
        parameters: &'a Parameters,
        memory_model: MemoryModel,
        interleavings: &'a Count,
        asked: usize,
        right: usize,
        outcomes: Vec<Item<'a>>,
    }
    let items = graded.items.iter();
    let outcomes: Vec<_> = items
        .map(|item| Item {
            candidate: &item.candidate,
            chosen: item.chosen,
            right: item.right(),
            shown: item.shown.as_ref(),
        })
        .collect();
    let report = &graded.explored.report;
    let body = Body {
        lab: &report.lab,
        variant: &report.variant,
        parameters: &report.parameters,
        memory_model: report.memory_model,
        interleavings: &report.interleavings,
        asked: outcomes.len(),
        right: graded.right(),
        outcomes,
    };
    document("conclab.prediction/1", Seeded { seed, body }, screen)
}

/// A recorded run.
pub(crate) fn trace(traced: &Traced, screen: &Screen) -> String {
    document("conclab.trace/1", Seeded { seed: traced.stamp.seed, body: &traced.report }, screen)
}

/// Everything a demo found.
pub(crate) fn demo(demo: &Demo, screen: &Screen) -> String {
    #[derive(Serialize)]
    struct Sizes<'a> {
        real: &'a Parameters,
        model: &'a Parameters,
    }
    #[derive(Serialize)]
    struct Body<'a> {
        lab: &'a str,
        variant: Option<&'a str>,
        cores: usize,
        profile: &'a str,
        parameters: Sizes<'a>,
        runs: Vec<&'a Runs>,
        explorations: Vec<&'a Exploration>,
        prices: &'a [Price],
        exhibits: &'a [Exhibit],
        claims: &'a [Claim],
        prices_limit: Option<Limit>,
        evidence: &'a [Evidence],
    }
    let body = Body {
        lab: demo.card.name,
        variant: demo.subject.map(|card| card.name),
        cores: demo.stamp.cores,
        profile: demo.stamp.profile,
        parameters: Sizes { real: &demo.real, model: &demo.model },
        runs: demo.runs().map(|ran| &ran.report).collect(),
        explorations: demo.explored.iter().map(|one| &one.report).collect(),
        prices: &demo.prices,
        exhibits: &demo.exhibits,
        claims: &demo.claims,
        prices_limit: demo.prices_limit,
        evidence: &demo.evidence,
    };
    document("conclab.demo/1", Seeded { seed: demo.stamp.seed, body }, screen)
}

/// The labs, in teaching order.
pub(crate) fn list(labs: &[&dyn AnyLab], screen: &Screen) -> String {
    #[derive(Serialize)]
    struct Variant {
        name: &'static str,
        summary: &'static str,
        right: bool,
        removes: Option<&'static str>,
    }
    #[derive(Serialize)]
    struct Lab {
        name: &'static str,
        group: &'static str,
        summary: &'static str,
        question: &'static str,
        unit: &'static str,
        variants: Vec<Variant>,
        scenes: Vec<SceneCard>,
    }
    #[derive(Serialize)]
    struct Body {
        labs: Vec<Lab>,
    }
    let variant =
        |VariantCard { name, summary, right, removes }| Variant { name, summary, right, removes };
    let lab = |lab: &&dyn AnyLab| {
        let card = lab.card();
        Lab {
            name: card.name,
            group: card.group,
            summary: card.summary,
            question: card.question,
            unit: card.unit,
            variants: lab.variants().into_iter().map(variant).collect(),
            scenes: lab.scenes(),
        }
    };
    document("conclab.list/1", Body { labs: labs.iter().map(lab).collect() }, screen)
}

/// What this machine can show.
pub(crate) fn doctor(doctor: &Doctor, screen: &Screen) -> String {
    document("conclab.doctor/1", doctor, screen)
}

/// The state graph of a variant, in one line: it is large, and nobody reads it without a program.
pub(crate) fn graph(graph: &StateGraph, screen: &Screen) -> String {
    let document = Document { schema: "conclab.graph/1", version: VERSION, body: graph };
    let text = serde_json::to_string(&document).expect("as for every document");
    let text = if screen.ascii { escaped(&text) } else { text };
    text + "\n"
}

fn document<T: Serialize>(schema: &'static str, body: T, screen: &Screen) -> String {
    let document = Document { schema, version: VERSION, body };
    let text = serde_json::to_string_pretty(&document)
        .expect("reports are maps with text keys, which JSON can always hold");
    let text = if screen.ascii { escaped(&text) } else { text };
    text + "\n"
}

/// Writes characters beyond ASCII as JSON escapes; they stand inside strings only.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for unit in text.encode_utf16() {
        match u8::try_from(unit) {
            Ok(byte) if byte.is_ascii() => out.push(char::from(byte)),
            _ => {
                let _ = write!(out, "\\u{unit:04x}");
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::found::sample;

    const SCREEN: Screen = Screen { colour: true, ..Screen::PLAIN };

    fn parsed(text: &str) -> Value {
        assert!(!text.contains('\u{1b}'), "no escapes");
        serde_json::from_str(text).expect("one JSON document")
    }

    #[test]
    fn an_exploration_starts_with_its_schema() {
        let text = exploration(&sample::race_explored(0), 7, &SCREEN);
        assert!(text.starts_with("{\n  \"schema\": \"conclab.exploration/1\""), "{text}");
        let value = parsed(&text);
        assert_eq!(value["interleavings"], "6");
        assert_eq!(value["outcomes"][1]["interleavings"], "4");
        assert_eq!(value["parameters"]["threads"], 2);
        assert_eq!(value["counterexample"]["steps"][0]["state"]["counter"], "0");
        assert_eq!(value["counterexample"]["schedule"], "3");
        assert_eq!(value["counterexample"]["steps"][3]["overwrites"], "B");
        assert_eq!(value["memory_model"], "sequentially-consistent");
        assert_eq!(value["verdict"], "refuted");
        assert_eq!(value["seed"], 7);
    }

    #[test]
    fn an_exploration_looks_as_it_did() {
        let text = exploration(&sample::race_explored(0), 0, &SCREEN);
        snapbox::assert_data_eq!(text, snapbox::file!["snapshots/exploration.json"].raw());
    }

    #[test]
    fn a_demo_carries_what_is_needed_to_repeat_it() {
        let value = parsed(&demo(&sample::deadlock(), &SCREEN));
        assert_eq!(value["schema"], "conclab.demo/1");
        for key in ["version", "seed", "cores", "profile", "prices", "evidence"] {
            assert!(!value[key].is_null(), "{key}");
        }
        assert_eq!(value["runs"].as_array().map(Vec::len), Some(2));
        assert_eq!(value["parameters"]["real"]["increments"], 100_000);
    }

    #[test]
    fn ascii_json_says_the_same() {
        let ascii = Screen { ascii: true, ..SCREEN };
        let (plain, escaped) =
            (demo(&sample::deadlock(), &SCREEN), demo(&sample::deadlock(), &ascii));
        assert!(escaped.is_ascii() && !plain.is_ascii());
        assert_eq!(parsed(&plain), parsed(&escaped));
    }

    #[test]
    fn the_list_has_every_variant() {
        let value = parsed(&list(&[&sample::LAB], &SCREEN));
        assert_eq!(value["labs"][0]["variants"].as_array().map(Vec::len), Some(8));
    }
}
