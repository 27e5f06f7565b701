//! The tables: what each contender took, and whether the goals are met.

use std::fmt;

use serde::Serialize;

use crate::measure::Sample;
use crate::settings::{Settings, Sizes};

const MIB: f64 = 1_048_576.0;

/// Whose program it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Who {
    Ours,
    Theirs,
}

/// One contender's result.
#[derive(Debug, Serialize)]
pub(crate) struct Entry {
    pub(crate) who: Who,
    pub(crate) what: &'static str,
    pub(crate) median: Sample,
    pub(crate) samples: Vec<Sample>,
}

/// Contenders that did the same; the first is ours.
#[derive(Debug, Serialize)]
pub(crate) struct Row {
    pub(crate) title: String,
    pub(crate) entries: Vec<Entry>,
    pub(crate) goals: Vec<Goal>,
}

/// What we want to reach.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Goal {
    /// So many times the rate of the first other contender, by the wall.
    Rate { times: f64 },
    /// The first other contender takes so many times our processor time, or more.
    Lighter { times: f64 },
    /// At most so many times as long on the wall as the first other contender.
    Within { times: f64 },
    /// Our second contender did the same on one core: on all of them it is faster by three
    /// quarters of their number, or more.
    Cores { cores: usize },
    /// Less memory than so many MiB.
    Memory { mebibytes: f64 },
    /// Our first contender did so many times the work of the second, in hardly more time for each
    /// piece of it.
    Flat { times: usize },
    /// Done within so many milliseconds on the wall.
    Wall { milliseconds: f64 },
    /// Less processor time than this.
    Processor { seconds: f64 },
    /// No goal: the milliseconds for each of so many.
    Each { count: usize },
    /// No goal: the ratio alone.
    Shown,
}

/// Everything measured.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    version: u32,
    processors: usize,
    rounds: usize,
    sizes: Sizes,
    rows: Vec<Row>,
}

impl Row {
    /// Adds a goal.
    pub(crate) fn goal(mut self, goal: Goal) -> Self {
        self.goals.push(goal);
        self
    }

    /// How many times as long another contender took as our first.
    fn ratio(&self, other: &Entry, number: fn(&Sample) -> f64) -> Option<f64> {
        let ours = number(&self.entries.first()?.median);
        (ours > 0.0).then(|| number(&other.median) / ours)
    }

    fn wall_ratio(&self) -> Option<f64> {
        let theirs = self.entries.iter().find(|e| e.who == Who::Theirs)?;
        self.ratio(theirs, |s| s.wall)
    }

    /// How many times as long our first contender took as our second.
    fn growth(&self) -> f64 {
        match &self.entries[..] {
            [large, small, ..] if small.median.wall > 0.0 => large.median.wall / small.median.wall,
            _ => f64::INFINITY,
        }
    }

