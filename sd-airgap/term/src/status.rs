//! The one table of status words, exit codes and next steps.

use serde::Serialize;

macro_rules! table {
    ($($(#[$doc:meta])* $variant:ident = $word:literal, $exit:literal, $meaning:literal, $next:literal;)*) => {
        /// How a command ended. The word is for scripts and for reading out on the phone, the
        /// exit code for shells, the next step for the person at the keyboard.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Status {
            $($(#[$doc])* $variant,)*
        }

        impl Status {
            /// Every status, in the order of the table.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The word.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// The exit code.
            pub const fn exit(self) -> u8 {
                match self { $(Self::$variant => $exit,)* }
            }

            /// What it means.
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning,)* }
            }

            /// What to do next.
            pub const fn next(self) -> &'static str {
                match self { $(Self::$variant => $next,)* }
            }
        }
    };
}

table! {
    /// All of it was done and checked.
    Done = "DONE", 0, "everything asked for was done and checked", "follow the hint";
    /// There was nothing to do.
    NothingToDo = "NOTHING_TO_DO", 0, "nothing was left to do", "nothing";
    /// Refused for a reason of its own.
    Refused = "REFUSED", 1, "the command was refused; nothing was changed", "read the message, mend it, run it again";
    /// This station has no keys yet.
    NotPaired = "NOT_PAIRED", 1, "this station has not been paired", "pair the stations first: sd-airgap pair --help";
    /// Keys are there already.
    AlreadyPaired = "ALREADY_PAIRED", 1, "this station is paired already", "use the existing pairing, or remove the keys by hand to start anew";
    /// A workstation's job on the SVS, or the other way round.
    WrongStation = "WRONG_STATION", 1, "this command belongs on the other station", "run it on the other one: fetching and packing on the workstation, unpacking on the Secure Viewing Station";
    /// The lock is held.
    InUse = "IN_USE", 1, "another run is using this station's files", "wait until it ends, then run the command again";
    /// The disk is full.
    NoSpace = "NO_SPACE", 1, "not enough room", "make room, then run the command again: nothing was lost";
    /// What was named is not there.
    NotFound = "NOT_FOUND", 1, "what was named is not there", "check the name and the stick";
    /// A check of the station failed.
    StationUnsafe = "STATION_UNSAFE", 1, "this station failed a check", "mend what is marked FAIL, then check again";
    /// A genuine release that does not belong here.
    UpdateRefused = "UPDATE_REFUSED", 1, "the release is genuine, but not for this station now; nothing was changed", "read the message: it names what is missing, or the release to get instead";
    /// The new version does not run here, or the system refused it.
    UpdateFailed = "UPDATE_FAILED", 1, "the update did not go through; the version before is in use", "work on as before, and show the message to your administrator";
    /// A file system operation failed.
    FileError = "FILE_ERROR", 1, "the system could not read or write a file", "check the disk and the permissions, then run the command again";
    /// 403 from the Journalist Interface's login.
    LoginRefused = "LOGIN_REFUSED", 1, "the Journalist Interface refused the login; it never says why", "wait for a new code; after several failures wait a minute; check user name and passphrase";
    /// No connection.
    ServerUnreachable = "SERVER_UNREACHABLE", 1, "the Journalist Interface could not be reached", "check the connection, then run the command again: what was fetched stays";
    /// 403 after a login that was good.
    SessionEnded = "SESSION_ENDED", 1, "the Journalist Interface ended the session", "run the command again and log in with a new code: what was fetched stays";
    /// An answer that makes no sense.
    ServerError = "SERVER_ERROR", 1, "the Journalist Interface gave an answer that cannot be used", "run the command again; if it stays, show the message to your administrator";
    /// The receipt code does not fit.
    WrongCode = "WRONG_CODE", 1, "the receipt code belongs to no bundle packed here", "read the code again from the Secure Viewing Station";
    /// A file type without a scrubber.
    UnsupportedType = "UNSUPPORTED_TYPE", 1, "this type of file cannot be cleaned yet", "do not carry it out as it is unless you accept its metadata";
    /// A file that a preview does not show.
    NotShown = "NOT_SHOWN", 1, "the file is not shown, and was opened by nothing", "do not open it in another program on this station; decide by what it is said to be";
    /// The command line.
    Usage = "USAGE", 2, "the command line was not understood", "see --help";
    /// The reader of our output went away.
    BrokenPipe = "BROKEN_PIPE", 3, "the reader of the output went away", "nothing";
    /// Some items failed, the rest is done.
    PartDone = "PART_DONE", 4, "some items were refused, the rest was done and checked", "read the list of refused items; nothing of the others was lost";
    /// The run ended before its end.
    CutShort = "CUT_SHORT", 4, "the run ended early; what was done is checked and kept", "mend the cause named above and run the command again to go on";
    /// A hash, a signature or a message is wrong.
    VerifyFailed = "VERIFY_FAILED", 10, "the content failed verification; nothing of it was used", "fetch or pack it again; if it happens twice, tell your administrator";
    /// A release that nobody vouches for.
    UpdateNotGenuine = "UPDATE_NOT_GENUINE", 10, "the release file failed verification; nothing of it was used", "copy it again from where it was published; if it fails twice, use neither file nor stick and tell your administrator";
    /// A bare stick that came back with other bytes.
    StickChanged = "STICK_CHANGED", 10, "the stick did not come back as it was packed", "do not use it again and tell your administrator; what it was to carry is not lost";
    /// A clean copy that is not clean.
    NotClean = "NOT_CLEAN", 10, "the file could not be proven clean; nothing was written", "do not carry this file out as it is";
    /// A device that may not be used.
    DeviceRefused = "DEVICE_REFUSED", 11, "the device may not be used for this", "use the stick that was prepared for it";
    /// Several sticks would fit.
    DeviceUnclear = "DEVICE_UNCLEAR", 11, "more than one stick would fit", "leave only one plugged in, or name one with --device";
    /// The stick failed, or what handles it.
    DeviceFailed = "DEVICE_FAILED", 11, "the stick, or the system's handling of it, failed", "unplug the stick, plug it in again and run the command again; if it fails twice, use another stick";
    /// A stick that lies about its size.
    Counterfeit = "COUNTERFEIT", 11, "the stick holds less than it says", "throw it away and use another; nothing was lost";
    /// Somebody still uses the stick.
    StickBusy = "STICK_BUSY", 11, "the stick is still in use", "close what uses it, and eject it in Files before you unplug it";
    /// No printer at all.
    NoPrinter = "NO_PRINTER", 11, "there is no such printer on this station", "plug the printer in and switch it on; if it is still not listed, add it in Settings, Printers";
    /// A printer that may not be used.
    PrinterRefused = "PRINTER_REFUSED", 11, "the printer may not be used on this station", "use a printer on a USB cable that asks for no password";
    /// Several printers would fit.
    PrinterUnclear = "PRINTER_UNCLEAR", 11, "more than one printer would fit", "name one with --printer";
    /// CUPS cannot be asked.
    PrintingUnavailable = "PRINTING_UNAVAILABLE", 11, "the printing system (CUPS) of this station does not answer as it should", "start the station anew; if it stays, show the message to your administrator";
    /// Nobody at the other end of the cable.
    PrinterOffline = "PRINTER_OFFLINE", 11, "the printer does not answer, or takes nothing; the job was cancelled", "switch it on, look at its cable and its display, and print again";
    /// Paper, toner, a door.
    PrinterWaits = "PRINTER_WAITS", 11, "the printer waits for a person; the job was cancelled", "do at the printer what the message says, collect the pages that came out, and print again";
    /// Its queue is stopped.
    PrinterPaused = "PRINTER_PAUSED", 11, "the printer's queue is paused", "resume it in Settings, Printers, and print again";
    /// A driver failed, or it is not certain that it did not.
    PrintFailed = "PRINT_FAILED", 11, "printing failed, or it is not certain that it did not", "count the pages that came out; if it fails again, try another file or add the printer anew";
    /// Cancelled on the way.
    PrintCancelled = "PRINT_CANCELLED", 4, "the job was cancelled; some pages may have come out", "collect every page from the printer, and print again what is missing";
    /// The spool may hold a copy.
    SpoolKept = "SPOOL_KEPT", 4, "a copy of a document may still be in the print spool", "shut this station down before you leave it: on Tails the spool is gone then; elsewhere have your administrator empty it";
    /// A type that the printer cannot be given.
    Unprintable = "UNPRINTABLE", 1, "this cannot be printed here", "print a PDF, JPEG, PNG or plain text file, and pages that it has";
    /// The key cannot be used.
    KeyUnavailable = "KEY_UNAVAILABLE", 12, "the key is missing or cannot be used", "check that the key is on this station: gpg --list-secret-keys";
    /// The passphrase did not open the key.
    WrongPassphrase = "WRONG_PASSPHRASE", 12, "the passphrase did not unlock the key", "run the command again and type the passphrase where it asks, never at the shell";
    /// The server announces another submission key.
    KeyDiffers = "KEY_DIFFERS", 12, "the server announces another submission key than this station was paired with", "tell your administrator before you pack anything; what was fetched is kept";
    /// Workers cannot be locked down.
    SandboxUnavailable = "SANDBOX_UNAVAILABLE", 13, "this system cannot lock down a worker, so nothing was opened", "use a Tails release with seccomp; never open the file some other way";
    /// Our mistake.
    Bug = "INTERNAL_ERROR", 255, "a mistake in the program; nothing was reported as done", "send the message to the developers";
}

impl Serialize for Status {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.word())
    }
}

impl Status {
    /// The table as a page (docs/status.md is this text).
    pub fn page() -> String {
        let mut page = String::from(
            "# Status words and exit codes\n\nGenerated from the table in `sd-airgap/term/src/status.rs`; \
             a test holds this page against it.\n\n| word | exit | meaning | what to do next |\n|---|---|---|---|\n",
        );
        for s in Self::ALL {
            let row = [&format!("`{}`", s.word()), &s.exit().to_string(), s.meaning(), s.next()];
            page.extend(["| ", &row.join(" | "), " |\n"]);
        }
        page
    }
}

#[cfg(test)]
mod tests {
    use super::Status;

    #[test]
    fn words_are_unique_and_codes_are_from_the_agreed_list() {
        let mut words: Vec<_> = Status::ALL.iter().map(|s| s.word()).collect();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), Status::ALL.len());
        let agreed = [0, 1, 2, 3, 4, 10, 11, 12, 13, 255];
        assert!(Status::ALL.iter().all(|s| agreed.contains(&s.exit())));
    }

    #[test]
    fn the_page_is_the_table() {
        assert_eq!(include_str!("../../../docs/status.md"), Status::page());
    }
}
