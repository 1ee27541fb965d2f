//! How a pool of processes is set up, and what it tells of itself afterwards.

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;

use super::errors::Death;
use super::role::Role;
use super::wiring::Wiring;

/// The hidden subcommand that makes this program a child; the name of its role follows.
pub const SUBCOMMAND: &str = "worker";

/// Tasks on their way to a worker or from it, if nothing is said. Only many tiny tasks get that
/// far: nobody is given more than half of a fair share of what is left.
pub const WINDOW: usize = 1_024;

/// How a pool is set up.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The program that is a worker, and its arguments; the pool adds its own.
    pub command: (PathBuf, Vec<OsString>),
    /// How many workers there are.
    pub workers: usize,
    /// Tasks on their way to one worker or from it, at most.
    pub window: usize,
    /// What connects the pool with its workers.
    pub wiring: Wiring,
}

impl Settings {
    /// So many workers, which are this very program in this role.
    ///
    /// # Errors
    /// If the system does not tell where this program is.
    pub fn this_program<R: Role>(workers: usize) -> io::Result<Self> {
        let command = (std::env::current_exe()?, vec![SUBCOMMAND.into(), R::NAME.into()]);
        Ok(Self { command, workers, window: WINDOW, wiring: Wiring::default() })
    }
}

/// What has happened in a pool since it was started.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Workers that died, first to last; of very many the first ones.
    pub deaths: Vec<Death>,
    /// How many died.
    pub n_deaths: u64,
    /// How many of these have been replaced.
    pub replaced: u64,
    /// How often a task was handed out again because its worker had died.
    pub run_again: u64,
    /// Bytes sent to the workers: tasks with the heads of their frames.
    pub bytes_sent: u64,
    /// Bytes received from them, likewise.
    pub bytes_received: u64,
}

impl Report {
    /// Deaths that are kept.
    const DEATHS_MAX: usize = 100;

    /// Notes a death.
    pub(super) fn died(&mut self, death: Death) {
        self.n_deaths += 1;
        if self.deaths.len() < Self::DEATHS_MAX {
            self.deaths.push(death);
        }
    }
}
