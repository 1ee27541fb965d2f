//! Bars on a logarithmic scale, as SVG: one picture per group.

use std::fmt::Write as _;

use crate::estimates::Measured;
use crate::table::time;

const WIDTH: f64 = 720.0;
const LABEL: f64 = 230.0;
const ROW: f64 = 20.0;
const HEAD: f64 = 30.0;

/// The medians of a group, one bar each; the machine stands below.
pub(crate) fn bars(group: &str, results: &[Measured], machine: &str) -> String {
    let medians = || results.iter().map(|one| one.median_ns);
    let least = medians().fold(f64::INFINITY, f64::min).max(1e-3);
    let most = medians().fold(least, f64::max);
    let decades = (most / least).log10().max(0.1);
    let height = HEAD + ROW * (results.len() as f64 + 1.5);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" \
         font-family=\"sans-serif\" font-size=\"13\">\n\
         <style>text{{fill:#1b1f24}}rect{{fill:#3b6ea8}}.ours{{fill:#b4540a}}\
         @media(prefers-color-scheme:dark){{text{{fill:#e6e6e6}}}}</style>\n\
         <title>{title}</title>\n<text x=\"0\" y=\"16\" font-weight=\"bold\">{title}</text>\n",
        title = escape(&format!("{group}: median time, logarithmic scale")),
    );
    for (n, one) in results.iter().enumerate() {
        let y = HEAD + ROW * n as f64;
        let room = WIDTH - LABEL - 90.0;
        let length = 4.0 + (room - 4.0) * (one.median_ns / least).log10() / decades;
        let class = if one.who == "conclab" { " class=\"ours\"" } else { "" };
        let label = escape(&format!("{} · {}", one.what, one.who));
        let _ = writeln!(
            svg,
            "<text x=\"0\" y=\"{:.1}\">{label}</text><rect{class} x=\"{LABEL}\" y=\"{:.1}\" \
             width=\"{length:.1}\" height=\"{:.1}\"/><text x=\"{:.1}\" y=\"{:.1}\">{}</text>",
            y + 14.0,
            y + 3.0,
            ROW - 6.0,
            LABEL + length + 6.0,
            y + 14.0,
            time(one.median_ns),
        );
    }
    let _ =
        writeln!(svg, "<text x=\"0\" y=\"{:.1}\">{}</text>\n</svg>", height - 8.0, escape(machine));
    svg
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_result_has_a_bar_inside_the_picture() {
        let measured = |what: &str, median_ns| Measured {
            who: "a < b".to_owned(),
            what: what.to_owned(),
            median_ns,
            spread_ns: 0.0,
        };
        let svg = bars("group", &[measured("one", 1.0), measured("two", 1e9)], "a machine");
        assert_eq!(svg.matches("<rect").count(), 2);
        assert!(svg.contains("a &lt; b"));
        let widths = svg.split("width=\"").skip(1).filter_map(|it| it.split('"').next());
        assert!(widths.filter_map(|it| it.parse::<f64>().ok()).all(|width| width < WIDTH));
    }
}
