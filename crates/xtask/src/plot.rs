//! Points on a logarithmic scale, as SVG: one picture per group.
//!
//! Points and not bars: a bar begins at zero, and a logarithmic scale has none. Who is ours shows
//! in the shape of a point as well as in its colour, and the picture brings its own background,
//! light or dark as the reader's system is.

use std::fmt::Write as _;

use crate::estimates::Measured;
use crate::table::time;

const WIDTH: f64 = 760.0;
const MARGIN: f64 = 12.0;
/// Room for the figures on the right.
const FIGURES: f64 = 150.0;
const ROW: f64 = 20.0;
/// Room for the title, and for the legend.
const TITLE: f64 = 36.0;
const LEGEND: f64 = 22.0;
/// Labels of the scale, and the machine.
const FOOT: f64 = 48.0;
/// Width of a character of a label, at most.
const CHARACTER: f64 = 7.4;

/// Those who were measured beside our own.
const LIBRARIES: [&str; 12] = [
    "async-lock",
    "crossbeam channel",
    "loom",
    "mutex (parking_lot)",
    "mutex (spin)",
    "mutex (std)",
    "parking_lot",
    "sem_t",
    "shuttle",
    "spin",
    "std",
    "tokio",
];

/// Colours from the palette of Okabe and Ito, which the colour-blind can tell apart, too.
const STYLE: &str = "\
.paper{fill:#ffffff}text{fill:#1f2328}.quiet{fill:#59636e}\
.grid{stroke:#d1d9e0}.ours{fill:#d55e00;stroke:#d55e00}.theirs{fill:#ffffff;stroke:#0072b2}\
@media(prefers-color-scheme:dark){.paper{fill:#0d1117}text{fill:#f0f6fc}.quiet{fill:#9198a1}\
.grid{stroke:#3d444d}.ours{fill:#e69f00;stroke:#e69f00}.theirs{fill:#0d1117;stroke:#56b4e9}}";

/// The medians of a group with their spreads, a row each; the machine stands below.
pub(crate) fn points(group: &str, results: &[Measured], machine: &str) -> String {
    let rows = rows(results);
    let legend = legend(results);
    let top = TITLE + if legend.is_empty() { 0.0 } else { LEGEND };
    let bottom = top + ROW * rows.len() as f64;
    let height = bottom + FOOT;
    let labels = results.iter().flat_map(|one| [one.who.chars().count(), one.what.chars().count()]);
    let left = labels.max().unwrap_or(0) as f64 * CHARACTER + 3.0 * MARGIN;
    let scale = Scale::new(results, left, WIDTH - FIGURES);
    let title = escape(&format!("{group}: median time ± median absolute deviation"));
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" \
         font-family=\"sans-serif\" font-size=\"13\">\n<style>{STYLE}</style>\n\
         <title>{title}</title>\n\
         <rect class=\"paper\" width=\"{WIDTH}\" height=\"{height}\" rx=\"6\"/>\n\
         <text x=\"{MARGIN}\" y=\"22\" font-weight=\"bold\">{title}</text>\n"
    );
    svg += &legend;
    svg += &scale.grid(top, bottom);
    for (n, row) in rows.iter().enumerate() {
        let y = top + ROW * (n as f64 + 0.5);
        let _ = match row {
            Row::What(what) => writeln!(
                svg,
                "<text x=\"{MARGIN}\" y=\"{:.1}\" font-weight=\"bold\">{}</text>",
                y + 5.0,
                escape(what)
            ),
            Row::Who(one) => writeln!(svg, "{}", scale.row(one, y)),
        };
    }
    let _ = writeln!(
        svg,
        "<text class=\"quiet\" x=\"{MARGIN}\" y=\"{:.1}\">{}; logarithmic scale</text>\n</svg>",
        height - MARGIN,
        escape(machine)
    );
    svg
}

/// A line of the picture.
enum Row<'a> {
    /// A heading: what was measured.
    What(&'a str),
    Who(&'a Measured),
}

fn rows(results: &[Measured]) -> Vec<Row<'_>> {
    let parts = results.chunk_by(|a, b| a.what == b.what);
    parts
        .flat_map(|part| {
            let heading = part.iter().take(1).map(|one| Row::What(&one.what));
            heading.chain(part.iter().map(Row::Who))
        })
        .collect()
}

fn is_ours(one: &Measured) -> bool {
    !LIBRARIES.contains(&&*one.who)
}

/// Says which points are whose, if there are both.
fn legend(results: &[Measured]) -> String {
    if results.iter().all(is_ours) || !results.iter().any(is_ours) {
        return String::new();
    }
    format!(
        "{}<text x=\"{:.1}\" y=\"45\">conclab's</text>{}<text x=\"{:.1}\" y=\"45\">a library's\
         </text>\n",
        point(true, MARGIN + 6.0, 40.0),
        MARGIN + 18.0,
        point(false, MARGIN + 106.0, 40.0),
        MARGIN + 118.0,
    )
}

/// A point: ours a full disk, another's an empty square.
fn point(ours: bool, x: f64, y: f64) -> String {
    if ours {
        return format!("<circle class=\"ours\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4.5\"/>");
    }
    let (left, top) = (x - 4.0, y - 4.0);
    format!(
        "<rect class=\"theirs\" x=\"{left:.1}\" y=\"{top:.1}\" width=\"8\" height=\"8\" \
         stroke-width=\"2\"/>"
    )
}

/// From times to places.
struct Scale {
    left: f64,
    right: f64,
    least_ns: f64,
    most_ns: f64,
}

