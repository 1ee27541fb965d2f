//! What is on its way to a worker: frames, and large payloads that are sent from where they lie.
//!
//! To copy a payload into a frame first would cost as much as to copy it into shared memory.

use std::collections::VecDeque;
use std::io;

use serde::Serialize;

use super::frames::{self, FrameError, TASK_BYTES_MAX};
use super::messages::{self, Task};
use super::role::Role;
use super::round::Round;
use super::transport::Transport;

/// Payloads of so many bytes are sent from where they lie.
const LENT_BYTES_MIN: usize = 16 << 10;

/// A payload that is not among the bytes.
#[derive(Debug)]
struct Payload {
    /// It belongs before this one of the bytes.
    at: usize,
    task_idx: usize,
    bytes: usize,
    sent: usize,
}

/// What has not been sent yet.
#[derive(Debug)]
pub(super) struct Outbox {
    bytes: Vec<u8>,
    /// How many of `bytes` have been sent.
    sent: usize,
    payloads: VecDeque<Payload>,
}

impl Outbox {
    /// A greeting.
    pub(super) fn new() -> Self {
        Self { bytes: messages::greeting().to_vec(), sent: 0, payloads: VecDeque::new() }
    }

    /// How many bytes have not been sent.
    pub(super) fn unsent(&self) -> usize {
        let payloads = self.payloads.iter().map(|payload| payload.bytes - payload.sent);
        self.bytes.len() - self.sent + payloads.sum::<usize>()
    }

    /// Whether there is something to send.
    pub(super) fn has_unsent(&self) -> bool {
        self.sent < self.bytes.len() || !self.payloads.is_empty()
    }

    /// Whether the next payload to be sent is that of this task.
    pub(super) fn has_payload_of(&self, task_idx: usize) -> bool {
        self.payloads.front().is_some_and(|payload| payload.task_idx == task_idx)
    }

    /// Writes down a task; gives the bytes that will be sent.
    ///
    /// # Errors
    /// If they are too many.
    pub(super) fn write<T: Serialize>(
        &mut self,
        task: &Task<'_, T>,
        task_idx: usize,
    ) -> Result<usize, FrameError> {
        let begin = self.bytes.len();
        let lent = frames::append_but(LENT_BYTES_MIN, task, TASK_BYTES_MAX, &mut self.bytes)?;
        if lent > 0 {
            // It comes last in its message.
            let at = self.bytes.len();
            self.payloads.push_back(Payload { at, task_idx, bytes: lent, sent: 0 });
        }
        Ok(self.bytes.len() - begin + lent)
    }

    /// Sends as much as there is room for; gives the number of bytes.
    ///
    /// # Errors
    /// If the system refuses.
    pub(super) fn send<R: Role>(
        &mut self,
        transport: &mut dyn Transport,
        round: &Round<'_, R>,
    ) -> io::Result<usize> {
        let mut bytes = 0;
        loop {
            let payload = self.payloads.front_mut();
            let end = payload.as_ref().map_or(self.bytes.len(), |payload| payload.at);
            let (piece, sent) = match payload {
                Some(payload) if self.sent == end => {
                    let all = round.payload(payload.task_idx);
                    (all.get(payload.sent..).unwrap_or_default(), &mut payload.sent)
                }
                _ => (&self.bytes[self.sent..end], &mut self.sent),
            };
            let n = if piece.is_empty() { 0 } else { transport.send(piece)? };
            if n == 0 {
                break;
            }
            *sent += n;
            bytes += n;
            self.payloads.pop_front_if(|payload| payload.sent >= payload.bytes);
        }
        self.tidy();
        Ok(bytes)
    }

    /// Forgets what has been sent. Nothing is moved that was not paid for by as many bytes sent.
    fn tidy(&mut self) {
        if self.sent > self.bytes.len() / 2 {
            self.bytes.drain(..self.sent);
            for payload in &mut self.payloads {
                payload.at -= self.sent;
            }
            self.sent = 0;
        }
    }
}
