//! The one way to the terminal.

use std::fmt::Display;
use std::io::{self, BufRead, IsTerminal, Write};
use std::process::ExitCode;
use std::sync::{Arc, Mutex};

use serde::Serialize;
use zeroize::Zeroizing;

use crate::bar::{Bar, count_down};
use crate::bars::Bars;
use crate::hint::Hint;
use crate::prompt::PromptError;
use crate::report::{Failure, Report};
use crate::secret::Secret;
use crate::status::Status;
use crate::wrap::Wrapped;

/// The version of the JSON envelope.
const VERSION: u32 = 1;

/// Which face a report shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Face {
    /// Text for people.
    Human,
    /// One JSON object.
    Json,
}

/// Whether a report ends with the next command to type.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Hints {
    Shown,
    /// In a guided session, which leads there by itself.
    Hidden,
}

/// Data goes to stdout, talk to stderr.
pub struct Ui {
    face: Face,
    out: Box<dyn Write + Send>,
    talk: Box<dyn Write + Send>,
    /// Standard error is a terminal: bars may be drawn.
    draws: bool,
    /// Standard input and error are terminals: questions may be asked.
    asks: bool,
    colour: bool,
    hints: Hints,
}

/// What a test's [`Ui`] wrote.
#[derive(Clone, Default)]
pub struct Screen(Arc<Mutex<Vec<u8>>>);

impl Screen {
    /// The text so far.
    pub fn text(&self) -> String {
        let bytes = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

impl Write for Screen {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[derive(Serialize)]
struct Envelope<'a, R: Serialize> {
    format: &'static str,
    version: u32,
    command: &'a str,
    status: Status,
    exit: u8,
    next: &'static str,
    hint: Option<&'a Hint>,
    #[serde(skip_serializing_if = "Option::is_none")]
    report: Option<&'a R>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
}

/// The report of a command that gives none.
#[derive(Serialize)]
struct Nothing;

impl Display for Nothing {
    fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        Ok(())
    }
}

impl Report for Nothing {
    fn status(&self) -> Status {
        Status::Done
    }
}

impl Ui {
    /// The process's own terminal. `no_colour` is the caller's reading of `NO_COLOR`.
    pub fn stdio(face: Face, no_colour: bool) -> Self {
        let draws = io::stderr().is_terminal();
        Self {
            face,
            out: Box::new(io::stdout()),
            talk: Box::new(io::stderr()),
            draws,
            asks: draws && io::stdin().is_terminal(),
            colour: draws && !no_colour,
            hints: Hints::Shown,
        }
    }

    /// A terminal for tests: what goes to stdout, and what goes to stderr.
    pub fn captured(face: Face) -> (Self, Screen, Screen) {
        let (out, talk) = (Screen::default(), Screen::default());
        let ui = Self {
            face,
            out: Box::new(out.clone()),
            talk: Box::new(talk.clone()),
            draws: false,
            asks: false,
            colour: false,
            hints: Hints::Shown,
        };
        (ui, out, talk)
    }

    /// Says something in passing.
    pub fn say(&mut self, text: impl Display) {
        // Talk that nobody can hear must not stop the work.
        let _ = writeln!(self.talk, "{text}");
    }

    /// Says something that a person should not miss.
    pub fn warn(&mut self, text: impl Display) {
        self.tell("warning:", "33", &text.to_string());
    }

    /// A progress bar.
    pub fn bar(&self) -> Bar {
        Bar::new(self.draws && self.face == Face::Human)
    }

    /// Progress of several works at once.
    pub fn bars(&self) -> Bars {
        Bars::new(self.draws && self.face == Face::Human)
    }

    /// Waits; on a terminal `what` stands there with the seconds that are left.
    pub fn count_down(&self, what: &str, length: std::time::Duration) {
        count_down(self.draws && self.face == Face::Human, what, length);
    }

    /// Fills the terminal with a view; without one, `instead` says what to do.
    #[cfg(feature = "full-screen")]
    pub fn full_screen(&mut self, instead: &'static str) -> Result<crate::FullScreen, PromptError> {
        match self.face {
            Face::Human => crate::FullScreen::enter(self.colour, instead),
            Face::Json => Err(PromptError::NoTerminal(instead)),
        }
    }

    /// Whether questions can be asked here.
    pub fn can_ask(&self) -> bool {
        self.asks
    }

