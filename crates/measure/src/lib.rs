//! The stopwatch of all prices: crews of threads, calibration, what a run cost.
