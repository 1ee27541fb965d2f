//! An operation of any object whose whole state is one word.

use super::barrier::BarrierOp;
use super::gauge::GaugeOp;
use super::meaning::Meaning;
use super::rwlock::RwLockOp;
use super::semaphore::SemaphoreOp;
use super::sleepers::SleepersOp;
use crate::report::Wait;
use crate::world::model::ids::ThreadId;

/// The objects, each with what is asked of it.
macro_rules! primitives {
    ($($object:ident($op:ty),)*) => {
        /// What a thread asks of such an object.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Primitive {
            $($object($op),)*
        }

        $(impl From<$op> for Primitive {
            fn from(what: $op) -> Self {
                Self::$object(what)
            }
        })*

        impl Meaning for Primitive {
            fn is_eager(self) -> bool {
                match self { $(Self::$object(what) => what.is_eager(),)* }
            }

            fn ways(self, word: u64, thread: ThreadId) -> u8 {
                match self { $(Self::$object(what) => what.ways(word, thread),)* }
            }

            fn apply(self, word: u64, thread: ThreadId, branch: u8) -> (u64, u64) {
                match self { $(Self::$object(what) => what.apply(word, thread, branch),)* }
            }

            fn wait(self) -> Option<Wait> {
                match self { $(Self::$object(what) => what.wait(),)* }
            }

            fn words(self, name: &str) -> String {
                match self { $(Self::$object(what) => what.words(name),)* }
            }

            fn given(self, result: u64) -> Option<&'static str> {
                match self { $(Self::$object(what) => what.given(result),)* }
            }
        }
    };
}

primitives! {
    Semaphore(SemaphoreOp),
    RwLock(RwLockOp),
    Barrier(BarrierOp),
    Gauge(GaugeOp),
    Sleepers(SleepersOp),
}
