//! A brute-force enumerator of interleavings, independent of the engine.
//!
//! It knows a tiny language of straight-line threads and the definition of a step, nothing else:
//! plain recursion over every choice, no states remembered, no coroutines. What it says of a
//! program is the measure for the explorer (`properties.rs`); what it says itself is checked
//! against closed forms (`enumerator.rs`).
//!
//! Steps are: load, store, read-modify-write, lock, unlock, wait, lock again after a wait, notify,
//! and `try_lock`, also where it would block. An attempt that blocks is no step. `notify_one` with
//! several waiters is a step with one interleaving for each of them.

pub(crate) mod generate;

use std::collections::BTreeMap;

/// Atomics of every program, numbered from 0.
pub(crate) const N_ATOMICS: usize = 3;
/// Mutexes of every program, numbered from 0; the one condition variable goes with the first.
pub(crate) const N_MUTEXES: usize = 3;
/// Most threads of a program.
pub(crate) const N_THREADS_MAX: usize = 3;

/// One instruction of a thread that has one register, which is 0 at first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Instruction {
    /// Register ← atomic.
    Load(usize),
    /// Atomic ← constant.
    Store(usize, u64),
    /// Atomic ← register + 1.
    StoreNext(usize),
    /// Register ← atomic, and atomic ← atomic + constant, in one step.
    FetchAdd(usize, u64),
    /// Takes a mutex.
    Lock(usize),
    /// Gives a mutex back.
    Unlock(usize),
    /// Takes a mutex if it is free, else skips as many instructions as said.
    TryLock(usize, usize),
    /// Data in a mutex that the thread holds ← 3 · data + constant, and register ← data. Nobody
    /// else can see when this happens, so it is no step; the result tells in which order.
    Update(usize, u64),
    /// Waits on the condition variable, giving mutex 0 back until it is woken.
    Wait,
    /// Wakes one waiting thread, if there is one.
    NotifyOne,
    /// Wakes every waiting thread.
    NotifyAll,
}

/// One straight-line sequence of instructions for each thread.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    pub(crate) threads: Vec<Vec<Instruction>>,
}

/// What a finished run shows: the same text in the enumerator and in the engine.
pub(crate) fn outcome(atomics: &[u64], data: &[u64], registers: &[u64]) -> String {
    format!("atomics {atomics:?} data {data:?} registers {registers:?}")
}

/// How often and how likely an outcome is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Share {
    /// Interleavings that end so.
    pub(crate) interleavings: u64,
    /// Chance if each thread that can step is equally likely at every step, from 0 to 1.
    pub(crate) odds: f64,
}

/// Everything that can come of a program, by outcome.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Histogram {
    pub(crate) by_outcome: BTreeMap<String, Share>,
}

impl Histogram {
    /// All interleavings together.
    pub(crate) fn interleavings(&self) -> u64 {
        self.by_outcome.values().map(|share| share.interleavings).sum()
    }
}

/// Follows every interleaving of `program` to its end.
pub(crate) fn enumerate(program: &Program) -> Histogram {
    assert!(program.threads.len() <= N_THREADS_MAX, "the oracle has {N_THREADS_MAX} threads");
    let mut machine = Machine::default();
    for thread in 0..program.threads.len() {
        machine.work_silently(program, thread);
    }
    let mut histogram = Histogram::default();
    follow(program, &machine, 1.0, &mut histogram);
    histogram
}

fn follow(program: &Program, machine: &Machine, odds: f64, histogram: &mut Histogram) {
    let n_threads = program.threads.len();
    let choices: Vec<Vec<Machine>> = (0..n_threads)
        .map(|thread| machine.after_step_of(program, thread))
        .filter(|results| !results.is_empty())
        .collect();
    if choices.is_empty() {
        let share = histogram.by_outcome.entry(machine.outcome(program)).or_default();
        share.interleavings += 1;
        share.odds += odds;
    }
    for results in &choices {
        let fair = odds / choices.len() as f64 / results.len() as f64;
        for next in results {
            follow(program, next, fair, histogram);
        }
    }
}

/// Where a thread is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Phase {
    /// At its next instruction.
    #[default]
    Awake,
    /// In the condition variable, until somebody notifies it.
    Asleep,
    /// Notified, but without the mutex.
    Notified,
}

