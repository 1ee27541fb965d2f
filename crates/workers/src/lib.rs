//! A pool of worker processes: its pipes, rings and crashes.
