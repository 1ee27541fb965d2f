//! Who was inside when: one real run of the `atomic` semaphore on bare metal, as lanes.

use std::thread;
use std::time::{Duration, Instant};

use conclab_engine::stop::Stop;
use conclab_measure::{Doing, Exhibit, Figures, Lane, Span};

use super::size::Parameters;
use super::{Atomic, Bare, Permits};

/// How long a worker works inside.
const INSIDE: Duration = Duration::from_micros(200);
/// How long it rests outside, at least.
const REST: Duration = Duration::from_micros(100);
/// How long all visits take together, if as many work at once as there are permits.
const PICTURE: Duration = Duration::from_millis(8);
/// On a busy machine visits take longer: so late no further one begins.
const PICTURE_MAX: Duration = Duration::from_millis(100);
/// More lanes than these do not fit on a screen.
const WORKERS_MAX: usize = 8;

/// Records a run and draws it; nothing if there is no time left.
pub(super) fn lanes(size: &Parameters, stop: &Stop) -> Option<Exhibit> {
    let workers = size.workers.min(WORKERS_MAX);
    let visits = visits(workers, size.permits());
    let lanes = record(workers, size.permits(), visits, stop)?;
    let end = |lane: &Lane| lane.spans.last().map(|span| span.to_ns);
    let span_ns = lanes.iter().filter_map(end).max()?;
    let notes = notes(&lanes, size.permits());
    let title = format!("atomic: {workers} workers, {} permits, real run", size.permits());
    let title = if size.permits() == 1 { title.replace("permits", "permit") } else { title };
    Some(Exhibit { title, figures: Figures::Lanes { lanes, span_ns }, notes })
}

/// How often each worker goes in, so that the picture has about the right length.
fn visits(workers: usize, permits: u32) -> usize {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let at_once = workers.min(permits as usize).min(cores);
    let visit = INSIDE.as_micros() as usize;
    (PICTURE.as_micros() as usize * at_once / (workers * visit)).clamp(2, 20)
}

/// Lets the workers run and keep a diary each.
fn record(workers: usize, permits: u32, visits: usize, stop: &Stop) -> Option<Vec<Lane>> {
    let permits = Atomic::<Bare>::new(permits);
    let stop = stop.within(PICTURE_MAX);
    let begin = Instant::now();
    let work = || {
        let now = || u64::try_from(begin.elapsed().as_nanos()).unwrap_or(u64::MAX);
        let mut diary = Vec::with_capacity(2 * visits);
        for _ in 0..visits {
            if stop.reason().is_some() {
                break;
            }
            let came = now();
            permits.acquire();
            let got_in = now();
            work_for(INSIDE);
            let left = now();
            permits.release();
            diary.push(Span { from_ns: came, to_ns: got_in, doing: Doing::Waiting });
            diary.push(Span { from_ns: got_in, to_ns: left, doing: Doing::Inside });
            thread::sleep(REST);
        }
        diary
    };
    let diaries: Vec<Vec<Span>> = thread::scope(|s| {
        // If the system has no more threads, those that there are show it.
        let start = |_| thread::Builder::new().spawn_scoped(s, work).ok();
        let threads: Vec<_> = (0..workers).filter_map(start).collect();
        threads.into_iter().filter_map(|thread| thread.join().ok()).collect()
    });
    let start = diaries.iter().filter_map(|diary| diary.first()).map(|span| span.from_ns).min()?;
    Some(diaries.into_iter().zip('A'..).map(|(diary, name)| lane(name, &diary, start)).collect())
}

fn lane(name: char, diary: &[Span], start: u64) -> Lane {
    let from_start = |span: &Span| Span {
        from_ns: span.from_ns - start,
        to_ns: span.to_ns - start,
        doing: span.doing,
    };
    Lane { name: name.to_string(), spans: diary.iter().map(from_start).collect() }
}

/// Works, awake, until so much time has passed.
fn work_for(time: Duration) {
    let begin = Instant::now();
    while begin.elapsed() < time {
        std::hint::spin_loop();
    }
}

/// What the picture says.
fn notes(lanes: &[Lane], permits: u32) -> Vec<String> {
    let most = most_inside(lanes);
    let mut notes = vec![format!("at most {most} inside at once, {permits} allowed")];
    let waits = lanes.iter().flat_map(|lane| {
        let waiting = lane.spans.iter().filter(|span| span.doing == Doing::Waiting);
        waiting.map(|span| (span.to_ns - span.from_ns, lane.name.as_str()))
    });
    if let Some((longest_ns, name)) = waits.max() {
        let longest_us = longest_ns as f64 / 1_000.0;
        notes.push(format!("{name} waited longest: {longest_us:.0} µs"));
    }
    if permits == 1 {
        let note = "with one permit it is a mutex, but any thread may give the permit back";
        notes.push(note.to_owned());
    }
    notes
}

/// The most that were ever inside at once. Each diary notes "in" after taking a permit and "out"
/// before giving it back, so this never shows more than there were.
fn most_inside(lanes: &[Lane]) -> usize {
    let spans = lanes.iter().flat_map(|lane| &lane.spans);
    let inside = spans.filter(|span| span.doing == Doing::Inside);
    // At the same moment, who leaves comes before who enters.
    let mut doors: Vec<(u64, bool)> =
        inside.flat_map(|span| [(span.from_ns, true), (span.to_ns, false)]).collect();
    doors.sort_unstable();
    let (mut now, mut most) = (0_usize, 0);
    for (_, enters) in doors {
        now = if enters { now + 1 } else { now.saturating_sub(1) };
        most = most.max(now);
    }
    most
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn never_more_are_inside_than_there_are_permits() {
        for (workers, permits) in [(1, 1), (3, 2), (8, 1), (8, 3), (2, 32)] {
            let size = Parameters { workers, permits: Some(permits), rounds: None };
            let shown = lanes(&size, &Stop::never()).unwrap();
            let Figures::Lanes { lanes, span_ns } = shown.figures else { panic!("lanes") };
            assert_eq!(lanes.len(), workers);
            assert!((1..=permits as usize).contains(&most_inside(&lanes)), "{:?}", shown.notes);
            for lane in &lanes {
                let spans = &lane.spans;
                assert!(spans.iter().all(|span| span.from_ns <= span.to_ns));
                assert!(spans.is_sorted_by(|a, b| a.to_ns <= b.from_ns));
                assert!(spans.iter().all(|span| span.to_ns <= span_ns));
            }
            assert_eq!(shown.notes.len(), if permits == 1 { 3 } else { 2 });
        }
    }

    #[test]
    fn a_stopped_run_shows_nothing() {
        let size = Parameters { workers: 3, permits: Some(2), rounds: None };
        assert!(lanes(&size, &Stop::never().within(Duration::ZERO)).is_none());
    }
}