    /// Words for a goal: what is wanted, what was measured, and the verdict.
    fn judge(&self, goal: Goal) -> (String, String, &'static str) {
        let verdict = |met| if met { "met" } else { "MISSED" };
        let Some(ours) = self.entries.first() else {
            return Default::default();
        };
        match goal {
            Goal::Rate { times } => {
                let ratio = self.wall_ratio().unwrap_or_default();
                let wanted = format!("at least {times:.1} times their rate");
                (wanted, format!("{ratio:.2} times"), verdict(ratio >= times))
            }
            Goal::Lighter { times } => {
                let theirs = self.entries.iter().find(|e| e.who == Who::Theirs);
                let ratio = theirs.and_then(|e| self.ratio(e, |s| s.cpu)).unwrap_or_default();
                let wanted = format!("at most 1/{times:.0} of their CPU");
                (wanted, format!("1/{ratio:.1}"), verdict(ratio >= times))
            }
            Goal::Within { times } => {
                let slower = self.wall_ratio().map_or(f64::INFINITY, |ratio| 1.0 / ratio);
                let wanted = format!("at most {times:.1} times their time");
                (wanted, format!("{slower:.2} times"), verdict(slower <= times))
            }
            Goal::Cores { cores } => {
                #[expect(clippy::cast_precision_loss, reason = "tens")]
                let least = 0.75 * cores as f64;
                let faster = 1.0 / self.growth();
                let wanted = format!("{cores} cores: {least:.1} times one");
                (wanted, format!("{faster:.2} times"), verdict(faster >= least))
            }
            Goal::Memory { mebibytes } => {
                let peak = mib(&ours.median);
                let wanted = format!("below {mebibytes:.0} MiB");
                (wanted, format!("{peak:.1} MiB"), verdict(peak < mebibytes))
            }
            Goal::Flat { times } => {
                let most = 1.5;
                #[expect(clippy::cast_precision_loss, reason = "tens")]
                let growth = self.growth() / times as f64;
                let wanted = format!("for each, at most {most:.1} times");
                (wanted, format!("{growth:.2} times"), verdict(growth <= most))
            }
            Goal::Wall { milliseconds } => {
                let wall = ours.median.wall * 1000.0;
                let wanted = format!("within {milliseconds:.0} ms");
                (wanted, format!("{wall:.1} ms"), verdict(wall <= milliseconds))
            }
            Goal::Processor { seconds } => {
                let cpu = ours.median.cpu;
                let wanted = format!("below {seconds:.0} s of CPU");
                (wanted, format!("{cpu:.2} s"), verdict(cpu < seconds))
            }
            Goal::Each { count } => {
                #[expect(clippy::cast_precision_loss, reason = "hundreds")]
                let each = ours.median.wall * 1000.0 / count as f64;
                ("milliseconds for each".to_owned(), format!("{each:.2} ms"), "shown")
            }
            Goal::Shown => {
                let ratio = self.wall_ratio().unwrap_or_default();
                ("their time over ours".to_owned(), format!("{ratio:.2} times"), "shown")
            }
        }
    }

    fn show(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.title)?;
        for entry in &self.entries {
            let Sample { cpu, wall, .. } = entry.median;
            let peak = mib(&entry.median);
            write!(f, "  {:<46} {cpu:>8.2} {wall:>8.2} {peak:>9.1}", entry.what)?;
            if entry.who == Who::Theirs {
                let times = |ratio: Option<f64>| {
                    ratio.map_or_else(|| "-".to_owned(), |ratio| format!("{ratio:.2}"))
                };
                let (cpu, wall) = (self.ratio(entry, |s| s.cpu), self.ratio(entry, |s| s.wall));
                write!(f, " {:>9} {:>9}", times(cpu), times(wall))?;
            }
            if let Some(made) = entry.median.made {
                let pad = if entry.who == Who::Ours { " ".repeat(20) } else { String::new() };
                write!(f, "{pad} {:>9.2}", megabytes(made))?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

fn mib(sample: &Sample) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "the memory of one process")]
    let bytes = sample.peak as f64;
    bytes / MIB
}

fn megabytes(bytes: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "files of a few gigabytes")]
    let bytes = bytes as f64;
    bytes / 1e6
}

impl Report {
    pub(crate) fn new(settings: &Settings, rows: Vec<Row>) -> Self {
        Self {
            version: 1,
            processors: std::thread::available_parallelism().map_or(1, usize::from),
            rounds: settings.rounds,
            sizes: settings.sizes,
            rows,
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { processors, rounds, .. } = self;
        writeln!(f, "Medians of {rounds}, contenders in turns, {processors} processors; CPU with")?;
        writeln!(f, "children and gpg-agent; peak of the largest process, worst of all rounds.\n")?;
        let head = ["CPU s", "wall s", "peak MiB", "CPU x", "wall x", "made MB"];
        let [cpu, wall, peak, cpu_ratio, wall_ratio, made] = head;
        write!(f, "{:<48} {cpu:>8} {wall:>8} {peak:>9}", "")?;
        writeln!(f, " {cpu_ratio:>9} {wall_ratio:>9} {made:>9}")?;
        for row in &self.rows {
            row.show(f)?;
        }
        writeln!(f, "\n\"x\": their time over ours. Above 1, ours is the faster.\n")?;
        writeln!(f, "{:<38} {:<29} {:>14}  verdict", "goal of", "wanted", "measured")?;
        for row in &self.rows {
            for goal in &row.goals {
                let (wanted, measured, verdict) = row.judge(*goal);
                writeln!(f, "{:<38} {wanted:<29} {measured:>14}  {verdict}", row.title)?;
            }
        }
        Ok(())
    }
}
