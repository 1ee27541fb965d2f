//! What a thread can be recorded doing, and with what.

use serde::Serialize;

macro_rules! whats {
    ($($(#[$doc:meta])* $what:ident,)*) => {
        /// One thing a thread does. A stamp for giving is taken before it is done, a stamp for
        /// getting after: so what is given away always comes before who gets it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
        #[serde(rename_all = "kebab-case")]
        #[non_exhaustive]
        #[repr(u8)]
        pub enum What { $($(#[$doc])* $what,)* }

        impl What {
            /// All of them, by number.
            pub(super) const ALL: &'static [Self] = &[$(Self::$what,)*];
        }
    };
}

whats! {
    /// The thread's own code begins.
    Start,
    /// The thread's own code has ended.
    End,
    /// The thread has panicked.
    Panicked,
    /// It starts another thread.
    Spawned,
    /// It waits for threads to end.
    Joins,
    /// They have ended.
    Joined,
    /// It cannot have the object at once, and waits for it. (What is got at once has no
    /// `wants`.)
    Wants,
    /// It holds the object.
    Got,
    /// It shares the object with other readers.
    GotShared,
    /// It asked for the object, and did not get it.
    Refused,
    /// It gives the object back.
    Gave,
    /// It falls asleep on the object.
    Sleeps,
    /// It has been woken.
    Woken,
    /// It wakes threads that sleep on the object.
    Notified,
    /// It has put a value into the channel.
    Sent,
    /// It has taken a value out of the channel.
    Received,
    /// It has come to the barrier.
    Arrived,
    /// It has passed the barrier.
    Passed,
    /// It has come into a race window.
    Window,
    /// It leaves the race window, in which the dial has kept it.
    WindowLeft,
    /// It has read the atomic.
    Loaded,
    /// It writes the atomic.
    Stored,
    /// It has changed the atomic in one step.
    Modified,
    /// Its compare-and-exchange found another value.
    NotExchanged,
    /// It begins to work on a task.
    TaskStart,
    /// The task is done.
    TaskEnd,
    /// It waits for input or output.
    IoWait,
    /// The input is there, or the output gone.
    IoReady,
    /// It starts the process; the value is the number of the lane that the process has.
    ProcessStart,
    /// It has seen the process end; the value is that of its start.
    ProcessEnd,
    /// It has ended without having been asked to.
    Crash,
    /// Something worth a mark.
    Mark,
}

/// What kind of thing an object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ObjectKind {
    /// A mutex.
    Mutex,
    /// A reader-writer lock.
    RwLock,
    /// A semaphore.
    Semaphore,
    /// A condition variable.
    Condvar,
    /// A barrier.
    Barrier,
    /// A channel.
    Channel,
    /// A place to sleep on an atomic.
    Sleepers,
    /// A count of who is inside.
    Gauge,
    /// An atomic.
    Atomic,
    /// A race window.
    Window,
    /// A task.
    Task,
    /// A file or a socket.
    Io,
    /// A process.
    Process,
}

impl ObjectKind {
    /// Whether threads hold such an object: then it has a lane of its own.
    pub fn is_held(self) -> bool {
        matches!(self, Self::Mutex | Self::RwLock | Self::Semaphore | Self::Gauge)
    }
}
