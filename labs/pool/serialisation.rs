//! What serialisation costs, as a scene: payloads of five sizes are handed over in four ways, and
//! whoever gets one adds its bytes.
//!
//! A thread gets a reference. A worker process gets the bytes through a pipe, or through a ring in
//! shared memory, which is one copy less on either side of the kernel; or it is told where in
//! shared memory they lie, and sums them there.

use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use conclab_engine::stop::Stop;
use conclab_measure::{Exhibit, Figures};

use conclab_workers::progress::PLACE_BYTES;
use conclab_workers::{PoolError, ProcessPool, Settings, TaskFailed, Wiring};

use super::role::Tasks;
use super::work::{Answer, Work};

/// Sizes of payloads, and their names.
const SIZES: [(usize, &str); 5] = [
    (64, "64 B"),
    (4 << 10, "4 KiB"),
    (64 << 10, "64 KiB"),
    (1 << 20, "1 MiB"),
    (PLACE_BYTES, "16 MiB"),
];

/// The ways to hand over a payload.
const WAYS: [&str; 4] = ["by reference", "pipe", "shared memory", "in place"];

/// Bytes that are handed over in a round, at least two payloads and at most [`TASKS_MAX`].
const ROUND_BYTES: usize = 2 << 20;
const TASKS_MAX: usize = 256;

/// Rounds of a size and a way, if there is time.
const ROUNDS: usize = 5;

/// All rounds of a size and a way but the first two end by then.
const CELL_MAX: Duration = Duration::from_millis(10);

/// The whole scene ends by then.
const SCENE_MAX: Duration = Duration::from_millis(400);

/// What one way costs for a payload of one size, in seconds; nothing if there was no time.
type Cell = Option<f64>;

/// Hands over payloads in all ways to one thread or one worker.
///
/// # Errors
/// If a process cannot be started, or `stop` says no.
pub fn exhibit(settings: &Settings, stop: &Stop) -> Result<Exhibit, PoolError> {
    let scene = stop.within(SCENE_MAX);
    let rows = measure(settings, &scene);
    if let Some(limit) = stop.reason() {
        return Err(PoolError::Stopped(limit));
    }
    let rows = rows?;
    let row = |((bytes, name), cells): (&(usize, &str), &[Cell; 4])| {
        ((*name).to_owned(), cells.iter().map(|cell| shown(*bytes, *cell)).collect())
    };
    Ok(Exhibit {
        title: "what handing over a payload costs: µs each (GB/s)".to_owned(),
        figures: Figures::Grid {
            corner: "payload".to_owned(),
            columns: WAYS.map(str::to_owned).to_vec(),
            rows: SIZES.iter().zip(&rows).map(row).collect(),
        },
        notes: notes(&rows),
    })
}

/// The cells of all sizes, as far as there is time.
fn measure(settings: &Settings, stop: &Stop) -> Result<[[Cell; 4]; SIZES.len()], PoolError> {
    let mut rows = [[None; 4]; SIZES.len()];
    let start = |wiring| {
        ProcessPool::<Tasks>::start(&Settings { workers: 1, wiring, ..settings.clone() }, stop)
    };
    let (mut pipe, mut ring) = match (start(Wiring::Pipe), start(Wiring::SharedMemory)) {
        (Err(PoolError::Stopped(_)), _) | (_, Err(PoolError::Stopped(_))) => return Ok(rows),
        (pipe, ring) => (pipe?, ring?),
    };
    for ((bytes, _), row) in SIZES.iter().zip(&mut rows) {
        if stop.reason().is_some() {
            break;
        }
        let n = (ROUND_BYTES / bytes).clamp(2, TASKS_MAX);
        let payload = vec![1; *bytes];
        // The bytes of the last way are where they are before the clock starts.
        ring.write(0, &payload);
        let copied = vec![Work::Sum { payload }; n];
        let in_place = vec![Work::SumPlace { at: 0, bytes: *bytes as u64 }; n];
        let all = n as u64 * *bytes as u64;
        row[0] = by_reference(&copied, all, stop);
        row[1] = timed(n, stop, || by_pool(&mut pipe, &copied, all, stop))?;
        row[2] = timed(n, stop, || by_pool(&mut ring, &copied, all, stop))?;
        row[3] = timed(n, stop, || by_pool(&mut ring, &in_place, all, stop))?;
    }
    Ok(rows)
}

