//! The command: parse, run, render, exit.

fn main() {
    let _ = conclab_labs::catalogue();
}
