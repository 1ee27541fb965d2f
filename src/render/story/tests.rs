//! Laws of the picture: well-formed, told in words, and nothing outside its frame.

use super::*;
use crate::found::sample;

fn replayed(interleaving: conclab_engine::report::Interleaving) -> Replayed {
    let one = sample::race_explored(0);
    Replayed {
        lab: "race",
        variant: one.variant,
        size: "2 × 1 <increment>".to_owned(),
        parameters: one.report.parameters,
        memory_model: one.report.memory_model,
        promised: Some("count right"),
        expected: None,
        interleaving,
    }
}

/// Numbers of one attribute, in the order of the file.
fn numbers(text: &str, attribute: &str) -> Vec<f64> {
    let mark = format!(" {attribute}=\"");
    let values = text.split(&mark).skip(1).filter_map(|rest| rest.split('"').next());
    values.filter_map(|value| value.parse().ok()).collect()
}

/// Checks that tags are closed in order, and that all is within the frame.
fn check(text: &str) {
    let mut open = Vec::new();
    for tag in text.split('<').skip(1) {
        let (tag, _) = tag.split_once('>').expect("every tag ends");
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name));
        } else if !tag.ends_with('/') {
            open.push(tag.split(' ').next().unwrap_or_default());
        }
    }
    assert_eq!(open, Vec::<&str>::new());
    let frame = text.split("viewBox=\"0 0 ").nth(1).and_then(|rest| rest.split('"').next());
    let (width, height) = frame.and_then(|frame| frame.split_once(' ')).expect("a frame");
    let most = |attribute| numbers(text, attribute).into_iter().fold(0.0, f64::max);
    assert!(most("x") <= width.parse().expect("a number"), "{text}");
    assert!(most("y") <= height.parse().expect("a number"), "{text}");
    assert!(!text.contains("NaN") && !text.contains("http://www.w3.org/1999"), "{text}");
}

#[test]
fn a_lost_update_is_a_picture() {
    let text = svg(&replayed(sample::lost_update(1)));
    check(&text);
    for words in [
        "role=\"img\" aria-labelledby=\"title desc\"",
        "<title id=\"title\">race unsynchronised: 2 × 1 &lt;increment&gt;, interleaving 3 of 6<",
        "stale since step 1: overwrites B&#39;s change",
        "<rect class=\"bad\"",
        "load counter → 0",
    ] {
        let words = words.replace("&#39;", "'");
        assert!(text.contains(&words), "`{words}` is missing:\n{text}");
    }
    assert!(!text.contains("class=\"waits\" "), "nobody waits");
}

#[test]
fn a_deadlock_has_a_ring_with_what_each_waits_for() {
    let deadlock = sample::deadlock();
    let run = deadlock.explored[0].report.counterexample.clone().expect("it is refuted");
    let text = svg(&replayed(run.clone()));
    check(&text);
    for words in ["waits for account 1<", "waits for account 0<", "holds account 0<", "cycle: A"] {
        assert!(text.contains(words), "`{words}` is missing:\n{text}");
    }
    assert_eq!(text.matches("<path class=\"waits\" ").count(), 2);
    for n_threads in [3, 5, 12, 64] {
        let mut run = run.clone();
        let graph = run.wait_for.as_mut().expect("it is stuck");
        let one = graph.waiting[0].clone();
        graph.cycle = (0..n_threads).map(|n| format!("philosopher & {n}")).collect();
        let names = graph.cycle.iter().cloned();
        graph.waiting =
            names.map(|thread| conclab_engine::report::Waiting { thread, ..one.clone() }).collect();
        let text = svg(&replayed(run));
        check(&text);
        let drawn = if n_threads > 12 { 0 } else { n_threads };
        assert_eq!(text.matches("<path class=\"waits\" ").count(), drawn);
    }
}

#[test]
fn long_and_wide_ones_stay_within_their_frame() {
    let mut run = sample::lost_update(500);
    check(&svg(&replayed(run.clone())));
    run.threads = (0..64).map(|n| format!("thread {n}")).collect();
    check(&svg(&replayed(run.clone())));
    run.steps.clear();
    check(&svg(&replayed(run)));
}
