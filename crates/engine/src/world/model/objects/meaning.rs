//! What there is to say about an operation of an object whose whole state is one word.

use crate::report::Wait;
use crate::world::model::ids::{ThreadId, WOULD_BLOCK};

/// What an operation means. Nothing has a default: an operation that forgets an answer does not
/// compile.
pub(crate) trait Meaning: Copy {
    /// Whether it is no step: done as soon as it is enabled.
    fn is_eager(self) -> bool;

    /// In how many ways `thread` can do it now; 0 if it cannot.
    fn ways(self, word: u64, thread: ThreadId) -> u8;

    /// Does it, by branch `branch`: the word after it, and what the thread is given.
    fn apply(self, word: u64, thread: ThreadId, branch: u8) -> (u64, u64);

    /// What kind of waiting it is, for a thread that cannot do it; nothing if every thread can.
    fn wait(self) -> Option<Wait>;

    /// The operation on `name`, in the words of the source.
    fn words(self, name: &str) -> String;

    /// What the thread was given, if that is worth a word.
    fn given(self, result: u64) -> Option<&'static str>;
}

/// What came of an operation that does not wait.
pub(crate) fn tried(result: u64) -> &'static str {
    if result == WOULD_BLOCK { "would block" } else { "taken" }
}
