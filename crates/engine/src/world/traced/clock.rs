//! The clock of a recording: the processor's time-stamp counter, or the system's monotonic clock
//! where there is none. Both are the same in all processes.
//!
//! Reading the counter costs half of what `Instant::now` does. It is used only where the processor
//! says that it runs at one rate whatever the processor does (an *invariant* counter): the counters
//! of all cores then agree, or the kernel would not use them as its own clock. The counter is read
//! without a fence, so a stamp may lie some nanoseconds beside its operation.
#![expect(unsafe_code, reason = "reading the time-stamp counter is an intrinsic")]

use std::sync::OnceLock;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Instant;

/// Whether the counter may be used; decided before the first recording begins.
static COUNTER: AtomicBool = AtomicBool::new(false);

/// Reads the clock of recordings. What a tick is worth is known when a recording is finished.
#[inline]
pub fn ticks() -> u64 {
    #[cfg(target_arch = "x86_64")]
    // Relaxed: it is set before any thread records, and announces no other data.
    if COUNTER.load(Relaxed) {
        // SAFETY: every x86-64 processor has the instruction, and the system lets programs use it:
        // `has_counter` has read it before.
        return unsafe { core::arch::x86_64::_rdtsc() };
    }
    monotonic_ns()
}

/// Nanoseconds of the clock that all processes share.
#[cfg(unix)]
fn monotonic_ns() -> u64 {
    use rustix::time::{ClockId, clock_gettime};
    let now = clock_gettime(ClockId::Monotonic);
    let (s, ns) = (now.tv_sec.cast_unsigned(), now.tv_nsec.cast_unsigned());
    s.wrapping_mul(1_000_000_000).wrapping_add(ns)
}

/// Nanoseconds since the first call: only where there are processes of ours a clock is shared.
#[cfg(not(unix))]
fn monotonic_ns() -> u64 {
    static START: OnceLock<Instant> = OnceLock::new();
    let ns = START.get_or_init(Instant::now).elapsed().as_nanos();
    u64::try_from(ns).unwrap_or(u64::MAX)
}

/// Decides which clock this process uses; returns its name. The first recording does so, too: only
/// a process without one has to call this before it reads [`ticks`].
pub fn choose_clock() -> &'static str {
    static HAS: OnceLock<bool> = OnceLock::new();
    let has = *HAS.get_or_init(has_counter);
    // Relaxed: as in `ticks`.
    COUNTER.store(has, Relaxed);
    if has { "time-stamp counter" } else { "system clock" }
}

#[cfg(target_arch = "x86_64")]
fn has_counter() -> bool {
    use core::arch::x86_64::__cpuid;
    const POWER_MANAGEMENT: u32 = 0x8000_0007;
    let invariant = __cpuid(0x8000_0000).eax >= POWER_MANAGEMENT
        && __cpuid(POWER_MANAGEMENT).edx & (1 << 8) != 0;
    // SAFETY: every x86-64 processor has the instruction. A system that forbids it to programs
    // (none of those that conclab runs on does) would end the program here.
    invariant && unsafe { core::arch::x86_64::_rdtsc() } > 0
}

#[cfg(not(target_arch = "x86_64"))]
fn has_counter() -> bool {
    false
}

/// One moment on both clocks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stamp {
    ticks: u64,
    instant: Instant,
}

impl Stamp {
    pub(super) fn ticks(&self) -> u64 {
        self.ticks
    }

    pub(super) fn now() -> Self {
        // The counter between two readings of the other clock, the closest of a few attempts.
        let attempt = || {
            let before = Instant::now();
            let ticks = ticks();
            let width = before.elapsed();
            (width, Self { ticks, instant: before + width / 2 })
        };
        let closest = (0..5).map(|_| attempt()).min_by_key(|(width, _)| *width);
        closest.map_or_else(|| attempt().1, |(_, stamp)| stamp)
    }
}

/// Ticks as nanoseconds since the earlier of two stamps.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scale {
    begin: u64,
    ns_per_tick: f64,
}

impl Scale {
    pub(super) fn new(begin: Stamp, end: Stamp) -> Self {
        let ns = end.instant.duration_since(begin.instant).as_nanos() as f64;
        let ticks = end.ticks.saturating_sub(begin.ticks).max(1) as f64;
        Self { begin: begin.ticks, ns_per_tick: ns / ticks }
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it is not negative, and 2^53 ns are 104 days"
    )]
    pub(super) fn ns(&self, ticks: u64) -> u64 {
        (ticks.saturating_sub(self.begin) as f64 * self.ns_per_tick).round() as u64
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[cfg(unix)]
    #[test]
    fn the_clock_of_all_processes_goes_as_fast_as_ours() {
        let (begin, own) = (monotonic_ns(), Instant::now());
        std::thread::sleep(Duration::from_millis(20));
        let passed = (monotonic_ns() - begin) as f64 / own.elapsed().as_nanos() as f64;
        assert!((passed - 1.0).abs() < 0.05, "{passed}");
    }

    #[test]
    fn the_scale_gives_the_time_that_has_passed() {
        choose_clock();
        let begin = Stamp::now();
        std::thread::sleep(Duration::from_millis(20));
        let middle = (ticks(), Instant::now());
        std::thread::sleep(Duration::from_millis(20));
        let end = Stamp::now();
        let ns = Scale::new(begin, end).ns(middle.0);
        let true_ns = middle.1.duration_since(begin.instant).as_nanos() as f64;
        assert!((ns as f64 / true_ns - 1.0).abs() < 0.05, "{ns} of {true_ns}");
    }
}
