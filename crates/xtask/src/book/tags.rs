//! Just enough of HTML to find links: the tags of a page that mdBook wrote, with attributes.

/// One opening tag.
#[derive(Debug, PartialEq)]
pub(crate) struct Tag<'a> {
    /// Its name, as it stands there.
    pub(crate) name: &'a str,
    /// Its attributes; one without a value has an empty one.
    attributes: Vec<(&'a str, &'a str)>,
}

impl Tag<'_> {
    /// An attribute in plain text.
    pub(crate) fn get(&self, wanted: &str) -> Option<String> {
        let (_, value) = self.attributes.iter().find(|(name, _)| *name == wanted)?;
        Some(unescaped(value))
    }
}

/// The opening tags of a page, in order; comments, scripts and styles hold none.
pub(crate) fn tags(page: &str) -> Vec<Tag<'_>> {
    let mut tags = Vec::new();
    let mut rest = page;
    while let Some((_, after)) = rest.split_once('<') {
        if let Some(comment) = after.strip_prefix("!--") {
            rest = skip(comment, "-->");
        } else if after.starts_with(|c: char| c.is_ascii_alphabetic()) {
            let (tag, behind) = tag(after);
            rest = match tag.name {
                "script" => skip(behind, "</script"),
                "style" => skip(behind, "</style"),
                _ => behind,
            };
            tags.push(tag);
        } else {
            rest = after;
        }
    }
    tags
}

/// What comes after the next `end`.
fn skip<'a>(text: &'a str, end: &str) -> &'a str {
    text.split_once(end).map_or("", |(_, rest)| rest)
}

/// The tag that `text` begins with, without its `<`, and what comes after it.
fn tag(text: &str) -> (Tag<'_>, &str) {
    let (name, mut rest) = word(text);
    let mut attributes = Vec::new();
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
        if rest.is_empty() || rest.starts_with('>') {
            let rest = rest.strip_prefix('>').unwrap_or(rest);
            return (Tag { name, attributes }, rest);
        }
        let (attribute, after) = word(rest);
        let (value, after) = after.strip_prefix('=').map_or(("", after), value);
        attributes.push((attribute, value));
        // A lone sign is no attribute, and must not be met for ever.
        rest = if after.len() == rest.len() { &rest[1..] } else { after };
    }
}

/// A name, and the rest.
fn word(text: &str) -> (&str, &str) {
    let ends = |c: char| c.is_ascii_whitespace() || matches!(c, '=' | '>' | '/' | '"' | '\'');
    text.split_at(text.find(ends).unwrap_or(text.len()))
}

/// A value with or without quotes, and the rest.
fn value(text: &str) -> (&str, &str) {
    for quote in ['"', '\''] {
        if let Some(inner) = text.strip_prefix(quote) {
            return inner.split_once(quote).unwrap_or((inner, ""));
        }
    }
    let ends = |c: char| c.is_ascii_whitespace() || c == '>';
    text.split_at(text.find(ends).unwrap_or(text.len()))
}

/// Text as it is meant; mdBook writes no other references than these.
fn unescaped(text: &str) -> String {
    let text = text.replace("&quot;", "\"").replace("&#39;", "'").replace("&#x27;", "'");
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_found_with_their_attributes() {
        let page = "<!-- <a href=no> --><p>1 < 2<a href='x&amp;y' hidden id=z>t</a><br/>\
                    <script>'<img src=no>'</script><img src=\"p.svg\" />";
        let found = tags(page);
        let names: Vec<_> = found.iter().map(|tag| tag.name).collect();
        assert_eq!(names, ["p", "a", "br", "script", "img"]);
        assert_eq!(found[1].get("href").as_deref(), Some("x&y"));
        assert_eq!(found[1].get("hidden").as_deref(), Some(""));
        assert_eq!(found[1].get("id").as_deref(), Some("z"));
        assert_eq!(found[4].get("src").as_deref(), Some("p.svg"));
    }

    #[test]
    fn broken_pages_come_to_an_end() {
        for page in ["<a", "<a =", "<a \"", "<a href=\"", "<!--", "<script>", "<", "<a ' = >"] {
            tags(page);
        }
    }
}
