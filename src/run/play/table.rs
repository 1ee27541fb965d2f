//! What a game is played at: the lab with its size, and the ways to the user and to the explorer.

use std::time::Duration;

use conclab_engine::ExploreError;
use conclab_engine::settings::ModelSettings;

use crate::play::Stage;
use crate::run::progress::Progress;
use crate::run::searches::Searches;
use crate::session::{Session, TIMEOUT};
use crate::signal::Talk;

/// What a game is played at: the lab with its size, and the ways to the user and to the explorer.
pub(super) struct Table<'s, 'a> {
    pub(super) searches: &'s Searches<'a>,
    pub(super) settings: ModelSettings,
    pub(super) talk: Talk,
    pub(super) session: &'s Session,
}

impl<'a> Table<'_, 'a> {
    /// Explores a variant, to be played, with a line of progress if it takes long.
    pub(super) fn stage_with_progress(&self, variant: usize) -> Result<Stage<'a>, ExploreError> {
        let lab = self.searches.lab;
        let (lab, card) = (lab.card(), lab.variants()[variant]);
        let mut progress = Progress::new(format!("{} {}", lab.name, card.name), self.session);
        self.stage(variant, &mut |states| progress.hear(states))
    }

    /// Explores a variant, to be played.
    pub(super) fn stage(
        &self,
        variant: usize,
        hear: &mut dyn FnMut(u64),
    ) -> Result<Stage<'a>, ExploreError> {
        let timeout = self.session.globals.timeout.map_or(TIMEOUT, Duration::from_secs);
        let stop = self.talk.stop().within(timeout);
        let settings = ModelSettings { stop, ..self.settings.clone() };
        let searched = self.searches.search(variant, &settings, hear)?;
        searched.complete()?;
        let explored = self.searches.explored(variant, &*searched)?;
        Stage::new(variant, explored, searched)
    }
}
