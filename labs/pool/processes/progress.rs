#![expect(unsafe_code, reason = "memory shared with another process has no safe interface")]
//! One word per worker that says which task it is doing, in memory shared with the parent.
//!
//! Replies travel many at a time, so those that a worker had not sent yet are lost when it is
//! killed, and the order of replies does not tell which task it was doing. A message before each
//! task would; it would also cost more than a tiny task. A store to shared memory costs nothing.

use std::fs::File;
use std::io;
use std::os::fd::{BorrowedFd, FromRawFd as _, OwnedFd, RawFd};
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::{Acquire, Release};

use memmap2::MmapRaw;

/// Words are this far apart: a line of the cache each, so that workers do not disturb each other.
const STRIDE_BYTES: usize = 64;

/// The words of all workers of a pool.
#[derive(Debug)]
pub struct Progress {
    memory: MmapRaw,
    /// The same memory as a file, if this is the parent.
    file: Option<OwnedFd>,
    words: usize,
}

impl Progress {
    /// Shares words for so many workers, all without a task.
    ///
    /// # Errors
    /// If the system does not give us a page of memory with a file descriptor.
    pub fn share(words: usize) -> io::Result<Self> {
        let file = File::from(nameless_file()?);
        file.set_len((words * STRIDE_BYTES) as u64)?;
        let memory = MmapRaw::map_raw(&file)?;
        Ok(Self { memory, file: Some(file.into()), words })
    }

    /// A descriptor that a child inherits: the child's number for it is the same. Other programs
    /// that are started before it is dropped inherit it too, which does no harm.
    ///
    /// # Errors
    /// If there are too many open files.
    pub fn lend(&self) -> io::Result<OwnedFd> {
        let file = self.file.as_ref().ok_or(io::ErrorKind::NotFound)?;
        Ok(rustix::io::dup(file)?)
    }

    /// The words that the parent has shared, in the child that inherited the descriptor.
    ///
    /// # Errors
    /// If this is no such descriptor.
    pub fn inherited(number: RawFd) -> io::Result<Self> {
        if number < 3 {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        // SAFETY: borrowed for the next line only, which works with any number but -1: the system
        // says if it is no descriptor.
        let borrowed = unsafe { BorrowedFd::borrow_raw(number) };
        rustix::io::fcntl_setfd(borrowed, rustix::io::FdFlags::CLOEXEC)?;
        // SAFETY: it is open, as we just saw, and nobody else in this process knows its number:
        // the parent passed it to us.
        let file = File::from(unsafe { OwnedFd::from_raw_fd(number) });
        let memory = MmapRaw::map_raw(&file)?;
        let words = memory.len() / STRIDE_BYTES;
        Ok(Self { memory, file: None, words })
    }

    /// The word of a worker, counted from 0.
    ///
    /// # Panics
    /// If there are not so many.
    fn word(&self, worker_idx: usize) -> &AtomicU64 {
        assert!(worker_idx < self.words, "worker {worker_idx} of {}", self.words);
        let address = self.memory.as_mut_ptr().wrapping_add(worker_idx * STRIDE_BYTES);
        // SAFETY: the word lies in the mapping, which lives as long as `self`; a page is aligned
        // for it, and so is every 64th byte of it; every access to it, here and in other
        // processes, is atomic.
        unsafe { AtomicU64::from_ptr(address.cast()) }
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

/// A file that has no name, so that it cannot be left over.
#[cfg(any(target_os = "linux", target_os = "android", target_os = "freebsd"))]
fn nameless_file() -> io::Result<OwnedFd> {
    use rustix::fs::{MemfdFlags, memfd_create};
    Ok(memfd_create("conclab-progress", MemfdFlags::CLOEXEC)?)
}

/// A file that has no name, so that it cannot be left over.
#[cfg(not(any(target_os = "linux", target_os = "android", target_os = "freebsd")))]
fn nameless_file() -> io::Result<OwnedFd> {
    use std::sync::atomic::AtomicU32;
    use std::sync::atomic::Ordering::Relaxed;

    static FILES: AtomicU32 = AtomicU32::new(0);
    // Relaxed: only the numbers must differ.
    let number = FILES.fetch_add(1, Relaxed);
    let name = format!("conclab-progress-{}-{number}", std::process::id());
    let path = std::env::temp_dir().join(name);
    let file = File::options().read(true).write(true).create_new(true).open(&path)?;
    std::fs::remove_file(&path)?;
    Ok(file.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_tells_what_its_worker_is_doing() {
        let ours = Progress::share(3).unwrap();
        let lent = ours.lend().unwrap();
        let theirs = Progress::inherited(std::os::fd::IntoRawFd::into_raw_fd(lent)).unwrap();
        assert!(theirs.words() >= 3);
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
    fn a_wrong_number_is_an_error() {
        assert!(Progress::inherited(-1).is_err());
        assert!(Progress::inherited(1_000_000).is_err());
    }
}
