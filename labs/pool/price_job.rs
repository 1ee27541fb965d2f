//! What there is to do: the flags of the measured part, and the tasks that they ask for.

use std::sync::Arc;
use std::time::Duration;

use clap::ValueEnum;
use conclab_kit::whole;

use super::work::Work;
use crate::words::thousands;

/// The primes below this are counted, all tasks together: about a quarter of a second's work.
const PRIMES_BELOW: u64 = 3_000_000;

/// The same for a recorded run, and how many there are.
const RECORDED: (u64, u64) = (300_000, 25_997);

/// Most bytes of all payloads together.
const PAYLOADS_MAX: u64 = 1 << 30;

/// What the tasks do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// They compute.
    #[default]
    Cpu,
    /// They wait for a server.
    Io,
}

/// What connects a process pool with its workers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Transport {
    /// A pipe each way.
    #[default]
    Pipe,
    /// Rings of bytes in memory that both processes have.
    SharedMemory,
}

/// The flags of the measured part.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct JobFlags {
    /// What tasks do: count primes, or wait for a server [default: cpu]
    #[arg(
        long,
        value_name = "cpu|io",
        default_value = "cpu",
        hide_default_value = true,
        hide_possible_values = true
    )]
    pub work: Kind,
    /// Let every task sum so many bytes instead (1 to 16777216) [default: none]
    #[arg(long, value_name = "BYTES", conflicts_with = "work",
          value_parser = whole::<usize>(1..=16 << 20))]
    pub payload: Option<usize>,
    /// How long the server takes for an answer (1 to 1000 ms) [default: 10]
    #[arg(long, value_name = "MS", default_value_t = 10, hide_default_value = true,
          value_parser = whole::<u32>(1..=1_000))]
    pub delay: u32,
    /// What connects the worker processes [default: pipe]
    #[arg(
        long,
        value_name = "pipe|shared-memory",
        default_value = "pipe",
        hide_default_value = true,
        hide_possible_values = true
    )]
    pub transport: Transport,
    /// Let so many tasks kill their worker process in the middle, once each (1 to 100)
    /// [default: none]
    #[arg(long, value_name = "N", value_parser = whole::<u32>(1..=100))]
    pub crash: Option<u32>,
    /// Let threads compute under one global lock, handed over every so often (1 to 1000 ms; 5 if
    /// nothing is said)
    #[arg(long, value_name = "MS", num_args = 0..=1, default_missing_value = "5",
          value_parser = whole::<u32>(1..=1_000))]
    pub gil: Option<u32>,
    /// Measure the pools of Python's standard library beside ours, if there is a python3
    #[arg(long)]
    pub python: bool,
}

/// Tasks to be done.
#[derive(Clone, Debug)]
pub(super) struct Job {
    /// What they are, in words.
    pub(super) what: String,
    /// The tasks; threads share them.
    pub(super) tasks: Arc<Vec<Work>>,
    /// The same for worker processes, some of which may be lethal.
    pub(super) for_processes: Vec<Work>,
    /// The interval of the global lock, if there is one.
    pub(super) gil: Option<Duration>,
}

impl Job {
    /// The tasks that the flags ask for; `port` is that of the server.
    pub(super) fn new(flags: &JobFlags, n_tasks: usize, port: Option<u16>) -> Self {
        Self::below(PRIMES_BELOW, flags, n_tasks, port)
    }

    /// The same for a run that is recorded: less work, and the sum of all answers.
    pub(super) fn to_record(flags: &JobFlags, n: usize, port: Option<u16>) -> (Self, u64) {
        let sum = match (flags.payload, port) {
            (Some(bytes), _) => n as u64 * super::work::sum(&payload(bytes)),
            (None, Some(_)) => n as u64 * u64::from(flags.delay) * 1_000,
            (None, None) => RECORDED.1,
        };
        (Self::below(RECORDED.0, flags, n, port), sum)
    }

    fn below(below: u64, flags: &JobFlags, n: usize, port: Option<u16>) -> Self {
        let (what, tasks) = match (flags.payload, port) {
            (Some(bytes), _) => {
                let sum = Work::Sum { payload: payload(bytes) };
                (format!("sum {bytes} bytes each"), vec![sum; n])
            }
            (None, Some(port)) => {
                let ask = Work::Ask { port, delay_us: flags.delay * 1_000 };
                (format!("wait {} ms each", flags.delay), vec![ask; n])
            }
            (None, None) => {
                (format!("count the primes below {}", thousands(below)), primes(n, below))
            }
        };
        let mut for_processes = tasks.clone();
        for task in for_processes.iter_mut().take(flags.crash.unwrap_or(0) as usize) {
            if let Work::Primes { from, to } = *task {
                *task = Work::Crash { from, to, deaths: 1 };
            }
        }
        let gil = flags.gil.map(|ms| Duration::from_millis(ms.into()));
        Self { what, tasks: Arc::new(tasks), for_processes, gil }
    }
}

/// Why the flags ask for too much, if they do.
pub(super) fn refused(flags: &JobFlags, n_tasks: usize) -> Option<String> {
    let bytes = flags.payload? as u64 * n_tasks as u64;
    (bytes > PAYLOADS_MAX).then(|| {
        format!(
            "--payload: {n_tasks} tasks of {} bytes are {bytes} bytes, and {PAYLOADS_MAX} are \
             allowed; ask for fewer --tasks",
            flags.payload.unwrap_or(0)
        )
    })
}

/// Ranges of numbers, in which about as many divisions are to be made.
fn primes(n_tasks: usize, below: u64) -> Vec<Work> {
    let n = n_tasks as u64;
    let edge = |task: u64| below * task / n;
    (0..n).map(|task| Work::Primes { from: edge(task), to: edge(task + 1) }).collect()
}

fn payload(bytes: usize) -> Vec<u8> {
    (0..=250).cycle().take(bytes).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_ranges_together_are_all_numbers() {
        for n_tasks in [1, 7, 64, 10_000] {
            let mut next = 0;
            for task in primes(n_tasks, PRIMES_BELOW) {
                let Work::Primes { from, to } = task else { panic!("{task:?}") };
                assert_eq!(from, next);
                next = to;
            }
            assert_eq!(next, PRIMES_BELOW);
        }
    }

    #[test]
    fn only_as_many_tasks_are_lethal_as_were_asked_for_and_only_to_processes() {
        let flags = JobFlags { crash: Some(2), ..JobFlags::default() };
        let job = Job::new(&flags, 8, None);
        let lethal = |task: &&Work| matches!(task, Work::Crash { .. });
        assert_eq!(job.for_processes.iter().filter(lethal).count(), 2);
        assert_eq!(job.tasks.iter().filter(lethal).count(), 0);
    }

    #[test]
    fn payloads_that_no_memory_holds_are_refused_with_the_figure() {
        let flags = JobFlags { payload: Some(16 << 20), ..JobFlags::default() };
        assert_eq!(refused(&flags, 64), None);
        assert!(refused(&flags, 65).is_some_and(|why| why.contains("1090519040 bytes")));
    }
}
