#![expect(unsafe_code, reason = "memory shared with another process has no safe interface")]
//! Memory that processes share, without a name: so that nothing is left over, whatever dies.
//!
//! It is a file without a name whose descriptor the child inherits. Nobody makes references to
//! its bytes that others may write: they are copied, or are atomic words.

use std::fs::File;
use std::io;
use std::os::fd::{BorrowedFd, FromRawFd as _, OwnedFd, RawFd};
use std::ptr;
use std::sync::atomic::AtomicU64;

use memmap2::MmapRaw;

/// Things that different processes write are this far apart, so that they do not disturb each
/// other: two lines of the cache, because processors fetch them in pairs.
pub(super) const STRIDE_BYTES: usize = 128;

/// Shared memory, zero at first.
#[derive(Debug)]
pub(super) struct Memory {
    map: MmapRaw,
    /// The same as a file, if this is the parent.
    file: Option<OwnedFd>,
}

impl Memory {
    /// Makes so many bytes; those that are never touched cost nothing.
    ///
    /// # Errors
    /// If the system does not give us memory with a file descriptor.
    pub(super) fn share(bytes: usize) -> io::Result<Self> {
        let file = File::from(nameless_file()?);
        file.set_len(bytes as u64)?;
        keep_size(&file)?;
        Ok(Self { map: MmapRaw::map_raw(&file)?, file: Some(file.into()) })
    }

    /// A descriptor that a child inherits: the child's number for it is the same. Other programs
    /// that are started before it is dropped inherit it too, which does no harm.
    ///
    /// # Errors
    /// If there are too many open files.
    pub(super) fn lend(&self) -> io::Result<OwnedFd> {
        let file = self.file.as_ref().ok_or(io::ErrorKind::NotFound)?;
        Ok(rustix::io::dup(file)?)
    }

    /// Lends it to nobody any more.
    pub(super) fn keep(&mut self) {
        self.file = None;
    }

    /// The memory that the parent has shared, in the child that inherited the descriptor.
    ///
    /// # Errors
    /// If this is no such descriptor.
    pub(super) fn inherited(number: RawFd) -> io::Result<Self> {
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
        Ok(Self { map: MmapRaw::map_raw(&file)?, file: None })
    }

    /// Its length in bytes.
    pub(super) fn len(&self) -> usize {
        self.map.len()
    }

    /// The word at a byte.
    ///
    /// # Panics
    /// If it is outside, or not aligned.
    pub(super) fn word(&self, at: usize) -> &AtomicU64 {
        assert!(at.is_multiple_of(size_of::<AtomicU64>()), "byte {at} is not aligned");
        let address = self.inside(at, size_of::<AtomicU64>());
        // SAFETY: it lies in the mapping, which lives as long as `self`; a page is aligned for it,
        // and so is every 8th byte of it; every access to it, here and in other processes, is
        // atomic.
        unsafe { AtomicU64::from_ptr(address.cast()) }
    }

    /// Copies `bytes` to `at`.
    ///
    /// # Panics
    /// If they do not fit.
    pub(super) fn put(&self, at: usize, bytes: &[u8]) {
        let address = self.inside(at, bytes.len());
        // SAFETY: they lie in the mapping, as was asserted, and no reference to that exists. If
        // another process breaks the rules and uses these bytes now, it harms itself: we do not
        // read back what we wrote.
        unsafe { ptr::copy_nonoverlapping(bytes.as_ptr(), address, bytes.len()) }
    }

    /// Copies from `at` into `room`.
    ///
    /// # Panics
    /// If there are not so many bytes.
    pub(super) fn get(&self, at: usize, room: &mut [u8]) {
        let address = self.inside(at, room.len());
        // SAFETY: as in `put`; if another process breaks the rules and writes now, we get any
        // bytes, which is what whoever takes a message apart expects.
        unsafe { ptr::copy_nonoverlapping(address, room.as_mut_ptr(), room.len()) }
    }

    /// Looks at bytes in place.
    ///
    /// # Panics
    /// If there are not so many bytes.
    ///
    /// # Safety
    /// No process may write to them meanwhile.
    pub(super) unsafe fn look(&self, at: usize, bytes: usize) -> &[u8] {
        let address = self.inside(at, bytes);
        // SAFETY: they lie in the mapping, which lives as long as `self`; the caller sees to it
        // that nobody writes to them.
        unsafe { std::slice::from_raw_parts(address, bytes) }
    }

    /// The address of `at`, which has so many bytes behind it.
    fn inside(&self, at: usize, bytes: usize) -> *mut u8 {
        let end = at.checked_add(bytes).filter(|end| *end <= self.map.len());
        assert!(end.is_some(), "{bytes} bytes at {at} of {}", self.map.len());
        self.map.as_mut_ptr().wrapping_add(at)
    }
}

/// A file that has no name, so that it cannot be left over.
#[cfg(any(target_os = "linux", target_os = "android", target_os = "freebsd"))]
fn nameless_file() -> io::Result<OwnedFd> {
    use rustix::fs::{MemfdFlags, memfd_create};
    Ok(memfd_create("conclab", MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING)?)
}

/// Nobody may make the file shorter: whoever touches the lost part of the mapping would be killed.
#[cfg(any(target_os = "linux", target_os = "android", target_os = "freebsd"))]
fn keep_size(file: &File) -> io::Result<()> {
    use rustix::fs::{SealFlags, fcntl_add_seals};
    Ok(fcntl_add_seals(file, SealFlags::SHRINK | SealFlags::GROW | SealFlags::SEAL)?)
}

/// A file that has no name, so that it cannot be left over.
#[cfg(not(any(target_os = "linux", target_os = "android", target_os = "freebsd")))]
fn nameless_file() -> io::Result<OwnedFd> {
    use std::sync::atomic::AtomicU32;
    use std::sync::atomic::Ordering::Relaxed;

    static FILES: AtomicU32 = AtomicU32::new(0);
    // Relaxed: only the numbers must differ.
    let number = FILES.fetch_add(1, Relaxed);
    let name = format!("conclab-{}-{number}", std::process::id());
    let path = std::env::temp_dir().join(name);
    let file = File::options().read(true).write(true).create_new(true).open(&path)?;
    std::fs::remove_file(&path)?;
    Ok(file.into())
}

/// There are no seals here: a worker of ours never changes the size.
#[cfg(not(any(target_os = "linux", target_os = "android", target_os = "freebsd")))]
fn keep_size(_: &File) -> io::Result<()> {
    Ok(())
}
