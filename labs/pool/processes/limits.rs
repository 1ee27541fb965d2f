//! Which limit it was, when the system does not start a worker.

use std::io;
use std::path::Path;

use rustix::io::Errno;
use rustix::process::{Resource, getrlimit};

use super::refusals::PoolError;

/// Why worker number `worker` could not be started, with the limit that stands in the way.
pub(super) fn refused(worker: usize, program: &Path, error: &io::Error) -> PoolError {
    let reached = |of, shown_by, limit| PoolError::LimitReached { worker, of, shown_by, limit };
    match Errno::from_io_error(error) {
        Some(Errno::MFILE) => {
            reached("open files", "ulimit -n", getrlimit(Resource::Nofile).current)
        }
        Some(Errno::NFILE) => reached("open files in the whole system", "sysctl fs.file-max", None),
        Some(Errno::AGAIN) => reached("processes", "ulimit -u", getrlimit(Resource::Nproc).current),
        Some(Errno::NOMEM) => {
            reached("bytes of memory", "ulimit -v", getrlimit(Resource::As).current)
        }
        _ => PoolError::NotStarted {
            worker,
            program: program.to_owned(),
            because: error.to_string(),
        },
    }
}
