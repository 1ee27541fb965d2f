//! Runs what a screen says, as somebody who types it would: in a process of its own, on the same
//! terminal.

use std::io::IsTerminal as _;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context as _;

use crate::session::Session;
use crate::signal::Host;
use crate::teach;

/// How often it is looked whether the command has ended.
const PACE: Duration = Duration::from_millis(20);

/// How long a command may take to end after it was told to.
const GRACE: Duration = Duration::from_secs(3);

/// Runs the command, and says what it ended with if that is worth a word.
pub(super) fn run(
    command: &teach::Command,
    host: &Host,
    session: &Session,
) -> anyhow::Result<Option<String>> {
    session.print(&format!("\n$ {}\n", command.line))?;
    let program = std::env::current_exe().context("cannot find this program")?;
    // A terminal's lines belong to whoever reads first; a pipe's are this program's.
    let has_user = std::io::stdin().is_terminal();
    let stdin = if has_user { Stdio::inherit() } else { Stdio::null() };
    let child = Command::new(program)
        .args(command.arguments())
        .args(passed_on(command, session))
        .stdin(stdin)
        .spawn()
        .context("cannot run the command")?;
    let status = ended(child, host).context("cannot wait for the command")?;
    host.forgive();
    Ok(told(status, command))
}

/// What the user said about this program's output is meant for the command's, too.
fn passed_on(command: &teach::Command, session: &Session) -> Vec<String> {
    let flag = |text: &str| text.split('=').next().unwrap_or_default().to_owned();
    let has = |text: &str| command.arguments().any(|word| word.starts_with(&flag(text)));
    let typed = session.globals.as_arguments().into_iter();
    typed.filter(|typed| typed.looks && !has(&typed.text)).map(|typed| typed.text).collect()
}

/// Waits for the command. Ctrl-C is between the user and the command; a request to this program to
/// end is passed on.
fn ended(mut child: Child, host: &Host) -> std::io::Result<ExitStatus> {
    let mut told_at: Option<Instant> = None;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        match told_at {
            None if host.terminated() => {
                terminate(&mut child)?;
                told_at = Some(Instant::now());
            }
            Some(then) if then.elapsed() > GRACE => child.kill()?,
            _ => {}
        }
        std::thread::sleep(PACE);
    }
}

#[cfg(unix)]
fn terminate(child: &mut Child) -> std::io::Result<()> {
    use rustix::process::{Pid, Signal, kill_process};
    kill_process(Pid::from_child(child), Signal::TERM).map_err(Into::into)
}

#[cfg(not(unix))]
fn terminate(child: &mut Child) -> std::io::Result<()> {
    child.kill()
}

/// How it ended, if not with 0.
fn told(status: ExitStatus, command: &teach::Command) -> Option<String> {
    match status.code() {
        Some(0) if command.code == 0 => None,
        Some(130) => Some("It was interrupted (exit code 130).".to_owned()),
        Some(code) if code == i32::from(command.code) => {
            Some(format!("Exit code {code}, as it is meant to be."))
        }
        Some(code) => Some(format!("Exit code {code}.")),
        None => Some(format!("It was ended: {status}.")),
    }
}
