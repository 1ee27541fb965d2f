//! `cargo xtask screenshots`: pictures of real screens, for the documents that ask for them.
//!
//! A document asks with a line `<!-- picture: conclab … -->` before the line of the image. The
//! command is run, twice and the second time on one core, so that a picture which is not the same
//! everywhere is found out here and not by whoever checks it on another machine.

mod svg;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};

use crate::place;
use crate::program::Program;

/// Where pictures are that no document may have forgotten.
const PICTURES: &str = "book/src/pictures";

/// Before a command, on the line before its image.
const BEGIN: &str = "<!-- picture: ";

/// Asks for colours although there is no terminal.
const COLOURS: [(&str, &str); 2] = [("CLICOLOR_FORCE", "1"), ("TERM", "xterm-256color")];

/// A picture that a document asks for.
#[derive(Debug, PartialEq, Eq)]
struct Wanted {
    /// Document and line, as editors understand it.
    place: String,
    /// The command whose screen it is.
    command: String,
    /// Where it is kept.
    file: PathBuf,
}

/// Draws the pictures of the documents, or compares them; says what it did.
///
/// # Errors
/// If a command fails or is not the same twice, or if, while checking, a picture differs.
pub(crate) fn run(
    root: &Path,
    documents: &[PathBuf],
    program: &Program,
    check: bool,
) -> Result<String> {
    let mut drawn: BTreeMap<PathBuf, (String, String)> = BTreeMap::new();
    for document in documents {
        let text = fs::read_to_string(document).with_context(|| document.display().to_string())?;
        let name = document.strip_prefix(root).unwrap_or(document);
        for Wanted { place, command, file } in wanted(name, &text)? {
            let picture = draw(&command, root, program).with_context(|| place.clone())?;
            if let Some((_, first)) = drawn.get(&file).filter(|(other, _)| *other != picture) {
                bail!("{place}: {first} puts another picture into {}", file.display());
            }
            drawn.insert(file, (picture, place));
        }
    }
    let orphans = orphans(root, &drawn)?;
    if check {
        return compare(root, &drawn, &orphans);
    }
    let mut said = orphans;
    for (file, (picture, _)) in &drawn {
        if fs::read_to_string(root.join(file)).is_ok_and(|old| old == *picture) {
            continue;
        }
        place::write(&root.join(file), picture.as_bytes())?;
        said.push(format!("wrote {}", file.display()));
    }
    said.push(format!("{} pictures", drawn.len()));
    Ok(said.join("\n"))
}

fn compare(
    root: &Path,
    drawn: &BTreeMap<PathBuf, (String, String)>,
    orphans: &[String],
) -> Result<String> {
    let mut wrong = orphans.to_vec();
    for (file, (picture, place)) in drawn {
        let name = file.display();
        match fs::read_to_string(root.join(file)) {
            Ok(old) if old == *picture => {}
            Ok(_) => wrong.push(format!("{name}: the screen is another one now ({place})")),
            Err(error) => wrong.push(format!("{name}: {error} ({place})")),
        }
    }
    let told = wrong.join("\n  ");
    ensure!(wrong.is_empty(), "`cargo xtask screenshots` draws them anew:\n  {told}");
    Ok(format!("{} pictures are true", drawn.len()))
}

/// Pictures that no document asks for, each with what to do.
fn orphans(root: &Path, drawn: &BTreeMap<PathBuf, (String, String)>) -> Result<Vec<String>> {
    let folder = root.join(PICTURES);
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let mut orphans = Vec::new();
    for entry in fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
        let file = Path::new(PICTURES).join(entry?.file_name());
        if !drawn.contains_key(&file) {
            orphans.push(format!("{}: no document asks for it; delete it", file.display()));
        }
    }
    orphans.sort();
    Ok(orphans)
}

/// The pictures that a document asks for. What stands in a block of code is only shown.
fn wanted(document: &Path, text: &str) -> Result<Vec<Wanted>> {
    let mut found = Vec::new();
    let mut in_code = false;
    let mut lines = text.lines().enumerate().peekable();
    while let Some((n, line)) = lines.next() {
        in_code ^= line.trim_start().starts_with("```");
        let Some(command) = line.strip_prefix(BEGIN).filter(|_| !in_code) else { continue };
        let place = format!("{}:{}", document.display(), n + 1);
        let command = command.strip_suffix(" -->");
        let command = command.with_context(|| format!("{place}: the marker has no end"))?;
        let image = lines.peek().and_then(|(_, line)| image(line));
        let image = image.with_context(|| {
            format!("{place}: the next line must be ![what it shows](a path that ends in .svg)")
        })?;
        let file = beside(document, image)
            .with_context(|| format!("{place}: {image} leads out of the project"))?;
        found.push(Wanted { place, command: command.to_owned(), file });
    }
    Ok(found)
}

