//! What the server's one thread does: it accepts, reads requests, and answers when they are due.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::io::{self, Write};
use std::net::{TcpListener, TcpStream};
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::{Duration, Instant};

use polling::{Events, PollMode, Poller};

use super::limits;
use super::line::Line;
use super::watched::Watched;
use super::wire::Reply;

/// What a server has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Served {
    /// Questions answered.
    pub answers: u64,
    /// Connections taken.
    pub connections: u64,
    /// Connections turned away.
    pub refused: u64,
    /// The longest that an answer was sent after it was due, in nanoseconds: how exact delays are.
    pub late_ns_max: u64,
    /// CPU time of the server's thread, in nanoseconds: it is part of this process's CPU time.
    pub cpu_ns: Option<u64>,
}

/// The listener's name; connections are named by their place, from 1.
const LISTENER: usize = 0;
/// The server looks so often whether it is to end, also when nobody asks.
const LOOK: Duration = Duration::from_millis(50);
/// Events fetched at once, and connections accepted before the next request is read.
const BATCH: usize = 256;

/// The server's thread.
#[derive(Debug)]
pub(super) struct Serving {
    poller: Arc<Poller>,
    listener: Watched<TcpListener>,
    /// A file that can be given up when there are too many, so that a client can be told so.
    spare: Option<TcpListener>,
    connections_max: usize,
    lines: Vec<Option<Line>>,
    /// Places of `lines` that are free.
    free: Vec<usize>,
    /// When which line is due, the soonest on top; the last field tells a line from an earlier one
    /// at the same place.
    due: BinaryHeap<Reverse<(Instant, usize, u64)>>,
    served: Served,
}

impl Serving {
    pub(super) fn new(
        poller: &Arc<Poller>,
        listener: TcpListener,
        connections_max: usize,
    ) -> io::Result<Self> {
        listener.set_nonblocking(true)?;
        Ok(Self {
            poller: Arc::clone(poller),
            spare: Some(listener.try_clone()?),
            listener: Watched::new(poller, listener, LISTENER, PollMode::Level)?,
            connections_max,
            lines: Vec::new(),
            free: Vec::new(),
            due: BinaryHeap::new(),
            served: Served::default(),
        })
    }

    /// Serves until `ends`; then everybody is hung up on.
    pub(super) fn serve(mut self, ends: impl Fn() -> bool) -> Served {
        let mut events = Events::with_capacity(NonZeroUsize::new(BATCH).expect("it is not 0"));
        while !ends() {
            let nap = self.due.peek().map_or(LOOK, |Reverse((due, ..))| {
                due.saturating_duration_since(Instant::now()).min(LOOK)
            });
            events.clear();
            if self.poller.wait(&mut events, Some(nap)).is_err() {
                break;
            }
            for event in events.iter() {
                match event.key {
                    LISTENER => self.accept(),
                    key => self.hear(key - 1),
                }
            }
            self.answer_due();
        }
        self.served.cpu_ns = thread_cpu_ns();
        self.served
    }

    fn accept(&mut self) {
        for _ in 0..BATCH {
            match self.listener.accept() {
                Ok((stream, _)) if self.n_open() < self.connections_max => self.take(stream),
                Ok((stream, _)) => self.refuse(&stream, Reply::Full),
                Err(error) if limits::is_exhausted(&error) => return self.refuse_for_files(),
                // Nobody else, or somebody who has hung up already.
                Err(_) => return,
            }
        }
    }

    fn n_open(&self) -> usize {
        self.lines.len() - self.free.len()
    }

    fn take(&mut self, stream: TcpStream) {
        let place = self.free.pop().unwrap_or(self.lines.len());
        let ready = stream.set_nonblocking(true).and_then(|()| stream.set_nodelay(true));
        let watched =
            ready.and_then(|()| Watched::new(&self.poller, stream, place + 1, PollMode::Level));
        if place == self.lines.len() {
            self.lines.push(None);
        }
        let Ok(stream) = watched else { return self.free.push(place) };
        self.served.connections += 1;
        self.lines[place] = Some(Line::new(stream, self.served.connections));
    }

    /// Gives up the spare file to take the next connection, and says no: a connection left waiting
    /// would wake the server for ever, and its client would wait for ever.
    fn refuse_for_files(&mut self) {
        self.spare = None;
        if let Ok((stream, _)) = self.listener.accept() {
            self.refuse(&stream, Reply::NoDescriptors);
        }
        self.spare = self.listener.try_clone().ok();
    }

    fn refuse(&mut self, mut stream: &TcpStream, reply: Reply) {
        self.served.refused += 1;
        // The client may have gone already.
        let _ = stream.write(&reply.to_frame());
    }

    /// Reads what has come at one place; hangs up if that is the end, or nonsense.
    fn hear(&mut self, place: usize) {
        let Some(Some(line)) = self.lines.get_mut(place) else { return };
        match line.receive() {
            Ok(None) => {}
            Ok(Some(request)) => {
                let delay = Duration::from_micros(u64::from(request.delay_us));
                self.due.push(Reverse((Instant::now() + delay, place, line.number())));
            }
            Err(_) => self.hang_up(place),
        }
    }

    fn answer_due(&mut self) {
        while let Some(&Reverse((due, place, number))) = self.due.peek() {
            let Some(late) = Instant::now().checked_duration_since(due) else { return };
            self.due.pop();
            let line = self.lines[place].as_mut().filter(|line| line.number() == number);
            let Some(line) = line else { continue };
            if line.answer().is_err() {
                self.hang_up(place);
                continue;
            }
            self.served.answers += 1;
            let late_ns = u64::try_from(late.as_nanos()).unwrap_or(u64::MAX);
            self.served.late_ns_max = self.served.late_ns_max.max(late_ns);
        }
    }

    fn hang_up(&mut self, place: usize) {
        if self.lines[place].take().is_some() {
            self.free.push(place);
        }
        // What a line still waited for is thrown away only now and then, but is bounded.
        if self.due.len() > 2 * self.lines.len() + BATCH {
            let lines = &self.lines;
            self.due.retain(|Reverse((_, place, number))| {
                lines[*place].as_ref().is_some_and(|line| line.number() == *number)
            });
        }
    }
}

#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "not every platform tells")]
fn thread_cpu_ns() -> Option<u64> {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Some(time.tv_sec.cast_unsigned() * 1_000_000_000 + time.tv_nsec.cast_unsigned())
}

#[cfg(not(unix))]
fn thread_cpu_ns() -> Option<u64> {
    None
}
