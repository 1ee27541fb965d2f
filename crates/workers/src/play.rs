//! One child that plays a role and ends.

use std::ffi::OsStr;
use std::io::{self, Read as _};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};

use conclab_engine::stop::Stop;
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::child::end;
use super::errors::{PoolError, refused};
use super::pool::PATIENCE;
use super::settings::SUBCOMMAND;

/// Starts `program`, which is this one or another copy of it, in a role, and waits until it ends:
/// how it ended, and what it had said on its standard output. What it says on its standard error
/// is not heard.
///
/// # Errors
/// If it cannot be started, or `stop` says no; it is killed then.
pub fn play(
    program: &Path,
    role: &str,
    arguments: &[impl AsRef<OsStr>],
    stop: &Stop,
) -> Result<(ExitStatus, String), PoolError> {
    let child = Command::new(program)
        .args([SUBCOMMAND, role])
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn();
    let mut child = child.map_err(|error| refused(1, program, &error))?;
    let said = listen(&mut child, stop);
    // It has hung up, so it has ended or is about to; or it has to.
    let status = end(&mut child);
    let system = |error: io::Error| PoolError::System {
        wanted: "to play a role in a child",
        because: error.to_string(),
    };
    let said = said.map_err(system)?;
    if let Some(limit) = stop.reason() {
        return Err(PoolError::Stopped(limit));
    }
    Ok((status.ok_or_else(|| system(io::ErrorKind::NotFound.into()))?, said))
}

/// What the child says until it hangs up, or it is time to stop.
fn listen(child: &mut Child, stop: &Stop) -> io::Result<String> {
    let mut said = Vec::new();
    let Some(stdout) = &mut child.stdout else { return Ok(String::new()) };
    let patience = Timespec { tv_sec: 0, tv_nsec: PATIENCE.subsec_nanos().into() };
    let mut bytes = [0; 64];
    while stop.reason().is_none() {
        let mut fds = [PollFd::new(stdout, PollFlags::IN)];
        match poll(&mut fds, Some(&patience)) {
            Ok(0) | Err(rustix::io::Errno::INTR) => continue,
            ready => ready?,
        };
        match stdout.read(&mut bytes)? {
            0 => break,
            n => said.extend_from_slice(&bytes[..n]),
        }
    }
    Ok(String::from_utf8_lossy(&said).into_owned())
}
