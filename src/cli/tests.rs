//! Laws of the command line, over every lab.

use super::*;
use crate::found::{Part, sample};

#[test]
fn clap_finds_no_fault_with_the_command_line() {
    command(conclab_labs::catalogue()).debug_assert();
    command(&[&sample::LAB]).debug_assert();
}

#[test]
fn every_lab_is_in_the_help_once() {
    let help = command(&[&sample::LAB]).render_help().to_string();
    assert_eq!(help.matches("\n  race ").count(), 1, "{help}");
    assert!(help.contains("\nRaces:\n"), "{help}");
}

#[test]
fn help_fits_a_screen() {
    fn fits(command: &mut Command) {
        for help in [command.render_help(), command.render_long_help()].map(|h| h.to_string()) {
            assert!(help.lines().all(|line| line.chars().count() <= 80), "{help}");
        }
        command.get_subcommands_mut().for_each(fits);
    }
    for labs in [conclab_labs::catalogue(), &[&sample::LAB]] {
        let mut all = command(labs);
        all.build();
        fits(&mut all);
    }
}

#[test]
fn every_number_of_a_lab_has_its_range_and_default_in_the_help() {
    for lab in conclab_labs::catalogue() {
        let mut command = demo::command(*lab);
        let help = command.render_help().to_string();
        let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
        for number in help.split(" --").filter(|flag| flag.contains(" <N> ")) {
            assert!(number.contains(" to ") && number.contains("[default: "), "{number}");
        }
    }
}

#[test]
fn a_negative_number_is_told_the_range() {
    let error = command(&[&sample::LAB])
        .try_get_matches_from(["conclab", "race", "--runs", "-1"])
        .expect_err("-1 is not a number of runs");
    let text = error.to_string();
    assert!(text.contains("--runs") && text.contains("1 to 1000000"), "{text}");
}

#[test]
fn parts_of_a_demo_are_listed_or_repeated_and_have_their_worlds() {
    let parsed = |arguments: &[&str]| {
        command(&[&sample::LAB]).try_get_matches_from([&["conclab", "race"], arguments].concat())
    };
    for both in [&["--only", "break,why"][..], &["--only", "break", "--only", "why"]] {
        let matches = parsed(both).expect("parts");
        let (_, flags) = matches.subcommand().expect("a lab");
        let parts: Vec<Part> = flags.get_many("only").expect("parts").copied().collect();
        assert_eq!(parts, [Part::Break, Part::Why]);
    }
    for wrong in [&["--only", "brake"][..], &["--only", "why", "--world", "real"]] {
        assert!(parsed(wrong).is_err(), "{wrong:?}");
    }
    let error = parsed(&["--variant", "mutx"]).expect_err("no such variant").to_string();
    assert!(error.contains("unsynchronised") && error.contains("'mutex'"), "{error}");
}

#[test]
fn global_flags_come_back_as_they_were() {
    use clap::FromArgMatches as _;
    let read = |flags: &[String]| {
        let typed = ["conclab".to_owned(), "list".to_owned()].into_iter().chain(flags.to_vec());
        let matches = command(&[&sample::LAB]).try_get_matches_from(typed).expect("flags");
        Globals::from_arg_matches(matches.subcommand().expect("list").1).expect("flags")
    };
    let all = ["--format=json", "--color=never", "--ascii", "--seed=7", "--timeout=9"];
    for more in ["--quiet", "--verbose"] {
        let flags: Vec<_> = all.into_iter().chain([more]).map(str::to_owned).collect();
        let again: Vec<_> = read(&flags).as_arguments().into_iter().map(|it| it.text).collect();
        assert_eq!(again, flags);
        assert_eq!(format!("{:?}", read(&again)), format!("{:?}", read(&flags)));
    }
}
