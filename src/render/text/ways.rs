//! The same work done in several ways: a row each, with a bar for its time.

use conclab_measure::Way;

use crate::screen::Screen;

/// Widest name of a way.
const NAME_MAX: usize = 24;

/// A bar that is shorter at its longest says nothing.
const BAR_MIN: usize = 4;

/// Widest bar.
const BAR_MAX: usize = 30;

/// A column: its head, and a cell for every way; a cell is empty where nothing was measured.
struct Column {
    head: &'static str,
    cells: Vec<String>,
}

/// A head, a row per way, and its wall time as a bar where there is room for one.
pub(super) fn table(ways: &[Way], width: usize, screen: &Screen) -> Vec<String> {
    let names = ways.iter().map(|way| screen.width_of(&way.name)).max().unwrap_or(0).min(NAME_MAX);
    let columns = columns(ways);
    let widths: Vec<usize> = columns
        .iter()
        .map(|column| {
            let cells = column.cells.iter().map(|cell| screen.width_of(&screen.plain(cell)));
            cells.chain([column.head.len()]).max().unwrap_or(0)
        })
        .collect();
    let taken = names + widths.iter().map(|width| width + 2).sum::<usize>();
    let bar = Some(width.saturating_sub(taken + 2)).filter(|room| *room >= BAR_MIN);
    let longest = ways.iter().map(|way| way.wall_ns).max().unwrap_or(0);
    let row = |name: &str, cell: &dyn Fn(&Column) -> String, bar: String| {
        let mut line = screen.cell(name, names);
        for (column, &width) in columns.iter().zip(&widths) {
            line += "  ";
            line += &screen.number(&cell(column), width);
        }
        screen.cut(format!("{line}  {bar}").trim_end(), width)
    };
    let mut lines = vec![row("", &|column| column.head.to_owned(), String::new())];
    for (n, way) in ways.iter().enumerate() {
        let bar = bar.map(|room| self::bar(way.wall_ns, longest, room.min(BAR_MAX), screen));
        lines.push(row(&way.name, &|column| column.cells[n].clone(), bar.unwrap_or_default()));
    }
    lines
}

/// The columns that any way has something for.
fn columns(ways: &[Way]) -> Vec<Column> {
    let column = |head, cell: &dyn Fn(&Way) -> Option<String>| Column {
        head,
        cells: ways.iter().map(|way| cell(way).unwrap_or_default()).collect(),
    };
    let switches = |way: &Way| Some(way.switches_voluntary? + way.switches_involuntary?);
    let all = [
        column("wall", &|way| Some(time(way.wall_ns))),
        column("speed", &|way| Some(format!("{:.2}×", way.speed_up))),
        column("ideal", &|way| Some(format!("{:.0} %", way.efficiency? * 100.0))),
        column("CPU", &|way| Some(time(way.cpu_ns))),
        column("memory", &|way| way.memory_max_bytes.map(bytes)),
        column("sent", &|way| way.serialised_bytes.map(bytes)),
        column("switch", &|way| switches(way).map(|n| scaled(n as f64, 2, 1e3, ["", "k", "M"]))),
    ];
    all.into_iter().filter(|column| column.cells.iter().any(|cell| !cell.is_empty())).collect()
}

/// A time to three digits: `271 ms`.
fn time(ns: u64) -> String {
    scaled(ns as f64, 3, 1e3, [" ns", " µs", " ms", " s"])
}

/// A number of bytes to two digits: `1.3M`, in powers of 1024.
fn bytes(bytes: u64) -> String {
    scaled(bytes as f64, 2, 1024.0, ["", "K", "M", "G"])
}

/// A number in the unit that makes it at least 1, to so many digits at least; units are `step`
/// apart.
fn scaled<const N: usize>(mut value: f64, digits: usize, step: f64, units: [&str; N]) -> String {
    let mut unit = 0;
    // What would be shown as 1000 is shown as 1 of the next unit.
    while value >= 999.5 && unit + 1 < N {
        value /= step;
        unit += 1;
    }
    let before = if value >= 99.95 {
        3
    } else if value >= 9.95 {
        2
    } else {
        1
    };
    let after = if unit == 0 { 0 } else { digits.saturating_sub(before) };
    format!("{value:.after$}{}", units[unit])
}

/// A bar of at most `columns`, as long as its share of the `longest`; it is never empty.
fn bar(value: u64, longest: u64, columns: usize, screen: &Screen) -> String {
    // A terminal has eighths of a block; a last block that is not full is drawn in them.
    let parts = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let steps = u128::from(value) * (columns * parts.len()) as u128 / u128::from(longest.max(1));
    let steps = usize::try_from(steps).unwrap_or(usize::MAX).clamp(1, columns * parts.len());
    if screen.ascii {
        return "#".repeat(steps.div_ceil(parts.len()));
    }
    "█".repeat(steps / parts.len()) + parts[steps % parts.len()]
}

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthStr as _;

    use super::*;
    use crate::found::sample;

    const PLAIN: Screen = Screen::PLAIN;

    #[test]
    fn ways_stand_below_each_other_with_bars() {
        let lines = table(&sample::ways(), 73, &PLAIN);
        let wanted = [
            "                wall  speed  ideal     CPU  memory  sent  switch",
            "in turn       271 ms  1.00×         271 ms                    12  ███████",
            "process pool  140 ms  1.94×   97 %  271 ms    9.8M  2.1K    1.2k  ███▌",
        ];
        assert_eq!(lines, wanted, "{lines:#?}");
    }

    #[test]
    fn any_figures_fit_the_width() {
        let mut ways = sample::ways();
        ways[1].wall_ns = u64::MAX;
        ways[1].serialised_bytes = Some(u64::MAX);
        for width in [60, 73, 113] {
            for ascii in [false, true] {
                let screen = Screen { ascii, ..PLAIN };
                for line in table(&ways, width, &screen) {
                    assert!(line.width() <= width, "{line}");
                    assert!(!ascii || line.is_ascii(), "{line}");
                }
            }
        }
    }

    #[test]
    fn figures_keep_three_digits() {
        assert_eq!(time(999), "999 ns");
        assert_eq!(time(1_234_567), "1.23 ms");
        assert_eq!(time(999_600), "1.00 ms");
        assert_eq!(bytes(1_310_720), "1.2M");
        assert_eq!(bytes(1_000), "1.0K");
        assert_eq!(bytes(999), "999");
    }

    #[test]
    fn a_bar_is_its_share_of_the_longest() {
        assert_eq!(bar(50, 100, 10, &PLAIN), "█████");
        assert_eq!(bar(1, 100_000, 10, &PLAIN), "▏");
        assert_eq!(bar(0, 0, 10, &Screen { ascii: true, ..PLAIN }), "#");
    }
}
