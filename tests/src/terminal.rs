//! A program in a terminal of its own; `script` (bsdutils) lends it.

use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::newsroom::{Newsroom, program};

/// Longer than anything takes here, a new one-time code included.
const PATIENCE: Duration = Duration::from_mins(1);

/// How often is looked.
const GLANCE: Duration = Duration::from_millis(2);

/// The program, its keyboard, and all that it wrote.
#[derive(Debug)]
pub struct Terminal {
    child: Child,
    keys: ChildStdin,
    shown: Arc<Mutex<Vec<u8>>>,
    read: usize,
    fresh: usize,
}

impl Terminal {
    /// Starts one of our programs in the newsroom's directory, on so many columns and lines.
    pub fn start(
        newsroom: &Newsroom,
        name: &str,
        args: &[&str],
        (columns, lines): (u16, u16),
    ) -> Self {
        let quoted: Vec<String> = args.iter().map(|arg| format!("'{arg}'")).collect();
        let line = format!("{} {}", program(name).display(), quoted.join(" "));
        Self::start_line(&line, &newsroom.path("."), (columns, lines))
    }

    /// Starts a command line in a directory.
    pub fn start_line(line: &str, dir: &Path, (columns, lines): (u16, u16)) -> Self {
        // Tests that run in the background have Ctrl-C switched off; a person's terminal has not.
        let line =
            format!("stty cols {columns} rows {lines}; exec env --default-signal=INT {line}");
        let mut child = Command::new("script")
            .args(["-qefc", &line, "/dev/null"])
            .current_dir(dir)
            .env("TERM", "xterm-256color")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|e| panic!("script, which is in every Debian: {e}"));
        let (Some(keys), Some(mut screen)) = (child.stdin.take(), child.stdout.take()) else {
            panic!("no pipes")
        };
        let shown = Arc::new(Mutex::new(Vec::new()));
        let to = Arc::clone(&shown);
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(n @ 1..) = screen.read(&mut buffer) {
                to.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(&buffer[..n]);
            }
        });
        Self { child, keys, shown, read: 0, fresh: 0 }
    }

    /// Every byte so far.
    pub fn bytes(&self) -> Vec<u8> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The same as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes()).into_owned()
    }

    /// Waits until these bytes were written, after what was waited for before.
    pub fn wait_for(&mut self, words: &str) {
        let since = Instant::now();
        loop {
            let text = self.text();
            if let Some(at) = text.get(self.read..).and_then(|new| new.find(words)) {
                self.read += at + words.len();
                return;
            }
            assert!(since.elapsed() < PATIENCE, "no {words:?} in:\n{text}");
            std::thread::sleep(GLANCE);
        }
    }

    /// Hands on what is written, piece by piece and each byte once, until this is satisfied; says
    /// whether it ever was.
    #[must_use]
    pub fn wait_until(&mut self, mut is: impl FnMut(&[u8]) -> bool) -> bool {
        let since = Instant::now();
        while since.elapsed() < PATIENCE {
            let shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
            let new = shown[self.fresh..].to_vec();
            drop(shown);
            self.fresh += new.len();
            if is(&new) {
                return true;
            }
            std::thread::sleep(GLANCE);
        }
        false
    }

    /// The number of the program's process.
    pub fn process(&self) -> std::io::Result<u32> {
        let script = self.child.id();
        let children = std::fs::read_to_string(format!("/proc/{script}/task/{script}/children"))?;
        children.trim().parse().map_err(std::io::Error::other)
    }

    /// Presses keys.
    pub fn press(&mut self, keys: &str) {
        let pressed = self.keys.write_all(keys.as_bytes()).and_then(|()| self.keys.flush());
        assert!(pressed.is_ok(), "the terminal is gone:\n{}", self.text());
    }

    /// Types a line.
    pub fn type_line(&mut self, line: &str) {
        self.press(&format!("{line}\n"));
    }

    /// Waits for a question and types the answer.
    pub fn answer(&mut self, question: &str, line: &str) {
        self.wait_for(question);
        self.type_line(line);
    }

    /// Waits for the end: the exit code, and every byte.
    pub fn end(mut self) -> (Option<i32>, String) {
        let since = Instant::now();
        let status = loop {
            match self.child.try_wait() {
                Ok(Some(status)) => break status,
                Ok(None) if since.elapsed() < PATIENCE => std::thread::sleep(GLANCE),
                _ => {
                    let _ = self.child.kill();
                    panic!("it does not end:\n{}", self.text());
                }
            }
        };
        std::thread::sleep(Duration::from_millis(50));
        (status.code(), self.text())
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // One that has ended already is gone; nothing is left running behind a failed test.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
