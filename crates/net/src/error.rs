//! What can go wrong between the clients and the server.

use std::error::Error;
use std::{fmt, io};

use conclab_engine::stop::Limit;

use crate::limits::{self, TooFew};

/// Why a question has no answer, or the server does not run.
#[derive(Debug)]
#[non_exhaustive]
pub enum SocketError {
    /// The process may not open as many files as the connections need.
    Descriptors {
        /// Open files needed.
        needed: u64,
        /// Open files allowed.
        limit: u64,
    },
    /// The server has as many connections as it takes.
    Full,
    /// The server hung up: it has ended.
    HungUp,
    /// The answer belongs to another question.
    WrongAnswer,
    /// The answer came before the delay was over.
    TooEarly {
        /// The delay asked for, in microseconds.
        delay_us: u64,
        /// When the answer came, in microseconds.
        after_us: u64,
    },
    /// No answer came long after the delay was over.
    Silence,
    /// The work was asked to stop.
    Stopped(Limit),
    /// The operating system refused something.
    Io {
        /// What: `connecting to port 4711`.
        doing: String,
        /// Its reason.
        source: io::Error,
    },
}

impl SocketError {
    /// Names what the operating system refused; the limit itself if it is that of open files.
    pub(crate) fn io(doing: impl Into<String>, source: io::Error) -> Self {
        if limits::is_exhausted(&source) {
            return limits::no_descriptors().into();
        }
        Self::Io { doing: doing.into(), source }
    }
}

impl From<TooFew> for SocketError {
    fn from(TooFew { needed, limit }: TooFew) -> Self {
        Self::Descriptors { needed, limit }
    }
}

impl fmt::Display for SocketError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Descriptors { needed, limit } => write!(
                f,
                "the connections need {needed} open files, but this process may have {limit} \
                 (ulimit -n): ask for fewer at once, or raise it with `ulimit -n {needed}`"
            ),
            Self::Full => f.write_str("the server has as many connections as it takes"),
            Self::HungUp => f.write_str("the server has ended and hung up"),
            Self::WrongAnswer => f.write_str("the server's answer belongs to another question"),
            Self::TooEarly { delay_us, after_us } => {
                write!(f, "the server was to answer after {delay_us} µs and did after {after_us}")
            }
            Self::Silence => f.write_str("the server has not answered for seconds"),
            Self::Stopped(Limit::Interrupted) => f.write_str("interrupted"),
            Self::Stopped(_) => f.write_str("the time allowed is over"),
            Self::Io { doing, source } => write!(f, "{doing}: {source}"),
        }
    }
}

impl Error for SocketError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Io { source, .. } => Some(source),
            _ => None,
        }
    }
}

impl From<SocketError> for io::Error {
    fn from(error: SocketError) -> Self {
        match error {
            SocketError::Io { doing, source } => {
                Self::new(source.kind(), format!("{doing}: {source}"))
            }
            SocketError::Silence => Self::new(io::ErrorKind::TimedOut, error),
            SocketError::HungUp => Self::new(io::ErrorKind::ConnectionAborted, error),
            _ => Self::other(error),
        }
    }
}
