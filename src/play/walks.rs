//! The player walks at random: whatever is reached is a state of the state graph, every way on is
//! one of its edges, and undo leads back to the moment before.

use conclab_engine::report::{MoveEdge, Position, StateNode};
use conclab_kit::report::StateGraph;

use super::machine::{Notice, Phase};
use super::sample::Table;
use super::tests::numbers;

/// Walks through every variant, at each size.
const WALKS: u64 = 200;

/// Inputs of the longest walk: on a graph with cycles there is no end.
const INPUTS_MAX: usize = 30;

/// Small programs of each lab.
fn sizes(lab: &str) -> &'static [&'static [&'static str]] {
    match lab {
        "race" | "deadlock" => &[&["--threads", "2"], &["--threads", "3"]],
        "semaphore" => &[&["--workers", "2", "--permits", "1", "--rounds", "1"], &[]],
        "pool" => &[&["--tasks", "2", "--workers", "1"], &["--tasks", "2", "--workers", "2"]],
        _ => &[&[]],
    }
}

/// The walks of one lab, all of its variants.
fn walk_through(lab: &str) {
    let mut labs = conclab_labs::catalogue().iter();
    let variants = labs.find(|one| one.card().name == lab).expect("a lab").variants();
    for flags in sizes(lab) {
        for variant in &variants {
            let mut table = Table::new(lab, variant.name, flags);
            let graph = table.graph();
            assert_eq!(graph.states.len() as u64, graph.states_all, "the whole graph is small");
            for seed in 0..WALKS {
                walk(&mut table, &graph, seed);
            }
        }
    }
}

/// From the beginning with some steps back, and in the end all of them.
fn walk(table: &mut Table, graph: &StateGraph, seed: u64) {
    let mut next = numbers(seed);
    table.say("r");
    let mut way = vec![(0, told(table))];
    assert_eq!(difference(graph, 0, table.play.here()), None);
    for _ in 0..INPUTS_MAX {
        let (state, _) = way.last().expect("the beginning is never taken back");
        if way.len() > 1 && next(5) == 0 {
            way.pop();
            undo(table, &way);
        } else if table.play.phase() == Phase::Moving {
            let choice = next(table.play.choices());
            let edge = &graph.states[*state].moves[choice];
            let state = edge.to.expect("the whole graph is there") as usize;
            table.say(&(choice + 1).to_string());
            let states: Vec<_> = way.iter().map(|(state, _)| state).collect();
            assert_eq!(difference(graph, state, table.play.here()), None, "after {states:?}");
            way.push((state, told(table)));
        }
    }
    while way.len() > 1 {
        way.pop();
        undo(table, &way);
    }
    table.say("u");
    assert_eq!(table.play.notice(), Some(&Notice::Beginning));
}

/// Takes a step back, to the last moment of the way.
fn undo(table: &mut Table, way: &[(usize, String)]) {
    table.say("u");
    let (state, before) = way.last().expect("the beginning is never taken back");
    assert!(told(table) == *before, "undo does not lead back to state {state}");
}

/// Everything that can be seen of a moment, of the way there only the last step.
fn told(table: &Table) -> String {
    let here = table.play.here();
    let way = (here.told.steps.last(), here.told.context_switches, &here.told.wait_for);
    let told = (&here.state, &here.threads, &here.moves, here.best, here.switches_best);
    format!("{:?} {way:?} {told:?} {}", table.play.phase(), here.failed)
}

/// What a moment and a state of the graph do not agree on.
fn difference(graph: &StateGraph, state: usize, here: &Position) -> Option<String> {
    let node = &graph.states[state];
    let [found, wanted] = [seen(here), drawn(graph, node)];
    if found != wanted {
        return Some(format!("state {state}: {found:?} is not {wanted:?}"));
    }
    let ended = node.moves.is_empty();
    let outcome = node.outcome.map_or("unfinished", |text| &graph.texts[text as usize]);
    let ends = outcome == here.told.outcome || (ended && node.outcome.is_none());
    let fails = here.failed == (ended && node.must_fail) && here.best.is_some() == way_on(node);
    (!ends || !fails).then(|| format!("state {state}: it ends otherwise than in {outcome}"))
}

/// Whether some way on fails.
fn way_on(node: &StateNode) -> bool {
    node.can_fail && !node.moves.is_empty()
}

/// A moment in words: objects, threads, ways on.
type Words = (Vec<[String; 2]>, Vec<Vec<Option<String>>>, Vec<Vec<Option<String>>>);

fn seen(here: &Position) -> Words {
    let objects = here.state.iter().map(|(name, value)| [name.clone(), value.clone()]);
    let threads = here.threads.iter().map(|one| {
        let next = one.next.as_ref();
        vec![
            Some(one.thread.clone()),
            next.map(|next| next.name.clone()),
            next.map(|next| next.file.clone()),
            next.map(|next| next.line.to_string()),
            one.waits.clone(),
        ]
    });
    let moves = here.moves.iter().map(|one| {
        vec![
            Some(one.thread.clone()),
            Some(one.operation.clone()),
            one.result.clone(),
            one.interleavings.clone(),
            one.failing.clone(),
            Some(format!("{} {}", one.can_fail, one.must_fail)),
        ]
    });
    (objects.collect(), threads.collect(), moves.collect())
}

fn drawn(graph: &StateGraph, node: &StateNode) -> Words {
    let text = |number: u32| graph.texts[number as usize].clone();
    let objects = node.objects.iter().map(|pair| pair.map(text));
    let threads = node.threads.iter().map(|one| {
        let line = one.line.map(|line| line.to_string());
        vec![
            Some(text(one.name)),
            one.next.map(text),
            one.file.map(text),
            line,
            one.waits.map(text),
        ]
    });
    let moves = node.moves.iter().map(|one: &MoveEdge| {
        let to = &graph.states[one.to.expect("the whole graph is there") as usize];
        vec![
            Some(text(one.thread)),
            Some(text(one.operation)),
            one.result.map(text),
            to.interleavings.clone(),
            to.failing.clone(),
            Some(format!("{} {}", to.can_fail, to.must_fail)),
        ]
    });
    (objects.collect(), threads.collect(), moves.collect())
}

#[test]
fn races_are_walked_through() {
    walk_through("race");
}

#[test]
fn deadlocks_are_walked_through() {
    walk_through("deadlock");
}

#[test]
fn semaphores_are_walked_through() {
    walk_through("semaphore");
}

#[test]
fn spinlocks_are_walked_through() {
    walk_through("spinlock");
}

#[test]
fn pools_are_walked_through() {
    walk_through("pool");
}

#[test]
fn no_lab_is_left_out() {
    let walked = ["race", "deadlock", "semaphore", "spinlock", "pool"];
    for lab in conclab_labs::catalogue() {
        assert!(walked.contains(&lab.card().name), "{}: walk through it here", lab.card().name);
    }
}
