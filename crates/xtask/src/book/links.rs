//! Does every link of the built pages lead somewhere? Only inside of the book: the network is not
//! asked, and what a page needs in order to be shown must be in the book.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::tags::{Tag, tags};

/// Attributes that lead to another place, and whether the browser follows them by itself.
const LEADS: [(&str, &str, bool); 6] = [
    ("a", "href", false),
    ("link", "href", true),
    ("img", "src", true),
    ("script", "src", true),
    ("iframe", "src", true),
    ("object", "data", true),
];

/// Here what follows the `#` is a variant, alone or as in `v=mutex&m=0.1`.
const PLAYERS: &str = "play/";

/// What a page offers and wants.
#[derive(Debug, Default)]
struct Page {
    /// The places that `#name` leads to; of an interactive page, its variants.
    anchors: BTreeSet<String>,
    /// Addresses, and whether the browser follows them by itself.
    leads: Vec<(String, bool)>,
    /// Whether there is code of which nothing is left.
    empty_code: bool,
}

/// Every link in `folder` that leads nowhere or out of it, as `page: link: what is wrong`.
pub(crate) fn check(folder: &Path) -> Result<Vec<String>> {
    let (mut files, mut pages) = (BTreeSet::new(), BTreeMap::new());
    collect(folder, "", &mut files)?;
    for file in files.iter().filter(|file| Path::new(file).extension().is_some_and(is_html)) {
        let text = fs::read_to_string(folder.join(file)).with_context(|| file.clone())?;
        let page = if file.starts_with(PLAYERS) { player(&text) } else { read(&text) };
        pages.insert(file.as_str(), page);
    }
    let mut wrong = Vec::new();
    for (name, page) in &pages {
        if page.empty_code {
            wrong.push(format!("{name}: a piece of code is empty: is its anchor in the file?"));
        }
        for (link, follows) in &page.leads {
            if let Err(why) = follow(name, link, *follows, &files, &pages) {
                wrong.push(format!("{name}: {link}: {why}"));
            }
        }
    }
    wrong.dedup();
    Ok(wrong)
}

fn is_html(extension: &std::ffi::OsStr) -> bool {
    extension == "html"
}

/// The files below a folder, with `/`.
fn collect(folder: &Path, prefix: &str, files: &mut BTreeSet<String>) -> Result<()> {
    let entries = fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    for entry in entries {
        let entry = entry?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            collect(&entry.path(), &format!("{name}/"), files)?;
        } else {
            files.insert(name);
        }
    }
    Ok(())
}

fn read(text: &str) -> Page {
    let tags = tags(text);
    let named = |tag: &Tag| [tag.get("id"), tag.get("name").filter(|_| tag.name == "a")];
    let leads = |tag: &Tag| {
        let found = LEADS.iter().filter(|(name, ..)| *name == tag.name);
        found.filter_map(|(_, key, follows)| Some((tag.get(key)?, *follows))).collect::<Vec<_>>()
    };
    let codes = text.match_indices("<code class=\"language-");
    Page {
        anchors: tags.iter().flat_map(named).flatten().collect(),
        leads: tags.iter().flat_map(leads).collect(),
        empty_code: codes.into_iter().any(|(at, _)| {
            let inner = text[at..].split_once('>').map_or("", |(_, inner)| inner);
            inner.trim_start().starts_with("</code>")
        }),
    }
}

/// What an interactive page offers: the variants in its data. It wants nothing.
fn player(text: &str) -> Page {
    let names = text.split("\"name\":\"").skip(1).filter_map(|rest| rest.split('"').next());
    Page { anchors: names.map(str::to_owned).collect(), ..Page::default() }
}

