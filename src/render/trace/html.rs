//! The page: the still picture with a little script, in one file that asks for nothing.

use std::fmt::Write as _;

use serde_json::json;

use super::svg::{Drawing, KEY, LANES, escaped, is_death, notes, sign, title};
use super::{Axis, Picture, in_brackets, line, outcome, said, span};
use crate::found::Traced;

/// Most events that the table under the picture has; the picture has all.
const ROWS_MAX: usize = 1000;

/// The file.
pub(crate) fn html(traced: &Traced) -> String {
    let picture = Picture::new(&traced.report.timeline);
    let axis = Axis::new(&traced.report.timeline);
    let drawing = Drawing { picture: &picture, axis: &axis };
    let (title, height) = (escaped(&title(traced)), drawing.bottom() + 6);
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{title}</title>\n\
         <style>{}{}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n<p>{}</p>\n",
        include_str!("picture.css"),
        include_str!("page.css"),
        escaped(&outcome(&traced.report)),
    );
    page += include_str!("tools.html");
    let _ = write!(
        page,
        "<div id=\"chart\" tabindex=\"0\" role=\"application\" aria-describedby=\"keys\" \
         aria-label=\"Lanes of threads and locks over time\">\n\
         <svg viewBox=\"0 60 1000 {}\" aria-hidden=\"true\">\n{}</svg>\n</div>\n\
         <p id=\"detail\" role=\"status\">Point at an event, or press an arrow key.</p>\n",
        height - 60,
        drawing.lanes(),
    );
    page += &key(picture.timeline.events.iter().any(is_death));
    for note in notes(traced, &picture, &axis) {
        let _ = writeln!(page, "<p class=\"note\">{}</p>", escaped(&note));
    }
    page += &table(&picture, &axis);
    let _ = write!(
        page,
        "</main>\n<script type=\"application/json\" id=\"data\">{}</script>\n<script>{}</script>\n\
         </body>\n</html>\n",
        data(&picture, &axis),
        include_str!("page.js"),
    );
    page
}

/// What the signs of the picture mean.
fn key(with_deaths: bool) -> String {
    let mut text = "<ul class=\"key\" aria-label=\"Legend\">\n".to_owned();
    for (class, means) in KEY {
        let (y, height) = sign(class);
        let _ = writeln!(
            text,
            "<li><svg width=\"30\" height=\"20\" aria-hidden=\"true\"><rect class=\"{class}\" \
             x=\"2\" y=\"{y}\" width=\"26\" height=\"{height}\"/></svg> {means}</li>"
        );
    }
    if with_deaths {
        text += "<li><svg width=\"18\" height=\"20\" aria-hidden=\"true\"><circle class=\"e dead\" \
                 cx=\"9\" cy=\"10\" r=\"6\"/></svg> dies</li>\n";
    }
    text + "<li>→ unblocks</li>\n</ul>\n"
}

/// Every event as text, for those who do not see the picture, and for paper.
fn table(picture: &Picture<'_>, axis: &Axis) -> String {
    let timeline = picture.timeline;
    let n = timeline.events.len();
    let mut text = format!(
        "<details>\n<summary>All {n} events as a table</summary>\n<table>\n<thead><tr>\
         <th scope=\"col\">time</th><th scope=\"col\">thread</th><th scope=\"col\">what</th>\
         <th scope=\"col\">line</th><th scope=\"col\">unblocked by</th></tr></thead>\n<tbody>\n"
    );
    for (n, event) in timeline.events.iter().enumerate().take(ROWS_MAX) {
        let by = event.unblocked_by.map_or_else(String::new, |by| {
            let by = &timeline.events[by];
            format!("{} {}{}", picture.thread(by.thread), said(timeline, by), in_brackets(by))
        });
        let cells = [
            span(axis.ns(n)),
            picture.thread(event.thread).to_owned(),
            said(timeline, event),
            line(event),
            by,
        ];
        text += "<tr>";
        for cell in cells {
            let _ = write!(text, "<td>{}</td>", escaped(&cell));
        }
        text += "</tr>\n";
    }
    text += "</tbody>\n</table>\n";
    if n > ROWS_MAX {
        let _ = writeln!(text, "<p>The first {ROWS_MAX} of {n}: the picture has all.</p>");
    }
    text + "</details>\n"
}

/// What the script needs: times and places of events, and what they say.
fn data(picture: &Picture<'_>, axis: &Axis) -> String {
    let timeline = picture.timeline;
    let n = timeline.events.len();
    let round = |place: f64| (place * 1e6).round() / 1e6;
    let event = |(n, event): (usize, &conclab_engine::report::TracedEvent)| {
        json!([
            event.thread,
            said(timeline, event),
            line(event),
            event.unblocked_by,
            span(axis.ns(n))
        ])
    };
    let data = json!({
        "width": LANES,
        "ns": (0..=n).map(|n| axis.ns(n)).collect::<Vec<_>>(),
        "place": (0..=n).map(|n| round(axis.place(n))).collect::<Vec<_>>(),
        "threads": (0..picture.threads.len()).map(|it| picture.thread(it)).collect::<Vec<_>>(),
        "events": timeline.events.iter().enumerate().map(event).collect::<Vec<_>>(),
    });
    // Nothing in a script element may look like its end, or like a comment.
    data.to_string().replace('<', "\\u003c")
}
