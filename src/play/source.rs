//! The labs' sources, line by line: what a thread is about to do stands there.

/// Path from the project's root, and text.
pub(crate) const SOURCES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/sources.rs"));

/// The text of a source file; nothing if it is not a lab's. The compiler's name of the file may
/// begin with the place where it was built.
pub(crate) fn text(file: &str) -> Option<&'static str> {
    let file = file.replace('\\', "/");
    let here = |path: &str| file.strip_suffix(path).is_some_and(|left| !left.ends_with(is_name));
    SOURCES.iter().find(|(path, _)| here(path)).map(|(_, text)| *text)
}

/// Whether a character would make the path's first folder another one.
fn is_name(c: char) -> bool {
    c != '/'
}

/// One line of a source file, counted from 1, without its indentation.
pub(crate) fn line(file: &str, line: u32) -> Option<&'static str> {
    let index = usize::try_from(line).ok()?.checked_sub(1)?;
    text(file)?.lines().nth(index).map(str::trim).filter(|text| !text.is_empty())
}

/// The name of a source file within its lab: `race/mod.rs`.
pub(crate) fn short(file: &str) -> &str {
    let cut = file.rfind("labs/").map_or(0, |at| at + "labs/".len());
    &file[cut..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_of_a_step_is_found_wherever_the_program_was_built() {
        for file in ["labs/race/mod.rs", "/build/conclab/labs/race/mod.rs"] {
            assert!(line(file, 1).is_some_and(|line| line.starts_with("//! ")), "{file}");
        }
        assert_eq!(text("slabs/race/mod.rs"), None);
        assert_eq!(text("src/main.rs"), None);
        assert_eq!(line("labs/race/mod.rs", 0), None);
        assert_eq!(line("labs/race/mod.rs", u32::MAX), None);
        assert_eq!(short("/build/labs/race/mod.rs"), "race/mod.rs");
    }

    #[test]
    fn anchors_are_for_the_book_and_every_line_keeps_its_number() {
        for (path, shown) in SOURCES {
            let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
            let text = std::fs::read_to_string(file).expect("it was there when this was built");
            for (n, (shown, line)) in shown.lines().zip(text.lines()).enumerate() {
                let mark = crate::teach::include::is_mark(line);
                assert_eq!(shown, if mark { "" } else { line }, "{path}:{}", n + 1);
            }
            assert_eq!(shown.lines().count(), text.lines().count(), "{path}");
        }
    }

    #[test]
    fn every_lab_is_there() {
        for lab in conclab_labs::catalogue() {
            let file = format!("labs/{}/mod.rs", lab.card().name.replace('-', "_"));
            assert!(text(&file).is_some(), "{file}");
        }
    }
}
