//! Calls of which the model remembers only the result, and panics that a thread catches.

use conclab_engine::settings::ModelSettings;
use conclab_engine::stop::Stop;
use conclab_engine::sync::atomic::AtomicU64;
use conclab_engine::sync::atomic::Ordering::SeqCst;
use conclab_engine::sync::{Condvar, Mutex};
use conclab_engine::world::model::{Explored, explore};
use conclab_engine::{call, thread};

fn explored(body: &dyn Fn() -> String) -> Explored {
    let settings = ModelSettings::new(100_000, Stop::never());
    explore(body, &settings, &mut |_| {}).expect("the program can be explored")
}

/// `outcome × interleavings` of every outcome.
fn tally(found: &Explored) -> Vec<String> {
    let tallies = found.histogram().into_iter();
    tallies.map(|one| format!("{} × {}", one.outcome, one.interleavings)).collect()
}

#[test]
fn a_call_changes_no_count_and_leaves_fewer_states() {
    /// Two threads put two things each where there is room for one, and a third takes them.
    fn body(call_it: bool) -> String {
        let shelf = Mutex::named("shelf", None);
        let changed = Condvar::named("changed");
        let put = |thing: u64| {
            let mut full = changed.wait_while(shelf.lock(), |full| full.is_some());
            *full = Some(thing);
            changed.notify_all();
        };
        let take = || {
            let mut full = changed.wait_while(shelf.lock(), |full| full.is_none());
            changed.notify_all();
            full.take().expect("it is full")
        };
        thread::scope(|s| {
            for thing in [1, 2] {
                s.spawn(move || if call_it { call(thing, put) } else { put(thing) });
            }
            let taken = s.spawn(|| {
                let take = || if call_it { call((), |()| take()) } else { take() };
                (take(), take())
            });
            let (first, second) = taken.join().expect("nobody panics");
            format!("{first}, then {second}")
        })
    }
    let (plain, called) = (explored(&|| body(false)), explored(&|| body(true)));
    assert_eq!(tally(&plain).len(), 2);
    assert_eq!(tally(&plain), tally(&called));
    assert!(called.states() < plain.states(), "{} < {}", called.states(), plain.states());
}

#[test]
fn a_thread_goes_on_after_a_panic_that_it_caught() {
    let body = || {
        let word = AtomicU64::named("word", 0);
        thread::scope(|s| {
            s.spawn(|| {
                let seen = thread::catch_unwind(|| assert_eq!(word.load(SeqCst), 0, "too late"));
                word.fetch_add(if seen.is_ok() { 10 } else { 20 }, SeqCst);
            });
            s.spawn(|| word.fetch_add(1, SeqCst));
        });
        word.into_inner().to_string()
    };
    assert_eq!(tally(&explored(&body)), ["11 × 2", "21 × 1"]);
}
