//! The labs of conclab, in teaching order: a folder is a lab, a file is shared.
//!
//! # Layout
//! | module | purpose |
//! |---|---|
//! | [`race`] | two threads add 1 to one counter: the lost update |
//! | [`deadlock`] | two threads each hold a lock and want the other's |
//! | [`spinlock`] | locks made by hand: spinning or sleeping |
//! | [`pool`] | threads against processes, CPU-bound against IO-bound |
//! | `platform` | what locks and semaphores stand on, in the model and on real threads |
//! | `price_platform` | the same on the processor itself |
//! | `words` | how the labs put numbers into sentences |

pub mod deadlock;
mod platform;
pub mod pool;
mod price_platform;
pub mod race;
pub mod semaphore;
pub mod spinlock;
mod words;

use conclab_kit::lab::AnyLab;
#[cfg(unix)]
use conclab_workers::Entry;

/// Every lab, in teaching order.
pub fn catalogue() -> &'static [&'static dyn AnyLab] {
    &[&race::Race, &deadlock::Deadlock, &semaphore::Semaphores, &spinlock::Spinlock, &pool::Pool]
}

/// What children of this program can be started for.
#[cfg(unix)]
pub fn roles() -> &'static [Entry] {
    const ROLES: &[Entry] = &[Entry::worker::<pool::role::Tasks>(), pool::crash::ENTRY];
    ROLES
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::{fs, path::Path};

    use conclab_kit::lab::Lab;

    use super::*;

    fn is_kebab_case(name: &str) -> bool {
        name.split('-').all(|word| {
            !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
        })
    }

    #[test]
    fn every_folder_is_in_the_catalogue() {
        let is_lab = |path: &Path| path.join("mod.rs").is_file();
        let root = fs::read_dir(env!("CARGO_MANIFEST_DIR")).unwrap();
        let mut folders: Vec<String> = root
            .map(|entry| entry.unwrap().path())
            .filter(|path| is_lab(path))
            .map(|path| path.file_name().unwrap().to_string_lossy().replace('_', "-"))
            .collect();
        let mut names: Vec<&str> = catalogue().iter().map(|lab| lab.card().name).collect();
        folders.sort_unstable();
        names.sort_unstable();
        assert_eq!(folders, names);
    }

    #[test]
    fn names_are_unique_and_kebab_case() {
        let mut labs = HashSet::new();
        for lab in catalogue() {
            let name = lab.card().name;
            assert!(is_kebab_case(name) && labs.insert(name), "lab {name}");
            let mut variants = HashSet::new();
            for variant in lab.variants() {
                let fine = is_kebab_case(variant.name) && variants.insert(variant.name);
                assert!(fine, "{name}: variant {}", variant.name);
            }
        }
    }

    #[test]
    fn wrong_variants_come_before_right_ones() {
        for lab in catalogue() {
            let right: Vec<bool> = lab.variants().iter().map(|variant| variant.right).collect();
            assert!(right.is_sorted(), "{}", lab.card().name);
        }
    }

    #[test]
    fn summaries_fit_sixty_columns() {
        for lab in catalogue() {
            let summaries = lab.variants().into_iter().map(|variant| variant.summary);
            for summary in summaries.chain([lab.card().summary]) {
                assert!((1..=60).contains(&summary.chars().count()), "{summary}");
            }
        }
    }

    fn every_variant_promises(lab: &impl Lab) {
        for variant in lab.variants() {
            assert!(!variant.promises.is_empty(), "{}: {}", lab.card().name, variant.name);
        }
    }

    #[test]
    fn every_variant_promises_something() {
        every_variant_promises(&race::Race);
        every_variant_promises(&deadlock::Deadlock);
        every_variant_promises(&semaphore::Semaphores);
        every_variant_promises(&spinlock::Spinlock);
        every_variant_promises(&pool::Pool);
    }
}
