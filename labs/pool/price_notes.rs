//! What the table of this run says, in sentences.

use conclab_measure::Way;

use super::price_bare::cores;
use super::price_job::Kind;
use super::price_table::Found;
use super::size::Parameters;
use conclab_measure::busy;

/// Sentences from this run's figures; what went wrong comes first.
pub(super) fn notes(size: &Parameters, found: &Found) -> Vec<String> {
    let mut notes = found.remarks.clone();
    notes.extend(had_other_work(size, found));
    notes.extend(match size.job.work {
        Kind::Cpu => computing(size, found),
        Kind::Io => waiting(size, found),
    });
    notes
}

pub(super) fn way<'a>(found: &'a Found, name: &str) -> Option<&'a Way> {
    found.ways.iter().find(|way| way.name == name)
}

/// Says that the machine had other things to do, if workers that compute got less than they could
/// use.
pub(super) fn had_other_work(size: &Parameters, found: &Found) -> Option<String> {
    if size.job.work == Kind::Io {
        return None;
    }
    // Under a global lock threads cannot use more than one core.
    let one = if size.job.gil.is_some() { "process pool" } else { "our thread pool" };
    let one = way(found, one)?;
    let could = size.workers().min(cores()) as f64;
    let got = one.cpu_ns as f64 / one.wall_ns.max(1) as f64;
    let who = format!("the {}", one.name.trim_start_matches("our "));
    busy::said(&who, got, could, busy::SHARE)
}

fn computing(size: &Parameters, found: &Found) -> Option<String> {
    let (threads, processes) = (way(found, "our thread pool")?, way(found, "process pool")?);
    let cores = cores();
    let s = if cores == 1 { "" } else { "s" };
    let (fast, other) = (threads.speed_up, processes.speed_up);
    Some(match size.job.gil {
        Some(ms) => format!(
            "{cores} core{s}, one lock handed over every {ms} ms: threads take turns ({fast:.2}×), \
             processes have a lock each ({other:.2}×)."
        ),
        None if cores == 1 => format!(
            "One core: all take turns on it, so nothing can beat one after the other ({fast:.2}×, \
             {other:.2}×)."
        ),
        None => format!(
            "{cores} cores: {fast:.2}× with threads, {other:.2}× with processes, which must send \
             each task and each answer."
        ),
    })
}

fn waiting(size: &Parameters, found: &Found) -> Option<String> {
    let pool = way(found, "our thread pool")?;
    let one = way(found, "one, all at once")?;
    let workers = size.workers();
    Some(format!(
        "Waiting takes no core: {workers} workers wait for {workers} answers at a time ({:.1}×), \
         one thread for all at once ({:.1}×).",
        pool.speed_up, one.speed_up
    ))
}
