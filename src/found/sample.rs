//! Reports for tests of the command and its renderers: what the model says is the real race lab's,
//! what real threads would show and cost is made by hand, and so are shapes that no lab has.

use conclab_engine::report::{
    Count, Endless, Interleaving, Place, Step, Wait, WaitForGraph, Waiting,
};
use conclab_engine::settings::ModelSettings;
use conclab_engine::stop::Stop;
use conclab_kit::lab::{AnyLab, Card, Purpose, VariantCard};
use conclab_kit::report::{Evidence, Expectation, Exploration, Parameters, Runs, Seen};
use conclab_measure::{Price, Way};

use super::{Demo, Explored, Part, Ran, Stamp};

pub(crate) mod trace;

/// The lab that most samples are of.
pub(crate) static LAB: conclab_labs::race::Race = conclab_labs::race::Race;

fn race_variant(variant: usize) -> VariantCard {
    AnyLab::variants(&LAB)[variant]
}

/// A variant of the race as the explorer finds it, but for the time that it took.
pub(crate) fn race_explored(variant: usize) -> Explored {
    let flags = LAB.with_flags(clap::Command::new("race").no_binary_name(true));
    let flags = flags.try_get_matches_from([""; 0]).expect("nothing is needed");
    let bound = LAB.bind(&flags, Purpose::Study).expect("nothing is asked for");
    let settings = ModelSettings::new(1_000, Stop::never());
    let found = bound.search(variant, &settings, &mut |_| {}).expect("a small program");
    let report = found.report().expect("labs are deterministic");
    let mut report = Exploration { elapsed_ns: 51_000, ..report };
    // Whoever adds a line to the lab has not changed what a screen looks like.
    report.counterexample.iter_mut().flat_map(|run| &mut run.steps).for_each(|step| step.line = 31);
    Explored::new(&*bound, (variant, race_variant(variant)), report)
}

fn told(runs: &Runs) -> String {
    let failed = runs.failed();
    format!("{failed} of {} runs lost updates: expected 200,000, got 100,021 to 199,874", runs.runs)
}

fn parameters(increments: u64) -> Parameters {
    Parameters(vec![("threads", 2), ("increments", increments)])
}

/// The same work done in two ways.
pub(crate) fn ways() -> Vec<Way> {
    let in_turn = Way {
        name: "in turn".to_owned(),
        n: 5,
        wall_ns: 271_000_000,
        spread_ns: 1_000_000,
        speed_up: 1.0,
        efficiency: None,
        cpu_ns: 271_000_000,
        memory_max_bytes: None,
        serialised_bytes: None,
        switches_voluntary: Some(2),
        switches_involuntary: Some(10),
    };
    let processes = Way {
        name: "process pool".to_owned(),
        wall_ns: 140_000_000,
        speed_up: 1.94,
        efficiency: Some(0.97),
        serialised_bytes: Some(2_150),
        memory_max_bytes: Some(10_276_045),
        switches_voluntary: Some(1_200),
        ..in_turn.clone()
    };
    vec![in_turn, processes]
}

/// Runs of which the first outcome is right and all else is what the lesson is about.
pub(crate) fn runs(lab: &str, variant: &str, failed: u64, outcome: &str) -> Runs {
    let seen = |outcome: &str, expectation, runs| Seen {
        shows: None,
        outcome: outcome.to_owned(),
        expectation: Some(expectation),
        because: None,
        runs,
    };
    Runs {
        lab: lab.to_owned(),
        variant: variant.to_owned(),
        parameters: parameters(100_000),
        widen: "none".to_owned(),
        runs_asked: 200,
        runs: 200,
        unfinished: 0,
        outcomes: vec![
            seen("200000", Expectation::Acceptable, 200 - failed),
            seen(outcome, Expectation::Interesting, failed),
        ],
        wait_for: None,
        cores: 2,
        limit: None,
        elapsed_ns: 1_200_000_000,
    }
}

