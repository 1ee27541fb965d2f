//! A task that panics fails alone: the worker catches the panic and says so.

use std::cell::{Cell, RefCell};
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};

use super::messages::{Ended, shortened};

thread_local! {
    /// Whether a task is being done on this thread.
    static AT_WORK: Cell<bool> = const { Cell::new(false) };
    /// What the last panic of a task said, and where.
    static LAST: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Keeps what panics of tasks say for the reply. All other panics stay as loud as they were.
pub(super) fn keep_panics() {
    let others = panic::take_hook();
    panic::set_hook(Box::new(move |panicked| {
        if AT_WORK.get() {
            LAST.with(|last| last.replace(told(panicked)));
        } else {
            others(panicked);
        }
    }));
}

fn told(panicked: &PanicHookInfo<'_>) -> String {
    let message = panicked.payload_as_str().unwrap_or("a panic without words");
    match panicked.location() {
        Some(place) => format!("{message} ({}:{})", place.file(), place.line()),
        None => message.to_owned(),
    }
}

/// Does a task.
pub(super) fn attempt<A>(work: impl FnOnce() -> Result<A, String>) -> Ended<A> {
    AT_WORK.set(true);
    // What a panic leaves behind is dropped with the task: nothing else is borrowed by it.
    let ended = panic::catch_unwind(AssertUnwindSafe(work));
    AT_WORK.set(false);
    match ended {
        Ok(Ok(answer)) => Ended::Answer(answer),
        Ok(Err(error)) => Ended::Failed(shortened(error)),
        Err(_) => Ended::Panicked(shortened(LAST.take())),
    }
}
