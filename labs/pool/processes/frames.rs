//! Frames: a length in four bytes, little-endian, then a message in the postcard format.
//!
//! What arrives may come from a program that is no worker, or from one that was killed in the
//! middle of a write: [`Inbox`] takes any bytes in any pieces, never panics, refuses lengths over
//! its cap, and allocates no more than twice what has really arrived.

use std::fmt;
use std::io;

use postcard::ser_flavors::Flavor;
use serde::{Deserialize, Serialize};

/// Bytes of the length before each message.
pub const HEAD_BYTES: usize = size_of::<u32>();

/// The longest message to a worker: a payload of 16 MiB fits, and four times that.
pub const TASK_BYTES_MAX: usize = 64 << 20;

/// The longest message from a worker.
pub const REPLY_BYTES_MAX: usize = 64 << 10;

/// How much room there is for what arrives next, at least.
const ROOM_BYTES_MIN: usize = 64 << 10;

/// Why bytes are no frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FrameError {
    /// The message is longer than allowed.
    TooLong {
        /// Its length.
        bytes: usize,
        /// The cap.
        bytes_max: usize,
    },
    /// The bytes are no message.
    Garbled(String),
}

impl fmt::Display for FrameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong { bytes, bytes_max } => {
                write!(f, "a frame of {bytes} bytes, {bytes_max} at most are allowed")
            }
            Self::Garbled(why) => write!(f, "a garbled frame: {why}"),
        }
    }
}

impl std::error::Error for FrameError {}

impl FrameError {
    fn garbled(error: &postcard::Error) -> Self {
        Self::Garbled(error.to_string())
    }
}

/// Appends to a buffer that is used again and again.
struct Append<'a>(&'a mut Vec<u8>);

impl Flavor for Append<'_> {
    type Output = ();

    fn try_push(&mut self, byte: u8) -> postcard::Result<()> {
        self.0.push(byte);
        Ok(())
    }

    fn try_extend(&mut self, bytes: &[u8]) -> postcard::Result<()> {
        self.0.extend_from_slice(bytes);
        Ok(())
    }

    fn finalize(self) -> postcard::Result<()> {
        Ok(())
    }
}

/// Appends `message` to `buffer`, as a frame of at most `bytes_max` bytes and a head.
///
/// # Errors
/// If the message is longer; then the buffer is as it was before.
pub fn append<T: Serialize>(
    message: &T,
    bytes_max: usize,
    buffer: &mut Vec<u8>,
) -> Result<(), FrameError> {
    let begin = buffer.len();
    buffer.extend_from_slice(&[0; HEAD_BYTES]);
    let written = postcard::serialize_with_flavor(message, Append(buffer));
    let bytes = buffer.len() - begin - HEAD_BYTES;
    let head = u32::try_from(bytes).ok().filter(|_| bytes <= bytes_max);
    match (written, head) {
        (Ok(()), Some(head)) => {
            buffer[begin..begin + HEAD_BYTES].copy_from_slice(&head.to_le_bytes());
            Ok(())
        }
        (written, _) => {
            buffer.truncate(begin);
            let error = written.err().map(|error| FrameError::garbled(&error));
            Err(error.unwrap_or(FrameError::TooLong { bytes, bytes_max }))
        }
    }
}

/// Takes the message of a frame apart.
///
/// # Errors
/// If the bytes are no such message, or more than one.
pub fn message<'a, T: Deserialize<'a>>(frame: &'a [u8]) -> Result<T, FrameError> {
    match postcard::take_from_bytes(frame) {
        Ok((message, [])) => Ok(message),
        Ok((_, rest)) => Err(FrameError::Garbled(format!("{} bytes too many", rest.len()))),
        Err(error) => Err(FrameError::garbled(&error)),
    }
}

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
