//! Running a peer's script, for no longer than its limit.

use std::io::{self, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::table::Sample;

/// A script has so long; it ends itself soon after, with its workers.
const LIMIT: Duration = Duration::from_secs(19);

/// Somebody else's pools.
pub(crate) struct Peer {
    pub(crate) name: &'static str,
    program: &'static str,
    script: &'static str,
}

pub(crate) const PYTHON: Peer = Peer { name: "Python", program: "python3", script: "pools.py" };
pub(crate) const NODE: Peer = Peer { name: "Node", program: "node", script: "pools.js" };

impl Peer {
    /// What the script measured, or why it did not.
    pub(crate) fn run(&self) -> Result<Vec<Sample>, String> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peers").join(self.script);
        let mut command = Command::new(self.program);
        command.arg(script).stdin(Stdio::null()).stdout(Stdio::piped());
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut child = command.spawn().map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => format!("there is no {} in the PATH", self.program),
            _ => error.to_string(),
        })?;
        let ended = wait(&mut child);
        kill_group(&child);
        let status = child.wait().map_err(|error| error.to_string())?;
        let mut output = String::new();
        // What it prints fits into a pipe.
        let read = child.stdout.take().map_or(Ok(0), |mut it| it.read_to_string(&mut output));
        read.map_err(|error| error.to_string())?;
        match (ended, status.success()) {
            (false, _) => Err(format!("it took longer than {} s", LIMIT.as_secs())),
            (true, false) => Err(format!("it failed: {status}")),
            (true, true) => output.lines().map(samples).collect::<Result<Vec<_>, _>>().map(flat),
        }
    }
}

fn flat(samples: Vec<Vec<Sample>>) -> Vec<Sample> {
    samples.into_iter().flatten().collect()
}

/// Waits until the script has ended, but not for its exit code: until that is fetched, the number
/// of its group is that of no other. Says whether it ended in time.
fn wait(child: &mut Child) -> bool {
    let begin = Instant::now();
    while !has_ended(child) {
        if begin.elapsed() > LIMIT {
            return false;
        }
        thread::sleep(Duration::from_millis(5));
    }
    true
}

#[cfg(unix)]
fn has_ended(child: &mut Child) -> bool {
    use rustix::process::{WaitId, WaitIdOptions, waitid};
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    pid(child).is_none_or(|pid| !matches!(waitid(WaitId::Pid(pid), options), Ok(None)))
}

#[cfg(unix)]
fn pid(child: &Child) -> Option<rustix::process::Pid> {
    rustix::process::Pid::from_raw(i32::try_from(child.id()).ok()?)
}

/// Kills whatever is left of the script's processes.
#[cfg(unix)]
fn kill_group(child: &Child) {
    use rustix::process::{Signal, kill_process_group};
    // An error means that nobody is left.
    let _ = pid(child).map(|pid| kill_process_group(pid, Signal::KILL));
}

#[cfg(not(unix))]
fn has_ended(child: &mut Child) -> bool {
    !matches!(child.try_wait(), Ok(None))
}

#[cfg(not(unix))]
fn kill_group(_: &Child) {}

/// The samples of a line of the script's output; its first line names its version.
fn samples(line: &str) -> Result<Vec<Sample>, String> {
    let garbled = || format!("it printed `{line}`");
    let value: Value = serde_json::from_str(line).ok().ok_or_else(garbled)?;
    if value["version"].is_string() {
        return Ok(Vec::new());
    }
    let (who, what) = (value["who"].as_str(), value["what"].as_str());
    let (who, what) = who.zip(what).ok_or_else(garbled)?;
    let samples = value["samples_ns"].as_array().ok_or_else(garbled)?;
    Ok(samples.iter().filter_map(Value::as_f64).map(|ns| Sample::new(who, what, ns)).collect())
}
