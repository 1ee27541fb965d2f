//! A step says why the thread that made the one before does not go on.

use std::collections::BTreeSet;

use conclab_engine::settings::ModelSettings;
use conclab_engine::stop::Stop;
use conclab_engine::sync::Mutex;
use conclab_engine::sync::atomic::AtomicU64;
use conclab_engine::sync::atomic::Ordering::SeqCst;
use conclab_engine::thread;
use conclab_engine::world::model::explore;

#[test]
fn a_step_says_why_the_thread_before_it_does_not_go_on() {
    let body = || {
        let (door, word) = (Mutex::named("door", 0_u64), AtomicU64::named("word", 0));
        thread::scope(|s| {
            s.spawn(|| *door.lock() += 1);
            s.spawn(|| {
                word.store(1, SeqCst);
                *door.lock() += 1;
            });
        });
        door.into_inner().to_string()
    };
    let settings = ModelSettings::new(1000, Stop::never());
    let found = explore(&body, &settings, &mut |_| {}).expect("it is small");
    let mut seen = BTreeSet::new();
    for number in 1_u32.. {
        let Ok(schedule) = found.schedule(&number.into()) else { break };
        let steps = found.tell(&body, &schedule).expect("it is deterministic").steps;
        assert_eq!(steps[0].switch, None);
        for pair in steps.windows(2) {
            let other = pair[0].thread != pair[1].thread;
            assert_eq!(pair[1].switch.is_some(), other, "{pair:?}");
            let after = &pair[0].operation;
            seen.extend(pair[1].switch.as_ref().map(|why| format!("{after}: {why:?}")));
        }
    }
    let waiting = "Waiting { what: \"door\", how: Lock, held_by: Some(\"A\") }";
    let wanted = [
        "lock door: Paused".to_owned(),
        "store word 1: Paused".to_owned(),
        format!("store word 1: {waiting}"),
        "unlock door: Finished".to_owned(),
    ];
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), wanted);
}
