//! 128-bit keys of histories, identities and states, and how they are made.
//!
//! Two different things have equal keys with a chance of about 2⁻¹²⁸ per pair: for a graph of ten
//! million states that is less than 10⁻²⁴ in all.

use std::hash::{BuildHasherDefault, Hasher};

use super::ids::Slot;

/// What a word means that is mixed into a key.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Tag {
    /// The first thread.
    Main = 1,
    /// The names of what a thread makes.
    Naming,
    /// A thread starts to run.
    Start,
    /// The result of an operation.
    Result,
    /// A thread is born with its parent's history.
    Birth,
    /// Iteration of a `repeat`, and its end.
    Repeat,
    Repeated,
    /// Iteration of a `retry`, and its end.
    Retry,
    Retried,
    /// How many-th thing a thread makes.
    Made,
    /// A thread is over.
    Finished,
    Panicked,
}

/// The key of what `key` stands for, followed by `word`.
pub(crate) fn mix(key: u128, tag: Tag, word: u64) -> u128 {
    let (low, high) = halves(key);
    let given = scramble(word.wrapping_add((tag as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15)));
    let new_low = scramble(low.rotate_left(23) ^ given);
    let new_high = scramble(high.wrapping_add(given.rotate_left(32)) ^ new_low);
    join(new_low, new_high)
}

/// Mixes a whole key into another.
pub(crate) fn mix_key(key: u128, tag: Tag, with: u128) -> u128 {
    let (low, high) = halves(with);
    mix(mix(key, tag, low), tag, high)
}

/// A word's share of a state's key. Shares are added up, so that a step costs only the words it
/// changes; a word of 0 has no share, so that a state does not depend on slots that came later.
pub(crate) fn share(slot: Slot, word: u64) -> u128 {
    if word == 0 {
        return 0;
    }
    let seed = u64::from(slot).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let low = scramble(word.wrapping_add(seed));
    let high = scramble(word ^ low.rotate_left(32) ^ 0xD6E8_FEB8_6659_FD93);
    join(low, high)
}

/// The low half of a key: keys need no further hashing.
pub(crate) fn fold(key: u128) -> u64 {
    halves(key).0
}

/// A hash map with keys for keys.
pub(crate) type KeyMap<V> = std::collections::HashMap<u128, V, BuildHasherDefault<Fold>>;

/// The hasher of a [`KeyMap`].
#[derive(Default)]
pub(crate) struct Fold(u64);

impl Hasher for Fold {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, _: &[u8]) {
        unreachable!("only keys are hashed")
    }
    fn write_u128(&mut self, key: u128) {
        self.0 = fold(key);
    }
}

#[expect(clippy::cast_possible_truncation, reason = "these are the two halves")]
fn halves(key: u128) -> (u64, u64) {
    (key as u64, (key >> 64) as u64)
}

fn join(low: u64, high: u64) -> u128 {
    (u128::from(high) << 64) | u128::from(low)
}

/// A bijection of 64-bit words in which every bit depends on every other.
///
/// # Sources
/// Steele, Lea, Flood: "Fast splittable pseudorandom number generators", OOPSLA 2014 (the mixing
/// function, with David Stafford's constants, variant 13).
fn scramble(word: u64) -> u64 {
    let word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    word ^ (word >> 31)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn small_words_at_all_places_have_keys_of_their_own() {
        let places = (0..64).flat_map(|slot| (1..1_000).map(move |word| share(slot, word)));
        let keys: Vec<u128> = places.collect();
        let lows: HashSet<u64> = keys.iter().map(|&key| fold(key)).collect();
        let highs: HashSet<u64> = keys.iter().map(|&key| fold(key >> 64)).collect();
        assert_eq!((lows.len(), highs.len()), (keys.len(), keys.len()));
    }

    #[test]
    fn a_key_depends_on_the_order_of_what_was_mixed_in() {
        let both = |one, other| mix(mix(0, Tag::Result, one), Tag::Result, other);
        assert_ne!(both(1, 2), both(2, 1));
        assert_ne!(mix(0, Tag::Repeat, 1), mix(0, Tag::Retry, 1));
        assert_ne!(fold(both(0, 1)), fold(both(0, 1) >> 64));
    }
}
