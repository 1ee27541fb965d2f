//! The arrows that must never be: between packages, and from what must stay pure.

use super::{Source, has_word, refuse, rust_sources, sources, wrong_code};

/// Which of our packages each may depend on; the compiler refuses what is not declared.
const ARROWS: [(&str, &[&str]); 6] = [
    ("crates/engine", &[]),
    ("crates/measure", &["engine"]),
    ("crates/net", &["engine"]),
    ("crates/workers", &["engine"]),
    ("crates/kit", &["engine", "measure"]),
    ("labs", &["engine", "kit", "measure", "net", "workers"]),
];

#[test]
fn arrows_between_packages_lead_downwards() {
    let sources = sources();
    let mut violations = Vec::new();
    for (package, allowed) in ARROWS {
        let manifest = format!("{package}/Cargo.toml");
        let found = sources.iter().find(|it| it.path == manifest);
        for line in found.expect("every package has a manifest").text.lines() {
            let Some(name) = line.strip_prefix("conclab-") else { continue };
            let name = name.split(['.', ' ', '=']).next().unwrap_or_default();
            if !allowed.contains(&name) {
                violations.push(format!("{manifest}: {package} may not know {name}"));
            }
        }
    }
    refuse(&violations);
}

#[test]
fn the_machinery_reads_no_command_line() {
    // The kit still carries the flags of labs as clap has them.
    let carries = ["crates/xtask", "crates/kit"];
    let code = rust_sources().into_iter();
    let code = code.filter(|it| it.is_in("crates") && !carries.iter().any(|part| it.is_in(part)));
    let wrong = |_: &Source, code: &str| {
        ["clap", "env::args", "env::args_os"].iter().any(|word| has_word(code, word))
    };
    refuse(&wrong_code(&code.collect::<Vec<_>>(), wrong, "the command reads its line in src/cli"));
}

#[test]
fn only_the_command_prints() {
    let silent =
        ["crates/engine", "crates/kit", "crates/measure", "crates/net", "labs", "src/render"];
    let printers = ["print!", "println!", "eprint!", "eprintln!", "io::stdout", "io::stderr"];
    let sources: Vec<_> = rust_sources()
        .into_iter()
        .filter(|it| silent.iter().any(|folder| it.is_in(folder)) && !it.path.contains("/tests/"))
        .collect();
    let wrong = |_: &Source, code: &str| printers.iter().any(|print| has_word(code, print));
    refuse(&wrong_code(&sources, wrong, "return data and let src/ print it"));
}

#[test]
fn renderers_are_pure() {
    let refused = ["std::time", "std::thread", "std::env", "std::fs", "conclab_labs"];
    let render: Vec<_> = rust_sources()
        .into_iter()
        .filter(|source| source.is_in("src/render") || source.path == "src/render.rs")
        .collect();
    let wrong = |_: &Source, code: &str| refused.iter().any(|path| has_word(code, path));
    refuse(&wrong_code(&render, wrong, "decide it at the rim and pass it in"));
}
