//! What goes wrong, each told apart.

use std::fs;
use std::io;
use std::process::Child;

use rustix::process::{Pid, Signal, kill_process};

use crate::documents;
use crate::lab::{CABLE, Lab, PAPER};
use crate::process::{Ran, until};

/// A document for a case that is not about it.
fn document(lab: &Lab) -> io::Result<String> {
    lab.put_clean("squares.png", &documents::squares()?)
}

/// Waits until a printer is at work on a job.
fn at_the_printer(lab: &Lab) -> io::Result<()> {
    let heard = lab.path("heard");
    until("a job at the printer", || fs::read_dir(&heard).is_ok_and(|mut d| d.next().is_some()))
}

fn ended(child: Child) -> io::Result<Ran> {
    Ok(Ran::of(&child.wait_with_output()?))
}

/// Fails unless the only file failed with this status and nothing of it stayed.
#[track_caller]
fn failed(ran: Ran, status: &str) -> Ran {
    let ran = ran.expect(status);
    assert_eq!(ran.file(0)["outcome"], "failed", "{ran:#?}");
    assert_eq!(ran.file(0)["spool"], "gone", "{ran:#?}");
    ran
}

pub(crate) fn a_printer_out_of_paper_is_told_and_goes_on_when_it_is_loaded(
    lab: &mut Lab,
) -> io::Result<()> {
    let file = document(lab)?;
    lab.mode("ipp", "media-empty-error")?;
    let child = lab.start_print(PAPER, &[&file])?;
    at_the_printer(lab)?;
    std::thread::sleep(std::time::Duration::from_secs(8));
    lab.mode("ipp", "")?;
    let ran = ended(child)?.expect("DONE");
    assert!(ran.talk.contains("it is out of paper: load paper"), "{ran:?}");
    assert_eq!(lab.delivered("loaded")?.len(), 1);
    Ok(())
}

pub(crate) fn a_printer_that_stays_out_of_paper_ends_at_the_limit(lab: &mut Lab) -> io::Result<()> {
    let file = document(lab)?;
    lab.mode("ipp", "media-empty-error")?;
    let second = lab.put_clean("lines.txt", &documents::text(1))?;
    let ran = failed(lab.print(PAPER, &[&file, &second, "--patience", "8"])?, "PRINTER_WAITS");
    assert_eq!(ran.file(0)["reason"], "paper", "{ran:?}");
    assert_eq!(ran.file(1)["outcome"], "not_sent", "{ran:?}");
    lab.switch_off();
    Ok(())
}

pub(crate) fn a_printer_that_is_off_is_told_apart(lab: &mut Lab) -> io::Result<()> {
    let file = document(lab)?;
    lab.switch_off();
    // Whatever CUPS still holds of an earlier job: it is not taken for the fault.
    failed(lab.print(PAPER, &[&file, "--patience", "6"])?, "PRINTER_OFFLINE");
    Ok(())
}

pub(crate) fn a_job_cancelled_in_the_queue_is_told_apart(lab: &mut Lab) -> io::Result<()> {
    let file = document(lab)?;
    lab.mode("usb", "media-jam-error")?;
    let child = lab.start_print(CABLE, &[&file])?;
    at_the_printer(lab)?;
    lab.admin("cancel", &["-a", CABLE])?;
    let ran = failed(ended(child)?, "PRINT_CANCELLED");
    let message = ran.file(0)["message"].to_string();
    assert!(message.contains("somebody cancelled it"), "{ran:?}");
    Ok(())
}

pub(crate) fn an_interrupt_cancels_the_job(lab: &mut Lab) -> io::Result<()> {
    let file = document(lab)?;
    let second = lab.put_clean("lines.txt", &documents::text(1))?;
    lab.mode("usb", "media-jam-error")?;
    let child = lab.start_print(CABLE, &[&file, &second])?;
    at_the_printer(lab)?;
    let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    kill_process(pid.ok_or(io::ErrorKind::NotFound)?, Signal::INT)?;
    let ran = failed(ended(child)?, "PRINT_CANCELLED");
    assert!(ran.file(0)["message"].to_string().contains("you stopped it"), "{ran:?}");
    assert_eq!(ran.file(1)["outcome"], "not_sent", "{ran:?}");
    assert!(lab.delivered("interrupted")?.is_empty(), "nothing was printed");
    Ok(())
}

