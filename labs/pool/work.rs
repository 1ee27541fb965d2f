//! The tasks of the lab: the same work for a thread, a thread pool and a child process.
//!
//! A task is plain data with everything a worker needs to know, so that it can be sent to another
//! process; [`Work::run`] is the one place where it is done.

use std::fmt;

use conclab_net::ask;
use serde::{Deserialize, Serialize};

/// One task.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Work {
    /// Counts the primes in `from..to` by trial division: CPU-bound, with an answer one can check.
    Primes {
        /// The first number to try.
        from: u64,
        /// The number after the last one.
        to: u64,
    },
    /// Asks the server on this machine and waits for its answer: IO-bound.
    Ask {
        /// The port of the server, on the loopback address.
        port: u16,
        /// How long the server takes, in microseconds.
        delay_us: u32,
    },
    /// Sums the bytes of a payload: what it costs to hand over data.
    Sum {
        /// The bytes.
        #[serde(with = "serde_bytes")]
        payload: Vec<u8>,
    },
    /// Sums bytes that are where a worker process can see them: nothing of them is sent. Not for
    /// threads, which have references.
    SumPlace {
        /// The first byte.
        at: u64,
        /// How many there are.
        bytes: u64,
    },
    /// Nothing: what handing out a task costs.
    Nothing,
    /// Counts primes like [`Work::Primes`], but the first attempts end half-way with the death of
    /// the process that works at it, by SIGKILL. Not for threads.
    Crash {
        /// The first number to try.
        from: u64,
        /// The number after the last one.
        to: u64,
        /// So many attempts end in death.
        deaths: u32,
    },
    /// Panics: fails its task, and must fail nothing else.
    Panic,
}

/// What a task gives: the number of primes, the server's answer, the sum, 0 for nothing.
pub type Answer = u64;

/// Why a task gave no answer.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum WorkError {
    /// The server did not answer.
    NoAnswer {
        /// Its port.
        port: u16,
        /// What the system says.
        because: String,
    },
    /// There are no such bytes in memory that is shared.
    NoPlace {
        /// The first byte.
        at: u64,
        /// How many there should be.
        bytes: u64,
    },
}

impl fmt::Display for WorkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoAnswer { port, because } => {
                write!(f, "the server on port {port} did not answer: {because}")
            }
            Self::NoPlace { at, bytes } => {
                write!(f, "there are no {bytes} bytes at {at} of shared memory")
            }
        }
    }
}

impl std::error::Error for WorkError {}

impl Work {
    /// Does the task, for the first time.
    ///
    /// # Errors
    /// If the server that [`Work::Ask`] asks does not answer.
    ///
    /// # Panics
    /// [`Work::Panic`] does.
    pub fn run(&self) -> Result<Answer, WorkError> {
        self.attempt(0)
    }

    /// Does the task after `deaths` attempts that ended with the death of their worker.
    ///
    /// # Errors
    /// If the server that [`Work::Ask`] asks does not answer.
    ///
    /// # Panics
    /// [`Work::Panic`] does.
    pub fn attempt(&self, deaths: u32) -> Result<Answer, WorkError> {
        match self {
            Self::Primes { from, to } => Ok(primes(*from, *to)),
            Self::Ask { port, delay_us } => ask(*port, *delay_us)
                .map_err(|error| WorkError::NoAnswer { port: *port, because: error.to_string() }),
            Self::Sum { payload } => Ok(sum(payload)),
            Self::SumPlace { at, bytes } => Err(WorkError::NoPlace { at: *at, bytes: *bytes }),
            Self::Nothing => Ok(0),
            Self::Crash { from, to, deaths: last } => {
                let middle = from + to.saturating_sub(*from) / 2;
                let first_half = primes(*from, middle);
                if deaths < *last {
                    die();
                }
                Ok(first_half + primes(middle, *to))
            }
            Self::Panic => panic!("this task panics"),
        }
    }
}

/// The number of primes in `from..to`.
pub fn primes(from: u64, to: u64) -> u64 {
    (from..to).map(|number| u64::from(is_prime(number))).sum()
}

fn is_prime(number: u64) -> bool {
    let mut divisors = (3..).step_by(2).take_while(|divisor| divisor * divisor <= number);
    number == 2
        || (number > 2
            && number % 2 == 1
            && divisors.all(|divisor| !number.is_multiple_of(divisor)))
}

/// The sum of the bytes.
pub fn sum(payload: &[u8]) -> u64 {
    // In pieces whose sum fits 32 bits: the processor adds more of those at once.
    let piece = |bytes: &[u8]| bytes.iter().map(|byte| u32::from(*byte)).sum::<u32>();
    payload.chunks(1 << 16).map(|bytes| u64::from(piece(bytes))).sum()
}

/// Kills this process as `kill -9` does: nothing is cleaned up, nothing is said.
fn die() {
    #[cfg(unix)]
    {
        use rustix::process::{Signal, getpid, kill_process};
        // A process may always signal itself.
        let _ = kill_process(getpid(), Signal::KILL);
    }
    // Not reached where there is SIGKILL.
    std::process::abort()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn primes_are_counted_right() {
        assert_eq!((primes(0, 3), primes(0, 100), primes(0, 10_000)), (1, 25, 1_229));
        assert_eq!(primes(90, 90) + primes(10, 5), 0);
        let crash = Work::Crash { from: 0, to: 100, deaths: 1 };
        assert_eq!(crash.attempt(1), Ok(25));
    }

    #[test]
    fn sums_are_those_of_the_bytes() {
        let payload: Vec<u8> = (0..300_000_u32).map(|n| n.to_le_bytes()[0]).collect();
        assert_eq!(sum(&payload), payload.iter().map(|byte| u64::from(*byte)).sum());
    }
}
