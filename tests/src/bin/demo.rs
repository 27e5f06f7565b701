//! `make demo`: the main job, end to end, with the real programs on real input.
//!
//! A Journalist Interface on loopback holds three sources' submissions, encrypted as `SecureDrop`
//! encrypts them; from there everything is what a newsroom would type, on two stations that are
//! two directories here.
#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "the demo stands outside the programs: it runs them and shows what they say"
)]

use std::error::Error;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use jiff::SignedDuration;
use sd_tests::demo_world::{LARGE, PHOTO, demo_world};
use sd_tests::journalist_interface::DEV_PASSPHRASE;
use sd_tests::newsroom::{Newsroom, program};

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    match demo() {
        Ok(()) => {
            println!("\nThe demo is done: every stage was run by the real programs and checked.");
            ExitCode::SUCCESS
        }
        Err(e) => {
            println!("\nThe demo FAILED: {e}");
            ExitCode::FAILURE
        }
    }
}

fn demo() -> Outcome<()> {
    title("0. Three sources submit; the server keeps ciphertext only");
    let world = demo_world(LARGE)?;
    println!("{} sources, {} items on the server", world.sources().len(), world.items().len());
    let newsroom = Newsroom::new(world)?;
    pairing(&newsroom)?;

    title("2. The networked workstation fetches what is new, still encrypted");
    fetch(&newsroom, "sync")?;
    fetch(&newsroom, "list")?;

    title("3. It is packed into one signed bundle on the stick, and read back");
    show(&newsroom, "sd-airgap", &["pack", "--to", "stick", "--home", "ws"])?;
    println!("\n$ ls -l stick");
    run(Command::new("ls").args(["-l", "stick"]).current_dir(newsroom.path("")))?;

    title("4. On the Secure Viewing Station: verified, stored, opened");
    show(&newsroom, "sd-airgap", &["verify", "stick", "--home", "svs"])?;
    let said = read(&newsroom, "sd-airgap", &["unpack", "stick", "--home", "svs"])?;
    let code = receipt(&said).ok_or("no receipt code was shown")?;

    title("5. A person carries eight characters back");
    show(&newsroom, "sd-airgap", &["confirm", &code, "--home", "ws"])?;

    export(&newsroom)
}

fn pairing(newsroom: &Newsroom) -> Outcome<()> {
    title("1. The two stations are introduced to each other, once");
    let keys = sd_tests::ciphertext::keys::SUBMISSION_SECRET;
    std::fs::write(newsroom.path("submission.key"), keys)?;
    let public = sd_tests::ciphertext::keys::SUBMISSION_PUBLIC;
    std::fs::write(newsroom.path("SecureDrop.asc"), public)?;
    let key = sd_tests::ciphertext::EncryptionKey::from_armored(public)?;
    let args = [
        "pair",
        "workstation",
        "--submission-key",
        "SecureDrop.asc",
        "--fingerprint",
        key.fingerprint(),
        "--to",
        "stick",
        "--home",
        "ws",
    ];
    let said = read(newsroom, "sd-airgap", &args)?;
    let line = said.lines().find(|l| l.trim_start().starts_with("workstation"));
    let fingerprint: String =
        line.ok_or("no fingerprint was shown")?.split_whitespace().skip(1).collect();
    let args = [
        "pair",
        "svs",
        "--workstation",
        "stick/sneakernet-workstation.asc",
        "--fingerprint",
        &fingerprint,
        "--key-file",
        "submission.key",
        "--home",
        "svs",
    ];
    show(newsroom, "sd-airgap", &args)
}

/// Runs `sd-fetch` with the credentials on standard input, as a script would.
fn fetch(newsroom: &Newsroom, verb: &str) -> Outcome<()> {
    newsroom.interface().clock().advance(SignedDuration::from_secs(61));
    let address = newsroom.interface().address().to_string();
    let args = [verb, "--home", "ws", "--insecure-loopback", &address, "--credentials-fd", "0"];
    println!("\n$ sd-fetch {} < credentials", args.join(" "));
    let mut child = Command::new(program("sd-fetch"))
        .args(args)
        .current_dir(newsroom.path(""))
        .stdin(Stdio::piped())
        .spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        let user = &newsroom.interface().users()[0];
        let code = user.code(newsroom.interface().clock().now())?;
        writeln!(stdin, "{}\n{DEV_PASSPHRASE}\n{code}", user.username)?;
    }
    if child.wait()?.success() { Ok(()) } else { Err(format!("sd-fetch {verb} failed").into()) }
}

