//! A task's answer, to wait for.

use std::any::Any;
use std::error::Error;
use std::fmt::{self, Debug, Display};

use conclab_engine::sync::Arc;

use super::closure::Closure;
use super::platform::{Content, Platform};

/// Why a task gave no answer: it panicked.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TaskPanicked {
    /// What the panic said.
    pub message: String,
}

impl TaskPanicked {
    /// Takes the message out of a panic's payload.
    fn new(payload: &(dyn Any + Send)) -> Self {
        let text = match (payload.downcast_ref::<&str>(), payload.downcast_ref::<String>()) {
            (Some(text), _) => text,
            (None, Some(text)) => text.as_str(),
            (None, None) => "(no message)",
        };
        Self { message: text.to_owned() }
    }
}

impl Display for TaskPanicked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the task panicked: {}", self.message)
    }
}

impl Error for TaskPanicked {}

/// Owned permission to wait for a task's answer. Who drops it does not want the answer; the task
/// runs all the same.
#[must_use = "a task that nobody waits for may as well be executed without a handle"]
pub struct Handle<T: Content, P: Platform>(Arc<Slot<T, P>>);

/// Where a worker puts the answer.
struct Slot<T: Content, P: Platform> {
    answer: P::Lock<Option<Result<T, TaskPanicked>>>,
    /// Whether the answer is there: for a glance without the lock.
    there: P::Glimpse,
    answered: P::Signal,
}

impl<T: Content, P: Platform> Handle<T, P> {
    /// A task made of `f` and the handle of its answer.
    pub(super) fn of(f: impl FnOnce() -> T + Send + 'static) -> (Self, Closure) {
        let slot = Arc::new(Slot {
            answer: P::new_lock("answer", None),
            there: P::Glimpse::default(),
            answered: P::new_signal("answered"),
        });
        let handle = Self(Arc::clone(&slot));
        let task = move || slot.fill(P::catch_unwind(f));
        (handle, Closure::new(task))
    }

    /// Waits for the answer.
    ///
    /// # Errors
    /// If the task panicked.
    pub fn join(self) -> Result<T, TaskPanicked> {
        P::call((), |()| self.0.take())
    }
}

impl<T: Content, P: Platform> Slot<T, P> {
    /// Takes the answer, once it is there.
    fn take(&self) -> Result<T, TaskPanicked> {
        let mut answer = P::lock(&self.answer);
        if P::LINGERS && answer.is_none() {
            drop(answer);
            P::linger(&self.there);
            answer = P::lock(&self.answer);
        }
        loop {
            match answer.take() {
                Some(answer) => return answer,
                None => answer = P::wait(&self.answered, answer),
            }
        }
    }

    fn fill(&self, result: Result<T, Box<dyn Any + Send>>) {
        // The payload lives until the answer is there: to drop it may panic once more.
        let (answer, _payload) = match result {
            Ok(answer) => (Ok(answer), None),
            Err(payload) => (Err(TaskPanicked::new(&*payload)), Some(payload)),
        };
        *P::lock(&self.answer) = Some(answer);
        P::show(&self.there, 1);
        P::notify_one(&self.answered);
    }
}

impl<T: Content, P: Platform> Debug for Handle<T, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handle").finish_non_exhaustive()
    }
}
