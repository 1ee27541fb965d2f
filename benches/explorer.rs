//! The explorer beside shuttle and loom, on the same programs in the same run.
//!
//! What is timed is the way to a full verdict. For conclab that is every outcome with its exact
//! count and odds; for the peers, that no execution is left to try. They count executions, which
//! also differ in where a thread starts and is joined; conclab counts interleavings.
//!
//! | program | conclab | shuttle, DFS | loom, std `Arc` |
//! |---|---|---|---|
//! | increments 2 × 1, 2 × 3 | full | full | full |
//! | increments 3 × 2 | full | bounded (1) | bounded (2) |
//! | increments 2 × 10 | full | never ends (3) | never ends (3) |
//! | AB/BA | full | stops (4) | stops (4) |
//! | 2 philosophers, ordered | full | full | full |
//! | 3 philosophers, ordered | full | left out: half a minute | full |
//! | 5 and 8 philosophers, circular | full | stops (4) | impossible (5) |
//! | spinlock, 3 threads | full | never ends (6) | no end in a minute |
//!
//! 1. Its first executions only: all 13,010,087 take about a minute.
//! 2. Its first executions only: it had not ended after a minute and 1,660,000 of them.
//! 3. There are 137,846,528,820 interleavings.
//! 4. It ends with the first deadlock, so that there is no full verdict to time.
//! 5. It has five threads at most, the main one included.
//! 6. Its depth-first scheduler lets a spinning thread spin for ever.
//!
//! After the group, the ratio on 3 × 2 increments is printed with its derivation. With
//! `CONCLAB_BENCH_FULL=1` shuttle runs that program once to its end instead of being extrapolated.

#![expect(clippy::print_stdout, reason = "a benchmark reports on stdout")]
#![expect(clippy::duplicate_mod, reason = "the same programs are mounted once per engine")]

#[path = "explorer/on_conclab.rs"]
mod on_conclab;
#[path = "explorer/on_loom.rs"]
mod on_loom;
#[path = "explorer/on_shuttle.rs"]
mod on_shuttle;

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, SamplingMode};
use on_conclab::verdict;

/// Executions that shuttle needs for all of 3 × 2; `CONCLAB_BENCH_FULL=1` counts them anew.
const SHUTTLE_EXECUTIONS_3X2: usize = 13_010_087;
/// Executions of 3 × 2 after which loom had not ended; there are more.
const LOOM_EXECUTIONS_3X2_MIN: usize = 1_660_000;
/// Executions of 3 × 2 of which shuttle's rate is taken.
const SHUTTLE_EXECUTIONS_TIMED: usize = 100_000;
/// Executions of 3 × 2 of which loom's rate is taken.
const LOOM_EXECUTIONS_TIMED: usize = 10_000;
/// The ratio that conclab promises on 3 × 2.
const RATIO_MIN: f64 = 1_000.0;

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group("explorer");
    group
        .sample_size(10)
        .sampling_mode(SamplingMode::Flat)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(700));
    conclab(&mut group);
    shuttle(&mut group);
    loom(&mut group);
    group.finish();
    // `cargo test --benches` runs everything once, without measuring.
    if std::env::args().any(|argument| argument == "--bench") {
        ratio();
    }
    criterion.final_summary();
}

fn conclab(group: &mut BenchmarkGroup<'_, WallTime>) {
    use on_conclab::programs::{increments, philosophers};
    use on_conclab::spinlock;
    let mut bench = |name: &str, interleavings: &str, program: &dyn Fn() -> usize| {
        group.bench_function(format!("conclab/{name}"), |bencher| {
            bencher.iter(|| assert_eq!(verdict(program), interleavings));
        });
    };
    bench("increments 2x1", "6", &|| increments(2, 1));
    bench("increments 2x3", "924", &|| increments(2, 3));
    bench("increments 3x2", "34650", &|| increments(3, 2));
    bench("increments 2x10", "137846528820", &|| increments(2, 10));
    bench("AB/BA", "6", &|| philosophers(2, false));
    bench("philosophers 2 ordered", "2", &|| philosophers(2, true));
    bench("philosophers 3 ordered", "142", &|| philosophers(3, true));
    bench("philosophers 5 circular", "66468720", &|| philosophers(5, false));
    bench("philosophers 8 circular", "4191662282365998720", &|| philosophers(8, false));
    bench("spinlock 3", "456", &|| spinlock(3));
}