impl Scale {
    fn new(results: &[Measured], left: f64, right: f64) -> Self {
        let medians = || results.iter().map(|one| one.median_ns.max(1e-3));
        let least = medians().fold(f64::INFINITY, f64::min);
        let most = medians().fold(least, f64::max);
        Self { left, right, least_ns: least / 1.5, most_ns: most * 1.5 }
    }

    /// Where a time stands; times off the scale stand at its end.
    fn x(&self, ns: f64) -> f64 {
        let part = (ns.max(1e-9) / self.least_ns).ln() / (self.most_ns / self.least_ns).ln();
        self.left + part.clamp(0.0, 1.0) * (self.right - self.left)
    }

    /// Round times within the scale: as many as can be told apart.
    fn ticks(&self) -> Vec<f64> {
        let decades = (self.most_ns / self.least_ns).log10();
        let steps: &[f64] = if decades > 2.5 { &[1.0] } else { &[1.0, 2.0, 5.0] };
        let powers = -3..=11;
        let all = powers.flat_map(|power| steps.iter().map(move |step| step * 10_f64.powi(power)));
        all.filter(|ns| (self.least_ns..=self.most_ns).contains(ns)).collect()
    }

    fn grid(&self, top: f64, bottom: f64) -> String {
        let line = |ns: f64| {
            let (x, below) = (self.x(ns), bottom + 14.0);
            format!(
                "<line class=\"grid\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{top}\" y2=\"{bottom}\"/>\
                 <text class=\"quiet\" x=\"{x:.1}\" y=\"{below}\" text-anchor=\"middle\" \
                 font-size=\"11\">{}</text>\n",
                round(ns)
            )
        };
        self.ticks().into_iter().map(line).collect()
    }

    fn row(&self, one: &Measured, y: f64) -> String {
        let (median, spread) = (one.median_ns, one.spread_ns);
        let class = if is_ours(one) { "ours" } else { "theirs" };
        format!(
            "<text x=\"{:.1}\" y=\"{base:.1}\">{}</text><line class=\"{class}\" x1=\"{:.1}\" \
             x2=\"{:.1}\" y1=\"{y:.1}\" y2=\"{y:.1}\" stroke-width=\"1.5\"/>{}<text x=\"{:.1}\" \
             y=\"{base:.1}\" text-anchor=\"end\">{} ± {}</text>",
            2.0 * MARGIN,
            escape(&one.who),
            self.x(median - spread),
            self.x(median + spread),
            point(is_ours(one), self.x(median), y),
            WIDTH - MARGIN,
            time(median),
            time(spread),
            base = y + 5.0,
        )
    }
}

/// A round time with its unit: `500 ns`, `2 µs`.
fn round(ns: f64) -> String {
    let (value, unit) = match ns {
        ns if ns < 999.0 => (ns, "ns"),
        ns if ns < 0.999e6 => (ns / 1e3, "µs"),
        ns if ns < 0.999e9 => (ns / 1e6, "ms"),
        ns => (ns / 1e9, "s"),
    };
    format!("{} {unit}", (value * 1e3).round() / 1e3)
}

/// Text as it may stand between tags.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(who: &str, what: &str, median_ns: f64, spread_ns: f64) -> Measured {
        Measured { who: who.to_owned(), what: what.to_owned(), median_ns, spread_ns }
    }

    /// The values of an attribute.
    fn values<'a>(svg: &'a str, attribute: &str) -> Vec<&'a str> {
        let begin = format!(" {attribute}=\"");
        svg.split(&begin).skip(1).filter_map(|it| it.split('"').next()).collect()
    }

    #[test]
    fn every_result_has_a_point_inside_the_picture() {
        let results = [
            measured("a < b", "one", 1.0, 3.0),
            measured("std", "one", 5e3, 1e9),
            measured("a < b", "two", 1e9, 0.0),
        ];
        let svg = points("group", &results, "a machine");
        assert_eq!(svg.matches("<circle").count(), 2 + 1, "two results and the legend");
        assert_eq!(svg.matches("<rect class=\"theirs\"").count(), 1 + 1);
        assert!(svg.contains("a &lt; b") && !svg.contains("a < b"));
        for attribute in ["x", "x1", "x2", "cx"] {
            for value in values(&svg, attribute) {
                let x: f64 = value.parse().unwrap();
                assert!((0.0..=WIDTH).contains(&x), "{attribute}={value}");
            }
        }
    }

    #[test]
    fn a_heading_stands_above_the_results_of_its_program() {
        let results =
            [measured("mcs", "1 thread", 5.0, 1.0), measured("ticket", "1 thread", 6.0, 1.0)];
        let svg = points("locks", &results, "a machine");
        assert_eq!(svg.matches(">1 thread<").count(), 1);
        assert!(svg.find(">1 thread<") < svg.find(">mcs<"));
        assert!(!svg.contains("a library's"), "there is nothing to tell apart");
    }

    #[test]
    fn a_scale_has_round_marks() {
        let scale =
            Scale::new(&[measured("", "", 100.0, 0.0), measured("", "", 3e3, 0.0)], 0.0, 1.0);
        let marks: Vec<_> = scale.ticks().into_iter().map(round).collect();
        assert_eq!(marks, ["100 ns", "200 ns", "500 ns", "1 µs", "2 µs"]);
        let wide = Scale::new(&[measured("", "", 2e3, 0.0), measured("", "", 3e9, 0.0)], 0.0, 1.0);
        let marks: Vec<_> = wide.ticks().into_iter().map(round).collect();
        assert_eq!(marks, ["10 µs", "100 µs", "1 ms", "10 ms", "100 ms", "1 s"]);
    }
}
