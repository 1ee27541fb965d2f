//! What a step does, in the words of a lane: in full, or shorter where lanes are narrow.

use conclab_engine::report::{Interleaving, Step};

use crate::screen::Screen;

/// How short all lanes of a table are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Form {
    /// In the words of the source.
    Whole,
    /// Long operations and results have short names.
    Short,
    /// So have objects that are numbered: `a0` is `account 0`.
    Shortest,
}

/// What a step does and what it is given, in the words of a form.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Said {
    does: String,
    given: Option<String>,
    /// What stands before what it is given.
    sign: &'static str,
    /// Short names that it uses, with what they stand for.
    short: Vec<(String, String)>,
}

/// A step in words. Where there is only one shared object, its name says nothing.
pub(super) fn said(run: &Interleaving, step: &Step, form: Form) -> Said {
    let (verb, name, operands) = parts(step);
    let only = run.steps.first().is_some_and(|first| first.state.len() == 1);
    let given = step.result.clone();
    let mut said = Said { does: String::new(), given, sign: " → ", short: Vec::new() };
    let name = match family(run).filter(|family| name.starts_with(family)) {
        Some(family) if form == Form::Shortest => {
            let short = format!("{}{}", &family[..initial(family)], &name[family.len()..]);
            said.short.push((short.clone(), name.to_owned()));
            short
        }
        _ if only && is_object(step, name) => String::new(),
        _ => name.to_owned(),
    };
    said.does = words(&[verb, &name, operands]);
    if form > Form::Whole {
        shorten(&mut said, verb, &name, operands);
    }
    said
}

/// Puts the short names of operations and results in.
fn shorten(said: &mut Said, verb: &str, name: &str, operands: &str) {
    if matches!(verb, "fetch_add" | "fetch_sub" | "compare_exchange") {
        said.sign = ": ";
    }
    let mut abbreviate = |does: String, short: &str, long: &str| {
        said.does = does;
        said.short.push((short.to_owned(), long.to_owned()));
    };
    let sign = match verb {
        "fetch_add" => "+",
        "fetch_sub" => "-",
        _ => "",
    };
    match (verb, operands.split_once(' ')) {
        ("fetch_add" | "fetch_sub", _) => {
            let change = format!("{sign}{operands}");
            abbreviate(words(&[&change, name]), &change, &format!("{verb} {operands}"));
        }
        ("compare_exchange", Some((expected, new))) => {
            let change = format!("{expected}→{new}");
            abbreviate(words(&["cas", name, &change]), "cas", verb);
        }
        ("notify_one", _) => abbreviate(words(&["notify", name]), "notify", verb),
        ("wake_one", _) => abbreviate(words(&["wake", name]), "wake", verb),
        _ => {}
    }
    said.given = said.given.take().map(|given| match (verb, given.as_str()) {
        ("fetch_add" | "fetch_sub", _) => format!("was {given}"),
        ("compare_exchange", _) if given.starts_with("done") => "done".to_owned(),
        (_, "would block") => {
            said.short.push(("busy".to_owned(), given));
            "busy".to_owned()
        }
        _ => given,
    });
}

impl Said {
    /// In one line.
    pub(super) fn text(&self) -> String {
        self.does.clone() + &self.end()
    }

    /// In so many columns; what was given is the last thing to be cut.
    pub(super) fn within(&self, columns: usize, screen: &Screen) -> String {
        let end = self.end();
        let room = columns.saturating_sub(screen.width_of(&end));
        if screen.width_of(&self.text()) <= columns || room < DOES_MIN {
            return screen.cut(&self.text(), columns);
        }
        screen.cut(&self.does, room) + &screen.plain(&end)
    }

    fn end(&self) -> String {
        self.given.as_ref().map(|given| format!("{}{given}", self.sign)).unwrap_or_default()
    }
}

/// Columns that an operation takes at least if it is cut.
const DOES_MIN: usize = 4;

/// What the short names in a table stand for, in one sentence; nothing if there are none.
pub(super) fn legend<'a>(all: impl Iterator<Item = &'a Said>) -> Option<String> {
    let mut told: Vec<String> = Vec::new();
    for (short, long) in all.flat_map(|said| &said.short) {
        let one = format!("{short} is {long}");
        if !told.contains(&one) {
            told.push(one);
        }
    }
    told.sort();
    (!told.is_empty()).then(|| format!("in short: {}", told.join(", ")))
}

