//! What has been learned about the program: its threads, objects, values and local states.
//!
//! Between two operations a thread is a deterministic function of the results it was given. So
//! each thread is an automaton: a *node* is a thread with its observation history and its pending
//! operation, an *edge* leads from a node, by the result of that operation, to the next node. The
//! automata are learned by running the lab's code, once per edge; the search then moves along
//! known edges without running it at all.

use std::collections::TryReserveError;
use std::fmt::Debug;
use std::hash::Hash;
use std::panic::Location;

use siphasher::sip128::{Hasher128, SipHasher13};

use super::ids::{Slot, ThreadId, ValueId};
use super::keys::KeyMap;
use super::op::Pending;
use super::room::{ALLOCATION, Room};
use super::state::State;

/// Where an operation stands in the lab's source.
pub(crate) type Place = &'static Location<'static>;

/// Most threads of a modelled program: sets of threads are 64-bit words.
pub(crate) const THREADS_MAX: usize = 64;

/// What kind of object lives at a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Thread(ThreadId),
    Bool,
    Number,
    Mutex,
    Condvar,
    Semaphore,
    RwLock,
    Barrier,
    Gauge,
    /// The threads that sleep on an atomic.
    Sleepers,
    Channel,
    /// A place of a channel: part of the channel before it.
    Place,
}

impl Kind {
    /// The word for objects that were not given a name.
    fn word(self) -> &'static str {
        match self {
            Self::Thread(_) => "thread",
            Self::Bool | Self::Number => "atomic",
            Self::Mutex => "mutex",
            Self::Condvar => "condvar",
            Self::Semaphore => "semaphore",
            Self::RwLock => "rwlock",
            Self::Barrier => "barrier",
            Self::Gauge => "gauge",
            Self::Sleepers => "sleepers",
            Self::Channel => "channel",
            Self::Place => "place",
        }
    }
}

/// An object or a thread, registered by the thread that made it and how many-th it was there.
#[derive(Debug)]
pub(crate) struct Object {
    pub(crate) kind: Kind,
    pub(crate) name: String,
}

/// A local state of a thread.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) pending: Pending,
    pub(crate) place: Place,
    /// Where to go from here, by the result of the pending operation.
    edges: Vec<(u64, u32)>,
}

/// A move of one thread from a node to the next, with what its code did to the state on the way:
/// objects made, threads born.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Edge {
    pub(crate) target: u32,
    pub(crate) effects: Box<[(Slot, u64)]>,
}

/// Everything learned about one program.
#[derive(Debug)]
pub(crate) struct Tables {
    pub(crate) nodes: Vec<Node>,
    pub(crate) edges: Vec<Edge>,
    /// Slot of each thread.
    pub(crate) threads: Vec<Slot>,
    /// Object at each slot; slot 0 belongs to the engine.
    pub(crate) objects: Vec<Object>,
    /// How many spurious wake-ups and failures an interleaving may have.
    pub(crate) spurious: u32,
    /// Whether a thread of this program can nap, and whether one can panic.
    may_nap: bool,
    pub(crate) may_panic: bool,
    values: Vec<String>,
    node_of: KeyMap<u32>,
    slot_of: KeyMap<Slot>,
    value_of: KeyMap<ValueId>,
    /// Bytes of what nodes, edges and values own.
    owned: u64,
}

impl Tables {
    /// Knows nothing yet.
    pub(crate) fn new(spurious: u32) -> Self {
        let engine = Object { kind: Kind::Number, name: "spurious".into() };
        Self {
            // Node 0 and value 0 mean "none".
            nodes: vec![Node {
                pending: Pending::Start,
                place: Location::caller(),
                edges: Vec::new(),
            }],
            edges: Vec::new(),
            threads: Vec::new(),
            objects: vec![engine],
            spurious,
            may_nap: false,
            may_panic: false,
            values: vec![String::new()],
            node_of: KeyMap::default(),
            slot_of: KeyMap::default(),
            value_of: KeyMap::default(),
            owned: 0,
        }
    }

    /// The local state of a thread, if it is born.
    pub(crate) fn node(&self, state: &State, thread: ThreadId) -> Option<u32> {
        let slot = *self.threads.get(usize::from(thread))?;
        let node = u32::try_from(state.get(slot)).expect("words of threads are nodes");
        (node != 0).then_some(node)
    }

    /// The pending operation of a thread, if it is born.
    pub(crate) fn pending(&self, state: &State, thread: ThreadId) -> Option<&Pending> {
        self.node(state, thread).map(|node| &self.nodes[node as usize].pending)
    }

    /// Whether a thread with this word is over.
    pub(crate) fn is_over(&self, word: u64) -> bool {
        usize::try_from(word).is_ok_and(|node| self.nodes[node].pending.is_over())
    }

    /// Every thread that can be alive, in scheduling order.
    pub(crate) fn thread_ids(&self) -> impl Iterator<Item = ThreadId> + use<> {
        0..ThreadId::try_from(self.threads.len()).expect("at most 64 threads")
    }

    /// The name of a thread.
    pub(crate) fn thread_name(&self, thread: ThreadId) -> &str {
        self.name(self.threads[usize::from(thread)])
    }

    /// The name of what lives at a slot.
    pub(crate) fn name(&self, slot: Slot) -> &str {
        &self.objects[slot as usize].name
    }

    /// The text of a value.
    pub(crate) fn value(&self, value: ValueId) -> &str {
        &self.values[value as usize]
    }

