//! The oracle's programs, run against the facade like a lab's code.

use conclab_engine::sync::atomic::AtomicU64;
use conclab_engine::sync::atomic::Ordering::SeqCst;
use conclab_engine::sync::{Condvar, Mutex, MutexGuard};
use conclab_engine::thread;

use crate::oracle::{Instruction, N_ATOMICS, N_MUTEXES, Program, outcome};

/// What the threads of a program share.
struct Shared {
    atomics: [AtomicU64; N_ATOMICS],
    mutexes: [Mutex<u64>; N_MUTEXES],
    /// Goes with the first mutex.
    condvar: Condvar,
}

/// Runs `program` once and returns what it shows.
pub(crate) fn body(program: &Program) -> String {
    let shared = Shared {
        atomics: std::array::from_fn(|_| AtomicU64::new(0)),
        mutexes: std::array::from_fn(|_| Mutex::new(0)),
        condvar: Condvar::new(),
    };
    let shown = &shared;
    let registers: Vec<u64> = thread::scope(|s| {
        let handles: Vec<_> = program
            .threads
            .iter()
            .map(|instructions| s.spawn(move || run(instructions, shown)))
            .collect();
        handles.into_iter().map(|handle| handle.join().expect("no thread panics")).collect()
    });
    let atomics = shared.atomics.map(AtomicU64::into_inner);
    let data = shared.mutexes.map(Mutex::into_inner);
    outcome(&atomics, &data, &registers)
}

/// Runs one thread and returns what its register holds at the end.
fn run(instructions: &[Instruction], shared: &Shared) -> u64 {
    const HELD: &str = "a well-formed program holds what it uses";
    let mut register = 0;
    let mut guards: [Option<MutexGuard<'_, u64>>; N_MUTEXES] = [const { None }; N_MUTEXES];
    let mut next = 0;
    while let Some(&instruction) = instructions.get(next) {
        next += 1;
        // SeqCst: the model knows no other ordering, and the oracle none at all.
        match instruction {
            Instruction::Load(x) => register = shared.atomics[x].load(SeqCst),
            Instruction::Store(x, value) => shared.atomics[x].store(value, SeqCst),
            Instruction::StoreNext(x) => shared.atomics[x].store(register + 1, SeqCst),
            Instruction::FetchAdd(x, value) => {
                register = shared.atomics[x].fetch_add(value, SeqCst);
            }
            Instruction::Lock(m) => guards[m] = Some(shared.mutexes[m].lock()),
            Instruction::Unlock(m) => drop(guards[m].take().expect(HELD)),
            Instruction::TryLock(m, skipped) => {
                guards[m] = shared.mutexes[m].try_lock();
                if guards[m].is_none() {
                    next += skipped;
                }
            }
            Instruction::Update(m, value) => {
                let data = guards[m].as_mut().expect(HELD);
                **data = 3 * **data + value;
                register = **data;
            }
            Instruction::Wait => {
                guards[0] = Some(shared.condvar.wait(guards[0].take().expect(HELD)));
            }
            Instruction::NotifyOne => {
                shared.condvar.notify_one();
            }
            Instruction::NotifyAll => {
                shared.condvar.notify_all();
            }
        }
    }
    register
}
