//! Mails: what servers and programs wrote is gone, what persons wrote is still there.
#![allow(clippy::expect_used, clippy::format_collect, reason = "tests")]

mod common;

use common::mail::read;
use common::{Dice, find_canary, found, mail, stay_clean};
use sd_scrub::{Choices, Detected, Format, Limits, Refusal, Report, Unclean, detect};

fn clean(bytes: &[u8]) -> (Vec<u8>, Report) {
    let (bytes, report) = common::clean(bytes);
    assert_eq!(report.format, Format::Eml);
    (bytes, report)
}

#[test]
fn a_mail_keeps_its_words_and_loses_everything_else() {
    let (bytes, report) = clean(&mail::planted());
    let said = read(&bytes);
    assert!(find_canary(said.as_bytes()).is_none() && !said.contains("DEFECT"), "{said}");
    for line in [
        "0 From | KEEP-Jäne of Doe <jane@keep.example>",
        "0 To | \"KEEP, John\" <john@keep.example>, third@keep.example",
        "0 Cc | fourth@keep.example",
        "0 Subject | KEEP subject € more",
        "0 Date | Mon, 23 Nov 2026 01:02:03 +0100",
        "0 text/plain None 52 b'KEEP words \\xe2\\x82\\xac and soft hyphens.\\r\\nKEEP second line\\r\\n'",
        "0 image/png KEEP-picture.png",
        "0 text/plain KEEP-ä.txt 19 b'KEEP attached words'",
        "1 From | KEEP-inner <inner@keep.example>",
        "1 Subject | KEEP inner subject",
        "1 text/plain None 18 b'KEEP inner words\\r\\n'",
    ] {
        assert!(said.contains(line), "{line}: {said}");
    }
    for place in [
        "header received",
        "header message-id",
        "header x-originating-ip",
        "header bcc",
        "header dkim-signature",
        "header x-mailer",
        "the same text as a page",
        "digital signature",
        "report of a mail server",
        "text in front of the parts",
        "bytes behind the parts",
        "zero-width characters",
        "soft hyphens",
        "mail 3: header received",
        "KEEP-picture.png: ",
        "From",
        "name of an attachment",
    ] {
        assert!(found(&report, place), "{place}: {report:#?}");
    }
}

#[test]
fn a_plain_mail_stays_plain() {
    let (bytes, _) = clean(&mail::plain());
    let text = String::from_utf8(bytes).expect("ASCII");
    let wanted = "MIME-Version: 1.0\r\nFrom: <jane@keep.example>\r\nTo: \"KEEP\" <john@keep.example>\r\nSubject: KEEP subject\r\n\
                  Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nKEEP words\r\n> KEEP quoted\r\n";
    assert_eq!(text, wanted);
}

#[test]
fn a_text_that_is_only_a_page_becomes_an_attachment() {
    let page = "<html><head><script>CANARY</script></head><body onload=CANARY>\
                <p>KEEP words <img src=http://a.example/CANARY.gif><a href=https://keep.example>KEEP link</a></p></body></html>";
    for headers in ["Content-Type: text/html", "Content-Type: text/html; charset=utf-8"] {
        let (bytes, report) = clean(&message(headers, page));
        let read = mail::read(&bytes);
        assert!(read.contains("page.html") && read.contains("KEEP words"), "{read}");
        assert!(read.contains("https://keep.example") && !read.contains("CANARY"), "{read}");
        assert!(found(&report, "text that is there only as a page (HTML)"), "{report:#?}");
    }
}

fn message(headers: &str, body: &str) -> Vec<u8> {
    format!("From: <a@b>\r\nMIME-Version: 1.0\r\n{headers}\r\n\r\n{body}").into_bytes()
}

#[test]
fn what_cannot_be_cleaned_is_named() {
    for (headers, body, word) in [
        ("Content-Type: multipart/encrypted; boundary=b", "--b\r\n\r\n--b--", "encrypted"),
        ("Content-Type: application/pkcs7-mime; smime-type=enveloped-data", "AAAA", "encrypted"),
        (
            "Content-Type: application/pkcs7-mime; smime-type=signed-data",
            "AAAA",
            "inside its signature",
        ),
        ("Content-Type: text/plain", "-----BEGIN PGP MESSAGE-----\r\n", "encrypted"),
        ("Content-Type: text/plain; charset=iso-2022-jp", "x", "charset iso-2022-jp"),
        ("Content-Type: multipart/mixed; boundary=b", "--b\r\n\r\nx", "cut off"),
        ("Content-Type: multipart/mixed", "x", "without a boundary"),
        ("Content-Transfer-Encoding: x-uuencode", "x", "encoded in an unknown way"),
        ("Content-Transfer-Encoding: base64", "A?", "cannot be decoded"),
        ("Content-Type: text/plain\r\nContent-Type: text/html", "x", "two different headers"),
        ("Content-Type: application/x-y; name=a.exe", "MZ\u{1}\u{2}", "a.exe"),
    ] {
        let why = common::scrub(&message(headers, body)).expect_err(headers);
        assert!(why.to_string().contains(word), "{headers}: {why}");
    }
    let parts = "--b\r\n\r\nwords\r\n--b\r\nContent-Disposition: attachment; filename=a.exe\r\n\r\nMZ\u{1}\r\n--b--";
    let bytes = message("Content-Type: multipart/mixed; boundary=b", parts);
    let leave = Choices { unclean: Unclean::LeaveOut, ..Choices::default() };
    let done = sd_scrub::scrub_with(&bytes, &Limits::default(), leave).expect("without it");
    assert!(read(&done.bytes).contains("words") && found(&done.report, "a.exe"));
}

