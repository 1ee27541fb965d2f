//! Where events stand on the time axis.
//!
//! Starting a thread takes a thousand times as long as taking a lock. True to scale nothing but
//! the starts could be seen; so every event has room here, and a longer time gets more of it, but
//! only as its logarithm.

use conclab_engine::report::{Timeline, What};

/// A time that gets twice the room of no time at all, in nanoseconds.
const SHORT_NS: f64 = 100.0;

/// Room after the last event if somebody still waits, as a part of the room before it.
const AT_THE_END: f64 = 0.35;

/// Places of the events, from 0 to 1; the last is the end of the recording.
#[derive(Debug)]
pub(crate) struct Axis {
    places: Vec<f64>,
    times_ns: Vec<u64>,
}

impl Axis {
    /// Gives every event its room.
    pub(crate) fn new(timeline: &Timeline) -> Self {
        let mut times_ns: Vec<u64> = timeline.events.iter().map(|event| event.at_ns).collect();
        let last = times_ns.last().copied().unwrap_or(0);
        times_ns.push(timeline.span_ns.max(last));
        let mut place = 0.0;
        let mut places = vec![0.0];
        for pair in times_ns.windows(2) {
            let passed_ns = (pair[1] - pair[0]) as f64;
            place += 1.0 + (passed_ns / SHORT_NS).ln_1p();
            places.push(place);
        }
        // Who still waits at the end has room for a label.
        if still_waits(timeline)
            && let [.., before, last] = &mut places[..]
        {
            *last = last.max(*before + *before * AT_THE_END);
            place = *last;
        }
        let whole = place.max(1.0);
        for place in &mut places {
            *place /= whole;
        }
        Self { places, times_ns }
    }

    /// Where event `n` stands, from 0 to 1; the end of the recording comes after the last event.
    pub(crate) fn place(&self, n: usize) -> f64 {
        self.places[n.min(self.places.len() - 1)]
    }

    /// When event `n` was, in nanoseconds since the first one.
    pub(crate) fn ns(&self, n: usize) -> u64 {
        self.times_ns[n.min(self.times_ns.len() - 1)] - self.times_ns[0]
    }

    /// About `n` events that stand apart from each other: where to write the time.
    pub(crate) fn ticks(&self, n: usize) -> Vec<usize> {
        let apart = 1.0 / n.max(1) as f64;
        let mut ticks: Vec<usize> = Vec::new();
        for (event, place) in self.places.iter().enumerate() {
            let after = ticks.last().map_or(f64::NEG_INFINITY, |last| self.places[*last]);
            if place - after >= apart && 1.0 - place >= apart * 0.5 {
                ticks.push(event);
            }
        }
        ticks
    }
}

/// Whether a thread waits at the end of the recording.
fn still_waits(timeline: &Timeline) -> bool {
    let waits = [What::Wants, What::Sleeps, What::Arrived, What::Joins];
    (0..timeline.threads.len()).any(|thread| {
        let last = timeline.events.iter().rfind(|event| event.thread == thread);
        last.is_some_and(|last| waits.contains(&last.what))
    })
}
