//! Laws of the command line, over every lab.

use super::*;
use crate::found::sample;

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
        let mut command = demo(*lab);
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
