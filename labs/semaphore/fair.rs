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

use super::permits::Permits;
use crate::platform::{Atomic, AtomicNumber, Platform, Sleepers};

/// More tickets than can be drawn and not yet admitted.
const FAR: u32 = 1 << 31;
/// Between two looks a waiter spins 1, 2, 4, … times, up to this.
const SPINS_MAX: u32 = 64;
/// From this many spins on it also lets others run: whoever has to go before it may want our core.
const SPINS_ALONE: u32 = 8;

/// The semaphore that serves in order of arrival.
#[derive(Debug)]
pub struct Fair<P: Platform> {
    /// The next ticket to be drawn, from 0.
    drawn: P::U32,
    /// Tickets below this one are admitted.
    admitted: P::U32,
    sleepers: P::Sleepers,
    /// Spins before it sleeps.
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

    /// Returns once `ticket` is admitted; gives nothing if it has slept meanwhile.
    fn look_or_sleep(&self, ticket: u32) -> Option<()> {
        let (mut n_spins, mut n_spent) = (1, 0);
        loop {
            // SeqCst: pairs with the addition in `release`, and is ordered after our own draw.
            let admitted = self.admitted.load(SeqCst);
            if is_below(ticket, admitted) {
                return Some(());
            }
            if n_spent >= self.patience {
                // Somebody may be admitted here. Then the number has changed: no sleep.
                self.sleepers.sleep_if(&self.admitted, admitted);
                return None;
            }
            (0..n_spins).for_each(|_| P::spin_loop());
            if n_spins >= SPINS_ALONE {
                P::yield_now();
            }
            n_spent += n_spins;
            n_spins = SPINS_MAX.min(2 * n_spins);
        }
    }
}

// ANCHOR: permits
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
// ANCHOR_END: permits

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
