//! Frames: a length in four bytes, little-endian, then a message in the postcard format.
//!
//! What arrives may come from a program that is no worker, or from one that was killed in the
//! middle of a write: [`Inbox`] takes any bytes in any pieces, never panics, refuses lengths over
//! its cap, and allocates no more than twice what has really arrived.

use std::fmt;

use postcard::ser_flavors::Flavor;
use serde::{Deserialize, Serialize};

pub use super::inbox::Inbox;

/// Bytes of the length before each message.
pub const HEAD_BYTES: usize = size_of::<u32>();

/// The longest message to a worker: a payload of 16 MiB fits, and four times that.
pub const TASK_BYTES_MAX: usize = 64 << 20;

/// The longest message from a worker.
pub const REPLY_BYTES_MAX: usize = 64 << 10;

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

/// Appends to a buffer that is used again and again, except for long pieces, which are lent.
struct Append<'a> {
    buffer: &'a mut Vec<u8>,
    /// Pieces of so many bytes are lent.
    lent_bytes_min: usize,
    /// Bytes that were lent.
    lent: &'a mut usize,
}

impl Flavor for Append<'_> {
    type Output = ();

    fn try_push(&mut self, byte: u8) -> postcard::Result<()> {
        self.buffer.push(byte);
        Ok(())
    }

    fn try_extend(&mut self, bytes: &[u8]) -> postcard::Result<()> {
        if bytes.len() < self.lent_bytes_min {
            self.buffer.extend_from_slice(bytes);
        } else {
            *self.lent += bytes.len();
        }
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
    append_but(usize::MAX, message, bytes_max, buffer).map(drop)
}

/// The same, but pieces of `lent_bytes_min` bytes are left out; gives the number of bytes of them.
/// The caller sends them where they belong.
///
/// # Errors
/// If the message is longer; then the buffer is as it was before.
pub fn append_but<T: Serialize>(
    lent_bytes_min: usize,
    message: &T,
    bytes_max: usize,
    buffer: &mut Vec<u8>,
) -> Result<usize, FrameError> {
    let begin = buffer.len();
    buffer.extend_from_slice(&[0; HEAD_BYTES]);
    let mut lent = 0;
    let flavor = Append { buffer: &mut *buffer, lent_bytes_min, lent: &mut lent };
    let written = postcard::serialize_with_flavor(message, flavor);
    let bytes = buffer.len() - begin - HEAD_BYTES + lent;
    let head = u32::try_from(bytes).ok().filter(|_| bytes <= bytes_max);
    match (written, head) {
        (Ok(()), Some(head)) => {
            buffer[begin..begin + HEAD_BYTES].copy_from_slice(&head.to_le_bytes());
            Ok(lent)
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
