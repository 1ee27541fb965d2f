//! Running the script, and ending it with all its processes.

use std::time::Duration;

use conclab_engine::stop::Stop;

use super::Skipped;

#[cfg(unix)]
pub(super) use unix::run;

#[cfg(not(unix))]
pub(super) fn run(_: &str, _: usize, _: Duration, _: &Stop) -> Result<String, Skipped> {
    Err(Skipped::Failed { because: "it needs a Unix".to_owned() })
}

#[cfg(unix)]
mod unix {
    use std::io::{self, Read, Write};
    use std::os::unix::process::CommandExt;
    use std::process::{Child, Command, Stdio};
    use std::thread;
    use std::time::Instant;

    use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};

    use super::{Duration, Skipped, Stop};

    const SCRIPT: &str = include_str!("../python.py");
    /// What it may do one after the other, in seconds; the other ways take as long at most.
    const BUDGET_S: &str = "1.2";
    /// It is looked after so often.
    const LOOK: Duration = Duration::from_millis(2);

    /// The script with all its processes: dropping it kills them.
    struct Group(Child);

    /// Runs the script and returns what it said.
    pub(in super::super) fn run(
        tasks: &str,
        n_workers: usize,
        limit: Duration,
        stop: &Stop,
    ) -> Result<String, Skipped> {
        let mut group = Group::start(n_workers, limit)?;
        // A line of at most a thousand tasks fits into the pipe: this does not wait. If nobody
        // reads it, that is found below.
        let mut input = group.0.stdin.take();
        let _ = input.as_mut().map(|input| writeln!(input, "{tasks}"));
        group.wait(limit, stop)?;
        group.kill();
        let status = group.0.wait().map_err(failed)?;
        let said = read(group.0.stdout.take())?;
        let complaint = read(group.0.stderr.take())?;
        match complaint.trim().lines().last() {
            Some(last) if !status.success() => Err(Skipped::Failed { because: last.to_owned() }),
            None if !status.success() => Err(Skipped::Failed { because: status.to_string() }),
            _ => Ok(said),
        }
    }

    impl Group {
        fn start(n_workers: usize, limit: Duration) -> Result<Self, Skipped> {
            // It ends itself only if we cannot.
            let limit_s = (limit.as_secs() + 1).to_string();
            let started = Command::new("python3")
                // Isolated from the user's own settings and modules.
                .args(["-I", "-W", "ignore", "-c", SCRIPT])
                .args([&n_workers.to_string(), BUDGET_S, &limit_s])
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .process_group(0)
                .spawn();
            started.map(Self).map_err(|error| match error.kind() {
                io::ErrorKind::NotFound => Skipped::NotFound,
                _ => failed(error),
            })
        }

        fn pid(&self) -> Option<Pid> {
            Pid::from_raw(i32::try_from(self.0.id()).ok()?)
        }

        /// Sleeps until the script has ended, but does not take leave of it: until then its number
        /// is that of no other group.
        fn wait(&self, limit: Duration, stop: &Stop) -> Result<(), Skipped> {
            let begin = Instant::now();
            let seen = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
            let has_ended =
                || self.pid().is_none_or(|pid| !matches!(waitid(WaitId::Pid(pid), seen), Ok(None)));
            while !has_ended() {
                if let Some(limit) = stop.reason() {
                    return Err(Skipped::Stopped(limit));
                }
                if begin.elapsed() >= limit {
                    return Err(Skipped::TooLong);
                }
                thread::sleep(LOOK);
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

    fn read(pipe: Option<impl Read>) -> Result<String, Skipped> {
        let mut said = String::new();
        pipe.map_or(Ok(0), |mut pipe| pipe.read_to_string(&mut said)).map_err(failed)?;
        Ok(said)
    }

    #[expect(clippy::needless_pass_by_value, reason = "for map_err")]
    fn failed(error: io::Error) -> Skipped {
        Skipped::Failed { because: error.to_string() }
    }
}
