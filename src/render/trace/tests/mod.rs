//! Tests of the pictures, on runs made by hand.

mod chrome;

use serde_json::Value;

use self::chrome::check_chrome;
use super::*;
use crate::found::Traced;
use crate::found::sample::trace::{deadlock_traced, overflowed, race_traced};

#[test]
fn lanes_say_who_waits_for_what_and_who_holds_it() {
    let traced = deadlock_traced();
    let picture = Picture::new(&traced.report.timeline);
    let end = traced.report.timeline.events.len();
    let waiting = |what: &str, by: &str| Doing::Waiting {
        what: what.to_owned(),
        held_by: Some(by.to_owned()),
    };
    let b = &picture.threads[2].spans;
    assert_eq!(b[1].doing, waiting("account <0>", "A"));
    assert_eq!((b[1].from, b[1].to, b[1].holds.len()), (4, 6, 0));
    assert_eq!(b.last().map(|it| (&it.doing, it.to)), Some((&waiting("account & 1", "A"), end)));
    assert_eq!(b.last().map(|it| it.holds.clone()), Some(vec![0]));
    let held: Vec<_> =
        picture.locks[0].spans.iter().map(|it| (it.thread, it.from, it.to)).collect();
    assert_eq!(held, [(1, 3, 5), (2, 6, end)]);
    for lane in &picture.threads {
        let is_closed = |pair: &[Span]| pair[0].to == pair[1].from;
        assert!(lane.spans.windows(2).all(is_closed), "{lane:?}");
    }
}

#[test]
fn waits_are_told_with_who_ended_them() {
    let traced = deadlock_traced();
    let timeline = &traced.report.timeline;
    let told = waits(&Picture::new(timeline), &Axis::new(timeline));
    let told: Vec<_> = told.into_iter().map(|(_, text)| text).collect();
    assert_eq!(
        told,
        [
            "B waited 1.1 µs for account <0>, held by A, \
             until A gives account <0> back (race/mod.rs:71)",
            "B waits for account & 1, held by A, at the end",
            "A waits for account <0>, held by B, at the end",
        ]
    );
}

#[test]
fn what_was_not_recorded_is_not_made_up() {
    let traced = overflowed();
    let picture = Picture::new(&traced.report.timeline);
    assert_eq!(picture.threads[1].spans.last().map(|it| &it.doing), Some(&Doing::Unknown));
}

#[test]
fn every_event_has_a_place_of_its_own_and_times_do_not_go_back() {
    let traced = deadlock_traced();
    let axis = Axis::new(&traced.report.timeline);
    let places: Vec<_> = (0..=10).map(|n| axis.place(n)).collect();
    assert!(places.windows(2).all(|pair| pair[0] < pair[1]), "{places:?}");
    assert!(axis.place(0).abs() < 1e-9 && (axis.place(10) - 1.0).abs() < 1e-9);
    assert_eq!(axis.ns(10), 60_500);
}

#[test]
fn chrome_traces_are_what_viewers_expect() {
    for traced in [race_traced(), deadlock_traced(), overflowed()] {
        check_chrome(&chrome(&traced));
    }
    let text = chrome(&deadlock_traced());
    let document: Value = serde_json::from_str(&text).expect("it is JSON");
    assert_eq!(document["otherData"]["schema"], "conclab.trace/1");
    assert!(text.contains("\"ph\":\"s\"") && text.contains("waits for account <0> (A)"), "{text}");
}

/// The tags of a document are closed in the order in which they were opened.
fn check_tags(text: &str) {
    let void = ["meta", "!doctype"];
    let mut open: Vec<String> = Vec::new();
    let mut rest = text;
    while let Some(begin) = rest.find('<') {
        let end = begin + rest[begin..].find('>').expect("a tag ends");
        let tag = &rest[begin + 1..end];
        rest = &rest[end + 1..];
        let name: String = tag.chars().take_while(|c| !c.is_whitespace() && *c != '/').collect();
        if let Some(closed) = tag.strip_prefix('/') {
            assert_eq!(open.pop().as_deref(), Some(closed), "{}", &rest[..80.min(rest.len())]);
        } else if name == "script" || name == "style" {
            let close = format!("</{name}>");
            rest = &rest[rest.find(&close).expect("it is closed") + close.len()..];
        } else if !tag.ends_with('/') && !void.contains(&&*name) {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "{open:?}");
}

/// Nothing is loaded from anywhere.
fn check_self_contained(text: &str) {
    for (at, _) in text.match_indices("http") {
        assert!(text[at..].starts_with("http://www.w3.org/2000/svg"), "{}", &text[at..at + 40]);
    }
    for loads in ["src=", "href=", "@import", "url(//", "fetch(", "<link", "XMLHttp"] {
        assert!(!text.contains(loads), "{loads}");
    }
}

#[test]
fn pictures_are_whole_and_ask_for_nothing() {
    for traced in [race_traced(), deadlock_traced(), overflowed()] {
        for text in [svg(&traced), html(&traced)] {
            check_tags(&text);
            check_self_contained(&text);
        }
    }
}

#[test]
fn pictures_say_it_in_light_dark_and_print_and_escape_names() {
    let traced: Traced = deadlock_traced();
    for text in [svg(&traced), html(&traced)] {
        assert!(text.contains("prefers-color-scheme: dark") && text.contains("@media print"));
        assert!(text.contains("account &lt;0&gt;") && text.contains("account &amp; 1"));
        assert!(!text.contains("account <0>") && text.contains("class=\"wait inside\""));
    }
}

#[test]
fn a_picture_of_nothing_is_a_picture() {
    let mut traced = race_traced();
    traced.report.timeline.events.clear();
    traced.report.timeline.objects.clear();
    check_tags(&svg(&traced));
    check_tags(&html(&traced));
    check_chrome(&chrome(&traced));
}
