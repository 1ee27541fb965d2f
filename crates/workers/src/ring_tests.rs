//! The rings and their wake-ups against every interleaving.

use conclab_engine::settings::ModelSettings;
use conclab_engine::stop::Stop;
use conclab_engine::sync::atomic::Ordering::Relaxed;
use conclab_engine::sync::{Arc, Semaphore};
use conclab_engine::thread::scope;
use conclab_engine::world::model::explore;

use super::ring::{Reader, Writer};
use super::ring_end::{End, Wants};
use super::ring_ground::{Ground as _, Impossible};
use super::ring_model::Modelled;

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

/// So many bytes go one way, and are taken one at a time, through a ring of this capacity.
fn tell(n: u8, capacity: usize) -> String {
    let (tasks, replies) = (Modelled::new("tasks", capacity), Modelled::new("replies", 1));
    let bells = ["parent", "worker"].map(|whose| Arc::new(Semaphore::named(whose, 0)));
    let [parents, workers] = bells;
    let mut ours = End::new(tasks.clone(), replies.clone(), Arc::clone(&workers));
    let mut theirs = End::new(replies, tasks, Arc::clone(&parents));
    let mut told = Vec::new();
    scope(|s| {
        s.spawn_named("parent", || {
            let (bytes, mut sent) = ((1..=n).collect::<Vec<_>>(), 0);
            while sent < bytes.len() {
                match ours.send(&bytes[sent..]).unwrap() {
                    0 => wait(&mut ours, &parents, Wants { bytes: false, room: true }),
                    more => sent += more,
                }
            }
        });
        while told.len() < n.into() {
            let mut room = [0];
            match theirs.receive(&mut room).unwrap() {
                0 => wait(&mut theirs, &workers, Wants { bytes: true, room: false }),
                _ => told.push(room[0]),
            }
        }
    });
    format!("{told:?}")
}

/// Fails unless every interleaving of `body` ends with these bytes.
fn assert_always(right: &[u8], body: impl Fn() -> String) {
    let settings = ModelSettings::new(3_000_000, Stop::never());
    let found = explore(&body, &settings, &mut |_| {}).unwrap();
    assert!(found.exhaustive(), "{right:?}");
    let outcomes: Vec<_> = found.histogram().into_iter().map(|it| it.outcome).collect();
    assert_eq!(outcomes, [format!("{right:?}")]);
}

#[test]
fn no_byte_is_lost_or_doubled_and_no_wake_up_is_missed() {
    for (n, tasks, replies) in [(1, 1, 1), (2, 1, 1), (2, 2, 1), (2, 1, 2), (3, 2, 2)] {
        assert_always(&(11..=10 + n).collect::<Vec<_>>(), || converse(n, tasks, replies));
    }
}

#[test]
fn a_writer_that_waits_for_half_of_a_ring_is_woken() {
    for (n, capacity) in [(4, 2), (5, 4)] {
        assert_always(&(1..=n).collect::<Vec<_>>(), || tell(n, capacity));
    }
}

#[test]
fn what_cannot_be_true_is_not_believed() {
    let ring = Modelled::new("ring", 4);
    let (mut writer, mut reader) = (Writer::new(ring.clone()), Reader::new(ring.clone()));
    assert_eq!(writer.write(&[1, 2, 3, 4, 5]), Ok(4));
    for taken in [5, u64::MAX, 1 << 63] {
        // Relaxed: there is one thread.
        ring.taken().store(taken, Relaxed);
        assert_eq!(writer.write(&[5]), Err(Impossible), "{taken}");
        assert_eq!(writer.falls_asleep(), Err(Impossible), "{taken}");
    }
    for written in [5, u64::MAX, 1 << 63] {
        // Relaxed: there is one thread.
        ring.written().store(written, Relaxed);
        assert_eq!(reader.take(&mut [0; 9]), Err(Impossible), "{written}");
        assert_eq!(reader.falls_asleep(), Err(Impossible), "{written}");
    }
}
