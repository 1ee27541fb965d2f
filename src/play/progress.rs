//! What a player has achieved, and the format of the file that keeps it: which variants were
//! broken, with how many context switches, and which repairs were found.

use std::collections::BTreeMap;

use conclab_kit::report::Parameters;
use serde::{Deserialize, Serialize};

/// Version of the format.
const SCHEMA: &str = "conclab.progress/1";

/// A variant that was broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Broke {
    /// The variant.
    pub(crate) variant: String,
    /// The size of its program.
    pub(crate) parameters: Parameters,
    /// Context switches it took.
    pub(crate) switches: usize,
    /// Fewest context switches that it takes.
    pub(crate) best: usize,
}

/// What is known of a player when a variant is begun.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Before {
    /// How the variant was broken.
    pub(crate) broke: Option<Broke>,
    /// Which repairs of it were found.
    pub(crate) repairs: Vec<String>,
}

/// Something to remember.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Deed {
    /// A variant was broken.
    Broke(Broke),
    /// A repair was found.
    Repaired {
        /// The variant that it repairs.
        problem: &'static str,
        /// The variant that it is.
        repair: &'static str,
    },
}

/// Everything that a player has achieved.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Progress {
    schema: String,
    broken: Vec<Broken>,
    repaired: Vec<Repaired>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Broken {
    lab: String,
    variant: String,
    parameters: BTreeMap<String, u64>,
    switches: usize,
    switches_best: usize,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Repaired {
    lab: String,
    variant: String,
    repair: String,
}

impl Progress {
    /// Reads what [`Progress::write`] wrote.
    ///
    /// # Errors
    /// Says what is wrong with the text.
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        let read: Self = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if read.schema == SCHEMA {
            Ok(read)
        } else {
            Err(format!("its schema is `{}`, not `{SCHEMA}`", super::input::echo(&read.schema)))
        }
    }

    /// The text of the file.
    pub(crate) fn write(&self) -> String {
        let whole = Self { schema: SCHEMA.to_owned(), ..self.clone() };
        let text = serde_json::to_string_pretty(&whole);
        text.expect("lists of maps with text keys fit JSON") + "\n"
    }

    /// Remembers a deed; of several ways to break the same program the one with fewest switches.
    pub(crate) fn remember(&mut self, lab: &str, deed: &Deed) {
        match deed {
            Deed::Broke(deed) => {
                let new = Broken {
                    lab: lab.to_owned(),
                    variant: deed.variant.clone(),
                    parameters: by_name(&deed.parameters),
                    switches: deed.switches,
                    switches_best: deed.best,
                };
                let known = self.broken.iter_mut().find(|one| one.is_about(&new));
                match known {
                    Some(known) if known.switches <= new.switches => {}
                    Some(known) => *known = new,
                    None => self.broken.push(new),
                }
            }
            Deed::Repaired { problem, repair } => {
                let (lab, variant) = (lab.to_owned(), (*problem).to_owned());
                let new = Repaired { lab, variant, repair: (*repair).to_owned() };
                if !self.repaired.contains(&new) {
                    self.repaired.push(new);
                }
            }
        }
    }

    /// What was achieved with a variant of this size.
    pub(crate) fn before(&self, lab: &str, variant: &str, size: &Parameters) -> Before {
        let ours = |one: &&Repaired| (one.lab.as_str(), one.variant.as_str()) == (lab, variant);
        let repairs = self.repaired.iter().filter(ours).map(|one| one.repair.clone()).collect();
        Before { broke: self.broke(lab, variant, size), repairs }
    }

    fn broke(&self, lab: &str, variant: &str, size: &Parameters) -> Option<Broke> {
        let values = by_name(size);
        let is_it = |one: &&Broken| {
            (one.lab.as_str(), one.variant.as_str()) == (lab, variant) && one.parameters == values
        };
        self.broken.iter().find(is_it).map(|one| Broke {
            variant: one.variant.clone(),
            parameters: size.clone(),
            switches: one.switches,
            best: one.switches_best,
        })
    }
}

impl Broken {
    fn is_about(&self, other: &Self) -> bool {
        (&self.lab, &self.variant, &self.parameters)
            == (&other.lab, &other.variant, &other.parameters)
    }
}

fn by_name(size: &Parameters) -> BTreeMap<String, u64> {
    size.0.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broke(switches: usize) -> Deed {
        let parameters = Parameters(vec![("threads", 2)]);
        Deed::Broke(Broke { variant: "wrong".to_owned(), parameters, switches, best: 1 })
    }

    #[test]
    fn the_best_way_is_kept_and_survives_the_file() {
        let mut progress = Progress::default();
        let size = Parameters(vec![("threads", 2)]);
        for (switches, kept) in [(3, 3), (5, 3), (2, 2)] {
            progress.remember("race", &broke(switches));
            let read = Progress::read(&progress.write()).expect("it was just written");
            let known = read.broke("race", "wrong", &size).map(|known| known.switches);
            assert_eq!(known, Some(kept));
        }
        assert_eq!(progress.broke("race", "wrong", &Parameters(vec![("threads", 3)])), None);
        assert_eq!(progress.broke("deadlock", "wrong", &size), None);
    }

    #[test]
    fn a_repair_is_remembered_once() {
        let mut progress = Progress::default();
        for _ in 0..2 {
            progress.remember("race", &Deed::Repaired { problem: "wrong", repair: "mutex" });
        }
        let before = progress.before("race", "wrong", &Parameters::default());
        assert_eq!(before, Before { broke: None, repairs: vec!["mutex".to_owned()] });
    }

    #[test]
    fn a_file_that_is_none_of_ours_is_refused_with_a_reason() {
        let newer = Progress::default().write().replace("progress/1", "progress/2");
        for text in ["", "{}", "[]", "null", "{\"schema\": 1}", &newer, &"[".repeat(100_000)] {
            let why = Progress::read(text).expect_err("it is none of ours");
            assert!(!why.is_empty() && why.len() < 200, "{why}");
        }
    }
}
