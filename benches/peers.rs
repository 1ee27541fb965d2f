//! The process pool beside Python's and Node's: `cargo bench --bench peers`.
//!
//! Scripts in `benches/peers` measure theirs and print JSON; this program measures ours, by turns
//! with them, and prints one table. Who is missing, fails or takes too long is left out with the
//! reason. It takes less than a minute.
#![expect(clippy::print_stdout, reason = "the table is its result")]

#[path = "peers/script.rs"]
mod script;
#[path = "peers/table.rs"]
mod table;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use conclab_engine::stop::Stop;
use conclab_labs::pool::role::Tasks;
use conclab_labs::pool::work::Work;
use conclab_workers::{ProcessPool, Settings, Wiring};
use table::Sample;

/// As in the scripts: workers of every pool.
const WORKERS: usize = 4;
/// Tasks on their way to a worker or from it.
const WINDOW: usize = 1_024;
/// Samples of ours per round.
const SAMPLES: usize = 3;
/// Rounds, in each of which everybody has a turn.
const ROUNDS: usize = 2;
/// No round begins after this.
const BUDGET: Duration = Duration::from_secs(20);

const OURS: &str = "conclab (pipes)";

fn main() {
    // `cargo test --benches` only wants to know that it runs.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    let begin = Instant::now();
    let mut samples = Vec::new();
    let mut peers = vec![script::PYTHON, script::NODE];
    for _ in 0..ROUNDS {
        if begin.elapsed() > BUDGET {
            break;
        }
        samples.extend(ours());
        peers.retain(|peer| match peer.run() {
            Ok(theirs) => {
                samples.extend(theirs);
                true
            }
            Err(because) => {
                println!("{}: skipped: {because}", peer.name);
                false
            }
        });
    }
    print!("{}", table::table(OURS, &samples));
}

fn started(wiring: Wiring) -> ProcessPool<Tasks> {
    let program = PathBuf::from(env!("CARGO_BIN_EXE_conclab"));
    let command = (program, vec!["worker".into(), "tasks".into()]);
    let settings = Settings { command, workers: WORKERS, window: WINDOW, wiring };
    let mut pool =
        ProcessPool::<Tasks>::start(&settings, &Stop::never()).expect("the workers start");
    // As with the others: all workers have done something.
    map(&mut pool, &[const { Work::Nothing }; WORKERS]);
    pool
}

fn map(pool: &mut ProcessPool<Tasks>, tasks: &[Work]) {
    let results = pool.map(tasks, &Stop::never());
    assert!(results.iter().all(Result::is_ok), "{:?}", pool.report());
}

/// Measures ours.
fn ours() -> Vec<Sample> {
    let mut samples = Vec::new();
    for _ in 0..SAMPLES {
        let begin = Instant::now();
        let pool = started(Wiring::Pipe);
        samples.push(Sample::new(OURS, "start of 4 workers", nanoseconds(begin)));
        drop(pool);
    }
    let mut pool = started(Wiring::Pipe);
    let mut per_task = |what: &str, tasks: &[Work], repeats: usize| {
        for sample in 0..=SAMPLES {
            let begin = Instant::now();
            (0..repeats).for_each(|_| map(&mut pool, tasks));
            let ns = nanoseconds(begin) / (repeats * tasks.len()) as f64;
            // The first one warms up.
            (sample > 0).then(|| samples.push(Sample::new(OURS, what, ns)));
        }
    };
    per_task("one task and back", &[Work::Nothing], 200);
    per_task("a tiny task of many", &vec![Work::Nothing; 400_000], 1);
    let payload = Work::Sum { payload: vec![1; 1 << 20] };
    per_task("1 MiB of many", &vec![payload; 16], 1);
    samples
}

fn nanoseconds(begin: Instant) -> f64 {
    begin.elapsed().as_secs_f64() * 1e9
}
