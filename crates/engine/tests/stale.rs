//! Which stores are told to destroy a change: the first after a read that is out of date.

use conclab_engine::settings::ModelSettings;
use conclab_engine::stop::Stop;
use conclab_engine::sync::atomic::Ordering::SeqCst;
use conclab_engine::sync::atomic::{AtomicBool, AtomicU64};
use conclab_engine::thread;
use conclab_engine::world::model::explore;

/// Every store that is told to be stale in any interleaving, with its thread.
fn stale(body: &(dyn Fn() -> String + Sync)) -> Vec<String> {
    let settings = ModelSettings::new(10_000, Stop::never());
    let found = explore(&body, &settings, &mut |_| {}).expect("it is small");
    let mut all = Vec::new();
    for number in 1_u32.. {
        let Ok(schedule) = found.schedule(&number.into()) else { break };
        let steps = found.tell(&body, &schedule).expect("it is deterministic").steps;
        let stale = steps.into_iter().filter(|step| step.stale_since.is_some());
        all.extend(stale.map(|step| format!("{}: {}", step.thread, step.operation)));
    }
    all.sort();
    all.dedup();
    all
}

#[test]
fn a_store_computed_from_an_old_read_is_stale() {
    let body = || {
        let counter = AtomicU64::named("counter", 0);
        thread::scope(|s| {
            for _ in 0..2 {
                s.spawn(|| counter.store(counter.load(SeqCst) + 1, SeqCst));
            }
        });
        counter.into_inner().to_string()
    };
    assert_eq!(stale(&body), ["A: store counter 1", "B: store counter 1"]);
}

#[test]
fn who_has_written_a_flag_and_gives_it_back_does_not_go_by_its_read() {
    let body = || {
        let flag = AtomicBool::named("flag", false);
        thread::scope(|s| {
            for _ in 0..2 {
                s.spawn(|| {
                    if !flag.load(SeqCst) {
                        flag.store(true, SeqCst);
                        flag.store(false, SeqCst);
                    }
                });
            }
        });
        String::new()
    };
    assert_eq!(stale(&body), ["A: store flag true", "B: store flag true"]);
}

#[test]
fn a_read_modify_write_has_seen_the_newest_value() {
    let body = || {
        let flag = AtomicBool::named("flag", false);
        thread::scope(|s| {
            for _ in 0..2 {
                s.spawn(|| {
                    let _seen = flag.load(SeqCst);
                    if !flag.swap(true, SeqCst) {
                        flag.store(false, SeqCst);
                    }
                });
            }
        });
        String::new()
    };
    assert!(stale(&body).is_empty());
}

#[test]
fn the_largest_number_is_told_as_a_sign() {
    let body = || {
        let last = AtomicU64::named("last", u64::MAX);
        thread::scope(|s| {
            s.spawn(|| last.swap(3, SeqCst));
        });
        String::new()
    };
    let settings = ModelSettings::new(100, Stop::never());
    let found = explore(&body, &settings, &mut |_| {}).expect("it is small");
    let schedule = found.schedule(&1_u32.into()).expect("there is one");
    let steps = found.tell(&body, &schedule).expect("it is deterministic").steps;
    assert_eq!(steps[0].result.as_deref(), Some("MAX"));
}
