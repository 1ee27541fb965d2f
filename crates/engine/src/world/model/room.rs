//! Room in the tables of a search: counted before it is asked for, and asked for before it is
//! needed, so that neither a budget nor a system that refuses ends in an abort.

use std::collections::TryReserveError;

use super::keys::KeyMap;

/// Bytes that an allocation takes beside what is in it.
pub(crate) const ALLOCATION: u64 = 16;

/// What lab code takes while it runs, and what is learned from it between two looks.
const LAB_BYTES: u64 = 256 * 1024;

/// Bytes by which a reserve grows.
const RESERVE_STEP: u64 = 1 << 20;

/// What tables take, and what they will once each of them has room for so many entries more.
#[derive(Clone, Debug)]
pub(crate) struct Room {
    more: usize,
    taken: u64,
    grown: u64,
    /// The largest of those that must grow: it is there twice while it is copied.
    copied: u64,
}

impl Room {
    pub(crate) fn for_more(more: usize) -> Self {
        Self { more, taken: 0, grown: LAB_BYTES, copied: 0 }
    }

    /// Counts bytes that are taken for good.
    pub(crate) fn count(&mut self, bytes: u64) {
        self.taken += bytes;
        self.grown += bytes;
    }

    /// Counts a vector, which grows to twice its size.
    pub(crate) fn count_vec<T>(&mut self, vec: &Vec<T>) {
        self.count_vec_for(vec, 0);
    }

    /// Counts a vector to which these come too.
    pub(crate) fn count_vec_for<T>(&mut self, vec: &Vec<T>, these: usize) {
        let needed = vec.len() + these + self.more;
        let grown = if needed > vec.capacity() { needed.max(2 * vec.capacity()) } else { 0 };
        self.count_table(vec.capacity(), grown, size_of::<T>());
    }

    /// Counts a map from keys.
    pub(crate) fn count_map<V>(&mut self, map: &KeyMap<V>) {
        self.count_hashed(map.len(), map.capacity(), size_of::<(u128, V)>());
    }

    /// Counts a hash table of entries of so many bytes.
    pub(crate) fn count_hashed(&mut self, len: usize, capacity: usize, entry_bytes: usize) {
        // One place of eight stays empty, and each has a byte of its own.
        let places = |capacity: usize| (capacity * 8 / 7).next_power_of_two();
        let needed = len + self.more;
        let grown = if needed > capacity { places(needed.max(capacity + 1)) } else { 0 };
        self.count_table(places(capacity), grown, entry_bytes + 1);
    }

    fn count_table(&mut self, now: usize, grown: usize, entry_bytes: usize) {
        let [now, grown] = [now, grown].map(|entries| (entries * entry_bytes) as u64);
        self.taken += now;
        self.grown += now.max(grown);
        if grown > 0 {
            self.copied = self.copied.max(now);
        }
    }

    /// What is taken now and is not in another count.
    pub(crate) fn taken_beside(&self, other: &Self) -> u64 {
        self.taken - other.taken
    }

    /// What will be taken while all that was counted grows.
    pub(crate) fn needed(&self) -> u64 {
        self.grown + self.copied
    }
}

/// Bytes that are taken when a search is over, for a graph whose paths have about so many steps:
/// numbers of interleavings that go on and that fail, components and marks of states; and for a
/// while numbers of paths, or costs of edges, or the search for components.
#[expect(clippy::cast_precision_loss, reason = "an estimate")]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an estimate")]
pub(crate) fn bytes_of_passes(n_states: u64, n_edges: u64, n_steps: u64) -> u64 {
    let branches = (n_edges as f64 / n_states.max(1) as f64).max(1.0);
    let bits = (branches.log2() * n_steps as f64) as u64;
    let number = if bits <= 128 { 16 } else { 24 + ALLOCATION + bits / 8 };
    let kept = n_states * (2 * number + 40);
    kept + (n_states * number).max(n_states * 48).max(n_edges * 8)
}

/// Memory that nobody writes to, held so that others can have it later.
#[derive(Debug, Default)]
pub(crate) struct Reserve(Vec<u8>);

impl Reserve {
    /// Holds so many bytes.
    ///
    /// # Errors
    /// If the system refuses.
    pub(crate) fn hold(&mut self, bytes: u64) -> Result<(), TryReserveError> {
        let bytes = bytes.next_multiple_of(RESERVE_STEP);
        self.0.try_reserve_exact(usize::try_from(bytes).unwrap_or(usize::MAX))
    }
}
