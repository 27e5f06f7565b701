//! The lab's hand in the guest: it runs the scripts that come in on a serial port, each as soon as
//! it comes, and sends back how they ended. Nothing but the lab starts it.
#![expect(clippy::disallowed_methods, reason = "it is made to run whatever the lab wants")]

use std::fs::{File, OpenOptions};
use std::io::{self, BufReader, Write as _};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, Output, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use sd_tests::vm::wire::{Answer, Request};

fn main() -> io::Result<()> {
    let port = std::env::args().nth(1).ok_or(io::ErrorKind::InvalidInput)?;
    let port = OpenOptions::new().read(true).write(true).open(port)?;
    let answers = Arc::new(Mutex::new(port.try_clone()?));
    let mut requests = BufReader::new(port);
    loop {
        match Request::read_from(&mut requests)? {
            Some(Request::Sync(nonce)) => {
                send(&answers, |port| port.write_all(format!("\nsync {nonce}\n").as_bytes()))?;
            }
            Some(Request::Run { id, script, input }) => {
                let answers = Arc::clone(&answers);
                thread::spawn(move || {
                    let answer = run(id, &script, input);
                    // If the lab does not listen, there is nobody to tell.
                    let _ = send(&answers, |port| answer.write_to(port));
                });
            }
            // Nobody at the other end.
            None => thread::sleep(Duration::from_millis(20)),
        }
    }
}

fn send(port: &Mutex<File>, write: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
    write(&mut port.lock().unwrap_or_else(PoisonError::into_inner))
}

fn run(id: u64, script: &[u8], input: Vec<u8>) -> Answer {
    match bash(script, input) {
        Ok(output) => {
            let status = output.status;
            let code = status.code().or(status.signal().map(|signal| -signal)).unwrap_or(127);
            Answer { id, code, stdout: output.stdout, stderr: output.stderr }
        }
        Err(e) => Answer { id, code: 127, stdout: Vec::new(), stderr: e.to_string().into_bytes() },
    }
}

fn bash(script: &[u8], input: Vec<u8>) -> io::Result<Output> {
    let mut bash = Command::new("/bin/bash")
        .arg("-c")
        .arg(String::from_utf8_lossy(script).as_ref())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    if let Some(mut stdin) = bash.stdin.take() {
        // A script that does not read all of it is none of our concern.
        thread::spawn(move || stdin.write_all(&input));
    }
    bash.wait_with_output()
}
