//! One large document on its whole way: fetched against curl, opened against gpg and gunzip.

use std::path::PathBuf;
use std::process::Command;

use jiff::SignedDuration;
use sd_tests::ciphertext::keys;
use sd_tests::gnupg::Gnupg;
use sd_tests::journalist_interface::{DEV_PASSPHRASE, Item, World};
use sd_tests::newsroom::Newsroom;
use sd_tests::noise::Noise;

use crate::measure::{Agent, Contender, Sample, measure, measure_with, take_turns};
use crate::messages::{unpack, verify};
use crate::report::{Goal, Row, Who};
use crate::settings::Settings;
use crate::{Outcome, stage, step};

/// Ours may take this much memory, whatever the size of the document: an old laptop's spare.
const MEMORY: Goal = Goal::Memory { mebibytes: 96.0 };

const CURL: &str = r#"curl -sSf -H "Authorization: Token $1" -o "$3" "$2" && sha256sum "$3""#;

const GPG: &str = r#"in=$1; out=$2; shift 2; "$@" --decrypt "$in" | gunzip > "$out""#;

/// Both rows: the way in, and the opening.
pub(crate) fn line(settings: &Settings) -> Outcome<Vec<Row>> {
    let megabytes = settings.sizes.document / 1_000_000;
    step(&format!("making a document of {megabytes} MB, incompressible"));
    let mut world = World::with_test_key()?;
    let noise = Noise::new(settings.sizes.document, 7);
    world.source("patient heron")?.document_from(Some(b"archive.bin"), noise)?;
    let item = world.items().first().ok_or("no item")?.clone();
    let newsroom = Newsroom::new(world)?;
    newsroom.pair()?;
    let fetched = fetch(settings, &newsroom, &item, megabytes)?;
    let _packed = newsroom.pack().expect(0);
    let opened = open(settings, &newsroom, &item, megabytes)?;
    Ok(vec![fetched, opened])
}

fn fetch(settings: &Settings, newsroom: &Newsroom, item: &Item, megabytes: u64) -> Outcome<Row> {
    std::fs::rename(newsroom.path("ws"), newsroom.path("ws-paired"))?;
    let contenders = vec![
        Contender {
            who: Who::Ours,
            what: "sd-fetch sync: list, fetch, check, flush",
            run: Box::new(|| sync(newsroom)),
        },
        Contender {
            who: Who::Theirs,
            what: "curl, sha256sum",
            run: Box::new(|| by_curl(newsroom, item)),
        },
    ];
    let title = format!("{megabytes} MB document from the server");
    let row = take_turns(title, settings.rounds, contenders)?;
    let inbox = newsroom.path("ws/inbox").join(&item.source_uuid);
    stage::same(&inbox.join(format!("{}.pgp", item.uuid)), &newsroom.path("curl.gpg"))?;
    Ok(row.goal(MEMORY).goal(Goal::Shown))
}

/// Into a home that has fetched nothing yet.
fn sync(newsroom: &Newsroom) -> Outcome<Sample> {
    let home = newsroom.path("ws");
    stage::remove(&home)?;
    stage::renew(&newsroom.path("ws-paired"), &home)?;
    // A fresh one-time code, and far enough from the last login for the server's throttle.
    newsroom.interface().clock().advance(SignedDuration::from_secs(61));
    let user = newsroom.interface().users().first().ok_or("no user")?;
    let code = user.code(newsroom.interface().clock().now())?;
    let address = newsroom.interface().address().to_string();
    let args = ["sync", "--insecure-loopback", &address, "--credentials-fd", "0"];
    let credentials = format!("{}\n{DEV_PASSPHRASE}\n{code}\n", user.username);
    measure_with(&stage::ours("sd-fetch", &args, &home), &credentials)
}

fn by_curl(newsroom: &Newsroom, item: &Item) -> Outcome<Sample> {
    let interface = newsroom.interface();
    let user = interface.users().first().ok_or("no user")?;
    let token = interface.issue_token(&user.username).ok_or("no token")?;
    let (source, uuid) = (&item.source_uuid, &item.uuid);
    let path = format!("api/v1/sources/{source}/submissions/{uuid}/download");
    let url = format!("http://{}/{path}", interface.address());
    let target = newsroom.path("curl.gpg");
    // Written anew, as ours is.
    stage::remove_file(&target)?;
    measure(&stage::script(CURL, [PathBuf::from(token), url.into(), target]))
}

fn open(settings: &Settings, newsroom: &Newsroom, item: &Item, megabytes: u64) -> Outcome<Row> {
    std::fs::rename(newsroom.path("svs"), newsroom.path("svs-paired"))?;
    let gnupg = Gnupg::with_key(keys::SUBMISSION_SECRET)?;
    let agent = Agent::of(&gnupg)?;
    let contenders = vec![
        Contender {
            who: Who::Ours,
            what: "sd-airgap unpack: verify, store, open, flush",
            run: Box::new(|| {
                // A gigabyte in a handful of files: not to be set aside.
                stage::remove(&newsroom.path("svs"))?;
                unpack(newsroom)
            }),
        },
        Contender {
            who: Who::Theirs,
            what: "gpg --decrypt | gunzip",
            run: Box::new(|| by_gnupg(newsroom, item, &gnupg, &agent)),
        },
        Contender {
            who: Who::Ours,
            what: "of ours, as sd-airgap verify: no opening",
            run: Box::new(|| verify(newsroom)),
        },
    ];
    let title = format!("{megabytes} MB document opened");
    let row = take_turns(title, settings.rounds, contenders)?;
    let plaintext = newsroom.plaintexts()?.pop().ok_or("the document was not opened")?;
    stage::same(&plaintext.path, &newsroom.path("gpg.out"))?;
    Ok(row.goal(MEMORY).goal(Goal::Shown))
}

fn by_gnupg(newsroom: &Newsroom, item: &Item, gnupg: &Gnupg, agent: &Agent) -> Outcome<Sample> {
    let target = newsroom.path("gpg.out");
    stage::remove_file(&target)?;
    stage::warm(item.path())?;
    let gpg = gnupg.command();
    let mut command: Command = stage::script(GPG, [item.path(), &target]);
    command.arg(gpg.get_program()).args(gpg.get_args()).env("GNUPGHOME", gnupg.home());
    agent.measure(&command)
}
