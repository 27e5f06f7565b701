//! What a run took: processor time, wall time, memory.
//!
//! Programs are run under GNU `time`, which asks the kernel when the process and everything it
//! waited for has ended. A daemon is waited for by nobody, so gpg-agent is asked about in /proc.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::Instant;

use sd_tests::gnupg::Gnupg;
use serde::Serialize;

use crate::report::{Entry, Row, Who};
use crate::{Outcome, step};

/// Ticks of /proc/<pid>/stat in a second: a constant of the kernel's interface.
const TICKS: f64 = 100.0;

/// What one run took.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Sample {
    /// Seconds of processor time, user and system, of the process and its children.
    pub(crate) cpu: f64,
    /// Seconds on the wall.
    pub(crate) wall: f64,
    /// Bytes of memory of the largest process.
    pub(crate) peak: u64,
    /// Bytes of what it made, where that is part of the comparison.
    pub(crate) made: Option<u64>,
}

/// Somebody who takes turns.
pub(crate) struct Contender<'a> {
    pub(crate) who: Who,
    pub(crate) what: &'static str,
    /// Prepares, then measures: what it does before [`measure`] is not counted.
    pub(crate) run: Box<dyn FnMut() -> Outcome<Sample> + 'a>,
}

/// Contenders under a title; the first is ours.
pub(crate) fn take_turns(
    title: impl Into<String>,
    rounds: usize,
    mut contenders: Vec<Contender<'_>>,
) -> Outcome<Row> {
    let title = title.into();
    let mut samples = vec![Vec::new(); contenders.len()];
    for round in 1..=rounds {
        for (contender, samples) in contenders.iter_mut().zip(&mut samples) {
            let sample = (contender.run)()?;
            let (what, Sample { cpu, wall, .. }) = (contender.what, sample);
            step(&format!("{title}, round {round}: {what}: {wall:.2} s, CPU {cpu:.2} s"));
            samples.push(sample);
        }
    }
    let entries = contenders.iter().zip(samples).map(|(contender, samples)| Entry {
        who: contender.who,
        what: contender.what,
        median: median(&samples),
        samples,
    });
    Ok(Row { title, entries: entries.collect(), goals: Vec::new() })
}

/// Each number's own median.
fn median(samples: &[Sample]) -> Sample {
    let middle = |number: fn(&Sample) -> f64| {
        let mut numbers: Vec<f64> = samples.iter().map(number).collect();
        numbers.sort_by(f64::total_cmp);
        let half = numbers.len() / 2;
        if numbers.len() % 2 == 1 {
            numbers[half]
        } else {
            f64::midpoint(numbers[half - 1], numbers[half])
        }
    };
    Sample {
        cpu: middle(|s| s.cpu),
        wall: middle(|s| s.wall),
        // The worst: a peak that is reached sometimes must be there to be had.
        peak: samples.iter().map(|s| s.peak).max().unwrap_or_default(),
        made: samples.last().and_then(|s| s.made),
    }
}

/// Runs a command to its end, with this on its standard input.
///
/// What was written before is flushed first, so that nobody pays for the one before.
pub(crate) fn measure_with(command: &Command, input: &str) -> Outcome<Sample> {
    Command::new("sync").status()?;
    let noted = tempfile::NamedTempFile::new()?;
    let mut timed = under_time(command, noted.path());
    let start = Instant::now();
    let mut child = timed.spawn().map_err(|e| format!("/usr/bin/time (Debian: time): {e}"))?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(input.as_bytes())?;
    }
    let output = child.wait_with_output()?;
    let wall = start.elapsed().as_secs_f64();
    if !output.status.success() {
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said).into_owned();
        return Err(
            format!("{}: {}\n{said}", command.get_program().display(), output.status).into()
        );
    }
    let noted = std::fs::read_to_string(noted.path())?;
    let numbers: Vec<f64> = noted.split_whitespace().map(str::parse).collect::<Result<_, _>>()?;
    let [user, system, kilobytes] = numbers[..] else {
        return Err(format!("/usr/bin/time wrote {noted:?}").into());
    };
    Ok(Sample { cpu: user + system, wall, peak: bytes_of(kilobytes), made: None })
}

