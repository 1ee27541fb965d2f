//! Bounded channels with many senders and one receiver: `std::sync::mpsc::sync_channel`.
//!
//! In the model sending, receiving and dropping or cloning an end are steps, because the other end
//! sees them. A channel has at least one place: there is no rendezvous channel here.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::fmt::{self, Debug};
use std::hash::Hash;
use std::panic::Location;
pub use std::sync::mpsc::{RecvError, SendError, TryRecvError, TrySendError};

use parking_lot::Mutex as RawMutex;

use super::{Arc, Condvar, Mutex};
use crate::report::Wait;
use crate::world::model::context::{self, Context};
use crate::world::model::ids::{Slot, ValueId, WOULD_BLOCK};
use crate::world::model::objects::channel::{self, ChannelOp, DISCONNECTED, PLACES_MAX};
use crate::world::model::op::Pending;
use crate::world::model::tables::Kind;
use crate::world::real;
use crate::world::traced::{Object, ObjectKind, What};

/// Makes a channel for `bound` values (1 to 16), without a name.
///
/// # Panics
/// If `bound` is out of range.
pub fn sync_channel<T: Hash + Debug + Send>(bound: usize) -> (SyncSender<T>, Receiver<T>) {
    with_name(None, bound)
}

/// Makes a channel with a name, for traces and tables.
///
/// # Panics
/// If `bound` is out of range.
pub fn named_channel<T: Hash + Debug + Send>(
    name: impl Into<Cow<'static, str>>,
    bound: usize,
) -> (SyncSender<T>, Receiver<T>) {
    with_name(Some(name.into()), bound)
}

fn with_name<T: Hash + Debug + Send>(
    name: Option<Cow<'static, str>>,
    bound: usize,
) -> (SyncSender<T>, Receiver<T>) {
    assert!((1..=PLACES_MAX).contains(&bound), "a channel has 1 to {PLACES_MAX} places");
    let channel = if let Some(model) = context::current() {
        let slot = model.make(Kind::Channel, name.as_ref(), channel::new_header());
        for place in 0..bound {
            let item = model.make(Kind::Place, None, 0);
            assert_eq!(item as usize, slot as usize + 1 + place, "places follow their channel");
        }
        let places = u8::try_from(bound).expect("places are few");
        Channel::Model { slot, places, number: Context::intern, values: RawMutex::default() }
    } else {
        let name = real::name(name, "channel");
        let ends = Ends { values: VecDeque::new(), bound, senders: 1, receiver: true };
        let changed = Condvar::part_of(&name, Wait::Channel);
        let traced = Object::new(&name, ObjectKind::Channel);
        Channel::Real { ends: Mutex::part_of(&name, ends), changed, traced }
    };
    let channel = Arc::new(channel);
    (SyncSender(Arc::clone(&channel)), Receiver(channel))
}

enum Channel<T> {
    Real {
        ends: Mutex<Ends<T>>,
        changed: Condvar,
        traced: Object,
    },
    Model {
        slot: Slot,
        places: u8,
        /// Numbers a value.
        number: fn(&Context, &T) -> ValueId,
        /// The values themselves; the state machine decides who may touch them.
        values: RawMutex<VecDeque<T>>,
    },
}

/// A channel of the real world.
#[derive(Debug, Hash)]
struct Ends<T> {
    values: VecDeque<T>,
    bound: usize,
    senders: usize,
    receiver: bool,
}

/// Why a value could not be sent or received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Refused {
    WouldBlock,
    Disconnected,
}

impl<T> Channel<T> {
    /// Puts a value in, or gives it back.
    #[track_caller]
    fn put(&self, value: T, wait: bool) -> Result<(), (T, Refused)> {
        match self {
            Self::Real { ends, changed, traced } => {
                let place = Location::caller();
                let mut ends = ends.lock();
                if wait && ends.receiver && ends.values.len() == ends.bound {
                    traced.wants(place);
                }
                while wait && ends.receiver && ends.values.len() == ends.bound {
                    ends = changed.wait(ends);
                }
                if !ends.receiver || ends.values.len() == ends.bound {
                    traced.did_again(What::Refused, 0, place);
                    let is_full = ends.receiver;
                    let why = if is_full { Refused::WouldBlock } else { Refused::Disconnected };
                    return Err((value, why));
                }
                traced.got(What::Sent, place);
                ends.values.push_back(value);
                drop(ends);
                changed.notify_all();
            }
            Self::Model { number, values, .. } => {
                let model = context::current().expect("channels of the model are used inside it");
                let id = number(&model, &value);
                let what = if wait { ChannelOp::Send(id) } else { ChannelOp::TrySend(id) };
                match self.perform(what) {
                    WOULD_BLOCK => return Err((value, Refused::WouldBlock)),
                    DISCONNECTED => return Err((value, Refused::Disconnected)),
                    _ => values.lock().push_back(value),
                }
            }
        }
        Ok(())
    }

