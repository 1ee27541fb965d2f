//! A client that blocks: its thread sleeps in the kernel until the answer is there.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use conclab_engine::stop::Stop;
use conclab_engine::world::traced;

use super::wire::{FRAME_BYTES, Reply, Request};
use super::{SocketError, room_for};

/// No answer for so long after it was due is an error: the machine may be busy, but not so busy.
const PATIENCE: Duration = Duration::from_secs(5);

/// Connections of this process that wait for the next question.
static FREE: Mutex<Vec<Connection>> = Mutex::new(Vec::new());

/// A connection to the server, with no question under way.
#[derive(Debug)]
struct Connection {
    port: u16,
    stream: TcpStream,
    /// Questions asked on it.
    n_asked: u32,
    /// The kernel's limit for a read on it; setting it is a call of its own.
    patience: Duration,
}

/// Asks the server at `port` and sleeps until it has answered, `delay_us` microseconds later.
/// Returns the delay once the answer has been checked, so that the answers of a run add up to a
/// sum known beforehand.
///
/// # Errors
/// The server cannot be reached, turns the connection away, hangs up, is silent for seconds, or
/// its answer is wrong or too early. The connection is then closed.
pub fn ask(port: u16, delay_us: u32) -> io::Result<u64> {
    let kept = take(port);
    let was_kept = kept.is_some();
    let mut answered = match kept {
        Some(connection) => connection.ask(delay_us),
        None => Connection::open(port).and_then(|connection| connection.ask(delay_us)),
    };
    // An earlier server at the same port has hung up meanwhile: ask the present one.
    if was_kept && matches!(answered, Err(SocketError::HungUp)) {
        answered = Connection::open(port).and_then(|connection| connection.ask(delay_us));
    }
    free().push(answered?);
    Ok(u64::from(delay_us))
}

/// Opens connections to the server at `port` until `n` are free, and returns how long that took:
/// questions of as many threads at once then pay for no opening.
///
/// # Errors
/// Too many open files, the server turns one away, or `stop` says so; those opened stay free.
pub fn open(port: u16, n: usize, stop: &Stop) -> Result<Duration, SocketError> {
    let begin = Instant::now();
    let missing = n.saturating_sub(free().iter().filter(|it| it.port == port).count());
    room_for(2 * missing)?;
    for _ in 0..missing {
        if let Some(limit) = stop.reason() {
            return Err(SocketError::Stopped(limit));
        }
        // The first answer says that the server has taken the connection.
        let connection = Connection::open(port)?.ask(0)?;
        free().push(connection);
    }
    Ok(begin.elapsed())
}

/// Closes this process's free connections to `port`.
pub fn close(port: u16) {
    free().retain(|connection| connection.port != port);
}

/// The free connections. A panic elsewhere cannot leave the list half changed.
fn free() -> MutexGuard<'static, Vec<Connection>> {
    FREE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Takes the connection to `port` that was used last: what it needs may still be in a cache.
fn take(port: u16) -> Option<Connection> {
    let mut free = free();
    let place = free.iter().rposition(|connection| connection.port == port)?;
    Some(free.remove(place))
}

/// Connects to the server.
pub(super) fn connect(port: u16) -> Result<TcpStream, SocketError> {
    let refused = |source| SocketError::io(format!("connecting to port {port}"), source);
    let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).map_err(refused)?;
    // A question fills no packet, and would otherwise wait for one that does.
    stream.set_nodelay(true).map_err(refused)?;
    Ok(stream)
}

impl Connection {
    fn open(port: u16) -> Result<Self, SocketError> {
        Ok(Self { port, stream: connect(port)?, n_asked: 0, patience: Duration::ZERO })
    }

    /// Asks and waits; gives itself back if all is well.
    fn ask(mut self, delay_us: u32) -> Result<Self, SocketError> {
        let request = Request { delay_us, number: self.n_asked };
        self.n_asked = self.n_asked.wrapping_add(1);
        let delay = Duration::from_micros(u64::from(delay_us));
        if self.patience != delay + PATIENCE {
            self.patience = delay + PATIENCE;
            let set = self.stream.set_read_timeout(Some(self.patience));
            set.map_err(|source| SocketError::io("setting a limit", source))?;
        }
        let begin = Instant::now();
        let mut frame = [0; FRAME_BYTES];
        self.stream.write_all(&request.to_frame()).map_err(hung_up)?;
        traced::io("the server", || self.stream.read_exact(&mut frame)).map_err(hung_up)?;
        check(request, frame, begin.elapsed())?;
        Ok(self)
    }
}

/// Whether this reply, so long after the request, is the right answer.
pub(super) fn check(
    request: Request,
    frame: [u8; FRAME_BYTES],
    after: Duration,
) -> Result<(), SocketError> {
    let delay_us = u64::from(request.delay_us);
    let after_us = u64::try_from(after.as_micros()).unwrap_or(u64::MAX);
    match Reply::from_frame(frame) {
        Reply::Full => Err(SocketError::Full),
        Reply::NoDescriptors => Err(super::limits::no_descriptors().into()),
        Reply::Answer(answer) if answer != request.answer() => Err(SocketError::WrongAnswer),
        Reply::Answer(_) if after_us < delay_us => {
            Err(SocketError::TooEarly { delay_us, after_us })
        }
        Reply::Answer(_) => Ok(()),
    }
}

/// What an error on an open connection means.
pub(super) fn hung_up(error: io::Error) -> SocketError {
    use io::ErrorKind::{BrokenPipe, ConnectionReset, TimedOut, UnexpectedEof, WouldBlock};
    match error.kind() {
        BrokenPipe | ConnectionReset | UnexpectedEof => SocketError::HungUp,
        TimedOut | WouldBlock => SocketError::Silence,
        _ => SocketError::io("asking the server", error),
    }
}
