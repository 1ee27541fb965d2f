//! One turn of the pool: it hands out tasks, waits for its workers, and reacts.

use std::io;

use conclab_engine::world::traced::ticks;

use super::errors::PoolError;
use super::member::Health;
use super::pool::{Place, ProcessPool};
use super::readiness::{Ready, wait};
use super::role::Role;
use super::round::Round;

impl<R: Role> ProcessPool<R> {
    /// Hands out tasks, waits until something happens or `PATIENCE` is over, and reacts.
    pub(super) fn step(&mut self, round: &mut Round<'_, R>) -> Result<(), PoolError> {
        self.hand_out(round).map_err(|error| system("to send tasks", &error))?;
        let looks = self.settings.wiring.patience(self.settings.workers);
        self.waiting.begins();
        let ready = wait(&mut self.places, looks)
            .map_err(|error| system("to wait for the workers", &error))?;
        if ready.is_empty() {
            self.look_around(round);
        }
        for ready in ready {
            match ready {
                Ready::Room => {}
                Ready::Stderr(idx) => {
                    if let Some(member) = &mut self.places[idx].member {
                        member.process.listen();
                    }
                }
                Ready::Replies(idx) => self.receive(idx, round)?,
            }
        }
        let last = self.places.iter().rev().find_map(|place| place.closed.as_ref());
        match last {
            Some(error) if self.members().next().is_none() => Err(error.clone()),
            _ => Ok(()),
        }
    }

    fn hand_out(&mut self, round: &mut Round<'_, R>) -> io::Result<()> {
        let workers = self.members().count().max(1);
        for place in &mut self.places {
            let Some(member) = &mut place.member else { continue };
            // Large helpings at first, small ones towards the end, so that all end together.
            let fair = round.waiting().div_ceil(2 * workers);
            let helping = fair.clamp(1, self.settings.window.max(1));
            self.report.bytes_sent += member.hand_out(round, helping) as u64;
            let before = member.process.recorded.as_ref().map(|_| ticks());
            let sent = member.send(round)?;
            let recorded = member.process.recorded.as_ref().zip(before).filter(|_| sent > 0);
            recorded.inspect(|(recorded, before)| recorded.was_sent(*before));
        }
        Ok(())
    }

    fn receive(&mut self, idx: usize, round: &mut Round<'_, R>) -> Result<(), PoolError> {
        let place = &mut self.places[idx];
        let Some(member) = &mut place.member else { return Ok(()) };
        if let Some(recorded) = &member.process.recorded {
            recorded.has_replied();
            self.waiting.ends();
        }
        let health = member.receive(round, &mut self.report);
        match health.map_err(|error| system("to receive replies", &error))? {
            Health::Alive(0) => {}
            Health::Alive(_) => place.barren_deaths = 0,
            Health::Gone => self.bury(idx, None, round),
            Health::Garbled(error) => self.bury(idx, Some(error), round),
            Health::Stranger(error) => *place = Place::closed(error),
        }
        Ok(())
    }
}

fn system(wanted: &'static str, error: &io::Error) -> PoolError {
    PoolError::System { wanted, because: error.to_string() }
}
