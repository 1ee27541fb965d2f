//! PRICE: what each variant costs, as measured in this run; figures and no ranking.

use conclab_measure::Price;

use super::page::MARGIN;
use super::words;
use crate::found::Demo;
use crate::screen::Screen;

/// Lines of figures on the tightest page.
const LINES_MAX: usize = 3;

/// CPU time per wall time below which threads took turns; at once it is about their number.
const TURNS_MAX: f64 = 1.2;

/// The figures: for every number of threads if `all`, for the largest one otherwise.
pub(super) fn lines(demo: &Demo, all: bool, tightness: u8, screen: &Screen) -> Vec<String> {
    let width = screen.width - MARGIN;
    let mut threads: Vec<_> = demo.prices.iter().map(|price| price.threads).collect();
    threads.sort_unstable();
    threads.dedup();
    let limit = demo.prices_limit.map(words::limit);
    let Some(&most) = threads.last() else {
        return vec![screen.plain(&format!("not measured: {}", limit.unwrap_or("no time left")))];
    };
    let shown = if all { threads } else { vec![most] };
    let mut lines = Vec::new();
    for n_threads in shown {
        let here: Vec<_> = demo.prices.iter().filter(|one| one.threads == n_threads).collect();
        let pairs = if (4..7).contains(&tightness) { paired(&here) } else { None };
        let (libraries, items) = pairs.unwrap_or_else(|| {
            (String::new(), here.iter().map(|price| item(&price.label, &[price])).collect())
        });

        lines.extend(screen.wrap(&(head(&here, n_threads) + &libraries), width));
        let mut figures = figures(&items, width, screen);
        if tightness >= 7 {
            // Such a lab shows figures of its own.
            lines.extend(figures.into_iter().take(1));
            continue;
        }
        if tightness >= 5 && figures.len() > LINES_MAX {
            figures.truncate(LINES_MAX - 1);
            figures.push(screen.plain("… the others with --verbose"));
        }
        lines.extend(figures);
        lines.extend(warning(&here, n_threads, demo.stamp.cores).map(|text| screen.plain(&text)));
    }
    lines.extend(limit.map(|limit| screen.plain(&format!("not all were measured: {limit}"))));
    lines
}

/// `ns per increment, 2 threads, median of 15 ± MAD (CPU ns)`.
fn head(prices: &[&Price], n_threads: usize) -> String {
    let s = if n_threads == 1 { "" } else { "s" };
    let unit = prices.first().map_or("unit", |price| price.unit.as_str());
    let n = prices.iter().map(|price| price.n);
    let (fewest, most) = (n.clone().min().unwrap_or(0), n.max().unwrap_or(0));
    let n = if fewest == most { most.to_string() } else { format!("{fewest} to {most}") };
    let cpu = prices.iter().any(|price| price.cpu_ns.is_some());
    let cpu = if cpu { " (CPU ns)" } else { "" };
    format!("ns per {unit}, {n_threads} thread{s}, median of {n} ± MAD{cpu}")
}

/// The same variant with several libraries as one item, where all such variants have the same
/// libraries: their names, for the head, and the items.
fn paired(prices: &[&Price]) -> Option<(String, Vec<String>)> {
    let split = |price: &Price| -> Option<(String, String)> {
        let (name, library) = price.label.strip_suffix(')')?.split_once(" (")?;
        Some((name.to_owned(), library.to_owned()))
    };
    let mut libraries: Vec<String> = Vec::new();
    let mut groups: Vec<(String, Vec<&Price>)> = Vec::new();
    for price in prices {
        let Some((name, library)) = split(price) else {
            groups.push((price.label.clone(), vec![price]));
            continue;
        };
        if !libraries.contains(&library) {
            libraries.push(library);
        }
        match groups.iter_mut().find(|(known, _)| *known == name) {
            Some((_, group)) => group.push(price),
            None => groups.push((name, vec![price])),
        }
    }
    let complete = |group: &[&Price]| {
        let has: Vec<_> = group.iter().filter_map(|one| Some(split(one)?.1)).collect();
        has.is_empty() || has == libraries
    };
    if libraries.len() < 2 || !groups.iter().all(|(_, group)| complete(group)) {
        return None;
    }
    let items = groups.iter().map(|(name, group)| item(name, group)).collect();
    Some((format!("; {}", libraries.join("|")), items))
}

/// The figures in columns of equal width, if that costs no more lines than without columns.
fn figures(items: &[String], width: usize, screen: &Screen) -> Vec<String> {
    let items: Vec<_> = items.iter().map(|item| screen.plain(item)).collect();
    let widest = items.iter().map(|item| screen.width_of(item)).max().unwrap_or(0);
    let cells: Vec<_> = items.iter().map(|item| screen.cell(item, widest.min(width))).collect();
    let grid = screen.flow(&cells, "   ", width);
    let dense = screen.flow(&items, "   ", width);
    let denser = screen.flow(&items, "  ", width);
    [grid, dense, denser].into_iter().min_by_key(Vec::len).unwrap_or_default()
}

/// `atomic 6.4 ± 0.2 (12.8)`; with several libraries `mutex 21 ± 3.0 (40) | 19 ± 2.0 (38)`.
fn item(label: &str, prices: &[&Price]) -> String {
    let figures = prices.iter().map(|price| {
        let (median, spread) = (words::figure(price.median_ns), words::figure(price.spread_ns));
        let cpu = price.cpu_ns.map(|cpu| format!(" ({})", words::figure(cpu)));
        format!("{median} ± {spread}{}", cpu.unwrap_or_default())
    });
    format!("{label} {}", figures.collect::<Vec<_>>().join(" | "))
}

/// Where threads have to take turns, nothing is learnt about working at once.
fn warning(prices: &[&Price], n_threads: usize, cores: usize) -> Option<String> {
    let s = if cores == 1 { "" } else { "s" };
    if n_threads > cores {
        return Some(format!(
            "{n_threads} threads on {cores} core{s}: this shows no parallel cost"
        ));
    }
    let took_turns = prices.iter().filter(|price| took_turns(price)).count();
    (took_turns > 0).then(|| {
        format!(
            "{took_turns} of {} took turns on one core (busy machine): no parallel cost",
            prices.len()
        )
    })
}

/// Whether threads that could have worked at once took about as much time as one of them alone:
/// then there was one processor for all.
fn took_turns(price: &Price) -> bool {
    price.threads > 1 && price.cpu_ns.is_some_and(|cpu| cpu < TURNS_MAX * price.median_ns)
}
