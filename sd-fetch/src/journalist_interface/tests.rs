//! The boundary against small servers that live in the test.
#![expect(clippy::disallowed_methods, reason = "test servers listen")]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use super::connector::ConnectError;
use super::{Client, ClientError, Limits, Server, announced_key};

const ONION: &str = "pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd.onion";
const ROOT: &str = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\
    Content-Length: 35\r\n\r\n{\"auth_token_url\":\"/api/v1/token\"}\n";

fn listen(serve: impl Fn(TcpStream) -> std::io::Result<()> + Send + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let addr = listener.local_addr().expect("an address");
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            // A client that hangs up is what some tests are about.
            let _ = serve(stream);
        }
    });
    addr
}

fn read_head(stream: &mut TcpStream) -> std::io::Result<String> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    Ok(String::from_utf8_lossy(&head).into_owned())
}

/// A SOCKS proxy that answers `code`, and plays the service behind it when that is 0. It tells
/// the user, the host, the port and the HTTP head.
fn tor(code: u8) -> (SocketAddr, Receiver<(String, String, u16, String)>) {
    let (tell, told) = channel();
    (listen(move |stream| socks_session(stream, code, &tell)), told)
}

fn socks_session(
    mut stream: TcpStream,
    code: u8,
    tell: &Sender<(String, String, u16, String)>,
) -> std::io::Result<()> {
    let short = |skip: usize, stream: &mut TcpStream| -> std::io::Result<String> {
        let mut head = vec![0; skip + 1];
        stream.read_exact(&mut head)?;
        let mut text = vec![0; usize::from(head[skip])];
        stream.read_exact(&mut text)?;
        Ok(String::from_utf8_lossy(&text).into_owned())
    };
    short(1, &mut stream)?;
    stream.write_all(&[5, 2])?;
    let user = short(1, &mut stream)?;
    short(0, &mut stream)?;
    stream.write_all(&[1, 0])?;
    let host = short(4, &mut stream)?;
    let mut port = [0; 2];
    stream.read_exact(&mut port)?;
    stream.write_all(&[5, code, 0, 1, 0, 0, 0, 0, 0, 0])?;
    let head = if code == 0 { read_head(&mut stream)? } else { String::new() };
    // Nobody may be listening any more.
    let _ = tell.send((user, host, u16::from_be_bytes(port), head));
    stream.write_all(ROOT.as_bytes())
}

fn onion(proxies: &[SocketAddr]) -> Client {
    let server = Server::Onion(ONION.parse().expect("an onion"));
    Client::new(&server, proxies, Limits::default()).expect("random bytes")
}

fn loopback(addr: SocketAddr, limits: Limits) -> Client {
    let server = Server::Loopback(addr.to_string().parse().expect("loopback"));
    Client::new(&server, &[], limits).expect("random bytes")
}

fn closed_port() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a port")
}

#[test]
fn the_first_open_socks_port_gets_the_name_and_one_user_for_each_run() {
    let (addr, told) = tor(0);
    let client = onion(&[closed_port(), addr]);
    client.knock().expect("there");
    client.knock().expect("there");
    onion(&[addr]).knock().expect("there");
    let runs: Vec<_> = told.iter().take(3).collect();
    for (user, host, port, head) in &runs {
        assert_eq!((host.as_str(), *port, user.len()), (ONION, 80, 32));
        assert!(head.starts_with("GET /api/v1/ HTTP/1.1\r\n"), "{head}");
        assert!(head.contains(&format!("host: {ONION}\r\n")), "{head}");
    }
    assert_eq!(runs[0].0, runs[1].0);
    assert_ne!(runs[0].0, runs[2].0);
}

#[test]
fn the_source_interface_is_asked_on_a_circuit_of_its_own_without_a_token() {
    let (addr, told) = tor(0);
    onion(&[addr]).knock().expect("there");
    let source = "ag6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd.onion";
    let server = Server::Onion(source.parse().expect("an onion"));
    let error = announced_key(&server, &[addr]).expect_err("what answers is no Source Interface");
    assert!(matches!(error, ClientError::Shape(_)), "{error}");
    let asked: Vec<_> = told.iter().take(2).collect();
    let (user, host, port, head) = &asked[1];
    assert_ne!(*user, asked[0].0);
    assert_eq!((host.as_str(), *port), (source, 80));
    assert!(head.starts_with("GET /metadata HTTP/1.1\r\n"), "{head}");
    assert!(!head.to_lowercase().contains("authorization"), "{head}");
}

#[test]
fn after_a_refusal_another_circuit_is_asked_for() {
    let (addr, told) = tor(0xf2);
    let client = onion(&[addr]);
    for _ in 0..2 {
        client.knock().expect_err("refused");
    }
    let users: Vec<String> = told.iter().take(2).map(|(user, ..)| user).collect();
    assert_ne!(users[0], users[1]);
}

#[test]
fn what_tor_refuses_is_explained() {
    for (code, words) in [
        (0xf4, "no key for the Journalist Interface"),
        (0xf5, "wrong or was replaced"),
        (0xf6, "mistyped"),
        (0xf0, "try again in a minute"),
        (0x01, "does not say why"),
    ] {
        let error = onion(&[tor(code).0]).knock().expect_err("refused");
        assert!(error.to_string().contains(words), "{code:#x}: {error}");
    }
    let error = onion(&[closed_port()]).knock().expect_err("no Tor");
    assert!(matches!(error, ClientError::Connect(ConnectError::NoTor)), "{error}");
}

#[test]
fn silence_and_a_trickle_are_not_waited_for() {
    let short = Duration::from_millis(200);
    let silent = listen(|mut stream| {
        read_head(&mut stream)?;
        stream.write_all(&ROOT.as_bytes()[..60])?;
        thread::sleep(Duration::from_secs(20));
        Ok(())
    });
    let trickle = |start: &'static str| {
        move |mut stream: TcpStream| {
            read_head(&mut stream)?;
            stream.write_all(start.as_bytes())?;
            loop {
                stream.write_all(b" ")?;
                thread::sleep(Duration::from_millis(20));
            }
        }
    };
    let idle = Limits { idle: short, ..Limits::default() };
    let whole = Limits { answer: short, ..Limits::default() };
    let in_the_head = "HTTP/1.1 200 OK\r\nX: ";
    let in_the_body = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n";
    for (addr, limits) in [
        (silent, idle),
        (listen(trickle(in_the_head)), whole),
        (listen(trickle(in_the_body)), whole),
    ] {
        let start = Instant::now();
        let error = loopback(addr, limits).knock().expect_err("too slow");
        assert!(matches!(error, ClientError::Stalled), "{error}");
        assert!(start.elapsed() < Duration::from_secs(10));
    }
}

#[test]
fn what_is_not_http_is_refused() {
    for words in ["SSH-2.0-OpenSSH_9.2\r\n\r\n", "HTTP/2 200 OK\r\n\r\n", "\0\0\0\0"] {
        let addr = listen(move |mut stream| {
            read_head(&mut stream)?;
            stream.write_all(words.as_bytes())
        });
        let error = loopback(addr, Limits::default()).knock().expect_err("no HTTP");
        assert!(matches!(error, ClientError::Protocol(_) | ClientError::Cut(_)), "{error}");
    }
}
