//! How much memory this process may still take.

use std::fs;

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

fn number(path: &str) -> Option<u64> {
    fs::read_to_string(path).ok()?.trim().parse().ok()
}

/// What the control group leaves, of the second version or the first.
fn of_group() -> Option<u64> {
    let groups = fs::read_to_string("/proc/self/cgroup").ok()?;
    let second = groups.lines().find_map(|line| line.strip_prefix("0::"));
    let first = groups.lines().find_map(|line| line.split_once(":memory:")).map(|(_, path)| path);
    let left = |folder: &str, max: &str, now: &str| {
        let max = number(&format!("{folder}/{max}"))?;
        Some(max.saturating_sub(number(&format!("{folder}/{now}"))?))
    };
    let of_second = second
        .and_then(|path| left(&format!("/sys/fs/cgroup{path}"), "memory.max", "memory.current"));
    let names = ("memory.limit_in_bytes", "memory.usage_in_bytes");
    let of_first = first.and_then(|path| {
        let folder = format!("/sys/fs/cgroup/memory{path}");
        left(&folder, names.0, names.1).or_else(|| left("/sys/fs/cgroup/memory", names.0, names.1))
    });
    of_second.or(of_first)
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
