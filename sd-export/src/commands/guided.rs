//! `sd-export` without a command: from what was picked in the reader to a stick or to paper.
//!
//! ```text
//! selection --> clean copies, each beside its original --> Export Device | printer | stay here
//! ```
//! Every step is the verb of that name, with its own plan, question and report.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use sd_bundle::selection;
use sd_fs::Dir;
use sd_stick::{Arrival, wait_for_stick};
use sd_term::{Choice, Failure, Hint, Status, Ui, count};
use usb_rules::{Access, Export};

use super::{Station, scrub};
use crate::cli;
use crate::names::{Method, is_copy_of};

/// Most files listed by name: the questions must stay on the screen, and what the stage before said
/// last.
const LISTED: usize = 4;

/// Guides whoever is there.
pub(super) fn run(station: &Station<'_>, ui: &mut Ui) -> ExitCode {
    guide(station, ui).unwrap_or_else(|failure| ui.fail("sd-export", &failure))
}

fn guide(station: &Station<'_>, ui: &mut Ui) -> Result<ExitCode, Failure> {
    ui.heading("Clean and carry out");
    let picked = selection(station.home)?;
    if picked.is_empty() {
        let browse =
            ["sd-airgap", "browse"].map(str::to_owned).into_iter().chain(station.home.args());
        let what = "no file is selected: select with Space in the reader, leave it with x";
        return Err(Failure::new(Status::NotFound, what).hint(Hint::new(browse)));
    }
    list(&picked, ui);
    ui.say(
        "\nClean copies are made of them; the originals stay as they are.\n\
         To carry the copies out, plug in the Export Device now. Or:",
    );
    let mut way = choose_way(ui)?;
    while way == 'l' {
        verb("inspect", station, &picked, &[], ui);
        way = choose_way(ui)?;
    }
    if way == 'q' {
        ui.say("Nothing was done.");
        return Ok(ExitCode::SUCCESS);
    }
    let (copies, cleaned) = clean(picked, station, ui)?;
    if copies.is_empty() {
        return Ok(cleaned);
    }
    leave(way, &copies, station, ui)
}

/// What can become of clean copies.
const WAYS: [Choice<'_>; 6] = [
    ('e', "onto the Export Device, under names that tell nothing"),
    ('n', "onto the Export Device, under their own names"),
    ('p', "onto paper"),
    ('c', "they stay here, beside the originals"),
    ('l', "look first what is in them"),
    ('q', "stop"),
];

/// What a person typed; to plug in the Export Device is the first of the answers.
fn choose_way(ui: &mut Ui) -> Result<char, Failure> {
    let mut arrival = Arrival::<Export>::new(Access::Write);
    ui.pick_or(&WAYS, || arrival.look())
}

fn list(files: &[PathBuf], ui: &mut Ui) {
    ui.say(format_args!("Selected: {}", count(files.len(), "file")));
    for file in files.iter().take(LISTED) {
        ui.say(format_args!("  {}", shown(file)));
    }
    if files.len() > LISTED {
        ui.say(format_args!("  and {} more", files.len() - LISTED));
    }
}

fn shown(file: &Path) -> sd_fs::Escaped {
    sd_fs::escape(file.file_name().unwrap_or_default().as_encoded_bytes())
}

/// The clean copies of these files: made now, or by an earlier session. They are judged once more
/// before they leave.
fn clean(
    picked: Vec<PathBuf>,
    station: &Station<'_>,
    ui: &mut Ui,
) -> Result<(Vec<PathBuf>, ExitCode), Failure> {
    let mut copies = Vec::new();
    let mut todo = Vec::new();
    for file in picked {
        match earlier_copy(&file)? {
            Some(copy) => copies.push(copy),
            None => todo.push(file),
        }
    }
    if !copies.is_empty() {
        ui.say(format_args!("Cleaned before: {}", count(copies.len(), "file")));
    }
    if todo.is_empty() {
        return Ok((copies, ExitCode::SUCCESS));
    }
    let args = scrub::Args::of(todo);
    let (gate, request) = (args.gate.clone(), args.request());
    let code = station.end(ui, "sd-export scrub", Some(gate), |ui| {
        let report = scrub::run(&request, station.home, ui)?;
        copies.extend(report.copies());
        Ok(report.with_short_names())
    });
    Ok((copies, code))
}

/// A clean copy that stands beside a file.
fn earlier_copy(file: &Path) -> Result<Option<PathBuf>, Failure> {
    let Some((parent, name)) = file.parent().zip(file.file_name().and_then(OsStr::to_str)) else {
        return Ok(None);
    };
    let entries = match Dir::open(parent).and_then(|dir| dir.entries()) {
        Err(e) if e.is_not_found() => return Ok(None),
        entries => entries?,
    };
    let copy = entries.iter().find(|e| is_copy_of(&e.name, name, Method::Clean));
    Ok(copy.map(|e| parent.join(&e.name)))
}

fn leave(
    way: char,
    copies: &[PathBuf],
    station: &Station<'_>,
    ui: &mut Ui,
) -> Result<ExitCode, Failure> {
    // To see what goes, plug in the stick and type its passphrase is an answer.
    const AGREED: &str = "--passphrase-agrees";
    let options: &[&str] = if way == 'e' { &[AGREED, "--neutral-names"] } else { &[AGREED] };
    match way {
        'e' | 'n' => {
            wait_for_stick::<Export>(Access::Write, "Plug in the Export Device.", ui)?;
            Ok(verb("write", station, copies, options, ui))
        }
        'p' => Ok(verb("print", station, copies, &[], ui)),
        _ => {
            ui.say("Nothing left this station. The copies stand beside their originals.");
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// Runs a verb as if it had been typed.
fn verb(
    name: &str,
    station: &Station<'_>,
    files: &[PathBuf],
    options: &[&str],
    ui: &mut Ui,
) -> ExitCode {
    let words = ["sd-export", name].into_iter().chain(options.iter().copied());
    let home = station.home.args().into_iter().map(OsString::from);
    let files = files.iter().map(OsString::from);
    let words = words.map(OsString::from).chain(home).chain(["--".into()]).chain(files);
    match cli::parse(&words.collect::<Vec<_>>()) {
        Ok((Some(command), home)) => super::run(command, station.place, &home, ui),
        Ok((None, _)) => ui.finish::<cli::Text>("sd-export", Err(no_verb())),
        Err(answer) => ui.finish("sd-export", answer.into_result()),
    }
}

fn no_verb() -> Failure {
    Failure::new(Status::Bug, "the session named no command")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_that_stands_beside_a_file_is_found() {
        let tmp = tempfile::tempdir().expect("a directory");
        let dir = Dir::open(tmp.path()).expect("it opens");
        let file = tmp.path().join("plan.docx.jpg");
        assert_eq!(earlier_copy(&file).expect("looked"), None);
        for other in ["plan.jpg", "plan.clean.jpg", "plan.docx.rebuilt.pdf", "plan.docx.jpg"] {
            dir.write_new(other, b"").expect("free");
            assert_eq!(earlier_copy(&file).expect("looked"), None, "{other}");
        }
        dir.write_new("plan.docx.clean.jpg", b"").expect("free");
        let copy = earlier_copy(&file).expect("looked").expect("there");
        assert!(copy.ends_with("plan.docx.clean.jpg"));
    }
}
