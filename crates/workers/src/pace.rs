//! When a worker sends the replies it has gathered: seldom enough to be cheap, soon enough to keep
//! its parent busy and to lose little when it is killed.

use std::time::{Duration, Instant};

/// A reply waits for others no longer than this, once the task after it has ended.
///
/// Sending one wakes the parent, which takes a core away from a worker for some 10 µs.
const WAIT_MAX: Duration = Duration::from_millis(1);

/// The clock is read after so many tasks at most.
const STRIDE_MAX: u32 = 64;

/// Decides after each task whether to send.
#[derive(Debug)]
pub(super) struct Pace {
    /// When replies were sent, or the work began.
    sent: Instant,
    /// Bytes of tasks at which half of those that came at once are done.
    half: usize,
    /// The clock is read after so many tasks: few if tasks are long, because reading it takes
    /// a tenth of the time of a tiny task.
    stride: u32,
    /// Tasks until then.
    left: u32,
}

impl Pace {
    /// Work begins now.
    pub(super) fn start() -> Self {
        Self { sent: Instant::now(), half: 0, stride: 1, left: 1 }
    }

    /// So many bytes of tasks are there now.
    pub(super) fn filled(&mut self, bytes: usize) {
        self.half = bytes / 2;
    }

    /// Whether to send now that a task has ended and `bytes` of others are left.
    ///
    /// At half of what came at once the parent sends more while we do the other half.
    pub(super) fn is_time_to_send(&mut self, bytes: usize) -> bool {
        self.left -= 1;
        let mut late = false;
        if self.left == 0 {
            let now = Instant::now();
            late = now - self.sent >= WAIT_MAX;
            self.stride = if late { 1 } else { (2 * self.stride).min(STRIDE_MAX) };
            self.left = self.stride;
            if late {
                self.sent = now;
            }
        }
        let half_done = bytes <= self.half;
        if half_done {
            // Once: the rest is sent at its end.
            self.half = 0;
        }
        late || half_done
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_what_came_is_sent_once() {
        let mut pace = Pace::start();
        // Tiny tasks: the clock says nothing for as long as this test takes.
        pace.sent = Instant::now() + Duration::from_hours(1);
        pace.filled(80);
        let sent: Vec<_> = (0..8).rev().map(|left| pace.is_time_to_send(10 * left)).collect();
        assert_eq!(sent, [false, false, false, true, false, false, false, true]);
    }

    #[test]
    fn a_long_task_is_not_kept_waiting() {
        let mut pace = Pace::start();
        pace.filled(1_000);
        pace.sent = Instant::now().checked_sub(2 * WAIT_MAX).unwrap();
        assert!(pace.is_time_to_send(999));
        assert_eq!(pace.left, 1, "the clock is read after the next one too");
    }
}