#[test]
fn parts_are_read_by_what_they_say_they_are() {
    let digest = "--b\r\n\r\nReceived: CANARY\r\nFrom: <c@d>\r\n\r\nwords\r\n--b--\r\n";
    let (bytes, report) = clean(&message("Content-Type: multipart/digest; boundary=b", digest));
    assert!(read(&bytes).contains("1 From | c@d") && found(&report, "mail 1: header received"));
    let mut letter = message("Content-Type: text/plain; charset=koi8-r; name=a.txt", "");
    letter.extend_from_slice(b"\xd0\xd2\xc9");
    let (bytes, _) = clean(&letter);
    let said = read(&bytes);
    assert!(said.contains("a.txt 6 b'\\xd0\\xbf\\xd1\\x80\\xd0\\xb8'"), "{said}");
    let twice = "--b\r\nContent-Type: text/plain; name=a.txt\r\n\r\none\r\n".repeat(3);
    let (bytes, _) =
        clean(&message("Content-Type: multipart/mixed; boundary=b", &(twice + "--b--\r\n")));
    let said = read(&bytes);
    assert!(said.contains("a (2).txt") && said.contains("a (3).txt"), "{said}");
}

#[test]
fn many_marks_that_mean_nothing_take_no_time() {
    let words = format!("Subject: {}\r\nMIME-Version: 1.0\r\n\r\nx", "=?a?B?".repeat(100_000));
    assert!(common::scrub(words.as_bytes()).is_ok());
    let one = "--b\r\nContent-Type: text/plain; name=a.txt\r\n\r\none\r\n".repeat(5_000);
    let many = message("Content-Type: multipart/mixed; boundary=b", &(one + "--b--\r\n"));
    assert!(common::scrub(&many).is_ok());
    let styles: String = (0..200_000).map(|n| format!("{{\\s{n} x;}}")).collect();
    assert!(common::scrub(format!("{{\\rtf1{{\\stylesheet{styles}}}}}").as_bytes()).is_ok());
}

#[test]
fn mails_in_mails_end() {
    let mut inner = b"From: <a@b>\r\n\r\nwords\r\n".to_vec();
    for _ in 0..30 {
        inner = [
            b"From: <a@b>\r\nMIME-Version: 1.0\r\nContent-Type: message/rfc822\r\n\r\n",
            inner.as_slice(),
        ]
        .concat();
    }
    let why = common::scrub(&inner).expect_err("too deep");
    assert!(matches!(why.reason(), Refusal::TooLarge { .. }), "{why}");
    let mut parts = "words".to_owned();
    for n in 0..200 {
        parts = format!(
            "Content-Type: multipart/mixed; boundary=b{n}x\r\n\r\n--b{n}x\r\n{parts}\r\n--b{n}x--\r\n"
        );
    }
    let why =
        common::scrub(format!("MIME-Version: 1.0\r\n{parts}").as_bytes()).expect_err("too deep");
    assert!(matches!(why.reason(), Refusal::TooLarge { .. }), "{why}");
}

#[test]
fn mailboxes_and_outlook_files_lead_on() {
    let store = [
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".as_slice(),
        &[0; 512],
        &wide("__properties_version1.0"),
    ]
    .concat();
    for (bytes, word) in [
        ([b"From jane Mon Nov 23 01:02:03 2026\n".as_slice(), &mail::plain()].concat(), "MBOX"),
        (b"!BDN\0\0\0\0".to_vec(), "PST"),
        (store, "Outlook message"),
    ] {
        assert!(
            matches!(detect(&bytes), Detected::Unknown(kind) if kind.contains(word) && kind.contains("EML"))
        );
    }
}

fn wide(name: &str) -> Vec<u8> {
    let mut out: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
    out.resize(128, 0);
    out
}

/// Changes lines, not only bytes.
fn mutate(bytes: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut lines: Vec<Vec<u8>> =
        bytes.split_inclusive(|b| *b == b'\n').map(<[u8]>::to_vec).collect();
    for _ in 0..=dice.roll(3) {
        let (one, other) = (dice.roll(lines.len()), dice.roll(lines.len()));
        match dice.roll(5) {
            0 => drop(lines.remove(one)),
            1 => lines.swap(one, other),
            2 => {
                let copy = lines[other].clone();
                lines.insert(one, copy);
            }
            _ => common::mutants::bytes(&mut lines[one], dice),
        }
        if lines.is_empty() {
            lines.push(b"\n".to_vec());
        }
    }
    lines.concat()
}

#[test]
fn changed_mails_never_panic_and_come_out_clean() {
    let fixture = mail::planted();
    let mut dice = Dice::new(9_000);
    let cleaned = stay_clean(
        "mail",
        800,
        |_| mutate(&fixture, &mut dice),
        |n, done| {
            if done.report.format == Format::Eml {
                let text = String::from_utf8_lossy(&done.bytes).to_ascii_lowercase();
                let text = text.split("\r\n\r\n").next().unwrap_or_default();
                for gone in ["\nreceived:", "\nmessage-id:", "\nx-", "\ndkim", "\nbcc:"] {
                    assert!(!text.contains(gone), "copy {n}: {gone}");
                }
            }
        },
    );
    assert!(cleaned > 60, "{cleaned}");
}