    /// Asks yes or no; only `y` or `yes` is yes. `instead` names the flag for scripts.
    pub fn confirm(&mut self, question: &str, instead: &'static str) -> Result<bool, PromptError> {
        let answer = self.line(&format!("{question} [y/N] "), instead)?;
        Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
    }

    /// Asks for a line of text.
    pub fn line(&mut self, question: &str, instead: &'static str) -> Result<String, PromptError> {
        Ok(self.answer(question, instead)?.unwrap_or_default())
    }

    /// The next line of the terminal; nothing at the end of input.
    pub(crate) fn answer(
        &mut self,
        question: &str,
        instead: &'static str,
    ) -> Result<Option<String>, PromptError> {
        self.ask(question, instead)?;
        let mut answer = String::new();
        let read = io::stdin().lock().read_line(&mut answer).map_err(PromptError::Io)?;
        Ok((read > 0).then(|| answer.trim_end_matches('\n').to_owned()))
    }

    /// Shows a question, if somebody is there.
    pub(crate) fn ask(&mut self, question: &str, instead: &'static str) -> Result<(), PromptError> {
        if !self.asks {
            return Err(PromptError::NoTerminal(instead));
        }
        write!(self.talk, "{question}").and_then(|()| self.talk.flush()).map_err(PromptError::Io)
    }

    /// Leaves out the next command from here on: whoever walks a person through says it in words.
    pub(crate) fn hide_hints(&mut self) {
        self.hints = Hints::Hidden;
    }

    /// Asks for a secret, without echo.
    pub fn secret(&mut self, question: &str, instead: &'static str) -> Result<Secret, PromptError> {
        if !self.asks {
            return Err(PromptError::NoTerminal(instead));
        }
        let typed = Zeroizing::new(rpassword::prompt_password(question).map_err(PromptError::Io)?);
        Ok(Secret::new(typed.to_string()))
    }

    /// Shows how a command ended and gives the exit code.
    #[expect(clippy::needless_pass_by_value, reason = "the end of a command is the end of it")]
    pub fn finish<R: Report>(&mut self, command: &str, result: Result<R, Failure>) -> ExitCode {
        let (status, shown) = match &result {
            Ok(report) => (report.status(), self.show_report(command, report)),
            Err(failure) => (failure.status, self.show_failure::<R>(command, failure)),
        };
        match shown {
            Ok(()) => ExitCode::from(status.exit()),
            Err(e) if e.kind() == io::ErrorKind::BrokenPipe => {
                ExitCode::from(Status::BrokenPipe.exit())
            }
            Err(_) => ExitCode::from(Status::FileError.exit()),
        }
    }

    /// Shows a failure of a command that has no report to give.
    pub fn fail(&mut self, command: &str, failure: &Failure) -> ExitCode {
        // The terminal may be gone as well; the exit code still tells.
        let _ = self.show_failure::<Nothing>(command, failure);
        ExitCode::from(failure.status.exit())
    }

    /// Shows what the command-line parser objected to. It repeats what was typed, which may be
    /// a foreign name that a shell expanded: each line is escaped.
    pub fn usage(&mut self, command: &str, text: &str) -> ExitCode {
        let lines = text.lines().map(|l| sd_fs::escape(l.as_bytes()).to_string());
        let text = lines.collect::<Vec<_>>().join("\n");
        if self.face == Face::Json {
            return self.fail(command, &Failure::new(Status::Usage, text));
        }
        self.say(text);
        ExitCode::from(Status::Usage.exit())
    }

    /// Shows a page of our own, such as a help text, as data.
    pub fn page(&mut self, text: impl Display) -> ExitCode {
        match write!(self.out, "{text}").and_then(|()| self.out.flush()) {
            Ok(()) => ExitCode::SUCCESS,
            Err(_) => ExitCode::from(Status::BrokenPipe.exit()),
        }
    }

    fn show_report<R: Report>(&mut self, command: &str, report: &R) -> io::Result<()> {
        let (status, hint) = (report.status(), report.hint());
        if self.face == Face::Json {
            return self.envelope(command, status, hint.as_ref(), Some(report), None);
        }
        write!(self.out, "{report}")?;
        self.out.flush()?;
        if status.exit() != 0 {
            let words = format!("{}; {}", status.meaning(), status.next());
            self.tell(&format!("{}:", status.word()), "31", &words);
        }
        self.show_hint(hint.as_ref());
        Ok(())
    }

