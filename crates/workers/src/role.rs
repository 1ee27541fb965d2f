//! What children of this program do: a role is the same code on both sides of the pipe.

use std::error::Error;
use std::ffi::OsString;
use std::fmt::{self, Debug};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::tape::Happens;

/// What worker processes of a pool do with a task.
pub trait Role: Debug + 'static {
    /// What is sent to a worker.
    type Task: Serialize + DeserializeOwned + Debug;
    /// What it answers.
    type Answer: Serialize + DeserializeOwned + Clone + Debug;

    /// The name by which the program finds this role in a child, see [`Entry`].
    const NAME: &'static str;

    /// The number among the kinds of tasks of the one that is nothing but bulk, if there is one:
    /// its bytes are sent and read where they lie.
    const BULK_KIND: Option<u32> = None;

    /// Does a task.
    ///
    /// # Errors
    /// Why there is no answer, in words.
    fn run(task: &Self::Task, at: &At<'_>) -> Result<Self::Answer, String>;

    /// The bytes of a task that is nothing but bulk; none of any other.
    fn bulk(task: &Self::Task) -> &[u8] {
        let _ = task;
        &[]
    }

    /// Does a task that is nothing but bulk.
    ///
    /// # Errors
    /// As for [`Role::run`].
    fn run_bulk(bulk: &[u8]) -> Result<Self::Answer, String> {
        let _ = bulk;
        Err("there is no such task".to_owned())
    }
}

/// Shows bytes of the place that all workers see, by where they begin and how many there are; says
/// whether it has them.
pub(super) type Shared<'a> = dyn Fn(u64, u64, &mut dyn FnMut(&[u8])) -> bool + 'a;

/// What a child printed, or why it could not play its role.
pub type Played = Result<String, Box<dyn Error + Send + Sync>>;

/// Where a task is done: a worker, with what it shares with the others.
pub struct At<'a> {
    /// So many workers died of this task before.
    pub deaths: u32,
    pub(super) shared: &'a Shared<'a>,
    pub(super) announce: &'a dyn Fn(Happens),
}

impl At<'_> {
    /// Calls `look` with so many bytes of the place that all workers see; nothing if it does not
    /// have them.
    pub fn look<A>(&self, at: u64, bytes: u64, look: impl Fn(&[u8]) -> A) -> Option<A> {
        let mut seen = None;
        (self.shared)(at, bytes, &mut |bytes| seen = Some(look(bytes)));
        seen
    }

    /// Waits for a server: a recording shows it.
    pub fn asks<A>(&self, ask: impl FnOnce() -> A) -> A {
        (self.announce)(Happens::Asks);
        let answer = ask();
        (self.announce)(Happens::Answered);
        answer
    }
}

impl Debug for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("At").field("deaths", &self.deaths).finish_non_exhaustive()
    }
}

/// What a child of this program was started for, by name: all children come in by one door.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// The name of the role.
    pub name: &'static str,
    /// Plays it with the arguments that its parent gave; what it returns is printed at the end.
    pub play: fn(&[OsString]) -> Played,
}
