//! AVI and Windows Media: the same packets before and after, by ffmpeg; everything else is gone.
#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "tests")]

mod common;

use common::made::{all_found, checked, ffmpeg, packets};
use common::windows::{self, id};
use common::{Dice, clean, find_canary, found, mutate, position, scrub, stay_clean};
use sd_scrub::{Choices, Class, Fate, Format, Limits, Refusal};

/// Kinds of AVI whose pictures carry no messages: name and arguments.
const WHOLE: [(&str, &str); 5] = [
    ("a.avi", "-map 0:v -map 1:a -c:v msmpeg4 -c:a libmp3lame"),
    ("b.avi", "-map 0:v -map 1:a -c:v wmv2 -c:a wmav2"),
    ("c.avi", "-map 0:v -map 1:a -c:v rawvideo -pix_fmt yuyv422 -vtag YUY2 -c:a pcm_s16le"),
    ("d.avi", "-map 0:v -map 1:a -c:v rawvideo -pix_fmt bgr24 -c:a ac3"),
    ("e.avi", "-map 1:a -map 0:v -c:v msmpeg4v2 -c:a adpcm_ms -aspect 16:9"),
];
/// Kinds whose encoders write messages into the pictures.
const WITH_MESSAGES: [(&str, &str); 4] = [
    ("f.avi", "-map 0:v -map 1:a -c:v libx264 -pix_fmt yuv420p -bf 2 -c:a libmp3lame"),
    ("g.avi", "-map 0:v -map 1:a -c:v mpeg4 -vtag XVID -bf 2 -c:a pcm_alaw"),
    ("h.avi", "-map 0:v -map 1:a -c:v mjpeg -pix_fmt yuvj420p -c:a mp2"),
    ("i.avi", "-map 0:v -c:v libxvid"),
];

#[test]
fn an_avi_gives_the_same_packets_and_no_canary_comes_through() {
    for (name, arguments) in WHOLE {
        let video = ffmpeg(name, arguments);
        let planted = windows::avi(&video);
        assert!(find_canary(&planted).is_some());
        let report = checked(name, &planted, &video);
        let bytes = clean(&planted).0;
        assert_eq!(packets(name, &bytes), packets(name, &video), "{name}");
        assert_eq!(report.format, Format::Avi);
        all_found(
            &report,
            &[
                "data of the camera (strd)",
                "name of a stream (strn)",
                "time of recording (IDIT)",
                "list of a camera",
                "language of a stream",
                "spare fields of the head",
                "bytes behind the head of a stream",
                "chunks that the index leaves out",
                "chunk CANA",
                "chunk JUNK",
                "chunk 09dc",
                "LIST INAM",
                "LIST ISFT",
                "bytes after the end",
            ],
        );
    }
}

#[test]
fn pictures_with_messages_are_shown_the_same_without_them() {
    for (name, arguments) in WITH_MESSAGES {
        let video = ffmpeg(name, arguments);
        let report = checked(name, &windows::avi(&video), &video);
        let mpeg4 = arguments.contains("mpeg4") || arguments.contains("xvid");
        assert!(mpeg4 || found(&report, "messages between slices"), "{name}");
        let kept = |f: &sd_scrub::Finding| matches!(f.fate, Fate::Kept { .. });
        let names = report.findings.iter().filter(|f| kept(f)).count();
        assert_eq!(names > 0, mpeg4, "{name}: the encoder's name is needed to decode");
    }
}

#[test]
fn an_avi_in_two_parts_becomes_one() {
    let video = ffmpeg(WHOLE[0].0, WHOLE[0].1);
    let (bytes, _) = clean(&windows::avi_in_two(&video));
    let (same, _) = clean(&video);
    assert!(bytes == same, "both ways to write it come out the same");
    assert_eq!(position(&bytes, b"AVIX"), None);
}

#[test]
fn an_avi_without_an_index_keeps_all_its_chunks_and_gets_one() {
    let mut video = ffmpeg(WHOLE[0].0, WHOLE[0].1);
    let at = position(&video, b"idx1").expect("an index");
    video[at..at + 4].copy_from_slice(b"JUNK");
    let (bytes, report) = clean(&video);
    assert!(found(&report, "chunk JUNK"));
    assert!(position(&bytes, b"idx1").is_some());
    let body = |name, bytes: &[u8]| {
        let all = packets(name, bytes);
        all.lines().filter(|l| !l.starts_with('#')).map(str::to_owned).collect::<Vec<_>>().len()
    };
    assert_eq!(body("a.avi", &bytes), body("a.avi", &video));
}

