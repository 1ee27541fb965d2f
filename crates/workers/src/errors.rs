//! What can go wrong with workers, tasks and the pool, always with the name of the culprit.

use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::{fmt, io};

use conclab_engine::stop::Limit;
use rustix::io::Errno;
use rustix::process::{Resource, getrlimit};

use super::frames::FrameError;
use super::messages;

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
    Work(Box<str>),
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
            Self::Work(why) => f.write_str(why),
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
fn stopped(limit: Limit, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str(match limit {
        Limit::Interrupted => "interrupted before it was done",
        Limit::Time | Limit::States | Limit::Memory => "the time was over before it was done",
    })
}

/// Why there is no pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PoolError {
    /// The system does not start the program.
    NotStarted {
        /// The worker that it was to be, from 1.
        worker: usize,
        /// The program.
        program: PathBuf,
        /// What the system says.
        because: String,
    },
    /// A limit of this process or user is reached.
    LimitReached {
        /// The worker that it was to be, from 1.
        worker: usize,
        /// What there are too many of: `open files`.
        of: &'static str,
        /// The shell's command that shows the limit and sets it.
        shown_by: &'static str,
        /// The limit, if there is one.
        limit: Option<u64>,
    },
    /// The program does not speak like a worker.
    NoWorker {
        /// The process.
        who: Who,
        /// What it says, shortened.
        said: String,
    },
    /// The program is a worker of another version.
    OtherVersion {
        /// The process.
        who: Who,
        /// The version it speaks.
        version: u32,
    },
    /// A worker does not say anything.
    Silent {
        /// The process.
        who: Who,
        /// How long we waited, in seconds.
        waited_s: u64,
    },
    /// Workers died at the same place again and again, and did nothing before.
    DiesAtStart {
        /// The last death.
        death: Death,
        /// How many there were.
        times: u32,
    },
    /// The work was stopped.
    Stopped(Limit),
    /// The system refused something else.
    System {
        /// What we wanted: `to wait for the workers`.
        wanted: &'static str,
        /// What the system says.
        because: String,
    },
}

impl fmt::Display for PoolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotStarted { worker, program, because } => {
                write!(f, "worker {worker} cannot be started ({}): {because}", program.display())
            }
            Self::LimitReached { worker, of, shown_by, limit } => {
                let limit = limit.map_or("unknown".to_owned(), |limit| limit.to_string());
                write!(f, "worker {worker} cannot be started: too many {of}; ")?;
                write!(f, "the limit is {limit} (see `{shown_by}`)")
            }
            Self::NoWorker { who, said } => write!(f, "{who} is no worker: it says {said:?}"),
            Self::OtherVersion { who, version } => {
                let ours = messages::VERSION;
                write!(f, "{who} speaks version {version} of the protocol, we speak {ours}")
            }
            Self::Silent { who, waited_s } => write!(f, "{who} said nothing in {waited_s} s"),
            Self::DiesAtStart { death, times } => {
                write!(f, "{death}; that makes {times} that died before they did anything")
            }
            Self::Stopped(limit) => stopped(*limit, f),
            Self::System { wanted, because } => {
                write!(f, "the system did not allow us {wanted}: {because}")
            }
        }
    }
}

impl std::error::Error for PoolError {}

/// Why worker number `worker` could not be started, with the limit that stands in the way.
pub(super) fn refused(worker: usize, program: &Path, error: &io::Error) -> PoolError {
    let reached = |of, shown_by, limit| PoolError::LimitReached { worker, of, shown_by, limit };
    match Errno::from_io_error(error) {
        Some(Errno::MFILE) => {
            reached("open files", "ulimit -n", getrlimit(Resource::Nofile).current)
        }
        Some(Errno::NFILE) => reached("open files in the whole system", "sysctl fs.file-max", None),
        Some(Errno::AGAIN) => reached("processes", "ulimit -u", getrlimit(Resource::Nproc).current),
        Some(Errno::NOMEM) => {
            reached("bytes of memory", "ulimit -v", getrlimit(Resource::As).current)
        }
        _ => PoolError::NotStarted {
            worker,
            program: program.to_owned(),
            because: error.to_string(),
        },
    }
}
