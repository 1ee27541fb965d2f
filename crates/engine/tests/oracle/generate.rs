//! Random well-formed programs for the oracle and the engine.
//!
//! Well-formed: a thread locks no mutex that it holds, waits only while it holds mutex 0, and has
//! given everything back when it ends, whichever way each `try_lock` goes.

use proptest::prelude::*;

use super::{Instruction, N_ATOMICS, Program};

/// Mutexes that random programs use.
const N_MUTEXES_USED: usize = 2;

/// A piece of a thread that gives back what it takes.
#[derive(Clone, Debug)]
enum Piece {
    One(Instruction),
    Wait,
    Update(u64),
    Critical { mutex: usize, tries: bool, inner: Vec<Piece> },
}

/// Programs whose threads have at most as many steps as one of `shapes` says.
pub(crate) fn programs(shapes: &'static [&'static [usize]]) -> impl Strategy<Value = Program> {
    prop::sample::select(shapes).prop_flat_map(|steps_max| {
        let thread = |&steps: &usize| {
            prop::collection::vec(piece(), steps / 2 + 1..=steps)
                .prop_map(move |pieces| flatten(&pieces, steps))
        };
        let threads: Vec<_> = steps_max.iter().map(thread).collect();
        threads.prop_map(|threads| Program { threads })
    })
}

/// Programs in which two threads wait and one or two notify: random ones seldom do both.
pub(crate) fn programs_with_sleepers() -> impl Strategy<Value = Program> {
    let sleeper = || {
        let beside = prop_oneof![Just(Piece::Update(1)), on_atomics().prop_map(Piece::One)];
        (beside, any::<bool>(), 4..=5_usize).prop_map(|(beside, first, steps_max)| {
            let inner = if first { vec![beside, Piece::Wait] } else { vec![Piece::Wait, beside] };
            flatten(&[Piece::Critical { mutex: 0, tries: false, inner }], steps_max)
        })
    };
    let notify = prop_oneof![
        3 => Just(vec![Instruction::NotifyOne; 2]),
        2 => Just(vec![Instruction::NotifyOne]),
        1 => Just(vec![Instruction::NotifyAll]),
    ];
    (sleeper(), sleeper(), notify, on_atomics(), any::<bool>()).prop_map(
        |(a, b, mut notifier, other, before)| {
            notifier.insert(if before { 0 } else { notifier.len() }, other);
            Program { threads: vec![a, b, notifier] }
        },
    )
}

fn piece() -> impl Strategy<Value = Piece> {
    let leaf = prop_oneof![
        4 => on_atomics().prop_map(Piece::One),
        2 => Just(Piece::Wait),
        1 => (1_u64..=2).prop_map(Piece::Update),
        1 => Just(Piece::One(Instruction::NotifyOne)),
        1 => Just(Piece::One(Instruction::NotifyAll)),
    ];
    leaf.prop_recursive(2, 6, 2, |inner| {
        let parts =
            (0..N_MUTEXES_USED, prop::bool::weighted(0.3), prop::collection::vec(inner, 1..=2));
        parts.prop_map(|(mutex, tries, inner)| Piece::Critical { mutex, tries, inner })
    })
}

fn on_atomics() -> impl Strategy<Value = Instruction> {
    let x = || 0..N_ATOMICS;
    prop_oneof![
        x().prop_map(Instruction::Load),
        (x(), 1_u64..=2).prop_map(|(x, value)| Instruction::Store(x, value)),
        x().prop_map(Instruction::StoreNext),
        (x(), 1_u64..=2).prop_map(|(x, value)| Instruction::FetchAdd(x, value)),
    ]
}

/// Writes out the pieces that fit in `steps_max` steps and leaves the others away.
fn flatten(pieces: &[Piece], steps_max: usize) -> Vec<Instruction> {
    let mut written = Vec::new();
    write(pieces, &mut Vec::new(), &mut { steps_max }, &mut written);
    written
}

fn write(
    pieces: &[Piece],
    held: &mut Vec<usize>,
    steps_left: &mut usize,
    written: &mut Vec<Instruction>,
) {
    for piece in pieces {
        match piece {
            Piece::One(instruction) if *steps_left >= 1 => {
                *steps_left -= 1;
                written.push(*instruction);
            }
            // Waiting takes a second step, to lock again.
            Piece::Wait if *steps_left >= 2 && held.contains(&0) => {
                *steps_left -= 2;
                written.push(Instruction::Wait);
            }
            Piece::Update(value) => {
                written.extend(held.last().map(|&m| Instruction::Update(m, *value)));
            }
            Piece::Critical { mutex, tries, inner }
                if *steps_left >= 2 && !held.contains(mutex) =>
            {
                *steps_left -= 2;
                let begin = written.len();
                written.push(Instruction::Lock(*mutex));
                held.push(*mutex);
                write(inner, held, steps_left, written);
                held.pop();
                written.push(Instruction::Unlock(*mutex));
                if *tries {
                    written[begin] = Instruction::TryLock(*mutex, written.len() - begin - 1);
                }
            }
            _ => {}
        }
    }
}
