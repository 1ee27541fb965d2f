//! Work of a known length, and what the operating system says of the thread that does it.

use std::hint::black_box;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// Rounds that are timed together.
const ROUNDS: u32 = 20_000;

/// How many rounds of [`work`] take `length`; what a round takes is measured once per process.
pub(super) fn rounds(length: Duration) -> u32 {
    static PER_ROUND: OnceLock<Duration> = OnceLock::new();
    let of_many = *PER_ROUND.get_or_init(|| {
        let time = |_| {
            let begin = Instant::now();
            work(ROUNDS);
            begin.elapsed()
        };
        // An interruption makes it slower, nothing makes it faster.
        (0..7).map(time).min().unwrap_or_default()
    });
    let rounds = length.as_nanos() * u128::from(ROUNDS) / of_many.as_nanos().max(1);
    u32::try_from(rounds).unwrap_or(u32::MAX)
}

/// Multiplies, each time by what came out before.
///
/// Not inlined: all locks must call the same machine code. A copy per lock can differ in its
/// alignment, which was seen to make one of them 1.5 times as slow.
#[inline(never)]
pub(super) fn work(rounds: u32) {
    let mut value = 1_u64;
    for _ in 0..rounds {
        value = black_box(value).wrapping_mul(6_364_136_223_846_793_005);
    }
    black_box(value);
}

/// How often the calling thread has gone to sleep or given its core away by itself, and how often
/// it was taken off its core. Nothing but Linux tells.
pub(super) fn context_switches() -> Option<(u64, u64)> {
    let status = std::fs::read_to_string("/proc/thread-self/status").ok()?;
    let figure =
        |name| status.lines().find_map(|line| line.strip_prefix(name)?.trim().parse().ok());
    Some((figure("voluntary_ctxt_switches:")?, figure("nonvoluntary_ctxt_switches:")?))
}
