//! `--predict`: asks before anything runs, and grades the answer by the exploration itself.

use std::io::{IsTerminal as _, Write as _};
use std::time::Duration;

use anyhow::Context as _;
use clap::ArgMatches;
use conclab_engine::settings::ModelSettings;
use conclab_engine::stop::Stop;

use super::searches::{Searches, budgets};
use super::{lines, replay};
use crate::exit::Exit;
use crate::predict::{Graded, Item, answer, candidates};
use crate::render::{json, text};
use crate::session::{Session, TIMEOUT};
use crate::signal::Talk;

/// Most states of another variant, which is explored only for what it ends in.
const OTHERS_STATES_MAX: u64 = 100_000;

/// Asks about the variant that was given, or the first, if a prediction is wanted; returns how the
/// command ends if nothing is to come after it.
pub(super) fn before(searches: &Searches, flags: &ArgMatches) -> anyhow::Result<Option<Exit>> {
    // A lab without variants has nothing to ask about.
    let wanted = flags.try_get_one::<bool>("predict").ok().flatten();
    if wanted != Some(&true) {
        return Ok(None);
    }
    let session = Session::open(flags)?;
    let talk = Talk::begin()?;
    let variants = searches.lab.variants();
    let name = flags.try_get_one::<String>("variant").ok().flatten();
    let index = variants.iter().position(|card| Some(card.name) == name.map(String::as_str));
    let index = index.unwrap_or(0);
    let asked = Asked { searches, flags, stop: session_stop(&session, &talk) };
    let graded = match asked.grade(index, variants.len(), &talk, &session)? {
        Ok(graded) => graded,
        Err(exit) => return Ok(Some(exit)),
    };
    if session.is_json() {
        session.print(&json::prediction(&graded, session.globals.seed, &session.screen))?;
        return Ok(Some(Exit::Kept));
    }
    session.print(&(text::graded(&graded, &session.screen) + "\n"))?;
    Ok(None)
}

fn session_stop(session: &Session, talk: &Talk) -> Stop {
    talk.stop().within(session.globals.timeout.map_or(TIMEOUT, Duration::from_secs))
}

/// What is asked about.
struct Asked<'s, 'a> {
    searches: &'s Searches<'a>,
    flags: &'s ArgMatches,
    stop: Stop,
}

impl Asked<'_, '_> {
    /// Explores in silence, asks, and grades; or says how the command ends.
    fn grade(
        &self,
        index: usize,
        n_variants: usize,
        talk: &Talk,
        session: &Session,
    ) -> anyhow::Result<Result<Graded, Exit>> {
        let settings = budgets(self.flags, self.stop.clone());
        let searched = self.searches.search(index, &settings, &mut |_| {});
        let begun = searched.and_then(|searched| {
            searched.complete()?;
            Ok((self.searches.explored(index, &*searched)?, searched))
        });
        let (explored, searched) = match begun {
            Ok(begun) => begun,
            Err(error) => {
                session.complain(&replay::told(&error));
                return Ok(Err(Exit::of_refusal(&error)));
            }
        };
        let others = (0..n_variants).filter(|other| *other != index);
        let others: Vec<String> = others.flat_map(|other| self.outcomes(other)).collect();
        let asked = candidates(&explored.report, &others);
        say(&text::question(&explored, &asked, &session.screen), session)?;
        let Some(chosen) = listen(asked.len(), talk, session)? else {
            session.complain("--predict: no answer: the input has ended");
            return Ok(Err(Exit::Usage));
        };
        let mut items = Vec::new();
        for (candidate, chosen) in asked.into_iter().zip(chosen) {
            let overlooked = candidate.possible && !chosen;
            let shown = if overlooked { searched.ending(&candidate.outcome)? } else { None };
            items.push(Item { candidate, chosen, shown });
        }
        self.searches.keep(index, searched);
        Ok(Ok(Graded { explored, items }))
    }

    /// What another variant ends in; nothing if it is too large to be explored on the side.
    fn outcomes(&self, variant: usize) -> Vec<String> {
        let settings = budgets(self.flags, self.stop.clone());
        let settings = ModelSettings { states_max: OTHERS_STATES_MAX, ..settings };
        let Ok(searched) = self.searches.search(variant, &settings, &mut |_| {}) else {
            return Vec::new();
        };
        let outcomes = searched.report().map(|report| report.outcomes).unwrap_or_default();
        self.searches.keep(variant, searched);
        outcomes.into_iter().map(|one| one.outcome).collect()
    }
}

/// Reads until an answer can be understood; nothing if the input ends before.
fn listen(of: usize, talk: &Talk, session: &Session) -> anyhow::Result<Option<Vec<bool>>> {
    let mut input = std::io::stdin().lock();
    let echo = !input.is_terminal();
    loop {
        say("> ", session)?;
        let line = talk.ask(|| lines::read(&mut input)).context("cannot read stdin")?;
        let Some(line) = line else {
            say("\n", session)?;
            return Ok(None);
        };
        if echo {
            say(&(text::play::typed(&line, &session.screen) + "\n"), session)?;
        }
        match answer(&line, of) {
            Ok(chosen) => return Ok(Some(chosen)),
            Err(why) => {
                let lines = text::play::wrapped(&why, session.screen.width, &session.screen);
                say(&(lines.join("\n") + "\n"), session)?;
            }
        }
    }
}

/// Says something on stdout; on stderr if a document is to be all that is printed there.
fn say(text: &str, session: &Session) -> anyhow::Result<()> {
    if session.is_json() {
        // Nobody is left to ask if stderr is gone; the end of the input tells.
        let _ = write!(std::io::stderr(), "{text}");
        return Ok(());
    }
    session.print(text)
}
