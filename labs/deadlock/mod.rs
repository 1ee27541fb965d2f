//! The deadlock: everyone holds one lock, waits for the next, and nobody ever moves again.
//!
//! Accounts stand in a ring, each behind a lock. Thread i moves one coin from account i to the
//! next one, the last thread to account 0. To move a coin it needs both locks, so it takes its
//! own account and then the next. If every thread gets its own account before anyone gets a
//! second one, each waits for what its neighbour holds, for ever. (With three or more threads
//! these are the dining philosophers: an account is a fork.)
//!
//! ```text
//! A                              B
//! lock account 0
//!                                lock account 1
//! waits for account 1 (B's)
//!                                waits for account 0 (A's)
//! ```
//!
//! Three words are not std's: `named` gives a lock the name it has in reports; `retry` calls its
//! closure again until that gives `Some`; `window` marks the moment when an interruption does harm,
//! and does nothing by itself. A lock is given back where its guard goes out of scope.
//!
//! # Four conditions
//! A deadlock needs all four of these; take one away and it cannot happen:
//!
//! | condition | means | taken away by |
//! |---|---|---|
//! | mutual exclusion | only one thread at a time has an account | `lock-free` |
//! | hold and wait | who has one account waits for another | `all-at-once` |
//! | no pre-emption | nobody can take an account away from its holder | `try-lock-release` |
//! | circular wait | each waits for the next one, all the way round | `ordered` |
//!
//! One wrong repair belongs here too: to ask again and again for the second lock without giving
//! back the first. The threads are busy now instead of asleep, and get no further: a **livelock**.
//!
//! # Sources
//! E. G. Coffman, M. J. Elphick, A. Shoshani, *System Deadlocks*, Computing Surveys 3 (2), 1971,
//! section 1. E. W. Dijkstra, *Hierarchical Ordering of Sequential Processes*, 1971 (the
//! philosophers).

mod evidence;
mod lab;
mod prices;
mod size;
mod variants;

use conclab_engine::sync::Mutex;
use conclab_engine::sync::atomic::AtomicU64;
use conclab_engine::sync::atomic::Ordering::Relaxed;
use conclab_engine::thread::scope;
use conclab_engine::{retry, window};

pub use self::lab::Deadlock;
pub use self::size::Parameters;

/// Coins on every account: at the beginning, and again when everyone has paid.
const COINS: u64 = 100;

/// Opens the accounts, each behind a lock.
fn accounts(size: &Parameters) -> Vec<Mutex<u64>> {
    (0..size.threads).map(|i| Mutex::named(format!("account {i}"), COINS)).collect()
}

/// Starts one thread per account; each calls `pay(own, next)` with two places in the ring.
fn everyone(size: &Parameters, pay: impl Fn(usize, usize) + Sync) {
    scope(|s| {
        for own in 0..size.threads {
            let pay = &pay;
            let next = (own + 1) % size.threads;
            s.spawn(move || pay(own, next));
        }
    });
}

/// Tells what is on the accounts: `balances 100 100`.
fn balances(accounts: impl IntoIterator<Item = u64>) -> String {
    accounts.into_iter().fold("balances".to_owned(), |said, coins| format!("{said} {coins}"))
}

/// Locks its own account, then the next one: all the way round.
// ANCHOR: circular
fn circular(size: &Parameters) -> String {
    let accounts = accounts(size);
    everyone(size, |own, next| {
        let mut from = accounts[own].lock();
        window("between the two locks");
        // What if the owner of `next` takes its first lock here?
        let mut to = accounts[next].lock();
        *from -= 1;
        *to += 1;
    });
    balances(accounts.into_iter().map(Mutex::into_inner))
}
// ANCHOR_END: circular

/// Asks again and again for the second lock, and never lets go of the first.
// ANCHOR: try_lock_no_release
fn try_lock_no_release(size: &Parameters) -> String {
    let accounts = accounts(size);
    everyone(size, |own, next| {
        let mut from = accounts[own].lock();
        window("between the two locks");
        // What if the owner of `next` has come as far as this, too?
        let mut to = retry(|| accounts[next].try_lock());
        *from -= 1;
        *to += 1;
    });
    balances(accounts.into_iter().map(Mutex::into_inner))
}
// ANCHOR_END: try_lock_no_release

/// Locks the account with the lower number first: nobody waits downwards, so no ring closes.
// ANCHOR: ordered
fn ordered(size: &Parameters) -> String {
    let accounts = accounts(size);
    everyone(size, |own, next| {
        let mut low = accounts[own.min(next)].lock();
        window("between the two locks");
        let mut high = accounts[own.max(next)].lock();
        let (from, to) = if own < next { (&mut low, &mut high) } else { (&mut high, &mut low) };
        **from -= 1;
        **to += 1;
    });
    balances(accounts.into_iter().map(Mutex::into_inner))
}
// ANCHOR_END: ordered

/// Lets one thread at a time collect locks: whoever it waits for has both and waits for nobody.
// ANCHOR: all_at_once
fn all_at_once(size: &Parameters) -> String {
    let accounts = accounts(size);
    let gate = Mutex::named("gate", ());
    everyone(size, |own, next| {
        let collecting = gate.lock();
        let mut from = accounts[own].lock();
        window("between the two locks");
        let mut to = accounts[next].lock();
        drop(collecting);
        *from -= 1;
        *to += 1;
    });
    balances(accounts.into_iter().map(Mutex::into_inner))
}
// ANCHOR_END: all_at_once

/// Gives its own account back if it cannot have the next one, and starts again.
// ANCHOR: try_lock_release
fn try_lock_release(size: &Parameters) -> String {
    let accounts = accounts(size);
    everyone(size, |own, next| {
        retry(|| {
            let mut from = accounts[own].lock();
            window("between the two locks");
            // If `next` is taken, the `?` leaves this attempt and with it unlocks `from`. Were
            // everyone to do so in step, they would go on like this for ever: chance ends it.
            let mut to = accounts[next].try_lock()?;
            *from -= 1;
            *to += 1;
            Some(())
        });
    });
    balances(accounts.into_iter().map(Mutex::into_inner))
}
// ANCHOR_END: try_lock_release

/// Needs no lock: each balance is an atomic number, changed in one step.
// ANCHOR: lock_free
fn lock_free(size: &Parameters) -> String {
    let accounts: Vec<AtomicU64> =
        (0..size.threads).map(|i| AtomicU64::named(format!("account {i}"), COINS)).collect();
    everyone(size, |own, next| {
        // Relaxed: pairs with nothing; a read-modify-write loses no coin whatever its ordering.
        accounts[own].fetch_sub(1, Relaxed);
        window("between the two accounts");
        // The price: whoever adds up the accounts here finds one coin missing.
        // Relaxed: pairs with nothing; the account announces no other data.
        accounts[next].fetch_add(1, Relaxed);
    });
    balances(accounts.into_iter().map(AtomicU64::into_inner))
}
// ANCHOR_END: lock_free
