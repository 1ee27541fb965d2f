//! `conclab` alone on a terminal: what this is, what there is to see, and where to begin.

use conclab_kit::lab::AnyLab;

use super::page::{Paint, joined};
use crate::screen::Screen;

/// The front door: a line for every lab, and one command to start with.
pub(crate) fn door(labs: &[&dyn AnyLab], screen: &Screen) -> String {
    let cards: Vec<_> = labs.iter().map(|lab| lab.card()).collect();
    let names = cards.iter().map(|card| card.name.len()).max().unwrap_or(0);
    let first = cards.first().map_or("list", |card| card.name);
    let mut lines =
        vec![screen.paint(&screen.plain("conclab · a concurrency teaching lab"), Paint::Head)];
    let about = "Small programs that go wrong, on real threads and in every interleaving: break \
                 it, see why, fix it, price the fix.";
    lines.extend(screen.wrap(about, screen.width));
    lines.push(String::new());
    for card in &cards {
        let name = screen.paint(&screen.cell(card.name, names), Paint::Head);
        let room = screen.width - names - 4;
        lines.push(format!("  {name}  {}", screen.cut(card.summary, room)));
    }
    lines.push(String::new());
    let ways = [
        (format!("conclab {first}"), "begin here: it goes wrong, and you see why"),
        (format!("conclab play {first}"), "be the scheduler: choose who goes next until it fails"),
        (format!("conclab teach {first}"), "a lecture of 50 minutes, screen by screen"),
        ("conclab --help".to_owned(), "all commands and options"),
    ];
    let widest = ways.iter().map(|(command, _)| command.len()).max().unwrap_or(0);
    for (n, (command, what)) in ways.iter().enumerate() {
        let command = screen.cell(command, widest);
        let command = if n == 0 { screen.paint(&command, Paint::Good) } else { command };
        lines.push(format!("  {command}  {}", screen.cut(what, screen.width - widest - 4)));
    }
    joined(&lines, screen)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::found::sample;

    #[test]
    fn fourteen_labs_fit_the_front_door() {
        let labs: [&dyn AnyLab; 14] = [&sample::LAB; 14];
        for screen in [Screen::PLAIN, Screen { ascii: true, width: 60, ..Screen::PLAIN }] {
            let door = door(&labs, &screen);
            assert!(door.contains("conclab race  "), "{door}");
            assert!(door.lines().count() < 24, "{door}");
            assert!(door.lines().all(|line| screen.width_of(line) <= screen.width), "{door}");
            assert!(!screen.ascii || door.is_ascii(), "{door}");
        }
    }
}
