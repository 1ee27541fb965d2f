#![expect(unsafe_code, reason = "bytes are looked at where they lie in shared memory")]
//! What all workers of a pool share: a word each that says which task it is doing, and a place
//! for data that is handed over without being sent.
//!
//! Replies travel many at a time, so those that a worker had not sent yet are lost when it is
//! killed, and the order of replies does not tell which task it was doing. A message before each
//! task would; it would also cost more than a tiny task. A store to shared memory costs nothing.

use std::io;
use std::os::fd::{OwnedFd, RawFd};
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};

use super::memory::{Memory, STRIDE_BYTES};

/// Bytes of the place for data. Those that nobody writes to take no memory.
pub const PLACE_BYTES: usize = 16 << 20;

/// The place begins at a page.
const PAGE_BYTES: usize = 4 << 10;

/// The words of all workers of a pool, and the place.
#[derive(Debug)]
pub struct Progress {
    memory: Memory,
    words: usize,
}

impl Progress {
    /// Shares words for so many workers, all without a task.
    ///
    /// # Errors
    /// If the system does not give us memory with a file descriptor.
    pub fn share(words: usize) -> io::Result<Self> {
        let memory = Memory::share(place_at(words) + PLACE_BYTES)?;
        // Relaxed: workers start after us.
        memory.word(0).store(words as u64, Relaxed);
        Ok(Self { memory, words })
    }

    /// A descriptor that a child inherits: the child's number for it is the same. Other programs
    /// that are started before it is dropped inherit it too, which does no harm.
    ///
    /// # Errors
    /// If there are too many open files.
    pub fn lend(&self) -> io::Result<OwnedFd> {
        self.memory.lend()
    }

    /// What the parent has shared, in the child that inherited the descriptor.
    ///
    /// # Errors
    /// If this is no such descriptor.
    pub fn inherited(number: RawFd) -> io::Result<Self> {
        let memory = Memory::inherited(number)?;
        let bytes = memory.len();
        // Relaxed: it was written before this process started.
        let words = (bytes >= STRIDE_BYTES).then(|| memory.word(0).load(Relaxed));
        let words = words.and_then(|words| usize::try_from(words).ok());
        let words = words.filter(|words| *words < bytes / STRIDE_BYTES);
        let words = words.filter(|words| place_at(*words) + PLACE_BYTES <= bytes);
        Ok(Self { memory, words: words.ok_or(io::ErrorKind::InvalidInput)? })
    }

    /// The word of a worker, counted from 0.
    ///
    /// # Panics
    /// If there are not so many.
    fn word(&self, worker_idx: usize) -> &AtomicU64 {
        assert!(worker_idx < self.words, "worker {worker_idx} of {}", self.words);
        self.memory.word((1 + worker_idx) * STRIDE_BYTES)
    }

    /// Writes to the place, which no worker looks at now.
    ///
    /// # Panics
    /// If the bytes do not fit.
    pub fn write(&mut self, at: usize, bytes: &[u8]) {
        assert!(at.saturating_add(bytes.len()) <= PLACE_BYTES, "the place ends before");
        self.memory.put(place_at(self.words) + at, bytes);
    }

    /// Calls `look` with bytes of the place, where they lie; gives nothing if they are not there.
    /// For workers: while they have a task, nobody writes to the place.
    pub fn look<R>(&self, at: u64, bytes: u64, look: impl FnOnce(&[u8]) -> R) -> Option<R> {
        let at = usize::try_from(at).ok()?;
        let bytes = usize::try_from(bytes).ok()?;
        at.checked_add(bytes).filter(|end| *end <= PLACE_BYTES)?;
        let begin = place_at(self.words) + at;
        // SAFETY: the parent writes to the place only through `write` of its own pool, which
        // cannot be called while tasks are being done; workers do not write.
        Some(look(unsafe { self.memory.look(begin, bytes) }))
    }

    /// How many workers there is a word for.
    pub fn words(&self) -> usize {
        self.words
    }

    /// Forgets what a worker did: another one takes its place.
    pub fn reset(&self, worker_idx: usize) {
        // Release: nothing is published; the next worker starts after us.
        self.word(worker_idx).store(0, Release);
    }

    /// Says that a worker begins task `number`.
    pub fn begin(&self, worker_idx: usize, number: u32) {
        // Release: pairs with the Acquire load in `doing`, after whatever the task before did.
        self.word(worker_idx).store(2 * u64::from(number) + 1, Release);
    }

    /// Says that a worker has ended task `number`.
    pub fn end(&self, worker_idx: usize, number: u32) {
        // Release: pairs with the Acquire load in `doing`.
        self.word(worker_idx).store(2 * u64::from(number), Release);
    }

    /// The number of the task that a worker is doing, or was when it died.
    pub fn doing(&self, worker_idx: usize) -> Option<u32> {
        // Acquire: pairs with the Release stores of the worker.
        let word = self.word(worker_idx).load(Acquire);
        let number = u32::try_from(word / 2).ok()?;
        (word % 2 == 1).then_some(number)
    }
}

/// Where the place begins behind so many words and their number.
fn place_at(words: usize) -> usize {
    ((1 + words) * STRIDE_BYTES).next_multiple_of(PAGE_BYTES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_tells_what_its_worker_is_doing() {
        let ours = Progress::share(3).unwrap();
        let lent = ours.lend().unwrap();
        let theirs = Progress::inherited(std::os::fd::IntoRawFd::into_raw_fd(lent)).unwrap();
        assert_eq!(theirs.words(), 3);
        assert_eq!(ours.doing(1), None);
        theirs.begin(1, 1);
        assert_eq!((ours.doing(0), ours.doing(1), ours.doing(2)), (None, Some(1), None));
        theirs.end(1, 1);
        assert_eq!(ours.doing(1), None);
        for number in [0, u32::MAX] {
            theirs.begin(1, number);
            assert_eq!(ours.doing(1), Some(number));
        }
        ours.reset(1);
        assert_eq!(ours.doing(1), None);
    }

    #[test]
    fn data_is_handed_over_by_its_place() {
        let mut ours = Progress::share(3).unwrap();
        let lent = ours.lend().unwrap();
        let theirs = Progress::inherited(std::os::fd::IntoRawFd::into_raw_fd(lent)).unwrap();
        ours.write(10, &[1, 2, 3]);
        assert_eq!(theirs.look(9, 5, <[u8]>::to_vec), Some(vec![0, 1, 2, 3, 0]));
        let end = PLACE_BYTES as u64;
        assert_eq!(theirs.look(end - 1, 1, <[u8]>::to_vec), Some(vec![0]));
        for (at, bytes) in [(end, 1), (0, end + 1), (u64::MAX, 2), (2, u64::MAX)] {
            assert_eq!(theirs.look(at, bytes, <[u8]>::to_vec), None);
        }
    }

    #[test]
    fn a_wrong_number_is_an_error() {
        assert!(Progress::inherited(-1).is_err());
        assert!(Progress::inherited(1_000_000).is_err());
    }
}
