//! `conclab`: break it, see why, fix it, price the fix.
//!
//! The command parses, runs, renders and exits; it is the only part of the project that prints.
//!
//! # Layout
//! | module | purpose |
//! |---|---|
//! | `cli` | the command line, built from the catalogue of labs |
//! | `exit` | exit codes, and the only place that ends the process |
//! | `signal` | Ctrl-C, and a watchdog behind everything |
//! | `screen` | colour, width and alphabet, decided once |
//! | `session` | what every command needs: global flags, screen, the request to stop |
//! | `found` | what a command found, as plain data |
//! | `teach` | the lecture in a chapter, without a screen or a keyboard |
//! | `run` | one file per command: does the work |
//! | `render` | pure functions from what was found to text and JSON |

mod cli;
mod exit;
mod found;
mod play;
mod predict;
mod render;
mod run;
mod screen;
mod session;
mod signal;
mod teach;

use std::ffi::OsString;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().collect();
    let outcome = match run::worker::asked_for(&arguments) {
        Some(orders) => run::worker::run(orders),
        None => command(&arguments),
    };
    match outcome {
        Ok(exit) => exit.into(),
        Err(error) => exit::failed(&error).into(),
    }
}

fn command(arguments: &[OsString]) -> anyhow::Result<exit::Exit> {
    cli::obey_colour(arguments);
    let parsed = cli::parse(arguments)?;
    if arguments.len() <= 1 { run::front_door(&parsed) } else { run::command(&parsed) }
}
