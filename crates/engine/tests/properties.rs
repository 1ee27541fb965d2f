//! The explorer against the brute-force oracle, on random small programs.

#[path = "oracle/facade.rs"]
mod facade;
mod oracle;

use std::collections::{BTreeMap, HashSet};

use conclab_engine::settings::ModelSettings;
use conclab_engine::stop::Stop;
use conclab_engine::world::model::{OutcomeTally, explore};
use num_bigint::BigUint;
use oracle::{Program, enumerate, generate};
use proptest::prelude::*;

const STATES_MAX: u64 = 1_000_000;

fn settings() -> ModelSettings {
    ModelSettings::new(STATES_MAX, Stop::never())
}

/// Outcomes, counts and odds of the explorer are those of the oracle.
fn same_histogram(program: &Program) -> Result<(), TestCaseError> {
    let expected = enumerate(program);
    let body = || facade::body(program);
    let found = explore(&body, &settings(), &mut |_| {});
    let found = found.map_err(|error| TestCaseError::fail(error.to_string()))?;
    prop_assert!(found.exhaustive());
    prop_assert_eq!(found.interleavings().to_string(), expected.interleavings().to_string());
    let histogram = found.histogram();
    let counts: BTreeMap<_, _> = histogram
        .iter()
        .map(|tally| (tally.outcome.clone(), tally.interleavings.to_string()))
        .collect();
    let expected_counts: BTreeMap<_, _> = expected
        .by_outcome
        .iter()
        .map(|(outcome, share)| (outcome.clone(), share.interleavings.to_string()))
        .collect();
    prop_assert_eq!(counts, expected_counts);
    for OutcomeTally { outcome, odds, .. } in histogram {
        let expected = expected.by_outcome[&outcome].odds;
        prop_assert!((odds - expected).abs() < 1e-9, "{outcome}: odds {odds}, not {expected}");
    }
    Ok(())
}

/// Replaying every number shows every interleaving once.
fn numbers_are_interleavings(program: &Program) -> Result<(), TestCaseError> {
    let expected = enumerate(program);
    let body = || facade::body(program);
    let found = explore(&body, &settings(), &mut |_| {});
    let found = found.map_err(|error| TestCaseError::fail(error.to_string()))?;
    let of = expected.interleavings();
    prop_assert_eq!(found.numbered(), BigUint::from(of));
    let mut schedules = HashSet::new();
    let mut tally: BTreeMap<String, u64> = BTreeMap::new();
    for n in 1..=of {
        let number = BigUint::from(n);
        let schedule = found.schedule(&number).expect("the number is in range");
        prop_assert_eq!(found.number(&schedule), Some(number), "there and back");
        let told = found.tell(&body, &schedule).expect("the program is deterministic");
        *tally.entry(told.outcome).or_default() += 1;
        prop_assert!(schedules.insert(schedule), "number {n} repeats a schedule");
    }
    let expected: BTreeMap<_, _> =
        expected.by_outcome.into_iter().map(|(outcome, it)| (outcome, it.interleavings)).collect();
    prop_assert_eq!(tally, expected);
    prop_assert!(found.schedule(&BigUint::ZERO).is_err());
    prop_assert!(found.schedule(&BigUint::from(of + 1)).is_err());
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn two_threads_have_the_outcomes_counts_and_odds_of_the_oracle(
        program in generate::programs(&[&[5, 5], &[6, 5], &[7, 4]])
    ) {
        same_histogram(&program)?;
    }

    #[test]
    fn three_threads_have_the_outcomes_counts_and_odds_of_the_oracle(
        program in generate::programs(&[&[4, 4, 2], &[4, 3, 3], &[4, 4, 1]])
    ) {
        same_histogram(&program)?;
    }

    #[test]
    fn sleepers_have_the_outcomes_counts_and_odds_of_the_oracle(
        program in generate::programs_with_sleepers()
    ) {
        same_histogram(&program)?;
        numbers_are_interleavings(&program)?;
    }

    #[test]
    fn real_threads_show_nothing_that_the_oracle_does_not_know(
        program in generate::programs(&[&[5, 5], &[4, 4, 2]])
    ) {
        let expected = enumerate(&program).by_outcome;
        // A program that can deadlock could hang here: only the others are run.
        prop_assume!(!expected.contains_key("deadlock"));
        let seen = facade::body(&program);
        prop_assert!(expected.contains_key(&seen), "{seen} is not among {:?}", expected.keys());
    }

    #[test]
    fn every_number_is_one_interleaving(
        program in generate::programs(&[&[4, 4], &[5, 3], &[3, 3, 2], &[4, 2, 2]])
    ) {
        numbers_are_interleavings(&program)?;
    }
}
