//! `conclab play`: somebody is the scheduler.

mod line;
mod store;

use clap::ArgMatches;
use clap::error::ErrorKind;
use conclab_engine::lab::{AnyLab, BoundLab, ExploreError, ModelSettings, Purpose};
use conclab_engine::report::Verdict;

use self::store::Store;
use super::explore::{self, Budget, states_max};
use super::progress::Progress;
use super::{Session, TIMEOUT};
use crate::cli;
use crate::exit::Exit;
use crate::play::{Play, Stage};
use crate::signal::Talk;

/// Plays, on lines of text.
pub(super) fn run(
    lab: &'static dyn AnyLab,
    flags: &ArgMatches,
    session: &Session,
) -> anyhow::Result<Exit> {
    if session.is_json() {
        let text = "--format json: a game is no document; see conclab replay --format json";
        let mut command = cli::command(conclab_labs::catalogue());
        return Err(command.error(ErrorKind::ArgumentConflict, text).into());
    }
    let bound = lab.bind(flags, Purpose::Study)?;
    let talk = Talk::begin()?;
    let table = Table { lab, bound: &*bound, states_max: states_max(flags), talk, session };
    let name = flags.get_one::<String>("variant");
    let variants = lab.variants();
    let first = variants.iter().position(|card| Some(card.name) == name.map(String::as_str));
    let stage = match table.stage(first.unwrap_or(0)) {
        Ok(stage) => stage,
        Err(error) => {
            session.complain(&super::replay::told(&error));
            return Ok(Exit::of_refusal(&error));
        }
    };
    let mut store = Store::open(flags.get_flag("fresh"), session);
    let report = stage.report();
    let before = store.progress().before(&report.lab, &report.variant, &report.parameters);
    let mut play = Play::new(lab.card(), &variants, stage, before)?;
    line::play(&mut play, &table, &mut store)
}

/// What a game is played at: the lab with its size, and the ways to the user and to the explorer.
struct Table<'a> {
    lab: &'static dyn AnyLab,
    bound: &'a dyn BoundLab,
    states_max: u64,
    talk: Talk,
    session: &'a Session,
}

impl<'a> Table<'a> {
    /// Explores a variant, to be played.
    fn stage(&self, variant: usize) -> Result<Stage<'a>, ExploreError> {
        let card = self.lab.variants()[variant];
        let timeout = self.session.globals.timeout.map_or(TIMEOUT, std::time::Duration::from_secs);
        let stop = self.talk.stop().within(timeout);
        let budget = Budget { states_max: self.states_max, stop: stop.clone() };
        let explored =
            explore::variant(self.lab, self.bound, (variant, card), budget, self.session)?;
        let report = &explored.report;
        if let (Verdict::NotExhausted, Some(limit)) | (_, Some(limit)) =
            (report.verdict, report.limit)
        {
            return Err(ExploreError::NotExhausted { states: report.states, limit });
        }
        let mut progress =
            Progress::new(format!("{} {}", self.lab.card().name, card.name), self.session);
        let settings = ModelSettings { states_max: self.states_max, stop, spurious_wakeups: 0 };
        let game = self.bound.game(variant, &settings, &mut |states| progress.hear(states))?;
        Stage::new(variant, explored, game)
    }
}
