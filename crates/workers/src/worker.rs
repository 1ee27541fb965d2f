//! The other side: a process that does one task after the other until its parent hangs up.
//!
//! It ends with its parent, however that ends: it reads the end of its input; where it is asked
//! to (Linux, FreeBSD), the system kills it when it is in the middle of a task.

use std::ffi::OsString;
use std::fmt;
use std::fs::File;
use std::io::{self, Read, Write};

use rustix::process::getppid;

use super::attempt::{attempt, keep_panics};
use super::frames::{self, FrameError, Inbox, REPLY_BYTES_MAX, TASK_BYTES_MAX};
use super::messages::{self, Arrived, GREETING_BYTES, Reply, VERSION};
use super::pace::Pace;
use super::progress::Progress;
use super::ring_worker::Line;
use super::role::{At, Entry, Role, Shared};
pub use super::tape::Happens;
use super::tape::{self, Tape};

/// Replies are sent when there are so many bytes of them, whatever else is to be done.
const REPLIES_BYTES_MAX: usize = 64 << 10;

/// Payloads of longer frames are not copied once more.
const LENT_BYTES_MIN: usize = 1 << 10;

/// Why a worker ends before its parent hangs up.
#[derive(Debug)]
pub enum WorkerError {
    /// It was not started by a pool.
    Usage,
    /// Its parent speaks another version, or is none.
    Greeting {
        /// The version, if it was a greeting at all.
        version: Option<u32>,
    },
    /// Its parent sent something that is no task.
    Frame(FrameError),
    /// The system refused something.
    System(io::Error),
}

impl fmt::Display for WorkerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage => write!(f, "workers are started by a pool of processes, not by hand"),
            Self::Greeting { version: Some(version) } => {
                write!(f, "the parent speaks version {version} of the protocol, not {VERSION}")
            }
            Self::Greeting { version: None } => write!(f, "the parent is no pool of processes"),
            Self::Frame(error) => write!(f, "the parent sent {error}"),
            Self::System(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for WorkerError {}

impl From<io::Error> for WorkerError {
    fn from(error: io::Error) -> Self {
        Self::System(error)
    }
}

impl From<rustix::io::Errno> for WorkerError {
    fn from(error: rustix::io::Errno) -> Self {
        Self::System(error.into())
    }
}

impl From<FrameError> for WorkerError {
    fn from(error: FrameError) -> Self {
        Self::Frame(error)
    }
}

/// Works for the pool that started this process; `arguments` are those that it added.
///
/// # Errors
/// If this is no such process, or the conversation with the parent cannot go on.
pub fn work<R: Role>(arguments: &[OsString]) -> Result<(), WorkerError> {
    let number = |idx: usize| arguments.get(idx)?.to_str()?.parse::<i32>().ok();
    let parent = number(0).ok_or(WorkerError::Usage)?;
    let worker_idx = number(2).and_then(|idx| usize::try_from(idx).ok());
    end_with(parent)?;
    let progress = number(1).and_then(|lent| Progress::inherited(lent).ok());
    let orders = progress.zip(worker_idx).filter(|(progress, idx)| *idx < progress.words());
    let (progress, worker_idx) = orders.ok_or(WorkerError::Usage)?;
    let replies = File::from(rustix::io::fcntl_dupfd_cloexec(rustix::stdio::stdout(), 3)?);
    // Whatever a task prints must not get between the replies.
    rustix::stdio::dup2_stdout(rustix::stdio::stderr())?;
    let tasks = File::from(rustix::io::fcntl_dupfd_cloexec(rustix::stdio::stdin(), 3)?);
    keep_panics();
    let tape = tape(arguments)?;
    let announce = |number, happens| {
        if let Some(tape) = &tape {
            tape.note(happens, number);
        }
        match happens {
            Happens::Begin => progress.begin(worker_idx, number),
            Happens::End => progress.end(worker_idx, number),
            _ => {}
        }
    };
    announce(0, Happens::Starts);
    let shared = |at, bytes, look: &mut dyn FnMut(&[u8])| progress.look(at, bytes, look).is_some();
    match number(3) {
        None => serve::<R>(tasks, replies, announce, shared),
        Some(rings) => {
            let line = Line::inherited(rings, tasks, replies).ok().ok_or(WorkerError::Usage)?;
            serve::<R>(&line, &line, announce, shared)
        }
    }
}

impl Entry {
    /// The entry of a worker of a pool.
    pub const fn worker<R: Role>() -> Self {
        Self { name: R::NAME, play: |arguments| Ok(work::<R>(arguments).map(|()| String::new())?) }
    }
}

/// The tape that the parent has given this process, if it records: always the last argument.
fn tape(arguments: &[OsString]) -> Result<Option<Tape>, WorkerError> {
    let last = arguments.last().and_then(|last| last.to_str());
    let Some(number) = last.and_then(|last| last.strip_prefix(tape::ARGUMENT)) else {
        return Ok(None);
    };
    let tape = number.parse().ok().and_then(|number| Tape::inherited(number).ok());
    tape.ok_or(WorkerError::Usage).map(Some)
}

/// Has the system kill this process when its parent ends.
fn end_with(parent: i32) -> io::Result<()> {
    #[cfg(any(target_os = "linux", target_os = "android", target_os = "freebsd"))]
    rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL))?;
    // The parent may have ended before the line above; then another process has adopted us.
    let now = getppid().map(|pid| pid.as_raw_nonzero().get());
    if now == Some(parent) { Ok(()) } else { Err(io::Error::other("the parent is gone")) }
}

