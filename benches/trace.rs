//! What it costs to record an event: the traced world beside `tracing` and `fastrace`, and beside
//! the clock alone, which no recorder can beat.
//!
//! Recorders with bounded buffers are emptied between chunks of events, outside of the time that
//! counts. `tracing` has its registry, which gives spans their numbers and stores no events: more
//! would have to be measured with whatever stores them.

use std::hint::black_box;
use std::time::{Duration, Instant};

use conclab_engine::world::traced::{Object, Recording, What, ticks};
use criterion::{
    BenchmarkGroup, Criterion, criterion_group, criterion_main, measurement::WallTime,
};
use fastrace::collector::{Config, Reporter, SpanContext, SpanRecord};
use fastrace::local::LocalSpan;

type Group<'a> = BenchmarkGroup<'a, WallTime>;

/// Events, or spans, after which buffers are emptied.
const CHUNK: u64 = 1000;

fn trace(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("trace");
    group.sample_size(20);
    group.warm_up_time(Duration::from_millis(300));
    group.measurement_time(Duration::from_millis(700));
    off(&mut group);
    // From here on there are recorders to record to.
    conclab(&mut group);
    with_fastrace(&mut group);
    with_tracing(&mut group);
    group.finish();
}

/// What it costs where nobody records.
fn off(group: &mut Group<'_>) {
    group.bench_function("conclab/event, off", |bencher| {
        bencher.iter(|| black_box(Object::NONE).record(What::Mark, black_box(1)));
    });
    group.bench_function("tracing/event, off", |bencher| {
        bencher.iter(|| tracing::info!(value = black_box(1)));
    });
    group.bench_function("fastrace/span, off", |bencher| {
        bencher.iter(|| drop(LocalSpan::enter_with_local_parent("span")));
    });
}

fn conclab(group: &mut Group<'_>) {
    // The first recording decides which clock there is.
    drop(Recording::new());
    group.bench_function("clock/reading it", |bencher| {
        bencher.iter_custom(|n| in_chunks(n, || (), |(), n| (0..n).for_each(|_| read(ticks))));
    });
    group.bench_function("Instant::now/reading it", |bencher| {
        bencher
            .iter_custom(|n| in_chunks(n, || (), |(), n| (0..n).for_each(|_| read(Instant::now))));
    });
    let object = black_box(Object::NONE);
    let event = |value: u64| object.record(What::Mark, value);
    group.bench_function("conclab/event", |bencher| {
        bencher.iter_custom(|n| in_chunks(n, in_lane, |_, n| (0..n).for_each(event)));
    });
    group.bench_function("conclab/span", |bencher| {
        bencher.iter_custom(|n| {
            in_chunks(n, in_lane, |_, n| {
                for value in 0..n {
                    object.record(What::TaskStart, value);
                    object.record(What::TaskEnd, value);
                }
            })
        });
    });
}

fn read<T>(clock: impl Fn() -> T) {
    black_box(clock());
}

/// Lets this thread record to a buffer that is empty and that the processor has in reach.
fn in_lane() -> impl Sized {
    let recording = Recording::new();
    let lane = recording.lane("bench").enter();
    (lane, recording)
}

/// Time that `work` takes for `n` in all, by the median of chunks, each with what `prepare` gives:
/// a chunk in which the system ran somebody else says nothing about a recorder.
fn in_chunks<T>(n: u64, prepare: impl Fn() -> T, work: impl Fn(&T, u64)) -> Duration {
    let mut chunks: Vec<Duration> = Vec::new();
    for _ in 0..n.div_ceil(CHUNK) {
        let prepared = prepare();
        let begin = Instant::now();
        work(&prepared, CHUNK);
        chunks.push(begin.elapsed());
    }
    chunks.sort_unstable();
    chunks[chunks.len() / 2].mul_f64(n as f64 / CHUNK as f64)
}

/// Forgets what is reported to it.
struct Nowhere;

impl Reporter for Nowhere {
    fn report(&mut self, spans: Vec<SpanRecord>) {
        drop(spans);
    }
}

fn with_fastrace(group: &mut Group<'_>) {
    fastrace::set_reporter(Nowhere, Config::default());
    let parent = || {
        let root = fastrace::Span::root("root", SpanContext::random());
        let guard = root.set_local_parent();
        (guard, root)
    };
    group.bench_function("fastrace/span", |bencher| {
        bencher.iter_custom(|n| {
            in_chunks(n, parent, |_, n| {
                (0..n).for_each(|_| drop(LocalSpan::enter_with_local_parent("span")));
            })
        });
    });
    group.bench_function("fastrace/event", |bencher| {
        bencher.iter_custom(|n| {
            in_chunks(n, parent, |_, n| {
                (0..n).for_each(|_| LocalSpan::add_event(fastrace::Event::new("event")));
            })
        });
    });
    fastrace::flush();
}

fn with_tracing(group: &mut Group<'_>) {
    tracing::subscriber::with_default(tracing_subscriber::registry(), || {
        group.bench_function("tracing/event", |bencher| {
            bencher.iter(|| tracing::info!(value = black_box(1)));
        });
        group.bench_function("tracing/span", |bencher| {
            bencher.iter(|| drop(tracing::info_span!("span", value = black_box(1)).entered()));
        });
    });
}

criterion_group!(benches, trace);
criterion_main!(benches);
