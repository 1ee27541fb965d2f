//! Bounded channels of the model: a plain state machine over a header word and one word per place.
//!
//! The header is `receiver << 32 | senders << 16 | length`; the words after it are the numbers of
//! the values in the queue, oldest first. Empty places are 0.

use crate::world::model::ids::{Slot, WOULD_BLOCK};
use crate::world::model::state::State;

/// Most places of a modelled channel.
pub(crate) const PLACES_MAX: usize = 16;

/// The other end is gone.
pub(crate) const DISCONNECTED: u64 = 1 << 33;

/// What a thread asks of a channel with so many places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ChannelOp {
    /// Puts this value in.
    Send(u32),
    TrySend(u32),
    Receive,
    TryReceive,
    /// One more sender, or one less.
    AddSender,
    DropSender,
    DropReceiver,
}

/// The header word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Header {
    length: u64,
    senders: u64,
    receiver: bool,
}

impl Header {
    fn read(word: u64) -> Self {
        Self { length: word & 0xFFFF, senders: word >> 16 & 0xFFFF, receiver: word >> 32 & 1 == 1 }
    }

    fn word(self) -> u64 {
        (u64::from(self.receiver) << 32) | (self.senders << 16) | self.length
    }
}

/// The header of a new channel: one sender, one receiver, nothing in it.
pub(crate) fn new_header() -> u64 {
    Header { length: 0, senders: 1, receiver: true }.word()
}

/// The values in a channel, oldest first.
pub(crate) fn contents(state: &State, channel: Slot) -> Vec<u64> {
    let length = Header::read(state.get(channel)).length;
    (0..length).map(|place| state.get(item(channel, place))).collect()
}

fn item(channel: Slot, place: u64) -> Slot {
    channel + 1 + Slot::try_from(place).expect("places are few")
}

impl ChannelOp {
    /// The same operation, but one that waits.
    pub(crate) fn waiting(self) -> Self {
        match self {
            Self::TrySend(value) => Self::Send(value),
            Self::TryReceive => Self::Receive,
            Self::Send(_)
            | Self::Receive
            | Self::AddSender
            | Self::DropSender
            | Self::DropReceiver => self,
        }
    }

    /// Whether it can be done now.
    pub(crate) fn is_enabled(self, state: &State, channel: Slot, places: u8) -> bool {
        let header = Header::read(state.get(channel));
        match self {
            Self::Send(_) => header.length < u64::from(places) || !header.receiver,
            Self::Receive => header.length > 0 || header.senders == 0,
            Self::TrySend(_)
            | Self::TryReceive
            | Self::AddSender
            | Self::DropSender
            | Self::DropReceiver => true,
        }
    }

    /// Does it, and returns what the thread is given: the number of the value received, or why
    /// there is none.
    pub(crate) fn apply(self, state: &mut State, channel: Slot, places: u8) -> u64 {
        let mut header = Header::read(state.get(channel));
        let result = match self {
            Self::Send(_) | Self::TrySend(_) if !header.receiver => DISCONNECTED,
            Self::TrySend(_) if header.length == u64::from(places) => WOULD_BLOCK,
            Self::Send(value) | Self::TrySend(value) => {
                state.set(item(channel, header.length), u64::from(value));
                header.length += 1;
                0
            }
            Self::Receive | Self::TryReceive if header.length > 0 => {
                header.length -= 1;
                take_oldest(state, channel, header.length)
            }
            Self::Receive | Self::TryReceive if header.senders == 0 => DISCONNECTED,
            Self::Receive | Self::TryReceive => WOULD_BLOCK,
            Self::AddSender => {
                header.senders += 1;
                0
            }
            Self::DropSender => {
                header.senders -= 1;
                0
            }
            Self::DropReceiver => {
                header.receiver = false;
                0
            }
        };
        state.set(channel, header.word());
        result
    }

    /// The operation on `name`, in the words of the source.
    pub(crate) fn words(self, name: &str, value: impl Fn(u32) -> String) -> String {
        match self {
            Self::Send(sent) => format!("send {name} {}", value(sent)),
            Self::TrySend(sent) => format!("try_send {name} {}", value(sent)),
            Self::Receive => format!("recv {name}"),
            Self::TryReceive => format!("try_recv {name}"),
            Self::AddSender => format!("clone sender of {name}"),
            Self::DropSender => format!("drop sender of {name}"),
            Self::DropReceiver => format!("drop receiver of {name}"),
        }
    }

    /// What the thread was given, if that is worth a word.
    pub(crate) fn given(self, result: u64, value: impl Fn(u32) -> String) -> Option<String> {
        match result {
            WOULD_BLOCK => Some("would block".to_owned()),
            DISCONNECTED => Some("disconnected".to_owned()),
            number if matches!(self, Self::Receive | Self::TryReceive) => {
                Some(value(u32::try_from(number).expect("numbers of values are small")))
            }
            _ => None,
        }
    }
}

/// Takes the oldest value out and moves the others, of which there are `rest`, up.
fn take_oldest(state: &mut State, channel: Slot, rest: u64) -> u64 {
    let oldest = state.get(item(channel, 0));
    for place in 0..rest {
        state.set(item(channel, place), state.get(item(channel, place + 1)));
    }
    state.set(item(channel, rest), 0);
    oldest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_out_in_the_order_they_went_in() {
        let mut state = State::default();
        state.set(1, new_header());
        for value in [5, 6] {
            assert!(ChannelOp::Send(value).is_enabled(&state, 1, 2));
            assert_eq!(ChannelOp::Send(value).apply(&mut state, 1, 2), 0);
        }
        assert!(!ChannelOp::Send(7).is_enabled(&state, 1, 2), "it is full");
        assert_eq!(ChannelOp::TrySend(7).apply(&mut state, 1, 2), WOULD_BLOCK);
        assert_eq!(contents(&state, 1), [5, 6]);
        assert_eq!(ChannelOp::Receive.apply(&mut state, 1, 2), 5);
        assert_eq!(ChannelOp::Receive.apply(&mut state, 1, 2), 6);
        assert!(!ChannelOp::Receive.is_enabled(&state, 1, 2), "it is empty");
    }

    #[test]
    fn a_missing_end_is_told() {
        let mut state = State::default();
        state.set(1, new_header());
        ChannelOp::DropSender.apply(&mut state, 1, 1);
        assert_eq!(ChannelOp::Receive.apply(&mut state, 1, 1), DISCONNECTED);
        ChannelOp::DropReceiver.apply(&mut state, 1, 1);
        assert_eq!(ChannelOp::Send(3).apply(&mut state, 1, 1), DISCONNECTED);
    }
}