fn shuttle(group: &mut BenchmarkGroup<'_, WallTime>) {
    use on_shuttle::executions;
    use on_shuttle::programs::{increments, philosophers};
    let mut bench = |name: &str, executions_max, program: fn() -> usize| {
        group.bench_function(format!("shuttle/{name}"), |bencher| {
            bencher.iter(|| black_box(executions(program, executions_max)));
        });
    };
    bench("increments 2x1", None, || increments(2, 1));
    bench("increments 2x3", None, || increments(2, 3));
    bench("increments 3x2, 10000 executions", Some(10_000), || increments(3, 2));
    bench("philosophers 2 ordered", None, || philosophers(2, true));
}

fn loom(group: &mut BenchmarkGroup<'_, WallTime>) {
    use on_loom::executions;
    use on_loom::programs::{increments, philosophers};
    let mut bench = |name: &str, executions_max, program: fn() -> usize| {
        group.bench_function(format!("loom/{name}"), |bencher| {
            bencher.iter(|| black_box(executions(program, executions_max)));
        });
    };
    bench("increments 2x1", None, || increments(2, 1));
    bench("increments 2x3", None, || increments(2, 3));
    bench("increments 3x2, 1000 executions", Some(1_000), || increments(3, 2));
    bench("philosophers 2 ordered", None, || philosophers(2, true));
    bench("philosophers 3 ordered", None, || philosophers(3, true));
}

/// Prints how much faster than the peers conclab comes to a full verdict on 3 × 2 increments.
fn ratio() {
    let conclab_s = median_s(|| {
        black_box(verdict(|| on_conclab::programs::increments(3, 2)));
    });
    println!("\n3 × 2 increments, to a full verdict, in this run");
    println!("  conclab  {:.3} ms, median of {RUNS}", conclab_s * 1e3);
    let full = std::env::var_os("CONCLAB_BENCH_FULL").is_some_and(|value| value == "1");
    let shuttle_max = (!full).then_some(SHUTTLE_EXECUTIONS_TIMED);
    let shuttle =
        timed(|| on_shuttle::executions(|| on_shuttle::programs::increments(3, 2), shuttle_max));
    tell("shuttle", &shuttle, SHUTTLE_EXECUTIONS_3X2, full, conclab_s);
    let loom = timed(|| {
        let program = || on_loom::programs::increments(3, 2);
        on_loom::executions(program, Some(LOOM_EXECUTIONS_TIMED))
    });
    tell("loom", &loom, LOOM_EXECUTIONS_3X2_MIN, false, conclab_s);
}

/// Runs of which the median is taken.
const RUNS: usize = 11;

/// Median wall time of `work` after a run that does not count, in seconds.
fn median_s(work: impl Fn()) -> f64 {
    work();
    let mut samples_s: Vec<f64> = (0..RUNS)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed().as_secs_f64()
        })
        .collect();
    samples_s.sort_by(f64::total_cmp);
    samples_s[RUNS / 2]
}

/// Executions of a peer and how long they took.
struct Timed {
    executions: usize,
    elapsed_s: f64,
}

fn timed(work: impl FnOnce() -> usize) -> Timed {
    let start = Instant::now();
    let executions = work();
    Timed { executions, elapsed_s: start.elapsed().as_secs_f64() }
}

/// Prints a peer's lines: what was timed, what follows for `executions_all` (all that shuttle
/// needs, fewer than loom needs), and the ratio.
fn tell(peer: &str, timed: &Timed, executions_all: usize, full: bool, conclab_s: f64) {
    let Timed { executions, elapsed_s } = timed;
    let all_s =
        if full { *elapsed_s } else { elapsed_s * executions_all as f64 / *executions as f64 };
    let ratio = all_s / conclab_s;
    let how = if full {
        "all there are".to_owned()
    } else {
        format!("at that rate {executions_all} take {all_s:.1} s")
    };
    let met = if ratio >= RATIO_MIN { "met" } else { "NOT met" };
    println!("  {peer:<8} {executions} executions in {elapsed_s:.3} s: {how}");
    println!("           {ratio:.0} times conclab's; the promise of {RATIO_MIN:.0} is {met}");
}
