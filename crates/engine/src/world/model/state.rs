//! The state of the whole program.
//!
//! A state is a vector of words: for each thread the number of its local state (see `tables`),
//! for each object its value. A mutex is `owner << 32`, or the number of its data when free; a
//! condition variable is the set of waiting threads. Nothing here runs a lab's code.

use std::collections::TryReserveError;

use super::ids::Slot;
use super::keys::share;
use super::room::Room;

/// The word that counts what was spurious so far: wake-ups and failures.
pub(crate) const SPURIOUS_USED: Slot = 0;

/// A state with its 128-bit key, kept up to date word by word.
#[derive(Clone, Debug, Default)]
pub(crate) struct State {
    words: Vec<u64>,
    pub(crate) key: u128,
    /// What words were before they were changed, if that is recorded: the way back.
    log: Option<Vec<(Slot, u64)>>,
}

impl State {
    /// The word at `slot`; a slot that nothing has been put into is 0.
    pub(crate) fn get(&self, slot: Slot) -> u64 {
        self.words.get(slot as usize).copied().unwrap_or(0)
    }

    /// Replaces the word at `slot`.
    pub(crate) fn set(&mut self, slot: Slot, word: u64) {
        let index = slot as usize;
        if index >= self.words.len() {
            self.words.resize(index + 1, 0);
        }
        let old = std::mem::replace(&mut self.words[index], word);
        if let Some(log) = &mut self.log {
            log.push((slot, old));
        }
        self.key = self.key.wrapping_sub(share(slot, old)).wrapping_add(share(slot, word));
    }

    /// Records from now on what is changed, so that it can be undone.
    pub(crate) fn record(&mut self) {
        self.log = Some(Vec::new());
    }

    /// How much has been recorded: where a later [`State::undo`] comes back to.
    pub(crate) fn mark(&self) -> usize {
        self.log.as_ref().map_or(0, Vec::len)
    }

    /// Counts what is recorded, of which a move adds so many entries at most.
    pub(crate) fn count_log(&self, room: &mut Room, entries: usize) {
        self.log.iter().for_each(|log| room.count_vec_for(log, entries));
    }

    /// Makes room for so many records more.
    ///
    /// # Errors
    /// If the system refuses.
    pub(crate) fn make_room(&mut self, entries: usize) -> Result<(), TryReserveError> {
        self.log.as_mut().map_or(Ok(()), |log| log.try_reserve(entries))
    }

    /// Goes back to a mark, at which the key was `key`.
    pub(crate) fn undo(&mut self, mark: usize, key: u128) {
        if let Some(log) = &mut self.log {
            while log.len() > mark {
                let (slot, old) = log.pop().expect("it is longer than the mark");
                self.words[slot as usize] = old;
            }
        }
        self.key = key;
    }

    /// Becomes a copy of another state, which records nothing.
    pub(crate) fn copy_from(&mut self, other: &Self) {
        self.words.clone_from(&other.words);
        self.key = other.key;
        self.log = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_depends_on_the_words_and_not_on_the_way_to_them() {
        let (mut one, mut other) = (State::default(), State::default());
        one.set(3, 7);
        one.set(5, 1);
        other.set(5, 9);
        other.set(5, 1);
        other.set(3, 7);
        assert_eq!(one.key, other.key);
        other.set(3, 0);
        other.set(4, 7);
        assert_ne!(one.key, other.key, "the same words at other places");
    }
}
