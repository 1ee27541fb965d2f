//! Whether other programs took the cores: figures of a busy machine are not those of the lab.

use crate::pool::measure::{Children, measure};

/// Who got less than this share of what could be used did not have it.
pub(crate) const SHARE: f64 = 0.85;

/// Does `work`, and tells how many cores this process got meanwhile, if that was long enough to
/// be told.
pub fn cores_got<R>(work: impl FnOnce() -> R) -> (R, Option<f64>) {
    let (result, used) = measure(Children::None, work);
    let long = used.wall_ns >= 50_000_000;
    (result, long.then(|| used.cpu_ns as f64 / used.wall_ns as f64))
}

/// Says that the machine had other things to do, if somebody who could use so many cores got
/// clearly fewer: less than `share` of them.
pub fn said(who: &str, got: f64, could: f64, share: f64) -> Option<String> {
    let s = if (could - 1.0).abs() < f64::EPSILON { "" } else { "s" };
    (got < could * share)
        .then(|| format!("This machine has other work: {who} got {got:.1} of {could:.0} core{s}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_got_clearly_less_is_told() {
        assert_eq!(said("it", 1.8, 2.0, SHARE), None);
        let told = said("it", 0.64, 2.0, SHARE);
        assert_eq!(told.as_deref(), Some("This machine has other work: it got 0.6 of 2 cores."));
        assert!(said("it", 0.2, 1.0, 0.5).is_some_and(|told| told.ends_with("of 1 core.")));
    }

    #[test]
    fn who_sleeps_uses_no_core() {
        let nap = std::time::Duration::from_millis(60);
        let ((), got) = cores_got(|| std::thread::sleep(nap));
        assert!(got.is_some_and(|got| got < 0.5), "{got:?}");
        assert_eq!(cores_got(|| ()).1, None);
    }
}
