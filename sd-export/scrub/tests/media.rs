//! HEIC, AVIF, sound and video as real encoders write them: what is shown and heard is the same
//! before and after, by decoders that are not ours; everything else is gone.
#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "tests")]

mod common;

use common::made::{all_found, checked};
use common::{Dice, clean, find_canary, found, made, mutate, scrub, stay_clean};
use sd_scrub::{Class, Format, Limits, Refusal};

#[test]
fn an_mp3_sounds_the_same_and_no_tag_comes_through() {
    for arguments in ["-map 1:a", "-map 1:a -ac 2 -q:a 4", "-map 1:a -ar 22050 -ac 1"] {
        let sound = made::ffmpeg("a.mp3", arguments);
        checked("a.mp3", &sound, &sound);
    }
    let planted = made::mp3();
    let report = checked("a.mp3", &planted, &planted[..planted.len() - 250]);
    let places = ["ID3v2 person", "ID3v1 title", "APE Artist", "Lyrics3 tag", "encoder's head"];
    all_found(&report, &places);
}

#[test]
fn the_name_that_the_encoder_puts_between_mp3_frames_is_gone() {
    let (bytes, _) = clean(&made::ffmpeg("a.mp3", "-map 1:a"));
    // Only the fixed name in the first frame is left.
    assert_eq!(bytes.windows(4).filter(|w| *w == b"LAME").count(), 1);
    assert_eq!(bytes.windows(4).filter(|w| *w == b"Lavc").count(), 0);
}

#[test]
fn a_flac_sounds_the_same_and_no_block_comes_through() {
    let report = checked("a.flac", &made::flac(), &made::ffmpeg("a.flac", "-map 1:a"));
    let places = [
        "APPLICATION block",
        "bytes in the padding",
        "CUESHEET block",
        "PICTURE block",
        "block of kind 77",
        "vendor",
        "comment TITLE",
        "bytes after the last frame",
    ];
    all_found(&report, &places);
    let sound = made::ffmpeg("a.flac", "-map 1:a -ac 2 -sample_fmt s32 -compression_level 12");
    checked("a.flac", &sound, &sound);
}

#[test]
fn an_ogg_sounds_the_same_and_its_comments_are_empty() {
    for (name, arguments) in
        [("a.ogg", "-map 1:a -ac 2 -c:a libvorbis"), ("a.opus", "-map 1:a -c:a libopus")]
    {
        let sound = made::ffmpeg(name, arguments);
        let planted = [sound.as_slice(), common::canary(360).as_bytes()].concat();
        let report = checked(name, &planted, &sound);
        let places =
            ["vendor", "comment TITLE", "serial number of the stream", "bytes after the end"];
        all_found(&report, &places);
    }
}

#[test]
fn a_wav_and_an_aiff_sound_the_same_and_no_chunk_comes_through() {
    let report = checked("a.wav", &made::wav(), &made::ffmpeg("a.wav", "-map 1:a"));
    let places = [
        "bext",
        "chunk iXML",
        "chunk cue",
        "chunk JUNK",
        "chunk CANA",
        "LIST",
        "bytes after the end",
    ];
    all_found(&report, &places);
    let report = checked("a.aiff", &made::aiff(), &made::ffmpeg("a.aiff", "-map 1:a"));
    let places = ["author (AUTH)", "remark (ANNO)", "name (NAME)", "chunk (CANA)", "after the end"];
    all_found(&report, &places);
    for coding in ["pcm_s24le", "pcm_f32le", "pcm_alaw", "adpcm_ms", "pcm_u8"] {
        let sound = made::ffmpeg("a.wav", &format!("-map 1:a -ac 2 -c:a {coding}"));
        checked("a.wav", &sound, &sound);
    }
}

/// Every kind of video that is cleaned: name and arguments.
const VIDEOS: [(&str, &str); 9] = [
    ("a.mp4", "-map 0:v -map 1:a -map 2:s -c:v libx264 -pix_fmt yuv420p -c:a aac -c:s mov_text"),
    ("b.mp4", "-map 0:v -map 1:a -c:v libx264 -bf 2 -c:a libmp3lame -movflags +faststart"),
    ("c.mp4", "-map 0:v -c:v libaom-av1 -cpu-used 8"),
    ("d.mov", "-map 0:v -map 1:a -c:v libx264 -c:a pcm_s16le -timecode 01:00:00:00"),
    ("e.m4a", "-map 1:a -c:a aac"),
    ("f.m4a", "-map 1:a -c:a alac"),
    (
        "g.mkv",
        "-map 0:v -map 1:a -map 2:s -c:v libx264 -c:a aac -attach ATTACHED -metadata:s:t mimetype=text/plain",
    ),
    ("h.mkv", "-map 0:v -map 1:a -c:v libx264 -bf 2 -c:a flac"),
    ("i.webm", "-map 0:v -map 1:a -c:v libvpx-vp9 -c:a libopus"),
];

