//! Hints in three levels, from the state graph: how many ways on fail, whose turn it is, the move.

use conclab_engine::ExploreError;
use conclab_engine::report::Position;
use num_bigint::BigUint;

use super::stage::Stage;

/// The plainest level.
pub(super) const LEVEL_MAX: u8 = 3;

/// What is said to a player who asks for a hint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Advice {
    /// So many of so many ways on fail.
    Count {
        /// Those that fail.
        failing: BigUint,
        /// All.
        of: BigUint,
    },
    /// There is no number of ways on: whether some fail, or all.
    Uncounted {
        /// Whether some way on fails.
        some: bool,
        /// Whether every way on fails.
        all: bool,
    },
    /// It is this thread's turn.
    Thread(String),
    /// It is this move, by its number from 1.
    Move(usize),
    /// No way on fails any more: so many steps must be taken back.
    Back(usize),
    /// Nothing can be made to fail, from the beginning on.
    Never,
}

/// What to say at this moment; `level` is how plainly, from 1 to [`LEVEL_MAX`].
///
/// # Errors
/// If the code does not do what it did when it was explored.
pub(super) fn advice(
    stage: &Stage<'_>,
    moves: &[usize],
    here: &Position,
    level: u8,
) -> Result<Advice, ExploreError> {
    if !stage.can_fail() {
        return Ok(Advice::Never);
    }
    if level <= 1 {
        return Ok(count(here));
    }
    let Some(best) = here.best else { return Ok(Advice::Back(back(stage, moves)?)) };
    Ok(match here.moves.get(best) {
        Some(one) if level == 2 => Advice::Thread(one.thread.clone()),
        _ => Advice::Move(best + 1),
    })
}

fn count(here: &Position) -> Advice {
    let sum = |numbers: Vec<Option<&String>>| -> Option<BigUint> {
        numbers.into_iter().map(|text| BigUint::parse_bytes(text?.as_bytes(), 10)).sum()
    };
    let failing = sum(here.moves.iter().map(|one| one.failing.as_ref()).collect());
    let all = sum(here.moves.iter().map(|one| one.interleavings.as_ref()).collect());
    match (failing, all) {
        (Some(failing), Some(of)) => Advice::Count { failing, of },
        _ => Advice::Uncounted {
            some: here.moves.iter().any(|one| one.can_fail),
            all: here.moves.iter().all(|one| one.must_fail),
        },
    }
}

/// How many steps to take back until some way on fails again.
fn back(stage: &Stage<'_>, moves: &[usize]) -> Result<usize, ExploreError> {
    // A failure that cannot be reached any more stays out of reach, so that halving finds the
    // last moment from which it could.
    let (mut open, mut lost) = (0, moves.len());
    while lost - open > 1 {
        let middle = open + (lost - open) / 2;
        let there = stage.position(&moves[..middle])?;
        if there.best.is_some() {
            open = middle;
        } else {
            lost = middle;
        }
    }
    Ok(moves.len() - open)
}
