//! How long one waits, and who is served first: a short real run of each kind of semaphore.

use std::thread;
use std::time::{Duration, Instant};

use conclab_engine::stop::Stop;
use conclab_measure::{Exhibit, Figures};

use super::prices::{OnParkingLot, OnStd};
use super::size::Parameters;
use super::{Atomic, Bare, Fair, Permits};

/// How long each kind runs.
const RUN: Duration = Duration::from_millis(50);
/// How long a worker works inside.
const INSIDE: Duration = Duration::from_micros(20);
/// More workers would wait for a processor, not for a permit.
const WORKERS_MAX: usize = 8;
/// Visits of a worker that are noted, at most.
const VISITS_MAX: usize = 20_000;

/// One visit: when the worker came, and when it got in.
#[derive(Clone, Copy, Debug)]
struct Visit {
    came_ns: u64,
    got_in_ns: u64,
}

/// What a run of one kind showed.
#[derive(Debug)]
struct Waits {
    kind: &'static str,
    median_ns: u64,
    p99_ns: u64,
    longest_ns: u64,
    /// Visits during which somebody who came later got in earlier, from 0 to 1.
    overtaken: f64,
}

/// Measures every kind; nothing if there is no time left or nobody can have to wait.
pub(super) fn waits(size: &Parameters, stop: &Stop) -> Option<Exhibit> {
    let workers = size.workers.min(WORKERS_MAX);
    if workers <= size.permits() as usize {
        return None;
    }
    let permits = size.permits();
    let measured = [
        measure("atomic", &Atomic::<Bare>::new(permits), workers, stop),
        measure("mutex-condvar (std)", &OnStd::new(permits), workers, stop),
        measure("mutex-condvar (parking_lot)", &OnParkingLot::new(permits), workers, stop),
        measure("fair", &Fair::<Bare>::new(permits), workers, stop),
    ];
    let all: Vec<Waits> = measured.into_iter().flatten().collect();
    let notes = notes(&all)?;
    let columns = ["median µs", "p99 µs", "longest µs", "overtaken"];
    let figures = Figures::Grid {
        corner: "semaphore".to_owned(),
        columns: columns.map(str::to_owned).to_vec(),
        rows: all.iter().map(row).collect(),
    };
    let title = format!("waiting times: {workers} workers, {permits} inside for 20 µs each");
    Some(Exhibit { title, figures, notes })
}

fn row(waits: &Waits) -> (String, Vec<String>) {
    let us = |ns: u64| format!("{:.1}", ns as f64 / 1_000.0);
    let overtaken = format!("{:.1} %", 100.0 * waits.overtaken);
    let cells = vec![us(waits.median_ns), us(waits.p99_ns), us(waits.longest_ns), overtaken];
    (waits.kind.to_owned(), cells)
}

/// What the table says.
fn notes(all: &[Waits]) -> Option<Vec<String>> {
    let most = all.iter().max_by(|a, b| a.overtaken.total_cmp(&b.overtaken))?;
    let longest = all.iter().max_by_key(|waits| waits.longest_ns)?;
    Some(vec![
        format!(
            "overtaken: somebody who came later got in earlier, most with {} ({:.1} % of visits)",
            most.kind,
            100.0 * most.overtaken
        ),
        format!(
            "the longest wait of this run was with {}: {:.1} ms",
            longest.kind,
            longest.longest_ns as f64 / 1e6
        ),
        "who has got a permit but no core yet looks overtaken, too: the times are taken outside \
         the call"
            .to_owned(),
    ])
}

/// Lets the workers come again and again, and looks at their visits.
fn measure(
    kind: &'static str,
    permits: &impl Permits,
    workers: usize,
    stop: &Stop,
) -> Option<Waits> {
    let begin = Instant::now();
    let stop = stop.within(RUN);
    let work = || {
        let now = || u64::try_from(begin.elapsed().as_nanos()).unwrap_or(u64::MAX);
        let mut visits = Vec::with_capacity(VISITS_MAX);
        while visits.len() < VISITS_MAX && stop.reason().is_none() {
            let came_ns = now();
            permits.acquire();
            let got_in_ns = now();
            let inside = Instant::now();
            while inside.elapsed() < INSIDE {
                std::hint::spin_loop();
            }
            permits.release();
            visits.push(Visit { came_ns, got_in_ns });
        }
        visits
    };
    let visits: Vec<Visit> = thread::scope(|s| {
        // If the system has no more threads, those that there are show it.
        let start = |_| thread::Builder::new().spawn_scoped(s, work).ok();
        let threads: Vec<_> = (0..workers).filter_map(start).collect();
        threads.into_iter().filter_map(|thread| thread.join().ok()).flatten().collect()
    });
    summary(kind, visits)
}

fn summary(kind: &'static str, mut visits: Vec<Visit>) -> Option<Waits> {
    let mut waited: Vec<u64> = visits.iter().map(|one| one.got_in_ns - one.came_ns).collect();
    waited.sort_unstable();
    let longest_ns = *waited.last()?;
    visits.sort_unstable_by_key(|one| one.came_ns);
    // From the last to the first: has anybody who came later got in earlier?
    let (mut n_overtaken, mut first_in) = (0_usize, u64::MAX);
    for visit in visits.iter().rev() {
        n_overtaken += usize::from(first_in < visit.got_in_ns);
        first_in = first_in.min(visit.got_in_ns);
    }
    Some(Waits {
        kind,
        median_ns: waited[waited.len() / 2],
        p99_ns: waited[waited.len() * 99 / 100],
        longest_ns,
        overtaken: n_overtaken as f64 / visits.len() as f64,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_one_who_is_passed_is_overtaken() {
        let visit = |came_ns, got_in_ns| Visit { came_ns, got_in_ns };
        let waits = summary("any", vec![visit(0, 9), visit(1, 3), visit(2, 4), visit(5, 10)]);
        let waits = waits.unwrap();
        assert!((waits.overtaken - 0.25).abs() < 1e-9, "{waits:?}");
        assert_eq!((waits.median_ns, waits.longest_ns), (5, 9));
    }

    #[test]
    fn every_kind_is_measured_where_somebody_must_wait() {
        let size = Parameters { workers: 3, permits: Some(2), rounds: None };
        let Figures::Grid { rows, columns, .. } = waits(&size, &Stop::never()).unwrap().figures
        else {
            panic!("a grid")
        };
        assert!(rows.len() == 4 && rows.iter().all(|(_, cells)| cells.len() == columns.len()));
        let enough = Parameters { permits: Some(3), ..size };
        assert!(waits(&enough, &Stop::never()).is_none());
    }
}