fn step(number: usize, thread: &str, operation: &str, result: &str, counter: &str) -> Step {
    Step {
        step: number,
        thread: thread.to_owned(),
        operation: operation.to_owned(),
        result: (!result.is_empty()).then(|| result.to_owned()),
        stale_since: None,
        overwrites: None,
        switch: None,
        file: "labs/race/mod.rs".to_owned(),
        line: 31,
        state: vec![("counter".to_owned(), counter.to_owned())],
    }
}

/// A loses the updates of B, who makes `n` of them in a row.
pub(crate) fn lost_update(n: usize) -> Interleaving {
    let mut steps = vec![step(1, "A", "load counter", "0", "0")];
    for i in 0..n {
        let (old, new) = (i.to_string(), (i + 1).to_string());
        steps.push(step(2 * i + 2, "B", "load counter", &old, &old));
        steps.push(step(2 * i + 3, "B", &format!("store counter {new}"), "", &new));
    }
    let mut last = step(2 * n + 2, "A", "store counter 1", "", "1");
    last.stale_since = Some(1);
    last.overwrites = Some("B".to_owned());
    steps.push(last);
    Interleaving {
        outcome: "1".to_owned(),
        schedule: Some("3".to_owned()),
        of: Some("6".to_owned()),
        cyclic: false,
        context_switches: 2,
        threads: vec!["A".to_owned(), "B".to_owned()],
        steps,
        wait_for: None,
        loops_to: None,
        decided: None,
    }
}

fn price(label: &str, threads: usize, median_ns: f64, unit: &str) -> Price {
    Price {
        label: label.to_owned(),
        threads,
        unit: unit.to_owned(),
        n: 15,
        median_ns,
        spread_ns: median_ns / 12.0,
        cpu_ns: Some(median_ns * 1.9),
    }
}

fn race_prices() -> Vec<Price> {
    let one = |threads: usize| {
        [
            ("unsynchronised", 1.12),
            ("mutex (std)", 21.3),
            ("mutex (parking_lot)", 19.8),
            ("atomic", 6.41),
            ("compare-exchange", 31.0),
            ("sharded", 0.61),
        ]
        .map(|(label, ns)| price(label, threads, ns, "increment"))
    };
    one(1).into_iter().chain(one(2)).collect()
}

fn stamp() -> Stamp {
    Stamp { cores: 2, version: "0.1.0", profile: "release", seed: 0 }
}

fn ran(report: Runs, told: &str) -> Ran {
    Ran { report, told: told.to_owned(), right: false, busy: None }
}

/// The race, which shows by itself on real threads.
pub(crate) fn race() -> Demo {
    let broke = runs("race", "unsynchronised", 197, "150000");
    Demo {
        card: AnyLab::card(&LAB),
        subject: Some(race_variant(0)),
        first: race_variant(0).name,
        parts: Part::ALL.to_vec(),
        stamp: stamp(),
        size_real: "2 × 100,000 increments".to_owned(),
        real: parameters(100_000),
        size_model: "2 × 1 increment".to_owned(),
        model: parameters(1),
        broke: Some(Ran { told: told(&broke), ..ran(broke, "") }),
        widened: None,
        others: Vec::new(),
        explored: (0..AnyLab::variants(&LAB).len()).map(race_explored).collect(),
        refused: Vec::new(),
        prices: race_prices(),
        prices_limit: None,
        exhibits: Vec::new(),
        claims: Vec::new(),
        evidence: Vec::new(),
        flags: String::new(),
        asked: None,
    }
}

