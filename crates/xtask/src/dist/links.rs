//! The links of README.md, as they are in an archive, where there is no source.

use std::ops::Range;

use super::files::Files;

/// Where the sources of the book's pages are in the project.
const CHAPTERS: &str = "book/src/";

/// The text with links to what is among the files; a link to anything else of the project is only
/// its words, because whoever reads it there cannot follow it.
pub(super) fn followed(text: &str, files: &Files) -> String {
    let mut followed = String::new();
    let mut done = 0;
    for Link { whole, words, path } in links(text) {
        followed += &text[done..whole.start];
        done = whole.end;
        match page(&text[path.clone()]).filter(|page| files.contains_key(page)) {
            Some(page) => followed.extend(["[", &text[words], "](", &page, ")"]),
            None if is_elsewhere(&text[path]) => followed += &text[whole],
            None => {
                if followed.ends_with('!') {
                    followed.pop();
                }
                followed += &text[words];
            }
        }
    }
    followed + &text[done..]
}

/// The links of a text that lead to files of its own.
pub(super) fn paths(text: &str) -> impl Iterator<Item = &str> {
    links(text).into_iter().map(|link| &text[link.path]).filter(|path| !is_elsewhere(path))
}

fn is_elsewhere(path: &str) -> bool {
    path.contains(':') || path.starts_with('#')
}

/// The path in the archive of a path in the project.
fn page(path: &str) -> Option<String> {
    if is_elsewhere(path) {
        return None;
    }
    let Some(below) = path.strip_prefix(CHAPTERS) else { return Some(path.to_owned()) };
    Some(match below.strip_suffix(".md") {
        // The contents are beside every page; the first is where one begins.
        Some("SUMMARY") => "book/index.html".to_owned(),
        Some(name) => format!("book/{name}.html"),
        None => format!("book/{below}"),
    })
}

/// The places of a link's parts in its text.
struct Link {
    whole: Range<usize>,
    words: Range<usize>,
    path: Range<usize>,
}

fn links(text: &str) -> Vec<Link> {
    let mut links = Vec::new();
    for (middle, _) in text.match_indices("](") {
        let begin = text[..middle].rfind('[');
        let end = text[middle..].find(')').map(|at| middle + at);
        if let (Some(begin), Some(end)) = (begin, end) {
            let (words, path) = (begin + 1..middle, middle + 2..end);
            links.push(Link { whole: begin..end + 1, words, path });
        }
    }
    links
}

#[cfg(test)]
mod tests {
    use super::super::files::File;
    use super::*;

    #[test]
    fn links_lead_to_what_is_in_the_archive() {
        let names = ["book/index.html", "book/race.html", "book/pictures/a.svg", "LICENSE-MIT"];
        let file = |name: &str| (name.to_owned(), File { content: Vec::new(), runs: false });
        let files = names.map(file).into_iter().collect();
        let text = "![a](book/src/pictures/a.svg) [`race`](book/src/race.md), [MIT](LICENSE-MIT), \
                    [book](book/src/SUMMARY.md), [how](CONTRIBUTING.md) ![b](b.svg) [Rust](https://rust-lang.org)";
        let followed = followed(text, &files);
        assert_eq!(
            followed,
            "![a](book/pictures/a.svg) [`race`](book/race.html), [MIT](LICENSE-MIT), \
             [book](book/index.html), how b \
             [Rust](https://rust-lang.org)"
        );
        assert!(paths(&followed).all(|path| files.contains_key(path)));
    }
}
