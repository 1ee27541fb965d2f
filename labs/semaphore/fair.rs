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

use conclab_engine::sync::atomic::Ordering::SeqCst;

use super::Permits;
use crate::platform::{Atomic, AtomicNumber, Platform, Sleepers};

/// More tickets than can be drawn and not yet admitted.
const FAR: u32 = 1 << 31;

/// The semaphore that serves in order of arrival.
#[derive(Debug)]
pub struct Fair<P: Platform> {
    /// The next ticket to be drawn, from 0.
    drawn: P::U32,
    /// Tickets below this one are admitted.
    admitted: P::U32,
    sleepers: P::Sleepers,
    /// Looks before it sleeps.
    patience: u32,
}

impl<P: Platform> Fair<P> {
    /// Makes a semaphore with so many permits.
    pub fn new(permits: u32) -> Self {
        Self {
            drawn: P::U32::named("drawn".to_owned(), 0),
            admitted: P::U32::named("admitted".to_owned(), permits),
            sleepers: P::Sleepers::named("admitted".to_owned()),
            patience: P::patience(),
        }
    }

    /// Returns whether `ticket` is admitted; if not, sleeps until somebody is.
    fn look_or_sleep(&self, ticket: u32) -> Option<()> {
        for _ in 0..self.patience {
            // SeqCst: as below.
            if is_below(ticket, self.admitted.load(SeqCst)) {
                return Some(());
            }
            P::spin_loop();
        }
        // SeqCst: pairs with the addition in `release`, and is ordered after our own draw.
        let admitted = self.admitted.load(SeqCst);
        if is_below(ticket, admitted) {
            return Some(());
        }
        // Somebody may be admitted here. Then the number has changed: no sleep.
        self.sleepers.sleep_if(&self.admitted, admitted);
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
            self.sleepers.wake_all(&self.admitted);
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
