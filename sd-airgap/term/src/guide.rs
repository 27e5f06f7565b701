//! Guided sessions: a program that was started without words explains and asks.
//!
//! The verbs do the work and report as always. Between them stand a heading, a question with a
//! few one-letter answers, and a pause; the next command is not shown, because the session leads
//! there by itself.

use std::io;
use std::time::Duration;

use crate::prompt::PromptError;
use crate::ready::wait_for_input;
use crate::report::Failure;
use crate::ui::Ui;

/// Said to a script that starts a program without words.
const INSTEAD: &str = "name a command; see --help";

/// How often it is looked whether an answer was given with the hands.
const PAUSE: Duration = Duration::from_millis(500);

/// One answer: the letter that gives it, and what it means.
pub type Choice<'a> = (char, &'a str);

impl Ui {
    /// Begins a guided session, if somebody is there to be guided.
    pub fn guide(&mut self) -> bool {
        if self.can_ask() {
            self.hide_hints();
        }
        self.can_ask()
    }

    /// The name of what comes now.
    pub fn heading(&mut self, text: &str) {
        let painted = self.painted(text, "1");
        self.say(format_args!("\n{painted}\n"));
    }

    /// Waits until Enter is pressed. The end of input is no consent.
    pub fn wait_for_enter(&mut self, question: &str) -> Result<(), PromptError> {
        self.answer(question, INSTEAD)?.map(drop).ok_or_else(ended)
    }

    /// One of a few answers. Enter gives the first; what is none of them is asked again.
    pub fn pick(&mut self, choices: &[Choice<'_>]) -> Result<char, PromptError> {
        self.list(choices);
        loop {
            let answer = self.answer("> ", INSTEAD)?.ok_or_else(ended)?;
            if let Some(letter) = self.chosen(choices, &answer) {
                return Ok(letter);
            }
        }
    }

    /// The same, but the first answer can be given with the hands too, such as by plugging in a
    /// stick: `done` looks whether it was.
    pub fn pick_or(
        &mut self,
        choices: &[Choice<'_>],
        mut done: impl FnMut() -> Result<bool, Failure>,
    ) -> Result<char, Failure> {
        self.list(choices);
        loop {
            self.ask("> ", INSTEAD)?;
            while wait_for_input(PAUSE).map_err(PromptError::Io)?.is_empty() {
                if done()? {
                    self.say("");
                    return choices.first().map(|first| first.0).ok_or_else(|| ended().into());
                }
            }
            let answer = self.answer("", INSTEAD)?.ok_or_else(ended)?;
            if let Some(letter) = self.chosen(choices, &answer) {
                return Ok(letter);
            }
        }
    }

    fn list(&mut self, choices: &[Choice<'_>]) {
        for (n, (letter, meaning)) in choices.iter().enumerate() {
            let enter = if n == 0 { "  (or Enter)" } else { "" };
            self.say(format_args!("  {letter}  {meaning}{enter}"));
        }
    }

    /// The answer that a line gives; what gives none is told how to.
    fn chosen(&mut self, choices: &[Choice<'_>], line: &str) -> Option<char> {
        let line = line.trim().to_lowercase();
        let given = |choice: &&Choice<'_>| line.is_empty() || line == choice.0.to_string();
        let chosen = choices.iter().find(given).map(|choice| choice.0);
        if chosen.is_none() {
            self.say("Type one of the letters above, then Enter.");
        }
        chosen
    }
}

fn ended() -> PromptError {
    PromptError::Io(io::ErrorKind::UnexpectedEof.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Face;

    #[test]
    fn nobody_is_guided_without_a_terminal() {
        let (mut ui, out, talk) = Ui::captured(Face::Human);
        assert!(!ui.guide());
        assert!(ui.wait_for_enter("Press Enter. ").is_err());
        assert!(matches!(ui.pick(&[('y', "yes")]), Err(PromptError::NoTerminal(_))));
        assert!(ui.pick_or(&[('y', "yes")], || Ok(true)).is_err());
        assert_eq!((out.text(), talk.text()), (String::new(), "  y  yes  (or Enter)\n".repeat(2)));
    }
}
