//! PRICE: what each variant costs, as measured in this run; figures and no ranking.

use conclab_engine::report::Price;

use super::page::MARGIN;
use super::words;
use crate::found::Demo;
use crate::screen::Screen;

/// The figures: for every number of threads if `all`, for the largest one otherwise.
pub(super) fn lines(demo: &Demo, all: bool, screen: &Screen) -> Vec<String> {
    let width = screen.width - MARGIN;
    let mut threads: Vec<_> = demo.prices.iter().map(|price| price.threads).collect();
    threads.sort_unstable();
    threads.dedup();
    let Some(&most) = threads.last() else {
        return vec![screen.plain("nothing was measured in the time there was")];
    };
    let shown = if all { threads } else { vec![most] };
    let mut lines = Vec::new();
    for n_threads in shown {
        let here: Vec<_> = demo.prices.iter().filter(|one| one.threads == n_threads).collect();
        lines.extend(screen.wrap(&head(&here, n_threads), width));
        lines.extend(figures(&here, width, screen));
        lines.extend(warning(n_threads, demo.stamp.cores).map(|text| screen.plain(&text)));
    }
    lines
}

/// `ns per increment, 2 threads, median of 15 ± MAD, CPU ns in ()`.
fn head(prices: &[&Price], n_threads: usize) -> String {
    let s = if n_threads == 1 { "" } else { "s" };
    let unit = prices.first().map_or("unit", |price| price.unit.as_str());
    let n = prices.iter().map(|price| price.n);
    let (fewest, most) = (n.clone().min().unwrap_or(0), n.max().unwrap_or(0));
    let n = if fewest == most { most.to_string() } else { format!("{fewest} to {most}") };
    let cpu = prices.iter().any(|price| price.cpu_ns.is_some());
    let cpu = if cpu { ", CPU ns in ()" } else { "" };
    format!("ns per {unit}, {n_threads} thread{s}, median of {n} ± MAD{cpu}")
}

/// The figures in columns of equal width, if that costs no more lines than without columns.
fn figures(prices: &[&Price], width: usize, screen: &Screen) -> Vec<String> {
    let items: Vec<_> = prices.iter().map(|price| screen.plain(&item(price))).collect();
    let widest = items.iter().map(|item| screen.width_of(item)).max().unwrap_or(0);
    let cells: Vec<_> = items.iter().map(|item| screen.cell(item, widest.min(width))).collect();
    let grid = screen.flow(&cells, "   ", width);
    let dense = screen.flow(&items, "   ", width);
    if grid.len() <= dense.len() { grid } else { dense }
}

/// `atomic 6.4 ± 0.2 (12.8)`.
fn item(price: &Price) -> String {
    let (median, spread) = (words::figure(price.median_ns), words::figure(price.spread_ns));
    let cpu = price.cpu_ns.map(|cpu| format!(" ({})", words::figure(cpu))).unwrap_or_default();
    format!("{} {median} ± {spread}{cpu}", price.label)
}

/// Where threads have to take turns, nothing is learnt about working at once.
fn warning(n_threads: usize, cores: usize) -> Option<String> {
    let s = if cores == 1 { "" } else { "s" };
    (n_threads > cores)
        .then(|| format!("{n_threads} threads on {cores} core{s}: this shows no parallel cost"))
}
