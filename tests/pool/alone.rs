//! Tests that need a process of their own: they count its children and files, or kill it.

use std::fs;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, WaitOptions, test_kill_process, wait};

/// Set in the process that runs one test only.
const ALONE: &str = "CONCLAB_TEST_ALONE";

/// Runs `body` in a process of its own: this program again, with this test only.
pub(crate) fn alone(test: &str, body: fn()) {
    if std::env::var_os(ALONE).is_some() {
        return body();
    }
    let done = again(test).output().expect("the test program starts again");
    let said = String::from_utf8_lossy(&done.stdout) + String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{}\n{said}", done.status);
}

/// This program again, with one test only.
pub(crate) fn again(test: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("this program is somewhere"));
    command.args(["--exact", test, "--nocapture", "--test-threads=1"]);
    command.env(ALONE, "1").stdin(Stdio::null());
    command
}

/// Whether this is the process that runs one test only.
pub(crate) fn is_alone() -> bool {
    std::env::var_os(ALONE).is_some()
}

/// Fails if this process has a child, dead or alive.
pub(crate) fn assert_no_children() {
    let child = wait(WaitOptions::NOHANG);
    assert_eq!(child.err(), Some(rustix::io::Errno::CHILD), "a child is left: {child:?}");
}

/// How many files this process has open.
pub(crate) fn open_files() -> usize {
    fs::read_dir("/dev/fd").expect("the system lists open files").count()
}

/// Waits until none of the processes works any more, dead or gone; fails after 10 s.
pub(crate) fn assert_all_end(pids: &[u32]) {
    let deadline = Instant::now() + Duration::from_secs(10);
    let mut left = pids.to_vec();
    while !left.is_empty() {
        assert!(Instant::now() < deadline, "still alive: {left:?}");
        left.retain(|pid| is_alive(*pid));
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Whether there is such a process, and it has not ended.
fn is_alive(pid: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // The state follows the name, which is in parentheses. Z: whoever adopted it is slow to look.
    let ended = stat.rsplit(')').next().is_some_and(|rest| rest.starts_with(" Z"));
    let exists = test_kill_process(pid_of(pid)) != Err(rustix::io::Errno::SRCH);
    exists && !ended
}

/// The system's type for the number of a process.
pub(crate) fn pid_of(pid: u32) -> Pid {
    Pid::from_raw(pid.cast_signed()).expect("0 is no process")
}
