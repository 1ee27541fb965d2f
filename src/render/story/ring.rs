//! Who waits for whom, as a drawing: threads on a ring, an arrow from each to the one that has what
//! it waits for.

use std::f64::consts::{FRAC_PI_2, PI, TAU};
use std::fmt::Write as _;

use conclab_engine::report::{WaitForGraph, Waiting};

use super::{escaped, short};

/// Threads of the largest ring that is drawn.
const THREADS_MAX: usize = 12;

/// Width of a character, a little more than it takes.
const LETTER: f64 = 7.2;

/// Characters of a name.
const NAME_MAX: usize = 22;

/// Half the height of a thread.
const THREAD_Y: f64 = 24.0;

/// How far an arrow bends outwards.
const BEND: f64 = 34.0;

/// A place in the drawing.
type Place = (f64, f64);

/// The threads of the ring; nothing if there is no ring, or one that is too large.
fn ring(graph: &WaitForGraph) -> Option<Vec<&Waiting>> {
    let find = |name: &String| graph.waiting.iter().find(|one| one.thread == *name);
    let ring: Option<Vec<&Waiting>> = graph.cycle.iter().map(find).collect();
    ring.filter(|ring| (2..=THREADS_MAX).contains(&ring.len()))
}

/// How far the middle of a thread is from the middle of a ring of so many.
fn radius(n_threads: usize) -> usize {
    if n_threads == 2 { 150 } else { 60 + 30 * n_threads }
}

/// The width that the drawing needs, with its words on both sides.
pub(super) fn width(graph: &WaitForGraph) -> usize {
    let beside = (NAME_MAX + 10) * 8;
    ring(graph).map_or(0, |ring| 2 * (radius(ring.len()) + beside))
}

/// The drawing in the middle of such a width below `top`, and its height; nothing if there is no
/// ring, or one that is too large.
pub(super) fn drawing(graph: &WaitForGraph, top: usize, width: usize) -> (String, usize) {
    let Some(ring) = ring(graph) else { return (String::new(), 0) };
    let radius = radius(ring.len());
    // Two threads stand beside each other, which takes less height than a circle.
    let tall = if ring.len() == 2 { 70 } else { radius + 62 };
    let begin = if ring.len() == 2 { PI } else { -FRAC_PI_2 };
    let (middle, radius) = ((width as f64 / 2.0, (top + tall) as f64), radius as f64);
    let place = |n: usize| {
        let angle = begin + TAU * (n % ring.len()) as f64 / ring.len() as f64;
        (middle.0 + radius * angle.cos(), middle.1 + radius * angle.sin())
    };
    let mut text = MARKER.to_owned();
    for (n, one) in ring.iter().enumerate() {
        let next = ring[(n + 1) % ring.len()];
        text += &arrow((place(n), half(one)), (place(n + 1), half(next)), &one.wants.name);
    }
    for (n, one) in ring.iter().enumerate() {
        text += &thread(one, place(n));
    }
    (text, 2 * tall)
}

const MARKER: &str = "<defs><marker id=\"waits-tip\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" \
    markerWidth=\"6\" markerHeight=\"6\" orient=\"auto\"><path class=\"waits-tip\" \
    d=\"M0 0L8 4L0 8z\"/></marker></defs>\n";

/// What a thread holds, in words.
fn holds(one: &Waiting) -> String {
    match one.holds.as_slice() {
        [] => "holds nothing".to_owned(),
        [only] => short(&format!("holds {}", only.name), NAME_MAX),
        [first, more @ ..] => {
            short(&format!("holds {} and {} more", first.name, more.len()), NAME_MAX)
        }
    }
}

/// Half the width of a thread.
fn half(one: &Waiting) -> f64 {
    let longest = short(&one.thread, NAME_MAX).chars().count().max(holds(one).chars().count());
    longest as f64 * LETTER / 2.0 + 14.0
}

fn thread(one: &Waiting, (x, y): Place) -> String {
    let half = half(one);
    let (left, top, width, height) = (x - half, y - THREAD_Y, 2.0 * half, 2.0 * THREAD_Y);
    format!(
        "<rect class=\"thread\" x=\"{left:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" \
         height=\"{height:.1}\" rx=\"10\"/>\n<text class=\"name\" x=\"{x:.1}\" y=\"{:.1}\">{}\
         </text><text class=\"middle\" x=\"{x:.1}\" y=\"{:.1}\">{}</text>\n",
        y - 4.0,
        escaped(&short(&one.thread, NAME_MAX)),
        y + 13.0,
        escaped(&holds(one)),
    )
}

/// An arrow that bends outwards, with what is waited for beside it.
fn arrow((from, from_half): (Place, f64), (to, to_half): (Place, f64), wants: &str) -> String {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let length = dx.hypot(dy).max(1.0);
    // Round the ring with the clock, the outside is at the left hand.
    let out = (dy / length, -dx / length);
    let control =
        (f64::midpoint(from.0, to.0) + BEND * out.0, f64::midpoint(from.1, to.1) + BEND * out.1);
    let (begin, end) = (edge(from, control, from_half, 0.0), edge(to, control, to_half, 4.0));
    let top = (
        f64::midpoint(from.0, to.0) + 0.5 * BEND * out.0,
        f64::midpoint(from.1, to.1) + 0.5 * BEND * out.1,
    );
    let label = (top.0 + 16.0 * out.0, top.1 + 16.0 * out.1 + 4.0);
    let anchor = match out.0 {
        x if x > 0.3 => "start",
        x if x < -0.3 => "end",
        _ => "middle",
    };
    let mut text = String::new();
    let _ = writeln!(
        text,
        "<path class=\"waits\" marker-end=\"url(#waits-tip)\" \
         d=\"M{:.1} {:.1}Q{:.1} {:.1} {:.1} {:.1}\"/><text class=\"{anchor}\" x=\"{:.1}\" \
         y=\"{:.1}\">waits for {}</text>",
        begin.0,
        begin.1,
        control.0,
        control.1,
        end.0,
        end.1,
        label.0,
        label.1,
        escaped(&short(wants, NAME_MAX)),
    );
    text
}

/// Where a line from the middle of a thread towards `to` leaves its box, with a `gap`.
fn edge(from: Place, to: Place, half: f64, gap: f64) -> Place {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let reach = |distance: f64, half: f64| {
        if distance.abs() < 1.0 { f64::INFINITY } else { (half + gap) / distance.abs() }
    };
    let part = reach(dx, half).min(reach(dy, THREAD_Y)).min(1.0);
    (from.0 + part * dx, from.1 + part * dy)
}
