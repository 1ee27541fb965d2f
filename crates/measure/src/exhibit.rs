//! What a lab shows of its own measurements: bars over time, tables, ways to do the same work.

use serde::Serialize;

/// Something a lab shows from its own measurements on real threads, beside verdicts and prices.
#[derive(Clone, Debug, Serialize)]
pub struct Exhibit {
    /// What it is, in a few words, with units: `throughput, M/s (2 threads)`.
    pub title: String,
    /// The figures.
    pub figures: Figures,
    /// What the figures of this run say, in sentences.
    pub notes: Vec<String>,
}

/// The figures of an exhibit.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Figures {
    /// What threads did over time.
    Lanes {
        /// One lane per thread, in the order of their names.
        lanes: Vec<Lane>,
        /// Length of the whole picture, in nanoseconds.
        span_ns: u64,
    },
    /// A table of short cells.
    Grid {
        /// What the rows are.
        corner: String,
        /// Names of the columns.
        columns: Vec<String>,
        /// Rows: a name and a cell per column.
        rows: Vec<(String, Vec<String>)>,
    },
    /// The same work done in several ways, the one that others are compared with first.
    Ways {
        /// The ways.
        ways: Vec<Way>,
    },
}

/// One way to do some work, and what it took.
#[derive(Clone, Debug, Serialize)]
pub struct Way {
    /// What it is: `rayon`, `process pool`.
    pub name: String,
    /// How often it was measured.
    pub n: u64,
    /// Wall-clock time, the median, in nanoseconds.
    pub wall_ns: u64,
    /// Median absolute deviation of that time.
    pub spread_ns: u64,
    /// How many times as fast as the first way.
    pub speed_up: f64,
    /// Speed-up per core that could be used, 1 being all that can be hoped for; nothing where
    /// cores are not what limits it.
    pub efficiency: Option<f64>,
    /// Processor time of this process and its children, in nanoseconds.
    pub cpu_ns: u64,
    /// Most memory in use besides what was in use before, children included, in bytes.
    pub memory_max_bytes: Option<u64>,
    /// Bytes that were serialised, both ways together.
    pub serialised_bytes: Option<u64>,
    /// How often threads gave a processor away (they had to wait).
    pub switches_voluntary: Option<u64>,
    /// How often a processor was taken from them.
    pub switches_involuntary: Option<u64>,
}

/// One thread's time.
#[derive(Clone, Debug, Serialize)]
pub struct Lane {
    /// The thread's name.
    pub name: String,
    /// What it did, in order and without overlap; in between it was elsewhere.
    pub spans: Vec<Span>,
}

/// A stretch of a thread's time.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Span {
    /// Beginning, in nanoseconds from the start of the picture.
    pub from_ns: u64,
    /// End, likewise.
    pub to_ns: u64,
    /// What the thread did.
    pub doing: Doing,
}

/// What a thread did in a stretch of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Doing {
    /// It waited to be let in.
    Waiting,
    /// It was inside.
    Inside,
}
