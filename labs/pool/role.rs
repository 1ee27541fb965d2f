//! What the lab's worker processes do: its tasks, the same as its threads.

use conclab_workers::{At, Role};

use super::work::{Answer, Work, WorkError, sum};

/// The role of the lab's worker processes: they do these tasks.
#[derive(Clone, Copy, Debug)]
pub struct Tasks;

impl Role for Tasks {
    type Task = Work;
    type Answer = Answer;

    const NAME: &'static str = "tasks";

    /// The place of [`Work::Sum`] among the kinds of work.
    const BULK_KIND: Option<u32> = Some(2);

    fn run(task: &Work, at: &At<'_>) -> Result<Answer, String> {
        let done = match *task {
            Work::SumPlace { at: begin, bytes } => {
                at.look(begin, bytes, sum).ok_or(WorkError::NoPlace { at: begin, bytes })
            }
            Work::Ask { .. } => at.asks(|| task.run()),
            _ => task.attempt(at.deaths),
        };
        done.map_err(|error| error.to_string())
    }

    fn bulk(task: &Work) -> &[u8] {
        if let Work::Sum { payload } = task { payload } else { &[] }
    }

    fn run_bulk(bulk: &[u8]) -> Result<Answer, String> {
        Ok(sum(bulk))
    }
}
