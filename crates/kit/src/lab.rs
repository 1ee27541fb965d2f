//! What a lab is: a card, parameters, variants, and what is expected of every outcome.

use std::fmt::Debug;

use clap::{ArgMatches, Command};
use conclab_engine::ExploreError;
use conclab_engine::report::{Interleaving, Position, WaitForGraph};
use conclab_engine::settings::{ModelSettings, RealSettings};
use conclab_engine::stop::Stop;
use conclab_measure::{Exhibit, Price};
use num_bigint::BigUint;

use crate::outcome::Key;
use crate::report::{Evidence, Expectation, Exploration, Parameters, Runs, StateGraph, Trace};
use crate::scene::{Claim, Scene, SceneCard};

/// The two worlds that a lab's body can be run in today (the traced world records the real one).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum World {
    /// OS threads.
    Real,
    /// Every interleaving, by the explorer.
    Model,
}

/// What stands on a lab's card in `conclab list`.
#[derive(Clone, Copy, Debug)]
pub struct Card {
    /// Name on the command line, kebab-case.
    pub name: &'static str,
    /// Group in the list, in teaching order: `Races`, `Deadlocks`, …
    pub group: &'static str,
    /// One line for `conclab list` and the help: `two threads add 1 to one counter`.
    pub summary: &'static str,
    /// The question the lab answers, a full sentence.
    pub question: &'static str,
    /// What one unit of its price is: `increment`, `transfer`.
    pub unit: &'static str,
    /// Whether a run of a wrong variant can hang for ever: then there is a `--hang` scene.
    pub can_hang: bool,
    /// What real threads show of it where a process may use so many cores, a full sentence.
    pub real_threads: fn(cores: usize) -> &'static str,
}

/// One way to write a lab's program.
#[derive(Debug)]
pub struct Variant<P: 'static> {
    /// What is done, kebab-case: `unsynchronised`, `mutex`.
    pub name: &'static str,
    /// What it does, in a few words: `load, then store`.
    pub summary: &'static str,
    /// Whether it is right; a wrong variant has an interesting or forbidden outcome.
    pub right: bool,
    /// What the fix takes away (`circular wait`), if the lab has such a list.
    pub removes: Option<&'static str>,
    /// The program, written once: returns what a finished run shows.
    pub body: fn(&P) -> String,
    /// Every outcome the variant may have; the first that matches counts.
    pub promises: &'static [Promise<P>],
}

/// One class of outcomes and what is expected of it.
#[derive(Debug)]
pub struct Promise<P: 'static> {
    /// What such an interleaving does, as in "4 of 6 interleavings …": `lose an update`.
    pub does: &'static str,
    /// Tells whether an outcome is of this class, for a program of this size.
    pub matches: fn(&P, &str) -> bool,
    /// What is expected of it.
    pub expectation: Expectation,
    /// Whether a program of this size can end so at all: an interesting outcome must be reached
    /// by the model exactly if this holds (one thread alone loses nothing).
    pub reachable: fn(&P) -> bool,
    /// Why, a full sentence.
    pub because: &'static str,
}

/// A way to do a lab's work that is only measured, and of which a run can be recorded.
#[derive(Clone, Copy, Debug)]
pub struct Runner {
    /// Its name on the command line, kebab-case: `threads`.
    pub name: &'static str,
    /// What it is, in a few words: `our thread pool`.
    pub summary: &'static str,
}

/// What a recorded run of a runner ended in.
#[derive(Clone, Debug)]
pub struct Done {
    /// What it showed: `8 of 8 answers`.
    pub outcome: String,
    /// Whether that is right.
    pub right: bool,
    /// Why, in sentences.
    pub because: String,
}

