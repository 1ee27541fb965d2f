//! Running a script with `python3`, and ending it with all its processes.

use std::io::{self, Read, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};

use conclab_engine::stop::{Limit, Stop};

/// It is looked after so often.
const LOOK: Duration = Duration::from_millis(2);

/// Why Python said nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoPython {
    /// There is no `python3`.
    NotFound,
    /// It took longer than it may.
    TooLong,
    /// The work was asked to stop.
    Stopped(Limit),
    /// The script failed.
    Failed {
        /// What it said, or the system.
        because: String,
    },
}

/// The script with all its processes: dropping it kills them.
struct Group(Child);

/// Runs a script, which reads one line from its input, and returns what it said. It is killed with
/// all its processes when the time is over or `stop` says so; should this process die first, its
/// input ends.
///
/// # Errors
/// Why it said nothing; nothing of it is left running.
pub fn run(
    script: &str,
    arguments: &[&str],
    line: &str,
    limit: Duration,
    stop: &Stop,
) -> Result<String, NoPython> {
    let mut group = Group::start(script, arguments)?;
    // A line that fits into the pipe: this does not wait. If nobody reads it, that is found below.
    let mut input = group.0.stdin.take();
    let _ = input.as_mut().map(|input| writeln!(input, "{line}"));
    group.wait(limit, stop)?;
    group.kill();
    let status = group.0.wait().map_err(failed)?;
    let said = read(group.0.stdout.take())?;
    let complaint = read(group.0.stderr.take())?;
    match complaint.trim().lines().last() {
        Some(last) if !status.success() => Err(NoPython::Failed { because: last.to_owned() }),
        None if !status.success() => Err(NoPython::Failed { because: status.to_string() }),
        _ => Ok(said),
    }
}

impl Group {
    fn start(script: &str, arguments: &[&str]) -> Result<Self, NoPython> {
        let started = Command::new("python3")
            // Isolated from the user's own settings and modules.
            .args(["-I", "-W", "ignore", "-c", script])
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .spawn();
        started.map(Self).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => NoPython::NotFound,
            _ => failed(error),
        })
    }

    fn pid(&self) -> Option<Pid> {
        Pid::from_raw(i32::try_from(self.0.id()).ok()?)
    }

    /// Sleeps until the script has ended, but does not take leave of it: until then its number
    /// is that of no other group.
    fn wait(&self, limit: Duration, stop: &Stop) -> Result<(), NoPython> {
        let begin = Instant::now();
        let seen = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        let has_ended =
            || self.pid().is_none_or(|pid| !matches!(waitid(WaitId::Pid(pid), seen), Ok(None)));
        while !has_ended() {
            if let Some(limit) = stop.reason() {
                return Err(NoPython::Stopped(limit));
            }
            if begin.elapsed() >= limit {
                return Err(NoPython::TooLong);
            }
            std::thread::sleep(LOOK);
        }
        Ok(())
    }

    /// Kills whatever is left of the group.
    fn kill(&self) {
        // An error means that nobody is left.
        let _ = self.pid().map(|pid| kill_process_group(pid, Signal::KILL));
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        // Once it has been waited for, its number may belong to another group.
        if matches!(self.0.try_wait(), Ok(None)) {
            self.kill();
            let _ = self.0.wait();
        }
    }
}

fn read(pipe: Option<impl Read>) -> Result<String, NoPython> {
    let mut said = String::new();
    pipe.map_or(Ok(0), |mut pipe| pipe.read_to_string(&mut said)).map_err(failed)?;
    Ok(said)
}

#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn failed(error: io::Error) -> NoPython {
    NoPython::Failed { because: error.to_string() }
}
