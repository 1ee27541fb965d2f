//! What goes over a connection: a request of eight bytes, a reply of eight bytes.
//!
//! A client sends one request at a time and waits for its reply. The reply depends on every bit of
//! the request, so that an answer which belongs to another question does not pass for ours.

/// Bytes of a request, and of a reply.
pub const FRAME_BYTES: usize = 8;

/// Answers have this bit clear, so that the two refusals cannot be one.
const REFUSAL: u64 = 1 << 63;
/// The server has as many connections as it takes.
const FULL: u64 = REFUSAL | 1;
/// The server's process may not open any more files.
const NO_DESCRIPTORS: u64 = REFUSAL | 2;

/// A question: "answer me after this delay".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request {
    /// How long the server waits before it answers, in microseconds.
    pub delay_us: u32,
    /// Tells the questions of one connection apart.
    pub number: u32,
}

impl Request {
    /// The request as it is sent: both numbers, little-endian.
    pub fn to_frame(self) -> [u8; FRAME_BYTES] {
        self.bits().to_le_bytes()
    }

    /// The request that was received; every frame is one.
    pub fn from_frame(frame: [u8; FRAME_BYTES]) -> Self {
        let [.., fifth, sixth, seventh, eighth] = frame;
        let [first, second, third, fourth, ..] = frame;
        let delay_us = u32::from_le_bytes([first, second, third, fourth]);
        let number = u32::from_le_bytes([fifth, sixth, seventh, eighth]);
        Self { delay_us, number }
    }

    /// The answer to this request and to no other: a mixture of its bits.
    ///
    /// # Sources
    /// Steele, Lea and Flood, "Fast splittable pseudorandom number generators" (2014), figure 17:
    /// the mixing function `mix64variant13`, without the top bit.
    pub fn answer(self) -> u64 {
        let mut bits = self.bits();
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (bits ^ (bits >> 31)) & !REFUSAL
    }

    fn bits(self) -> u64 {
        u64::from(self.number) << 32 | u64::from(self.delay_us)
    }
}

/// What the server sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reply {
    /// The answer to a request.
    Answer(u64),
    /// No: the server has as many connections as it takes. It hangs up after that.
    Full,
    /// No: the server's process may not open any more files. It hangs up after that.
    NoDescriptors,
}

impl Reply {
    /// The reply as it is sent.
    pub fn to_frame(self) -> [u8; FRAME_BYTES] {
        let bits = match self {
            Self::Answer(answer) => answer,
            Self::Full => FULL,
            Self::NoDescriptors => NO_DESCRIPTORS,
        };
        bits.to_le_bytes()
    }

    /// The reply that was received.
    pub fn from_frame(frame: [u8; FRAME_BYTES]) -> Self {
        match u64::from_le_bytes(frame) {
            FULL => Self::Full,
            NO_DESCRIPTORS => Self::NoDescriptors,
            answer => Self::Answer(answer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_survives_the_wire() {
        let request = Request { delay_us: 10_000, number: u32::MAX };
        assert_eq!(Request::from_frame(request.to_frame()), request);
    }

    #[test]
    fn a_reply_survives_the_wire() {
        for reply in [Reply::Answer(7), Reply::Full, Reply::NoDescriptors] {
            assert_eq!(Reply::from_frame(reply.to_frame()), reply);
        }
    }

    #[test]
    fn no_two_questions_have_the_same_answer() {
        let questions =
            (0..100).flat_map(|delay_us| (0..100).map(move |number| Request { delay_us, number }));
        let answers: std::collections::HashSet<u64> = questions.map(Request::answer).collect();
        assert_eq!(answers.len(), 100 * 100);
        assert!(answers.iter().all(|answer| answer & REFUSAL == 0));
    }
}
