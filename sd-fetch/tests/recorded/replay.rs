//! A server that answers with recorded exchanges, and with what a test makes of them.
#![expect(clippy::disallowed_methods, reason = "a test server listens and reads its recordings")]

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::fd::AsRawFd;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread;

use sd_term::{Face, Ui};
use serde_json::Value;

/// What to send for one request.
#[derive(Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    /// Sent over and over after the body.
    pub(crate) endless: Option<Vec<u8>>,
}

/// A request as the server saw it.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) line: String,
    pub(crate) headers: Vec<String>,
    pub(crate) body: String,
}

pub(crate) type Routes = BTreeMap<String, Answer>;

pub(crate) struct Server {
    pub(crate) addr: SocketAddr,
    heard: Arc<Mutex<Vec<Request>>>,
    later: Arc<Mutex<Routes>>,
}

/// How a run ended.
pub(crate) struct Run {
    /// The JSON face.
    pub(crate) json: Value,
    /// Standard error.
    pub(crate) talk: String,
}

fn data(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name);
    std::fs::read(path).expect("a recording")
}

/// A recorded exchange: its request line and its answer.
pub(crate) fn recorded(name: &str) -> (String, Answer) {
    let record: Value = serde_json::from_slice(&data(&format!("{name}.json"))).expect("JSON");
    let (request, response) = (&record["request"], &record["response"]);
    let line = format!("{} {}", text(&request["method"]), text(&request["path"]));
    let body = match (&response["json"], &response["text"]) {
        (Value::Null, Value::Null) => data(&format!("{name}.bin")),
        (Value::Null, words) => text(words).into_bytes(),
        (json, _) => json.to_string().into_bytes(),
    };
    let pairs = response["headers"].as_array().expect("headers");
    // A server's clock goes on.
    let now = jiff::Timestamp::now().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let today =
        |name: String, value| if name == "Date" { (name, now.clone()) } else { (name, value) };
    let headers = pairs.iter().map(|p| today(text(&p[0]), text(&p[1]))).collect();
    let status = u16::try_from(response["status"].as_u64().expect("a status")).expect("small");
    (line, Answer { status, headers, body: Vec::new(), endless: None }.with_body(body))
}

pub(crate) fn text(value: &Value) -> String {
    value.as_str().expect("text").to_owned()
}

impl Answer {
    #[must_use]
    pub(crate) fn with_body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        let length = self.body.len().to_string();
        self.with("Content-Length", &length)
    }

    /// With this header in place of any of its name.
    #[must_use]
    pub(crate) fn with(self, name: &str, value: &str) -> Self {
        self.without(name).and(name, value)
    }

    /// With one more header.
    #[must_use]
    pub(crate) fn and(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    #[must_use]
    pub(crate) fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(n, _)| !n.eq_ignore_ascii_case(name));
        self
    }

    /// One byte short of what its headers say.
    #[must_use]
    pub(crate) fn cut(mut self) -> Self {
        self.body.pop();
        self
    }

    #[must_use]
    pub(crate) fn status(self, status: u16) -> Self {
        Self { status, ..self }
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("JSON")
    }

    fn send(&self, to: &mut TcpStream) -> std::io::Result<()> {
        let mut head = format!("HTTP/1.1 {} Recorded\r\n", self.status);
        for (name, value) in &self.headers {
            head.extend([name, ": ", value, "\r\n"]);
        }
        to.write_all(head.as_bytes())?;
        to.write_all(b"\r\n")?;
        to.write_all(&self.body)?;
        while let Some(more) = &self.endless {
            to.write_all(more)?;
        }
        Ok(())
    }
}

impl Server {
    pub(crate) fn start(routes: Routes) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let addr = listener.local_addr().expect("an address");
        let heard = Arc::new(Mutex::new(Vec::new()));
        let later = Arc::new(Mutex::new(Routes::new()));
        let (notes, seconds) = (Arc::clone(&heard), Arc::clone(&later));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // A client that hangs up in the middle is what some tests are about.
                let _ = serve(stream, &routes, &seconds, &notes);
            }
        });
        Self { addr, heard, later }
    }

    /// Answers a second request for this otherwise.
    pub(crate) fn then(&self, line: &str, answer: Answer) {
        self.later.lock().expect("no panic").insert(line.to_owned(), answer);
    }

    /// Every request so far, in order.
    pub(crate) fn heard(&self) -> Vec<Request> {
        self.heard.lock().expect("no panic").clone()
    }

    /// The request lines so far that contain `part`.
    pub(crate) fn lines(&self, part: &str) -> Vec<String> {
        let lines = self.heard().into_iter().map(|r| r.line);
        lines.filter(|l| l.contains(part)).collect()
    }

    pub(crate) fn run(&self, home: &Path, verb: &str, more: &[&str]) -> Run {
        self.run_as(home, verb, more, "journalist\ncorrect horse\n123456\n")
    }

    pub(crate) fn run_as(&self, home: &Path, verb: &str, more: &[&str], credentials: &str) -> Run {
        let (mut ui, out, talk) = Ui::captured(Face::Json);
        self.run_on(&mut ui, home, verb, more, credentials);
        let json = serde_json::from_str(&out.text()).expect("one JSON object");
        Run { json, talk: talk.text() }
    }

    /// The human face: standard output and standard error.
    pub(crate) fn run_human(&self, home: &Path, verb: &str) -> (String, String) {
        let (mut ui, out, talk) = Ui::captured(Face::Human);
        self.run_on(&mut ui, home, verb, &[], "journalist\ncorrect horse\n123456\n");
        (out.text(), talk.text())
    }

    fn run_on(&self, ui: &mut Ui, home: &Path, verb: &str, more: &[&str], credentials: &str) {
        let (reader, mut writer) = std::io::pipe().expect("a pipe");
        writer.write_all(credentials.as_bytes()).expect("room");
        drop(writer);
        let (fd, addr) = (reader.as_raw_fd().to_string(), self.addr.to_string());
        let mut args: Vec<OsString> = vec!["sd-fetch".into(), verb.into()];
        args.extend(["--insecure-loopback".into(), addr.into()]);
        args.extend(["--credentials-fd".into(), fd.into()]);
        args.extend(["--home".into(), home.into(), "--patience".into(), "3".into()]);
        args.extend(more.iter().map(OsString::from));
        let _: std::process::ExitCode = sd_fetch::run(args, ui);
    }
}

fn serve(
    mut stream: TcpStream,
    routes: &Routes,
    later: &Mutex<Routes>,
    notes: &Mutex<Vec<Request>>,
) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        match line.trim_end() {
            "" => break,
            text => lines.push(text.to_owned()),
        }
    }
    let first = lines.remove(0);
    let length = lines
        .iter()
        .find_map(|l| l.to_lowercase().strip_prefix("content-length: ").map(str::to_owned));
    let mut body = vec![0; length.map_or(0, |l| l.parse().expect("a length"))];
    reader.read_exact(&mut body)?;
    let line = first.trim_end_matches(" HTTP/1.1").to_owned();
    let body = String::from_utf8_lossy(&body).into_owned();
    let mut notes = notes.lock().expect("no panic");
    let asked_before = notes.iter().any(|r| r.line == line);
    notes.push(Request { line: line.clone(), headers: lines, body });
    drop(notes);
    let lost = recorded("062-submission-deleted-download").1;
    let later = later.lock().expect("no panic").get(&line).filter(|_| asked_before).cloned();
    later.as_ref().or_else(|| routes.get(&line)).unwrap_or(&lost).send(&mut stream)
}
