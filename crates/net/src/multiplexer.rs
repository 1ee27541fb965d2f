//! One thread that waits for all answers at once: it asks on every connection, and then sleeps
//! until any of them has something to read.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use conclab_engine::stop::Stop;
use polling::{Events, PollMode, Poller};

use super::client::{check, connect, hung_up};
use super::watched::Watched;
use super::wire::{FRAME_BYTES, Request};
use super::{SocketError, room_for};

/// Connections that may wait for the server to take them: fewer than any system's queue holds.
const OPENING: usize = 64;
/// It looks so often whether it is to stop.
const LOOK: Duration = Duration::from_millis(50);
/// No answer for so long after the last one was due is an error.
const PATIENCE: Duration = Duration::from_secs(5);
/// Lets answers gather, as a network card does with packets, if this is at most a hundredth of the
/// delay. A thousand waits of 10 ms took 12.8 ms with it and 13.4 ms without, on two cores.
const NAP: Duration = Duration::from_micros(80);

/// Connections to the server that one thread uses all at once.
#[derive(Debug)]
pub struct Multiplexer {
    poller: Arc<Poller>,
    lines: Vec<Line>,
    events: Events,
}

/// One connection, with at most one question under way.
#[derive(Debug)]
struct Line {
    stream: Watched<TcpStream>,
    number: u32,
    asked: Option<(Request, Instant)>,
    frame: [u8; FRAME_BYTES],
    n_received: usize,
}

/// What came of asking on all connections.
#[derive(Clone, Copy, Debug)]
pub struct Answered {
    /// Answers, each of them checked.
    pub n: usize,
    /// Their delays added up, in microseconds.
    pub sum: u64,
    /// From the first question to the last answer.
    pub wall: Duration,
    /// How often the thread asked the kernel who has answered.
    pub polls: u64,
}

/// [`Answered`], and what opening the connections took before that.
#[derive(Clone, Copy, Debug)]
pub struct Multiplexed {
    /// The questions and answers.
    pub answered: Answered,
    /// Opening the connections, counted apart.
    pub opening: Duration,
}

/// Opens `n` connections to the server at `port`, asks on all of them at once, and waits for all.
///
/// # Errors
/// As [`Multiplexer::open`] and [`Multiplexer::ask_all`].
pub fn multiplex(
    port: u16,
    n: usize,
    delay_us: u32,
    stop: &Stop,
) -> Result<Multiplexed, SocketError> {
    let begin = Instant::now();
    let mut multiplexer = Multiplexer::open(port, n, stop)?;
    let opening = begin.elapsed();
    Ok(Multiplexed { answered: multiplexer.ask_all(delay_us, stop)?, opening })
}

impl Multiplexer {
    /// Opens `n` connections to the server at `port`, each of which has answered once.
    ///
    /// # Errors
    /// Too many open files, the server turns one away, or `stop` says so.
    pub fn open(port: u16, n: usize, stop: &Stop) -> Result<Self, SocketError> {
        room_for(2 * n)?;
        let refused = |source| SocketError::io("watching connections", source);
        let poller = Arc::new(Poller::new().map_err(refused)?);
        let batch = NonZeroUsize::new(n).unwrap_or(NonZeroUsize::MIN);
        let events = Events::with_capacity(batch);
        let mut opened = Self { poller, lines: Vec::with_capacity(n), events };
        let edge = opened.poller.supports_edge();
        let mode = if edge { PollMode::Edge } else { PollMode::Level };
        while opened.lines.len() < n {
            let first = opened.lines.len();
            for key in first..n.min(first + OPENING) {
                let stream = connect(port)?;
                stream.set_nonblocking(true).map_err(refused)?;
                let stream = Watched::new(&opened.poller, stream, key, mode).map_err(refused)?;
                opened.lines.push(Line::new(stream));
            }
            opened.ask_from(first, 0, stop)?;
        }
        Ok(opened)
    }

    /// Asks on every connection and waits until all are answered.
    ///
    /// # Errors
    /// The server hangs up or is silent for seconds, an answer is wrong or too early, or `stop`
    /// says so. The connections are of no use after that.
    pub fn ask_all(&mut self, delay_us: u32, stop: &Stop) -> Result<Answered, SocketError> {
        self.ask_from(0, delay_us, stop)
    }

    fn ask_from(
        &mut self,
        first: usize,
        delay_us: u32,
        stop: &Stop,
    ) -> Result<Answered, SocketError> {
        let begin = Instant::now();
        for line in &mut self.lines[first..] {
            line.ask(delay_us)?;
        }
        let n = self.lines.len() - first;
        let delay = Duration::from_micros(u64::from(delay_us));
        let silent_at = Instant::now() + delay + PATIENCE;
        let (mut missing, mut polls) = (n, 0);
        while missing > 0 {
            if let Some(limit) = stop.reason() {
                return Err(SocketError::Stopped(limit));
            }
            if Instant::now() >= silent_at {
                return Err(SocketError::Silence);
            }
            // Waking us costs the server more than an answer does. So once answers come, we look
            // now and then instead of having each of them wake us.
            if polls > 0 && delay >= 100 * NAP {
                thread::sleep(NAP);
            }
            missing -= self.hear()?;
            polls += 1;
        }
        let sum = n as u64 * u64::from(delay_us);
        Ok(Answered { n, sum, wall: begin.elapsed(), polls })
    }

    /// Sleeps until there is something to read, reads it, and says how many answers it was.
    fn hear(&mut self) -> Result<usize, SocketError> {
        self.events.clear();
        let waited = self.poller.wait(&mut self.events, Some(LOOK));
        waited.map_err(|source| SocketError::io("waiting for answers", source))?;
        let mut answers = 0;
        for event in self.events.iter() {
            answers += usize::from(self.lines[event.key].receive()?);
        }
        Ok(answers)
    }
}

impl Line {
    fn new(stream: Watched<TcpStream>) -> Self {
        Self { stream, number: 0, asked: None, frame: [0; FRAME_BYTES], n_received: 0 }
    }

    fn ask(&mut self, delay_us: u32) -> Result<(), SocketError> {
        let request = Request { delay_us, number: self.number };
        self.number = self.number.wrapping_add(1);
        self.asked = Some((request, Instant::now()));
        // It always fits into the socket's buffer: there is one at a time.
        (&*self.stream).write_all(&request.to_frame()).map_err(hung_up)
    }

    /// Reads what has come, and says whether that was all of an answer.
    fn receive(&mut self) -> Result<bool, SocketError> {
        match (&*self.stream).read(&mut self.frame[self.n_received..]) {
            Ok(0) => return Err(SocketError::HungUp),
            Ok(n) => self.n_received += n,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(false),
            Err(error) => return Err(hung_up(error)),
        }
        if self.n_received < FRAME_BYTES {
            return Ok(false);
        }
        self.n_received = 0;
        let (request, since) = self.asked.take().ok_or(SocketError::WrongAnswer)?;
        check(request, self.frame, since.elapsed())?;
        Ok(true)
    }
}
