//! CPU time and context switches so far.
#![cfg_attr(unix, expect(unsafe_code, reason = "the C library's interface"))]

/// What this process, and its children if they count, have used since they began.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Usage {
    pub(super) cpu_ns: u64,
    pub(super) switches_voluntary: Option<u64>,
    pub(super) switches_involuntary: Option<u64>,
}

impl Usage {
    /// What has been used so far. A child counts with all it has used, whether it still runs or
    /// has been waited for: so differences are right for children that end in between. Of those
    /// that run, the context switches of threads that have ended are not known.
    pub(super) fn now(with_children: bool) -> Self {
        let mut usage = Self::own();
        if with_children {
            usage.add(Self::ended_children());
            for child in running_children() {
                usage.add(child);
            }
        }
        usage
    }

    /// What has been used since `before`.
    pub(super) fn since(self, before: Self) -> Self {
        let difference = |now: Option<u64>, then: Option<u64>| Some(now?.saturating_sub(then?));
        Self {
            cpu_ns: self.cpu_ns.saturating_sub(before.cpu_ns),
            switches_voluntary: difference(self.switches_voluntary, before.switches_voluntary),
            switches_involuntary: difference(
                self.switches_involuntary,
                before.switches_involuntary,
            ),
        }
    }

    fn add(&mut self, other: Self) {
        let sum = |a: Option<u64>, b: Option<u64>| Some(a? + b?);
        self.cpu_ns += other.cpu_ns;
        self.switches_voluntary = sum(self.switches_voluntary, other.switches_voluntary);
        self.switches_involuntary = sum(self.switches_involuntary, other.switches_involuntary);
    }
}

#[cfg(unix)]
impl Usage {
    fn own() -> Self {
        Self::of(libc::RUSAGE_SELF)
    }

    fn ended_children() -> Self {
        Self::of(libc::RUSAGE_CHILDREN)
    }

    fn of(who: libc::c_int) -> Self {
        // SAFETY: a `rusage` is numbers only, and all zero is one.
        let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
        // SAFETY: the call writes one `rusage`, which `usage` is.
        let failed = unsafe { libc::getrusage(who, &raw mut usage) } != 0;
        if failed {
            return Self::default();
        }
        let cpu_ns = [usage.ru_utime, usage.ru_stime].map(|time| {
            // No process has run for longer than a u64 of nanoseconds holds.
            u64::try_from(time.tv_sec).unwrap_or(0) * 1_000_000_000
                + u64::try_from(time.tv_usec).unwrap_or(0) * 1_000
        });
        Self {
            cpu_ns: cpu_ns.iter().sum(),
            switches_voluntary: u64::try_from(usage.ru_nvcsw).ok(),
            switches_involuntary: u64::try_from(usage.ru_nivcsw).ok(),
        }
    }
}

#[cfg(not(unix))]
impl Usage {
    fn own() -> Self {
        Self::default()
    }

    fn ended_children() -> Self {
        Self::default()
    }
}

#[cfg(target_os = "linux")]
fn running_children() -> Vec<Usage> {
    let usage_of = |pid: u32| {
        let switches = |key: &str| switches(pid, key);
        Usage {
            cpu_ns: cpu_ns(pid).unwrap_or(0),
            switches_voluntary: Some(switches("voluntary_ctxt_switches:")),
            switches_involuntary: Some(switches("nonvoluntary_ctxt_switches:")),
        }
    };
    super::memory::all_descendants().into_iter().map(usage_of).collect()
}

#[cfg(not(target_os = "linux"))]
fn running_children() -> Vec<Usage> {
    Vec::new()
}

/// CPU time of another process, all its threads together.
#[cfg(target_os = "linux")]
fn cpu_ns(pid: u32) -> Option<u64> {
    let pid = libc::pid_t::try_from(pid).ok()?;
    let mut clock = 0;
    // SAFETY: the call writes one clock's number to `clock`.
    let found = unsafe { libc::clock_getcpuclockid(pid, &raw mut clock) } == 0;
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the call writes one time to `time`; a clock that is gone is an error.
    let read = found && unsafe { libc::clock_gettime(clock, &raw mut time) } == 0;
    let (s, ns) = (u64::try_from(time.tv_sec).ok()?, u64::try_from(time.tv_nsec).ok()?);
    read.then_some(s * 1_000_000_000 + ns)
}

/// Context switches of a process's threads, of the kind that `key` names.
#[cfg(target_os = "linux")]
fn switches(pid: u32, key: &str) -> u64 {
    let Ok(threads) = std::fs::read_dir(format!("/proc/{pid}/task")) else { return 0 };
    let of_thread = |thread: std::fs::DirEntry| {
        let status = std::fs::read_to_string(thread.path().join("status")).ok()?;
        status.lines().find_map(|line| line.strip_prefix(key))?.trim().parse::<u64>().ok()
    };
    threads.flatten().filter_map(of_thread).sum()
}
