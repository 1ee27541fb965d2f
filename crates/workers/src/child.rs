//! One child process: how it is started, what it says on its standard error, and how it ends.
//!
//! A child is never left alone: when its [`Process`] goes, it is killed and waited for. What ends
//! it when this process dies first is in the worker.

use std::io::{self, Read as _};
use std::os::fd::{AsFd as _, AsRawFd as _, BorrowedFd, OwnedFd};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, ChildStderr, Command, ExitStatus, Stdio};

use rustix::io::ioctl_fionbio;
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};

use super::errors::{PoolError, Who, refused};
use super::lane::{Recorded, Recruit};
use super::progress::Progress;
use super::settings::Settings;
use super::tape;
use super::transport::Transport;

/// How much of what a child says last is kept.
const TAIL_BYTES_MAX: usize = 4 << 10;

/// The longest line that is shown of it.
const LINE_CHARS_MAX: usize = 200;

/// A child process.
#[derive(Debug)]
pub(super) struct Process {
    pub(super) who: Who,
    child: Child,
    /// Until it is closed.
    stderr: Option<ChildStderr>,
    /// The end of what it said there.
    tail: Vec<u8>,
    /// How it ended, once it has been waited for.
    status: Option<ExitStatus>,
    /// Its lane, if there is a recording, until it has been waited for.
    pub(super) recorded: Option<Recorded>,
}

impl Process {
    /// Starts the worker with place `worker_idx`, counted from 0.
    pub(super) fn start(
        settings: &Settings,
        worker_idx: usize,
        progress: &Progress,
    ) -> Result<(Self, Box<dyn Transport>), PoolError> {
        let worker = worker_idx + 1;
        let refuse = |error| refused(worker, &settings.command.0, &error);
        let (recruit, lent) = Recruit::of_this_thread().map_err(refuse)?.unzip();
        let started = Self::spawn(settings, worker_idx, progress, lent.as_ref());
        let (mut child, transport) = started.map_err(refuse)?;
        let stderr = child.stderr.take();
        let who = Who { worker, pid: child.id() };
        let recorded = recruit.map(|recruit| recruit.started(who));
        Ok((Self { who, child, stderr, tail: Vec::new(), status: None, recorded }, transport))
    }

    fn spawn(
        settings: &Settings,
        worker_idx: usize,
        progress: &Progress,
        tape: Option<&OwnedFd>,
    ) -> io::Result<(Child, Box<dyn Transport>)> {
        let lent = progress.lend()?;
        let (program, arguments) = &settings.command;
        let mut command = Command::new(program);
        command.args(arguments);
        let numbers = [
            u64::from(std::process::id()),
            lent.as_raw_fd().cast_unsigned().into(),
            worker_idx as u64,
        ];
        command.args(numbers.map(|number| number.to_string()));
        // A group of its own: the terminal's Ctrl-C is for the parent, which ends its children.
        command.stderr(Stdio::piped()).process_group(0);
        let prepared = settings.wiring.prepare(&mut command, settings.workers)?;
        command.args(tape.map(|tape| format!("{}{}", tape::ARGUMENT, tape.as_raw_fd())));
        let mut child = command.spawn()?;
        let connected = child
            .stderr
            .as_ref()
            .map_or(Ok(()), |stderr| ioctl_fionbio(stderr, true).map_err(io::Error::from));
        match connected.and_then(|()| prepared.connect(&mut child)) {
            Ok(transport) => Ok((child, transport)),
            Err(error) => {
                end(&mut child);
                Err(error)
            }
        }
    }

    /// Its standard error, until it is closed.
    pub(super) fn stderr(&self) -> Option<BorrowedFd<'_>> {
        self.stderr.as_ref().map(|stderr| stderr.as_fd())
    }

    /// Takes what it has said on its standard error.
    pub(super) fn listen(&mut self) {
        let mut bytes = [0; TAIL_BYTES_MAX];
        while let Some(stderr) = &mut self.stderr {
            match stderr.read(&mut bytes) {
                Ok(0) => self.stderr = None,
                Ok(n) => self.tail.extend_from_slice(&bytes[..n]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                Err(_) => self.stderr = None,
            }
            let surplus = self.tail.len().saturating_sub(TAIL_BYTES_MAX);
            self.tail.drain(..surplus);
            if surplus > 0 {
                // More later: one that does not stop talking must not keep us here.
                return;
            }
        }
    }

    /// The last line it said, fit for a message; without what Rust says of backtraces.
    pub(super) fn last_line(&self) -> Option<String> {
        let text = String::from_utf8_lossy(&self.tail);
        let says = |line: &&str| !line.is_empty() && !line.starts_with("note: ");
        let line = text.lines().map(str::trim).rfind(says)?;
        let shown = line.chars().filter(|c| !c.is_control()).take(LINE_CHARS_MAX);
        Some(shown.collect())
    }

    /// Whether it has ended though nothing else says so. It is not waited for: until then nobody
    /// else gets its number.
    pub(super) fn has_ended(&self) -> bool {
        let look = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        !matches!(waitid(WaitId::Pid(Pid::from_child(&self.child)), look), Ok(None))
    }

    /// Ends it for good, if it has not ended, and tells how it ended. One that has begun to end
    /// keeps its own way: the kill changes nothing then.
    pub(super) fn end(&mut self) -> Option<ExitStatus> {
        if self.status.is_none() {
            self.status = end(&mut self.child);
            self.listen();
            if let Some(recorded) = self.recorded.take() {
                recorded.ended();
            }
        }
        self.status
    }

    /// Notes that it has been handed a task.
    pub(super) fn is_handed(&mut self, task_idx: usize) {
        if let Some(recorded) = &mut self.recorded {
            recorded.handed_out(task_idx);
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.end();
    }
}

/// Kills a child that has not been waited for, with the processes it may have started, and waits.
/// Even a stopped process dies of that, so the wait is short.
pub(super) fn end(child: &mut Child) -> Option<ExitStatus> {
    // These fail only if nobody is left; then there is nothing to do.
    let _ = kill_process_group(Pid::from_child(child), Signal::KILL);
    let _ = child.kill();
    child.wait().ok()
}
