//! The labs of conclab, in teaching order.

use conclab_engine::lab::AnyLab;

/// Every lab, in teaching order.
pub fn catalogue() -> &'static [&'static dyn AnyLab] {
    &[]
}
