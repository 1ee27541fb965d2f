//! The tasks of one call of `map`: which are waiting, which have an answer, which killed a worker.

use std::collections::VecDeque;

use super::errors::{Death, TaskFailed};
use super::role::Role;

/// A task that was being done when so many workers died is given back.
const DEATHS_MAX: u8 = 2;

/// Tasks and their results, in the same order.
#[derive(Debug)]
pub(super) struct Round<'a, R: Role> {
    tasks: &'a [R::Task],
    results: Vec<Option<Result<R::Answer, TaskFailed>>>,
    /// Workers that died while they were doing the task.
    deaths: Vec<u8>,
    /// The first task that was never handed out.
    next: usize,
    /// Tasks whose worker died, to be handed out again before all others.
    again: VecDeque<usize>,
    /// Tasks without a result.
    open: usize,
}

impl<'a, R: Role> Round<'a, R> {
    /// Nothing has been handed out.
    pub(super) fn new(tasks: &'a [R::Task]) -> Self {
        Self {
            tasks,
            results: vec![None; tasks.len()],
            deaths: vec![0; tasks.len()],
            next: 0,
            again: VecDeque::new(),
            open: tasks.len(),
        }
    }

    /// Whether every task has a result.
    pub(super) fn is_complete(&self) -> bool {
        self.open == 0
    }

    /// How many tasks nobody has.
    pub(super) fn waiting(&self) -> usize {
        self.tasks.len() - self.next + self.again.len()
    }

    /// Hands out a task: its index, what to do, and the number of workers that died of it.
    pub(super) fn take(&mut self) -> Option<(usize, &'a R::Task, u8)> {
        let task_idx = self.again.pop_front().or_else(|| {
            let fresh = self.next;
            (fresh < self.tasks.len()).then(|| {
                self.next += 1;
                fresh
            })
        })?;
        Some((task_idx, &self.tasks[task_idx], self.deaths[task_idx]))
    }

    /// The payload of a task; nothing if it has none.
    pub(super) fn payload(&self, task_idx: usize) -> &'a [u8] {
        self.tasks.get(task_idx).map_or(&[], R::bulk)
    }

    /// Notes the result of a task that was handed out.
    pub(super) fn settle(&mut self, task_idx: usize, result: Result<R::Answer, TaskFailed>) {
        let place = &mut self.results[task_idx];
        debug_assert!(place.is_none(), "task {task_idx} was done twice");
        if place.is_none() {
            self.open -= 1;
        }
        *place = Some(result);
    }

    /// Takes back what a dead worker had not answered; `doing` is what it was doing. Gives the
    /// number of tasks that will be handed out again.
    pub(super) fn take_back(
        &mut self,
        unfinished: impl DoubleEndedIterator<Item = usize>,
        doing: Option<usize>,
        death: &Death,
    ) -> u64 {
        let mut again = 0;
        for task_idx in unfinished.rev() {
            let deaths = &mut self.deaths[task_idx];
            *deaths += u8::from(doing == Some(task_idx));
            if *deaths >= DEATHS_MAX {
                self.settle(task_idx, Err(TaskFailed::Killed { death: Box::new(death.clone()) }));
            } else {
                self.again.push_front(task_idx);
                again += 1;
            }
        }
        again
    }

    /// The results, with `missing` for every task that has none.
    pub(super) fn results(
        self,
        missing: Option<&TaskFailed>,
    ) -> Vec<Result<R::Answer, TaskFailed>> {
        let missing = |result: Option<_>| {
            result.unwrap_or_else(|| Err(missing.expect("the round is complete").clone()))
        };
        self.results.into_iter().map(missing).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::ExitStatusExt as _;
    use std::process::ExitStatus;

    use super::super::errors::{Cause, Who};
    use super::super::role::At;
    use super::*;

    #[derive(Debug)]
    struct Idle;

    impl Role for Idle {
        type Task = ();
        type Answer = u64;
        const NAME: &'static str = "idle";

        fn run((): &(), _: &At<'_>) -> Result<u64, String> {
            Ok(0)
        }
    }

    fn death() -> Death {
        let cause = Cause::Ended(ExitStatus::from_raw(9));
        Death { who: Who { worker: 1, pid: 2 }, cause, said: None }
    }

    fn taken(round: &mut Round<'_, Idle>, n: usize) -> Vec<usize> {
        (0..n).filter_map(|_| round.take()).map(|(idx, ..)| idx).collect()
    }

    #[test]
    fn what_a_dead_worker_had_comes_first_and_in_order() {
        let tasks = [(); 6];
        let mut round = Round::new(&tasks);
        let (dead, other) = (taken(&mut round, 3), taken(&mut round, 1));
        assert_eq!((&dead, &other), (&vec![0, 1, 2], &vec![3]));
        assert_eq!(round.take_back(dead.into_iter(), Some(1), &death()), 3);
        assert_eq!(round.waiting(), 5);
        let deaths: Vec<_> = (0..6).filter_map(|_| round.take()).map(|it| (it.0, it.2)).collect();
        assert_eq!(deaths, [(0, 0), (1, 1), (2, 0), (4, 0), (5, 0)]);
    }

    #[test]
    fn only_the_task_that_was_being_done_is_blamed() {
        let tasks = [(); 3];
        let mut round = Round::new(&tasks);
        for _ in 0..2 {
            let dead = taken(&mut round, 3);
            round.take_back(dead.into_iter(), Some(1), &death());
        }
        assert_eq!(taken(&mut round, 3), [0, 2]);
        round.settle(0, Ok(10));
        round.settle(2, Ok(12));
        assert!(round.is_complete());
        let killed = Err(TaskFailed::Killed { death: Box::new(death()) });
        assert_eq!(round.results(None), [Ok(10), killed, Ok(12)]);
    }
}
