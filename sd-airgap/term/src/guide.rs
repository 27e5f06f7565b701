//! Guided sessions: a program that was started without words explains and asks.
//!
//! The verbs do the work and report as always. Between them stand a heading, a question with a
//! few one-letter answers, and a pause; the next command is not shown, because the session leads
//! there by itself.

use std::io;

use crate::prompt::PromptError;
use crate::ui::Ui;

/// Said to a script that starts a program without words.
const INSTEAD: &str = "name a command; see --help";

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
        for (n, (letter, meaning)) in choices.iter().enumerate() {
            let enter = if n == 0 { "  (or Enter)" } else { "" };
            self.say(format_args!("  {letter}  {meaning}{enter}"));
        }
        loop {
            let answer = self.answer("> ", INSTEAD)?.ok_or_else(ended)?.trim().to_lowercase();
            let given = |choice: &&Choice<'_>| answer.is_empty() || answer == choice.0.to_string();
            if let Some((letter, _)) = choices.iter().find(given) {
                return Ok(*letter);
            }
            self.say("Type one of the letters above, then Enter.");
        }
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
        assert_eq!((out.text(), talk.text()), (String::new(), "  y  yes  (or Enter)\n".to_owned()));
    }
}
