//! Tests of the screen of a recorded run.

use unicode_width::UnicodeWidthStr as _;

use super::*;
use crate::found::sample::trace::{deadlock_traced, overflowed, race_traced};

const SCREEN: Screen = Screen::PLAIN;

#[test]
fn a_screen_has_80_columns_and_24_lines() {
    for traced in [race_traced(), deadlock_traced(), overflowed()] {
        for screen in [SCREEN, Screen { ascii: true, ..SCREEN }] {
            let text = trace(&traced, false, &screen);
            assert!(text.lines().count() <= 23, "{text}");
            assert!(text.lines().all(|line| line.width() <= 80), "{text}");
            assert_eq!(text.is_ascii(), screen.ascii, "{text}");
        }
    }
}

#[test]
fn the_lanes_of_a_deadlock_look_as_they_did() {
    let text = trace(&deadlock_traced(), false, &SCREEN);
    snapbox::assert_data_eq!(text, snapbox::file!["../snapshots/trace.txt"].raw());
}

#[test]
fn colour_only_repeats() {
    let painted = trace(&deadlock_traced(), true, &Screen { colour: true, ..SCREEN });
    let bare = anstream::adapter::strip_str(&painted).to_string();
    assert_eq!(bare, trace(&deadlock_traced(), true, &SCREEN));
}

#[test]
fn reads_and_writes_show_their_values() {
    let text = trace(&race_traced(), false, &SCREEN);
    let lane = |name: &str| text.lines().find(|line| line.starts_with(name)).expect("a lane");
    for name in ["A ", "B "] {
        let (read, write) = (lane(name).find("r0"), lane(name).find("w1"));
        assert!(read.is_some() && read < write, "{text}");
    }
    assert!(text.contains("r reads") && text.contains("w writes"), "{text}");
}

#[test]
fn overflow_is_said() {
    let text = trace(&overflowed(), false, &SCREEN);
    assert!(text.contains("found no room for 1,234 of A"), "{text}");
    assert!(text.contains("?? not known"), "{text}");
}

#[test]
fn nothing_recorded_is_said() {
    let mut traced = race_traced();
    traced.report.timeline.events.clear();
    assert!(trace(&traced, true, &SCREEN).contains("Nothing was recorded."));
}
