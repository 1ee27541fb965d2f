//! The full screen as a job of a shell: it can be stopped and come back, and it ends when the
//! terminal hangs up, each time with the terminal as it was.

use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::{Relaxed, SeqCst};
use std::sync::{Arc, LazyLock, Once};

/// What the system has asked of this process.
struct Asked {
    /// Nobody has the terminal: signals do what they always do.
    idle: Arc<AtomicBool>,
    stop: Arc<AtomicBool>,
    hang_up: Arc<AtomicBool>,
}

static ASKED: LazyLock<Asked> = LazyLock::new(|| Asked {
    idle: Arc::new(AtomicBool::new(true)),
    stop: Arc::default(),
    hang_up: Arc::default(),
});

/// From here on, until [`give_back`], the terminal must be put in order before this process stops
/// or ends.
pub(super) fn take() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // Without handlers signals do what they always do; only the terminal's order is lost.
        let _ = listen();
    });
    // SeqCst: pairs with the load in the handlers of `listen`.
    ASKED.idle.store(false, SeqCst);
}

/// The terminal is in order.
pub(super) fn give_back() {
    // SeqCst: pairs with the load in the handlers of `listen`.
    ASKED.idle.store(true, SeqCst);
}

/// Whether this process was asked to stop, as by Ctrl-Z; the question is forgotten.
pub(super) fn is_to_stop() -> bool {
    // Relaxed: the flag publishes nothing but itself.
    ASKED.stop.swap(false, Relaxed)
}

/// Whether the terminal has hung up.
pub(super) fn has_hung_up() -> bool {
    // Relaxed: the flag publishes nothing but itself.
    ASKED.hang_up.load(Relaxed)
}

#[cfg(unix)]
fn listen() -> std::io::Result<()> {
    use signal_hook::consts::{SIGHUP, SIGTSTP};
    use signal_hook::flag;

    flag::register_conditional_default(SIGTSTP, Arc::clone(&ASKED.idle))?;
    flag::register(SIGTSTP, Arc::clone(&ASKED.stop))?;
    if !ignores_hang_ups() {
        flag::register_conditional_default(SIGHUP, Arc::clone(&ASKED.idle))?;
        flag::register(SIGHUP, Arc::clone(&ASKED.hang_up))?;
    }
    Ok(())
}

#[cfg(not(unix))]
fn listen() -> std::io::Result<()> {
    Ok(())
}

/// Whether whoever started this process wants it to survive its terminal, as `nohup` does.
#[cfg(unix)]
fn ignores_hang_ups() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let set = ignored.and_then(|set| u64::from_str_radix(set.trim(), 16).ok());
    // Signals are counted from 1, and the first is SIGHUP.
    set.is_some_and(|set| set & 1 == 1)
}

/// Stops this process until somebody lets it go on.
#[cfg(unix)]
pub(super) fn stop() {
    // Where it cannot be stopped it goes on.
    let _ = signal_hook::low_level::emulate_default_handler(signal_hook::consts::SIGTSTP);
}

#[cfg(not(unix))]
pub(super) fn stop() {}