/// A lab: implemented once per folder of `labs/`, and collected in its catalogue.
pub trait Lab: Debug + Sync + 'static {
    /// The flags of the lab: the size of its program.
    type Parameters: clap::Args + Clone + Debug + Send + Sync;

    /// Its card.
    fn card(&self) -> Card;

    /// Its variants, wrong before right; the first is the one the demo breaks.
    fn variants(&self) -> &'static [Variant<Self::Parameters>];

    /// The kinds of outcomes of finished runs.
    fn outcomes(&self) -> &'static [Key] {
        &[]
    }

    /// The size that `world` gets: what was asked for, or the lab's default for that world.
    fn sized(&self, asked: &Self::Parameters, world: World) -> Self::Parameters;

    /// Why the flags, each of them in its range, ask for too much together; nothing if they do not.
    fn refused(&self, asked: &Self::Parameters) -> Option<String> {
        let _ = asked;
        None
    }

    /// The size whose interleavings the demo covers when this one is asked for: the same, or a
    /// smaller program of the same kind if a class could not look at so many.
    fn in_class(&self, asked: &Self::Parameters) -> Self::Parameters {
        asked.clone()
    }

    /// The values of the parameters, by flag name.
    fn values(&self, size: &Self::Parameters) -> Parameters;

    /// The program's size in words: `2 × 100,000 increments`, `2 threads`.
    fn size_in_words(&self, size: &Self::Parameters) -> String;

    /// The size of a variant's program in words, where it is not that of the others.
    fn variant_in_words(&self, size: &Self::Parameters, variant: &str) -> String {
        let _ = variant;
        self.size_in_words(size)
    }

    /// Says in a sentence a class understands what the real runs of a variant showed, when some
    /// went wrong: `197 of 200 runs lost updates: expected 200,000, got 100,021 to 199,874`.
    fn tell(&self, size: &Self::Parameters, runs: &Runs) -> String;

    /// What a stuck run shows about the lab's claims; empty for most labs.
    fn evidence(&self, stuck: &WaitForGraph) -> Vec<Evidence> {
        let _ = stuck;
        Vec::new()
    }

    /// Measures what each variant costs, without the facade; ends early when `stop` says so.
    fn prices(&self, size: &Self::Parameters, stop: &Stop) -> Vec<Price>;

    /// The ways to do its work that it only measures, and that can be recorded; none in most labs.
    fn runners(&self) -> &'static [Runner] {
        &[]
    }

    /// The size that a recorded run of a runner gets: what was asked for, or one that can be read.
    fn sized_to_record(&self, asked: &Self::Parameters) -> Self::Parameters {
        self.sized(asked, World::Model)
    }

    /// Does the lab's work once with a runner. The calling thread is in a lane of a recording, and
    /// threads and processes that it starts get lanes of their own.
    ///
    /// # Errors
    /// Why it could not be done.
    fn do_with(&self, runner: usize, size: &Self::Parameters, stop: &Stop) -> Result<Done, String> {
        let _ = (size, stop);
        Err(format!("there is no runner {runner}"))
    }

    /// What it only measures, with what it claims of it; nothing in some labs.
    fn scenes(&self) -> &'static [Scene<Self::Parameters>] {
        &[]
    }
}

/// A lab's variant without its types, for lists and screens.
#[derive(Clone, Copy, Debug)]
pub struct VariantCard {
    /// See [`Variant::name`].
    pub name: &'static str,
    /// See [`Variant::summary`].
    pub summary: &'static str,
    /// See [`Variant::right`].
    pub right: bool,
    /// See [`Variant::removes`].
    pub removes: Option<&'static str>,
}

/// A [`Lab`] without its types: what the catalogue holds.
pub trait AnyLab: Debug + Sync {
    /// See [`Lab::card`].
    fn card(&self) -> Card;
    /// Its variants, wrong before right.
    fn variants(&self) -> Vec<VariantCard>;
    /// See [`Lab::runners`].
    fn runners(&self) -> &'static [Runner];
    /// See [`Lab::scenes`].
    fn scenes(&self) -> Vec<SceneCard>;
    /// Adds the lab's own flags to `command`.
    fn with_flags(&self, command: Command) -> Command;
    /// Takes the values of those flags.
    ///
    /// # Errors
    /// What clap says of flags that do not fit.
    fn bind(
        &'static self,
        flags: &ArgMatches,
        purpose: Purpose,
    ) -> Result<Box<dyn BoundLab>, clap::Error>;
}

/// What a lab says of an outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expected {
    /// See [`Promise::does`].
    pub does: &'static str,
    /// See [`Promise::expectation`].
    pub expectation: Expectation,
    /// See [`Promise::because`].
    pub because: &'static str,
}

/// What a lab's parameters are taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The demo on one screen: the model gets a size that a class can look at.
    Demo,
    /// A closer look: the model gets what was asked for.
    Study,
}

