//! The states of the game and what leads from one to the other.

use conclab_engine::ExploreError;
use conclab_engine::report::Position;
use conclab_kit::lab::{Card, VariantCard};
use conclab_kit::report::Verdict;

use super::advice::{Advice, LEVEL_MAX, advice};
use super::input::Input;
use super::progress::{Before, Broke, Deed};
use super::stage::Stage;

/// Most steps of a game: each moment is reached by running the code from the beginning, and on a
/// graph with cycles there is no end.
pub(super) const STEPS_MAX: usize = 2000;

/// Where the game stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Somebody must go next.
    Moving,
    /// The program has failed; a repair can be chosen.
    Failed,
    /// The program has ended, and nothing failed.
    Ended,
    /// The repair that was chosen fails, too; another one can be chosen, or this one be played.
    Refuted,
    /// The repair that was chosen holds: the game is over.
    Proved,
}

/// What is to happen next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wish {
    /// The player says something.
    Input,
    /// This variant is explored, and handed to [`Play::staged`].
    Load(usize),
    /// The player has had enough.
    Quit,
}

/// What an input led to, besides the next state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    /// What is to happen next.
    pub(crate) wish: Wish,
    /// What the player has just achieved.
    pub(crate) deed: Option<Deed>,
}

/// What there is to say besides the state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Notice {
    /// What can be typed.
    Help,
    /// This means nothing here.
    Unknown(String),
    /// The choices go from 1 to this number.
    NoChoice(usize),
    /// There is nothing to take back.
    Beginning,
    /// A hint.
    Advice(Advice),
    /// There are no hints here.
    NoHint,
    /// There are more than [`STEPS_MAX`] steps.
    TooLong,
    /// The variant that was asked for cannot be explored, and why.
    Trouble(String),
}

/// A repair that can be chosen.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fix {
    /// Its place among the lab's variants.
    pub(crate) variant: usize,
    /// The variant.
    pub(crate) card: VariantCard,
    /// What the explorer said of it, once it was chosen.
    pub(crate) verdict: Option<Verdict>,
}

/// The game.
#[derive(Debug)]
pub(crate) struct Play<'a> {
    lab: Card,
    fixes: Vec<Fix>,
    problem: VariantCard,
    before: Before,
    stage: Stage<'a>,
    judged: Option<Stage<'a>>,
    moves: Vec<usize>,
    here: Position,
    phase: Phase,
    level: u8,
    source: bool,
    notice: Option<Notice>,
}

impl<'a> Play<'a> {
    /// Begins a game on `stage`; `before` is what the player has achieved there.
    ///
    /// # Errors
    /// If the code does not do what it did when it was explored.
    pub(crate) fn new(
        lab: Card,
        variants: &[VariantCard],
        stage: Stage<'a>,
        before: Before,
    ) -> Result<Self, ExploreError> {
        let all = variants.iter().copied().enumerate();
        let mut fixes: Vec<Fix> = all
            .filter(|(variant, _)| *variant != stage.variant)
            .map(|(variant, card)| Fix { variant, card, verdict: None })
            .collect();
        // A lab lists wrong variants before right ones: that order would give the answer away.
        fixes.sort_by_key(|fix| fix.card.summary);
        let (here, problem) = (stage.position(&[])?, stage.explored.variant);
        let phase = if here.moves.is_empty() { Phase::Ended } else { Phase::Moving };
        Ok(Self {
            lab,
            fixes,
            problem,
            before,
            stage,
            judged: None,
            moves: Vec::new(),
            here,
            phase,
            level: 0,
            source: false,
            notice: None,
        })
    }

    /// The player says something.
    ///
    /// # Errors
    /// If the code does not do what it did when it was explored.
    pub(crate) fn input(&mut self, input: Input) -> Result<Answer, ExploreError> {
        self.notice = None;
        let mut answer = Answer { wish: Wish::Input, deed: None };
        match input {
            Input::Choose(n) => return self.choose(n),
            Input::Undo => self.undo()?,
            Input::Hint => self.hint()?,
            Input::Source => self.source = !self.source,
            Input::Restart => {
                self.moves.clear();
                self.look()?;
            }
            Input::Play if self.phase == Phase::Refuted => self.play_judged()?,
            Input::Play => self.notice = Some(Notice::Unknown("p".to_owned())),
            Input::Help => self.notice = Some(Notice::Help),
            Input::Look => {}
            Input::Quit => answer.wish = Wish::Quit,
            Input::Other(word) => self.notice = Some(Notice::Unknown(word)),
        }
        Ok(answer)
    }

