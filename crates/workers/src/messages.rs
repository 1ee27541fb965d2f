//! What the parent and a worker say to each other: a greeting each, then tasks and replies.
//!
//! A greeting has a fixed size and no frame, so that any two versions understand each other's.
//! Tasks and replies are numbered from 1 for each worker; a worker does its tasks and replies in
//! the order in which they came.

use serde::{Deserialize, Serialize};

use super::frames::{self, FrameError};

/// The version of everything in this module; a change gets a new number.
pub const VERSION: u32 = 1;

/// Begins every greeting.
const MAGIC: [u8; 8] = *b"conclab\0";

/// Bytes of a greeting.
pub const GREETING_BYTES: usize = MAGIC.len() + size_of::<u32>();

/// The longest text that a reply carries.
const TEXT_BYTES_MAX: usize = 4 << 10;

/// What both sides send first.
pub fn greeting() -> [u8; GREETING_BYTES] {
    let mut bytes = [0; GREETING_BYTES];
    bytes[..MAGIC.len()].copy_from_slice(&MAGIC);
    bytes[MAGIC.len()..].copy_from_slice(&VERSION.to_le_bytes());
    bytes
}

/// Whether these may be the first bytes of a greeting.
pub fn begins_greeting(bytes: &[u8]) -> bool {
    bytes.iter().zip(&MAGIC).all(|(found, expected)| found == expected)
}

/// The version in a greeting; nothing if it is none.
pub fn version(greeting: &[u8]) -> Option<u32> {
    let version = greeting.strip_prefix(&MAGIC)?;
    Some(u32::from_le_bytes(version.try_into().ok()?))
}

/// A task on its way to a worker.
#[derive(Debug, Serialize)]
pub struct Task<'a, T> {
    /// Its number, from 1.
    pub number: u32,
    /// So many workers died of it.
    pub deaths: u8,
    /// What to do.
    pub work: &'a T,
}

/// The same when it has arrived.
#[derive(Debug, Deserialize)]
pub struct Arrived<T> {
    /// Its number, from 1.
    pub number: u32,
    /// So many workers died of it.
    pub deaths: u8,
    /// What to do.
    pub work: T,
}

/// The number and the bytes of a task of the kind that is all bulk, where they lie: to copy them
/// once more would take as long as to sum them. Nothing for other tasks, and for what is garbled.
pub fn bulk(kind: u32, frame: &[u8]) -> Option<(u32, &[u8])> {
    let (head, rest) = postcard::take_from_bytes(frame).ok()?;
    let (number, _deaths, found): (u32, u8, u32) = head;
    let bytes: &serde_bytes::Bytes = (found == kind).then(|| frames::message(rest).ok())??;
    Some((number, bytes))
}

/// What a worker says about a task.
#[derive(Debug, Serialize, Deserialize)]
pub struct Reply<A> {
    /// The number of the task.
    pub number: u32,
    /// How it ended.
    pub ended: Ended<A>,
}

/// How a task ended in a worker that lives.
#[derive(Debug, Serialize, Deserialize)]
pub enum Ended<A> {
    /// With an answer.
    Answer(A),
    /// With an error, in words.
    Failed(String),
    /// With a panic, which the worker caught.
    Panicked(String),
}

/// Shortens a text so that it fits into a reply.
pub fn shortened(mut text: String) -> String {
    if text.len() > TEXT_BYTES_MAX {
        text.truncate(text.floor_char_boundary(TEXT_BYTES_MAX));
        text.push('…');
    }
    text
}

/// What is wrong with a reply that has another number than the task that is due.
pub fn out_of_order(found: u32, due: u32) -> FrameError {
    FrameError::Garbled(format!("a reply to task {found}, but task {due} is due"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize)]
    enum Kind<'a> {
        Nothing,
        Place { at: u64 },
        Sum { payload: &'a serde_bytes::Bytes },
    }

    #[test]
    fn the_bulk_of_a_task_is_found_where_it_lies() {
        let found = |work: &Kind<'_>| {
            let mut frame = Vec::new();
            let task = Task { number: 300, deaths: 1, work };
            frames::append(&task, 1_000, &mut frame).unwrap();
            bulk(2, &frame[frames::HEAD_BYTES..]).map(|(number, bytes)| (number, bytes.to_vec()))
        };
        let payload = serde_bytes::Bytes::new(&[7; 200]);
        assert_eq!(found(&Kind::Sum { payload }), Some((300, vec![7; 200])));
        assert_eq!(found(&Kind::Nothing), None);
        assert_eq!(found(&Kind::Place { at: 1 }), None);
        assert_eq!(bulk(2, &[1, 1, 2, 3, 9]), None);
    }
}
