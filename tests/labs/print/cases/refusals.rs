//! What is given to nobody.

use std::io;

use crate::documents;
use crate::lab::{CABLE, Lab, PAPER};

/// Queues beside the two on cables, and what is said of each.
const ELSEWHERE: &[(&str, &str, &str)] = &[
    ("jet", "socket://192.0.2.9:9100", "a network printer (socket)"),
    ("line", "lpd://192.0.2.9/queue", "a network printer (lpd)"),
    ("share", "smb://192.0.2.9/printer", "a network printer (smb)"),
    ("office", "ipp://192.0.2.9/ipp/print", "a network printer (ipp://192.0.2.9)"),
    ("disguise", "ipp://localhost@192.0.2.9/ipp/print", "a network printer"),
    ("near", "dnssd://Lab._ipp._tcp.local/", "announced name"),
    ("air", "bluetooth://0123456789ab/spp", "radio"),
    ("file", "cups-pdf:/", "writes files"),
];

pub(crate) fn printers_that_are_not_on_a_cable_are_refused_by_name(
    lab: &mut Lab,
) -> io::Result<()> {
    let picture = lab.put_clean("squares.png", &documents::squares()?)?;
    for (queue, uri, _) in ELSEWHERE {
        lab.admin("lpadmin", &["-p", queue, "-E", "-v", uri])?;
    }
    let outcome = refused(lab, &picture);
    for (queue, _, _) in ELSEWHERE {
        lab.admin("lpadmin", &["-x", queue])?;
    }
    outcome
}

fn refused(lab: &Lab, picture: &str) -> io::Result<()> {
    let socket = lab.path("recorded.sock").to_string_lossy().into_owned();
    let listed = lab.run(&["printers", "--cups", &socket])?.expect("DONE");
    let printers = &listed.report["report"]["printers"];
    let printers = printers.as_array().map(Vec::as_slice).unwrap_or_default();
    assert_eq!(printers.len(), ELSEWHERE.len() + 2, "{listed:?}");
    for printer in printers {
        let name = printer["name"].as_str().unwrap_or_default();
        let fits = [PAPER, CABLE].contains(&name);
        assert_eq!(printer["usable"], fits, "{printer}");
    }
    for (queue, _, why) in ELSEWHERE {
        let ran = lab.print(queue, &[picture])?.expect("PRINTER_REFUSED");
        let error = ran.report["error"].to_string();
        assert!(error.contains(queue) && error.contains(why), "{error}");
    }
    // Without a name: USB comes before loopback, and nothing else counts.
    let args = ["print", "--dry-run", picture, "--cups", &socket];
    let planned = lab.run(&args)?.expect("DONE");
    assert_eq!(planned.report["report"]["printer"], CABLE, "{planned:?}");
    lab.print("nowhere", &[picture])?.expect("NO_PRINTER");
    assert!(lab.delivered("refused")?.is_empty());
    Ok(())
}

pub(crate) fn a_paused_queue_is_given_nothing(lab: &mut Lab) -> io::Result<()> {
    let picture = lab.put_clean("squares.png", &documents::squares()?)?;
    lab.admin("cupsdisable", &[PAPER])?;
    lab.print(PAPER, &[&picture])?.expect("PRINTER_PAUSED");
    assert!(lab.recorder.take().iter().all(|e| e.operation() == 0x4002), "only a list was asked");
    Ok(())
}

pub(crate) fn what_is_not_clean_or_not_printable_is_given_to_nobody(
    lab: &mut Lab,
) -> io::Result<()> {
    let picture = lab.put_clean("squares.png", &documents::squares()?)?;
    lab.put("unclean.txt", "a mark nobody sees\u{200b}\n".as_bytes())?;
    lab.put("archive.zip", b"PK\x03\x04\x14\0\0\0\0\0nothing more")?;
    let unclean = lab.print(PAPER, &[&picture, "unclean.txt"])?.expect("NOT_CLEAN");
    assert_eq!(unclean.report["hint"][1], "scrub", "{unclean:?}");
    lab.print(PAPER, &["archive.zip", "--as-is"])?.expect("UNPRINTABLE");
    assert!(lab.recorder.take().iter().all(|e| e.operation() == 0x4002), "only a list was asked");
    let as_is = lab.print(PAPER, &["unclean.txt", "--as-is"])?.expect("DONE");
    assert!(as_is.talk.contains("AS IS"), "{as_is:?}");
    Ok(())
}

pub(crate) fn a_printing_system_that_is_not_there_is_named(lab: &mut Lab) -> io::Result<()> {
    let socket = lab.path("nobody.sock").to_string_lossy().into_owned();
    let ran = lab.run(&["printers", "--cups", &socket])?.expect("PRINTING_UNAVAILABLE");
    assert_eq!(ran.code, Some(11));
    Ok(())
}
