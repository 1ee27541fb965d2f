//! Quick look.
use conclab_engine::lab::ModelSettings;
use conclab_engine::stop::Stop;
use conclab_engine::sync::{Mutex, atomic::{AtomicBool, AtomicU64, Ordering::*}};
use conclab_engine::world::model::explore;
use conclab_engine::{repeat, retry, thread, hint};
use std::time::Instant;

fn settings() -> ModelSettings {
    ModelSettings { states_max: 20_000_000, stop: Stop::never(), spurious_wakeups: 0 }
}
fn show(name: &str, body: &dyn Fn() -> String) {
    let t = Instant::now();
    let e = explore(body, &settings(), &mut |_| {}).unwrap();
    let t1 = t.elapsed();
    let h = e.histogram();
    println!("{name}: {} interleavings, {} states {} transitions, {:?} / {:?}", e.interleavings(), e.states(), e.transitions(), t1, t.elapsed());
    for o in h.iter().take(8) { println!("   {:?} {} {:.6}", o.outcome, o.interleavings, o.odds); }
    if let Some(en) = e.endless(body).unwrap() { println!("  endless odds {} loops_to {:?} steps {}", en.odds, en.interleaving.loops_to, en.interleaving.steps.len()); }
    if let Some(s) = e.simplest(|o| o == "deadlock" || o == "livelock" || o == "1") {
        let i = e.tell(body, &s).unwrap();
        println!("  simplest {:?} of {:?} switches {}", i.schedule, i.of, i.context_switches);
        if i.steps.len() < 12 { for s in &i.steps { println!("    {} {} {} {:?} {:?} stale {:?} line {}", s.step, s.thread, s.operation, s.result, s.state, s.stale_since, s.line); } }
        if let Some(w) = i.wait_for { if w.waiting.len() < 6 { println!("    {w:?}"); } }
    }
}
fn inc(t: usize, k: usize) -> String {
    let c = AtomicU64::named("counter", 0);
    thread::scope(|s| for _ in 0..t { s.spawn(|| repeat(k, |_| { let v = c.load(Relaxed); c.store(v + 1, Relaxed); })); });
    c.into_inner().to_string()
}
fn dining(n: usize, ordered: bool) -> String {
    let a: Vec<_> = (0..n).map(|i| Mutex::named(format!("account {i}"), 100u64)).collect();
    thread::scope(|s| for i in 0..n { let a = &a; s.spawn(move || {
        let j = (i + 1) % n;
        let (x, y) = if ordered && j < i { (j, i) } else { (i, j) };
        let mut g = a[x].lock(); let mut h = a[y].lock();
        *g -= 1; *h += 1;
    }); });
    "ok".into()
}
fn polite(n: usize) -> String {
    let a: Vec<_> = (0..n).map(|i| Mutex::named(format!("account {i}"), 100u64)).collect();
    thread::scope(|s| for i in 0..n { let a = &a; s.spawn(move || {
        let j = (i + 1) % n;
        retry(|| { let mut g = a[i].lock(); let mut h = a[j].try_lock()?; *g -= 1; *h += 1; Some(()) })
    }); });
    "ok".into()
}
fn stubborn(n: usize) -> String {
    let a: Vec<_> = (0..n).map(|i| Mutex::named(format!("account {i}"), 100u64)).collect();
    thread::scope(|s| for i in 0..n { let a = &a; s.spawn(move || {
        let j = (i + 1) % n;
        let mut g = a[i].lock(); let mut h = retry(|| a[j].try_lock()); *g -= 1; *h += 1;
    }); });
    "ok".into()
}
fn spin(t: usize) -> String {
    let l = AtomicBool::named("lock", false);
    let c = AtomicU64::named("counter", 0);
    thread::scope(|s| for _ in 0..t { s.spawn(|| {
        while l.swap(true, Acquire) { hint::spin_loop(); }
        let v = c.load(Relaxed); c.store(v + 1, Relaxed);
        l.store(false, Release);
    }); });
    c.into_inner().to_string()
}
#[test]
fn quick() {
    if std::env::var("PROF").is_ok() { for _ in 0..300 { explore(&|| dining(3,true), &settings(), &mut |_| {}).unwrap(); } return; }
    for (t, k) in [(2, 1), (2, 2), (2, 3), (3, 1), (3, 2), (2, 10), (4, 2), (4,3)] { show(&format!("inc {t}x{k}"), &|| inc(t, k)); }
    for n in [2, 3, 5, 8] { show(&format!("dining {n}"), &|| dining(n, false)); }
    for n in [2, 3, 5] { show(&format!("ordered {n}"), &|| dining(n, true)); }
    for n in [2, 3, 4] { show(&format!("polite {n}"), &|| polite(n)); show(&format!("stubborn {n}"), &|| stubborn(n)); }
    for n in [2, 3] { show(&format!("spin {n}"), &|| spin(n)); }
    if std::env::var("PROF").is_ok() { for _ in 0..3000 { explore(&|| dining(3,true), &settings(), &mut |_| {}).unwrap(); } return; }
    let warm = |name: &str, body: &dyn Fn() -> String| { let n = 200; let t = Instant::now(); for _ in 0..n { explore(body, &settings(), &mut |_| {}).unwrap(); } println!("warm {name}: {:?}", t.elapsed() / n); };
    warm("2x1", &|| inc(2,1)); warm("2x3", &|| inc(2,3)); warm("3x2", &|| inc(3,2)); warm("abba", &|| dining(2,false)); warm("3 ordered", &|| dining(3, true)); warm("5 phil", &|| dining(5,false)); warm("spin3", &|| spin(3));
    show("panic", &|| { let c = AtomicU64::named("c", 0); thread::scope(|s| { s.spawn(|| { let v = c.load(Relaxed); assert!(v == 0, "was {v}"); }); s.spawn(|| c.store(1, Relaxed)); }); "fine".into() });
}
