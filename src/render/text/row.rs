//! The rows that an interleaving is shown in.

/// A row of a folded interleaving; the numbers are indices of steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::render) enum Row {
    /// A step.
    Step(usize),
    /// Steps from the first to the last, all of one thread.
    Alone(usize, usize),
    /// Steps from the first to the last, of several threads.
    Gap(usize, usize),
    /// Steps from the first to the last, after all is decided.
    Rest(usize, usize),
    /// Steps from the first to the last, in so many rounds that repeat the one before.
    Looks(usize, usize, usize),
}
