//! What is only measured: scenes, and what a lab claims of them.
//!
//! No scheduler can model processes, sockets or memory. There nothing is proved: a lab *claims*
//! something, and every run judges it by what it has measured.

use conclab_engine::stop::Stop;
use conclab_measure::Exhibit;
use serde::Serialize;

/// A variant or scene that is only measured.
#[derive(Debug)]
pub struct Scene<P: 'static> {
    /// Its name, kebab-case: `mishaps`.
    pub name: &'static str,
    /// What is measured, in a few words.
    pub summary: &'static str,
    /// What the lab claims, each in a short sentence without a full stop.
    pub claims: &'static [&'static str],
    /// Measures, and judges the claims in their order; ends early when `stop` says so.
    pub measure: fn(&P, &Stop) -> Measured,
}

/// What a scene showed.
#[derive(Clone, Debug, Default)]
pub struct Measured {
    /// Its figures.
    pub exhibits: Vec<Exhibit>,
    /// What became of its claims, in their order; those that are missing were not judged.
    pub judged: Vec<Judged>,
}

/// What a run says of a claim, and why: what was measured, or why it cannot tell.
pub type Judged = (Judgement, String);

/// What a run says of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Judgement {
    /// It is as claimed.
    Holds,
    /// This machine, or this run, cannot show it.
    Open,
    /// It is not: the lab's promise is broken.
    Fails,
}

impl Judgement {
    /// Whether a claim holds, where a run can tell.
    pub fn of(holds: bool) -> Self {
        if holds { Self::Holds } else { Self::Fails }
    }

    /// In a word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::Open => "open",
            Self::Fails => "fails",
        }
    }
}

/// A claim with what a run says of it.
#[derive(Clone, Debug, Serialize)]
pub struct Claim {
    /// The scene.
    pub scene: &'static str,
    /// What is claimed.
    pub claim: &'static str,
    /// What the run says of it.
    pub judgement: Judgement,
    /// Why.
    pub because: String,
}

/// A scene without the types of its lab, for lists.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct SceneCard {
    /// See [`Scene::name`].
    pub name: &'static str,
    /// See [`Scene::summary`].
    pub summary: &'static str,
    /// See [`Scene::claims`].
    pub claims: &'static [&'static str],
}

impl<P> Scene<P> {
    /// What a list shows of it.
    pub(crate) fn card(&self) -> SceneCard {
        SceneCard { name: self.name, summary: self.summary, claims: self.claims }
    }

    /// Measures; every claim is there, judged or open.
    pub(crate) fn play(&self, size: &P, stop: &Stop) -> (Vec<Exhibit>, Vec<Claim>) {
        let Measured { exhibits, judged } = match stop.reason() {
            None => (self.measure)(size, stop),
            Some(_) => Measured::default(),
        };
        let mut judged = judged.into_iter();
        let claim = |&claim| {
            let unjudged = || (Judgement::Open, "it was not measured".to_owned());
            let (judgement, because) = judged.next().unwrap_or_else(unjudged);
            Claim { scene: self.name, claim, judgement, because }
        };
        (exhibits, self.claims.iter().map(claim).collect())
    }
}