#[test]
fn a_wav_whose_description_has_an_odd_length_is_refused() {
    let mut wav = made::ffmpeg("a.wav", "-map 1:a -ac 2 -c:a adpcm_ms");
    let at = common::position(&wav, b"fmt ").expect("a description");
    assert_eq!(wav[at + 24..at + 26], [32, 0]);
    wav[at + 24] = 3;
    let refused = common::scrub(&wav).expect_err("refused").to_string();
    assert!(refused.contains("of an odd length"), "{refused}");
}

#[test]
fn every_video_shows_and_sounds_the_same_and_no_canary_comes_through() {
    for (name, arguments) in VIDEOS {
        let video = made::ffmpeg(name, arguments);
        let planted = if name.ends_with('m') || name.ends_with("kv") {
            [video.as_slice(), common::canary(361).as_bytes()].concat()
        } else {
            made::with_boxes(video.clone())
        };
        let report = checked(name, &planted, &video);
        assert!(report.findings.iter().any(|f| f.class == Class::Comment), "{name}");
    }
}

/// A video whose first chunk of each track stands behind all others.
fn out_of_order(mut video: Vec<u8>) -> Vec<u8> {
    let end = video.len();
    let mut moved = 0;
    for at in 0..end - 16 {
        if &video[at..at + 4] == b"stco" {
            let place = at + 12;
            let first = u32::from_be_bytes(video[place..place + 4].try_into().expect("four"));
            let first = usize::try_from(first).expect("a place");
            let new = u32::try_from(video.len() + 8).expect("small");
            let bytes = video[first..end.min(first + 60_000)].to_vec();
            let size = u32::try_from(bytes.len() + 8).expect("small");
            video[place..place + 4].copy_from_slice(&new.to_be_bytes());
            video.extend(size.to_be_bytes());
            video.extend(b"mdat");
            video.extend(bytes);
            moved += 1;
        }
    }
    assert!(moved >= 2, "it has two tracks");
    video
}

#[test]
fn samples_stay_in_order_wherever_their_chunks_stand() {
    let made = made::ffmpeg("a.mp4", "-map 0:v -map 1:a -c:v libx264 -pix_fmt yuv420p -c:a aac");
    let moved = out_of_order(made.clone());
    let shown = made::decoded("a.mp4", &made);
    assert_eq!(made::decoded("a.mp4", &moved), shown);
    assert_eq!(made::decoded("a.mp4", &clean(&moved).0), shown);
}

#[test]
fn tracks_of_positions_times_and_text_are_named_and_gone() {
    let report = clean(&made::ffmpeg(VIDEOS[0].0, VIDEOS[0].1)).1;
    let places = [
        "movie time of creation",
        "movie position",
        "movie metadata",
        "name of a track's handler",
        "track of text",
        "messages between slices",
    ];
    all_found(&report, &places);
    let report = clean(&made::ffmpeg(VIDEOS[3].0, VIDEOS[3].1)).1;
    all_found(&report, &["track of time codes"]);
    let report = clean(&made::ffmpeg(VIDEOS[6].0, VIDEOS[6].1)).1;
    all_found(&report, &["attached files", "track of text", "tag ARTIST", "program", "title"]);
}

#[test]
fn a_track_of_positions_is_gone_with_its_samples() {
    // The subtitle track made a track of a camera's positions.
    let mut video = made::ffmpeg(VIDEOS[0].0, VIDEOS[0].1);
    for (from, to) in [(b"sbtl", b"meta"), (b"tx3g", b"gpmd")] {
        while let Some(at) = common::position(&video, from) {
            video[at..at + 4].copy_from_slice(to);
        }
    }
    let (_, report) = clean(&video);
    let track = report.findings.iter().find(|f| f.place == "track of positions and sensors");
    assert_eq!(track.map(|f| f.class), Some(Class::Location));
}

#[test]
fn seconds_that_an_edit_list_does_not_show_are_pointed_out() {
    // The edit of the picture is made one tick long.
    let mut video = made::ffmpeg(VIDEOS[1].0, VIDEOS[1].1);
    let at = common::position(&video, b"elst").expect("an edit list");
    video[at + 12..at + 16].copy_from_slice(&[0, 0, 0, 1]);
    let at = common::position(&video, b"mdhd").expect("a clock");
    video[at + 20..at + 24].copy_from_slice(&[0, 9, 0, 0]);
    let (_, report) = clean(&video);
    let hidden = report.findings.iter().find(|f| f.place == "what the edit list does not show");
    assert!(matches!(hidden.map(|f| &f.fate), Some(sd_scrub::Fate::Kept { .. })));
}

