//! Work whose cost is known, in this process and in children.
//!
//! A child is this very test program, told by environment variables to do one thing, to say so to
//! a port, and to live until that connection ends.

use std::hint::black_box;
use std::io::Read;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use std::{env, thread};

use super::*;

/// What a child is to do.
const TASK: &str = "CONCLAB_TEST_CHILD";
/// Where it is to say so.
const PORT: &str = "CONCLAB_TEST_PORT";
/// Set in a process that runs one test only.
const ALONE: &str = "CONCLAB_TEST_ALONE";
const MIB: u64 = 1 << 20;
/// The kernel counts pages for each core by itself and adds up now and then.
const UNCOUNTED: u64 = MIB;
/// What burning takes.
const BURN: Duration = Duration::from_millis(100);
/// Some figures are counted in ticks of the system's clock.
const TICK_NS: u128 = 10_000_000;

/// Runs a test's body in a process of its own: figures are those of a whole process, and this one
/// runs other tests meanwhile.
fn alone(test: &str, body: impl FnOnce()) {
    if env::var_os(ALONE).is_some() {
        return body();
    }
    let child = this_program(test).env(ALONE, "1").output().unwrap();
    let said = String::from_utf8_lossy(&child.stdout);
    assert!(child.status.success() && said.contains("1 passed"), "{said}");
}

/// This test program, to run one test.
fn this_program(test: &str) -> Command {
    let mut program = Command::new(env::current_exe().unwrap());
    program.args(["--exact", "--nocapture", &format!("cost::tests::{test}")]);
    program
}

/// Uses 100 ms of CPU time.
fn burn() {
    let begin = Usage::now(false).cpu_ns;
    while u128::from(Usage::now(false).cpu_ns - begin) < BURN.as_nanos() {
        black_box((0..10_000_u64).sum::<u64>());
    }
}

/// Memory that is really there.
fn hold(bytes: u64) -> Vec<u8> {
    black_box(vec![1; usize::try_from(bytes).unwrap()])
}

/// Not a test by itself: the child's part of the others.
#[test]
fn the_child_does_as_it_is_told() {
    let Ok(task) = env::var(TASK) else { return };
    let held = match task.as_str() {
        "burn" => {
            burn();
            Vec::new()
        }
        _ => hold(64 * MIB),
    };
    // Connecting says that it is ready; the end of the connection says that it may end.
    let port: u16 = env::var(PORT).unwrap().parse().unwrap();
    let mut parent = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
    let _ = parent.read(&mut [0]);
    drop(held);
}

/// Starts a child and returns when it has done its task.
fn child(task: &str) -> (Child, TcpStream) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let child = this_program("the_child_does_as_it_is_told")
        .env(TASK, task)
        .env(PORT, port.to_string())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    (child, listener.accept().unwrap().0)
}

/// Lets a child end.
fn end((mut child, connection): (Child, TcpStream)) {
    drop(connection);
    assert!(child.wait().unwrap().success());
}

#[test]
fn sleeping_takes_time_but_no_processor() {
    alone("sleeping_takes_time_but_no_processor", || {
        let nap = Duration::from_millis(30);
        let ((), measured) = measure(Children::None, || thread::sleep(nap));
        assert!(u128::from(measured.wall_ns) >= nap.as_nanos(), "{measured:?}");
        if cfg!(unix) {
            assert!(measured.switches_voluntary.unwrap() >= 1, "{measured:?}");
        }
    });
}

#[cfg(unix)]
#[test]
fn cpu_time_of_all_threads_counts() {
    alone("cpu_time_of_all_threads_counts", || {
        let ((), measured) = measure(Children::None, || {
            thread::scope(|s| drop(s.spawn(burn)));
        });
        assert!(u128::from(measured.cpu_ns) + TICK_NS >= BURN.as_nanos(), "{measured:?}");
    });
}

#[cfg(target_os = "linux")]
#[test]
fn cpu_time_of_children_counts_whether_they_run_or_have_ended() {
    alone("cpu_time_of_children_counts_whether_they_run_or_have_ended", || {
        let (running, measured) = measure(Children::Counted, || child("burn"));
        assert!(u128::from(measured.cpu_ns) + TICK_NS >= BURN.as_nanos(), "running: {measured:?}");
        // What it used before does not count again when it ends.
        let used = measured.cpu_ns;
        // On a busy machine the kernel can take long to clear a child away, in this process's time.
        let (own, measured) = measure(Children::Counted, || {
            let before = Usage::now(false);
            end(running);
            Usage::now(false).since(before)
        });
        assert!(measured.cpu_ns < used + own.cpu_ns, "the end of it: {measured:?}");
        let ((), measured) = measure(Children::Counted, || end(child("burn")));
        assert!(u128::from(measured.cpu_ns) + TICK_NS >= BURN.as_nanos(), "ended: {measured:?}");
    });
}

#[cfg(target_os = "linux")]
#[test]
fn a_peak_of_this_process_is_not_missed() {
    alone("a_peak_of_this_process_is_not_missed", || {
        let ((), measured) = measure(Children::None, || drop(hold(64 * MIB)));
        assert!(measured.memory_growth_bytes().unwrap() + UNCOUNTED >= 64 * MIB, "{measured:?}");
    });
}

#[cfg(target_os = "linux")]
#[test]
fn memory_of_children_counts() {
    alone("memory_of_children_counts", || {
        let (holding, measured) = measure(Children::Counted, || child("hold"));
        end(holding);
        assert!(measured.memory_growth_bytes().unwrap() + UNCOUNTED >= 64 * MIB, "{measured:?}");
    });
}
