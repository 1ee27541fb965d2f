//! Who can never go on: an exact answer from the entries of the monitor.
//!
//! A set S of threads is *stuck* if each of them is waiting, and
//! - for a lock: the lock is held by a thread of S, or by one that ended without giving it back;
//! - in `retry`: that is so for every lock its last iteration failed to get;
//! - for threads to end: at least one of these is in S;
//! - in a condition variable: it has not been notified, and S has every thread that still lives.
//!
//! [`stuck`] finds the largest such set, by starting with everybody who waits and striking out.
//!
//! **No false positive.** Entries are exact (see `monitor`), so for each thread of S only threads
//! of S could give it what it waits for, and none of them runs: by induction none ever moves. What
//! is under way counts as able to run: a thread that was unparked has an entry, but its lock is
//! free, so it has no holder with an exact entry; a lock in the hands of a running thread has none
//! either; a notification is marked before the notifier can come to wait or end; a thread that is
//! spawned has its entry before it starts. A retrying thread is awake, but its body is an `Fn`
//! whose last iteration saw nothing but failing `try_lock`s: it will see the same again. (A body
//! that throws dice is outside the contract of `retry`.) If its `try_lock` has just succeeded and
//! the entry is out of date, the lock it got has no holder with an exact entry, so it is not in S.
//!
//! **Nothing missed.** S can only become stuck by a thread beginning to wait or ending, and both
//! look here, under the monitor.

use crate::report::{Place, Wait, WaitForGraph, Waiting};

use super::monitor::{Activity, Monitor, Use, WaitFor};

/// A run that cannot go on.
#[derive(Clone, Debug)]
pub(super) struct Stuck {
    pub(super) graph: WaitForGraph,
    /// Whether all of them, but for those that wait for others to end, are awake all the time.
    pub(super) livelock: bool,
}

/// Looks whether some threads can never go on.
pub(super) fn look(monitor: &Monitor) -> Option<Stuck> {
    let stuck = stuck(monitor);
    if !stuck.contains(&true) {
        return None;
    }
    let cycle = cycle(monitor, &stuck);
    let all: Vec<usize> = (0..stuck.len()).filter(|&thread| stuck[thread]).collect();
    let mut concerned = all.iter().filter(|&&thread| !joins(monitor, thread)).peekable();
    let livelock = concerned.peek().is_some() && concerned.all(|&thread| retries(monitor, thread));
    let waiting = all.iter().filter_map(|&thread| describe(monitor, thread, &stuck)).collect();
    let name = |&thread: &usize| monitor.slots[thread].name.clone();
    let cycle = cycle.iter().map(name).collect();
    Some(Stuck { graph: WaitForGraph { waiting, cycle }, livelock })
}

fn retries(monitor: &Monitor, thread: usize) -> bool {
    matches!(monitor.slots[thread].activity, Activity::Waiting(WaitFor::Retry(_)))
}

fn joins(monitor: &Monitor, thread: usize) -> bool {
    matches!(monitor.slots[thread].activity, Activity::Waiting(WaitFor::Join { .. }))
}

/// What a thread waits for, if it does.
fn wait_of(monitor: &Monitor, thread: usize) -> Option<&WaitFor> {
    match &monitor.slots[thread].activity {
        Activity::Waiting(wait) => Some(wait),
        _ => None,
    }
}

/// The largest stuck set, as a flag per thread.
fn stuck(monitor: &Monitor) -> Vec<bool> {
    let n = monitor.slots.len();
    let mut stuck: Vec<bool> = (0..n).map(|thread| wait_of(monitor, thread).is_some()).collect();
    strike_out(monitor, &mut stuck);
    // Any thread that still lives and is not stuck may notify.
    if (0..n).any(|thread| !stuck[thread] && !monitor.slots[thread].has_ended()) {
        for (thread, stuck) in stuck.iter_mut().enumerate() {
            *stuck &= !matches!(wait_of(monitor, thread), Some(WaitFor::Signal(_)));
        }
        strike_out(monitor, &mut stuck);
    }
    stuck
}

/// Strikes out threads that may get what they wait for, until nothing changes.
fn strike_out(monitor: &Monitor, stuck: &mut [bool]) {
    let mut changed = true;
    while changed {
        changed = false;
        for thread in 0..stuck.len() {
            if stuck[thread] && !holds_up(monitor, thread, stuck) {
                stuck[thread] = false;
                changed = true;
            }
        }
    }
}

