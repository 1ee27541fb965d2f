//! `conclab explore`: every interleaving of one variant or of all.

use clap::ArgMatches;
use conclab_engine::ExploreError;
use conclab_engine::settings::ModelSettings;
use conclab_kit::Searched;
use conclab_kit::report::Verdict;

use super::files::Files;
use super::progress::Progress;
use super::searches::{SEARCH, Searches, budgets, said};
use crate::exit::Exit;
use crate::found::Explored;
use crate::render::{json, text};
use crate::session::Session;

/// Explores, prints, and ends in 1 if a promise does not hold or could not be checked.
pub(super) fn run(
    searches: &Searches,
    flags: &ArgMatches,
    session: &Session,
) -> anyhow::Result<Exit> {
    let lab = searches.lab;
    let mut files = Files::asked(flags)?;
    let only = flags.get_one::<String>("variant");
    let mut explored = Vec::new();
    let mut exit = Exit::Kept;
    for (index, card) in lab.variants().into_iter().enumerate() {
        if only.is_some_and(|only| only != card.name) {
            continue;
        }
        if let Some(limit) = session.stop.reason() {
            session.complain(&format!("{}: not begun: {}", card.name, said(limit)));
            files.refuse(card.name, said(limit).to_owned());
            exit = exit.max(Exit::of_limit(Some(limit)));
            continue;
        }
        let settings = budgets(flags, session.share_of_rest(SEARCH));
        match variant(searches, index, &settings, session) {
            Ok((one, found)) => {
                exit = exit.max(Exit::of_exploration(&one.report));
                complain(&one, session);
                exit = exit.max(files.gather(&one, &*found));
                explored.push(one);
            }
            Err(error) => {
                session.complain(&format!("{}: {error}", card.name));
                files.refuse(card.name, error.to_string());
                exit = exit.max(Exit::of_refusal(&error));
            }
        }
    }
    if !files.take_stdout() {
        session.print(&rendered(&explored, only.is_some(), session))?;
    }
    Ok(exit.max(files.write(lab.card(), session)?))
}

fn rendered(explored: &[Explored], single: bool, session: &Session) -> String {
    let seed = session.globals.seed;
    match explored {
        _ if !session.is_json() => {
            text::explorations(explored, session.globals.verbose, &session.screen)
        }
        [one] if single => json::exploration(one, seed, &session.screen),
        // What was refused stands on stderr: there is no document about it.
        [] if single => String::new(),
        _ => json::explorations(explored, seed, &session.screen),
    }
}

/// Explores one variant and takes the lab's words for what was found.
pub(super) fn variant<'a>(
    searches: &Searches<'a>,
    index: usize,
    settings: &ModelSettings,
    session: &Session,
) -> Result<(Explored, Box<dyn Searched + 'a>), ExploreError> {
    let names = (searches.lab.card().name, searches.lab.variants()[index].name);
    let mut progress = Progress::new(format!("{} {}", names.0, names.1), session);
    let found = searches.search(index, settings, &mut |states| progress.hear(states))?;
    Ok((searches.explored(index, &*found)?, found))
}

/// Says on stderr what no script may overlook.
pub(super) fn complain(one: &Explored, session: &Session) {
    let report = &one.report;
    let name = one.variant.name;
    for broken in &report.broken_promises {
        session.complain(&format!("{name}: broken promise: {broken}"));
        if let Some(schedule) = report.counterexample.as_ref().and_then(|c| c.schedule.as_ref()) {
            let sizes: Vec<_> =
                report.parameters.0.iter().map(|(flag, n)| format!(" --{flag} {n}")).collect();
            session.complain(&format!(
                "see it with: conclab replay {} --variant {name} --schedule {schedule}{}",
                report.lab,
                sizes.concat()
            ));
        }
    }
    if report.verdict == Verdict::NotExhausted {
        let limit = report.limit.map_or("stopped", said);
        session.complain(&format!(
            "{name}: not exhausted ({limit}): the promise could not be checked"
        ));
    }
}
