//! The table of README.md: how our own compare with the libraries, as ratios within one run.

use std::collections::BTreeMap;

use crate::estimates::Measured;

/// The marker of this table.
pub(crate) const MARKER: &str = "ratios";

/// A comparison: one of ours beside the best of some others, in some cells of the benchmarks.
struct Ratio {
    ours: &'static str,
    what: &'static str,
    theirs: &'static [&'static str],
    groups: &'static [&'static str],
    /// The cells of each group.
    cells: &'static [&'static str],
}

const SECTIONS: &[&str] = &["spinlock-100ns", "spinlock-1us", "spinlock-10us"];
const SEVERAL: &[&str] = &["2 threads", "8 threads"];
const CONTENDED: &[&str] = &["2 threads", "4 threads", "8 threads"];

const RATIOS: [Ratio; 9] = [
    Ratio {
        ours: "conclab",
        what: "explorer: a full verdict",
        theirs: &["shuttle"],
        groups: &["explorer"],
        cells: &["increments 2x1", "increments 2x3", "philosophers 2 ordered"],
    },
    Ratio {
        ours: "conclab",
        what: "explorer: a full verdict",
        theirs: &["loom"],
        groups: &["explorer"],
        cells: &[
            "increments 2x1",
            "increments 2x3",
            "philosophers 2 ordered",
            "philosophers 3 ordered",
        ],
    },
    Ratio {
        ours: "spin-then-park",
        what: "lock: sections of 0.1 to 10 µs, 2 and 8 threads",
        theirs: &["std", "parking_lot"],
        groups: SECTIONS,
        cells: SEVERAL,
    },
    Ratio {
        ours: "spin-then-park",
        what: "lock: sections of 10 µs, 2 threads",
        theirs: &["std"],
        groups: &["spinlock-10us"],
        cells: &["2 threads"],
    },
    Ratio {
        ours: "backoff",
        what: "lock: sections of 0.1 to 10 µs, 8 threads",
        theirs: &["spin"],
        groups: SECTIONS,
        cells: &["8 threads"],
    },
    Ratio {
        ours: "backoff",
        what: "lock: alone",
        theirs: &["spin"],
        groups: &["spinlock-0"],
        cells: &["1 thread"],
    },
    Ratio {
        ours: "atomic",
        what: "semaphore: alone",
        theirs: &["sem_t"],
        groups: &["semaphore-alone"],
        cells: &["1 thread"],
    },
    Ratio {
        ours: "atomic",
        what: "semaphore: one permit, 2 to 8 threads",
        theirs: &["crossbeam channel"],
        groups: &["semaphore-contended"],
        cells: CONTENDED,
    },
    Ratio {
        ours: "atomic",
        what: "semaphore: one permit, 2 to 8 threads",
        theirs: &["sem_t", "tokio", "async-lock"],
        groups: &["semaphore-contended"],
        cells: CONTENDED,
    },
];

/// The table; nothing if a benchmark that it needs is missing: half a table would look whole.
pub(crate) fn table(groups: &BTreeMap<String, Vec<Measured>>, machine: &str) -> Option<String> {
    let mut rows = vec![
        "| ours | at what | beside | times as fast | least to most |".to_owned(),
        "|---|---|---|---|---|".to_owned(),
    ];
    for ratio in &RATIOS {
        let cells = ratio.cells(groups)?;
        let least = cells.iter().copied().fold(f64::INFINITY, f64::min);
        let most = cells.iter().copied().fold(0.0, f64::max);
        let range = if cells.len() > 1 {
            format!("{} to {} in {} cells", short(least), short(most), cells.len())
        } else {
            String::new()
        };
        let mean = short(geometric_mean(&cells));
        let Ratio { ours, what, .. } = ratio;
        rows.push(format!("| {ours} | {what} | {} | {mean} | {range} |", ratio.beside()));
    }
    let table = rows.join("\n");
    Some(format!(
        "{table}\n\nMedians compared within one run, the geometric mean over several cells: above \
         1 ours is the faster one, and a few hundredths are a tie. On {machine}.\n"
    ))
}

impl Ratio {
    /// How many times as fast as the best of the others ours is, in each cell.
    fn cells(&self, groups: &BTreeMap<String, Vec<Measured>>) -> Option<Vec<f64>> {
        let places =
            self.groups.iter().flat_map(|group| self.cells.iter().map(move |c| (group, c)));
        places
            .map(|(&group, &what)| {
                let of = |who: &str| {
                    let found = groups.get(group)?.iter();
                    let mut found = found.filter(|one| one.who == who && one.what == what);
                    found.next().map(|one| one.median_ns)
                };
                let theirs: Option<Vec<f64>> = self.theirs.iter().map(|who| of(who)).collect();
                let best = theirs?.into_iter().fold(f64::INFINITY, f64::min);
                Some(best / of(self.ours)?)
            })
            .collect()
    }

    fn beside(&self) -> String {
        match self.theirs {
            [one] => (*one).to_owned(),
            several => format!("the best of {}", several.join(", ")),
        }
    }
}

fn geometric_mean(ratios: &[f64]) -> f64 {
    (ratios.iter().map(|ratio| ratio.ln()).sum::<f64>() / ratios.len() as f64).exp()
}

/// A ratio with as many digits as it deserves.
fn short(ratio: f64) -> String {
    if ratio < 9.995 { format!("{ratio:.2}") } else { format!("{ratio:.0}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Everybody takes 100 ns for everything, ours 50 ns.
    fn everything() -> BTreeMap<String, Vec<Measured>> {
        let mut groups: BTreeMap<String, Vec<Measured>> = BTreeMap::new();
        for ratio in &RATIOS {
            let who = ratio.theirs.iter().map(|who| (who, 100.0)).chain([(&ratio.ours, 50.0)]);
            for (who, median_ns) in who {
                for (group, what) in
                    ratio.groups.iter().flat_map(|g| ratio.cells.iter().map(move |cell| (g, cell)))
                {
                    let (who, what) = ((*who).to_owned(), (*what).to_owned());
                    let measured = Measured { who, what, median_ns, spread_ns: 1.0 };
                    groups.entry((*group).to_owned()).or_default().push(measured);
                }
            }
        }
        groups
    }

    #[test]
    fn a_ratio_above_one_is_in_our_favour() {
        let table = table(&everything(), "a machine").unwrap();
        assert_eq!(table.matches("| 2.00 |").count(), RATIOS.len(), "{table}");
        assert!(table.contains("| 2.00 to 2.00 in 6 cells |"), "{table}");
        assert!(table.ends_with("On a machine.\n"));
    }

    #[test]
    fn ours_is_compared_with_the_best_of_several() {
        let mut groups = everything();
        let locks = groups.get_mut("spinlock-1us").unwrap();
        locks.iter_mut().filter(|one| one.who == "std").for_each(|one| one.median_ns = 25.0);
        let table = table(&groups, "").unwrap();
        assert!(table.contains("| 1.26 | 0.50 to 2.00 in 6 cells |"), "{table}");
    }

    #[test]
    fn without_one_of_its_benchmarks_there_is_no_table() {
        let mut groups = everything();
        groups.remove("semaphore-alone");
        assert_eq!(table(&groups, "a machine"), None);
    }
}