fn export(newsroom: &Newsroom) -> Outcome<()> {
    title("6. The photo is inspected, scrubbed and written to the export directory");
    let photo = newsroom.plaintexts()?.into_iter().find(|p| p.name == "photo.jpg");
    let photo = photo.ok_or("the photo did not arrive")?.path;
    if std::fs::read(&photo)? != PHOTO {
        return Err("the photo is not what the source sent".into());
    }
    let photo = photo.to_string_lossy().into_owned();
    show(newsroom, "sd-export", &["inspect", &photo])?;
    show(newsroom, "sd-export", &["scrub", &photo, "--output", "photo.clean.jpg"])?;
    let args = ["write", "photo.clean.jpg", "--to", "export", "--neutral-names", "--yes"];
    show(newsroom, "sd-export", &args)?;
    let exported = find_jpeg(&newsroom.path("export"))?;
    println!("\n$ exiftool -a -G1 -s {}", exported.file_name().unwrap_or_default().display());
    let output = Command::new("exiftool").args(["-a", "-G1", "-s"]).arg(&exported).output()?;
    let shown = String::from_utf8_lossy(&output.stdout);
    print!("{shown}");
    clean(&shown)
}

/// exiftool may name the file, the picture's own dimensions and its orientation; nothing else.
fn clean(shown: &str) -> Outcome<()> {
    let identifying = |line: &&str| {
        let group = line.split(']').next().unwrap_or_default().trim_start_matches('[');
        let orientation = group == "IFD0" && line.contains("Orientation");
        let structural = ["ExifTool", "System", "File", "Composite", "JFIF"].contains(&group);
        !(structural || orientation)
    };
    match shown.lines().find(identifying) {
        None if shown.contains("ImageWidth") => Ok(()),
        None => Err("exiftool did not read the picture".into()),
        Some(left) => Err(format!("exiftool still finds: {left}").into()),
    }
}

fn find_jpeg(dir: &Path) -> Outcome<std::path::PathBuf> {
    for entry in std::fs::read_dir(dir)? {
        let path = entry?.path();
        if path.is_dir() {
            return find_jpeg(&path);
        }
        if path.extension().is_some_and(|e| e == "jpg") {
            return Ok(path);
        }
    }
    Err("no picture in the export directory".into())
}

/// Runs one of our programs as a person would see it, progress bars and all.
fn show(newsroom: &Newsroom, name: &str, args: &[&str]) -> Outcome<()> {
    println!("\n$ {name} {}", args.join(" "));
    run(Command::new(program(name)).args(args).current_dir(newsroom.path("")))
}

/// The same where the demo itself must read what was said: shown when the program has ended.
fn read(newsroom: &Newsroom, name: &str, args: &[&str]) -> Outcome<String> {
    println!("\n$ {name} {}", args.join(" "));
    let output = Command::new(program(name)).args(args).current_dir(newsroom.path("")).output()?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    print!("{said}{}", String::from_utf8_lossy(&output.stderr));
    if output.status.success() {
        Ok(said)
    } else {
        Err(format!("{name}: {}", output.status).into())
    }
}

fn run(command: &mut Command) -> Outcome<()> {
    if command.status()?.success() { Ok(()) } else { Err(format!("{command:?} failed").into()) }
}

fn receipt(said: &str) -> Option<String> {
    let line = said.lines().find(|l| l.starts_with("Receipt code"))?;
    line.split_whitespace().last().map(str::to_owned)
}

fn title(text: &str) {
    println!("\n== {text} {}", "=".repeat(74_usize.saturating_sub(text.len())));
}
