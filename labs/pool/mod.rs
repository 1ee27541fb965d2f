//! Threads against processes, CPU-bound against IO-bound.

pub mod sockets;
