//! The worlds that run a lab's code: real threads, the same recorded, and every
//! interleaving.

pub mod model;
pub(crate) mod quiet;
pub mod real;
pub mod traced;

/// Name of the n-th thread that was not given one (0 is the first): A, B, … Z, A2, B2, …
pub(crate) fn letter(n: usize) -> String {
    let letter = char::from(b'A' + u8::try_from(n % 26).expect("a remainder of 26 fits"));
    match n / 26 {
        0 => letter.to_string(),
        round => format!("{letter}{}", round + 1),
    }
}
