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
