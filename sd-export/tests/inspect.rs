//! `sd-export inspect`: what files hold, and nothing written.

mod common;

use common::{Scratch, files, run};

#[test]
fn what_a_picture_holds_is_listed_by_class_and_nothing_is_written() {
    let at = Scratch::new();
    at.put("photo.jpg", &files::jpeg());
    let ran = run(&at, &["inspect", "photo.jpg"]);
    assert_eq!(ran.code, 0, "{}", ran.talk);
    assert!(ran.out.starts_with("photo.jpg: JPEG picture, "), "{}", ran.out);
    for word in ["location", "device", "comment", "SpyCam 3000", "what stays in every JPEG"] {
        assert!(ran.out.contains(word), "{word}: {}", ran.out);
    }
    assert!(ran.out.lines().all(|l| l.chars().count() <= 80), "{}", ran.out);
    assert!(ran.talk.ends_with("hint: sd-export scrub photo.jpg\n"), "{}", ran.talk);
    assert_eq!(at.names(), ["photo.jpg"]);
    assert_eq!(at.get("photo.jpg"), files::jpeg());
}

#[test]
fn a_type_is_told_by_content_and_a_wrong_ending_is_named() {
    let at = Scratch::new();
    at.put("report.jpg", &files::png());
    let ran = run(&at, &["inspect", "report.jpg"]);
    assert_eq!(ran.code, 0, "{}", ran.talk);
    assert!(ran.out.contains("the ending is wrong: report.jpg is a PNG picture"), "{}", ran.out);
}

#[test]
fn the_json_face_is_one_object_with_a_version() {
    let at = Scratch::new();
    at.put("photo.jpg", &files::jpeg());
    at.put("notes.7z", &files::seven_zip());
    let ran = run(&at, &["inspect", "photo.jpg", "notes.7z", "--json"]);
    let value = ran.json();
    assert_eq!((ran.code, ran.talk.as_str()), (4, ""));
    assert_eq!(value["format"], "sneakernet-report");
    assert_eq!(value["command"], "sd-export inspect");
    assert_eq!(value["status"], "PART_DONE");
    let hint = ["sd-export", "scrub", "photo.jpg"];
    assert_eq!(value["hint"], serde_json::json!(hint), "what was refused is not in the hint");
    let files = &value["report"]["files"];
    assert_eq!(files[0]["outcome"], "inspected");
    assert_eq!(files[0]["report"]["format"], "jpeg");
    assert_eq!(files[0]["report"]["findings"][0]["fate"], "found");
    assert_eq!(files[1]["outcome"], "refused");
    assert_eq!(files[1]["status"], "UNSUPPORTED_TYPE");
}

#[test]
fn a_mistake_on_the_command_line_is_usage_in_both_faces() {
    let at = Scratch::new();
    let ran = run(&at, &["inspect"]);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert!(ran.talk.starts_with("error: USAGE: "), "{}", ran.talk);
    let ran = run(&at, &["inspect", "--json"]);
    assert_eq!((ran.code, ran.json()["status"].as_str()), (2, Some("USAGE")));
    let ran = run(&at, &["--help"]);
    assert!(ran.code == 0 && ran.out.contains("inspect") && ran.talk.is_empty());
}

#[test]
fn what_is_no_regular_file_is_refused_by_name() {
    let at = Scratch::new();
    std::os::unix::fs::symlink("/etc/passwd", at.path().join("link")).expect("a link");
    for (name, words) in [("link", "link: not a regular file"), ("gone", "gone: not found")] {
        let ran = run(&at, &["inspect", name]);
        assert_eq!(ran.code, 1);
        assert!(ran.out.contains(words), "{}", ran.out);
    }
}