/// Whether `thread` has to wait as long as the others in `stuck` do.
fn holds_up(monitor: &Monitor, thread: usize, stuck: &[bool]) -> bool {
    let kept = |wanted: &Use| match monitor.holder(wanted.lock) {
        Some(holder) => stuck[holder] || monitor.slots[holder].has_ended(),
        None => false,
    };
    match wait_of(monitor, thread) {
        None => false,
        Some(WaitFor::Lock(wanted)) => kept(wanted),
        Some(WaitFor::Retry(wanted)) => wanted.iter().all(kept),
        Some(WaitFor::Join { threads, .. }) => threads.iter().any(|&other| stuck[other]),
        Some(WaitFor::Signal(asleep)) => !asleep.sleeper.is_notified(),
    }
}

/// The thread that a stuck thread waits for.
fn next(monitor: &Monitor, thread: usize, stuck: &[bool]) -> Option<usize> {
    match wait_of(monitor, thread)? {
        WaitFor::Lock(wanted) => monitor.holder(wanted.lock),
        WaitFor::Retry(wanted) => monitor.holder(wanted.last()?.lock),
        WaitFor::Join { threads, .. } => threads.iter().copied().find(|&other| stuck[other]),
        WaitFor::Signal(asleep) => asleep.holder,
    }
}

/// The first cycle, beginning with its thread of the lowest index.
fn cycle(monitor: &Monitor, stuck: &[bool]) -> Vec<usize> {
    let starts = (0..stuck.len()).filter(|&thread| stuck[thread]);
    starts
        .map(|start| cycle_from(monitor, stuck, start))
        .find(|c| !c.is_empty())
        .unwrap_or_default()
}

fn cycle_from(monitor: &Monitor, stuck: &[bool], start: usize) -> Vec<usize> {
    let mut path = vec![start];
    while let Some(following) = next(monitor, path[path.len() - 1], stuck) {
        if let Some(begin) = path.iter().position(|&thread| thread == following) {
            let mut cycle = path.split_off(begin);
            let lowest = (0..cycle.len()).min_by_key(|&i| cycle[i]).unwrap_or(0);
            cycle.rotate_left(lowest);
            return cycle;
        }
        path.push(following);
    }
    Vec::new()
}

/// One thread of the wait-for graph.
fn describe(monitor: &Monitor, thread: usize, stuck: &[bool]) -> Option<Waiting> {
    let name = |thread: usize| monitor.slots[thread].name.clone();
    let other = next(monitor, thread, stuck).map(name);
    let (wants, how) = match wait_of(monitor, thread)? {
        WaitFor::Lock(wanted) => (place(monitor, wanted), Wait::Lock),
        WaitFor::Retry(wanted) => (place(monitor, wanted.last()?), Wait::Retry),
        WaitFor::Signal(asleep) => (at_line(&asleep.name, asleep.at), asleep.how),
        WaitFor::Join { at, .. } => (at_line(other.as_deref()?, at), Wait::Join),
    };
    let slot = &monitor.slots[thread];
    let holds = slot.holds.iter().map(|held| place(monitor, held)).collect();
    Some(Waiting { thread: name(thread), holds, wants, how, held_by: other })
}

fn place(monitor: &Monitor, used: &Use) -> Place {
    let name = monitor.lock_names.get(&used.lock).map_or("mutex", |name| &**name);
    at_line(name, used.at)
}

fn at_line(name: &str, at: &std::panic::Location<'_>) -> Place {
    Place { name: name.to_owned(), file: at.file().to_owned(), line: at.line() }
}

/// Whether `thread` need not be waited for in a handshake: it is in a window or was in this one
/// before, has ended, or waits for something that no running thread is about to give it.
pub(super) fn has_arrived(monitor: &Monitor, thread: usize, window: &str) -> bool {
    let slot = &monitor.slots[thread];
    match &slot.activity {
        Activity::InWindow(_) | Activity::Ended => true,
        _ if slot.shaken.contains(&window) => true,
        Activity::Starting | Activity::Running => false,
        Activity::Waiting(WaitFor::Lock(wanted)) => monitor.holder(wanted.lock).is_some(),
        Activity::Waiting(WaitFor::Retry(wanted)) => {
            wanted.iter().all(|wanted| monitor.holder(wanted.lock).is_some())
        }
        Activity::Waiting(WaitFor::Signal(asleep)) => !asleep.sleeper.is_notified(),
        Activity::Waiting(WaitFor::Join { threads, .. }) => {
            !monitor.live(threads.iter().copied()).is_empty()
        }
    }
}