/// Follows a link of a page; why it cannot be followed.
fn follow(
    from: &str,
    link: &str,
    follows: bool,
    files: &BTreeSet<String>,
    pages: &BTreeMap<&str, Page>,
) -> Result<(), &'static str> {
    if has_scheme(link) {
        let asks = follows && !link.starts_with("data:");
        return if asks { Err("the page would ask the network") } else { Ok(()) };
    }
    let link = decoded(link);
    let (path, anchor) = link.split_once('#').unwrap_or((&link, ""));
    let path = path.split_once('?').map_or(path, |(path, _)| path);
    let to = if path.is_empty() { from.to_owned() } else { resolve(from, path)? };
    if !files.contains(&to) {
        return Err("there is no such file");
    }
    let variant = |anchor: &str| {
        let named = anchor.split('&').find_map(|part| part.strip_prefix("v=").map(str::to_owned));
        named.unwrap_or_else(|| anchor.to_owned())
    };
    let place = if to.starts_with(PLAYERS) { variant(anchor) } else { anchor.to_owned() };
    match pages.get(to.as_str()) {
        Some(page) if !place.is_empty() && !page.anchors.contains(&place) => {
            Err("the page has no such place")
        }
        _ => Ok(()),
    }
}

/// Whether a link names where to ask, as in `https:` or `//`.
fn has_scheme(link: &str) -> bool {
    let scheme = |name: &str| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric());
    link.starts_with("//") || link.split_once(':').is_some_and(|(name, _)| scheme(name))
}

/// The file that a path means on a page.
fn resolve(from: &str, path: &str) -> Result<String, &'static str> {
    let mut parts: Vec<_> = from.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            "." => {}
            "" => return Err("it begins at the root of a server, or ends in no file"),
            ".." => drop(parts.pop().ok_or("it leads out of the book")?),
            _ => parts.push(part),
        }
    }
    Ok(parts.join("/"))
}

/// A link without `%20` and the like; what is no such code stays.
fn decoded(link: &str) -> String {
    let bytes = link.as_bytes();
    let mut plain = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let hex = link.get(at + 1..at + 3).filter(|_| bytes[at] == b'%');
        if let Some(byte) = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            plain.push(byte);
            at += 3;
        } else {
            plain.push(bytes[at]);
            at += 1;
        }
    }
    String::from_utf8_lossy(&plain).into_owned()
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::{env, process};

    use super::*;

    /// A folder of pages, gone with the test.
    struct Site(PathBuf);

    impl Site {
        fn new(name: &str, files: &[(&str, &str)]) -> Self {
            let folder = env::temp_dir().join(format!("conclab-links-{}-{name}", process::id()));
            for (path, text) in files {
                let path = folder.join(path);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, text).unwrap();
            }
            Self(folder)
        }

        fn wrong(&self) -> Vec<String> {
            check(&self.0).unwrap()
        }
    }

    impl Drop for Site {
        fn drop(&mut self) {
            fs::remove_dir_all(&self.0).unwrap();
        }
    }

    #[test]
    fn links_that_lead_somewhere_are_left_alone() {
        let index = "<h1 id='교착'></h1><a href='#%EA%B5%90%EC%B0%A9'></a><a href='a/b.html'></a>\
                     <a href='https://example.org'></a><img src='data:,'>\
                     <iframe src='play/race.html#v=x&amp;m=0.1'></iframe><a href='?present'></a>";
        let files = [
            ("index.html", index),
            ("a/b.html", "<a href='../index.html#교착'></a><link href='../c.css'>"),
            ("c.css", ""),
            ("play/race.html", "{\"name\":\"x\"}"),
        ];
        assert_eq!(Site::new("good", &files).wrong(), [""; 0]);
    }

    #[test]
    fn links_that_lead_nowhere_are_named_with_their_page() {
        let text = "<a href='gone.html'></a><a href='#gone'></a><a href='../out.html'></a>\
                    <img src='https://example.org/p.png'><a href='/root.html'></a>\
                    <pre><code class=\"language-rust\">\n</code></pre>";
        let text = text.to_owned() + "<iframe src='play/race.html#v=y'></iframe>";
        let site = Site::new("bad", &[("index.html", &text), ("play/race.html", "")]);
        assert_eq!(
            site.wrong(),
            [
                "index.html: a piece of code is empty: is its anchor in the file?",
                "index.html: gone.html: there is no such file",
                "index.html: #gone: the page has no such place",
                "index.html: ../out.html: it leads out of the book",
                "index.html: https://example.org/p.png: the page would ask the network",
                "index.html: /root.html: it begins at the root of a server, or ends in no file",
                "index.html: play/race.html#v=y: the page has no such place",
            ]
        );
    }
}
