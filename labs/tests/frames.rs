//! The frame decoder of the worker processes takes any bytes in any pieces.
//!
//! 2,000 random inputs; `CONCLAB_FUZZ_CASES=1000000` asks for more.
#![cfg(unix)]

use std::cell::Cell;

use conclab_labs::pool::role::Tasks;
use conclab_labs::pool::work::Work;
use conclab_workers::frames::{self, FrameError, Inbox};
use conclab_workers::messages::{Arrived, Ended, Reply, Task};
use conclab_workers::worker::{Happens, serve};
use proptest::prelude::*;

/// The cap of these tests: small, so that random heads are below and above it.
const BYTES_MAX: usize = 100_000;

fn config() -> ProptestConfig {
    let cases = std::env::var("CONCLAB_FUZZ_CASES").ok();
    let cases = cases.map_or(2_000, |cases| cases.parse().expect("a number of cases"));
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

/// Gives the bytes to an inbox in pieces and takes all frames, until one is refused.
fn frames_of(bytes: &[u8], pieces: &[usize]) -> (Vec<Vec<u8>>, Option<FrameError>) {
    let mut inbox = Inbox::new(BYTES_MAX);
    let mut rest = bytes;
    let mut found = Vec::new();
    let mut pieces = pieces.iter().copied().cycle();
    while !rest.is_empty() {
        let arrived = inbox
            .fill(|room| {
                let roomy = 64 << 10..=2 * bytes.len() + (192 << 10);
                assert!(roomy.contains(&room.len()), "{} bytes of room", room.len());
                let piece = pieces.next().unwrap_or(1).clamp(1, room.len()).min(rest.len());
                room[..piece].copy_from_slice(&rest[..piece]);
                Ok(piece)
            })
            .expect("nothing failed");
        rest = &rest[arrived..];
        loop {
            match inbox.next_frame() {
                Ok(Some(frame)) => found.push(frame.to_vec()),
                Ok(None) => break,
                Err(error) => return (found, Some(error)),
            }
        }
    }
    (found, None)
}

fn any_work() -> impl Strategy<Value = Work> {
    prop_oneof![
        any::<(u64, u64)>().prop_map(|(from, to)| Work::Primes { from, to }),
        any::<(u16, u32)>().prop_map(|(port, delay_us)| Work::Ask { port, delay_us }),
        prop::collection::vec(any::<u8>(), 0..300).prop_map(|payload| Work::Sum { payload }),
        Just(Work::Nothing),
        any::<(u64, u64, u32)>().prop_map(|(from, to, deaths)| Work::Crash { from, to, deaths }),
        Just(Work::Panic),
    ]
}

/// Heads that promise little, nothing, the cap, or anything, each followed by some bytes.
fn any_bytes() -> impl Strategy<Value = Vec<u8>> {
    let head = prop_oneof![0..40_u32, Just(100_000_u32), Just(100_001), any::<u32>()];
    let frame = (head, prop::collection::vec(any::<u8>(), 0..40)).prop_map(|(head, mut bytes)| {
        bytes.splice(0..0, head.to_le_bytes());
        bytes
    });
    prop::collection::vec(frame, 0..8).prop_map(|frames| frames.concat())
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn any_bytes_are_frames_or_an_error(
        bytes in any_bytes(),
        pieces in prop::collection::vec(1..50_usize, 1..5),
    ) {
        let (found, error) = frames_of(&bytes, &pieces);
        // The same in one piece: pieces change nothing.
        prop_assert_eq!(&(found.clone(), error), &frames_of(&bytes, &[usize::MAX]));
        for frame in found {
            // Any message, or an error; never a panic.
            let _ = frames::message::<Arrived<Work>>(&frame);
            let _ = frames::message::<Reply<u64>>(&frame);
        }
    }

    #[test]
    fn what_was_appended_comes_out(
        works in prop::collection::vec(any_work(), 0..10),
        pieces in prop::collection::vec(1..50_usize, 1..5),
    ) {
        let mut bytes = Vec::new();
        for (number, work) in (1..).zip(&works) {
            frames::append(&Task { number, deaths: 1, work }, BYTES_MAX, &mut bytes).unwrap();
        }
        let (found, error) = frames_of(&bytes, &pieces);
        prop_assert_eq!(error, None);
        let task = |frame: &Vec<u8>| frames::message::<Arrived<Work>>(frame).unwrap().work;
        let arrived = found.iter().map(task);
        prop_assert!(arrived.eq(works));
    }

    #[test]
    fn a_worker_does_what_it_understands_and_ends_at_the_rest(
        good in 0..20_u32,
        bad in prop::collection::vec(any::<u8>(), 0..3),
        greeted in any::<bool>(),
    ) {
        let mut tasks = if greeted { b"conclab\0\x01\0\0\0".to_vec() } else { b"hello".repeat(3) };
        for number in 1..=good {
            let task = Task { number, deaths: 0, work: &Work::Nothing };
            frames::append(&task, BYTES_MAX, &mut tasks).unwrap();
        }
        tasks.extend(u32::try_from(bad.len()).unwrap().to_le_bytes());
        tasks.extend(&bad);
        let (begun, ended) = (Cell::new(0), Cell::new(0));
        let announce = |_, happens| match happens {
            Happens::Begin => begun.set(begun.get() + 1),
            Happens::End => ended.set(ended.get() + 1),
            _ => {}
        };
        let end = serve::<Tasks>(&tasks[..], &mut Vec::new(), announce, |_, _, _| false);
        prop_assert!(end.is_err());
        prop_assert_eq!((begun.get(), ended.get()), if greeted { (good, good) } else { (0, 0) });
    }
}

#[test]
fn a_message_over_the_cap_leaves_the_buffer_as_it_was() {
    let mut buffer = vec![1, 2, 3];
    let work = Work::Sum { payload: vec![0; 200] };
    let refused = frames::append(&Task { number: 1, deaths: 0, work: &work }, 100, &mut buffer);
    assert!(matches!(refused, Err(FrameError::TooLong { bytes_max: 100, .. })), "{refused:?}");
    assert_eq!(buffer, [1, 2, 3]);
}

#[test]
fn replies_come_in_order_and_panics_are_told() {
    let mut bytes = b"conclab\0\x01\0\0\0".to_vec();
    let tasks =
        [Work::Primes { from: 0, to: 100 }, Work::Nothing, Work::Ask { port: 1, delay_us: 1 }];
    for (number, work) in (1..).zip(&tasks) {
        frames::append(&Task { number, deaths: 0, work }, BYTES_MAX, &mut bytes).unwrap();
    }
    let mut replies = Vec::new();
    serve::<Tasks>(&bytes[..], &mut replies, |_, _| (), |_, _, _| false).unwrap();
    let (frames, error) = frames_of(&replies[12..], &[7]);
    assert_eq!(error, None);
    let replies: Vec<Reply<u64>> =
        frames.iter().map(|frame| frames::message(frame).unwrap()).collect();
    assert!(replies.iter().map(|reply| reply.number).eq(1..=3));
    assert!(matches!(replies[0].ended, Ended::Answer(25)));
    let Ended::Failed(why) = &replies[2].ended else { panic!("{:?}", replies[2]) };
    assert!(why.starts_with("the server on port 1 did not answer"), "{why}");
}