/// Does the tasks that come from `tasks`, and sends the replies to `replies`, until there are no
/// more. Tells `announce` what happens, and to which task; `shared` shows bytes of the place that
/// all workers see.
///
/// # Errors
/// If what comes is no conversation with a parent, or the parent does not take the replies.
pub fn serve<R: Role>(
    mut tasks: impl Read,
    mut replies: impl Write,
    announce: impl Fn(u32, Happens),
    shared: impl Fn(u64, u64, &mut dyn FnMut(&[u8])) -> bool,
) -> Result<(), WorkerError> {
    send(&mut replies, &mut messages::greeting().to_vec(), &announce)?;
    let mut inbox = Inbox::new(TASK_BYTES_MAX);
    while inbox.len() < GREETING_BYTES {
        if fill(&mut inbox, &mut tasks, &announce)? == 0 {
            return Ok(());
        }
    }
    let version = inbox.take(GREETING_BYTES).and_then(messages::version);
    if version != Some(VERSION) {
        return Err(WorkerError::Greeting { version });
    }
    let mut outbox = Vec::new();
    let mut pace = Pace::start();
    loop {
        pace.filled(inbox.len());
        while let Some(frame) = inbox.next_frame()? {
            let reply = reply::<R>(frame, &announce, &shared)?;
            frames::append(&reply, REPLY_BYTES_MAX, &mut outbox)?;
            if pace.is_time_to_send(inbox.len()) || outbox.len() > REPLIES_BYTES_MAX {
                send(&mut replies, &mut outbox, &announce)?;
            }
        }
        send(&mut replies, &mut outbox, &announce)?;
        if fill(&mut inbox, &mut tasks, &announce)? == 0 {
            return Ok(());
        }
    }
}

/// Does the task in a frame.
fn reply<R: Role>(
    frame: &[u8],
    announce: &impl Fn(u32, Happens),
    shared: &Shared<'_>,
) -> Result<Reply<R::Answer>, FrameError> {
    let announced = |number, task: &mut dyn FnMut() -> Result<R::Answer, String>| {
        announce(number, Happens::Begin);
        let ended = attempt(task);
        announce(number, Happens::End);
        Reply { number, ended }
    };
    let kind = R::BULK_KIND.filter(|_| frame.len() > LENT_BYTES_MIN);
    if let Some((number, bulk)) = kind.and_then(|kind| messages::bulk(kind, frame)) {
        return Ok(announced(number, &mut || R::run_bulk(bulk)));
    }
    let Arrived { number, deaths, work } = frames::message(frame)?;
    let announce = |happens| announce(number, happens);
    let at = At { deaths: u32::from(deaths), shared, announce: &announce };
    Ok(announced(number, &mut || R::run(&work, &at)))
}

/// Takes what has come, and waits for something if nothing has; 0 is the end.
fn fill(
    inbox: &mut Inbox,
    tasks: &mut impl Read,
    announce: &impl Fn(u32, Happens),
) -> io::Result<usize> {
    announce(0, Happens::Waits);
    let done = loop {
        match inbox.fill(|room| tasks.read(room)) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            done => break done,
        }
    };
    let is_over = matches!(done, Ok(0));
    announce(0, if is_over { Happens::Leaves } else { Happens::Received });
    done
}

fn send(
    replies: &mut impl Write,
    outbox: &mut Vec<u8>,
    announce: &impl Fn(u32, Happens),
) -> io::Result<()> {
    if !outbox.is_empty() {
        announce(0, Happens::Replies);
        replies.write_all(outbox)?;
        outbox.clear();
    }
    Ok(())
}
