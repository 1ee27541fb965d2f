//! The rings and their wake-ups against every interleaving.

use conclab_engine::lab::ModelSettings;
use conclab_engine::stop::Stop;
use conclab_engine::sync::atomic::{AtomicU64, Ordering};
use conclab_engine::sync::{Arc, Semaphore};
use conclab_engine::thread::scope;
use conclab_engine::world::model::explore;

use super::ring::{Reader, Writer};
use super::ring_end::{Bell, End, Wants};
use super::ring_ground::{Ground, Impossible, Word};

impl Word for AtomicU64 {
    #[track_caller]
    fn load(&self, order: Ordering) -> u64 {
        // The caller says what it pairs with.
        self.load(order)
    }

    #[track_caller]
    fn store(&self, value: u64, order: Ordering) {
        // The caller says what it pairs with.
        self.store(value, order);
    }

    #[track_caller]
    fn swap(&self, value: u64, order: Ordering) -> u64 {
        // The caller says what it pairs with.
        self.swap(value, order)
    }
}

/// A ring in the model: every byte is a word, so that it shows when one is used too early.
#[derive(Clone, Debug)]
struct Modelled(Arc<(Vec<AtomicU64>, Vec<AtomicU64>)>);

impl Modelled {
    fn new(name: &str, capacity: usize) -> Self {
        let word = |what| AtomicU64::named(format!("{name} {what}"), 0);
        let words = ["written", "taken", "writer sleeps", "reader sleeps"].map(word).into();
        let bytes = (0..capacity).map(|at| AtomicU64::named(format!("{name} byte {at}"), 0));
        Self(Arc::new((words, bytes.collect())))
    }
}

impl Ground for Modelled {
    type Word = AtomicU64;

    fn written(&self) -> &AtomicU64 {
        &self.0.0[0]
    }

    fn taken(&self) -> &AtomicU64 {
        &self.0.0[1]
    }

    fn writer_sleeps(&self) -> &AtomicU64 {
        &self.0.0[2]
    }

    fn reader_sleeps(&self) -> &AtomicU64 {
        &self.0.0[3]
    }

    fn capacity(&self) -> usize {
        self.0.1.len()
    }

    fn put(&self, at: usize, bytes: &[u8]) {
        for (word, byte) in self.0.1[at..].iter().zip(bytes) {
            // Relaxed: what the ring publishes.
            word.store((*byte).into(), Ordering::Relaxed);
        }
    }

    fn get(&self, at: usize, room: &mut [u8]) {
        for (word, byte) in self.0.1[at..].iter().zip(room) {
            // Relaxed: what the ring publishes.
            *byte = word.load(Ordering::Relaxed).try_into().expect("a byte was written");
        }
    }
}

impl Bell for Arc<Semaphore> {
    #[track_caller]
    fn ring(&self) {
        self.release();
    }
}

type ModelEnd = End<Modelled, Arc<Semaphore>>;

/// Waits as the parent and as a worker do.
fn wait(end: &mut ModelEnd, own: &Semaphore, wants: Wants) {
    if end.falls_asleep(wants).unwrap() {
        own.acquire();
    }
    end.wakes();
}

/// Sends `n` bytes, and receives as many.
fn parent(mut end: ModelEnd, own: &Semaphore, n: u8) -> Vec<u8> {
    let tasks: Vec<u8> = (1..=n).collect();
    let (mut sent, mut replies) = (0, Vec::new());
    while replies.len() < tasks.len() {
        let moved = end.send(&tasks[sent..]).unwrap();
        sent += moved;
        let mut room = [0; 4];
        let received = end.receive(&mut room).unwrap();
        replies.extend_from_slice(&room[..received]);
        if moved + received == 0 {
            wait(&mut end, own, Wants { bytes: true, room: sent < tasks.len() });
        }
    }
    replies
}

/// Sends back the `n` bytes that come, each with 10 added.
fn worker(mut end: ModelEnd, own: &Semaphore, n: u8) {
    let mut done = 0;
    while done < n {
        let mut room = [0; 4];
        let received = end.receive(&mut room).unwrap();
        if received == 0 {
            wait(&mut end, own, Wants { bytes: true, room: false });
        }
        for task in &room[..received] {
            while end.send(&[task + 10]).unwrap() == 0 {
                wait(&mut end, own, Wants { bytes: false, room: true });
            }
            done += 1;
        }
    }
}

/// So many bytes go to and fro through rings of these capacities.
fn converse(n: u8, tasks: usize, replies: usize) -> String {
    let (tasks, replies) = (Modelled::new("tasks", tasks), Modelled::new("replies", replies));
    let bells = ["parent", "worker"].map(|whose| Arc::new(Semaphore::named(whose, 0)));
    let [parents, workers] = bells;
    let ours = End::new(tasks.clone(), replies.clone(), Arc::clone(&workers));
    let theirs = End::new(replies, tasks, Arc::clone(&parents));
    let mut answers = Vec::new();
    scope(|s| {
        s.spawn_named("worker", || worker(theirs, &workers, n));
        answers = parent(ours, &parents, n);
    });
    format!("{answers:?}")
}

#[test]
fn no_byte_is_lost_or_doubled_and_no_wake_up_is_missed() {
    for (n, tasks, replies) in [(1, 1, 1), (2, 1, 1), (2, 2, 1), (2, 1, 2), (3, 2, 2)] {
        let settings =
            ModelSettings { states_max: 3_000_000, stop: Stop::never(), spurious_wakeups: 0 };
        let body = || converse(n, tasks, replies);
        let found = explore(&body, &settings, &mut |_| {}).unwrap();
        assert!(found.exhaustive(), "{n} bytes, {tasks} and {replies}");
        let outcomes: Vec<_> = found.histogram().into_iter().map(|it| it.outcome).collect();
        let right: Vec<_> = (11..=10 + n).collect();
        assert_eq!(outcomes, [format!("{right:?}")], "{n} bytes, {tasks} and {replies}");
    }
}

#[test]
fn what_cannot_be_true_is_not_believed() {
    let ring = Modelled::new("ring", 4);
    let (mut writer, mut reader) = (Writer::new(ring.clone()), Reader::new(ring.clone()));
    assert_eq!(writer.write(&[1, 2, 3, 4, 5]), Ok(4));
    for taken in [5, u64::MAX, 1 << 63] {
        // Relaxed: there is one thread.
        ring.taken().store(taken, Ordering::Relaxed);
        assert_eq!(writer.write(&[5]), Err(Impossible), "{taken}");
        assert_eq!(writer.falls_asleep(), Err(Impossible), "{taken}");
    }
    for written in [5, u64::MAX, 1 << 63] {
        // Relaxed: there is one thread.
        ring.written().store(written, Ordering::Relaxed);
        assert_eq!(reader.take(&mut [0; 9]), Err(Impossible), "{written}");
        assert_eq!(reader.falls_asleep(), Err(Impossible), "{written}");
    }
}
