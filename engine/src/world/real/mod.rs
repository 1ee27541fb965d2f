//! The real world: OS threads. (A stand-in until the real one lands.)
#![allow(missing_docs, reason = "stand-in")]
#![allow(dead_code, reason = "stand-in")]
use std::borrow::Cow;
use std::marker::PhantomData;
use std::panic::Location;
type At = &'static Location<'static>;
pub(crate) struct Lock;
impl Lock {
    pub(crate) fn new(_: Option<Cow<'static, str>>) -> Self { Self }
    pub(crate) fn lock(&self, _: At) { unimplemented!() }
    pub(crate) fn try_lock(&self, _: At) -> bool { unimplemented!() }
    pub(crate) fn unlock(&self) { unimplemented!() }
}
pub(crate) struct Signal;
impl Signal {
    pub(crate) fn new(_: Option<Cow<'static, str>>) -> Self { Self }
    pub(crate) fn wait(&self, _: &Lock, _: At) { unimplemented!() }
    pub(crate) fn notify_one(&self) { unimplemented!() }
    pub(crate) fn notify_all(&self) { unimplemented!() }
}
#[derive(Clone, Copy)]
pub(crate) struct Scope<'scope, 'env: 'scope>(PhantomData<(&'scope mut &'scope (), &'env mut &'env ())>);
pub(crate) struct ScopedJoinHandle<'scope, T>(PhantomData<&'scope T>);
pub(crate) struct JoinHandle<T>(PhantomData<T>);
impl<T> ScopedJoinHandle<'_, T> { pub(crate) fn join(self) -> std::thread::Result<T> { unimplemented!() } }
impl<T> JoinHandle<T> { pub(crate) fn join(self) -> std::thread::Result<T> { unimplemented!() } }
impl<'scope, 'env> Scope<'scope, 'env> {
    pub(crate) fn spawn<F, T>(self, _: Option<Cow<'static, str>>, _: F) -> ScopedJoinHandle<'scope, T>
    where F: FnOnce() -> T + Send + 'scope, T: Send + 'scope { unimplemented!() }
}
pub(crate) fn scope<'env, F, T>(_: F) -> T where F: for<'scope> FnOnce(Scope<'scope, 'env>) -> T { unimplemented!() }
pub(crate) fn spawn<F, T>(_: Option<Cow<'static, str>>, _: F) -> JoinHandle<T>
where F: FnOnce() -> T + Send + 'static, T: Send + 'static { unimplemented!() }
pub(crate) fn window(_: &'static str) {}
pub(crate) fn spin_loop() {}
pub(crate) fn yield_now() {}
pub(crate) fn retry<R>(_: impl Fn() -> Option<R>, _: At) -> R { unimplemented!() }
pub(crate) fn note_operation() {}
pub(crate) fn in_retry() -> bool { false }
use std::collections::BTreeMap;
pub struct RawRuns { pub counts: BTreeMap<String, u64>, pub runs: u64, pub unfinished: u64, pub wait_for: Option<crate::report::WaitForGraph>, pub cores: usize, pub limit: Option<crate::stop::Limit>, pub elapsed_ns: u64 }
pub fn run(_: &crate::lab::RealSettings, _: &(dyn Fn() -> String + Sync)) -> RawRuns { unimplemented!() }