/// The path of an image that has words and is a picture of ours.
fn image(line: &str) -> Option<&str> {
    let (words, path) = line.trim().strip_prefix("![")?.split_once("](")?;
    let path = path.strip_suffix(')')?;
    let is_svg = Path::new(path).extension().is_some_and(|extension| extension == "svg");
    (!words.trim().is_empty() && is_svg && !path.contains(':')).then_some(path)
}

/// A path as seen from the folder of a document; nothing if it leads out of the project.
fn beside(document: &Path, path: &str) -> Option<PathBuf> {
    let mut file = document.parent()?.to_owned();
    for part in Path::new(path).components() {
        match part {
            Component::Normal(part) => file.push(part),
            Component::CurDir => {}
            Component::ParentDir if file.pop() => {}
            _ => return None,
        }
    }
    Some(file)
}

/// The picture of a command's screen.
fn draw(command: &str, at: &Path, program: &Program) -> Result<String> {
    let for_shell = |c: char| "'\"\\|<>$&;*`".contains(c);
    ensure!(!command.contains(for_shell), "`{command}`: there is no shell here");
    let mut words = command.split_whitespace();
    ensure!(words.next() == Some("conclab"), "`{command}`: only conclab has its picture taken");
    let words: Vec<_> = words.collect();
    let screen = program.says(&words, at, &COLOURS)?;
    let again = program.says_on_one_core(&words, at, &COLOURS)?;
    let lines = screen.lines().zip(again.lines());
    if let Some((one, other)) = lines.into_iter().find(|(one, other)| one != other) {
        bail!("`{command}` shows something else each time:\n  {one}\n  {other}");
    }
    ensure!(screen == again, "`{command}` shows more or less each time");
    svg::picture(command, &screen).with_context(|| format!("`{command}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(document: &str, text: &str) -> Vec<PathBuf> {
        let wanted = wanted(Path::new(document), text).unwrap();
        wanted.into_iter().map(|wanted| wanted.file).collect()
    }

    #[test]
    fn a_document_asks_with_a_marker_before_the_image() {
        let text = "a\n<!-- picture: conclab list -->\n![the labs](pictures/list.svg)\nb\n";
        let wanted = wanted(Path::new("book/src/start.md"), text).unwrap();
        assert_eq!(wanted.len(), 1);
        assert_eq!(wanted[0].place, "book/src/start.md:2");
        assert_eq!(wanted[0].command, "conclab list");
        assert_eq!(wanted[0].file, Path::new("book/src/pictures/list.svg"));
    }

    #[test]
    fn what_a_block_of_code_shows_is_not_asked_for() {
        let text = "```markdown\n<!-- picture: conclab list -->\n![labs](list.svg)\n```\n";
        assert!(files("README.md", text).is_empty());
    }

    #[test]
    fn a_path_is_relative_to_its_document() {
        let text = "<!-- picture: conclab list -->\n![labs](../../a/list.svg)\n";
        assert_eq!(files("book/src/start.md", text), [Path::new("a/list.svg")]);
        let failed = wanted(Path::new("README.md"), text).unwrap_err().to_string();
        assert_eq!(failed, "README.md:1: ../../a/list.svg leads out of the project");
    }

    #[test]
    fn a_marker_without_an_image_is_an_error_that_names_the_line() {
        for image in ["", "text", "![](list.svg)", "![labs](list.png)", "![labs](http://a/b.svg)"] {
            let text = format!("\n<!-- picture: conclab list -->\n{image}\n");
            let failed = wanted(Path::new("README.md"), &text).unwrap_err().to_string();
            assert!(failed.starts_with("README.md:2: the next line must be"), "{failed}");
        }
        let failed = wanted(Path::new("README.md"), "<!-- picture: conclab list\n");
        assert_eq!(failed.unwrap_err().to_string(), "README.md:1: the marker has no end");
    }
}
