//! A ring of threads that wait for each other, drawn with boxes and arrows.

use conclab_engine::report::{WaitForGraph, Waiting};

use crate::screen::Screen;

/// Threads of the largest ring that is drawn: of a larger one the sentences say more.
const THREADS_MAX: usize = 4;

/// Columns of the shortest arrow: its label and a little line on both sides.
const ARROW_MIN: usize = 9;

/// Columns of the longest arrow.
const ARROW_MAX: usize = 26;

/// The ring, if there is one that fits into `width` columns. An arrow leads from a thread to the
/// one that has what it waits for, and says what that is:
///
/// ```text
///   ┌───┐  account 1  ┌───┐
///   │ A │────────────>│ B │
///   └───┘             └───┘
///     ^   account 0     │
///     └─────────────────┘
/// ```
pub(super) fn drawing(graph: &WaitForGraph, width: usize, screen: &Screen) -> Vec<String> {
    let find = |name: &String| graph.waiting.iter().find(|one| one.thread == *name);
    let ring: Option<Vec<&Waiting>> = graph.cycle.iter().map(find).collect();
    let Some(ring) = ring.filter(|ring| (2..=THREADS_MAX).contains(&ring.len())) else {
        return Vec::new();
    };
    let boxes: usize = ring.iter().map(|one| screen.width_of(&one.thread) + 4).sum();
    let label = ring.iter().map(|one| screen.width_of(&one.wants.name)).max().unwrap_or(0);
    let room = width.saturating_sub(boxes + 2) / (ring.len() - 1);
    let arrow = (label + 4).clamp(ARROW_MIN, ARROW_MAX).min(room);
    if arrow < ARROW_MIN {
        return Vec::new();
    }
    Ring { threads: ring, arrow, screen }.lines()
}

struct Ring<'a> {
    threads: Vec<&'a Waiting>,
    /// Columns between two boxes.
    arrow: usize,
    screen: &'a Screen,
}

impl Ring<'_> {
    fn lines(&self) -> Vec<String> {
        let last = self.threads.len() - 1;
        let [mut top, mut middle, mut bottom] = ["  ", "  ", "  "].map(str::to_owned);
        for (n, one) in self.threads.iter().enumerate() {
            let name = self.screen.plain(&one.thread);
            let line = "─".repeat(self.screen.width_of(&name) + 2);
            let [above, arrow, below] = if n < last {
                let arrow = "─".repeat(self.arrow - 1) + ">";
                [self.label(one, self.arrow), arrow, " ".repeat(self.arrow)]
            } else {
                Default::default()
            };
            top = format!("{top}┌{line}┐{above}");
            middle = format!("{middle}│ {name} │{arrow}");
            bottom = format!("{bottom}└{line}┘{below}");
        }
        // The way back begins and ends under the middle of a box.
        let half = |one: &Waiting| self.screen.width_of(&one.thread).div_ceil(2) + 1;
        let (from, to) = (2 + half(self.threads[0]), self.width() - half(self.threads[last]) + 1);
        let (gap, between) = (" ".repeat(from), to - from - 2);
        let down = format!("{gap}^{}│", self.label(self.threads[last], between));
        let back = format!("{gap}└{}┘", "─".repeat(between));
        let lines = [top, middle, bottom, down, back];
        lines.map(|line| self.screen.plain(line.trim_end())).to_vec()
    }

    /// Columns up to the end of the last box but one column.
    fn width(&self) -> usize {
        let boxes = self.threads.iter().map(|one| self.screen.width_of(&one.thread) + 4);
        1 + boxes.sum::<usize>() + (self.threads.len() - 1) * self.arrow
    }

    /// What a thread waits for, in the middle of so many columns.
    fn label(&self, one: &Waiting, width: usize) -> String {
        let text = self.screen.cut(&one.wants.name, width.saturating_sub(2));
        let left = (width - self.screen.width_of(&text)) / 2;
        self.screen.cell(&format!("{:left$}{text}", ""), width)
    }
}

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthStr as _;

    use super::*;
    use crate::found::sample;

    const PLAIN: Screen = Screen::PLAIN;

    /// A ring of threads with such names.
    fn ring(names: &[&str]) -> WaitForGraph {
        let one = sample::embrace().waiting.remove(0);
        let waiting = names.iter().enumerate().map(|(n, name)| {
            let mut waiting = Waiting { thread: (*name).to_owned(), ..one.clone() };
            waiting.wants.name = format!("account {n}");
            waiting.held_by = Some(names[(n + 1) % names.len()].to_owned());
            waiting
        });
        let cycle = names.iter().map(|&name| name.to_owned());
        WaitForGraph { waiting: waiting.collect(), cycle: cycle.collect() }
    }

    #[test]
    fn an_embrace_is_drawn() {
        let wanted = [
            "  ┌───┐  account 1  ┌───┐",
            "  │ A │────────────>│ B │",
            "  └───┘             └───┘",
            "    ^    account 0    │",
            "    └─────────────────┘",
        ];
        assert_eq!(drawing(&sample::embrace(), 80, &PLAIN), wanted);
    }

    #[test]
    fn a_ring_fits_and_its_corners_meet() {
        for names in [
            &["A", "B", "C", "D"][..],
            &["philosopher 0", "philosopher 1"],
            &["일꾼", "a", "long name"],
        ] {
            for ascii in [false, true] {
                let lines = drawing(&ring(names), 80, &Screen { ascii, ..PLAIN });
                assert_eq!(lines.len(), 5, "{names:?}");
                for line in &lines {
                    assert!(line.width() <= 80 && (!ascii || line.is_ascii()), "{line}");
                }
                assert_eq!(lines[3].width(), lines[4].width(), "{lines:#?}");
                assert_eq!(lines[0].width(), lines[1].width(), "{lines:#?}");
                assert!(lines[4].width() < lines[0].width(), "{lines:#?}");
            }
        }
    }

    #[test]
    fn what_is_no_small_ring_is_not_drawn() {
        let five = ring(&["A", "B", "C", "D", "E"]);
        assert!(drawing(&five, 80, &PLAIN).is_empty());
        let long = "a thread with a very long name indeed, longer than most";
        assert!(drawing(&ring(&[long, "B"]), 60, &PLAIN).is_empty());
        let mut none = sample::embrace();
        none.cycle.clear();
        assert!(drawing(&none, 80, &PLAIN).is_empty());
    }
}
