//! The files that `explore` writes besides what it prints: a page and a state graph.
//!
//! A file is there whole or not at all: it is written beside its place and then renamed.

use std::path::{Path, PathBuf};

use clap::ArgMatches;
use clap::error::{Error, ErrorKind};
use conclab_engine::report::Limit;
use conclab_kit::Searched;
use conclab_kit::lab::Card;
use conclab_kit::report::StateGraph;

use super::outfile;
use super::searches::said;
use crate::exit::Exit;
use crate::found::{Explored, Refusal};
use crate::play::source;
use crate::render::html::{self, Charted, Page};
use crate::render::{json, text};
use crate::session::Session;

/// Most states in the document of `--graph`: some 50 MB.
const GRAPH_STATES_MAX: usize = 100_000;

/// Most states of a variant that are looked at for a page: more than these never fit into one.
const PAGE_STATES_MAX: usize = 20_000;

/// What was asked for, and what has been gathered for it.
#[derive(Default)]
pub(super) struct Files {
    /// Whether files that exist may be replaced.
    force: bool,
    html: Option<PathBuf>,
    graph: Option<PathBuf>,
    charted: Vec<Charted>,
    refused: Vec<Refusal>,
}

impl Files {
    /// Takes the flags, and complains now about places that cannot be written to later.
    pub(super) fn asked(flags: &ArgMatches) -> anyhow::Result<Self> {
        let place = |flag: &str| -> anyhow::Result<Option<PathBuf>> {
            let path = flags.get_one::<PathBuf>(flag).cloned();
            if let Some(path) = path.as_deref().filter(|path| !is_stdout(path)) {
                outfile::check(flag, path, flags.get_flag("force"))?;
            }
            Ok(path)
        };
        let (html, graph, force) = (place("html")?, place("graph")?, flags.get_flag("force"));
        let files = Self { force, html, graph, ..Self::default() };
        if files.html.is_some() && files.html == files.graph {
            let message = "--html and --graph cannot both be written to the same place\n";
            return Err(<Error>::raw(ErrorKind::ArgumentConflict, message).into());
        }
        Ok(files)
    }

    /// Whether there is anything to write.
    pub(super) fn any(&self) -> bool {
        self.html.is_some() || self.graph.is_some()
    }

    /// Whether a file takes the place of what is printed.
    pub(super) fn take_stdout(&self) -> bool {
        [&self.html, &self.graph].into_iter().flatten().any(|path| is_stdout(path))
    }

    /// Gathers the states of a variant that has been explored; says why if that cannot be.
    pub(super) fn gather(&mut self, explored: &Explored, searched: &dyn Searched) -> Exit {
        if !self.any() {
            return Exit::Kept;
        }
        let states = if self.graph.is_some() { GRAPH_STATES_MAX } else { PAGE_STATES_MAX };
        match searched.graph(states) {
            Ok(graph) => {
                self.charted.push(Charted { explored: explored.clone(), graph });
                Exit::Kept
            }
            Err(error) => {
                let name = explored.variant.name;
                self.refuse(
                    name,
                    explored
                        .report
                        .limit
                        .map_or_else(|| error.to_string(), |limit| said(limit).to_owned()),
                );
                Exit::of_refusal(&error)
            }
        }
    }

    /// Notes that a variant will be missing.
    pub(super) fn refuse(&mut self, variant: &'static str, because: String) {
        self.refused.push(Refusal { variant, because });
    }

    /// Writes what was asked for.
    pub(super) fn write(mut self, card: Card, session: &Session) -> anyhow::Result<Exit> {
        let (html, graph) = (self.html.take(), self.graph.take());
        let interrupted = session.stop.reason() == Some(Limit::Interrupted);
        let first = self.charted.first().filter(|_| !interrupted);
        let Some(first) = first else {
            // How the command ends has been decided where the variants were refused.
            let because = self.refused.first().filter(|_| !interrupted);
            let because = because.map_or("interrupted", |one| &one.because);
            for path in html.iter().chain(&graph) {
                session.complain(&format!("{}: not written: {because}", path.display()));
            }
            return Ok(if interrupted { Exit::Interrupted } else { Exit::Kept });
        };
        if let Some(path) = graph {
            let StateGraph { states, states_all, .. } = &first.graph;
            self.save("graph", &path, &json::graph(&first.graph, &session.screen), session)?;
            let told =
                format!("{} of {} states", thousands(states.len()), text::thousands(*states_all));
            wrote(&path, &told, session);
        }
        if let Some(path) = html {
            for Refusal { variant, because } in &self.refused {
                session.complain(&format!("{variant}: not on the page: {because}"));
            }
            let sources = source::SOURCES;
            let page = Page { card, variants: &self.charted, refused: &self.refused, sources };
            let page = html::page(&page);
            self.save("html", &path, &page, session)?;
            wrote(&path, &format!("a page of {} bytes", thousands(page.len())), session);
        }
        Ok(Exit::Kept)
    }

    /// Writes a file, or prints it.
    fn save(&self, flag: &str, path: &Path, text: &str, session: &Session) -> anyhow::Result<()> {
        if is_stdout(path) {
            return session.print(text);
        }
        outfile::write(flag, path, text, self.force)
    }
}

fn thousands(number: usize) -> String {
    text::thousands(number as u64)
}

fn wrote(path: &Path, what: &str, session: &Session) {
    if !is_stdout(path) {
        session.note(&format!("{}: {what}", path.display()));
    }
}

fn is_stdout(path: &Path) -> bool {
    path.as_os_str() == "-"
}
