//! How workers and the pool end: deaths, replacements, and the orderly end.

use std::io;
use std::time::Instant;

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::child::Process;
use super::errors::PoolError;
use super::errors::{Cause, Death, TaskFailed};
use super::frames::FrameError;
use super::member::Member;
use super::pool::{FAREWELL_MAX, GREETING_MAX, Place, ProcessPool};
use super::role::Role;
use super::round::Round;

/// So many workers may die one after the other at the same place without having done anything.
const BARREN_DEATHS_MAX: u32 = 3;

impl<R: Role> ProcessPool<R> {
    /// Makes sure of the end of a worker, takes its tasks back and replaces it.
    pub(super) fn bury(&mut self, idx: usize, sent: Option<FrameError>, round: &mut Round<'_, R>) {
        let place = &mut self.places[idx];
        let Some(mut member) = place.member.take() else { return };
        let who = member.process.who;
        if let Some(recorded) = &mut member.process.recorded {
            recorded.has_crashed();
        }
        let status = member.process.end();
        let cause = match (sent, status) {
            (Some(error), _) => Cause::Garbled(error),
            (None, Some(status)) => Cause::Ended(status),
            (None, None) => Cause::Lost,
        };
        let death = Death { who, cause, said: member.process.last_line() };
        let doing = self.progress.doing(idx).and_then(|number| member.doing(number));
        self.report.run_again += round.take_back(member.unfinished(), doing, &death);
        // A task that kills its worker is given back after the second: that is bounded already.
        place.barren_deaths += u32::from(doing.is_none());
        self.report.died(death.clone());
        if place.barren_deaths >= BARREN_DEATHS_MAX {
            place.closed = Some(PoolError::DiesAtStart { death, times: place.barren_deaths });
            return;
        }
        match Member::start(&self.settings, idx, &self.progress) {
            Ok(member) => {
                place.member = Some(member);
                self.report.replaced += 1;
            }
            Err(error) => place.closed = Some(error),
        }
    }

    /// Looks for workers that ended without closing their pipes (a process of their own holds
    /// them), that closed one of them only, or that do not greet us.
    pub(super) fn look_around(&mut self, round: &mut Round<'_, R>) {
        for idx in 0..self.places.len() {
            let Some(member) = &mut self.places[idx].member else { continue };
            if member.deaf || member.process.has_ended() {
                self.bury(idx, None, round);
            } else if !member.ready && member.started.elapsed() > GREETING_MAX {
                let waited_s = GREETING_MAX.as_secs();
                let who = member.process.who;
                self.places[idx] = Place::closed(PoolError::Silent { who, waited_s });
            }
        }
    }

    /// Ends every worker now, whatever it is doing; the pool does nothing any more.
    pub(super) fn close_all(&mut self, why: &TaskFailed) {
        for place in &mut self.places {
            let error = match why {
                TaskFailed::NoWorkers(error) => PoolError::clone(error),
                TaskFailed::Stopped(limit) => PoolError::Stopped(*limit),
                _ => continue,
            };
            *place = Place::closed(error);
        }
    }
}

impl<R> Drop for ProcessPool<R> {
    /// Lets idle workers go by hanging up, and kills the others.
    fn drop(&mut self) {
        let members = self.places.iter_mut().filter_map(|place| place.member.take());
        let idle = members.filter(Member::is_idle);
        // Hangs up, as everything else of the member goes.
        let mut leaving: Vec<Process> = idle.map(|member| member.process).collect();
        let deadline = Instant::now() + FAREWELL_MAX;
        while !leaving.is_empty() && Instant::now() < deadline {
            if wait_for_any(&leaving, deadline).is_err() {
                return;
            }
            leaving.iter_mut().for_each(Process::listen);
            leaving.retain(|process| process.stderr().is_some());
        }
    }
}

/// Waits until one of the processes says something, or closes its standard error by ending.
fn wait_for_any(processes: &[Process], deadline: Instant) -> io::Result<()> {
    let stderrs = processes.iter().filter_map(Process::stderr);
    let mut fds: Vec<_> =
        stderrs.map(|stderr| PollFd::from_borrowed_fd(stderr, PollFlags::IN)).collect();
    let left = deadline.saturating_duration_since(Instant::now());
    let left = Timespec { tv_sec: 0, tv_nsec: left.subsec_nanos().into() };
    poll(&mut fds, Some(&left))?;
    Ok(())
}
