//! Our thread pool beside rayon's, the crate `threadpool`, and pools made of a channel of
//! crossbeam's or std's: what handing a task out costs, from one client to two workers.
//!
//! *empty* and *1 µs*: wall time per task, all tasks of a sample together; two workers without any
//! pool ("no pool") show what is possible. *submit and wait*: one task at a time, to its answer.
//! *primes*: all primes below two million in 64 tasks; "one thread" shows the speed-up.

#[path = "work.rs"]
mod work;

use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release};
use std::sync::{Arc, Mutex, OnceLock, mpsc};
use std::thread::{self, JoinHandle, Thread};
use std::time::{Duration, Instant};

use conclab_labs::pool::{Bare, ThreadPool};
use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, criterion_group, criterion_main};
use work::work;

const WORKERS: usize = 2;
/// Rounds of work in a task: about a microsecond.
const ROUNDS: u64 = 700;
/// Tasks that lie on the desk of our pool, or in a bounded channel.
const CAPACITY: usize = 4_096;
const PRIMES_BELOW: u64 = 2_000_000;
const CHUNKS: u64 = 64;

type Task = Box<dyn FnOnce() + Send>;

/// What every pool can do.
trait Pool {
    fn execute(&self, task: impl FnOnce() + Send + 'static);

    /// Does one task and waits for its answer; a pool without handles sends it through a channel.
    fn ask(&self) -> u64 {
        let (sender, receiver) = mpsc::sync_channel(1);
        self.execute(move || sender.send(1).expect("the client waits"));
        receiver.recv().expect("every task is done")
    }
}

impl Pool for ThreadPool<Bare> {
    fn execute(&self, task: impl FnOnce() + Send + 'static) {
        self.execute(task);
    }

    fn ask(&self) -> u64 {
        self.submit(|| 1).join().expect("it does not panic")
    }
}

impl Pool for rayon::ThreadPool {
    fn execute(&self, task: impl FnOnce() + Send + 'static) {
        self.spawn(task);
    }
}

impl Pool for threadpool::ThreadPool {
    fn execute(&self, task: impl FnOnce() + Send + 'static) {
        self.execute(task);
    }
}

/// A pool made of a channel.
struct Channel<S>(S);

impl Pool for Channel<crossbeam::channel::Sender<Task>> {
    fn execute(&self, task: impl FnOnce() + Send + 'static) {
        self.0.send(Box::new(task)).expect("the workers are there");
    }
}

impl Pool for Channel<mpsc::Sender<Task>> {
    fn execute(&self, task: impl FnOnce() + Send + 'static) {
        self.0.send(Box::new(task)).expect("the workers are there");
    }
}

/// Workers that take tasks until `next` has no more.
fn workers(next: impl Fn() -> Option<Task> + Clone + Send + 'static) -> Vec<JoinHandle<()>> {
    let work = move || {
        while let Some(task) = next() {
            task();
        }
    };
    (0..WORKERS).map(|_| thread::spawn(work.clone())).collect()
}

/// Counts tasks down and wakes the client after the last. The only one there is: a task that had
/// to count references to it, too, would measure that.
static LEFT: Left = Left { n: AtomicU64::new(0), client: OnceLock::new() };

struct Left {
    n: AtomicU64,
    client: OnceLock<Thread>,
}

impl Left {
    fn new(n: u64) -> &'static Self {
        LEFT.client.get_or_init(thread::current);
        // Release: pairs with the tasks' AcqRel.
        LEFT.n.store(n, Release);
        &LEFT
    }

    fn one_less(&self) {
        // AcqRel: pairs with the other tasks' and with the load below: what they did is done.
        if self.n.fetch_sub(1, AcqRel) == 1
            && let Some(client) = self.client.get()
        {
            client.unpark();
        }
    }

    fn wait(&self) {
        // Acquire: pairs with the last task's AcqRel.
        while self.n.load(Acquire) > 0 {
            thread::park();
        }
    }
}

/// Time for `n` tasks with so many rounds of work.
fn hand_out(pool: &impl Pool, n: u64, rounds: u64) -> Duration {
    let left = Left::new(n);
    let begin = Instant::now();
    for _ in 0..n {
        pool.execute(move || {
            work(rounds);
            left.one_less();
        });
    }
    left.wait();
    begin.elapsed()
}

