//! `conclab doctor`: what this machine can show, and what was decided about its screen.

use super::page::{Paint, indented, joined};
use crate::found::{Doctor, VERSION};
use crate::screen::Screen;

/// A line for everything that was looked at.
pub(crate) fn doctor(doctor: &Doctor, screen: &Screen) -> String {
    let terminal = &doctor.terminal;
    let yes = |yes: bool| if yes { "yes" } else { "no" };
    let cores = match &doctor.affinity {
        Some(affinity) => format!("{} usable (affinity: {affinity})", doctor.cores),
        None => format!("{} usable", doctor.cores),
    };
    let size = match (terminal.columns, terminal.rows) {
        (Some(columns), Some(rows)) => format!("yes, {columns} columns, {rows} rows"),
        _ => format!("{}; laid out for 80 columns", yes(terminal.tty)),
    };
    let python = match (&doctor.python.version, &doctor.python.problem) {
        (Some(version), _) => version.clone(),
        (None, Some(problem)) => format!("none: {problem}"),
        (None, None) => "none".to_owned(),
    };
    let rows = [
        ("version", format!("conclab {VERSION}, {} build", doctor.profile)),
        ("system", format!("{} on {}", doctor.os, doctor.arch)),
        ("cores", cores),
        ("terminal", size),
        ("colour", format!("{}: {}", yes(terminal.colour), terminal.colour_because)),
        ("unicode", format!("{}: {}", yes(terminal.unicode), terminal.unicode_because)),
        ("python3", python),
    ];
    let mut lines = Vec::new();
    let labs = doctor.labs.iter().map(|one| (one.lab, one.real.to_owned()));
    for (name, value) in rows.into_iter().chain(labs) {
        let head = screen.paint(&screen.cell(name, 10), Paint::Head);
        let mut value = indented(screen.wrap(&value, screen.width - 12), 12);
        if let Some(first) = value.first_mut() {
            *first = format!("{head}  {}", first.trim_start());
        }
        lines.extend(value);
    }
    joined(&lines, screen)
}