/// Does `round` a few times and gives the median time of one of its `n` payloads.
fn timed(
    n: usize,
    stop: &Stop,
    mut round: impl FnMut() -> Result<bool, PoolError>,
) -> Result<Cell, PoolError> {
    let begin = Instant::now();
    // A first round that does not count: memory is touched for the first time.
    let mut done = round()?;
    let mut times = Vec::new();
    while done && times.len() < ROUNDS && (times.is_empty() || begin.elapsed() < CELL_MAX) {
        if stop.reason().is_some() {
            break;
        }
        let begin = Instant::now();
        done = round()?;
        times.push(begin.elapsed().as_secs_f64() / n as f64);
    }
    if !done {
        times.pop();
    }
    times.sort_by(f64::total_cmp);
    Ok(times.get(times.len() / 2).copied())
}

/// A round with a thread, which gets references.
fn by_reference(tasks: &[Work], all: Answer, stop: &Stop) -> Cell {
    thread::scope(|s| {
        let (hand_out, handed_out) = mpsc::channel::<&Work>();
        let (answer, answers) = mpsc::channel();
        s.spawn(move || handed_out.iter().try_for_each(|work| answer.send(work.run())));
        let round = || {
            let sent = tasks.iter().try_for_each(|work| hand_out.send(work));
            let sum: Answer = answers.iter().take(tasks.len()).flatten().sum();
            Ok(sent.is_ok() && sum == all)
        };
        timed(tasks.len(), stop, round).ok().flatten()
    })
}

/// A round with a worker process. Says whether all of it was done in time.
fn by_pool(
    pool: &mut ProcessPool<Tasks>,
    tasks: &[Work],
    all: Answer,
    stop: &Stop,
) -> Result<bool, PoolError> {
    let answers: Result<Vec<_>, _> = pool.map(tasks, stop).into_iter().collect();
    match answers {
        Ok(answers) => Ok(answers.iter().sum::<Answer>() == all),
        Err(TaskFailed::Stopped(_)) => Ok(false),
        Err(TaskFailed::NoWorkers(error)) => match *error {
            PoolError::Stopped(_) => Ok(false),
            error => Err(error),
        },
        Err(failed) => {
            Err(PoolError::System { wanted: "to hand over payloads", because: failed.to_string() })
        }
    }
}

/// A cell in a few characters.
fn shown(bytes: usize, cell: Cell) -> String {
    let Some(seconds) = cell else { return "–".to_owned() };
    let digits = |number: f64| match number {
        100.0.. => format!("{number:.0}"),
        10.0.. => format!("{number:.1}"),
        _ => format!("{number:.2}"),
    };
    let gigabytes = bytes as f64 / seconds / 1e9;
    format!("{} ({})", digits(seconds * 1e6), digits(gigabytes))
}

/// What the figures say, of the smallest and of the largest size.
fn notes(rows: &[[Cell; 4]]) -> Vec<String> {
    let compared = |((_, name), cells): (&(usize, &str), &[Cell; 4])| {
        let [Some(reference), Some(pipe), Some(ring), Some(place)] = *cells else { return None };
        let times = |cell: f64| format!("{:.1} times", cell / reference);
        Some(format!(
            "{name}: a pipe takes {} as long as a reference to a thread, a copy through shared \
             memory {}, and to tell where in shared memory the bytes lie {}",
            times(pipe),
            times(ring),
            times(place)
        ))
    };
    let mut compared = SIZES.iter().zip(rows).filter_map(compared);
    let smallest = compared.next();
    let mut notes: Vec<_> = smallest.into_iter().chain(compared.next_back()).collect();
    if rows.iter().flatten().any(Option::is_none) {
        notes.push("there was no time for all of it".to_owned());
    }
    notes.push("in place, the bytes were there before the clock started".to_owned());
    notes
}
