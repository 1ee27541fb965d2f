//! The terminal as a full screen: taken, drawn on, and given back as it was.

use std::io::{self, IsTerminal as _, Stdout, stdin, stdout};
use std::panic;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use conclab_engine::stop::Stop;
use ratatui::backend::CrosstermBackend;
use ratatui::crossterm::event::{self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use ratatui::crossterm::{cursor, execute, terminal};
use ratatui::{Frame, Terminal};

use super::job;

/// How often a request to stop is looked for.
const PACE: Duration = Duration::from_millis(100);

/// How soon after a program's end a key, Ctrl-C among them, may still have been for that program.
const HASTE: Duration = Duration::from_millis(300);

/// Whether the terminal must be put in order before the process ends.
static IN_USE: AtomicBool = AtomicBool::new(false);

/// Whether the screen shows something else than was drawn last.
static IS_BLANK: AtomicBool = AtomicBool::new(false);

/// Whether there is a terminal to draw on and read keys from.
pub(super) fn possible() -> bool {
    let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    stdin().is_terminal() && stdout().is_terminal() && !dumb
}

/// Arranges for a panic to be readable: first the terminal is put in order. The explorer silences
/// panics of a lab's code before they come here, if this is called before it begins.
pub(super) fn prepare() {
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        restore();
        before(info);
    }));
}

/// The next key that is pressed, or nothing if the process is asked to end. A terminal that changes
/// its size counts as a key without meaning: the screen is drawn again.
pub(super) fn next(stop: &Stop) -> anyhow::Result<Option<KeyEvent>> {
    loop {
        if stop.reason().is_some() || job::has_hung_up() || is_gone(Duration::ZERO) {
            return Ok(None);
        }
        if job::is_to_stop() {
            pause()?;
            return Ok(Some(KeyCode::Null.into()));
        }
        // What has been read already comes first.
        if !event::poll(Duration::ZERO).context("cannot read the terminal")? {
            is_gone(PACE);
            continue;
        }
        match event::read().context("cannot read the terminal")? {
            Event::Key(key) if key.kind == KeyEventKind::Release => {}
            Event::Key(key) if is_control(key, 'c') => return Ok(None),
            Event::Key(key) if is_control(key, 'z') => {
                pause()?;
                return Ok(Some(KeyCode::Null.into()));
            }
            Event::Key(key) => return Ok(Some(key)),
            Event::Resize(..) => return Ok(Some(KeyCode::Null.into())),
            _ => {}
        }
    }
}

/// Stops this process as a shell's job, with the terminal in order, and takes the terminal again
/// when it goes on.
fn pause() -> anyhow::Result<()> {
    // Relaxed: the flag publishes nothing but itself.
    let on_glass = IN_USE.load(Relaxed);
    restore();
    give_back_keys();
    job::stop();
    take_keys()
        .and_then(|()| if on_glass { enter() } else { Ok(()) })
        .context("cannot use the terminal")
}

/// Takes the keyboard: keys come one by one, and none is a signal.
fn take_keys() -> io::Result<()> {
    job::take();
    terminal::enable_raw_mode()
}

fn give_back_keys() {
    // What cannot be restored is lost with the terminal.
    let _ = terminal::disable_raw_mode();
    job::give_back();
}

/// Takes the screen, of which nothing is known.
fn enter() -> io::Result<()> {
    // Relaxed: the flags publish nothing but themselves.
    IN_USE.store(true, Relaxed);
    IS_BLANK.store(true, Relaxed);
    execute!(stdout(), terminal::EnterAlternateScreen, cursor::Hide)
}

/// Waits so long for the terminal to say something, and finds out whether it has been closed: what
/// reads events would wait for ever at the end of a terminal.
#[cfg(unix)]
fn is_gone(patience: Duration) -> bool {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};

    let stdin = stdin();
    let mut asked = [PollFd::new(&stdin, PollFlags::IN)];
    let patience = Timespec::try_from(patience).ok();
    // A signal, such as that of a new size, ends the wait early.
    let _ = poll(&mut asked, patience.as_ref());
    asked[0].revents().intersects(PollFlags::HUP | PollFlags::ERR)
}

/// The same where that cannot be found out.
#[cfg(not(unix))]
fn is_gone(patience: Duration) -> bool {
    let _ = event::poll(patience);
    false
}

/// Whether Ctrl-C was pressed; what else was is forgotten.
pub(super) fn stop_pressed() -> bool {
    event::poll(Duration::ZERO).is_ok_and(|there| there)
        && event::read()
            .is_ok_and(|event| event.as_key_press_event().is_some_and(|key| is_control(key, 'c')))
}

/// Whether it is Ctrl with this letter, which a terminal in raw mode hands over as a key.
fn is_control(key: KeyEvent, letter: char) -> bool {
    key.code == KeyCode::Char(letter) && key.modifiers.contains(KeyModifiers::CONTROL)
}

/// The terminal while it is ours.
pub(super) struct Glass {
    terminal: Terminal<CrosstermBackend<Stdout>>,
}

impl Glass {
    /// Takes the terminal.
    ///
    /// # Errors
    /// If it cannot be drawn on; it is given back then.
    pub(super) fn open() -> anyhow::Result<Self> {
        let opened = take_keys()
            .and_then(|()| enter())
            .and_then(|()| Terminal::new(CrosstermBackend::new(stdout())));
        match opened {
            Ok(terminal) => Ok(Self { terminal }),
            Err(error) => {
                restore();
                Err(error).context("cannot use the terminal")
            }
        }
    }

    /// Columns and rows.
    pub(super) fn size(&self) -> anyhow::Result<(usize, usize)> {
        let size = self.terminal.size().context("cannot ask the terminal for its size")?;
        Ok((usize::from(size.width), usize::from(size.height)))
    }

    /// Draws everything anew.
    pub(super) fn show(&mut self, draw: impl FnOnce(&mut Frame<'_>)) -> anyhow::Result<()> {
        // Relaxed: the flag publishes nothing but itself.
        if IS_BLANK.swap(false, Relaxed) {
            self.terminal.clear().context("cannot draw on the terminal")?;
        }
        self.terminal.draw(draw).map(|_| ()).context("cannot draw on the terminal")
    }
}

impl Drop for Glass {
    fn drop(&mut self) {
        restore();
    }
}

/// Waits for a key on a terminal that shows text; nothing if the process is asked to end. Keys that
/// were pressed before, or [in haste](HASTE), are forgotten: they were meant for what has ended.
pub(super) fn key_below_text(stop: &Stop) -> anyhow::Result<Option<KeyEvent>> {
    take_keys().context("cannot use the terminal")?;
    let listening = Instant::now() + HASTE;
    while event::poll(listening.saturating_duration_since(Instant::now())).is_ok_and(|key| key) {
        if event::read().is_err() {
            break;
        }
    }
    let key = loop {
        match next(stop) {
            Ok(Some(key)) if key.code == KeyCode::Null => {}
            other => break other,
        }
    };
    give_back_keys();
    key
}

/// Puts the terminal in order, once. What cannot be restored is lost with the terminal.
fn restore() {
    // Relaxed: the flag publishes nothing but itself.
    if IN_USE.swap(false, Relaxed) {
        let _ = execute!(stdout(), terminal::LeaveAlternateScreen, cursor::Show);
        give_back_keys();
    }
}