#[test]
fn a_printers_dots_are_pointed_out_on_request_and_gone_from_a_rebuilt_copy() {
    let at = Scratch::new();
    at.put("scan.png", &files::scan(true));
    at.put("clean.png", &files::scan(false));
    let ran = run(&at, &["inspect", "scan.png"]);
    assert!(ran.code == 0 && !ran.out.contains("tracking dots:"), "{}", ran.out);
    let ran = run(&at, &["inspect", "--look", "scan.png", "clean.png", "--json"]);
    let dots = |ran: &common::Ran, n: usize| {
        let findings = ran.json()["report"]["files"][n]["report"]["findings"].clone();
        let findings = findings.as_array().cloned().unwrap_or_default();
        findings.iter().filter(|f| f["place"] == "tracking dots").count()
    };
    assert_eq!((ran.code, dots(&ran, 0), dots(&ran, 1)), (0, 1, 0), "{}", ran.out);
    assert_eq!(at.names(), ["clean.png", "scan.png"], "nothing is written");

    let ran = run(&at, &["inspect", "--look", "scan.png"]);
    assert!(ran.out.contains("tracking dots: page 1 (use scrub --rebuild)"), "{}", ran.out);

    // Cleaned as a picture it bears them still; rebuilt it does not.
    let ran = run(&at, &["scrub", "scan.png"]);
    assert_eq!(ran.code, 0, "{}", ran.out);
    let ran = run(&at, &["scrub", "--rebuild", "scan.png"]);
    assert_eq!(ran.code, 0, "{}", ran.out);
    let ran = run(&at, &["inspect", "--look", "scan.clean.png", "scan.rebuilt.pdf", "--json"]);
    assert_eq!((ran.code, dots(&ran, 0), dots(&ran, 1)), (0, 1, 0), "{}", ran.out);
}

#[test]
fn a_known_code_is_read_and_its_place_told_in_both_faces() {
    let at = Scratch::new();
    at.put("scan.png", &files::coded_scan(true));
    let ran = run(&at, &["inspect", "--look", "scan.png"]);
    assert_eq!(ran.code, 0, "{}", ran.talk);
    let words = ran.out.split_whitespace().collect::<Vec<_>>().join(" ");
    let code = "where tracking dots: page 1: DocuColor code: serial number 21052857, printed on \
                21 June 2005 at 12:50; ";
    assert!(words.contains(code), "{}", ran.out);
    assert!(words.contains("2 mm from the left, 0 mm from the top, 98 by 75 mm"), "{}", ran.out);
    assert!(ran.out.lines().all(|l| l.chars().count() <= 80), "{}", ran.out);

    let ran = run(&at, &["inspect", "--look", "scan.png", "--json"]);
    let mark = &ran.json()["report"]["files"][0]["marks"][0];
    assert_eq!(mark["mark"], "tracking_dots");
    assert_eq!((mark["page"].as_u64(), mark["place"]["unit"].as_str()), (Some(1), Some("mm")));
    assert_eq!(mark["repeats_every"]["across"], 32.5, "{mark}");
    let reading = &mark["docucolor"];
    assert_eq!(reading["code"]["serial"], 21_052_857);
    assert!(reading["agree"].as_u64() <= reading["repeats"].as_u64(), "{mark}");
}

#[test]
fn a_code_that_is_not_known_is_measured_and_not_read() {
    let at = Scratch::new();
    at.put("scan.png", &files::scan(true));
    let ran = run(&at, &["inspect", "--look", "scan.png"]);
    assert!(ran.out.contains("repeats every 180 x 96 px; no known code"), "{}", ran.out);
    assert!(!ran.out.contains("DocuColor"), "{}", ran.out);
}

#[test]
fn where_a_qr_code_is_on_a_page_is_told() {
    let at = Scratch::new();
    let (width, rgb) = files::qr_code(6);
    at.put("code.png", &files::picture(width, &rgb));
    let ran = run(&at, &["inspect", "--look", "code.png", "--json"]);
    let mark = &ran.json()["report"]["files"][0]["marks"][0];
    assert_eq!((mark["mark"].as_str(), mark["page"].as_u64()), (Some("qr_code"), Some(1)));
    let place = |name: &str| mark["place"][name].as_u64().expect("a number");
    assert_eq!(mark["place"]["unit"], "px");
    let side = u64::try_from(width).expect("small") - 80;
    for (name, near) in [("left", 40), ("top", 40), ("wide", side), ("high", side)] {
        assert!(place(name).abs_diff(near) < 9, "{name}: {mark}");
    }
}

