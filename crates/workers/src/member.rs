//! One place of the pool: a process and the conversation with it.

use std::collections::VecDeque;
use std::io::{self, ErrorKind};
use std::time::Instant;

use super::child::Process;
use super::errors::PoolError;
use super::errors::TaskFailed;
use super::frames::{self, FrameError, HEAD_BYTES, Inbox, REPLY_BYTES_MAX};
use super::messages::{self, Ended, GREETING_BYTES, Reply, Task, VERSION};
use super::outbox::Outbox;
use super::progress::Progress;
use super::ring_ground::Impossible;
use super::role::Role;
use super::round::Round;
use super::settings::{Report, Settings};
use super::transport::{Received, Transport};

/// No more tasks are written down while so many bytes are waiting to be sent.
const UNSENT_BYTES_MAX: usize = 256 << 10;

/// A worker that was started.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) process: Process,
    pub(super) transport: Box<dyn Transport>,
    pub(super) started: Instant,
    /// Whether it has greeted us.
    pub(super) ready: bool,
    /// Whether it cannot receive anything any more.
    pub(super) deaf: bool,
    outbox: Outbox,
    inbox: Inbox,
    /// Tasks without a reply, by index, in the order in which they were handed out.
    in_flight: VecDeque<usize>,
    /// Replies so far.
    replies: u32,
}

/// What became of a worker that was looked after.
#[derive(Debug)]
pub(super) enum Health {
    /// It lives; it has answered so many tasks just now.
    Alive(usize),
    /// It has hung up.
    Gone,
    /// It sent what is no reply.
    Garbled(FrameError),
    /// It is no worker of ours, and another try would be none either.
    Stranger(PoolError),
}

impl Member {
    /// Starts a worker and greets it.
    pub(super) fn start(
        settings: &Settings,
        worker_idx: usize,
        progress: &Progress,
    ) -> Result<Self, PoolError> {
        progress.reset(worker_idx);
        let (process, transport) = Process::start(settings, worker_idx, progress)?;
        Ok(Self {
            process,
            transport,
            started: Instant::now(),
            ready: false,
            deaf: false,
            outbox: Outbox::new(),
            inbox: Inbox::new(REPLY_BYTES_MAX),
            in_flight: VecDeque::new(),
            replies: 0,
        })
    }

    /// Whether it has nothing to do.
    pub(super) fn is_idle(&self) -> bool {
        self.ready && self.in_flight.is_empty()
    }

    /// Whether there is something to be sent for which there was no room.
    pub(super) fn has_unsent(&self) -> bool {
        !self.deaf && self.outbox.has_unsent()
    }

    /// Writes down tasks for it, until it has `window`; gives the bytes they take.
    pub(super) fn hand_out<R: Role>(&mut self, round: &mut Round<'_, R>, window: usize) -> usize {
        let mut bytes = 0;
        let has_room = |member: &Self| {
            member.in_flight.len() < window && member.outbox.unsent() < UNSENT_BYTES_MAX
        };
        while self.ready && !self.deaf && has_room(self) {
            let Some((task_idx, work, deaths)) = round.take() else { break };
            let ahead = u32::try_from(self.in_flight.len()).unwrap_or(u32::MAX);
            let number = self.replies.wrapping_add(ahead).wrapping_add(1);
            let task = Task { number, deaths, work };
            match self.outbox.write(&task, task_idx) {
                Ok(more) => {
                    bytes += more;
                    self.in_flight.push_back(task_idx);
                    self.process.is_handed(task_idx);
                }
                Err(error) => round.settle(task_idx, Err(TaskFailed::TooLarge(error))),
            }
        }
        bytes
    }

    /// Sends as much as there is room for; gives the number of bytes.
    pub(super) fn send<R: Role>(&mut self, round: &Round<'_, R>) -> io::Result<usize> {
        if self.deaf {
            return Ok(0);
        }
        let sent = self.outbox.send(&mut *self.transport, round);
        self.deaf = matches!(&sent, Err(error) if error.kind() == ErrorKind::BrokenPipe);
        if self.deaf { Ok(0) } else { sent }
    }

    /// Receives what there is, and settles the tasks that it answers.
    pub(super) fn receive<R: Role>(
        &mut self,
        round: &mut Round<'_, R>,
        report: &mut Report,
    ) -> io::Result<Health> {
        let mut received = Received::Nothing;
        self.inbox.fill(|room| {
            received = self.transport.receive(room)?;
            Ok(if let Received::Bytes(bytes) = received { bytes } else { 0 })
        })?;
        if let Err(stranger) = self.meet() {
            return Ok(Health::Stranger(stranger));
        }
        match self.settle(round, report) {
            Err(error) => Ok(Health::Garbled(error)),
            Ok(answered) => Ok(match received {
                Received::End => Health::Gone,
                Received::Impossible => Health::Garbled(Impossible.into()),
                Received::Bytes(_) | Received::Nothing => Health::Alive(answered),
            }),
        }
    }

    /// Takes its greeting, once it has come.
    fn meet(&mut self) -> Result<(), PoolError> {
        let who = self.process.who;
        if self.ready {
            return Ok(());
        }
        if !messages::begins_greeting(self.inbox.bytes()) {
            let said = String::from_utf8_lossy(self.inbox.bytes()).chars().take(40).collect();
            return Err(PoolError::NoWorker { who, said });
        }
        let version = self.inbox.take(GREETING_BYTES).and_then(messages::version);
        self.ready = version == Some(VERSION);
        match version {
            Some(version) if version != VERSION => Err(PoolError::OtherVersion { who, version }),
            _ => Ok(()),
        }
    }

    /// Settles the tasks that have a reply; gives their number.
    fn settle<R: Role>(
        &mut self,
        round: &mut Round<'_, R>,
        report: &mut Report,
    ) -> Result<usize, FrameError> {
        let mut answered = 0;
        while self.ready
            && let Some(frame) = self.inbox.next_frame()?
        {
            report.bytes_received += (HEAD_BYTES + frame.len()) as u64;
            let Reply { number, ended }: Reply<R::Answer> = frames::message(frame)?;
            let due = self.replies.wrapping_add(1);
            // Who has an answer before it has the payload does not have it from us.
            let answered_idx = self.in_flight.front().copied();
            let is_due = |idx: &usize| number == due && !self.outbox.has_payload_of(*idx);
            let task_idx = answered_idx.filter(is_due);
            let task_idx = task_idx.ok_or_else(|| messages::out_of_order(number, due))?;
            self.in_flight.pop_front();
            self.replies = due;
            answered += 1;
            let who = self.process.who;
            let result = match ended {
                Ended::Answer(answer) => Ok(answer),
                Ended::Failed(error) => Err(TaskFailed::Work(error.into_boxed_str())),
                Ended::Panicked(said) => {
                    Err(TaskFailed::Panicked { who, message: said.into_boxed_str() })
                }
            };
            round.settle(task_idx, result);
        }
        Ok(answered)
    }

    /// The task that it was doing when it died: `number` is what it said last.
    pub(super) fn doing(&self, number: u32) -> Option<usize> {
        let place = number.wrapping_sub(self.replies).checked_sub(1)?;
        self.in_flight.get(place as usize).copied()
    }

    /// Tasks without a reply, in the order in which they were handed out.
    pub(super) fn unfinished(&self) -> impl DoubleEndedIterator<Item = usize> {
        self.in_flight.iter().copied()
    }
}
