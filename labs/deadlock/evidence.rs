//! The four conditions of a deadlock, ticked off with what a stuck run shows.

use conclab_engine::report::{WaitForGraph, Waiting};
use conclab_kit::report::Evidence;

/// A line of evidence is no longer than this: it stands in 80 columns, after its claim.
const COLUMNS: usize = 55;

/// Says of each of the four conditions whether it holds in this run, and who shows it.
pub(super) fn conditions(stuck: &WaitForGraph) -> Vec<Evidence> {
    let ring = ring(stuck);
    if ring.is_empty() {
        return Vec::new();
    }
    vec![
        mutual_exclusion(&ring),
        hold_and_wait(&ring),
        no_preemption(&ring),
        circular(stuck, &ring),
    ]
}

/// The threads of the cycle, each waiting for the next; all stuck threads if there is no cycle.
fn ring(stuck: &WaitForGraph) -> Vec<&Waiting> {
    if stuck.cycle.is_empty() {
        return stuck.waiting.iter().collect();
    }
    let waiting = |name: &String| stuck.waiting.iter().find(|w| w.thread == *name);
    stuck.cycle.iter().filter_map(waiting).collect()
}

fn mutual_exclusion(ring: &[&Waiting]) -> Evidence {
    let holds = ring.iter().all(|w| w.held_by.is_some());
    let items: Vec<String> =
        wanted(ring).map(|(lock, holder)| format!("{lock} is {holder}'s alone")).collect();
    evidence("mutual exclusion", holds, fit("", ", ", &items))
}

fn hold_and_wait(ring: &[&Waiting]) -> Evidence {
    let Some((first, hold)) = ring.first().and_then(|w| Some((w, w.holds.first()?))) else {
        return evidence("hold and wait", false, String::new());
    };
    let alike = |w: &&Waiting| {
        w.holds.first().map(|place| place.line) == Some(hold.line)
            && w.wants.line == first.wants.line
    };
    let said = if ring.len() > 1 && ring.iter().all(alike) {
        let all = if ring.len() == 2 { "both".to_owned() } else { format!("all {}", ring.len()) };
        format!("{all} hold one (line {}) and want another (line {})", hold.line, first.wants.line)
    } else {
        format!(
            "{} holds {} (line {}), wants {} (line {})",
            first.thread, hold.name, hold.line, first.wants.name, first.wants.line
        )
    };
    evidence("hold and wait", ring.iter().all(|w| !w.holds.is_empty()), said)
}

/// Holds if everyone whose lock is wanted still has it.
fn no_preemption(ring: &[&Waiting]) -> Evidence {
    let still_has = |(lock, holder): (&str, &str)| {
        ring.iter().any(|w| w.thread == holder && w.holds.iter().any(|place| place.name == lock))
    };
    let items: Vec<String> =
        wanted(ring).map(|(lock, holder)| format!("{lock} from {holder}")).collect();
    let said = fit("nobody can take ", " or ", &items);
    evidence("no pre-emption", wanted(ring).all(still_has), said)
}

/// Draws the ring with the locks between the threads if there is room, else without.
fn circular(stuck: &WaitForGraph, ring: &[&Waiting]) -> Evidence {
    let Some(first) = stuck.cycle.first() else {
        return evidence("circular wait", false, String::new());
    };
    let with_locks = |w: &&Waiting| format!("{} → {} → ", w.thread, w.wants.name);
    let drawn = ring.iter().map(with_locks).collect::<String>() + first;
    if columns(&drawn) <= COLUMNS {
        return evidence("circular wait", true, drawn);
    }
    let last = stuck.cycle.last().unwrap_or(first);
    let mut said = format!("{first} → … → {last} → {first}");
    for shown in 1..=stuck.cycle.len() {
        let elision = if shown < stuck.cycle.len() { "… → " } else { "" };
        let longer = format!("{} → {elision}{first}", stuck.cycle[..shown].join(" → "));
        if columns(&longer) > COLUMNS {
            break;
        }
        said = longer;
    }
    evidence("circular wait", true, said)
}

/// Every wanted lock with its holder, by the lock's name.
fn wanted<'a>(ring: &[&'a Waiting]) -> impl Iterator<Item = (&'a str, &'a str)> {
    let mut wanted: Vec<_> =
        ring.iter().filter_map(|w| Some((w.wants.name.as_str(), w.held_by.as_deref()?))).collect();
    // Shorter names first: account 10 comes after account 9.
    wanted.sort_by_key(|(lock, _)| (lock.len(), *lock));
    wanted.into_iter()
}

/// Joins as many items as there is room for, and counts the others.
fn fit(start: &str, between: &str, items: &[String]) -> String {
    let mut said = format!("{start}{}", items.join(between));
    let mut shown = items.len();
    while columns(&said) > COLUMNS && shown > 1 {
        shown -= 1;
        let more = items.len() - shown;
        said = format!("{start}{}; {more} more like it", items[..shown].join(between));
    }
    said
}

fn evidence(claim: &str, holds: bool, said: String) -> Evidence {
    let because = if said.is_empty() { "nobody does in this run".to_owned() } else { said };
    Evidence { holds, claim: claim.to_owned(), because }
}

fn columns(text: &str) -> usize {
    text.chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use conclab_engine::report::{Place, Wait};

    fn place(account: usize, line: u32) -> Place {
        Place { name: format!("account {account}"), file: "mod.rs".to_owned(), line }
    }

    fn stuck(threads: usize) -> WaitForGraph {
        let name = |i: usize| format!("T{i}");
        let waiting = |i: usize| Waiting {
            thread: name(i),
            holds: vec![place(i, 79)],
            wants: place((i + 1) % threads, 82),
            how: Wait::Lock,
            held_by: Some(name((i + 1) % threads)),
        };
        WaitForGraph {
            waiting: (0..threads).map(waiting).collect(),
            cycle: (0..threads).map(name).collect(),
        }
    }

    #[test]
    fn two_threads_show_all_four_conditions() {
        let said: Vec<String> = conditions(&stuck(2)).into_iter().map(|e| e.because).collect();
        let expected = [
            "account 0 is T0's alone, account 1 is T1's alone",
            "both hold one (line 79) and want another (line 82)",
            "nobody can take account 0 from T0 or account 1 from T1",
            "T0 → account 1 → T1 → account 0 → T0",
        ];
        assert_eq!(said, expected);
    }

    #[test]
    fn every_size_holds_and_fits_its_line() {
        for threads in 2..=64 {
            for line in conditions(&stuck(threads)) {
                assert!(line.holds, "{threads} threads: {line:?}");
                assert!(columns(&line.because) <= COLUMNS, "{threads} threads: {line:?}");
            }
        }
    }

    #[test]
    fn without_a_ring_there_is_no_circular_wait() {
        let graph = WaitForGraph { cycle: Vec::new(), ..stuck(2) };
        let holds: Vec<bool> = conditions(&graph).iter().map(|e| e.holds).collect();
        assert_eq!(holds, [true, true, true, false]);
        assert!(conditions(&WaitForGraph::default()).is_empty());
    }
}