/// A step's verb, the object that it is done to, and with what: `store`, `lock: next`, `1`.
pub(super) fn parts(step: &Step) -> (&str, &str, &str) {
    let (verb, rest) = step.operation.split_once(' ').unwrap_or((&step.operation, ""));
    let follows = |name: &str| {
        let after = rest.strip_prefix(name)?;
        (after.is_empty() || after.starts_with(' ')).then_some(name.len())
    };
    let length = step.state.iter().filter_map(|(name, _)| follows(name)).max();
    match length {
        Some(length) => (verb, &rest[..length], rest[length..].trim_start()),
        None => (verb, rest, ""),
    }
}

fn is_object(step: &Step, name: &str) -> bool {
    step.state.iter().any(|(object, _)| object == name)
}

/// What the names of all objects begin with (`account `), if they are numbered.
fn family(run: &Interleaving) -> Option<&str> {
    let names = &run.steps.first()?.state;
    let (first, others) = names.split_first()?;
    let prefix = &first.0[..=first.0.rfind(' ')?];
    let number = |name: &str| {
        let number = name.strip_prefix(prefix);
        number.is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
    };
    (!others.is_empty() && names.iter().all(|(name, _)| number(name))).then_some(prefix)
}

/// Bytes of the first character.
fn initial(text: &str) -> usize {
    text.chars().next().map_or(0, char::len_utf8)
}

/// Words with a space between them; those that are empty are left out.
fn words(all: &[&str]) -> String {
    let all: Vec<_> = all.iter().copied().filter(|word| !word.is_empty()).collect();
    all.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::found::sample;

    const PLAIN: Screen = Screen::PLAIN;

    /// A step of a run whose objects are these.
    fn one(objects: &[&str], operation: &str, result: Option<&str>) -> Interleaving {
        let mut run = sample::lost_update(1);
        run.steps.truncate(1);
        let step = &mut run.steps[0];
        step.operation = operation.to_owned();
        step.result = result.map(str::to_owned);
        step.state = objects.iter().map(|name| ((*name).to_owned(), "1".to_owned())).collect();
        run
    }

    #[test]
    fn operations_are_shortened_in_one_way() {
        let objects = ["account 0", "account 1"];
        for (operation, result, short, shortest) in [
            ("fetch_add account 0 1", "100", "+1 account 0: was 100", "+1 a0: was 100"),
            ("fetch_sub account 1 1", "100", "-1 account 1: was 100", "-1 a1: was 100"),
            (
                "try_lock account 0",
                "would block",
                "try_lock account 0 → busy",
                "try_lock a0 → busy",
            ),
            (
                "compare_exchange account 0 4 5",
                "failed, was 7",
                "cas account 0 4→5: failed, was 7",
                "cas a0 4→5: failed, was 7",
            ),
        ] {
            let run = one(&objects, operation, Some(result));
            let text = |form| said(&run, &run.steps[0], form).text();
            assert_eq!(text(Form::Whole), format!("{operation} → {result}"));
            assert_eq!((&*text(Form::Short), &*text(Form::Shortest)), (short, shortest));
        }
    }

    #[test]
    fn the_result_is_cut_last() {
        let run = one(&["given back", "room"], "notify_one given back", Some("nobody"));
        let said = said(&run, &run.steps[0], Form::Whole);
        assert_eq!(said.within(18, &PLAIN), "notify_o… → nobody");
        assert_eq!(said.within(90, &PLAIN), "notify_one given back → nobody");
    }

    #[test]
    fn what_is_short_is_explained_once() {
        let run = one(&["counter"], "compare_exchange counter 0 1", Some("done, was 0"));
        let said = said(&run, &run.steps[0], Form::Short);
        assert_eq!(said.text(), "cas 0→1: done");
        let told = legend([&said, &said].into_iter());
        assert_eq!(told.as_deref(), Some("in short: cas is compare_exchange"));
    }

    #[test]
    fn a_name_of_several_words_is_one_object() {
        let run = one(&["lock: next", "lock"], "store lock: next 1", None);
        assert_eq!(parts(&run.steps[0]), ("store", "lock: next", "1"));
    }
}
