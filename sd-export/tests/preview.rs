//! `sd-export preview`: pictures of documents, and names for what is never opened.
#![expect(clippy::expect_used, reason = "a test that cannot be set up fails")]

mod common;

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use common::files::{self, holds};
use common::{Ran, Scratch, names, run};

/// What a submission of 2017 did: it signed with the newsroom's key and showed a QR code.
const LAUNCHER: &str = "[Desktop Entry]\nType=Application\nName=statement.pdf\nIcon=x-office-document\n\
    Terminal=false\nExec=sh -c 'gpg --sign /tmp/x; eog /tmp/code.png'\n";

fn preview(at: &Scratch, files: &[&str]) -> Ran {
    if !at.names().contains(&"shelf".to_owned()) {
        at.sub("shelf");
    }
    run(at, &[&["preview", "--to", "shelf"], files].concat())
}

fn mode(path: &Path) -> u32 {
    path.metadata().expect("there").permissions().mode() & 0o7777
}

/// Names in the only preview.
fn shelf(at: &Scratch) -> Vec<String> {
    names(&at.dir.sub("shelf").expect("there").sub("preview-0001").expect("there"))
}

#[test]
fn pictures_stand_in_a_directory_that_only_the_user_can_read() {
    let at = Scratch::new();
    let text = "BT /F1 24 Tf 30 240 Td (Look at this) Tj ET";
    at.put("a.pdf", &files::pages(&[text, text], ""));
    at.put("b.png", &files::png());
    at.put("c.jpg", &files::jpeg());
    at.put("d.txt", &files::text());
    let ran = preview(&at, &["a.pdf", "b.png", "c.jpg", "d.txt"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.talk);
    assert!(ran.out.contains("2 pages: 001-001.png to 001-002.png"), "{}", ran.out);
    assert!(ran.out.contains("open: shelf/preview-0001/index.html\n"), "{}", ran.out);
    assert!(ran.talk.contains("sd-export preview --clear --to shelf"), "{}", ran.talk);
    let pictures = ["001-001.png", "001-002.png", "002-001.png", "003-001.png", "004-001.png"];
    assert_eq!(shelf(&at), [&pictures[..], &["index.html"]].concat());
    let dir = at.path().join("shelf/preview-0001");
    assert_eq!(mode(&dir), 0o700);
    for name in shelf(&at) {
        assert_eq!(mode(&dir.join(&name)), 0o600, "{name}");
    }
    for name in pictures {
        let (width, pixels) = files::pixels(&at.get(&format!("shelf/preview-0001/{name}")));
        assert!(width > 0 && !pixels.is_empty());
    }
    let (_, page) = files::pixels(&at.get("shelf/preview-0001/001-001.png"));
    assert!(page.iter().filter(|value| **value < 50).count() > 500, "the letters are drawn");
}

#[test]
fn the_contact_sheet_holds_pixels_and_escaped_text_and_nothing_else() {
    let at = Scratch::new();
    let hostile = "<img src=x onerror=alert(1)>\u{202e}\"'&.txt";
    at.put(hostile, b"text");
    let link = "/Annots [<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] \
                /A << /S /URI /URI (https://evil.example/) >> >>]";
    at.put("a.pdf", &files::pages(&["0 0 50 50 re f"], link));
    assert_eq!(preview(&at, &["a.pdf", hostile]).code, 0);
    let sheet = String::from_utf8(at.get("shelf/preview-0001/index.html")).expect("text");
    let policy = "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
                  img-src data:; style-src 'unsafe-inline'\">";
    assert!(sheet.contains(policy));
    let name = r"<h2>&lt;img src=x onerror=alert(1)&gt;\u{202e}&quot;&#39;&amp;.txt</h2>";
    assert!(sheet.contains(name), "the name is text");
    for trace in ["<script", "<a ", "href", "<img src=x", "http:", "https:", "url(", "\u{202e}"] {
        assert!(!sheet.contains(trace), "{trace}");
    }
    assert_eq!(
        sheet.matches("src=\"data:image/png;base64,").count(),
        sheet.matches("<img").count()
    );
}

#[test]
fn a_launcher_is_named_for_what_it_is_and_opened_by_nothing() {
    let at = Scratch::new();
    at.put("statement.pdf", LAUNCHER.as_bytes());
    at.put("statement.desktop", LAUNCHER.as_bytes());
    for name in ["statement.pdf", "statement.desktop"] {
        let ran = preview(&at, &[name]);
        assert_eq!(ran.code, 1, "{}", ran.out);
        let words = "desktop launcher: not opened; it can start a program when it is opened\n";
        assert!(ran.out.starts_with(&format!("{name}: {words}")), "{}", ran.out);
        assert!(ran.talk.starts_with("NOT_SHOWN: "), "{}", ran.talk);
        for verb in [&["scrub", name][..], &["scrub", "--rebuild", name], &["inspect", name]] {
            let ran = run(&at, verb);
            assert_eq!(ran.code, 1, "{verb:?}");
            assert!(ran.out.contains("desktop launcher"), "{}", ran.out);
        }
        assert_eq!(mode(&at.path().join(name)) & 0o111, 0, "never executable");
    }
    // No copy, no picture, no empty preview.
    assert_eq!(at.names(), ["shelf", "statement.desktop", "statement.pdf"]);
    assert_eq!(names(&at.dir.sub("shelf").expect("there")), Vec::<String>::new());
}

#[test]
fn what_is_never_opened_is_named_beside_what_is_shown() {
    let at = Scratch::new();
    at.put("a.txt", b"text");
    at.put("b.jpg", b"\x7fELF\x02\x01\x01\0");
    at.put("c.pdf", b"MZ\x90\0");
    at.put("d.txt", b"#!/bin/sh\nid\n");
    at.put("e.png", b"<html><script>1</script></html>");
    at.put("f.doc", b"PK\x03\x04....word/document.xml....word/vbaProject.bin");
    at.put("g.url", b"[InternetShortcut]\nURL=file:///etc/passwd\n");
    let ran = preview(&at, &["a.txt", "b.jpg", "c.pdf", "d.txt", "e.png", "f.doc", "g.url"]);
    assert_eq!(ran.code, 4, "{}", ran.out);
    let sheet = String::from_utf8(at.get("shelf/preview-0001/index.html")).expect("text");
    for kind in [
        "ELF program",
        "Windows program",
        "script",
        "HTML page",
        "Office document with macros",
        "web shortcut",
    ] {
        let words = format!("{kind}: not opened; it can");
        assert!(ran.out.contains(&words) && sheet.contains(&words), "{kind}: {}", ran.out);
    }
    assert_eq!(shelf(&at), ["001-001.png", "index.html"]);
}

#[test]
fn a_qr_code_is_pointed_out_in_every_kind_of_document() {
    let at = Scratch::new();
    let (width, rgb) = files::qr_code(6);
    at.put("a.png", &files::picture(width, &rgb));
    at.put("b.jpg", &files::photo(width, &rgb));
    let (small, rgb) = files::qr_code(1);
    let dots = (0..small * small).filter(|n| rgb[3 * n] == 0);
    let boxes: Vec<String> =
        dots.map(|n| format!("{} {} 2 2 re f", n % small * 2, 300 - n / small * 2)).collect();
    at.put("c.pdf", &files::pages(&["0 0 50 50 re f", &boxes.join("\n")], ""));
    at.put("d.pdf", &files::pages(&["BT /F1 24 Tf 30 240 Td (No code here) Tj ET"], ""));
    let ran = preview(&at, &["a.png", "b.jpg", "c.pdf", "d.pdf"]);
    assert_eq!(ran.code, 0, "{}", ran.out);
    let warnings: Vec<&str> = ran.out.lines().filter(|l| l.contains("QR code")).collect();
    assert_eq!(
        warnings,
        [
            "  warning     QR code on page 1: do not scan it",
            "  warning     QR code on page 1: do not scan it",
            "  warning     QR code on page 2: do not scan it",
        ]
    );
    assert!(!ran.out.contains("evil.example"), "what it says is not read");
    assert!(holds(&at.get("shelf/preview-0001/index.html"), "QR code on page 2: do not scan it"));
}

#[test]
fn a_long_document_is_shown_in_part_and_says_so() {
    let at = Scratch::new();
    at.put("a.pdf", &files::pages(&["0 0 50 50 re f"; 60], ""));
    let ran = preview(&at, &["a.pdf"]);
    assert!(ran.out.contains("50 pages of 60: 001-001.png to 001-050.png"), "{}", ran.out);
}

#[test]
fn clearing_removes_previews_and_leaves_everything_else() {
    let at = Scratch::new();
    at.put("a.txt", b"text");
    assert_eq!(preview(&at, &["a.txt"]).code, 0);
    assert_eq!(preview(&at, &["a.txt"]).code, 0);
    let shelf = at.dir.sub("shelf").expect("there");
    shelf.make_sub("preview-0003").expect("made").write_new("notes.txt", b"mine").expect("free");
    shelf.write_new("other", b"mine").expect("free");
    let ran = run(&at, &["preview", "--clear", "--to", "shelf"]);
    assert_eq!(ran.code, 4, "{}", ran.talk);
    assert!(ran.out.contains("preview-0003: holds files that are not of a preview"), "{}", ran.out);
    assert!(ran.out.ends_with("2 previews removed\n"), "{}", ran.out);
    assert_eq!(names(&shelf), ["other", "preview-0003"]);
    shelf.remove_tree("preview-0003", 0).expect("removed");
    let ran = run(&at, &["preview", "--clear", "--to", "shelf"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, "0 previews removed\n"), "{}", ran.talk);
}

#[test]
fn without_a_directory_a_preview_is_in_the_session_s_own() {
    let at = Scratch::new();
    at.put("a.txt", b"text");
    let program = env!("CARGO_BIN_EXE_sd-export");
    let mut command = common::command(program, at.path(), &["preview", "a.txt"]);
    let output = command.env("XDG_RUNTIME_DIR", at.path()).output().expect("it starts");
    assert!(output.status.success());
    let place = at.dir.sub("sneakernet/preview-0001").expect("made");
    assert_eq!(names(&place), ["001-001.png", "index.html"]);
    assert_eq!(mode(&at.path().join("sneakernet")), 0o700);
    let mut command = common::command(program, at.path(), &["preview", "a.txt"]);
    let output = command.env_remove("XDG_RUNTIME_DIR").output().expect("it starts");
    assert_eq!(output.status.code(), Some(2), "no place is made up");
}
