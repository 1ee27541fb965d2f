//! One connection, seen from the server.

use std::io::{self, Read, Write};
use std::net::TcpStream;

use super::SocketError;
use super::watched::Watched;
use super::wire::{FRAME_BYTES, Reply, Request};

/// A connection with at most one request under way.
#[derive(Debug)]
pub(super) struct Line {
    stream: Watched<TcpStream>,
    number: u64,
    frame: [u8; FRAME_BYTES],
    n_received: usize,
    asked: Option<Request>,
}

impl Line {
    /// The server's connection with this number, counted from 1.
    pub(super) fn new(stream: Watched<TcpStream>, number: u64) -> Self {
        Self { stream, number, frame: [0; FRAME_BYTES], n_received: 0, asked: None }
    }

    /// The how-many-th connection of the server it is.
    pub(super) fn number(&self) -> u64 {
        self.number
    }

    /// The request, once all of it has come. The end of the connection, and a request before the
    /// last one is answered, are errors.
    pub(super) fn receive(&mut self) -> Result<Option<Request>, SocketError> {
        let n = match (&*self.stream).read(&mut self.frame[self.n_received..]) {
            Ok(0) => return Err(SocketError::HungUp),
            Ok(n) => n,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(None),
            Err(error) => return Err(SocketError::io("reading a request", error)),
        };
        if self.asked.is_some() {
            return Err(SocketError::WrongAnswer);
        }
        self.n_received += n;
        if self.n_received == FRAME_BYTES {
            self.n_received = 0;
            self.asked = Some(Request::from_frame(self.frame));
            return Ok(self.asked);
        }
        Ok(None)
    }

    /// Sends the answer. It always fits into the socket's buffer: there is one at a time.
    pub(super) fn answer(&mut self) -> io::Result<()> {
        let Some(request) = self.asked.take() else { return Ok(()) };
        (&*self.stream).write_all(&Reply::Answer(request.answer()).to_frame())
    }
}
