//! What the sweep shows: tables, the map of winners, and sentences from this run's figures.

use std::time::Duration;

use conclab_measure::{Exhibit, Figures as Shown};

use super::price_cell::Figures;
use super::price_entrants::ENTRANTS;
use super::price_notes::{three_digits, time, why_spinning_loses};
use super::price_sweep::{LENGTHS, SHOWN, Sweep};

/// Makes the tables of a sweep.
pub(super) fn exhibits(sweep: &Sweep) -> Vec<Exhibit> {
    vec![throughput(sweep), costs(sweep), winners(sweep)]
}

fn throughput(sweep: &Sweep) -> Exhibit {
    let cell = |column, entrant| match sweep.cells.get(&(SHOWN, column, entrant)) {
        Some(found) => three_digits(found.rate() / 1e3),
        None => "–".to_owned(),
    };
    let columns = 0..sweep.threads.len();
    let rows = ENTRANTS.iter().enumerate().map(|(entrant, one)| {
        let cells = columns.clone().map(|column| cell(column, entrant)).collect();
        (one.name.to_owned(), cells)
    });
    let figures =
        Shown::Grid { corner: "lock".to_owned(), columns: heads(sweep), rows: rows.collect() };
    let title = "throughput, thousand sections/s (1 µs inside, 1 µs outside)".to_owned();
    Exhibit { title, figures, notes: why_spinning_loses(sweep) }
}

/// What each lock costs where it is hardest: with the most threads.
fn costs(sweep: &Sweep) -> Exhibit {
    let last = sweep.threads.len() - 1;
    let columns = ["CPU/section", "least/most", "p99 wait", "longest", "slept/taken off"];
    let row = |entrant| {
        let Some(found) = sweep.cells.get(&(SHOWN, last, entrant)) else {
            return vec!["–".to_owned(); columns.len()];
        };
        vec![
            found.cpu_ns.map_or_else(|| "n/a".to_owned(), time),
            format!("{:.2}", found.share),
            time(found.waits.p99_ns() as f64),
            time(found.waits.longest_ns() as f64),
            found.switches.map_or_else(|| "n/a".to_owned(), |(own, not)| format!("{own}/{not}")),
        ]
    };
    let rows =
        ENTRANTS.iter().enumerate().map(|(entrant, one)| (one.name.to_owned(), row(entrant)));
    let figures = Shown::Grid {
        corner: "lock".to_owned(),
        columns: columns.map(str::to_owned).to_vec(),
        rows: rows.collect(),
    };
    let title = format!("what it costs: 1 µs sections, {} threads", sweep.threads[last]);
    let note = "RUNS go through the facade, where who finds a lock taken sleeps at once: a queue \
                then hands over to a sleeper at each increment, which takes a wake-up.";
    Exhibit { title, figures, notes: vec![note.to_owned()] }
}

fn winners(sweep: &Sweep) -> Exhibit {
    let columns = 0..sweep.threads.len();
    // Without a section it is measured who keeps the lock's cache line longest, not who wins.
    let lengths = LENGTHS.iter().enumerate().filter(|(_, length)| !length.is_zero());
    let rows = lengths.map(|(row, length)| {
        let cells = columns.clone().map(|column| winner(sweep, row, column)).collect();
        (in_words(*length), cells)
    });
    let rows = rows.collect();
    let figures = Shown::Grid { corner: "section".to_owned(), columns: heads(sweep), rows };
    let mut notes = Vec::new();
    if !sweep.spared.is_empty() {
        let spared = sweep.spared.join(", ");
        notes.push(format!(
            "Left out of some crowded cells, at 1 µs not half as good as the best: {spared}."
        ));
    }
    if sweep.cut_short {
        notes.push("The time was over before every cell was measured.".to_owned());
    }
    Exhibit {
        title: "who wins, and by what factor: our best, or the best of std, parking_lot".to_owned(),
        figures,
        notes,
    }
}

fn heads(sweep: &Sweep) -> Vec<String> {
    let head = |n: &usize| if *n == 1 { "1 thread".to_owned() } else { format!("{n} threads") };
    sweep.threads.iter().map(head).collect()
}

