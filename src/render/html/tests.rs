//! What a page does with texts and sizes that no lab has; `tests/page.rs` looks at the labs.

use conclab_engine::report::{MoveEdge, StateNode, ThreadNode};
use conclab_kit::report::Parameters;
use serde_json::Value;

use super::*;
use crate::found::sample;

/// A chain of so many states, in which one thread goes on and on.
fn chain(length: u32, texts: &[&str]) -> StateGraph {
    let thread = ThreadNode { name: 0, next: Some(1), file: Some(2), line: Some(2), waits: None };
    let state = |n: u32| StateNode {
        objects: vec![[0, 1]],
        threads: vec![thread.clone()],
        moves: (n + 1 < length)
            .then(|| MoveEdge { thread: 0, operation: 1, result: None, to: Some(n + 1) })
            .into_iter()
            .collect(),
        interleavings: Some(format!("{n}")),
        failing: Some("0".to_owned()),
        odds: 0.5,
        can_fail: n == 0,
        must_fail: false,
        outcome: None,
    };
    StateGraph {
        lab: "race".to_owned(),
        variant: "unsynchronised".to_owned(),
        parameters: Parameters::default(),
        states_all: length.into(),
        texts: texts.iter().map(|text| (*text).to_owned()).collect(),
        states: (0..length).map(state).collect(),
        simplest: Some(vec![0; 40]),
    }
}

const TEXTS: [&str; 3] = ["A", "go on", "labs/a.rs"];

fn written(graphs: Vec<StateGraph>, sources: &[(&str, &str)]) -> String {
    let explored = || sample::race_explored(0);
    let variants: Vec<_> =
        graphs.into_iter().map(|graph| Charted { explored: explored(), graph }).collect();
    let card = conclab_kit::lab::AnyLab::card(&sample::LAB);
    page(&Page { card, variants: &variants, refused: &[], sources })
}

fn data(page: &str) -> Value {
    let (_, rest) = page.split_once("id=\"data\">").expect("a page holds data");
    let (data, _) = rest.split_once("</script>").expect("the data ends");
    serde_json::from_str(data).expect("one JSON document")
}

#[test]
fn no_text_can_end_the_data_or_begin_a_tag() {
    let hostile = ["</script><script>alert(1)</script>", "<!--<script>", "labs/a.rs"];
    let code = [("labs/a.rs", "fn a() {\n    \"</ScRiPt>&amp;\";\n}\n")];
    let page = written(vec![chain(3, &hostile)], &code);
    assert_eq!(page.to_lowercase().matches("</script").count(), 2);
    assert!(!page.contains("alert(1)</"));
    let data = data(&page);
    let texts = data["variants"][0]["texts"].as_array().expect("texts");
    assert!(texts.contains(&Value::from(hostile[0])));
    assert_eq!(data["variants"][0]["code"][0]["lines"][1], "    \"</ScRiPt>&amp;\";");
}

#[test]
fn a_small_graph_stays_whole_beside_a_large_one() {
    let page = written(vec![chain(40_000, &TEXTS), chain(50, &TEXTS)], &[]);
    assert!((BYTES_MAX * 9 / 10..=BYTES_MAX).contains(&page.len()), "{} bytes", page.len());
    let data = data(&page);
    let states = |n: usize| data["variants"][n]["states"].as_array().expect("states").clone();
    assert_eq!(states(1).len(), 50);
    let cut = states(0);
    assert!((1000..40_000).contains(&cut.len()), "{} states", cut.len());
    assert_eq!(data["variants"][0]["states_all"], 40_000);
    assert_eq!(cut.last().expect("states")[2][0][1], Value::Null, "it leads out of the page");
}

#[test]
fn the_way_to_the_failure_stays_however_little_room_there_is() {
    let graph = chain(500, &TEXTS);
    let mut graphs = [Packed::new(&graph)];
    pack::fit(&mut graphs, 10);
    let packed: Value = serde_json::to_value(&graphs[0]).expect("it is data");
    assert_eq!(packed["states"].as_array().map(Vec::len), Some(41));
}
