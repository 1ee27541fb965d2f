//! A thousand waits of ten milliseconds: the lab's one thread beside mio's, tokio's, and 64 that
//! block.
//!
//! All ask the same server, on connections opened beforehand. Before criterion's own runs, which
//! take one way after the other, a table of alternated rounds gives the ratios.
#![expect(clippy::print_stderr, reason = "criterion has no place for ratios")]

#[path = "sockets/peers.rs"]
mod peers;

use std::thread;
use std::time::{Duration, Instant};

use conclab_engine::stop::Stop;
use conclab_net::{Multiplexer, Server, open, room_for};
use criterion::{Criterion, criterion_group, criterion_main};
use peers::{OnMio, OnTokio, on_threads};

const WAITS: usize = 1_000;
const DELAY_US: u32 = 10_000;
const THREADS: usize = 64;
/// Alternated rounds.
const ROUNDS: usize = 7;
/// Before each turn: until the last acknowledgements of the turn before, which the kernel holds
/// back for 40 ms, are through.
const REST: Duration = Duration::from_millis(60);
/// Runs of a turn that do not count: they bring the way's sockets back into the caches.
const WARM_UPS: usize = 2;
/// Runs of a turn that count.
const RUNS: usize = 5;

/// A way to wait for all, with its name.
type Way<'a> = (&'static str, Box<dyn FnMut() + 'a>);

fn io_waits(criterion: &mut Criterion) {
    let stop = Stop::never();
    if let Err(error) = room_for(2 * (3 * WAITS + THREADS)) {
        eprintln!("io_waits: skipped: {error}");
        return;
    }
    let server = Server::start(4 * WAITS, &stop).expect("there is room");
    let port = server.port();
    open(port, THREADS, &stop).expect("the server takes them");
    let mut ours = Multiplexer::open(port, WAITS, &stop).expect("the server takes them");
    let mut on_mio = OnMio::open(port, WAITS).expect("the server takes them");
    let mut on_tokio = OnTokio::open(port, WAITS).expect("the server takes them");
    let (mut n_mio, mut n_tokio) = (0, 0);
    let mut ways: [Way<'_>; 4] = [
        (
            "multiplexer",
            Box::new(|| {
                ours.ask_all(DELAY_US, &stop).expect("it answers");
            }),
        ),
        (
            "mio",
            Box::new(|| {
                n_mio += 1;
                on_mio.ask_all(DELAY_US, n_mio).expect("it answers");
            }),
        ),
        (
            "tokio",
            Box::new(|| {
                n_tokio += 1;
                on_tokio.ask_all(DELAY_US, n_tokio).expect("it answers");
            }),
        ),
        ("64 threads", Box::new(|| on_threads(port, WAITS, THREADS, DELAY_US))),
    ];
    alternate(&mut ways);
    let mut group = criterion.benchmark_group("io_waits");
    group.sample_size(15);
    group.warm_up_time(Duration::from_millis(300));
    group.measurement_time(Duration::from_secs(2));
    for (name, way) in &mut ways {
        group.bench_function(format!("{name}/1000 waits of 10 ms"), |bencher| {
            bencher.iter(&mut *way);
        });
    }
    group.finish();
    drop(ways);
    eprintln!("io_waits: {:?}", server.stop());
}

/// Runs the ways by turns, and prints medians, and ratios of the first to each.
fn alternate(ways: &mut [Way<'_>]) {
    let mut walls = vec![Vec::new(); ways.len()];
    for _ in 0..ROUNDS {
        for (walls, (_, way)) in walls.iter_mut().zip(&mut *ways) {
            thread::sleep(REST);
            (0..WARM_UPS).for_each(|_| way());
            walls.extend((0..RUNS).map(|_| {
                let begin = Instant::now();
                way();
                begin.elapsed()
            }));
        }
    }
    let mut ours = None;
    for ((name, _), walls) in ways.iter().zip(&mut walls) {
        walls.sort_unstable();
        let (n, min) = (walls.len(), walls[0]);
        let (median, most) = (walls[n / 2], walls[n * 9 / 10]);
        let ratio = ours.get_or_insert(median).as_secs_f64() / median.as_secs_f64();
        eprintln!("{name:>12} {median:7.2?} [{min:.1?} to {most:.1?}], ours is {ratio:.2} of it");
    }
}

criterion_group!(benches, io_waits);
criterion_main!(benches);
