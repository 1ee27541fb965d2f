//! What viewers of Chrome Trace JSON rely on; `tests/trace.rs` checks files with it, too.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// Checks what viewers rely on: names for every lane and for every process that has one, complete
/// events that nest, arrows that begin before they end, both inside such an event.
pub(crate) fn check_chrome(text: &str) {
    assert!(!text.starts_with('\u{feff}') && !text.contains("NaN"));
    let document: Value = serde_json::from_str(text).expect("it is JSON");
    let events = document["traceEvents"].as_array().expect("a list");
    let ns = |event: &Value, key: &str| (event[key].as_f64().expect("a number") * 1e3).round();
    let named = check_names(events);
    let mut lanes: BTreeMap<_, Vec<(f64, f64)>> = BTreeMap::new();
    for event in events {
        match event["ph"].as_str().expect("a phase") {
            "X" => {
                let begin = ns(event, "ts");
                let span = (begin, begin + ns(event, "dur"));
                assert!(span.0 >= 0.0 && span.1 >= span.0, "{event}");
                lanes.entry(lane(event)).or_default().push(span);
            }
            "i" => assert!(named.contains(&lane(event)) && event["s"] == "t", "{event}"),
            "M" | "s" | "f" => {}
            other => panic!("phase {other}"),
        }
    }
    for (lane, spans) in &mut lanes {
        assert!(named.contains(lane), "{lane:?} has no name");
        spans.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
        for pair in spans.windows(2) {
            assert!(pair[0].1 <= pair[1].0, "{lane:?}: {pair:?} overlap");
        }
    }
    let inside = |event: &Value| {
        let at = ns(event, "ts");
        lanes[&lane(event)].iter().any(|span| span.0 <= at && at < span.1)
    };
    let arrows = |ph: &str| {
        let ours = events.iter().filter(|event| event["ph"] == ph);
        ours.map(|it| (number(it, "id"), it)).collect::<BTreeMap<_, _>>()
    };
    let (begins, ends) = (arrows("s"), arrows("f"));
    assert!(begins.keys().eq(ends.keys()));
    for (id, begin) in begins {
        let end = ends[&id];
        assert!(inside(begin) && inside(end), "{begin} {end}");
        assert!(ns(begin, "ts") <= ns(end, "ts") && end["bp"] == "e", "{begin} {end}");
    }
}

fn number(event: &Value, key: &str) -> u64 {
    event[key].as_u64().expect("a whole number")
}

/// The process and the thread that an event belongs to.
fn lane(event: &Value) -> (u64, u64) {
    (number(event, "pid"), number(event, "tid"))
}

/// Checks that every lane and every process has one name, and no two processes the same; gives the
/// lanes.
fn check_names(events: &[Value]) -> BTreeSet<(u64, u64)> {
    let (mut lanes, mut processes) = (BTreeSet::new(), BTreeMap::new());
    for event in events.iter().filter(|event| event["ph"] == "M") {
        let is_new = match event["name"].as_str() {
            Some("thread_name") => lanes.insert(lane(event)),
            Some("process_name") => {
                let name = event["args"]["name"].as_str();
                processes.insert(number(event, "pid"), name).is_none()
            }
            _ => continue,
        };
        assert!(is_new && event["args"]["name"].is_string(), "{event}");
    }
    assert!(lanes.iter().all(|(pid, _)| processes.contains_key(pid)), "{lanes:?} {processes:?}");
    let different: BTreeSet<_> = processes.values().collect();
    assert_eq!(different.len(), processes.len(), "{processes:?}");
    lanes
}
