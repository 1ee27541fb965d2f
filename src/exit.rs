//! Exit codes: part of the contract with scripts and graders.

use std::io::Write as _;
use std::process::ExitCode;

use conclab_engine::ExploreError;
use conclab_engine::report::Limit;
use conclab_kit::report::{Exploration, Runs, Verdict};

/// How the command ended, mildest first: of several the last one counts. Code 3, not possible on
/// this platform, is kept for labs that need one (processes, sockets): these run everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Exit {
    /// The lab kept its promises; a race that was found is one of them.
    Kept,
    /// The time allowed was over before the work was.
    Timeout,
    /// A promise did not hold, or could not be checked.
    Broken,
    /// The command line asks for something that does not exist.
    Usage,
    /// The user pressed Ctrl-C.
    Interrupted,
}

impl Exit {
    /// The number a shell sees.
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Kept => 0,
            Self::Broken => 1,
            Self::Usage => 2,
            Self::Timeout => 124,
            Self::Interrupted => 130,
        }
    }

    /// What work that met this limit ends in.
    pub(crate) fn of_limit(limit: Option<Limit>) -> Self {
        match limit {
            None | Some(Limit::States | Limit::Memory) => Self::Kept,
            Some(Limit::Time) => Self::Timeout,
            Some(Limit::Interrupted) => Self::Interrupted,
        }
    }

    /// What an exploration ends in: an answer that is neither yes nor no keeps no promise.
    pub(crate) fn of_exploration(report: &Exploration) -> Self {
        let unchecked = report.verdict == Verdict::NotExhausted
            && matches!(report.limit, Some(Limit::States | Limit::Memory));
        let broken = unchecked || !report.broken_promises.is_empty();
        let kept = if broken { Self::Broken } else { Self::Kept };
        kept.max(Self::of_limit(report.limit))
    }

    /// What real runs end in: an outcome that nobody foresaw, or a forbidden one, breaks a promise.
    /// Fewer runs than were `asked` for are a timeout; nobody was promised the default number.
    pub(crate) fn of_runs(report: &Runs, asked: bool) -> Self {
        let broken = crate::found::unforeseen(report).next().is_some();
        let kept = if broken { Self::Broken } else { Self::Kept };
        let limit = report.limit.filter(|limit| asked || *limit != Limit::Time);
        kept.max(Self::of_limit(limit))
    }

    /// What a refusal of the explorer ends in.
    pub(crate) fn of_refusal(error: &ExploreError) -> Self {
        match error {
            ExploreError::NotExhausted { limit, .. } => {
                Self::of_limit(Some(*limit)).max(Self::unless_time(*limit))
            }
            ExploreError::NoSuchSchedule { .. } | ExploreError::TooLarge { .. } => Self::Usage,
            _ => Self::Broken,
        }
    }

    fn unless_time(limit: Limit) -> Self {
        if matches!(limit, Limit::States | Limit::Memory) { Self::Broken } else { Self::Kept }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// Says on stderr what went wrong, and how the command ends.
pub(crate) fn failed(error: &anyhow::Error) -> Exit {
    let Some(usage) = error.downcast_ref::<clap::Error>() else {
        // Nobody is left to tell if stderr is gone as well.
        let _ = writeln!(std::io::stderr(), "conclab: {error:#}");
        return Exit::Broken;
    };
    // A reader of the help that has gone away is no failure.
    let _ = usage.print();
    if usage.exit_code() == 0 { Exit::Kept } else { Exit::Usage }
}

/// Ends the process now, whatever other threads are doing.
#[expect(clippy::disallowed_methods, reason = "this is the one place that ends the process")]
pub(crate) fn at_once(exit: Exit) -> ! {
    std::process::exit(i32::from(exit.code()))
}
