//! What a run says of a lab's claims.

use conclab_kit::scene::{Claim, Judgement};

use super::page::{MARGIN, Paint};
use crate::screen::Screen;

/// As much of the claims as fits into `rows` lines: each with its reason if `verbose`, else those
/// that were judged in a line each, else how many there are of each kind.
pub(super) fn fitting(
    claims: &[Claim],
    rows: usize,
    verbose: bool,
    screen: &Screen,
) -> Vec<String> {
    let width = screen.width - MARGIN;
    if verbose {
        return claims.iter().flat_map(|claim| in_full(claim, width, screen)).collect();
    }
    let judged: Vec<_> = claims.iter().filter(|it| it.judgement != Judgement::Open).collect();
    let lines: Vec<_> = judged.iter().map(|claim| in_a_line(claim, width, screen)).collect();
    if lines.len() <= rows {
        return lines;
    }
    let all = claims.iter();
    let counted = |judgement| all.clone().filter(|claim| claim.judgement == judgement).count();
    let kinds = [
        (counted(Judgement::Fails), "fail"),
        (counted(Judgement::Holds), "hold"),
        (counted(Judgement::Open), "open"),
    ];
    let kinds = kinds.into_iter().filter(|(n, _)| *n > 0);
    let kinds: Vec<_> = kinds.map(|(n, kind)| format!("{n} {kind}")).collect();
    let text = format!("claims: {} (see --verbose)", kinds.join(", "));
    [screen.cut(&text, width)].into_iter().take(rows).collect()
}

fn paint(judgement: Judgement) -> Paint {
    match judgement {
        Judgement::Holds => Paint::Good,
        Judgement::Fails => Paint::Bad,
        Judgement::Open => Paint::Open,
    }
}

fn in_a_line(claim: &Claim, width: usize, screen: &Screen) -> String {
    let name = screen.paint(&screen.cell(claim.judgement.name(), 5), paint(claim.judgement));
    format!("{name}  {}", screen.cut(claim.claim, width - 7))
}

fn in_full(claim: &Claim, width: usize, screen: &Screen) -> Vec<String> {
    let text = format!("{}: {}", claim.claim, claim.because);
    let lines = screen.wrap(&text, width - 7).into_iter().enumerate();
    let put = |(n, line): (usize, String)| {
        let name = screen.cell(if n == 0 { claim.judgement.name() } else { "" }, 5);
        format!("{}  {line}", screen.paint(&name, paint(claim.judgement)))
    };
    lines.map(put).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims() -> [Claim; 3] {
        let claim = |claim, judgement| Claim {
            scene: "mishaps",
            claim,
            judgement,
            because: "3 of 4 answers are left".to_owned(),
        };
        [
            claim("a panic costs one answer", Judgement::Holds),
            claim("an abort costs all", Judgement::Fails),
            claim("Python is there", Judgement::Open),
        ]
    }

    #[test]
    fn claims_are_told_as_far_as_there_is_room() {
        let told = |rows, verbose| fitting(&claims(), rows, verbose, &Screen::PLAIN);
        assert_eq!(
            told(5, false),
            ["holds  a panic costs one answer", "fails  an abort costs all"]
        );
        assert_eq!(told(1, false), ["claims: 1 fail, 1 hold, 1 open (see --verbose)"]);
        assert!(told(0, false).is_empty());
        let full = told(0, true);
        assert_eq!(full[2], "open   Python is there: 3 of 4 answers are left");
    }
}
