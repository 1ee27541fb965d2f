//! Why a worker ends before its time.

use std::fmt;
use std::io;

use super::frames::FrameError;
use super::messages::VERSION;

/// Why a worker ends before its parent hangs up.
#[derive(Debug)]
pub enum WorkerError {
    /// It was not started by a pool.
    Usage,
    /// Its parent speaks another version, or is none.
    Greeting {
        /// The version, if it was a greeting at all.
        version: Option<u32>,
    },
    /// Its parent sent something that is no task.
    Frame(FrameError),
    /// The system refused something.
    System(io::Error),
}

impl fmt::Display for WorkerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage => write!(f, "workers are started by a pool of processes, not by hand"),
            Self::Greeting { version: Some(version) } => {
                write!(f, "the parent speaks version {version} of the protocol, not {VERSION}")
            }
            Self::Greeting { version: None } => write!(f, "the parent is no pool of processes"),
            Self::Frame(error) => write!(f, "the parent sent {error}"),
            Self::System(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for WorkerError {}

impl From<io::Error> for WorkerError {
    fn from(error: io::Error) -> Self {
        Self::System(error)
    }
}

impl From<rustix::io::Errno> for WorkerError {
    fn from(error: rustix::io::Errno) -> Self {
        Self::System(error.into())
    }
}

impl From<FrameError> for WorkerError {
    fn from(error: FrameError) -> Self {
        Self::Frame(error)
    }
}
