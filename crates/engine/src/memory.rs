//! How much memory this process may still take.

use std::fs;
use std::path::Path;

/// Bytes that this process can still get: the least of what the machine, its control group and its
/// limits (`ulimit -v`, `ulimit -d`) leave. Nothing where the system does not tell.
pub fn available() -> Option<u64> {
    let left = [of_machine(), of_group(), of_limits()];
    left.into_iter().flatten().min()
}

/// A line such as `MemAvailable:   123 kB` of a file of the kernel's, in bytes.
fn kilobytes(text: &str, key: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(':'))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}

fn of_machine() -> Option<u64> {
    kilobytes(&fs::read_to_string("/proc/meminfo").ok()?, "MemAvailable")
}

fn number(path: &Path) -> Option<u64> {
    fs::read_to_string(path).ok()?.trim().parse().ok()
}

/// Where control groups have which files, in their second version and in the first.
const SECOND: [&str; 4] = ["/sys/fs/cgroup", "memory.max", "memory.current", "inactive_file"];
const FIRST: [&str; 4] = [
    "/sys/fs/cgroup/memory",
    "memory.limit_in_bytes",
    "memory.usage_in_bytes",
    "total_inactive_file",
];

/// What the control group leaves, and those that it is part of.
fn of_group() -> Option<u64> {
    let groups = fs::read_to_string("/proc/self/cgroup").ok()?;
    let path = |key: &str| groups.lines().find_map(|line| Some(line.split_once(key)?.1));
    let least = |path: &str, names| {
        let folders = Path::new(path).ancestors().filter_map(|folder| left_in(folder, names));
        folders.min()
    };
    let second = path("0::").and_then(|path| least(path, SECOND));
    second.or_else(|| least(path(":memory:")?, FIRST))
}

/// What one group leaves. Pages of files that nobody uses are given up when somebody wants more.
fn left_in(group: &Path, [root, max, now, unused]: [&str; 4]) -> Option<u64> {
    let folder = Path::new(root).join(group.strip_prefix("/").ok()?);
    let max = number(&folder.join(max))?;
    let now = number(&folder.join(now))?;
    let stat = fs::read_to_string(folder.join("memory.stat")).unwrap_or_default();
    let unused = stat.lines().find_map(|line| line.strip_prefix(unused)?.trim().parse().ok());
    Some(max.saturating_sub(now.saturating_sub(unused.unwrap_or(0))))
}

/// What the limits of this process leave.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn of_limits() -> Option<u64> {
    use rustix::process::{Resource, getrlimit};
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let left =
        |resource, key| Some(getrlimit(resource).current?.saturating_sub(kilobytes(&status, key)?));
    [left(Resource::As, "VmSize"), left(Resource::Data, "VmData")].into_iter().flatten().min()
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn of_limits() -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_the_kernel_are_read_in_bytes() {
        let text = "MemFree:    12 kB\nMemAvailable:    2048 kB\n";
        assert_eq!(kilobytes(text, "MemAvailable"), Some(2 << 20));
        assert_eq!(kilobytes(text, "MemTotal"), None);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_process_that_runs_has_some_memory_left() {
        assert!(available().is_some_and(|bytes| bytes > 1 << 20));
    }
}
