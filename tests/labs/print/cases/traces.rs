//! What is told to whom, and what stays.

use std::fs;
use std::io;
use std::path::Path;
use std::process::Command;

use rustix::process::{Pid, Signal, kill_process};

use crate::lab::{CABLE, Lab, PAPER};
use crate::process::{Ran, until};
use crate::recorder::holds;

/// Stands in a document and nowhere else.
const MARK: &str = "zebra-quartz-lantern-7731";

/// Stands in the name of a file and nowhere else.
const NAME: &str = "Jane-Source";

/// Attributes that a question may have.
const ALLOWED: &[&str] = &[
    "attributes-charset",
    "attributes-natural-language",
    "printer-uri",
    "job-id",
    "requesting-user-name",
    "requested-attributes",
    "job-name",
    "job-sheets",
    "copies",
    "print-color-mode",
    "page-ranges",
    "media",
    "document-format",
    "last-document",
    "purge-job",
    "document-number",
];

const CREATE_JOB: u16 = 5;
const SEND_DOCUMENT: u16 = 6;

fn document(lab: &Lab) -> io::Result<String> {
    let text = format!("{MARK}\nthe second line\n");
    lab.put_clean(&format!("{NAME}.txt"), text.as_bytes())
}

/// Every file beneath a directory.
fn files(dir: &Path, all: &mut Vec<std::path::PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            files(&entry.path(), all)?;
        } else if entry.file_type()?.is_file() {
            all.push(entry.path());
        }
    }
    Ok(())
}

/// Files of CUPS that hold these bytes, in their content or in their name.
fn with(lab: &Lab, bytes: &str) -> io::Result<Vec<String>> {
    let mut all = Vec::new();
    for dir in ["root", "spool", "cache", "state", "tmp", "log"] {
        files(&lab.path(dir), &mut all)?;
    }
    assert!(all.len() > 5, "there is something to search in");
    let mut found = Vec::new();
    for path in all {
        let name = path.to_string_lossy().into_owned();
        if name.contains(bytes) || holds(&fs::read(&path)?, bytes.as_bytes()) {
            found.push(name);
        }
    }
    Ok(found)
}

/// Names of what stands in CUPS's directory for documents, and in that for temporary files.
fn spooled(lab: &Lab) -> io::Result<Vec<String>> {
    let mut all = Vec::new();
    files(&lab.path("spool"), &mut all)?;
    files(&lab.path("tmp"), &mut all)?;
    Ok(all.iter().map(|p| p.to_string_lossy().into_owned()).collect())
}

pub(crate) fn no_name_of_ours_reaches_cups_or_the_printer(lab: &mut Lab) -> io::Result<()> {
    let file = document(lab)?;
    lab.print(PAPER, &[&file, "--copies", "2", "--pages", "1", "--paper", "letter"])?
        .expect("DONE");
    lab.print(CABLE, &[&file])?.expect("DONE");
    let exchanges = lab.recorder.take();
    let made = exchanges.iter().filter(|e| e.operation() == CREATE_JOB).count();
    let sent = exchanges.iter().filter(|e| e.operation() == SEND_DOCUMENT).count();
    assert_eq!((made, sent), (2, 2), "both jobs were recorded");
    for exchange in &exchanges {
        for (name, value) in exchange.attributes() {
            assert!(ALLOWED.contains(&name.as_str()), "{name}");
            match name.as_str() {
                "requesting-user-name" => assert_eq!(value, b"anonymous"),
                "job-name" => assert_eq!(value, b"document"),
                "job-sheets" => assert_eq!(value, b"none"),
                _ => {}
            }
        }
        for secret in [NAME, "sd-export", "nobody", ".txt"] {
            assert!(!holds(&exchange.asked, secret.as_bytes()), "{secret} was told to CUPS");
        }
    }
    heard_nothing(lab)
}

/// The printers heard of "document" and "anonymous", and of nothing of ours.
fn heard_nothing(lab: &Lab) -> io::Result<()> {
    let mut heard = Vec::new();
    files(&lab.path("heard"), &mut heard)?;
    assert!(heard.len() >= 2, "both printers heard of a job");
    for file in heard {
        let said = fs::read_to_string(file)?;
        assert!(said.contains("document") && said.contains("anonymous"), "{said}");
        assert!(!said.contains(NAME) && !said.contains("clean"), "{said}");
    }
    Ok(())
}

pub(crate) fn nothing_of_a_document_is_left_after_its_job(lab: &mut Lab) -> io::Result<()> {
    let file = document(lab)?;
    let before = spooled(lab)?;
    // While it is at the printer it is in the spool: the search finds what is there.
    lab.mode("ipp", "media-empty-error")?;
    let child = lab.start_print(PAPER, &[&file])?;
    until("the document in the spool", || with(lab, MARK).is_ok_and(|found| !found.is_empty()))?;
    lab.mode("ipp", "")?;
    Ran::of(&child.wait_with_output()?).expect("DONE");
    assert_eq!(with(lab, MARK)?, Vec::<String>::new());
    assert_eq!(with(lab, NAME)?, Vec::<String>::new());
    assert_eq!(spooled(lab)?, before);
    Ok(())
}

pub(crate) fn nothing_is_left_of_a_job_that_was_cancelled(lab: &mut Lab) -> io::Result<()> {
    let file = document(lab)?;
    let before = spooled(lab)?;
    lab.mode("usb", "media-jam-error")?;
    let child = lab.start_print(CABLE, &[&file])?;
    until("the document in the spool", || with(lab, MARK).is_ok_and(|found| !found.is_empty()))?;
    let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    kill_process(pid.ok_or(io::ErrorKind::NotFound)?, Signal::TERM)?;
    let ran = Ran::of(&child.wait_with_output()?).expect("PRINT_CANCELLED");
    assert_eq!(ran.file(0)["spool"], "gone", "{ran:?}");
    assert_eq!(with(lab, MARK)?, Vec::<String>::new());
    assert_eq!(spooled(lab)?, before);
    Ok(())
}

pub(crate) fn root_looks_into_the_spool_as_well(lab: &mut Lab) -> io::Result<()> {
    let file = document(lab)?;
    let ordinary = lab.print(CABLE, &[&file])?.expect("DONE");
    assert_eq!(ordinary.file(0)["directory_seen"], false, "{ordinary:?}");
    let theirs = lab.printing(CABLE, &[&file]);
    let mut root = Command::new(theirs.get_program());
    root.args(theirs.get_args()).current_dir(lab.path("desk"));
    let seen = Ran::of(&root.output()?).expect("DONE");
    assert_eq!(seen.file(0)["directory_seen"], true, "{seen:?}");
    Ok(())
}

pub(crate) fn a_purge_that_did_not_work_is_said(lab: &mut Lab) -> io::Result<()> {
    let file = document(lab)?;
    lab.recorder.lose(Some(b"purge-job"));
    let ran = lab.print(PAPER, &[&file])?.expect("SPOOL_KEPT");
    assert_eq!(ran.file(0)["outcome"], "printed", "{ran:?}");
    assert_eq!(ran.file(0)["spool"], "may_remain", "{ran:?}");
    assert!(!with(lab, MARK)?.is_empty(), "and there it is");
    Ok(())
}
