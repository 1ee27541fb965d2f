//! Work that takes a known time, the same for everybody.

use std::hint::black_box;

/// So many rounds of arithmetic, each of which waits for the one before: about 1.5 ns a round.
///
/// One copy for everybody: a lock must not win by where its section was placed.
#[inline(never)]
pub(crate) fn work(rounds: u64) {
    let mut x = black_box(3_u64);
    for _ in 0..rounds {
        x = x.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        x ^= x >> 29;
    }
    black_box(x);
}
