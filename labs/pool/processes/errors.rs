//! What can go wrong with workers and tasks, always with the name of the culprit.

use std::fmt;
use std::process::ExitStatus;

use conclab_engine::stop::Limit;

use super::frames::FrameError;
use super::refusals::PoolError;
use crate::pool::work::WorkError;

/// A worker process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Who {
    /// Its place in the pool, from 1; a replacement gets the place of the dead.
    pub worker: usize,
    /// The system's number for it.
    pub pid: u32,
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "worker {} (pid {})", self.worker, self.pid)
    }
}

/// The end of a worker that nobody asked to end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Death {
    /// Who died.
    pub who: Who,
    /// How.
    pub cause: Cause,
    /// The last line it wrote on its standard error.
    pub said: Option<String>,
}

impl fmt::Display for Death {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.who, self.cause)?;
        self.said.as_ref().map_or(Ok(()), |said| write!(f, "; it said: {said}"))
    }
}

/// How a worker came to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// It ended by itself, or by a signal.
    Ended(ExitStatus),
    /// It sent something that is no reply, and was killed.
    Garbled(FrameError),
    /// Somebody else has waited for it, so that nobody knows.
    Lost,
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ended(status) => write!(f, "ended with {status}"),
            Self::Garbled(error) => write!(f, "sent {error}"),
            Self::Lost => write!(f, "ended, and something else took note of how"),
        }
    }
}

/// Why a task has no answer. Boxed where it would be large: there is room for one in every result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TaskFailed {
    /// The work itself failed.
    Work(WorkError),
    /// It panicked; its worker lives.
    Panicked {
        /// The worker that did it.
        who: Who,
        /// What the panic said, and where.
        message: Box<str>,
    },
    /// Two workers died while they were doing it.
    Killed {
        /// The second death.
        death: Box<Death>,
    },
    /// It is too large to be sent.
    TooLarge(FrameError),
    /// The work was stopped first.
    Stopped(Limit),
    /// There are no workers left.
    NoWorkers(Box<PoolError>),
}

impl fmt::Display for TaskFailed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Work(error) => error.fmt(f),
            Self::Panicked { who, message } => write!(f, "the task panicked in {who}: {message}"),
            Self::Killed { death } => write!(f, "the task killed two workers; the second: {death}"),
            Self::TooLarge(error) => write!(f, "the task cannot be sent: {error}"),
            Self::Stopped(limit) => stopped(*limit, f),
            Self::NoWorkers(error) => write!(f, "no workers are left: {error}"),
        }
    }
}

impl std::error::Error for TaskFailed {}

/// What was said of the work by whoever stopped it.
pub(super) fn stopped(limit: Limit, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str(match limit {
        Limit::Interrupted => "interrupted before it was done",
        Limit::Time | Limit::States => "the time was over before it was done",
    })
}
