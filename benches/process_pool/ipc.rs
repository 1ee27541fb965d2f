//! A pool of worker processes on `ipc-channel`, as its users would write one: a channel each way
//! for each worker, and one receiver set in the parent.

use std::collections::VecDeque;
use std::ffi::OsStr;
use std::process::{Child, Command};

use conclab_labs::pool::work::{Answer, Work, WorkError};
use ipc_channel::ipc::IpcSender;
use ipc_channel::ipc::{self, IpcOneShotServer, IpcReceiver, IpcReceiverSet, IpcSelectionResult};
use serde::{Deserialize, Serialize};

/// Names the parent's server to a worker.
pub(crate) const PARENT: &str = "CONCLAB_BENCH_IPC_PARENT";

/// Tasks on their way to a worker or from it: the best of 8, 32, 64, 128 and 256 here. Beyond the
/// size of a socket's buffer both sides wait for each other for ever.
const WINDOW: usize = 32;

#[derive(Debug, Serialize, Deserialize)]
struct Task(u32, Work);

#[derive(Debug, Serialize, Deserialize)]
struct Reply(u32, Result<Answer, WorkError>);

/// What a worker sends its parent first: the other ends of its channels.
type Ends = (IpcSender<Task>, IpcReceiver<Reply>);

/// Processes that do tasks.
pub(crate) struct Pool {
    children: Vec<Child>,
    senders: Vec<IpcSender<Task>>,
    replies: IpcReceiverSet,
    /// The worker of each receiver.
    workers: Vec<(u64, usize)>,
}

impl Pool {
    /// Starts the workers and waits until all have said who they are.
    pub(crate) fn start(workers: usize) -> Self {
        let program = std::env::current_exe().expect("this program is somewhere");
        let mut starting: Vec<_> = (0..workers)
            .map(|_| {
                let (server, name) = IpcOneShotServer::<Ends>::new().expect("a server");
                let child = Command::new(&program).env(PARENT, name).spawn().expect("a worker");
                (child, server)
            })
            .collect();
        let mut pool = Self {
            children: Vec::new(),
            senders: Vec::new(),
            replies: IpcReceiverSet::new().expect("a receiver set"),
            workers: Vec::new(),
        };
        for (worker, (child, server)) in starting.drain(..).enumerate() {
            let (_, (sender, receiver)) = server.accept().expect("a greeting");
            let id = pool.replies.add(receiver).expect("room in the set");
            pool.children.push(child);
            pool.senders.push(sender);
            pool.workers.push((id, worker));
        }
        pool
    }

    /// Does all tasks, and fails if one fails.
    pub(crate) fn map(&mut self, tasks: &[Work]) {
        let mut results: Vec<Option<Answer>> = vec![None; tasks.len()];
        let mut waiting: VecDeque<usize> = (0..tasks.len()).collect();
        let mut send = |worker: &IpcSender<Task>| {
            let Some(idx) = waiting.pop_front() else { return };
            let number = u32::try_from(idx).expect("a batch is short");
            worker.send(Task(number, tasks[idx].clone())).expect("the worker lives");
        };
        for _ in 0..WINDOW {
            self.senders.iter().for_each(&mut send);
        }
        let mut left = tasks.len();
        while left > 0 {
            for event in self.replies.select().expect("the workers live") {
                let IpcSelectionResult::MessageReceived(id, message) = event else {
                    panic!("a worker has gone");
                };
                let Reply(number, answer) = message.to().expect("a reply");
                results[number as usize] = Some(answer.expect("the task succeeds"));
                left -= 1;
                let worker = self.workers.iter().find(|(known, _)| *known == id);
                send(&self.senders[worker.expect("a known worker").1]);
            }
        }
        assert!(results.iter().all(Option::is_some));
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.senders.clear();
        for child in &mut self.children {
            child.wait().expect("it is ours");
        }
    }
}

/// Works for the parent whose server has this name, until it hangs up.
pub(crate) fn work(parent: &OsStr) {
    let parent = parent.to_string_lossy().into_owned();
    let (sender, tasks) = ipc::channel::<Task>().expect("a channel");
    let (replies, receiver) = ipc::channel::<Reply>().expect("a channel");
    let ends: Ends = (sender, receiver);
    let server = IpcSender::connect(parent).expect("a parent");
    server.send(ends).expect("a parent");
    while let Ok(Task(number, work)) = tasks.recv() {
        if replies.send(Reply(number, work.run())).is_err() {
            return;
        }
    }
}
