//! Why there is no pool of processes, always with the name of the culprit.

use std::fmt;
use std::path::PathBuf;

use conclab_engine::stop::Limit;

use super::errors::{Death, Who, stopped};

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
                let ours = super::messages::VERSION;
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