/// The same work by two threads that share it out beforehand.
fn no_pool(n: u64, rounds: u64) -> Duration {
    let left = Left::new(n.next_multiple_of(WORKERS as u64));
    let begin = Instant::now();
    thread::scope(|s| {
        for _ in 0..WORKERS {
            s.spawn(|| {
                for _ in 0..n.div_ceil(WORKERS as u64) {
                    work(rounds);
                    left.one_less();
                }
            });
        }
    });
    begin.elapsed()
}

fn count_primes(from: u64, to: u64) -> u64 {
    let is_prime = |n: u64| n >= 2 && (2..=n.isqrt()).all(|d| !n.is_multiple_of(d));
    (from..to).filter(|n| is_prime(*n)).count() as u64
}

fn chunk(idx: u64) -> u64 {
    let size = PRIMES_BELOW / CHUNKS;
    count_primes(idx * size, (idx + 1) * size)
}

fn primes(pool: &impl Pool) {
    let left = Left::new(CHUNKS);
    let found = Arc::new(AtomicU64::new(0));
    for idx in 0..CHUNKS {
        let found = Arc::clone(&found);
        pool.execute(move || {
            // Relaxed: `Left` publishes it.
            found.fetch_add(chunk(idx), Relaxed);
            left.one_less();
        });
    }
    left.wait();
    // Relaxed: as above.
    assert_eq!(found.load(Relaxed), 148_933);
}

fn compete(group: &mut BenchmarkGroup<'_, WallTime>, who: &str, pool: &impl Pool) {
    group.bench_function(format!("{who}/empty"), |bencher| {
        bencher.iter_custom(|n| hand_out(pool, n, 0));
    });
    group.bench_function(format!("{who}/1 µs"), |bencher| {
        bencher.iter_custom(|n| hand_out(pool, n, ROUNDS));
    });
    group.bench_function(format!("{who}/submit and wait"), |bencher| bencher.iter(|| pool.ask()));
    group.sample_size(10);
    group.bench_function(format!("{who}/primes"), |bencher| bencher.iter(|| primes(pool)));
    group.sample_size(15);
}

fn thread_pool(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("thread_pool");
    group.sample_size(15);
    group.warm_up_time(Duration::from_millis(200));
    group.measurement_time(Duration::from_millis(600));
    group.bench_function("no pool/1 µs", |bencher| {
        bencher.iter_custom(|n| no_pool(n, ROUNDS));
    });
    group.sample_size(10);
    group.bench_function("one thread/primes", |bencher| {
        bencher.iter(|| (0..CHUNKS).map(chunk).sum::<u64>());
    });
    group.sample_size(15);
    let ours = ThreadPool::<Bare>::new(WORKERS, CAPACITY).expect("two threads can be started");
    compete(&mut group, "conclab", &ours);
    ours.shutdown();
    let rayon = rayon::ThreadPoolBuilder::new().num_threads(WORKERS).build();
    compete(&mut group, "rayon", &rayon.expect("two threads can be started"));
    compete(&mut group, "threadpool", &threadpool::ThreadPool::new(WORKERS));
    channels(&mut group);
    group.finish();
}

fn channels(group: &mut BenchmarkGroup<'_, WallTime>) {
    let (sender, receiver) = crossbeam::channel::unbounded();
    let threads = workers(move || receiver.recv().ok());
    let pool = Channel(sender);
    compete(group, "crossbeam channel", &pool);
    end(pool, threads);
    let (sender, receiver) = crossbeam::channel::bounded(CAPACITY);
    let threads = workers(move || receiver.recv().ok());
    let pool = Channel(sender);
    compete(group, "crossbeam bounded", &pool);
    end(pool, threads);
    let (sender, receiver) = mpsc::channel();
    let receiver = Arc::new(Mutex::new(receiver));
    let threads = workers(move || receiver.lock().expect("no task panics").recv().ok());
    let pool = Channel(sender);
    compete(group, "std mpsc", &pool);
    end(pool, threads);
}

fn end<S>(pool: Channel<S>, threads: Vec<JoinHandle<()>>) {
    drop(pool);
    for thread in threads {
        thread.join().expect("no task panics");
    }
}

criterion_group!(benches, thread_pool);
criterion_main!(benches);
