//! The least that a lab with everything is made of: a modelled variant, a right one first; a scene
//! that is only measured, with a claim; and a child that plays a role.
//!
//! It has no harness, because the child is this very program.
#![cfg(unix)]

use std::ffi::OsString;
use std::io::Write as _;
use std::os::unix::process::ExitStatusExt as _;

use clap::Command;
use conclab_engine::settings::ModelSettings;
use conclab_engine::stop::Stop;
use conclab_engine::sync::atomic::{AtomicU64, Ordering::Relaxed};
use conclab_engine::thread::scope;
use conclab_kit::lab::{AnyLab, Card, Lab, Promise, Purpose, Variant, World};
use conclab_kit::report::{Expectation, Parameters, Runs, Verdict};
use conclab_kit::scene::{Judgement, Measured, Scene};
use conclab_measure::Price;
use conclab_workers::{Entry, Played, SUBCOMMAND, play};

/// How the child ends.
#[derive(Clone, Debug, clap::Args)]
struct Size {
    /// The child's last word
    #[arg(long, default_value_t = 7)]
    word: u64,
}

#[derive(Debug)]
struct Skeleton;

/// Two threads add 1 in one step each.
fn atomic(_: &Size) -> String {
    // Relaxed: the end of the scope orders all there is.
    let counter = AtomicU64::named("counter", 0);
    scope(|s| {
        for _ in 0..2 {
            s.spawn(|| counter.fetch_add(1, Relaxed));
        }
    });
    counter.into_inner().to_string()
}

static VARIANTS: [Variant<Size>; 1] = [Variant {
    name: "atomic",
    summary: "one step",
    right: true,
    removes: None,
    body: atomic,
    promises: &[Promise {
        does: "count every increment",
        matches: |_, outcome| outcome == "2",
        expectation: Expectation::Acceptable,
        reachable: |_| true,
        because: "A read-modify-write is one step.",
    }],
}];

static SCENES: [Scene<Size>; 1] = [Scene {
    name: "child",
    summary: "a child says a word and ends",
    claims: &["a child is heard to its end"],
    measure: |size, stop| {
        let program = std::env::current_exe().expect("this program is somewhere");
        let said = play(&program, ECHO.name, &[size.word.to_string()], stop);
        let judged = match said {
            Ok((status, said)) => {
                let holds = said == size.word.to_string() && status.signal().is_none();
                (Judgement::of(holds), format!("it said {said}, {status}"))
            }
            Err(why) => (Judgement::Open, why.to_string()),
        };
        Measured { judged: vec![judged], ..Measured::default() }
    },
}];

/// The role of the child.
const ECHO: Entry = Entry { name: "echo", play: echo };

fn echo(arguments: &[OsString]) -> Played {
    Ok(arguments.first().ok_or("no word")?.to_string_lossy().into_owned())
}

impl Lab for Skeleton {
    type Parameters = Size;

    fn card(&self) -> Card {
        Card {
            name: "skeleton",
            group: "Bones",
            summary: "what a lab is made of",
            question: "What is the least that a lab needs?",
            unit: "bone",
            can_hang: false,
            real_threads: |_| "nothing goes wrong",
        }
    }

    fn variants(&self) -> &'static [Variant<Size>] {
        &VARIANTS
    }

    fn scenes(&self) -> &'static [Scene<Size>] {
        &SCENES
    }

    fn sized(&self, asked: &Size, _: World) -> Size {
        asked.clone()
    }

    fn values(&self, size: &Size) -> Parameters {
        Parameters(vec![("word", size.word)])
    }

    fn size_in_words(&self, _: &Size) -> String {
        "two threads".to_owned()
    }

    fn tell(&self, _: &Size, _: &Runs) -> String {
        String::new()
    }

    fn prices(&self, _: &Size, _: &Stop) -> Vec<Price> {
        Vec::new()
    }
}

fn main() {
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    if let [subcommand, role, rest @ ..] = arguments.as_slice()
        && subcommand == SUBCOMMAND
        && role == ECHO.name
    {
        let word = (ECHO.play)(rest).expect("the parent gave a word");
        return std::io::stdout().write_all(word.as_bytes()).expect("the parent listens");
    }
    let flags = Skeleton.with_flags(Command::new("lab").no_binary_name(true));
    let flags = flags.try_get_matches_from([""; 0]).expect("nothing is needed");
    let bound = Skeleton.bind(&flags, Purpose::Study).expect("nothing is asked for");
    let settings = ModelSettings::new(100, Stop::never());
    let found = bound.search(0, &settings, &mut |_| {}).expect("it can be searched");
    let report = found.report().expect("it is deterministic");
    assert_eq!((report.verdict, report.broken_promises.len()), (Verdict::Proved, 0));
    let (exhibits, claims) = bound.measure(&Stop::never());
    assert!(exhibits.is_empty());
    let [claim] = claims.as_slice() else { panic!("{claims:?}") };
    assert_eq!(claim.judgement, Judgement::Holds, "{claim:?}");
    assert_eq!(AnyLab::scenes(&Skeleton)[0].claims, [claim.claim]);
}
