//! What the output may look like: colour, width and alphabet, decided once, at the rim.

use std::ffi::OsStr;
use std::io::IsTerminal as _;

use anstream::{AutoStream, ColorChoice};
use supports_unicode::Stream;

use crate::cli::Globals;

/// Narrowest and widest screens that are laid out for.
const WIDTHS: std::ops::RangeInclusive<usize> = 60..=120;

/// Width where there is no terminal: files and pipes look like a standard screen.
const WIDTH: usize = 80;

/// What renderers may use.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Screen {
    /// Columns of a line.
    pub(crate) width: usize,
    /// Whether every byte must be ASCII.
    pub(crate) ascii: bool,
    /// Whether escape sequences for colour and bold type are wanted.
    pub(crate) colour: bool,
}

impl Screen {
    /// A standard screen without colour.
    pub(crate) const PLAIN: Self = Self { width: WIDTH, ascii: false, colour: false };
}

/// A decision about the screen and why it was taken, for `conclab doctor`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Why {
    /// What was decided.
    pub(crate) yes: bool,
    /// Why.
    pub(crate) because: &'static str,
}

/// Decides from the flags, the environment and what stdout is.
pub(crate) fn decide(globals: &Globals) -> Screen {
    Screen {
        width: size().map_or(WIDTH, |(columns, _)| columns.clamp(*WIDTHS.start(), *WIDTHS.end())),
        ascii: ascii(globals).yes,
        colour: AutoStream::choice(&std::io::stdout()) != ColorChoice::Never,
    }
}

/// Columns and rows of the terminal that stdout is; nothing if it is none.
pub(crate) fn size() -> Option<(usize, usize)> {
    let (columns, rows) = terminal_size::terminal_size_of(std::io::stdout())?;
    Some((usize::from(columns.0), usize::from(rows.0)))
}

/// Whether to write ASCII only.
pub(crate) fn ascii(globals: &Globals) -> Why {
    if globals.ascii {
        Why { yes: true, because: "--ascii was given" }
    } else if !std::io::stdout().is_terminal() {
        Why { yes: false, because: "stdout is not a terminal: files and pipes get UTF-8" }
    } else if supports_unicode::on(Stream::Stdout) {
        Why { yes: false, because: "the locale and the terminal say UTF-8" }
    } else {
        Why { yes: true, because: "the locale or the terminal does not say UTF-8" }
    }
}

/// Whether to use colour: the decision that [`decide`] takes, with the reason that applied.
pub(crate) fn colour() -> Why {
    let yes = AutoStream::choice(&std::io::stdout()) != ColorChoice::Never;
    let is = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let zero = |name: &str| std::env::var_os(name).as_deref() == Some(OsStr::new("0"));
    let because = match ColorChoice::global() {
        ColorChoice::Never => "--color never was given",
        ColorChoice::Always | ColorChoice::AlwaysAnsi => "--color always was given",
        ColorChoice::Auto if is("NO_COLOR") => "NO_COLOR is set",
        ColorChoice::Auto if is("CLICOLOR_FORCE") && !zero("CLICOLOR_FORCE") => {
            "CLICOLOR_FORCE is set"
        }
        ColorChoice::Auto if zero("CLICOLOR") => "CLICOLOR is 0",
        ColorChoice::Auto if !std::io::stdout().is_terminal() => "stdout is not a terminal",
        ColorChoice::Auto if yes => "stdout is a terminal with colours",
        ColorChoice::Auto => "TERM names no terminal with colours",
    };
    Why { yes, because }
}
