//! The few pieces of HTML that a chapter is built with, each on a line of its own.

use super::lecture::{Ink, Span};

/// A piece of HTML that says something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Tag {
    /// A container begins: its name, class, and minutes if it has some.
    Open { name: String, class: String, minutes: Option<String> },
    /// A container ends.
    Close(String),
    /// What folded text is called.
    Summary(Vec<Span>),
    /// The interactive page of a lab.
    Player(String),
    /// What a comment says.
    Comment(String),
}

/// Tags that hold something.
const CONTAINERS: [&str; 4] = ["section", "details", "aside", "div"];

/// Everything in a piece of HTML that says something; other tags are for browsers.
pub(super) fn tags(html: &str) -> Vec<Tag> {
    let mut found = Vec::new();
    let mut rest = html;
    while let Some((_, after)) = rest.split_once('<') {
        if let Some(comment) = after.strip_prefix("!--") {
            let (text, after) = comment.split_once("-->").unwrap_or((comment, ""));
            found.push(Tag::Comment(text.trim().to_owned()));
            rest = after;
            continue;
        }
        let (tag, after) = after.split_once('>').unwrap_or((after, ""));
        rest = after;
        let (name, attributes) = tag.split_once(char::is_whitespace).unwrap_or((tag, ""));
        let value = |name| attribute(attributes, name);
        if let Some(name) = name.strip_prefix('/').filter(|name| CONTAINERS.contains(name)) {
            found.push(Tag::Close(name.to_owned()));
        } else if CONTAINERS.contains(&name) {
            let class = value("class").unwrap_or_default();
            found.push(Tag::Open { name: name.to_owned(), class, minutes: value("data-minutes") });
        } else if name == "summary" {
            let (text, after) = after.split_once("</summary>").unwrap_or((after, ""));
            found.push(Tag::Summary(spans(text.trim())));
            rest = after;
        } else if name == "iframe" && value("class").as_deref() == Some("player") {
            let page = value("src").unwrap_or_default();
            let lab = page.split(".html").next().unwrap_or_default();
            found.push(Tag::Player(lab.rsplit('/').next().unwrap_or_default().to_owned()));
        }
    }
    found
}

/// The value of an attribute.
fn attribute(attributes: &str, name: &str) -> Option<String> {
    let mut rest = attributes;
    while let Some((before, after)) = rest.split_once("=\"") {
        let (value, after) = after.split_once('"')?;
        if before.trim() == name {
            return Some(plain(value));
        }
        rest = after;
    }
    None
}

/// Text with `<code>` and emphasis in it.
fn spans(html: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut ink = Ink::Plain;
    let mut rest = html;
    loop {
        let (text, after) = rest.split_once('<').unwrap_or((rest, ""));
        if !text.is_empty() {
            spans.push(Span::new(plain(text), ink));
        }
        if after.is_empty() {
            return spans;
        }
        let (tag, after) = after.split_once('>').unwrap_or((after, ""));
        ink = match tag {
            "code" => Ink::Code,
            "strong" | "em" | "b" | "i" => Ink::Strong,
            _ => Ink::Plain,
        };
        rest = after;
    }
}

/// Text with its characters for what HTML cannot hold.
fn plain(html: &str) -> String {
    let text = html.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
    let text = text.replace("&#39;", "'").replace("&nbsp;", "\u{a0}");
    text.replace("&amp;", "&").replace(['\n', '\r', '\t'], " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_screen_and_an_answer_are_seen() {
        let open = |name: &str, class: &str, minutes: Option<&str>| Tag::Open {
            name: name.to_owned(),
            class: class.to_owned(),
            minutes: minutes.map(str::to_owned),
        };
        let section = "<section class=\"screen\" data-minutes=\"5\">\n";
        assert_eq!(tags(section), [open("section", "screen", Some("5"))]);
        let details =
            "<details class=\"answer\">\n<summary>A. <code>a &lt; b</code> is</summary>\n";
        let label = [("A. ", Ink::Plain), ("a < b", Ink::Code), (" is", Ink::Plain)];
        let label = label.map(|(text, ink)| Span::new(text, ink));
        assert_eq!(tags(details), [open("details", "answer", None), Tag::Summary(label.into())]);
        assert_eq!(tags("</details>"), [Tag::Close("details".to_owned())]);
    }

    #[test]
    fn a_player_and_a_comment_are_seen() {
        let player = "<iframe class=\"player\" src=\"play/race.html#mutex\" title=\"x\"></iframe>";
        assert_eq!(tags(player), [Tag::Player("race".to_owned())]);
        assert_eq!(tags("<!-- bench:race -->"), [Tag::Comment("bench:race".to_owned())]);
    }

    #[test]
    fn what_is_broken_or_unknown_says_nothing() {
        for html in ["", "<", "<br>", "<section", "<p class=\"x>", "a < b", "</", "<a =\"\"=\">"] {
            let found = tags(html);
            assert!(found.len() <= 1, "{html}: {found:?}");
        }
    }
}
