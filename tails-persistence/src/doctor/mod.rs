//! A checkup: its face for people and for scripts, and what is handed to the technologist.

mod hand_over;

use std::fmt;

use sd_doctor::{CANNOT_SEE, Finding, Role, Verdict};
use sd_term::{Report, Status, Wrapped, count};
use serde::Serialize;

pub(crate) use hand_over::{Facts, hand_over};

/// Which findings people see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Show {
    /// What is not ok.
    Wrong,
    /// All of them.
    All,
}

/// The report of `sd-station doctor`.
#[derive(Debug, Serialize)]
pub(crate) struct Checkup {
    role: &'static str,
    #[serde(skip)]
    title: &'static str,
    /// The gravest first.
    findings: Vec<Finding>,
    counts: Counts,
    cannot_see: &'static [&'static str],
    /// Where the technologist's copy is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) written: Option<String>,
    #[serde(skip)]
    show: Show,
}

#[derive(Debug, Serialize)]
struct Counts {
    fail: usize,
    warn: usize,
    unknown: usize,
    ok: usize,
}

impl Checkup {
    /// Sorts what was found; within a verdict the order of the table stays.
    pub(crate) fn new(role: Role, mut findings: Vec<Finding>, show: Show) -> Self {
        findings.sort_by_key(|f| std::cmp::Reverse(f.verdict));
        let number = |verdict| findings.iter().filter(|f| f.verdict == verdict).count();
        let counts = Counts {
            fail: number(Verdict::Fail),
            warn: number(Verdict::Warn),
            unknown: number(Verdict::Unknown),
            ok: number(Verdict::Ok),
        };
        Self {
            role: role.word(),
            title: match role {
                Role::Workstation => "Workstation",
                Role::Svs => "Secure Viewing Station",
            },
            findings,
            counts,
            cannot_see: CANNOT_SEE,
            written: None,
            show,
        }
    }

    pub(crate) fn findings(&self) -> &[Finding] {
        &self.findings
    }
}

impl Report for Checkup {
    fn status(&self) -> Status {
        if self.counts.fail > 0 { Status::StationUnsafe } else { Status::Done }
    }
}

impl fmt::Display for Checkup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Counts { fail, warn, unknown, ok } = self.counts;
        writeln!(f, "{}: {fail} FAIL, {} warn, {ok} ok", self.title, warn + unknown)?;
        for finding in &self.findings {
            if finding.verdict != Verdict::Ok || self.show == Show::All {
                one(f, finding)?;
            }
        }
        if self.show == Show::Wrong && ok > 0 {
            let verb = if ok == 1 { "is" } else { "are" };
            writeln!(f, "\n{} {verb} ok; --all shows them.", count(ok, "check"))?;
        }
        writeln!(f, "\nNo program can see:")?;
        for unseen in self.cannot_see {
            writeln!(f, "{}", Wrapped::new("  - ", unseen))?;
        }
        if let Some(written) = &self.written {
            let text = format!("{written}: to hand to your technologist. Read it before you do.");
            writeln!(f, "\n{}", Wrapped::new("", &text))?;
        }
        Ok(())
    }
}

fn one(f: &mut fmt::Formatter<'_>, finding: &Finding) -> fmt::Result {
    let unknown = if finding.verdict == Verdict::Unknown { " (not known)" } else { "" };
    let (word, id) = (finding.verdict.word(), finding.check.id());
    if finding.verdict == Verdict::Ok {
        return writeln!(f, "{}", Wrapped::new("ok    ", &format!("{id}: {}", finding.seen)));
    }
    writeln!(f, "\n{word:<4}  {id}{unknown}")?;
    writeln!(f, "{}", Wrapped::new("      seen   ", finding.seen.as_str()))?;
    if let Some(detail) = &finding.detail {
        writeln!(f, "{}", Wrapped::new("             ", detail.as_str()))?;
    }
    let means = finding.check.means();
    let means = match finding.verdict {
        Verdict::Unknown => {
            format!("This could not be asked. If it is not as it should be: {means}")
        }
        Verdict::Ok | Verdict::Warn | Verdict::Fail => means.to_owned(),
    };
    writeln!(f, "{}", Wrapped::new("      means  ", &means))?;
    writeln!(f, "{}", Wrapped::new("      do     ", finding.check.mend()))
}
