//! What has arrived, and has not been taken as frames.
//!
//! It may come from a program that is no worker, or from one that was killed in the middle of a
//! write: an [`Inbox`] takes any bytes in any pieces, never panics, refuses lengths over its cap,
//! and allocates no more than twice what has really arrived.

use std::io;

use super::frames::{FrameError, HEAD_BYTES};

/// How much room there is for what arrives next, at least.
const ROOM_BYTES_MIN: usize = 64 << 10;

/// Bytes that have arrived and have not been taken as frames.
#[derive(Debug)]
pub struct Inbox {
    buffer: Vec<u8>,
    /// Where the bytes begin that have not been taken.
    begin: usize,
    /// Where the bytes end that have arrived; behind it is room.
    end: usize,
    bytes_max: usize,
}

impl Inbox {
    /// Nothing has arrived; frames will have at most `bytes_max` bytes.
    pub fn new(bytes_max: usize) -> Self {
        Self { buffer: Vec::new(), begin: 0, end: 0, bytes_max }
    }

    /// Bytes that have not been taken.
    pub fn len(&self) -> usize {
        self.end - self.begin
    }

    /// Whether everything has been taken.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What has not been taken.
    pub fn bytes(&self) -> &[u8] {
        &self.buffer[self.begin..self.end]
    }

    /// Lets `read` put what has arrived into the room it is given; gives back how much that is.
    ///
    /// # Errors
    /// Those of `read`.
    pub fn fill(&mut self, read: impl FnOnce(&mut [u8]) -> io::Result<usize>) -> io::Result<usize> {
        // Room grows with what has arrived, not with what a head promises.
        let room = ROOM_BYTES_MIN.max(self.len());
        if self.buffer.len() - self.end < room {
            self.buffer.copy_within(self.begin..self.end, 0);
            self.end -= self.begin;
            self.begin = 0;
            let needed = self.end + room;
            if self.buffer.len() < needed {
                self.buffer.resize(needed, 0);
            }
        }
        let bytes = read(&mut self.buffer[self.end..])?;
        self.end += bytes;
        Ok(bytes)
    }

    /// Takes exactly `bytes` bytes that are no frame, once they have arrived.
    pub fn take(&mut self, bytes: usize) -> Option<&[u8]> {
        let taken = self.begin..self.begin + bytes;
        (self.len() >= bytes).then(|| {
            self.begin = taken.end;
            &self.buffer[taken]
        })
    }

    /// Takes the next frame, once it has arrived.
    ///
    /// # Errors
    /// If its head says that it is too long.
    pub fn next_frame(&mut self) -> Result<Option<&[u8]>, FrameError> {
        let Some(head) = self.bytes().first_chunk() else { return Ok(None) };
        let bytes = u32::from_le_bytes(*head) as usize;
        if bytes > self.bytes_max {
            return Err(FrameError::TooLong { bytes, bytes_max: self.bytes_max });
        }
        if self.len() - HEAD_BYTES < bytes {
            return Ok(None);
        }
        self.begin += HEAD_BYTES;
        Ok(self.take(bytes))
    }
}
