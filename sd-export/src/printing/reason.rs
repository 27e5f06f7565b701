//! What stands between a job and its pages: CUPS's keywords in plain words.

use std::fmt;

use sd_term::Status;
use serde::Serialize;

macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident: $status:ident, [$($keyword:literal),+], $says:literal, $todo:literal;)*) => {
        /// Something a person can do something about.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
        #[serde(rename_all = "snake_case")]
        pub(crate) enum Reason { $($(#[$doc])* $name,)* }

        impl Reason {
            /// Every keyword that is known, without its severity.
            #[cfg(test)]
            const ALL: &[(Self, &[&str])] = &[$((Self::$name, &[$($keyword),+])),*];

            fn of_keyword(keyword: &str) -> Option<Self> {
                match keyword { $($($keyword)|+ => Some(Self::$name),)* _ => None }
            }

            /// The status it gives a job that ended because of it.
            pub(crate) const fn status(self) -> Status {
                match self { $(Self::$name => Status::$status,)* }
            }

            /// What is the matter.
            pub(crate) const fn says(self) -> &'static str {
                match self { $(Self::$name => $says,)* }
            }

            /// What to do.
            pub(crate) const fn todo(self) -> &'static str {
                match self { $(Self::$name => $todo,)* }
            }
        }
    };
}

// The gravest first: it is the one that is named.
reasons! {
    /// A part of the driver is missing or unsafe.
    Driver: PrintFailed, ["cups-missing-filter", "cups-insecure-filter"], "a part of its driver is missing or not safe to run", "add the printer anew in Settings, Printers";
    /// Paper is stuck.
    Jam: PrinterWaits, ["media-jam"], "paper is stuck in it", "take out the stuck paper, every piece of it";
    /// It is open.
    Door: PrinterWaits, ["cover-open", "door-open", "interlock-open", "input-tray-door-open"], "a door or cover is open", "close it";
    /// No paper.
    Paper: PrinterWaits, ["media-empty", "media-needed"], "it is out of paper", "load paper";
    /// No tray.
    Tray: PrinterWaits, ["input-tray-missing", "output-tray-missing"], "a tray is missing", "put the tray back";
    /// No ink.
    Toner: PrinterWaits, ["toner-empty", "marker-supply-empty", "developer-empty", "opc-life-over", "marker-waste-full"], "it is out of toner or ink", "put in a new cartridge";
    /// No room.
    OutputFull: PrinterWaits, ["output-area-full"], "its output tray is full", "take the pages out of it";
    /// The queue was paused.
    Paused: PrinterPaused, ["paused", "moving-to-paused", "stopping", "stopped-partly", "printer-stopped", "printer-stopped-partly", "deactivated"], "its queue is paused", "resume it in Settings, Printers";
    /// Nobody answers.
    Offline: PrinterOffline, ["offline", "shutdown", "timed-out", "connecting-to-device", "cups-ipp-printer-offline"], "it does not answer", "switch it on and look at its cable";
    /// The printer names a fault that is not in this table.
    Other: PrinterWaits, ["other"], "it reports a fault of its own", "read its display";
}

/// Keywords that stop nothing, whatever severity a driver gives them.
const HARMLESS: &[&str] = &[
    "none",
    "media-low",
    "toner-low",
    "marker-supply-low",
    "developer-low",
    "marker-waste-almost-full",
    "opc-near-eol",
    "output-area-almost-full",
    "hold-new-jobs",
    "wait-for-job",
    "cups-waiting-for-job-completed",
    "spool-area-full",
    "identify-printer-requested",
];

impl Reason {
    /// What a keyword of a printer's state stands for; a warning that is not known stops nothing.
    fn of(keyword: &str) -> Option<Self> {
        let bare = |end| keyword.strip_suffix(end);
        let mild = bare("-warning").or_else(|| bare("-report"));
        let name = mild.or_else(|| bare("-error")).unwrap_or(keyword);
        let harmless = HARMLESS.contains(&name) || name.starts_with("cups-");
        let fault = !harmless && mild.is_none();
        Self::of_keyword(name).or_else(|| fault.then_some(Self::Other))
    }

    /// The reasons in a list of keywords, the gravest first.
    pub(super) fn all(keywords: &[String]) -> Vec<Self> {
        let mut found: Vec<_> = keywords.iter().filter_map(|k| Self::of(k)).collect();
        found.sort_unstable();
        found.dedup();
        found
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.says())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(keywords: &[&str]) -> Vec<Reason> {
        Reason::all(&keywords.iter().map(|k| (*k).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn each_keyword_has_its_reason_whatever_its_severity() {
        for (reason, keywords) in Reason::ALL {
            for keyword in *keywords {
                for end in ["", "-error", "-warning", "-report"] {
                    assert_eq!(of(&[&format!("{keyword}{end}")]), [*reason], "{keyword}{end}");
                }
            }
        }
    }

    #[test]
    fn what_stops_nothing_is_no_reason_and_an_unknown_fault_is_one() {
        let mild = ["none", "toner-low-report", "media-low", "cups-waiting-for-job-completed"];
        assert_eq!(of(&mild), []);
        assert_eq!(of(&["fuser-warming-report", "cups-remote-pending"]), []);
        assert_eq!(of(&["fuser-over-temp", "com.example-fire-error"]), [Reason::Other]);
    }

    #[test]
    fn the_gravest_is_named_first() {
        let found = of(&["offline-report", "media-empty-error", "media-jam", "media-jam-error"]);
        assert_eq!(found, [Reason::Jam, Reason::Paper, Reason::Offline]);
    }
}
