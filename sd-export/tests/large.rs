//! Files too long to be read into memory: mapped, held still, and never a wrong copy.

#![expect(clippy::expect_used, reason = "a test that cannot be set up fails")]

mod common;

use std::fs::File;
use std::os::fd::AsRawFd as _;
use std::path::Path;
use std::time::Duration;

use common::{Scratch, run, start, tool};
use rustix::fs::{Mode, OFlags};

/// Bytes above which nothing but video is taken, and that is mapped.
const HELD: u64 = 512 << 20;

/// A picture of 36 MB with a name in a comment, and the same without.
fn picture() -> [Vec<u8>; 2] {
    let samples: Vec<u8> = (0..251).cycle().take(4000 * 3000 * 3).collect();
    ["# Jane Source\n", ""].map(|note| {
        let head = format!("P6\n{note}4000 3000\n255\n");
        [head.as_bytes(), samples.as_slice()].concat()
    })
}

/// Sound without compression, which ffmpeg makes as fast as the disk takes it.
fn video(at: &Scratch) -> File {
    let seconds = (HELD / 768_000 + 5).to_string();
    let words = "-nostdin -loglevel error -f lavfi -i anullsrc=r=192000:cl=stereo -metadata \
                 artist=Jane -c:a pcm_s16le -t";
    let args: Vec<&str> = words.split(' ').chain([seconds.as_str(), "a.mov"]).collect();
    assert_eq!(tool(at.path(), "ffmpeg", &args).code, 0);
    let file = open(&at.path().join("a.mov"));
    assert!(file.metadata().expect("it is open").len() > HELD);
    file
}

fn open(path: &Path) -> File {
    File::from(rustix::fs::open(path, OFlags::RDONLY, Mode::empty()).expect("it opens"))
}

/// Opens a file for writing, without waiting for whoever holds it still.
fn for_writing(file: &File) -> rustix::io::Result<File> {
    let path = format!("/proc/self/fd/{}", file.as_raw_fd());
    rustix::fs::open(path, OFlags::WRONLY | OFlags::NONBLOCK, Mode::empty()).map(File::from)
}

#[test]
fn a_large_picture_is_mapped_or_read_and_its_copy_is_the_same() {
    let at = Scratch::new();
    let [planted, clean] = picture();
    at.put("a.ppm", &planted);
    let writer = for_writing(&open(&at.path().join("a.ppm"))).expect("nobody holds it");
    // Somebody could change it: read.
    assert_eq!(cleaned(&at, "read.pnm"), 0);
    drop(writer);
    // Nobody can: mapped.
    assert_eq!(cleaned(&at, "mapped.pnm"), 0);
    for copy in ["read.pnm", "mapped.pnm"] {
        let bytes = at.dir.read_small(copy, 1 << 26).expect("it is there");
        assert!(bytes == clean, "{copy} is another picture");
    }
}

fn cleaned(at: &Scratch, copy: &str) -> i32 {
    run(at, &["scrub", "a.ppm", "--output", copy]).code
}

#[test]
fn a_video_longer_than_what_is_held_is_cleaned_unless_it_can_change_meanwhile() {
    let at = Scratch::new();
    let file = video(&at);

    // Open for writing elsewhere: it cannot be held still.
    let writer = for_writing(&file).expect("nobody holds it");
    let ran = run(&at, &["scrub", "a.mov", "--json"]);
    assert_eq!(ran.json()["report"]["files"][0]["status"], "REFUSED", "{}", ran.out);
    assert!(ran.out.contains("cannot be kept from being changed"), "{}", ran.out);
    assert_eq!(at.names(), ["a.mov"]);
    drop(writer);

    // Opened for writing while it is cleaned: the opener is told to wait, the copy is refused.
    let mut child = start(&at, &["scrub", "a.mov"]);
    let mut held = false;
    while child.try_wait().expect("it is ours").is_none() && !held {
        held = for_writing(&file).is_err_and(|e| e == rustix::io::Errno::AGAIN);
        std::thread::sleep(Duration::from_millis(5));
    }
    let ended = child.wait().expect("it is ours");
    assert!(held, "it was never held still");
    assert_eq!(ended.code(), Some(1));
    assert_eq!(at.names(), ["a.mov"], "a copy of a file that may have changed");

    let ran = run(&at, &["scrub", "a.mov"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.talk);
    let probe = ["-v", "error", "-show_format", "-show_streams", "a.clean.mov"];
    let said = tool(at.path(), "ffprobe", &probe).out;
    assert!(said.contains("codec_name=pcm_s16le") && !said.contains("Jane"), "{said}");
}

#[test]
fn a_long_file_that_is_no_video_is_refused_by_its_length() {
    let at = Scratch::new();
    let file = at.dir.append("huge.bmp").expect("made");
    rustix::io::write(&file, b"BM\0\0\0\0\0\0\0\0").expect("a head");
    file.set_len(HELD + 1).expect("a hole");
    drop(file);
    let ran = run(&at, &["scrub", "huge.bmp"]);
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("huge.bmp: BMP picture: too large"), "{}", ran.out);
    assert_eq!(at.names(), ["huge.bmp"]);
}