/// A lab whose parameters are chosen. A `variant` is an index into [`AnyLab::variants`].
pub trait BoundLab: Debug + Send + Sync {
    /// The values of the parameters in `world`, by flag name.
    fn values(&self, world: World) -> Parameters;
    /// The size of the program in `world`, in words.
    fn size_in_words(&self, world: World) -> String;
    /// See [`Lab::variant_in_words`].
    fn variant_in_words(&self, world: World, variant: usize) -> String;
    /// What interleavings with this outcome do: `lose an update`.
    fn does(&self, world: World, variant: usize, outcome: &str) -> Option<&'static str>;
    /// What the lab says of an outcome of the model; nothing if no promise foresees it.
    fn expected(&self, variant: usize, outcome: &str) -> Option<Expected>;
    /// What right interleavings of a variant do: `count every increment`; nothing if it promises
    /// none.
    fn promised(&self, variant: usize) -> Option<&'static str>;
    /// Runs a variant many times on OS threads.
    fn run(&self, variant: usize, settings: &RealSettings) -> Runs;
    /// Runs a variant once on OS threads, with the model's size (which can be read), and records
    /// what its threads do.
    fn trace(&self, variant: usize, settings: &RealSettings) -> Trace;
    /// Does the work once with a runner, an index into [`AnyLab::runners`], and records what its
    /// threads and processes do.
    ///
    /// # Errors
    /// Why it could not be done.
    fn record(&self, runner: usize, stop: &Stop) -> Result<Trace, String>;
    /// The size of the program that [`Self::record`] records, in words.
    fn size_to_record_in_words(&self) -> String;
    /// Covers every interleaving of a variant, once; every question about them is then asked of
    /// what was found. `progress` hears the number of states so far, from time to time.
    ///
    /// # Errors
    /// Says why the program cannot be explored: for example that it is not deterministic.
    fn search<'a>(
        &'a self,
        variant: usize,
        settings: &ModelSettings,
        progress: &mut dyn FnMut(u64),
    ) -> Result<Box<dyn Searched + 'a>, ExploreError>;
    /// See [`Lab::tell`].
    fn tell(&self, runs: &Runs) -> String;
    /// See [`Lab::evidence`].
    fn evidence(&self, stuck: &WaitForGraph) -> Vec<Evidence>;
    /// See [`Lab::prices`].
    fn prices(&self, stop: &Stop) -> Vec<Price>;
    /// Measures every scene: its figures, and its claims, judged.
    fn measure(&self, stop: &Stop) -> (Vec<Exhibit>, Vec<Claim>);
}

/// What a search found of a variant.
///
/// Moments, numbers and the graph are known only if every interleaving was covered; otherwise they
/// are the error [`ExploreError::NotExhausted`].
pub trait Searched: Debug {
    /// Counts, outcomes, the verdict, and the simplest interleaving that fails.
    ///
    /// # Errors
    /// If the code does not do what it did when it was explored.
    fn report(&self) -> Result<Exploration, ExploreError>;

    /// Says whether every interleaving was covered.
    ///
    /// # Errors
    /// Which budget ran out, if one did.
    fn complete(&self) -> Result<(), ExploreError>;

    /// Tells one interleaving, by number.
    ///
    /// # Errors
    /// If there is no such number, or as for [`Searched::position`].
    fn interleaving(&self, schedule: &BigUint) -> Result<Interleaving, ExploreError>;

    /// The moment after some moves from the beginning, each the place of a move in the list of
    /// [`Position::moves`] of the moment before.
    ///
    /// # Errors
    /// If not every interleaving is known, or the code does not do what it did when it was
    /// explored.
    ///
    /// # Panics
    /// If there is no such move.
    fn position(&self, moves: &[usize]) -> Result<Position, ExploreError>;

    /// The moves of the simplest interleaving that fails, from the beginning; nothing if none does.
    fn solution(&self) -> Option<Vec<usize>>;

    /// The simplest interleaving with this outcome; nothing if no interleaving has it.
    ///
    /// # Errors
    /// As for [`Searched::report`].
    fn ending(&self, outcome: &str) -> Result<Option<Interleaving>, ExploreError>;

    /// The state graph, of which at most `states_max` states are told: those along the simplest
    /// failure first, then those that take fewest steps to come to.
    ///
    /// # Errors
    /// As for [`Searched::position`].
    fn graph(&self, states_max: usize) -> Result<StateGraph, ExploreError>;
}
