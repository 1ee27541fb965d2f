//! `conclab doctor`: looks at the machine, the terminal and the tools.

use std::io::{IsTerminal as _, Read as _};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use conclab_kit::lab::AnyLab;

use crate::exit::Exit;
use crate::found::{Ability, Doctor, PROFILE, Python, Terminal};
use crate::render::{json, text};
use crate::screen;
use crate::session::Session;

/// How long another program may take to say its version.
const PATIENCE: Duration = Duration::from_secs(2);

/// Longest version that is read.
const VERSION_BYTES: u64 = 200;

/// Looks, and prints what was found.
pub(super) fn run(labs: &[&'static dyn AnyLab], session: &Session) -> anyhow::Result<Exit> {
    let doctor = Doctor {
        profile: PROFILE,
        os: std::env::consts::OS,
        arch: std::env::consts::ARCH,
        cores: conclab_measure::cores(),
        affinity: affinity(),
        terminal: terminal(session),
        python: python(),
        labs: labs.iter().map(|lab| ability(*lab)).collect(),
    };
    session.print(&if session.is_json() {
        json::doctor(&doctor, &session.screen)
    } else {
        text::doctor(&doctor, &session.screen)
    })?;
    Ok(Exit::Kept)
}

fn terminal(session: &Session) -> Terminal {
    let (columns, rows) = screen::size().unzip();
    let (colour, ascii) = (screen::colour(), screen::ascii(&session.globals));
    Terminal {
        tty: std::io::stdout().is_terminal(),
        columns,
        rows,
        colour: colour.yes,
        colour_because: colour.because,
        unicode: !ascii.yes,
        unicode_because: ascii.because,
    }
}

/// The processors the scheduler may put this process on, as Linux writes them: `0-1`.
fn affinity() -> Option<String> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:"))?;
    Some(line.trim().to_owned())
}

/// Asks Python for its version, and does not wait long for an answer.
fn python() -> Python {
    let asked = Command::new("python3")
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let mut child = match asked {
        Ok(child) => child,
        Err(error) => return Python { version: None, problem: Some(error.to_string()) },
    };
    let (sender, receiver) = mpsc::channel();
    if let Some(out) = child.stdout.take() {
        // Left behind if the program never answers; the process does not wait for it.
        std::thread::spawn(move || {
            let mut text = String::new();
            let read = out.take(VERSION_BYTES).read_to_string(&mut text);
            // Nobody listens any more if it took too long.
            let _ = sender.send(read.map(|_| text.trim().to_owned()));
        });
    }
    let answer = receiver.recv_timeout(PATIENCE);
    // It may have ended by itself, which is as well.
    let _ = child.kill();
    let _ = child.wait();
    match answer {
        Ok(Ok(version)) if !version.is_empty() => Python { version: Some(version), problem: None },
        Ok(Ok(_)) => problem("it says no version"),
        Ok(Err(error)) => problem(&error.to_string()),
        Err(_) => problem("no answer within 2 s"),
    }
}

fn problem(text: &str) -> Python {
    Python { version: None, problem: Some(text.to_owned()) }
}

/// What real threads show of a lab here.
fn ability(lab: &dyn AnyLab) -> Ability {
    let card = lab.card();
    Ability { lab: card.name, real: (card.real_threads)(conclab_measure::cores()) }
}
