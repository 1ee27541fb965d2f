//! Ctrl-C and deadlines: how a command that has work to do is asked to stop.
//!
//! The first SIGINT or SIGTERM sets a flag that the work looks at, so that partial results are
//! still shown; a second one ends the process at once. Behind that stands a watchdog, for work
//! that does not look.

use std::io::{IsTerminal as _, Write as _};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

use conclab_engine::stop::Stop;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

use crate::exit::{self, Exit};

/// How long work may go on after it was asked to stop, before the watchdog ends it; and half as
/// long again as it has worked, because there is so much to add up.
const GRACE: Duration = Duration::from_secs(3);

/// How long a user who pressed Ctrl-C is left without an answer.
const PATIENCE: Duration = Duration::from_secs(1);

/// How often the watchdog looks; rare enough not to disturb a measurement.
const WATCH: Duration = Duration::from_millis(250);

/// How a command that talks with its user is asked to stop.
#[derive(Debug)]
pub(crate) struct Talk {
    /// Whether the user is being waited for.
    asking: Arc<AtomicBool>,
    interrupted: Arc<AtomicBool>,
}

impl Talk {
    /// Arranges for Ctrl-C to be heard: at once while the user is waited for, otherwise as a
    /// request to the work that goes on; there is no deadline for people.
    ///
    /// # Errors
    /// If the system refuses a signal handler.
    pub(crate) fn begin() -> std::io::Result<Self> {
        Self::arranged(true)
    }

    /// The same, but no signal ends the process at once: for a program that must put the terminal
    /// in order first.
    ///
    /// # Errors
    /// If the system refuses a signal handler.
    pub(crate) fn politely() -> std::io::Result<Self> {
        Self::arranged(false)
    }

    fn arranged(may_end: bool) -> std::io::Result<Self> {
        let asking = Arc::new(AtomicBool::new(false));
        let interrupted = Arc::new(AtomicBool::new(false));
        let code = i32::from(Exit::Interrupted.code());
        for signal in [SIGINT, SIGTERM] {
            // The order matters: a shutdown sees the flags as the signals before left them.
            if may_end {
                flag::register_conditional_shutdown(signal, code, Arc::clone(&asking))?;
                flag::register_conditional_shutdown(signal, code, Arc::clone(&interrupted))?;
            }
            flag::register(signal, Arc::clone(&interrupted))?;
        }
        Ok(Self { asking, interrupted })
    }

    /// Asks the work to stop, as a signal does.
    pub(crate) fn interrupt(&self) {
        // Relaxed: the flag publishes nothing but itself.
        self.interrupted.store(true, Relaxed);
    }

    /// Waits for the user by calling `wait`.
    pub(crate) fn ask<R>(&self, wait: impl FnOnce() -> R) -> R {
        // Relaxed: as above.
        self.asking.store(true, Relaxed);
        // A signal that came before this moment has ended nothing yet.
        if self.stop().reason().is_some() {
            exit::at_once(Exit::Interrupted);
        }
        let answer = wait();
        // Relaxed: as above.
        self.asking.store(false, Relaxed);
        answer
    }

    /// The request to stop, for work.
    pub(crate) fn stop(&self) -> Stop {
        Stop::new(Arc::clone(&self.interrupted), None)
    }
}

/// How a command that lets other programs run on its terminal is asked to stop: Ctrl-C goes to all
/// of them, and is meant for the one that runs.
#[derive(Debug)]
pub(crate) struct Host {
    talk: Talk,
    terminated: Arc<AtomicBool>,
}

impl Host {
    /// Arranges for signals to be heard.
    ///
    /// # Errors
    /// If the system refuses a signal handler.
    pub(crate) fn begin() -> std::io::Result<Self> {
        let asking = Arc::new(AtomicBool::new(false));
        let interrupted = Arc::new(AtomicBool::new(false));
        let terminated = Arc::new(AtomicBool::new(false));
        let code = i32::from(Exit::Interrupted.code());
        for signal in [SIGINT, SIGTERM] {
            flag::register_conditional_shutdown(signal, code, Arc::clone(&asking))?;
            flag::register(signal, Arc::clone(&interrupted))?;
        }
        flag::register(SIGTERM, Arc::clone(&terminated))?;
        Ok(Self { talk: Talk { asking, interrupted }, terminated })
    }

    /// The way to the user.
    pub(crate) fn talk(&self) -> &Talk {
        &self.talk
    }

    /// Whether the whole of it is to end, and not only what runs.
    pub(crate) fn terminated(&self) -> bool {
        // Relaxed: the flag publishes nothing but itself.
        self.terminated.load(Relaxed)
    }

    /// Forgets Ctrl-C: it was for a program that has ended.
    pub(crate) fn forgive(&self) {
        // Relaxed: as above.
        self.talk.interrupted.store(self.terminated(), Relaxed);
    }
}

/// Arranges for the work to be stopped after `timeout`, or when the user says so.
///
/// # Errors
/// If the system refuses a signal handler or a thread.
pub(crate) fn stop_after(timeout: Duration) -> std::io::Result<Stop> {
    let interrupted = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        // The order matters: the shutdown sees the flag as the signals before this one left it.
        let code = i32::from(Exit::Interrupted.code());
        flag::register_conditional_shutdown(signal, code, Arc::clone(&interrupted))?;
        flag::register(signal, Arc::clone(&interrupted))?;
    }
    let deadline = Instant::now() + timeout;
    let watched = Arc::clone(&interrupted);
    std::thread::Builder::new()
        .name("watchdog".to_owned())
        .spawn(move || watch(&watched, deadline, timeout))?;
    Ok(Stop::new(interrupted, Some(deadline)))
}

/// Ends the process when its work goes on though it was asked to stop. The process does not wait
/// for this thread: it is gone when `main` returns.
fn watch(interrupted: &AtomicBool, deadline: Instant, timeout: Duration) {
    let started = Instant::now();
    let mut asked: Option<Instant> = None;
    let mut told = false;
    loop {
        std::thread::sleep(WATCH);
        // Relaxed: the flag publishes nothing but itself.
        if asked.is_none() && interrupted.load(Relaxed) {
            asked = Some(Instant::now());
        }
        let Some(asked) = asked else {
            if Instant::now() > deadline + GRACE {
                let seconds = timeout.as_secs();
                let text = format!("--timeout {seconds}: the work did not stop by itself");
                give_up(&text, Exit::Timeout);
            }
            continue;
        };
        if !told && asked.elapsed() > PATIENCE {
            told = true;
            say("interrupted: adding up what was found; Ctrl-C again ends at once");
        }
        if asked.elapsed() > GRACE + asked.duration_since(started) / 2 {
            give_up("interrupted, and the work did not stop by itself", Exit::Interrupted);
        }
    }
}

fn give_up(why: &str, exit: Exit) -> ! {
    say(&format!("{why}; ended by the watchdog"));
    exit::at_once(exit)
}

/// Nobody is left to tell if stderr is gone.
fn say(text: &str) {
    let mut stderr = std::io::stderr();
    let _ = if stderr.is_terminal() {
        // Over the line of progress and the `^C` behind it, which the work still shows.
        writeln!(stderr, "\r{:74}", format!("conclab: {text}"))
    } else {
        writeln!(stderr, "conclab: {text}")
    };
}
