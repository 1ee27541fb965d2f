//! Memory: this process's peak, which the kernel keeps, and its children's, which is sampled.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// Samples are at least so far apart.
const NAP: Duration = Duration::from_millis(5);
/// And so many times as far apart as a sample takes: 1 % of a core.
const SPARSE: u32 = 100;

/// The high-water mark of this process's memory.
#[derive(Clone, Copy, Debug)]
pub(super) struct HighWater {
    before_bytes: u64,
}

/// Memory of this process.
#[derive(Clone, Copy, Debug)]
pub(super) struct Memory {
    pub(super) before_bytes: u64,
    pub(super) max_bytes: u64,
}

impl HighWater {
    /// Sets the mark back to what the process holds now; nothing where that cannot be done.
    pub(super) fn set_back() -> Option<Self> {
        // 5 is the kernel's number for "the peak of the resident set".
        fs::write("/proc/self/clear_refs", "5").ok()?;
        Some(Self { before_bytes: own("VmRSS:")? })
    }

    /// The mark now.
    pub(super) fn read(self) -> Memory {
        let before_bytes = self.before_bytes;
        Memory { before_bytes, max_bytes: own("VmHWM:").unwrap_or(0).max(before_bytes) }
    }
}

/// A figure of `/proc/self/status`, in bytes.
fn own(key: &str) -> Option<u64> {
    kibibytes(&fs::read_to_string("/proc/self/status").ok()?, key)
}

/// The figure after `key` in a text with lines like `Pss:  215 kB`, in bytes.
fn kibibytes(text: &str, key: &str) -> Option<u64> {
    let figure = text.lines().find_map(|line| line.strip_prefix(key))?;
    Some(figure.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok()? * 1_024)
}

/// The descendants of this process, dead ones that nobody has waited for included.
pub(super) fn descendants() -> Vec<u32> {
    let mut found = children("self");
    let mut next = 0;
    while let Some(&pid) = found.get(next) {
        next += 1;
        found.extend(children(&pid.to_string()));
    }
    found
}

fn children(process: &str) -> Vec<u32> {
    let Ok(threads) = fs::read_dir(format!("/proc/{process}/task")) else { return Vec::new() };
    let of_thread = |thread: fs::DirEntry| fs::read_to_string(thread.path().join("children")).ok();
    let lists: Vec<String> = threads.flatten().filter_map(of_thread).collect();
    lists.iter().flat_map(|list| list.split_whitespace()).filter_map(|it| it.parse().ok()).collect()
}

/// The same from the parents of all processes there are: slower, but a list of children may lack
/// some while others begin or end.
pub(super) fn all_descendants() -> Vec<u32> {
    let Ok(processes) = fs::read_dir("/proc") else { return Vec::new() };
    let pids = processes.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let families: Vec<(u32, u32)> = pids.filter_map(|pid| Some((pid, parent(pid)?))).collect();
    let mut found = vec![std::process::id()];
    let mut next = 0;
    while let Some(&pid) = found.get(next) {
        next += 1;
        found.extend(families.iter().filter(|(_, parent)| *parent == pid).map(|(pid, _)| *pid));
    }
    found.split_off(1)
}

/// The parent of a process: the second field after its name, which may hold anything.
fn parent(pid: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
}

/// Memory of all descendants now. A page that several processes share counts once: each has its
/// proportional share of it.
fn of_descendants() -> u64 {
    let of = |pid| {
        let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).ok()?;
        kibibytes(&rollup, "Pss:")
    };
    descendants().into_iter().filter_map(of).sum()
}

/// A thread that samples the children's memory.
#[derive(Debug)]
pub(super) struct Sampler {
    ending: Arc<AtomicBool>,
    thread: JoinHandle<Sampled>,
}

/// What the sampler has seen, and used itself.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sampled {
    pub(super) first_bytes: u64,
    pub(super) max_bytes: u64,
    pub(super) n_naps: u64,
    pub(super) cpu_ns: u64,
}

impl Sampler {
    /// Starts the thread; nothing if the system has no more threads, or does not tell.
    pub(super) fn start() -> Option<Self> {
        fs::metadata("/proc/self/smaps_rollup").ok()?;
        let first_bytes = of_descendants();
        let first = Sampled { first_bytes, max_bytes: first_bytes, ..Sampled::default() };
        let ending = Arc::new(AtomicBool::new(false));
        let ends = Arc::clone(&ending);
        let sampler = thread::Builder::new().name("memory sampler".to_owned());
        let thread = sampler.spawn(move || sample(first, &ends)).ok()?;
        Some(Self { ending, thread })
    }

    /// Ends the thread. The last sample is taken here, so that children that are alive now are
    /// never missed.
    pub(super) fn finish(self) -> Sampled {
        // Relaxed: the flag publishes nothing but itself; `join` publishes the samples.
        self.ending.store(true, Relaxed);
        self.thread.thread().unpark();
        let last_bytes = of_descendants();
        let mut sampled = self.thread.join().unwrap_or_default();
        sampled.max_bytes = sampled.max_bytes.max(last_bytes);
        sampled
    }
}

fn sample(mut sampled: Sampled, ends: &AtomicBool) -> Sampled {
    let mut nap = NAP;
    loop {
        thread::park_timeout(nap);
        sampled.n_naps += 1;
        // Relaxed: the flag publishes nothing but itself.
        if ends.load(Relaxed) {
            sampled.cpu_ns = thread_cpu_ns();
            return sampled;
        }
        let begin = Instant::now();
        sampled.max_bytes = sampled.max_bytes.max(of_descendants());
        nap = NAP.max(begin.elapsed() * SPARSE);
    }
}

#[cfg(unix)]
fn thread_cpu_ns() -> u64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    time.tv_sec.cast_unsigned() * 1_000_000_000 + time.tv_nsec.cast_unsigned()
}

#[cfg(not(unix))]
fn thread_cpu_ns() -> u64 {
    0
}