    fn show_failure<R: Report>(&mut self, command: &str, failure: &Failure) -> io::Result<()> {
        let Failure { status, message, hint } = failure;
        if self.face == Face::Json {
            return self.envelope::<R>(command, *status, hint.as_ref(), None, Some(message));
        }
        self.tell(&format!("error: {}:", status.word()), "31", message);
        self.tell("next:", "36", status.next());
        self.show_hint(hint.as_ref());
        Ok(())
    }

    /// A word in colour, then text; on a terminal it is broken at spaces, each line for itself.
    fn tell(&mut self, word: &str, colour: &str, text: &str) {
        let painted = self.painted(word, colour);
        // Whatever a message is made of: nothing in it acts on the terminal.
        let text: String = text.chars().filter(|c| *c == '\n' || !c.is_control()).collect();
        let mut lines = text.lines();
        let first = format!("{word} {}", lines.next().unwrap_or_default());
        for (n, line) in std::iter::once(first.as_str()).chain(lines).enumerate() {
            let shown =
                if self.draws { Wrapped::new("", line).to_string() } else { line.to_owned() };
            let shown = if n == 0 { shown.replacen(word, &painted, 1) } else { shown };
            self.say(shown);
        }
    }

    fn show_hint(&mut self, hint: Option<&Hint>) {
        if let Some(hint) = hint.filter(|_| self.hints == Hints::Shown) {
            let word = self.painted("hint:", "36");
            self.say(format_args!("{word} {hint}"));
        }
    }

    fn envelope<R: Report>(
        &mut self,
        command: &str,
        status: Status,
        hint: Option<&Hint>,
        report: Option<&R>,
        error: Option<&str>,
    ) -> io::Result<()> {
        let envelope = Envelope {
            format: "sneakernet-report",
            version: VERSION,
            command,
            status,
            exit: status.exit(),
            next: status.next(),
            hint,
            report,
            error,
        };
        serde_json::to_writer(&mut self.out, &envelope)?;
        writeln!(self.out)?;
        self.out.flush()
    }

    /// Colour is never the only sign: the word is always there.
    pub(crate) fn painted(&self, word: &str, code: &str) -> String {
        if self.colour { format!("\x1b[1;{code}m{word}\x1b[0m") } else { word.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize)]
    struct Three {
        items: u32,
    }

    impl Display for Three {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            writeln!(f, "{} items", self.items)
        }
    }

    impl Report for Three {
        fn status(&self) -> Status {
            Status::PartDone
        }

        fn hint(&self) -> Option<Hint> {
            Some(Hint::new(["sd-airgap", "pack"]))
        }
    }

    #[test]
    fn data_is_on_stdout_and_talk_on_stderr() {
        let (mut ui, out, talk) = Ui::captured(Face::Human);
        ui.finish("test", Ok(Three { items: 3 }));
        assert_eq!(out.text(), "3 items\n");
        assert!(
            talk.text().contains("PART_DONE") && talk.text().ends_with("hint: sd-airgap pack\n")
        );
    }

    #[test]
    fn the_json_face_is_one_object_with_the_same_facts() {
        let (mut ui, out, talk) = Ui::captured(Face::Json);
        ui.finish("test", Ok(Three { items: 3 }));
        let value: serde_json::Value = serde_json::from_str(&out.text()).expect("one object");
        assert_eq!(value["status"], "PART_DONE");
        assert_eq!(value["exit"], 4);
        assert_eq!(value["report"]["items"], 3);
        assert_eq!(value["hint"][1], "pack");
        assert_eq!(talk.text(), "");
    }

    #[test]
    fn a_failure_says_what_to_do_next() {
        let (mut ui, out, talk) = Ui::captured(Face::Human);
        ui.finish::<Three>("test", Err(Failure::new(Status::NoSpace, "inbox: 3 MB missing")));
        assert_eq!(out.text(), "");
        assert!(talk.text().starts_with("error: NO_SPACE: inbox: 3 MB missing\nnext: make room"));
    }

    #[test]
    fn without_a_terminal_nothing_is_asked() {
        let (mut ui, _, _) = Ui::captured(Face::Human);
        assert!(ui.confirm("sure?", "use --yes").is_err());
        assert!(ui.secret("passphrase: ", "use --passphrase-fd").is_err());
    }
}
