//! mdBook as a library: the same version for everybody, and nothing that it says gets lost.

use std::fmt::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result};
use mdbook_driver::MDBook;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

/// Builds the book in `folder`; where its pages are, and what mdBook complained about.
pub(crate) fn pages(folder: &Path, out: Option<PathBuf>) -> Result<(PathBuf, Vec<String>)> {
    let listener = Listener::default();
    let built = tracing::subscriber::with_default(listener.clone(), || {
        let mut book = MDBook::load(folder)?;
        if let Some(out) = out {
            book.config.build.build_dir = out;
        }
        book.book.for_each_chapter_mut(|chapter| chapter.content = lazy(&chapter.content));
        book.build()?;
        anyhow::Ok(book.build_dir_for("html"))
    });
    let out = built.with_context(|| format!("mdBook cannot build {}", folder.display()))?;
    let out = out.canonicalize().with_context(|| format!("{} is not there", out.display()))?;
    let complaints = listener.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
    Ok((out, complaints))
}

/// Interactive pages are up to a megabyte each: they are loaded when somebody comes to them.
fn lazy(chapter: &str) -> String {
    chapter.replace("<iframe class=\"player\"", "<iframe class=\"player\" loading=\"lazy\"")
}

/// Keeps warnings and errors: mdBook goes on after a file that cannot be included.
#[derive(Clone, Debug, Default)]
struct Listener(Arc<Mutex<Vec<String>>>);

impl Subscriber for Listener {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= Level::WARN
    }

    fn event(&self, event: &Event<'_>) {
        let mut said = Said("mdBook: ".to_owned());
        event.record(&mut said);
        // The line before has it already.
        if said.0.contains("Caused By") {
            return;
        }
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(said.0);
    }

    // Only events are listened to; spans need nothing but a number.
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// The words of an event.
struct Said(String);

impl Visit for Said {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            // Writing to a string does not fail.
            let _ = write!(self.0, "{value:?}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interactive_pages_wait_until_they_are_seen() {
        let chapter = "text\n<iframe class=\"player\" src=\"play/race.html\"></iframe>\n";
        assert!(lazy(chapter).contains("<iframe class=\"player\" loading=\"lazy\" src="));
    }

    #[test]
    fn complaints_are_kept_and_chatter_is_not() {
        let listener = Listener::default();
        tracing::subscriber::with_default(listener.clone(), || {
            tracing::info!("begins");
            tracing::error!("cannot include {}", "a.rs");
        });
        assert_eq!(*listener.0.lock().unwrap(), ["mdBook: cannot include a.rs"]);
    }
}
