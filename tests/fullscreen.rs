//! The full screen of `conclab play` in a real terminal: tmux draws it, presses keys and tells what
//! is to be seen. Where there is no tmux, nothing is checked, and the tests say so.
#![cfg(unix)]

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// How long a text may take to appear; far more than it takes on a machine that has much to do.
const PATIENCE: Duration = Duration::from_mins(1);

/// What runs in the terminal: says how the program ended, and whether the terminal is as before.
const SCRIPT: &str = r#"[ "$1" = door ] && { "$GAME"; echo "exit=$?"; read rest; exit; }
echo before the game
before=$(stty -g)
[ "$1" = deaf ] && { shift; trap '' HUP; }
"$GAME" play race --fresh "$@"
code=$?
echo "exit=$code"
echo "$code" > "$TMUX_TMPDIR/ended"
[ "$(stty -g)" = "$before" ] && echo the terminal is as before
read rest"#;

/// A terminal of 80 × 24 with a tmux server of its own, which ends with it.
struct Terminal {
    /// Where the server has its socket.
    folder: PathBuf,
}

impl Terminal {
    /// Starts the game in a new terminal; nothing if there is no tmux.
    fn open(name: &str, flags: &[&str]) -> Option<Self> {
        if Command::new("tmux").arg("-V").output().is_err() {
            // Past the test's own capture, so that a skip is seen.
            let _ = writeln!(std::io::stderr(), "fullscreen: skipped: there is no tmux");
            return None;
        }
        // A socket's path must be short, so that it cannot be below the target folder.
        let folder = std::env::temp_dir().join(format!("conclab-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("the folder for temporary files can be written");
        let terminal = Self { folder };
        let mut arguments = vec!["new-session", "-d", "-x", "80", "-y", "24", "sh", "-c", SCRIPT];
        arguments.push("sh");
        arguments.extend(flags);
        terminal.tmux(&arguments);
        Some(terminal)
    }

    fn tmux(&self, arguments: &[&str]) -> String {
        let mut command = self.command();
        command.args(arguments);
        for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS", "LINES"] {
            command.env_remove(name);
        }
        command.env("LC_ALL", "C.UTF-8").env("GAME", env!("CARGO_BIN_EXE_conclab"));
        let Output { status, stdout, stderr } = command.output().expect("tmux can be started");
        let error = String::from_utf8_lossy(&stderr);
        assert!(status.success(), "tmux {arguments:?}: {error}");
        String::from_utf8(stdout).expect("tmux -u speaks UTF-8")
    }

    /// tmux with this terminal's server, and nothing that the user has set up.
    fn command(&self) -> Command {
        let mut command = Command::new("tmux");
        command.args(["-u", "-L", "conclab", "-f", "/dev/null"]);
        command.env("TMUX_TMPDIR", &self.folder).env_remove("TMUX");
        command
    }

    fn press(&self, keys: &[&str]) {
        self.tmux(&[&["send-keys"], keys].concat());
    }

    fn resize(&self, columns: &str, rows: &str) {
        self.tmux(&["resize-window", "-x", columns, "-y", rows]);
    }

    fn screen(&self) -> String {
        self.tmux(&["capture-pane", "-p"])
    }

    /// Waits until the screen shows `text`, and returns the screen.
    fn wait(&self, text: &str) -> String {
        let begin = Instant::now();
        loop {
            let screen = self.screen();
            if screen.contains(text) {
                return screen;
            }
            assert!(begin.elapsed() < PATIENCE, "`{text}` does not come:\n{screen}");
            sleep(Duration::from_millis(20));
        }
    }

    /// Waits until the game has ended with this code, and checks that it has left no trace.
    fn ends(&self, code: &str) {
        let screen = self.wait("the terminal is as before");
        assert!(screen.contains("before the game"), "{screen}");
        assert!(screen.contains(&format!("exit={code}\n")), "{screen}");
        assert!(!screen.contains("WHO GOES NEXT"), "{screen}");
        let modes = self.tmux(&["display-message", "-p", "#{alternate_on} #{cursor_flag}"]);
        assert_eq!(modes.trim(), "0 1", "alternate screen, cursor");
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // Also after a failure; it may be gone already.
        let _ = self.command().arg("kill-server").output();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// The number that stands before a text on the list of choices.
fn number<'a>(screen: &'a str, text: &str) -> &'a str {
    let line = screen.lines().find(|line| line.contains(text)).expect("it is on the list");
    line.split_whitespace().find(|word| *word != ">").expect("a number")
}

#[test]
fn a_game_is_won_on_the_full_screen() {
    let Some(terminal) = Terminal::open("won", &[]) else { return };
    terminal.wait("WHO GOES NEXT");
    for (step, key) in [(1, "1"), (2, "2"), (3, "2")] {
        terminal.press(&[key]);
        terminal.wait(&format!("After step {step}, "));
    }
    terminal.press(&["u"]);
    terminal.wait("After step 2, ");
    terminal.press(&["h"]);
    terminal.wait("Hint 1 of 3");
    terminal.press(&["Down", "Enter"]);
    terminal.wait("After step 3, B store");
    terminal.press(&["1"]);
    let repairs = terminal.wait("REPAIRS");
    assert!(repairs.contains("You used 2 context switches: nobody needs fewer."), "{repairs}");
    terminal.press(&[number(&repairs, "hold one lock from load to store")]);
    terminal.wait("mutex is proved");
    terminal.press(&["q"]);
    terminal.ends("0");
}

#[test]
fn the_name_alone_opens_the_front_door_on_a_terminal() {
    let Some(terminal) = Terminal::open("door", &["door"]) else { return };
    let screen = terminal.wait("exit=0");
    assert!(screen.contains("conclab race        begin here"), "{screen}");
    assert!(screen.contains("  pool       a few workers do many tasks"), "{screen}");
}

#[test]
fn ctrl_c_ends_the_full_screen_with_130() {
    let Some(terminal) = Terminal::open("interrupted", &[]) else { return };
    terminal.wait("WHO GOES NEXT");
    terminal.press(&["1"]);
    terminal.wait("After step 1, ");
    terminal.press(&["C-c"]);
    terminal.ends("130");
}

#[test]
fn a_terminal_that_changes_its_size_does_no_harm() {
    let Some(terminal) = Terminal::open("resized", &[]) else { return };
    terminal.wait("WHO GOES NEXT");
    terminal.resize("60", "15");
    terminal.wait("Make it larger");
    terminal.press(&["1"]);
    terminal.resize("80", "24");
    terminal.wait("After step 1, ");
    for (columns, rows) in [("1", "1"), ("200", "50"), ("3", "60"), ("80", "24")] {
        terminal.resize(columns, rows);
    }
    terminal.press(&["u"]);
    terminal.wait("At the beginning");
    terminal.press(&["q"]);
    terminal.ends("0");
}

#[test]
fn a_prediction_can_be_read_before_the_screen_is_taken() {
    let Some(terminal) = Terminal::open("predicted", &["--predict"]) else { return };
    terminal.wait("`none`.");
    terminal.press(&["b c", "Enter"]);
    let graded = terminal.wait("Press Enter to play.");
    assert!(graded.contains("You have 5 of 5 right."), "{graded}");
    terminal.press(&["Enter"]);
    terminal.wait("WHO GOES NEXT");
    terminal.press(&["q"]);
    terminal.ends("0");
}

#[test]
fn a_game_ends_with_its_terminal() {
    // Deaf for hang-ups, as under nohup: nobody else ends it.
    let Some(terminal) = Terminal::open("closed", &["deaf"]) else { return };
    terminal.wait("WHO GOES NEXT");
    terminal.command().arg("kill-server").output().expect("tmux can be started");
    let ended = terminal.folder.join("ended");
    let begin = Instant::now();
    while !fs::read_to_string(&ended).is_ok_and(|code| code.ends_with('\n')) {
        assert!(begin.elapsed() < PATIENCE, "the game goes on without a terminal");
        sleep(Duration::from_millis(20));
    }
}

/// The process of the game, a child of the terminal's shell.
#[cfg(target_os = "linux")]
fn game(terminal: &Terminal) -> rustix::process::Pid {
    let shell = terminal.tmux(&["display-message", "-p", "#{pane_pid}"]);
    let shell = shell.trim();
    let children = fs::read_to_string(format!("/proc/{shell}/task/{shell}/children"));
    let children = children.expect("Linux tells the children of a process");
    let pid = children.split_whitespace().next().and_then(|pid| pid.parse().ok());
    pid.and_then(rustix::process::Pid::from_raw).expect("the game runs")
}

#[test]
#[cfg(target_os = "linux")]
fn a_hang_up_ends_the_game_with_the_terminal_in_order() {
    use rustix::process::{Signal, kill_process};
    let Some(terminal) = Terminal::open("hung-up", &[]) else { return };
    terminal.wait("WHO GOES NEXT");
    kill_process(game(&terminal), Signal::HUP).expect("the game runs");
    terminal.ends("130");
}

#[test]
#[cfg(target_os = "linux")]
fn a_stopped_game_gives_the_terminal_back_and_comes_again() {
    use rustix::process::{Signal, kill_process};
    let Some(terminal) = Terminal::open("stopped", &[]) else { return };
    terminal.wait("WHO GOES NEXT");
    terminal.press(&["1"]);
    terminal.wait("After step 1, ");
    let game = game(&terminal);
    let modes = || terminal.tmux(&["display-message", "-p", "#{alternate_on} #{cursor_flag}"]);
    for by_key in [false, true] {
        if by_key {
            terminal.press(&["C-z"]);
        } else {
            kill_process(game, Signal::TSTP).expect("the game runs");
        }
        let screen = terminal.wait("before the game");
        assert!(!screen.contains("WHO GOES NEXT"), "{screen}");
        assert_eq!(modes().trim(), "0 1", "alternate screen, cursor");
        let stat = || fs::read_to_string(format!("/proc/{}/stat", game.as_raw_nonzero()));
        let begin = Instant::now();
        while !stat().expect("it is stopped, not gone").contains(") T ") {
            assert!(begin.elapsed() < PATIENCE, "the game is not stopped");
            sleep(Duration::from_millis(20));
        }
        kill_process(game, Signal::CONT).expect("the game is there");
        terminal.wait("After step 1, ");
        assert_eq!(modes().trim(), "1 0", "alternate screen, cursor");
    }
    terminal.press(&["q"]);
    terminal.ends("0");
}
