//! `--hang`: the program really hangs, so that a class can look at it from outside.

use std::time::Duration;

use clap::ArgMatches;
use conclab_engine::settings::{RealSettings, Widen};
use conclab_kit::lab::{AnyLab, Purpose};

use crate::exit::Exit;
use crate::found::{Demo, Ran};
use crate::render::{json, text};
use crate::session::Session;

/// How long it hangs, if `--timeout` does not say.
pub(super) const TIMEOUT: Duration = Duration::from_secs(30);

/// Says how to look at it, hangs, and says at the end what there was to see.
pub(super) fn run(
    lab: &'static dyn AnyLab,
    flags: &ArgMatches,
    session: &Session,
) -> anyhow::Result<Exit> {
    let bound = lab.bind(flags, Purpose::Demo)?;
    let how = how(lab, session);
    if session.is_json() {
        session.note(&how);
    } else {
        session.print(&how)?;
    }
    let settings =
        RealSettings { runs: 1, widen: Widen::Handshake, stop: session.stop.clone(), hang: true };
    let report = bound.run(0, &settings);
    let exit = Exit::of_limit(session.stop.reason().or(report.limit));
    let evidence = report.wait_for.as_ref().map(|graph| bound.evidence(graph)).unwrap_or_default();
    if !session.is_json() {
        session.print(&text::hang(&report, &evidence, &session.screen))?;
        return Ok(exit);
    }
    let broke = Some(Ran { told: String::new(), report, right: false, busy: None });
    let demo = Demo { broke, evidence, ..session.demo(lab, &*bound) };
    session.print(&json::demo(&demo, &session.screen))?;
    Ok(exit)
}

/// What to type in another terminal.
fn how(lab: &'static dyn AnyLab, session: &Session) -> String {
    let pid = std::process::id();
    let (name, seconds) = (lab.card().name, session.timeout.as_secs());
    let mut text = format!(
        "{name} hangs now, as process {pid}, for {seconds} s or until Ctrl-C.\n\
         Look at it from another terminal:\n"
    );
    let commands: &[&str] = if cfg!(target_os = "linux") {
        &[
            "cat /proc/PID/task/*/wchan",
            "ps -L -o tid,stat,wchan:20,comm -p PID",
            "gdb -p PID -ex 'thread apply all bt' -batch",
        ]
    } else if cfg!(target_os = "macos") {
        &["sample PID 1", "lldb -p PID -o 'thread backtrace all' -o detach -o quit"]
    } else {
        &["your debugger can attach to process PID"]
    };
    for command in commands {
        text = format!("{text}  {}\n", command.replace("PID", &pid.to_string()));
    }
    text
}