    /// Takes the oldest value out.
    #[track_caller]
    fn take(&self, wait: bool) -> Result<T, Refused> {
        match self {
            Self::Real { ends, changed, traced } => {
                let place = Location::caller();
                let mut ends = ends.lock();
                if wait && ends.senders > 0 && ends.values.is_empty() {
                    traced.wants(place);
                }
                while wait && ends.senders > 0 && ends.values.is_empty() {
                    ends = changed.wait(ends);
                }
                let none =
                    if ends.senders == 0 { Refused::Disconnected } else { Refused::WouldBlock };
                let value = ends.values.pop_front().ok_or(none);
                match value {
                    Ok(_) => traced.got(What::Received, place),
                    Err(_) => traced.did_again(What::Refused, 0, place),
                }
                drop(ends);
                changed.notify_all();
                value
            }
            Self::Model { values, .. } => {
                let what = if wait { ChannelOp::Receive } else { ChannelOp::TryReceive };
                match self.perform(what) {
                    WOULD_BLOCK => Err(Refused::WouldBlock),
                    DISCONNECTED => Err(Refused::Disconnected),
                    // Nothing is there if the execution is being unwound.
                    _ => values.lock().pop_front().ok_or(Refused::Disconnected),
                }
            }
        }
    }

    /// Tells the other end that an end has come or gone.
    #[track_caller]
    fn change_ends(&self, what: ChannelOp) {
        if let Self::Real { ends, changed, .. } = self {
            let mut ends = ends.lock();
            match what {
                ChannelOp::AddSender => ends.senders += 1,
                ChannelOp::DropSender => ends.senders -= 1,
                _ => ends.receiver = false,
            }
            drop(ends);
            changed.notify_all();
        } else {
            self.perform(what);
        }
    }

    #[track_caller]
    fn perform(&self, what: ChannelOp) -> u64 {
        let Self::Model { slot, places, .. } = self else { return 0 };
        let (channel, places) = (*slot, *places);
        // An end that is dropped after its execution tells nobody.
        let Some(model) = context::current() else { return 0 };
        model.perform(&Pending::Channel { channel, places, what }, Location::caller())
    }
}

/// The sending end of a channel; clone it for more senders.
pub struct SyncSender<T>(Arc<Channel<T>>);

impl<T> SyncSender<T> {
    /// Puts a value in; waits while the channel is full.
    ///
    /// # Errors
    /// The value, if the receiver is gone.
    #[track_caller]
    pub fn send(&self, value: T) -> Result<(), SendError<T>> {
        self.0.put(value, true).map_err(|(value, _)| SendError(value))
    }

    /// Puts a value in if there is room.
    ///
    /// # Errors
    /// The value, if there is none or the receiver is gone.
    #[track_caller]
    pub fn try_send(&self, value: T) -> Result<(), TrySendError<T>> {
        self.0.put(value, false).map_err(|(value, why)| match why {
            Refused::WouldBlock => TrySendError::Full(value),
            Refused::Disconnected => TrySendError::Disconnected(value),
        })
    }
}

impl<T> Clone for SyncSender<T> {
    #[track_caller]
    fn clone(&self) -> Self {
        self.0.change_ends(ChannelOp::AddSender);
        Self(Arc::clone(&self.0))
    }
}

impl<T> Drop for SyncSender<T> {
    #[track_caller]
    fn drop(&mut self) {
        self.0.change_ends(ChannelOp::DropSender);
    }
}

impl<T> Debug for SyncSender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SyncSender").finish_non_exhaustive()
    }
}

/// The receiving end of a channel.
pub struct Receiver<T>(Arc<Channel<T>>);

impl<T> Receiver<T> {
    /// Takes the oldest value; waits while the channel is empty.
    ///
    /// # Errors
    /// If it is empty and every sender is gone.
    #[track_caller]
    pub fn recv(&self) -> Result<T, RecvError> {
        self.0.take(true).map_err(|_why| RecvError)
    }

    /// Takes the oldest value if there is one.
    ///
    /// # Errors
    /// If there is none; it says whether every sender is gone.
    #[track_caller]
    pub fn try_recv(&self) -> Result<T, TryRecvError> {
        self.0.take(false).map_err(|why| match why {
            Refused::WouldBlock => TryRecvError::Empty,
            Refused::Disconnected => TryRecvError::Disconnected,
        })
    }
}

impl<T> Drop for Receiver<T> {
    #[track_caller]
    fn drop(&mut self) {
        self.0.change_ends(ChannelOp::DropReceiver);
    }
}

impl<T> Debug for Receiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receiver").finish_non_exhaustive()
    }
}
