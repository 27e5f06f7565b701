//! A full stick: four large files and many small ones, against tar and sha256sum.

use std::io;
use std::path::Path;

use sd_bundle::Kind;
use sd_fs::Dir;
use sd_tests::journalist_interface::World;
use sd_tests::newsroom::Newsroom;
use sd_tests::noise::Noise;

use crate::measure::{Contender, Sample, measure, take_turns};
use crate::messages::verify;
use crate::report::{Goal, Row, Who};
use crate::settings::{Settings, Sizes};
use crate::stage::{self, InboxMaker, Made};
use crate::{Outcome, step};

/// Large files.
const LARGE: u64 = 4;

/// The inbox, the bundles, the archive; and one for safety.
const COPIES: u64 = 4;

/// What `pack` does, by hand: written, flushed, out of the cache, and read back from the medium.
const TAR: &str = r#"tar cf "$2" -C "$1" . && sync "$2" &&
dd if="$2" iflag=nocache count=0 status=none && sha256sum "$2" > "$2.sha256""#;

/// Both rows: packing, and verifying what was packed.
pub(crate) fn line(settings: &Settings) -> Outcome<Vec<Row>> {
    let newsroom = Newsroom::new(World::with_test_key()?)?;
    newsroom.pair()?;
    let sizes = scaled(settings.sizes, &newsroom.path(""))?;
    let title =
        format!("{} MB in {} files", sizes.large * LARGE / 1_000_000, sizes.small as u64 + LARGE);
    step(&format!("making {title}"));
    loose_copy(&newsroom, &fill(&newsroom, sizes)?)?;
    let contenders = vec![
        Contender {
            who: Who::Ours,
            what: "sd-airgap pack: write, flush, read back",
            run: Box::new(|| pack(&newsroom)),
        },
        Contender {
            who: Who::Theirs,
            what: "tar, sync, drop from cache, sha256sum",
            run: Box::new(|| by_tar(&newsroom)),
        },
    ];
    let packed = take_turns(format!("{title}, packed"), settings.rounds, contenders)?;
    std::fs::rename(newsroom.path("svs"), newsroom.path("svs-paired"))?;
    let contenders = vec![
        Contender {
            who: Who::Ours,
            what: "sd-airgap verify, of the bundles",
            run: Box::new(|| verify(&newsroom)),
        },
        Contender {
            who: Who::Theirs,
            what: "sha256sum -c, of the same files",
            run: Box::new(|| by_sha256sum(&newsroom)),
        },
    ];
    let verified = take_turns(format!("{title}, verified"), settings.rounds, contenders)?;
    Ok(vec![packed.goal(Goal::Shown), verified.goal(Goal::Shown)])
}

/// Smaller if the disk is too full for the whole.
fn scaled(sizes: Sizes, dir: &Path) -> Outcome<Sizes> {
    let free = Dir::open(dir)?.free_bytes()?;
    let need = COPIES * (sizes.large * LARGE + sizes.small as u64 * 4096);
    if need <= free {
        return Ok(sizes);
    }
    let (need, free) = (need / 1_000_000, free / 1_000_000);
    step(&format!("only {free} MB are free of {need}: the files are made smaller"));
    Ok(Sizes { large: sizes.large * free / need, ..sizes })
}

/// Files that look like ciphertext; nobody opens them here.
fn fill(newsroom: &Newsroom, sizes: Sizes) -> Outcome<Vec<Made>> {
    let mut inbox = InboxMaker::new(newsroom.path("ws/inbox"));
    let mut noise = |kind, size, seed| {
        inbox.add(kind, |mut file| io::copy(&mut Noise::new(size, seed), &mut file).map(drop))
    };
    let large = (0..LARGE).map(|_| (Kind::Document, sizes.large));
    let small = (0..sizes.small as u64).map(|n| (Kind::Message, 1024 + (n * 769) % 3072));
    large.chain(small).zip(1..).map(|((kind, size), seed)| noise(kind, size, seed)).collect()
}

/// The same files without our records: links, so that tar reads the very same bytes.
fn loose_copy(newsroom: &Newsroom, made: &[Made]) -> Outcome<()> {
    let loose = newsroom.path("loose");
    stage::empty(&loose)?;
    for one in made {
        std::fs::hard_link(&one.path, loose.join(one.item.item.as_str()))?;
    }
    let sums = made.iter().map(|one| format!("{}  {}", one.item.sha256, one.item.item));
    Ok(stage::lines(&newsroom.path("loose.sha256"), sums)?)
}

/// Onto an empty stick, by a station that has packed nothing yet.
fn pack(newsroom: &Newsroom) -> Outcome<Sample> {
    let stick = newsroom.path("stick");
    stage::empty(&stick)?;
    stage::remove(&newsroom.path("ws/outbox"))?;
    stage::warm(&newsroom.path("ws/inbox"))?;
    let args = ["pack", "--to", &stick.to_string_lossy()];
    measure(&stage::ours("sd-airgap", &args, &newsroom.path("ws")))
}

fn by_tar(newsroom: &Newsroom) -> Outcome<Sample> {
    let target = newsroom.path("loose.tar");
    stage::remove_file(&target)?;
    stage::warm(&newsroom.path("loose"))?;
    measure(&stage::script(TAR, [newsroom.path("loose"), target]))
}

fn by_sha256sum(newsroom: &Newsroom) -> Outcome<Sample> {
    let loose = newsroom.path("loose");
    stage::warm(&loose)?;
    let mut command =
        stage::script(r#"sha256sum --check --quiet "$1""#, [newsroom.path("loose.sha256")]);
    measure(command.current_dir(loose))
}