    /// The variant that was wished for is ready.
    pub(crate) fn staged(&mut self, stage: Stage<'a>) -> Answer {
        let mut answer = Answer { wish: Wish::Input, deed: None };
        let verdict = stage.report().verdict;
        if let Some(fix) = self.fixes.iter_mut().find(|fix| fix.variant == stage.variant) {
            fix.verdict = Some(verdict);
        }
        if verdict == Verdict::Proved {
            self.phase = Phase::Proved;
            answer.deed = Some(Deed::Repaired {
                problem: self.problem.name,
                repair: stage.explored.variant.name,
            });
        } else {
            self.phase = Phase::Refuted;
        }
        self.judged = Some(stage);
        answer
    }

    /// The variant that was wished for cannot be had.
    pub(crate) fn refused(&mut self, why: String) {
        self.notice = Some(Notice::Trouble(why));
    }

    fn choose(&mut self, n: usize) -> Result<Answer, ExploreError> {
        let mut answer = Answer { wish: Wish::Input, deed: None };
        let Some(index) = n.checked_sub(1).filter(|index| *index < self.choices()) else {
            self.notice = Some(Notice::NoChoice(self.choices()));
            return Ok(answer);
        };
        if self.phase != Phase::Moving {
            answer.wish = Wish::Load(self.fixes[index].variant);
        } else if self.moves.len() >= STEPS_MAX {
            self.notice = Some(Notice::TooLong);
        } else {
            self.moves.push(index);
            self.look()?;
            answer.deed = (self.phase == Phase::Failed).then(|| self.broke());
        }
        Ok(answer)
    }

    fn broke(&self) -> Deed {
        let switches = self.here.told.context_switches;
        Deed::Broke(Broke {
            variant: self.stage.explored.variant.name.to_owned(),
            parameters: self.stage.report().parameters.clone(),
            switches,
            best: self.stage.switches_best().unwrap_or(switches),
        })
    }

    fn undo(&mut self) -> Result<(), ExploreError> {
        if matches!(self.phase, Phase::Refuted | Phase::Proved) {
            // Back to the choice of a repair, which the failure led to.
            return self.look();
        }
        if self.moves.pop().is_none() {
            self.notice = Some(Notice::Beginning);
            return Ok(());
        }
        self.look()
    }

    fn hint(&mut self) -> Result<(), ExploreError> {
        self.notice = Some(match self.phase {
            Phase::Moving => {
                self.level = (self.level + 1).min(LEVEL_MAX);
                Notice::Advice(advice(&self.stage, &self.moves, &self.here, self.level)?)
            }
            Phase::Ended => {
                Notice::Advice(advice(&self.stage, &self.moves, &self.here, LEVEL_MAX)?)
            }
            Phase::Failed | Phase::Refuted | Phase::Proved => Notice::NoHint,
        });
        Ok(())
    }

    fn play_judged(&mut self) -> Result<(), ExploreError> {
        if let Some(stage) = self.judged.take() {
            self.stage = stage;
            self.before = Before::default();
            self.moves.clear();
        }
        self.look()
    }

    /// Looks at the moment after the moves.
    fn look(&mut self) -> Result<(), ExploreError> {
        self.here = self.stage.position(&self.moves)?;
        self.level = 0;
        self.phase = if self.here.failed {
            Phase::Failed
        } else if self.here.moves.is_empty() {
            Phase::Ended
        } else {
            Phase::Moving
        };
        Ok(())
    }
}

/// What there is to see.
impl<'a> Play<'a> {
    /// The lab.
    pub(crate) fn lab(&self) -> &Card {
        &self.lab
    }

    /// The variant that is played.
    pub(crate) fn stage(&self) -> &Stage<'a> {
        &self.stage
    }

    /// The repair that was judged last.
    pub(crate) fn judged(&self) -> Option<&Stage<'a>> {
        self.judged.as_ref()
    }

    /// The moment.
    pub(crate) fn here(&self) -> &Position {
        &self.here
    }

    /// Where the game stands.
    pub(crate) fn phase(&self) -> Phase {
        self.phase
    }

    /// Whether the source is to be shown.
    pub(crate) fn shows_source(&self) -> bool {
        self.source
    }

    /// What there is to say.
    pub(crate) fn notice(&self) -> Option<&Notice> {
        self.notice.as_ref()
    }

    /// What the player had achieved before.
    pub(crate) fn before(&self) -> &Before {
        &self.before
    }

    /// The repairs to choose from, in an order that says nothing about them.
    pub(crate) fn fixes(&self) -> &[Fix] {
        &self.fixes
    }

    /// How many choices there are now.
    pub(crate) fn choices(&self) -> usize {
        match self.phase {
            Phase::Moving => self.here.moves.len(),
            Phase::Failed | Phase::Refuted => self.fixes.len(),
            Phase::Ended | Phase::Proved => 0,
        }
    }
}