    /// The known way on from a node.
    #[inline]
    pub(crate) fn edge(&self, node: u32, result: u64) -> Option<&Edge> {
        let known = self.nodes[node as usize].edges.iter();
        let (_, edge) = known.copied().find(|&(given, _)| given == result)?;
        Some(&self.edges[edge as usize])
    }

    /// Whether no thread can do anything by itself after a move along this edge: the one that
    /// moved has come to a step, none was born, and none naps.
    #[inline]
    pub(crate) fn frees_nobody(&self, edge: &Edge) -> bool {
        let arrived = &self.nodes[edge.target as usize].pending;
        let rests = !arrived.is_eager() && !arrived.is_over();
        rests && edge.effects.is_empty() && !self.may_nap
    }

    /// Counts what has been learned.
    pub(crate) fn count(&self, room: &mut Room) {
        room.count_vec(&self.nodes);
        room.count_vec(&self.edges);
        room.count_vec(&self.values);
        room.count_map(&self.node_of);
        room.count_map(&self.value_of);
        room.count(self.owned);
    }

    /// Makes room for so much more of it.
    ///
    /// # Errors
    /// If the system refuses.
    pub(crate) fn make_room(&mut self, more: usize) -> Result<(), TryReserveError> {
        self.nodes.try_reserve(more)?;
        self.edges.try_reserve(more)?;
        self.values.try_reserve(more)?;
        self.node_of.try_reserve(more)?;
        self.value_of.try_reserve(more)
    }

    /// Notes where a node leads.
    pub(crate) fn add_edge(&mut self, node: u32, result: u64, edge: Edge) {
        let index = u32::try_from(self.edges.len()).expect("fewer than 2^32 edges");
        self.owned +=
            2 * ALLOCATION + (size_of_val(&*edge.effects) + size_of::<(u64, u32)>()) as u64;
        self.edges.push(edge);
        let edges = &mut self.nodes[node as usize].edges;
        // Most nodes have one way on, and there can be millions of nodes.
        edges.reserve_exact(1);
        edges.push((result, index));
    }

    /// The node with this history (which tells threads apart); a new one if it is not known.
    pub(crate) fn intern_node(&mut self, history: u128, pending: Pending, place: Place) -> u32 {
        let next = u32::try_from(self.nodes.len()).expect("fewer than 2^32 nodes");
        let node = *self.node_of.entry(history).or_insert(next);
        if node == next {
            self.may_nap |= pending.is_nap();
            self.may_panic |= matches!(pending, Pending::Panicked(_));
            self.owned += pending.owned_bytes();
            self.nodes.push(Node { pending, place, edges: Vec::new() });
        }
        node
    }

    /// The slot of an object, by its identity; a new one if it is not known.
    pub(crate) fn intern_object(&mut self, identity: u128, kind: Kind, name: Option<&str>) -> Slot {
        if let Some(&slot) = self.slot_of.get(&identity) {
            return slot;
        }
        let slot = Slot::try_from(self.objects.len()).expect("fewer than 2^32 objects");
        let name = name.map_or_else(|| self.next_name(kind), str::to_owned);
        self.objects.push(Object { kind, name });
        self.slot_of.insert(identity, slot);
        slot
    }

    /// The slot of a thread, by its identity; nothing if there are too many threads.
    pub(crate) fn intern_thread(&mut self, identity: u128, name: Option<&str>) -> Option<ThreadId> {
        let next = self.threads.len();
        if next == THREADS_MAX && !self.slot_of.contains_key(&identity) {
            return None;
        }
        let id = ThreadId::try_from(next).expect("at most 64 threads");
        let slot = self.intern_object(identity, Kind::Thread(id), name);
        let Kind::Thread(id) = self.objects[slot as usize].kind else {
            unreachable!("identities of threads and objects differ")
        };
        if usize::from(id) == next {
            self.threads.push(slot);
        }
        Some(id)
    }

    /// A name for something that was not given one.
    fn next_name(&self, kind: Kind) -> String {
        if let Kind::Thread(id) = kind {
            return crate::world::letter(usize::from(id).saturating_sub(1));
        }
        let alike = self.objects.iter().skip(1).filter(|object| object.kind.word() == kind.word());
        format!("{} {}", kind.word(), alike.count() + 1)
    }

    /// The number of a value: equal values have equal numbers.
    pub(crate) fn intern_value<T: Hash + Debug>(&mut self, value: &T) -> ValueId {
        let next = ValueId::try_from(self.values.len()).expect("fewer than 2^32 values");
        let value_id = *self.value_of.entry(digest(value)).or_insert(next);
        if value_id == next {
            let text = format!("{value:?}");
            self.owned += ALLOCATION + text.capacity() as u64;
            self.values.push(text);
        }
        value_id
    }

    /// The number of a text, shown as it is.
    pub(crate) fn intern_text(&mut self, text: &str) -> ValueId {
        let known = self.values.len();
        let id = self.intern_value(&text);
        if id as usize == known {
            text.clone_into(&mut self.values[known]);
        }
        id
    }
}

/// A value's 128-bit hash; values of different types differ.
fn digest<T: Hash>(value: &T) -> u128 {
    let mut hasher = SipHasher13::new();
    std::any::type_name::<T>().hash(&mut hasher);
    value.hash(&mut hasher);
    hasher.finish128().as_u128()
}
