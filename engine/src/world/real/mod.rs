//! The real world: OS threads.
