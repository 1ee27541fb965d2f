//! `conclab list`: the labs, grouped in teaching order.

use conclab_kit::lab::{AnyLab, Card};

use super::page::{Paint, indented, joined};
use crate::screen::Screen;

/// Every lab with its question; with its variants too if `verbose`.
pub(crate) fn list(labs: &[&dyn AnyLab], verbose: bool, screen: &Screen) -> String {
    let cards: Vec<Card> = labs.iter().map(|lab| lab.card()).collect();
    let names = cards.iter().map(|card| card.name.len()).max().unwrap_or(0);
    let mut lines = Vec::new();
    let mut group = "";
    for (card, lab) in cards.iter().zip(labs) {
        if card.group != group {
            group = card.group;
            lines.push(screen.paint(&screen.plain(group), Paint::Head));
        }
        let summary = format!("  {}  {}", screen.cell(card.name, names), card.summary);
        lines.push(screen.cut(&summary, screen.width));
        let question = screen.wrap(card.question, screen.width - names - 4);
        lines.extend(indented(question, names + 4));
        if verbose {
            lines.extend(indented(variants(*lab, screen.width - names - 4, screen), names + 4));
            lines.extend(indented(scenes(*lab, screen.width - names - 4, screen), names + 4));
        }
    }
    joined(&lines, screen)
}

/// What is only measured, with what is claimed of it.
fn scenes(lab: &dyn AnyLab, width: usize, screen: &Screen) -> Vec<String> {
    let mut lines = Vec::new();
    for scene in lab.scenes() {
        lines.push(screen.cut(&format!("{}  measured  {}", scene.name, scene.summary), width));
        for claim in scene.claims {
            lines.extend(indented(screen.wrap(&format!("claims that {claim}"), width - 2), 2));
        }
    }
    lines
}

fn variants(lab: &dyn AnyLab, width: usize, screen: &Screen) -> Vec<String> {
    let variants = lab.variants();
    let names = variants.iter().map(|variant| variant.name.len()).max().unwrap_or(0);
    let line = |variant: &conclab_kit::lab::VariantCard| {
        let right = if variant.right { "right" } else { "wrong" };
        let name = screen.cell(variant.name, names);
        screen.cut(&format!("{name}  {right}  {}", variant.summary), width)
    };
    variants.iter().map(line).collect()
}