pub(crate) fn a_document_that_no_filter_can_read_is_told_apart(lab: &mut Lab) -> io::Result<()> {
    lab.put("broken.pdf", b"%PDF-1.4\nnothing of a document\n%%EOF\n")?;
    let ran = lab.print(PAPER, &["broken.pdf", "--as-is", "--patience", "20"])?;
    failed(ran, "PRINT_FAILED");
    Ok(())
}

pub(crate) fn each_reason_of_a_usb_printer_is_told_apart(lab: &mut Lab) -> io::Result<()> {
    let file = document(lab)?;
    for (keyword, status, reason) in [
        ("media-jam-error", "PRINTER_WAITS", "jam"),
        ("door-open-error", "PRINTER_WAITS", "door"),
        ("toner-empty-error", "PRINTER_WAITS", "toner"),
        ("offline-report", "PRINTER_OFFLINE", "offline"),
        ("other", "PRINTER_WAITS", "other"),
        ("cups-missing-filter-warning", "PRINT_FAILED", "driver"),
    ] {
        lab.new_cable()?;
        lab.mode("usb", keyword)?;
        let ran = failed(lab.print(CABLE, &[&file, "--patience", "12"])?, status);
        assert_eq!(ran.file(0)["reason"], reason, "{keyword}: {ran:?}");
        lab.mode("usb", "")?;
    }
    Ok(())
}

pub(crate) fn a_printer_that_asks_for_a_password_is_told_apart(lab: &mut Lab) -> io::Result<()> {
    let file = document(lab)?;
    // The exit codes of CUPS's backends: 2 wants a login, 3 holds the job, 4 stops the queue.
    for (mode, status, words) in [
        ("exit-2", "PRINTER_REFUSED", "asks for a password"),
        ("exit-3", "PRINTER_PAUSED", "holds jobs back"),
        ("exit-4", "PRINTER_PAUSED", "its queue is paused"),
    ] {
        lab.mode("usb", mode)?;
        let ran = failed(lab.print(CABLE, &[&file, "--patience", "8"])?, status);
        assert!(ran.file(0)["message"].to_string().contains(words), "{mode}: {ran:?}");
        lab.mode("usb", "")?;
    }
    Ok(())
}

pub(crate) fn talk_of_a_driver_is_no_complaint(lab: &mut Lab) -> io::Result<()> {
    let file = document(lab)?;
    lab.mode("usb", "talk")?;
    lab.print(CABLE, &[&file])?.expect("DONE");
    assert_eq!(lab.delivered("talk")?.len(), 1);
    Ok(())
}

pub(crate) fn completed_with_a_complaint_is_not_called_printed(lab: &mut Lab) -> io::Result<()> {
    let file = document(lab)?;
    lab.mode("usb", "complain")?;
    let ran = failed(lab.print(CABLE, &[&file])?, "PRINT_FAILED");
    let message = ran.file(0)["message"].to_string();
    assert!(message.contains("CUPS calls it done"), "{ran:?}");
    assert!(message.contains("Unable to add document"), "{ran:?}");
    Ok(())
}

pub(crate) fn a_printer_that_refuses_the_document_has_not_printed(lab: &mut Lab) -> io::Result<()> {
    let file = document(lab)?;
    // A printer without room takes the job and refuses its document.
    fs::remove_dir_all(lab.path("printer"))?;
    let ran = lab.print(PAPER, &[&file, "--patience", "10"])?;
    lab.switch_off();
    // CUPS stops the queue, or calls the driver broken: that is its choice.
    assert_eq!(ran.file(0)["outcome"], "failed", "{ran:?}");
    assert_eq!(ran.file(0)["spool"], "gone", "{ran:?}");
    assert!(lab.delivered("refusing")?.is_empty());
    Ok(())
}