#[test]
fn a_page_shows_a_small_picture_of_each_mark_and_fetches_nothing() {
    let at = Scratch::new();
    at.put("scan.png", &files::coded_scan(true));
    let words = "BT /F1 18 Tf 20 200 Td (The name is Jane) Tj ET 0 g 10 190 200 40 re f";
    let boxes: Vec<String> = (1..15)
        .map(|n| {
            words
                .replace("200 Td", &format!("{} Td", n * 18))
                .replace("190 200 40", &format!("{} 200 12", n * 18))
        })
        .collect();
    at.put("redacted.pdf", &files::pages(&[words, &boxes[..10].join(" "), &boxes.join(" ")], ""));
    let (width, rgb) = files::qr_code(6);
    at.put("<code>.png", &files::picture(width, &rgb));
    at.put("clean.png", &files::scan(false));
    let names = ["scan.png", "redacted.pdf", "<code>.png", "clean.png"];
    let ran = run(&at, &[&["inspect", "--html", "look.html"], &names[..]].concat());
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.talk);
    assert!(ran.out.contains("QR code: page 1: "), "looked for without --look: {}", ran.out);
    let page = String::from_utf8(at.get("look.html")).expect("text");
    let sections: Vec<&str> = page.split("<h2>").skip(1).collect();
    let pictures = |n: usize| sections[n].matches("<img alt=").count();
    // The first page of each, small, and its marks: of many the first twelve.
    assert_eq!([0, 1, 2, 3].map(pictures), [2, 13, 2, 1], "{page}");
    assert!(sections[0].contains("serial number 21052857"), "{page}");
    assert!(sections[0].contains("Shown as by blue light."), "{page}");
    assert_eq!(page.matches("<img ").count(), 18, "a name is text: {page}");
    assert_eq!(page.matches("src=\"data:image/png;base64,").count(), 18, "{page}");
    for outside in ["http:", "https:", "href", "src=\"/", "url(", "<code>"] {
        assert!(!page.contains(outside), "{outside}: {page}");
    }
    assert_eq!(at.names().len(), 5, "{:?}", at.names());
}

#[test]
fn text_under_a_black_box_is_pointed_out() {
    let at = Scratch::new();
    let words = "BT /F1 18 Tf 20 200 Td (The name is Jane) Tj ET 0 g 10 190 200 40 re f";
    at.put("redacted.pdf", &files::pages(&[words], ""));
    let ran = run(&at, &["inspect", "--look", "redacted.pdf"]);
    assert_eq!(ran.code, 0, "{}", ran.talk);
    assert!(ran.out.contains("text under a box: page 1 (use scrub --rebuild)"), "{}", ran.out);
    let place = "  where       text under a box: page 1: 7 mm from the left, 3";
    assert!(ran.out.contains(place), "{}", ran.out);
    let ran = run(&at, &["scrub", "--rebuild", "redacted.pdf"]);
    assert_eq!(ran.code, 0, "{}", ran.out);
    let ran = run(&at, &["inspect", "--look", "redacted.rebuilt.pdf"]);
    assert!(ran.code == 0 && !ran.out.contains("under a box"), "{}", ran.out);
}

#[test]
fn two_versions_are_compared_by_what_they_show() {
    let at = Scratch::new();
    let line = |gap: u32| {
        format!("BT /F1 12 Tf 20 200 Td (Meet at the harbour) Tj {gap} 0 Td (at nine.) Tj ET")
    };
    let page = "BT /F1 12 Tf 20 100 Td (The same in both.) Tj ET";
    at.put("one.pdf", &files::pages(&[page, &line(130)], ""));
    at.put("other.pdf", &files::pages(&[page, &line(132)], ""));
    let ran = run(&at, &["inspect", "--compare", "one.pdf", "one.pdf"]);
    assert!(ran.code == 0 && ran.out.contains("They look the same."), "{}{}", ran.out, ran.talk);
    let ran = run(&at, &["inspect", "--compare", "one.pdf", "other.pdf"]);
    assert_eq!(ran.code, 0, "{}", ran.talk);
    assert!(ran.out.contains("page 2 differs in 1 place:\n  52 mm from the left, "), "{}", ran.out);
    assert!(!ran.out.contains("page 1 differs") && !ran.out.contains("same"), "{}", ran.out);
    assert_eq!(at.names(), ["one.pdf", "other.pdf"], "nothing is written");
    let ran = run(&at, &["inspect", "--compare", "one.pdf"]);
    assert_eq!(ran.code, 2, "{}", ran.out);
}
