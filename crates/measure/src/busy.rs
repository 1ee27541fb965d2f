//! Whether other programs took the cores: figures of a busy machine are not those of the lab.

use std::fs;

use crate::cost::{Children, measure};

/// Who got less than this share of what could be used did not have it.
pub const SHARE: f64 = 0.85;

/// Machines with more idle time than this had a core left for whoever wanted one.
const IDLE: f64 = 0.1;
/// The system counts in ticks of 10 ms: less than this tells nothing.
const SPAN_NS: u64 = 200_000_000;

/// Does `work`, and tells how many cores this process got meanwhile; nothing if there were cores
/// left, if it was over at once, or where the system does not tell.
///
/// Threads that sleep and wake each other use little as well, but then the cores are idle.
pub fn crowded<R>(work: impl FnOnce() -> R) -> (R, Option<f64>) {
    let before = ticks();
    let (result, used) = measure(Children::None, work);
    let idle = before.zip(ticks()).map(|((idle, all), (idle_now, all_now))| {
        idle_now.saturating_sub(idle) as f64 / all_now.saturating_sub(all).max(1) as f64
    });
    let told = used.wall_ns >= SPAN_NS && idle.is_some_and(|idle| idle < IDLE);
    (result, told.then(|| used.cpu_ns as f64 / used.wall_ns as f64))
}

/// Ticks of all cores since the machine was started: idle ones, and all (Linux).
fn ticks() -> Option<(u64, u64)> {
    let text = fs::read_to_string("/proc/stat").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("cpu "))?;
    // What comes after the eighth is in the first two already.
    let all: Vec<u64> = line.split_whitespace().take(8).filter_map(|n| n.parse().ok()).collect();
    // Idle, and idle until a disk answers.
    Some((all.get(3)? + all.get(4)?, all.iter().sum()))
}

/// Says that the machine had other things to do, if somebody who could use so many cores got
/// clearly fewer: less than `share` of them.
pub fn said(who: &str, got: f64, could: f64, share: f64) -> Option<String> {
    let s = if (could - 1.0).abs() < f64::EPSILON { "" } else { "s" };
    (got < could * share)
        .then(|| format!("This machine has other work: {who} got {got:.1} of {could:.0} core{s}."))
}

#[cfg(test)]
mod tests {
    use std::thread;
    use std::time::Duration;

    use super::*;

    #[test]
    fn who_got_clearly_less_is_told() {
        assert_eq!(said("it", 1.8, 2.0, SHARE), None);
        let told = said("it", 0.64, 2.0, SHARE);
        assert_eq!(told.as_deref(), Some("This machine has other work: it got 0.6 of 2 cores."));
        assert!(said("it", 0.2, 1.0, 0.5).is_some_and(|told| told.ends_with("of 1 core.")));
    }

    #[test]
    fn what_is_over_at_once_tells_nothing() {
        assert_eq!(crowded(|| 1), (1, None));
        // Longer: on a busy machine it is told that a sleeper got nothing.
        let ((), got) = crowded(|| thread::sleep(Duration::from_millis(250)));
        assert!(got.is_none_or(|got| got < 1.0), "{got:?}");
    }
}
