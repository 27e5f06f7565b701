//! `sd-airgap browse`

use std::fmt;
use std::process::ExitCode;

use clap::Args;
use sd_bundle::{Home, Role, keep_selection};
use sd_term::{Failure, Hint, Report, Status, Ui, count};
use serde::Serialize;

use crate::conversations::load;
use crate::station::Station;
use crate::store::{Marks, Shelves};
use crate::view::{Desk, View};

/// On the SVS: read what has come, in a view that fills the terminal
///
/// Marks what was read, keeps notes, searches, and shows the commands that look at, clean and
/// carry out the files you select. It opens no document and copies nothing.
#[derive(Debug, Args)]
pub(crate) struct BrowseArgs {}

/// What was selected, and what to do with it.
#[derive(Debug, Serialize)]
struct Selected {
    files: usize,
    commands: Vec<(&'static str, Hint)>,
}

/// What comes after the view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum After {
    /// The commands for what was selected are shown.
    Commands,
    /// A guided session goes on with what was selected. This stands in the view until then.
    Session { reminder: String },
}

impl Selected {
    fn new(paths: &[String], after: &After) -> Self {
        let command = |verb: &str, options: &[&str]| {
            let paths = paths.iter().map(String::as_str);
            let args = ["sd-export", verb].into_iter().chain(paths).chain(options.iter().copied());
            Hint::new(args)
        };
        let commands = if paths.is_empty() || matches!(after, After::Session { .. }) {
            Vec::new()
        } else {
            vec![
                ("Look at what they hold", command("inspect", &[])),
                ("Make clean copies", command("scrub", &[])),
                // `write` takes nothing that cleaning would change.
                ("Carry out what is clean already", command("write", &["--to", EXPORT])),
            ]
        };
        Self { files: paths.len(), commands }
    }
}

/// Where Tails mounts the encrypted stick that `SecureDrop`'s guide calls Export Device.
const EXPORT: &str = "/media/amnesia/Export";

impl fmt::Display for Selected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.files == 0 {
            return Ok(());
        }
        writeln!(f, "{} selected.", count(self.files, "file"))?;
        for (what, command) in &self.commands {
            writeln!(f, "\n{what}:\n{command}")?;
        }
        Ok(())
    }
}

impl Report for Selected {
    fn status(&self) -> Status {
        Status::Done
    }

    fn hint(&self) -> Option<Hint> {
        let scrub = self.commands.iter().find(|(_, command)| command.args()[1] == "scrub");
        scrub.map(|(_, command)| command.clone())
    }
}

pub(crate) fn run(home: &Home, after: &After, ui: &mut Ui) -> ExitCode {
    let result = browse(home, after, ui);
    ui.finish("sd-airgap browse", result)
}

fn browse(home: &Home, after: &After, ui: &mut Ui) -> Result<Selected, Failure> {
    Station::load_as(home, Role::Svs)?;
    let shelves = Shelves::open(home)?;
    let (marks, aside) = Marks::read_or_set_aside(&shelves)?;
    let mut bar = ui.bar();
    let loaded = load(&shelves, &mut bar)?;
    drop(bar);
    let mut screen = ui.full_screen("use sd-airgap list, or sd-airgap show")?;
    let mut view = View::new(Desk::new(shelves, loaded, marks)?);
    if let Some(aside) = aside {
        view.say(format!("The marks cannot be read and begin anew; the old ones are in {aside}."));
    }
    if let After::Session { reminder } = after {
        view.remind(reminder.clone());
    }
    let ended = view.run(&mut screen);
    drop(screen);
    let unkept = |e| Failure::new(Status::FileError, format!("marks and notes are not kept: {e}"));
    let paths = view.finish().map_err(unkept)?;
    ended.map_err(|e| Failure::new(Status::FileError, format!("the terminal: {e}")))?;
    keep_selection(home, paths.iter().map(Into::into).collect())?;
    Ok(Selected::new(&paths, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_selected_comes_with_the_commands_for_it() {
        let paths = ["/s/a b.pdf".to_owned(), "/s/c.jpg".to_owned()];
        let selected = Selected::new(&paths, &After::Commands);
        let shown = selected.to_string();
        for command in [
            "\nsd-export inspect '/s/a b.pdf' /s/c.jpg\n",
            "\nsd-export scrub '/s/a b.pdf' /s/c.jpg\n",
            "\nsd-export write '/s/a b.pdf' /s/c.jpg --to /media/amnesia/Export\n",
        ] {
            assert!(shown.contains(command), "{shown}");
        }
        assert_eq!(selected.hint().expect("a hint").args()[1], "scrub");
        let session = After::Session { reminder: String::new() };
        assert_eq!(Selected::new(&paths, &session).to_string(), "2 files selected.\n");
        let none = Selected::new(&[], &After::Commands);
        assert_eq!((none.to_string(), none.hint()), (String::new(), None));
    }
}