/// The same without input.
pub(crate) fn measure(command: &Command) -> Outcome<Sample> {
    measure_with(command, "")
}

/// The same, but of memory only what is no page of a file: what a program maps can be dropped by
/// the system at any time. Seen by looking every two milliseconds.
pub(crate) fn measure_private(command: &Command) -> Outcome<Sample> {
    let (done, working) = std::sync::mpsc::channel::<()>();
    std::thread::scope(|scope| {
        let watcher = scope.spawn(move || {
            let mut most = 0;
            while working.try_recv() != Err(std::sync::mpsc::TryRecvError::Disconnected) {
                most = most.max(descendants(std::process::id()).map(private).max().unwrap_or(0));
                std::thread::sleep(std::time::Duration::from_millis(2));
            }
            most
        });
        let sample = measure(command);
        drop(done);
        let peak = watcher.join().map_err(|_| "the watcher panicked")?;
        Ok(Sample { peak, ..sample? })
    })
}

/// Children, their children, and so on.
fn descendants(of: u32) -> impl Iterator<Item = u32> {
    let mut found = vec![of];
    let mut at = 0;
    while let Some(pid) = found.get(at) {
        for task in std::fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten() {
            let children = std::fs::read_to_string(task.path().join("children"));
            let children = children.unwrap_or_default();
            found.extend(children.split_whitespace().filter_map(|pid| pid.parse::<u32>().ok()));
        }
        at += 1;
    }
    found.into_iter().skip(1)
}

/// Bytes of a process that are no pages of a file; 0 if it is gone.
fn private(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let number = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        line.split_whitespace().next()?.parse::<u64>().ok()
    };
    let kilobytes = ["RssAnon:", "RssShmem:"].into_iter().filter_map(number).sum::<u64>();
    kilobytes * 1024
}

fn under_time(command: &Command, noted: &std::path::Path) -> Command {
    let mut timed = Command::new("/usr/bin/time");
    timed.args(["--quiet", "--format=%U %S %M", "--output"]).arg(noted).arg("--");
    timed.arg(command.get_program()).args(command.get_args());
    timed.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    if let Some(dir) = command.get_current_dir() {
        timed.current_dir(dir);
    }
    timed.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    timed
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "kilobytes of one process"
)]
fn bytes_of(kilobytes: f64) -> u64 {
    kilobytes as u64 * 1024
}

/// A process that is asked about while it runs.
pub(crate) struct Process(pub(crate) u32);

/// The gpg-agent of a home: it does the RSA, and outlives every gpg.
pub(crate) struct Agent(Process);

impl Agent {
    /// The one that serves this home.
    pub(crate) fn of(gnupg: &Gnupg) -> Outcome<Self> {
        let asked = Command::new("gpg-connect-agent")
            .args(["GETINFO pid", "/bye"])
            .env("GNUPGHOME", gnupg.home())
            .output()?;
        let said = String::from_utf8(asked.stdout)?;
        let pid = said.lines().find_map(|line| line.strip_prefix("D "));
        let pid = pid.ok_or("gpg-agent does not say its number")?.trim().parse()?;
        Ok(Self(Process(pid)))
    }

    /// Measures a command with what the agent does for it.
    pub(crate) fn measure(&self, command: &Command) -> Outcome<Sample> {
        let before = self.0.cpu()?;
        let sample = measure(command)?;
        let cpu = sample.cpu + self.0.cpu()? - before;
        Ok(Sample { cpu, peak: sample.peak.max(self.0.peak()?), ..sample })
    }
}

impl Process {
    /// Seconds of processor time so far.
    pub(crate) fn cpu(&self) -> Outcome<f64> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.0))?;
        // The name, in brackets, may hold anything; after it, user and system time are the
        // 12th and 13th fields.
        let fields = stat.rsplit_once(')').map_or("", |(_, fields)| fields);
        let ticks = fields.split_whitespace().skip(11).take(2).map(str::parse::<f64>);
        Ok(ticks.sum::<Result<f64, _>>()? / TICKS)
    }

    /// The most bytes of memory so far.
    pub(crate) fn peak(&self) -> Outcome<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.0))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes = line.and_then(|line| line.split_whitespace().next());
        Ok(kilobytes.ok_or("no VmHWM")?.parse::<u64>()? * 1024)
    }
}