#[test]
fn an_avi_that_is_cut_off_or_coded_otherwise_is_refused_by_name() {
    let unsupported = |arguments: &str, what: &str| {
        let refusal = scrub(&ffmpeg("a.avi", arguments));
        assert_eq!(refusal, Err(Refusal::Unsupported { what: what.to_owned() }));
    };
    unsupported("-map 0:v -c:v ffv1", "video coded as FFV1");
    let dv = "-map 0:v -s 720x576 -r 25 -pix_fmt yuv420p -c:v dvvideo";
    unsupported(dv, "video coded as dvsd: its pictures carry the time of recording");
    unsupported(
        "-map 1:a -map 0:v -c:v msmpeg4 -c:a aac",
        "sound in an AVI with the coding 0x00ff",
    );
    let video = ffmpeg(WHOLE[0].0, WHOLE[0].1);
    let refusal = scrub(&video[..video.len() / 2]);
    assert!(matches!(refusal, Err(Refusal::Malformed { .. })));
}

#[test]
fn an_avi_is_written_without_being_held() {
    let video = ffmpeg(WHOLE[0].0, WHOLE[0].1);
    let mut out = Vec::new();
    let report = sd_scrub::scrub_into(&video, &Limits::default(), Choices::default(), &mut out)
        .expect("clean");
    assert_eq!((report.format, out), (Format::Avi, clean(&video).0));
}

/// Windows Media: name and arguments.
const MEDIA: [(&str, &str); 4] = [
    ("a.wmv", "-map 0:v -map 1:a -c:v wmv2 -c:a wmav2"),
    ("b.wmv", "-map 0:v -map 1:a -c:v wmv1 -c:a wmav1"),
    ("c.wmv", "-map 0:v -map 1:a -c:v msmpeg4 -c:a libmp3lame"),
    ("d.wma", "-map 1:a -c:a wmav2 -f asf"),
];

#[test]
fn windows_media_gives_the_same_packets_and_no_canary_comes_through() {
    for (name, arguments) in MEDIA {
        let media = ffmpeg(name, arguments);
        let planted = windows::asf(&media);
        let report = checked(name, &planted, &media);
        let bytes = clean(&planted).0;
        let expected = packets(name, &media);
        let got = packets(name, &bytes);
        if name.ends_with("wmv") {
            // The shape of a pixel was planted, and is kept.
            assert!(got.contains("#sar 0: 4/3"), "{got}");
        }
        let rows = |text: &str| {
            let rows = text.lines().filter(|line| !line.starts_with("#sar"));
            rows.map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(rows(&got), rows(&expected), "{name}");
        let format = if name.ends_with("wma") { Format::Wma } else { Format::Wmv };
        assert_eq!(report.format, format);
        all_found(
            &report,
            &[
                "number of the file",
                "title",
                "author",
                "copyright",
                "list of codecs",
                "script commands",
                "markers",
                "padding",
                "branding",
                "object",
                "stream of commands",
                "name of a stream",
                "data beside each payload",
                "metadata CANARY",
                "library WM/EncodedBy",
                "list of languages",
                "filling of packets",
                "bytes after the end",
            ],
        );
        let person = |f: &&sd_scrub::Finding| f.place == "library WM/EncodedBy";
        assert_eq!(report.findings.iter().find(person).map(|f| f.class), Some(Class::Person));
    }
}

#[test]
fn protected_windows_media_is_refused() {
    let media = ffmpeg(MEDIA[0].0, MEDIA[0].1);
    let object = windows::object(id::ENCRYPTION, b"a key");
    let protected = windows::with_objects(&media, std::slice::from_ref(&object), &[]);
    assert_eq!(scrub(&protected), Err(Refusal::Encrypted));
    let inner = windows::with_objects(&media, &[], &[object]);
    assert_eq!(scrub(&inner), Err(Refusal::Encrypted));
    let mut stream = media.clone();
    let at = position(&stream, id::STREAM).expect("a stream");
    stream[at + 24 + 49] |= 0x80;
    assert_eq!(scrub(&stream), Err(Refusal::Encrypted));
}

#[test]
fn windows_media_with_other_codings_is_refused_by_name() {
    let refusal = scrub(&ffmpeg("a.wmv", "-map 0:v -c:v mpeg4"));
    let what = "video coded as M4S2 in a Windows Media file".to_owned();
    assert_eq!(refusal, Err(Refusal::Unsupported { what }));
    let media = ffmpeg(MEDIA[0].0, MEDIA[0].1);
    assert!(matches!(scrub(&media[..media.len() / 2]), Err(Refusal::Malformed { .. })));
}

#[test]
fn changed_avi_and_windows_media_never_panic_and_come_out_clean() {
    let files = WHOLE.iter().chain(&WITH_MESSAGES).map(|(name, arguments)| {
        (*name, windows::avi(&ffmpeg(name, &format!("-t 0.3 {arguments}"))))
    });
    let media =
        MEDIA.iter().map(|(name, arguments)| (*name, windows::asf(&ffmpeg(name, arguments))));
    for (seed, (name, file)) in (600u64..).zip(files.chain(media)) {
        let mut dice = Dice::new(seed);
        let cleaned = stay_clean(name, 120, |_| mutate(&file, &mut dice), |_, _| {});
        assert!(cleaned >= 5, "{name}: only {cleaned} were cleaned");
    }
}