#[test]
fn a_second_track_of_sound_that_is_not_understood_is_left_out_and_named() {
    let arguments = "-map 0:v -map 1:a -map 1:a -c:v libx264 -c:a:0 aac -c:a:1 ac3";
    let mut video = made::ffmpeg("a.mp4", arguments);
    let at = common::position(&video, b"ac-3").expect("the second track");
    video[at..at + 4].copy_from_slice(b"apac");
    let (_, report) = clean(&video);
    assert!(found(&report, "second track of sound"));
    let alone = made::ffmpeg("a.mp4", "-map 1:a -c:a ac3");
    let at = common::position(&alone, b"ac-3").expect("the track");
    let alone = [&alone[..at], b"apac", &alone[at + 4..]].concat();
    let what = "sound coded as apac".to_owned();
    assert_eq!(scrub(&alone), Err(Refusal::Unsupported { what }));
}

#[test]
fn a_video_is_written_without_being_held() {
    let video = made::ffmpeg(VIDEOS[1].0, VIDEOS[1].1);
    let mut out = Vec::new();
    let report =
        sd_scrub::scrub_into(&video, &Limits::default(), sd_scrub::Choices::default(), &mut out)
            .expect("clean");
    assert_eq!(report.format, Format::Mp4);
    assert_eq!(out, clean(&video).0);
}

#[test]
fn videos_that_cannot_be_understood_are_refused_by_name() {
    let unsupported = |name: &str, arguments: &str, what: &str| {
        let refusal = scrub(&made::ffmpeg(name, arguments));
        assert_eq!(refusal, Err(Refusal::Unsupported { what: what.to_owned() }));
    };
    let fragments = "-map 0:v -c:v libx264 -movflags frag_keyframe+empty_moov";
    unsupported("a.mp4", fragments, "a video in fragments");
    unsupported("a.mp4", "-map 0:v -c:v mpeg4", "video coded as mp4v");
    unsupported("a.mkv", "-map 0:v -c:v mpeg4", "a track coded as V_MPEG4/ISO/ASP");
    unsupported("a.mp3", "-map 1:a -c:a mp2 -f mp2", "MPEG audio of layer I or II");
    unsupported("a.ogv", "-map 0:v -c:v libtheora", "Theora video inside Ogg");
}

#[test]
fn a_heic_and_an_avif_show_the_same_and_no_item_comes_through() {
    for avif in [false, true] {
        let picture = made::heif(avif);
        assert!(made::exiftool("a.heic", &picture).contains(common::CANARY));
        let (bytes, report) = clean(&made::with_boxes(picture.clone()));
        assert_eq!(made::shown(&bytes), made::shown(&picture));
        all_found(&report, &["EXIF camera make", "thumbnail", "box uuid", "free space"]);
        all_found(&report, &["bytes that no item names", "box CANA"]);
        let said = made::exiftool("a.heic", &bytes);
        assert!(!said.contains(common::CANARY) && !said.contains("[IFD0]"), "{said}");
    }
}

#[test]
fn the_tiles_of_a_phones_picture_are_kept_in_their_places() {
    let tile = clean(&made::heif(true)).0;
    let picture = made::grid(&tile);
    let (bytes, report) = clean(&picture);
    let (tile, before, after) = (made::shown(&tile), made::shown(&picture), made::shown(&bytes));
    assert!(before == after && after.len() > tile.len() + tile.len() / 2);
    all_found(&report, &["item grid bytes at the end", "name of the handler"]);
}

#[test]
fn changed_sound_and_video_never_panic_and_come_out_clean() {
    let mut files = vec![
        ("mp3", made::mp3(), 20),
        ("flac", made::flac(), 3),
        ("wav", made::wav(), 20),
        ("aiff", made::aiff(), 5),
        ("ogg", made::ffmpeg("a.ogg", "-map 1:a -c:a libvorbis"), 0),
        ("opus", made::ffmpeg("a.opus", "-map 1:a -c:a libopus"), 0),
        ("heic", made::with_boxes(made::heif(false)), 5),
        ("avif", made::with_boxes(made::heif(true)), 5),
    ];
    files.extend(VIDEOS.map(|(name, arguments)| (name, made::ffmpeg(name, arguments), 5)));
    for (seed, (name, file, least)) in (400u64..).zip(files) {
        let mut dice = Dice::new(seed);
        let changed = |_| mutate(&file, &mut dice);
        let cleaned = stay_clean(name, 120, changed, |n, done| {
            let plain = matches!(done.report.format, Format::Wav | Format::Aiff | Format::Text);
            if !plain {
                assert_eq!(find_canary(&done.bytes), None, "{name}, copy {n}");
            }
        });
        assert!(cleaned >= least, "{name}: only {cleaned} were cleaned");
    }
}