#[cfg(test)]
mod tests {
    use std::panic::Location;

    use super::super::monitor::{Activity, Monitor, Use, WaitFor};
    use super::look;

    fn used(lock: u64) -> Use {
        Use { lock, at: Location::caller() }
    }

    /// Threads with what they hold and what they are known to do.
    fn monitor<const N: usize>(threads: [(&[u64], Activity); N]) -> Monitor {
        let mut monitor = Monitor::default();
        for (holds, activity) in threads {
            let thread = monitor.add_thread(None, None);
            monitor.slots[thread].holds = holds.iter().map(|&lock| used(lock)).collect();
            monitor.slots[thread].activity = activity;
        }
        monitor
    }

    fn wants(lock: u64) -> Activity {
        Activity::Waiting(WaitFor::Lock(used(lock)))
    }

    fn retries<const N: usize>(locks: [u64; N]) -> Activity {
        Activity::Waiting(WaitFor::Retry(locks.map(used).to_vec()))
    }

    fn joins(thread: usize) -> Activity {
        Activity::Waiting(WaitFor::Join { threads: vec![thread], at: Location::caller() })
    }

    fn cycle_of(monitor: &Monitor) -> Option<(String, bool)> {
        look(monitor).map(|stuck| (stuck.graph.cycle.concat(), stuck.livelock))
    }

    #[test]
    fn a_cycle_of_waiting_threads_is_stuck_and_a_chain_is_not() {
        let chain = [(&[1][..], wants(2)), (&[2], wants(3)), (&[3], Activity::Running)];
        assert_eq!(cycle_of(&monitor(chain)), None);
        let ring = [(&[1][..], wants(2)), (&[2], wants(3)), (&[3], wants(1))];
        assert_eq!(cycle_of(&monitor(ring)), Some(("ABC".to_owned(), false)));
    }

    #[test]
    fn a_free_lock_is_no_reason_to_be_stuck() {
        assert_eq!(cycle_of(&monitor([(&[1][..], wants(2)), (&[], wants(2))])), None);
    }

    #[test]
    fn who_retries_has_a_way_out_if_one_of_its_locks_may_come_free() {
        let hopeless = [(&[1][..], retries([2])), (&[2], wants(1)), (&[3], Activity::Running)];
        assert_eq!(cycle_of(&monitor(hopeless)), Some(("AB".to_owned(), false)));
        let awake = [(&[1][..], retries([2])), (&[2], retries([1])), (&[3], Activity::Running)];
        assert_eq!(cycle_of(&monitor(awake)), Some(("AB".to_owned(), true)));
        let hopeful = [(&[1][..], retries([3, 2])), (&[2], wants(1)), (&[3], Activity::Running)];
        assert_eq!(cycle_of(&monitor(hopeful)), None);
    }

    #[test]
    fn a_lock_kept_by_an_ended_thread_is_never_free_again() {
        let kept = [(&[][..], joins(1)), (&[], wants(1)), (&[1], Activity::Ended)];
        assert_eq!(cycle_of(&monitor(kept)), Some((String::new(), false)));
    }

    #[test]
    fn a_join_of_an_ended_thread_is_over() {
        assert_eq!(cycle_of(&monitor([(&[][..], joins(1)), (&[], Activity::Ended)])), None);
    }

    #[test]
    fn a_thread_outside_the_cycle_is_reported_if_it_needs_one_inside() {
        let ring = [(&[][..], joins(1)), (&[1], wants(2)), (&[2], wants(1))];
        let stuck = look(&monitor(ring)).expect("B and C wait for each other");
        assert_eq!(stuck.graph.cycle, ["B", "C"]);
        assert_eq!(stuck.graph.waiting.len(), 3);
        assert_eq!(stuck.graph.waiting[0].held_by.as_deref(), Some("B"));
    }
}