#[derive(Clone, Copy, Debug, Default)]
struct Thread {
    next: usize,
    register: u64,
    phase: Phase,
}

/// The whole program at one moment.
#[derive(Clone, Debug, Default)]
struct Machine {
    atomics: [u64; N_ATOMICS],
    data: [u64; N_MUTEXES],
    owners: [Option<usize>; N_MUTEXES],
    threads: [Thread; N_THREADS_MAX],
}

impl Machine {
    /// Every machine that one step of `thread` can lead to; none if it is blocked or has finished.
    fn after_step_of(&self, program: &Program, thread: usize) -> Vec<Self> {
        let Thread { next, phase, .. } = self.threads[thread];
        let instruction = program.threads[thread].get(next).copied();
        let mut after = self.clone();
        let stepped = match phase {
            Phase::Asleep => false,
            Phase::Notified => after.take(0, thread),
            Phase::Awake => instruction.is_some_and(|it| after.execute(it, thread)),
        };
        if !stepped {
            return Vec::new();
        }
        after.work_silently(program, thread);
        let sleepers = self.asleep();
        if phase == Phase::Awake
            && instruction == Some(Instruction::NotifyOne)
            && !sleepers.is_empty()
        {
            return sleepers.iter().map(|&sleeper| after.clone().waking(&[sleeper])).collect();
        }
        vec![after]
    }

    /// Carries out a step of a thread that is awake, but for the choice of whom `notify_one`
    /// wakes. Tells whether it could.
    fn execute(&mut self, instruction: Instruction, thread: usize) -> bool {
        let Thread { next, register, .. } = self.threads[thread];
        let it = &mut self.threads[thread];
        it.next = next + 1;
        match instruction {
            Instruction::Load(x) => it.register = self.atomics[x],
            Instruction::Store(x, value) => self.atomics[x] = value,
            Instruction::StoreNext(x) => self.atomics[x] = register + 1,
            Instruction::FetchAdd(x, value) => {
                it.register = self.atomics[x];
                self.atomics[x] += value;
            }
            Instruction::Lock(m) => return self.take(m, thread),
            Instruction::Unlock(m) => self.owners[m] = None,
            Instruction::TryLock(m, skipped) => {
                if !self.take(m, thread) {
                    self.threads[thread].next += skipped;
                }
            }
            Instruction::Update(..) => unreachable!("silent work is done with the step before"),
            Instruction::Wait => {
                it.phase = Phase::Asleep;
                self.owners[0] = None;
            }
            Instruction::NotifyOne => {}
            Instruction::NotifyAll => *self = self.clone().waking(&self.asleep()),
        }
        true
    }

    /// Gives mutex `m` to `thread`, which is awake from then on, if nobody has it.
    fn take(&mut self, m: usize, thread: usize) -> bool {
        let is_free = self.owners[m].is_none();
        if is_free {
            self.owners[m] = Some(thread);
            self.threads[thread].phase = Phase::Awake;
        }
        is_free
    }

    fn asleep(&self) -> Vec<usize> {
        (0..N_THREADS_MAX).filter(|&t| self.threads[t].phase == Phase::Asleep).collect()
    }

    fn waking(mut self, sleepers: &[usize]) -> Self {
        for &sleeper in sleepers {
            self.threads[sleeper].phase = Phase::Notified;
        }
        self
    }

    /// Does what `thread` does between two steps.
    fn work_silently(&mut self, program: &Program, thread: usize) {
        let it = &mut self.threads[thread];
        while let Phase::Awake = it.phase
            && let Some(&Instruction::Update(m, value)) = program.threads[thread].get(it.next)
        {
            self.data[m] = 3 * self.data[m] + value;
            it.register = self.data[m];
            it.next += 1;
        }
    }

    /// What the program shows now that no thread can step.
    fn outcome(&self, program: &Program) -> String {
        let finished =
            program.threads.iter().zip(&self.threads).all(|(instructions, it)| {
                it.next == instructions.len() && it.phase == Phase::Awake
            });
        if !finished {
            return "deadlock".to_owned();
        }
        let threads = &self.threads[..program.threads.len()];
        let registers: Vec<_> = threads.iter().map(|it| it.register).collect();
        outcome(&self.atomics, &self.data, &registers)
    }
}