/// The better of our best and the libraries' best, with the factor; `tie` if their slices overlap.
fn winner(sweep: &Sweep, row: usize, column: usize) -> String {
    let best = |peer: bool| {
        let all = ENTRANTS.iter().enumerate().filter(|(_, one)| one.peer == peer);
        let found = all.filter_map(|(i, one)| Some((one, sweep.cells.get(&(row, column, i))?)));
        found.max_by(|(_, a), (_, b)| a.rate().total_cmp(&b.rate()))
    };
    let Some((ours, theirs)) = best(false).zip(best(true)) else { return "–".to_owned() };
    let (first, second) =
        if ours.1.rate() >= theirs.1.rate() { (ours, theirs) } else { (theirs, ours) };
    if overlap(first.1, second.1) {
        return "tie".to_owned();
    }
    format!("{}×{}", first.0.short, three_digits(first.1.rate() / second.1.rate()))
}

/// Whether some slice of the slower one was as good as some of the faster one.
fn overlap(faster: &Figures, slower: &Figures) -> bool {
    slower.rates.last() >= faster.rates.first()
}

/// A round length: `100 ns`, `10 µs`.
fn in_words(length: Duration) -> String {
    match length.as_nanos() {
        ns if ns >= 1_000 => format!("{} µs", ns / 1_000),
        ns => format!("{ns} ns"),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use conclab_engine::stop::Stop;

    use super::super::price_waits::Waits;
    use super::*;

    fn figures(rates: [f64; 3]) -> Figures {
        let waits = Waits::new();
        Figures { rates: rates.to_vec(), cpu_ns: Some(2_000.0), share: 1.0, waits, switches: None }
    }

    /// A sweep with `ours` (spin-then-park) and `theirs` (std) in one cell.
    fn sweep(ours: [f64; 3], theirs: [f64; 3]) -> Sweep {
        let cells = BTreeMap::from([((0, 1, 6), figures(ours)), ((0, 1, 7), figures(theirs))]);
        let threads = vec![1, 2, 4, 8];
        Sweep { cores: 2, threads, cells, spared: Vec::new(), cut_short: false, got: None }
    }

    #[test]
    fn a_winner_is_better_in_every_slice() {
        let cell = |ours, theirs| winner(&sweep(ours, theirs), 0, 1);
        assert_eq!(cell([20.0, 30.0, 40.0], [12.0, 15.0, 18.0]), "spin-park×2.00");
        assert_eq!(cell([12.0, 15.0, 18.0], [20.0, 30.0, 40.0]), "std×2.00");
        assert_eq!(cell([18.0, 30.0, 42.0], [12.0, 15.0, 18.0]), "tie");
    }

    #[test]
    fn that_others_took_the_cores_comes_first() {
        let rates = [20.0, 30.0, 40.0];
        let notes = |got| exhibits(&Sweep { got, ..sweep(rates, rates) })[0].notes.clone();
        assert!(notes(Some(0.3))[0].contains("other work: this measurement got 0.3 of 2 cores"));
        assert!(notes(Some(1.8)) == notes(None) && notes(None).is_empty());
    }

    #[test]
    fn a_stopped_sweep_shows_nothing() {
        assert!(Sweep::run(&Stop::never().within(Duration::ZERO)).is_none());
    }

    #[test]
    fn a_sweep_on_this_machine_fills_the_first_table() {
        let sweep = Sweep::run(&Stop::never()).expect("there is time for a cell");
        assert_eq!(exhibits(&sweep).len(), 3);
        assert!(sweep.cells.values().all(|one| one.rates.len() == 3 && one.share <= 1.0));
    }

    #[test]
    fn what_was_not_measured_is_a_dash() {
        let sweep = sweep([1.0; 3], [1.0; 3]);
        assert_eq!(winner(&sweep, 1, 1), "–");
        for shown in exhibits(&sweep) {
            let Shown::Grid { columns, rows, .. } = shown.figures else { panic!("no grid") };
            assert!(rows.iter().all(|(_, cells)| cells.len() == columns.len()));
        }
    }
}