/// A deadlock that real threads show only with the window widened: the fullest screen there is.
pub(crate) fn deadlock() -> Demo {
    let mut widened = runs("deadlock", "circular", 20, "deadlock");
    widened.widen = "handshake".to_owned();
    (widened.runs, widened.runs_asked) = (20, 20);
    let told = "20 of 20 runs deadlocked: each held one account and waited for the next";
    let explored = deadlock_explored();
    Demo {
        subject: Some(explored[0].variant),
        first: explored[0].variant.name,
        card: Card {
            name: "deadlock",
            group: "Deadlocks",
            summary: "2 threads move money around a ring",
            unit: "transfer",
            can_hang: true,
            ..AnyLab::card(&LAB)
        },
        size_real: "2 threads".to_owned(),
        size_model: "2 threads".to_owned(),
        broke: Some(ran(runs("deadlock", "circular", 0, "deadlock"), "")),
        widened: Some(ran(widened, told)),
        explored,
        prices: ["circular", "ordered (std)", "ordered (parking_lot)", "all-at-once", "lock-free"]
            .iter()
            .map(|label| price(label, 2, 74.2, "transfer"))
            .collect(),
        evidence: conditions(),
        ..race()
    }
}

fn conditions() -> Vec<Evidence> {
    [
        ("mutual exclusion", "account 0 is A's alone, account 1 is B's alone"),
        ("hold and wait", "both hold one (line 41) and want another (line 43)"),
        ("no pre-emption", "nobody can take account 0 from A or account 1 from B"),
        ("circular wait", "A → account 1 → B → account 0 → A"),
    ]
    .map(|(claim, because)| Evidence {
        holds: true,
        claim: claim.to_owned(),
        because: because.to_owned(),
    })
    .into()
}

/// A waits for B, B for A.
pub(crate) fn embrace() -> WaitForGraph {
    let place = |name: &str, line| Place {
        name: name.to_owned(),
        file: "labs/deadlock/mod.rs".to_owned(),
        line,
    };
    let waiting = |thread: &str, has, wants, by: &str| Waiting {
        thread: thread.to_owned(),
        holds: vec![place(has, 41)],
        wants: place(wants, 43),
        how: Wait::Lock,
        held_by: Some(by.to_owned()),
    };
    WaitForGraph {
        waiting: vec![
            waiting("A", "account 0", "account 1", "B"),
            waiting("B", "account 1", "account 0", "A"),
        ],
        cycle: vec!["A".to_owned(), "B".to_owned()],
    }
}

fn deadlocked() -> Interleaving {
    let state = |a: &str, b: &str| {
        vec![("account 0".to_owned(), a.to_owned()), ("account 1".to_owned(), b.to_owned())]
    };
    let mut steps =
        vec![step(1, "A", "lock account 0", "", ""), step(2, "B", "lock account 1", "", "")];
    steps[0].state = state("A", "free");
    steps[1].state = state("A", "B");
    Interleaving {
        outcome: "deadlock".to_owned(),
        steps,
        wait_for: Some(embrace()),
        ..lost_update(1)
    }
}

fn deadlock_explored() -> Vec<Explored> {
    let variant = |name, removes, right| VariantCard { name, summary: "", right, removes };
    let one = |card: VariantCard, report: Exploration, does| Explored {
        report: Exploration { lab: "deadlock".to_owned(), variant: card.name.to_owned(), ..report },
        variant: card,
        size: "2 threads".to_owned(),
        does,
    };
    let proved = race_explored(4).report;
    let mut circular = race_explored(0).report;
    circular.counterexample = Some(deadlocked());
    let mut live = circular.clone();
    live.interleavings = Count::Unbounded;
    live.outcomes[1].interleavings = Count::Unbounded;
    let endless = Exploration {
        interleavings: Count::Unbounded,
        endless: Some(Endless { odds: 0.0, interleaving: lost_update(1) }),
        ..proved.clone()
    };
    let bad = |does| vec![Some("finish"), Some(does)];
    let good = || vec![Some("finish")];
    vec![
        one(variant("circular", None, false), circular, bad("deadlock")),
        one(variant("try-lock-no-release", None, false), live, bad("livelock")),
        one(variant("ordered", Some("circular wait"), true), proved.clone(), good()),
        one(variant("all-at-once", Some("two hold and wait"), true), proved.clone(), good()),
        one(variant("try-lock-release", Some("no pre-emption"), true), endless, good()),
        one(variant("lock-free", Some("mutual exclusion"), true), proved, good()),
    ]
}
