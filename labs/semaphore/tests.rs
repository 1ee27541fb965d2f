//! The semaphores against every interleaving of programs that the lab does not show.

use conclab_engine::repeat;
use conclab_engine::settings::ModelSettings;
use conclab_engine::stop::Stop;
use conclab_engine::sync::Semaphore;
use conclab_engine::thread::scope;
use conclab_engine::world::model::{Explored, explore};

use super::size::Parameters;
use super::variants::{VARIANTS, most_inside};
use super::{Atomic, Facade, Fair, MutexCondvar, Permits};

fn every_interleaving(body: impl Fn() -> String) -> Explored {
    let settings = ModelSettings::new(2_000_000, Stop::never());
    let found = explore(&body, &settings, &mut |_| {}).unwrap();
    assert!(found.exhaustive());
    found
}

fn outcomes(found: &Explored) -> Vec<String> {
    found.histogram().into_iter().map(|tally| tally.outcome).collect()
}

/// Two permits come back while two threads wait; each of these leaves only when the other is in.
/// So the program ends only if nobody sleeps beside a free permit.
fn nobody_sleeps_beside_a_free_permit<S: Permits>(new: fn(u32) -> S) {
    let both_get_in = || {
        let permits = new(0);
        let (in_a, in_b) = (Semaphore::new(0), Semaphore::new(0));
        scope(|s| {
            for (here, there) in [(&in_a, &in_b), (&in_b, &in_a)] {
                let permits = &permits;
                s.spawn(move || {
                    repeat(1, |_| permits.acquire());
                    here.release();
                    there.acquire();
                });
            }
            for _ in 0..2 {
                s.spawn(|| permits.release());
            }
        });
        "both in".to_owned()
    };
    assert_eq!(outcomes(&every_interleaving(both_get_in)), ["both in"]);
}

#[test]
fn two_permits_that_come_back_let_two_in() {
    nobody_sleeps_beside_a_free_permit(MutexCondvar::new);
    nobody_sleeps_beside_a_free_permit(Atomic::<Facade>::new);
    nobody_sleeps_beside_a_free_permit(Fair::<Facade>::new);
}

/// Whether every variant ends as it promises when nobody can have to wait, or when the woken one
/// cannot be overtaken.
#[test]
fn with_enough_permits_nothing_goes_wrong() {
    for (workers, permits, rounds) in [(1, 1, 3), (2, 2, 2), (3, 4, 1)] {
        let size = Parameters { workers, permits: Some(permits), rounds: Some(rounds) };
        for variant in &VARIANTS {
            let found = every_interleaving(|| (variant.body)(&size));
            for outcome in outcomes(&found) {
                let promise = variant.promises.iter().find(|one| (one.matches)(&size, &outcome));
                let name = variant.name;
                assert_eq!(promise.map(|one| one.does), Some(variant.promises[0].does), "{name}");
            }
        }
    }
}

#[test]
fn who_is_woken_cannot_be_overtaken_if_nobody_else_comes() {
    let variant = VARIANTS.iter().find(|variant| variant.name == "if-not-while").unwrap();
    for (permits, rounds, crowded) in [(2, 1, false), (2, 2, true), (1, 1, true)] {
        let size = Parameters { workers: 3, permits: Some(permits), rounds: Some(rounds) };
        let found = every_interleaving(|| (variant.body)(&size));
        let most = outcomes(&found).iter().filter_map(|one| most_inside(one)).max();
        assert_eq!(most > Some(permits.into()), crowded, "{size:?}");
        assert_eq!((variant.promises[1].reachable)(&size), crowded, "{size:?}");
    }
}
