//! The same waits on mio and on tokio, and on threads that block.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::thread;

use conclab_net::{FRAME_BYTES, Reply, Request, ask};
use mio::{Events, Interest, Poll, Token};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::runtime::Runtime;

/// Connects `n` times, and asks once on each, as the lab's own way does.
fn connect(port: u16, n: usize) -> io::Result<Vec<TcpStream>> {
    let connect = |_| {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
        stream.set_nodelay(true)?;
        let request = Request { delay_us: 0, number: 0 };
        stream.write_all(&request.to_frame())?;
        let mut frame = [0; FRAME_BYTES];
        stream.read_exact(&mut frame)?;
        check(request, frame);
        stream.set_nonblocking(true)?;
        Ok(stream)
    };
    (0..n).map(connect).collect()
}

fn check(request: Request, frame: [u8; FRAME_BYTES]) {
    assert_eq!(Reply::from_frame(frame), Reply::Answer(request.answer()));
}

/// One thread on mio.
pub(crate) struct OnMio {
    poll: Poll,
    events: Events,
    streams: Vec<mio::net::TcpStream>,
}

impl OnMio {
    pub(crate) fn open(port: u16, n: usize) -> io::Result<Self> {
        let poll = Poll::new()?;
        let mut streams = Vec::new();
        for (key, stream) in connect(port, n)?.into_iter().enumerate() {
            let mut stream = mio::net::TcpStream::from_std(stream);
            poll.registry().register(&mut stream, Token(key), Interest::READABLE)?;
            streams.push(stream);
        }
        Ok(Self { poll, events: Events::with_capacity(n), streams })
    }

    pub(crate) fn ask_all(&mut self, delay_us: u32, number: u32) -> io::Result<()> {
        let request = Request { delay_us, number };
        for stream in &mut self.streams {
            stream.write_all(&request.to_frame())?;
        }
        let mut missing = self.streams.len();
        while missing > 0 {
            self.poll.poll(&mut self.events, None)?;
            for event in &self.events {
                let mut frame = [0; FRAME_BYTES];
                // Replies come in one piece on this machine; anything else fails the check.
                match self.streams[event.token().0].read(&mut frame) {
                    Ok(_) => check(request, frame),
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => continue,
                    Err(error) => return Err(error),
                }
                missing -= 1;
            }
        }
        Ok(())
    }
}

/// A task per connection on tokio's runtime with one thread.
pub(crate) struct OnTokio {
    runtime: Runtime,
    streams: Vec<tokio::net::TcpStream>,
}

impl OnTokio {
    pub(crate) fn open(port: u16, n: usize) -> io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
        let streams = {
            let _inside = runtime.enter();
            let streams = connect(port, n)?.into_iter();
            streams.map(tokio::net::TcpStream::from_std).collect::<io::Result<_>>()?
        };
        Ok(Self { runtime, streams })
    }

    pub(crate) fn ask_all(&mut self, delay_us: u32, number: u32) -> io::Result<()> {
        let request = Request { delay_us, number };
        let streams = std::mem::take(&mut self.streams);
        self.streams = self.runtime.block_on(async {
            let ask = |mut stream: tokio::net::TcpStream| async move {
                stream.write_all(&request.to_frame()).await?;
                let mut frame = [0; FRAME_BYTES];
                stream.read_exact(&mut frame).await?;
                check(request, frame);
                Ok::<_, io::Error>(stream)
            };
            let tasks: Vec<_> = streams.into_iter().map(|it| tokio::spawn(ask(it))).collect();
            let mut back = Vec::with_capacity(tasks.len());
            for task in tasks {
                back.push(task.await.map_err(io::Error::other)??);
            }
            Ok::<_, io::Error>(back)
        })?;
        Ok(())
    }
}

/// Threads that block, each with its share of the waits; they are made within the time.
pub(crate) fn on_threads(port: u16, n: usize, n_threads: usize, delay_us: u32) {
    thread::scope(|s| {
        for thread_idx in 0..n_threads {
            let share = (thread_idx..n).step_by(n_threads).count();
            s.spawn(move || {
                for _ in 0..share {
                    ask(port, delay_us).expect("the server answers");
                }
            });
        }
    });
}
