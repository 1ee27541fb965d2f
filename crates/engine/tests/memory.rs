//! The budget of memory: a search stops before it takes more, and so does all that is worked out
//! of it afterwards; a system that refuses is a limit too, and no abort.
#![expect(unsafe_code, reason = "an allocator that counts, and refuses")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::ptr::null_mut;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use conclab_engine::settings::ModelSettings;
use conclab_engine::stop::{Limit, Stop};
use conclab_engine::sync::atomic::AtomicU64 as Shared;
use conclab_engine::world::model::{Explored, explore};
use conclab_engine::{repeat, retry, thread};

/// Bytes that are written to, and the most that they were.
static USED: AtomicU64 = AtomicU64::new(0);
static PEAK: AtomicU64 = AtomicU64::new(0);

/// Bytes that were asked for, and the most that may be.
static TAKEN: AtomicU64 = AtomicU64::new(0);
static MOST: AtomicU64 = AtomicU64::new(u64::MAX);

/// Tests take turns: there is one allocator.
static TURN: Mutex<()> = Mutex::new(());

struct Counting;

/// The engine holds bytes that nobody writes to: many, and aligned as such.
fn is_used(layout: Layout) -> bool {
    layout.align() > 1 || (layout.size() as u64) < MIB
}

// SAFETY: it hands out what `System` does, or nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let size = layout.size() as u64;
        let taken = TAKEN.fetch_add(size, Relaxed) + size;
        if taken > MOST.load(Relaxed) {
            TAKEN.fetch_sub(size, Relaxed);
            return null_mut();
        }
        if is_used(layout) {
            PEAK.fetch_max(USED.fetch_add(size, Relaxed) + size, Relaxed);
        }
        // SAFETY: the caller answers for the layout.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        TAKEN.fetch_sub(layout.size() as u64, Relaxed);
        if is_used(layout) {
            USED.fetch_sub(layout.size() as u64, Relaxed);
        }
        // SAFETY: the memory came from `System`, with this layout.
        unsafe { System.dealloc(memory, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

const MIB: u64 = 1 << 20;

/// Many states, few local ones, and more interleavings than 128 bits count.
fn wide() -> String {
    let cells: Vec<_> = (0..8).map(|_| Shared::new(0)).collect();
    thread::scope(|s| {
        for cell in &cells {
            s.spawn(|| repeat(10, |_| cell.store(cell.load(Relaxed) + 1, Relaxed)));
        }
    });
    String::new()
}

/// Threads that remember what they read: nearly every state has local ones of its own.
fn learned() -> String {
    let cell = Shared::new(0);
    let read = |n: u64| (0..12).fold(n, |sum, _| sum * 3 + cell.fetch_add(n, Relaxed));
    let sums = thread::scope(|s| {
        let threads: Vec<_> = [1, 5, 25].into_iter().map(|n| s.spawn(move || read(n))).collect();
        threads.into_iter().map(|one| one.join().expect("it ends")).collect::<Vec<_>>()
    });
    format!("{sums:?}").repeat(8)
}

/// Few ways, each of them long.
fn deep() -> String {
    let cell = Shared::new(0);
    thread::scope(|s| {
        s.spawn(|| (0..400_000).for_each(|n| cell.store(n, Relaxed)));
    });
    String::new()
}

/// Going round and round.
fn cyclic() -> String {
    let cells: Vec<_> = (0..6).map(|_| Shared::new(0)).collect();
    thread::scope(|s| {
        for cell in &cells {
            s.spawn(|| {
                retry(|| {
                    let old = cell.load(Relaxed);
                    cell.store((old + 1) % 17, Relaxed);
                    (old == 16).then_some(())
                });
            });
        }
    });
    String::new()
}

type Program = fn() -> String;

const PROGRAMS: [(&str, Program); 4] =
    [("wide", wide), ("learned", learned), ("deep", deep), ("cyclic", cyclic)];

/// Everything that is asked of a search by somebody.
fn ask_all(found: &Explored) {
    drop((found.interleavings(), found.histogram(), found.numbered()));
    let failing = found.failing(|outcome| outcome == "deadlock");
    drop(found.solution(&failing));
    drop(found.simplest(str::is_empty));
}

fn settings(memory_max: Option<u64>) -> ModelSettings {
    ModelSettings { memory_max, ..ModelSettings::new(100_000_000, Stop::never()) }
}

#[test]
fn a_search_and_what_follows_take_no_more_than_their_budget() {
    let _turn = TURN.lock().unwrap();
    for (name, body) in PROGRAMS {
        for memory_max in [4 * MIB, 24 * MIB, 100 * MIB] {
            let before = USED.load(Relaxed);
            PEAK.store(before, Relaxed);
            let found = explore(&body, &settings(Some(memory_max)), &mut |_| {}).unwrap();
            ask_all(&found);
            let taken = PEAK.load(Relaxed) - before;
            assert_eq!(found.limit(), Some(Limit::Memory), "{name}");
            assert!(taken <= memory_max, "{name}: {taken} of {memory_max}");
            assert!(taken > memory_max / 5, "{name}: only {taken} of {memory_max}");
        }
    }
}

#[test]
fn a_system_that_refuses_memory_ends_the_search_and_not_the_program() {
    let _turn = TURN.lock().unwrap();
    for (name, body) in PROGRAMS {
        for left in [4 * MIB, 50 * MIB] {
            MOST.store(TAKEN.load(Relaxed) + left, Relaxed);
            let found = explore(&body, &settings(None), &mut |_| {}).unwrap();
            ask_all(&found);
            MOST.store(u64::MAX, Relaxed);
            assert_eq!(found.limit(), Some(Limit::Memory), "{name}");
        }
    }
}
