//! The full screen on a terminal that is none.

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use unicode_width::UnicodeWidthStr as _;

use super::*;
use crate::play::sample::Table;

const PLAIN: Screen = Screen::PLAIN;

/// What a terminal of this size shows, row by row.
fn shown(table: &Table, desk: &Desk, (columns, rows): (u16, u16), screen: &Screen) -> String {
    let mut terminal = Terminal::new(TestBackend::new(columns, rows)).expect("it is in memory");
    terminal.draw(|frame| draw(frame, &table.play, desk, screen)).expect("it is in memory");
    let buffer = terminal.backend().buffer();
    let mut text = String::new();
    for row in 0..rows {
        let mut line = String::new();
        for column in 0..columns {
            // A cell behind a wide character is empty: the character has both.
            if line.width() <= usize::from(column) {
                line += buffer[(column, row)].symbol();
            }
        }
        text = text + line.trim_end() + "\n";
    }
    text
}

#[test]
fn a_moment_shows_source_history_goal_and_who_may_go() {
    let mut table = Table::new("race", "unsynchronised", &[]);
    table.say("1");
    table.say("2");
    table.say("h");
    let text = shown(&table, &Desk::default(), (80, 24), &PLAIN);
    for words in [
        "race · unsynchronised",
        "Goal: make it lose an update. Best possible: 2 context switches.",
        "After step 2, B load counter → 0: counter = 0",
        "SOURCE",
        "A B> ",
        "HISTORY",
        "load → 0",
        "WHO GOES NEXT",
        "> 1  A  store counter 1",
        "  2  B  store counter 1",
        "Hint 1 of 3: from here 2 of 2 continuations still fail.",
        "u undo  h hint  x source  r restart  ? help  q quit",
    ] {
        assert!(text.contains(words), "`{words}` is missing:\n{text}");
    }
}

#[test]
fn the_end_shows_the_way_and_the_repairs() {
    let mut table = Table::new("race", "unsynchronised", &[]);
    table.break_it();
    let text = shown(&table, &Desk::default(), (80, 24), &PLAIN);
    for words in ["You made it lose an update", "overwrites", "REPAIRS", "  7  ", "q quit"] {
        assert!(text.contains(words), "`{words}` is missing:\n{text}");
    }
    let number = table.number("lock-the-store");
    table.say(&number);
    let text = shown(&table, &Desk::default(), (80, 24), &PLAIN);
    for words in ["lock-the-store is refuted", "p play it", "REPAIRS"] {
        assert!(text.contains(words), "`{words}` is missing:\n{text}");
    }
    let number = table.number("atomic");
    table.say(&number);
    let text = shown(&table, &Desk::default(), (80, 24), &PLAIN);
    assert!(text.contains("atomic is proved") && text.contains("conclab race"), "{text}");
}

#[test]
fn every_game_fits_every_size_and_alphabet() {
    for mut table in Table::every_lab() {
        for line in ["x", "?", "h", "1", "x", "1", "2", "?", "p", "zz", "u", "3"] {
            table.say(line);
            for size in [(1, 1), (59, 24), (60, 18), (80, 24), (200, 60)] {
                for ascii in [false, true] {
                    let desk = Desk { marked: 1, ..Desk::default() };
                    let text = shown(&table, &desk, size, &Screen { ascii, ..PLAIN });
                    assert!(!ascii || text.is_ascii(), "{text}");
                    assert!(size.0 < 60 || text.contains("q quit"), "{size:?}:\n{text}");
                }
            }
        }
    }
}

#[test]
fn a_terminal_that_is_too_small_is_told_so() {
    let table = Table::new("race", "unsynchronised", &[]);
    let text = shown(&table, &Desk::default(), (40, 10), &PLAIN);
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("40 columns and 10 rows; the game needs 60 and 18"), "{text}");
    assert!(text.contains("--line"), "{text}");
}

#[test]
fn colour_is_used_only_if_it_is_wanted() {
    let mut table = Table::new("race", "unsynchronised", &[]);
    table.break_it();
    for colour in [false, true] {
        let mut terminal = Terminal::new(TestBackend::new(80, 24)).expect("it is in memory");
        let screen = Screen { colour, ..PLAIN };
        terminal
            .draw(|frame| draw(frame, &table.play, &Desk::default(), &screen))
            .expect("it is in memory");
        let cells = &terminal.backend().buffer().content;
        assert_eq!(cells.iter().any(|cell| cell.fg != Color::Reset), colour);
    }
}

#[test]
fn waiting_is_said() {
    let table = Table::new("race", "unsynchronised", &[]);
    let desk = Desk { busy: Some("The explorer judges".to_owned()), ..Desk::default() };
    assert!(shown(&table, &desk, (80, 24), &PLAIN).contains("The explorer judges"));
}
