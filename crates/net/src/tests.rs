//! The server and its clients, and what they do when something is wrong.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;
use std::thread;
use std::time::{Duration, Instant};

use conclab_engine::stop::Stop;

use super::*;

fn server(connections_max: usize) -> Server {
    Server::start(connections_max, &Stop::never()).unwrap()
}

fn connect(port: u16) -> TcpStream {
    TcpStream::connect(("127.0.0.1", port)).unwrap()
}

fn reply(stream: &mut TcpStream) -> Reply {
    let mut frame = [0; FRAME_BYTES];
    stream.read_exact(&mut frame).unwrap();
    Reply::from_frame(frame)
}

#[test]
fn a_question_is_answered_after_its_delay() {
    let server = server(8);
    let begin = Instant::now();
    assert_eq!(ask(server.port(), 20_000).unwrap(), 20_000);
    assert!(begin.elapsed() >= Duration::from_millis(20));
    let done = server.stop();
    assert_eq!((done.answers, done.connections, done.refused), (1, 1, 0));
}

#[test]
fn a_connection_is_kept_for_the_next_question() {
    let server = server(8);
    for _ in 0..5 {
        ask(server.port(), 0).unwrap();
    }
    assert_eq!(server.stop().connections, 1);
}

#[test]
fn threads_that_ask_at_once_have_a_connection_each() {
    let server = server(8);
    open(server.port(), 4, &Stop::never()).unwrap();
    thread::scope(|s| {
        for _ in 0..4 {
            s.spawn(|| ask(server.port(), 1_000).unwrap());
        }
    });
    assert_eq!(server.stop().connections, 4);
}

#[test]
fn the_shorter_delay_is_answered_first() {
    let server = server(8);
    let (mut long, mut short) = (connect(server.port()), connect(server.port()));
    let [slow, fast] = [200_000, 1_000].map(|delay_us| Request { delay_us, number: 7 });
    long.write_all(&slow.to_frame()).unwrap();
    short.write_all(&fast.to_frame()).unwrap();
    assert_eq!(reply(&mut short), Reply::Answer(fast.answer()));
    long.set_nonblocking(true).unwrap();
    assert!(long.read(&mut [0]).is_err(), "nothing has come yet");
    long.set_nonblocking(false).unwrap();
    assert_eq!(reply(&mut long), Reply::Answer(slow.answer()));
}

#[test]
fn a_request_may_come_in_pieces() {
    let server = server(1);
    let mut stream = connect(server.port());
    stream.set_nodelay(true).unwrap();
    let request = Request { delay_us: 0, number: 1 };
    for byte in request.to_frame() {
        stream.write_all(&[byte]).unwrap();
    }
    assert_eq!(reply(&mut stream), Reply::Answer(request.answer()));
}

#[test]
fn a_connection_too_many_is_told_so_and_the_others_stay() {
    let server = server(1);
    ask(server.port(), 0).unwrap();
    let mut second = connect(server.port());
    assert_eq!(reply(&mut second), Reply::Full);
    assert_eq!(second.read(&mut [0]).unwrap(), 0, "the server hangs up");
    let error = Multiplexer::open(server.port(), 1, &Stop::never()).unwrap_err();
    assert!(matches!(error, SocketError::Full), "{error}");
    ask(server.port(), 0).unwrap();
    assert_eq!(server.stop().refused, 2);
}

#[test]
fn a_second_request_before_the_answer_ends_the_connection() {
    let server = server(1);
    let mut stream = connect(server.port());
    let request = Request { delay_us: 60_000_000, number: 1 }.to_frame();
    stream.write_all(&request).unwrap();
    stream.write_all(&request).unwrap();
    assert!(matches!(stream.read(&mut [0]), Ok(0) | Err(_)));
}

#[test]
fn one_thread_waits_for_all_at_once() {
    let server = server(300);
    let all = multiplex(server.port(), 300, 50_000, &Stop::never()).unwrap();
    assert_eq!((all.answered.n, all.answered.sum), (300, 300 * 50_000));
    assert!(all.answered.wall >= Duration::from_millis(50));
    // One after the other would take fifteen seconds; a loaded machine has ten.
    assert!(all.answered.wall < Duration::from_secs(10));
}

#[test]
fn a_server_that_ends_hangs_up_on_everybody() {
    let server = server(8);
    let port = server.port();
    let waiting = thread::spawn(move || ask(port, 60_000_000));
    let mut multiplexer = Multiplexer::open(port, 3, &Stop::never()).unwrap();
    server.stop();
    assert!(multiplexer.ask_all(60_000_000, &Stop::never()).is_err());
    assert!(waiting.join().unwrap().is_err());
}

#[test]
fn a_stop_ends_the_server_and_the_question() {
    let interrupted = Arc::new(AtomicBool::new(false));
    let server = Server::start(8, &Stop::new(Arc::clone(&interrupted), None)).unwrap();
    let port = server.port();
    let waiting = thread::spawn(move || ask(port, 60_000_000));
    // Relaxed: the flag publishes nothing but itself.
    interrupted.store(true, Relaxed);
    assert!(waiting.join().unwrap().is_err());
}

#[test]
fn a_stop_ends_the_multiplexer() {
    let server = server(8);
    let mut multiplexer = Multiplexer::open(server.port(), 2, &Stop::never()).unwrap();
    let stop = Stop::never().within(Duration::from_millis(5));
    let error = multiplexer.ask_all(60_000_000, &stop).unwrap_err();
    assert!(matches!(error, SocketError::Stopped(_)), "{error}");
}

#[test]
fn a_connection_to_an_earlier_server_is_replaced() {
    let begin = server(8);
    let port = begin.port();
    let mut kept = connect(port);
    drop(begin);
    assert!(matches!(kept.read(&mut [0]), Ok(0) | Err(_)), "nothing stays open");
    assert!(ask(port, 0).is_err(), "nobody listens there any more");
}

#[test]
fn more_files_than_the_system_allows_are_refused_with_the_figure() {
    let error = room_for(usize::MAX / 4).unwrap_err().to_string();
    assert!(error.contains("ulimit -n") && error.contains("may have"), "{error}");
}
