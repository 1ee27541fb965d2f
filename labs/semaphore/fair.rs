//! First come, first served: everyone draws a ticket, and tickets are admitted in order.
//!
//! With P permits the first P tickets are admitted from the beginning; every permit that is given
//! back admits one more. Nobody can overtake: a ticket is drawn by one atomic operation, and that
//! order is final. The price: a permit waits for the thread whose turn it is, even if that one
//! sleeps and others are awake.
//!
//! # Sources
//! D. P. Reed, R. K. Kanodia, *Synchronization with Eventcounts and Sequencers*, Communications
//! of the ACM 22 (2), 1979, section 4.

use std::hint;

use conclab_engine::sync::atomic::Ordering::SeqCst;

use super::Permits;
use super::platform::Platform;

/// More tickets than can be drawn and not yet admitted.
const FAR: u32 = 1 << 31;

/// The semaphore that serves in order of arrival.
#[derive(Debug)]
pub struct Fair<P> {
    /// The next ticket to be drawn, from 0.
    drawn: P,
    /// Tickets below this one are admitted.
    admitted: P,
}

impl<P: Platform> Fair<P> {
    /// Makes a semaphore with so many permits.
    pub fn new(permits: u32) -> Self {
        Self { drawn: P::new("drawn", 0), admitted: P::new("admitted", permits) }
    }

    /// Returns whether `ticket` is admitted; if not, sleeps until somebody is.
    fn look_or_sleep(&self, ticket: u32) -> Option<()> {
        for _ in 0..P::LOOKS {
            // SeqCst: as below.
            if is_below(ticket, self.admitted.load(SeqCst)) {
                return Some(());
            }
            hint::spin_loop();
        }
        // SeqCst: pairs with the addition in `release`, and is ordered after our own draw.
        let admitted = self.admitted.load(SeqCst);
        if is_below(ticket, admitted) {
            return Some(());
        }
        // Somebody may be admitted here. Then the number has changed: no sleep.
        self.admitted.sleep_if(admitted);
        None
    }
}

impl<P: Platform> Permits for Fair<P> {
    fn acquire(&self) {
        // SeqCst: either `release` sees this ticket, or our look sees that it is admitted.
        let ticket = self.drawn.fetch_add(1, SeqCst);
        P::retry(|| self.look_or_sleep(ticket));
    }

    fn release(&self) {
        // SeqCst: publishes what we did to the one admitted, and is ordered before our look.
        let admitted = self.admitted.fetch_add(1, SeqCst);
        // SeqCst: see `acquire`. A ticket that is not seen here has yet to look for itself.
        if is_below(admitted, self.drawn.load(SeqCst)) {
            // Only the one whose turn it is goes on; nobody knows which of the sleepers it is.
            self.admitted.wake_all();
        }
    }
}

/// Whether `ticket` comes before `limit`; numbers go round after 2³² tickets.
fn is_below(ticket: u32, limit: u32) -> bool {
    (1..FAR).contains(&limit.wrapping_sub(ticket))
}

#[cfg(test)]
mod tests {
    use super::is_below;

    #[test]
    fn tickets_stay_in_order_when_their_numbers_go_round() {
        assert!(is_below(0, 1) && !is_below(1, 1) && !is_below(2, 1));
        assert!(is_below(u32::MAX, 0) && is_below(u32::MAX - 1, 3) && !is_below(3, u32::MAX));
    }
}
