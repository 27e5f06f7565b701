//! Many small messages: a newsroom's Monday, against `gpg --decrypt-files`.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use sd_bundle::Kind;
use sd_tests::ciphertext::{self, keys};
use sd_tests::gnupg::Gnupg;
use sd_tests::journalist_interface::World;
use sd_tests::newsroom::Newsroom;
use sd_tests::noise::Noise;

use crate::measure::{Agent, Contender, Sample, measure, take_turns};
use crate::report::{Goal, Row, Who};
use crate::settings::Settings;
use crate::stage::{self, InboxMaker, Made};
use crate::{Outcome, step};

/// The row, from ciphertexts to compared plaintexts.
pub(crate) fn line(settings: &Settings) -> Outcome<Vec<Row>> {
    let count = settings.sizes.messages;
    step(&format!("making {count} messages, and one bundle of them"));
    let newsroom = Newsroom::new(World::with_test_key()?)?;
    newsroom.pair()?;
    let mut inbox = InboxMaker::new(newsroom.path("ws/inbox"));
    let made: Vec<Made> = (0..count).map(|n| message(&mut inbox, n)).collect::<Outcome<_>>()?;
    let _packed = newsroom.pack().expect(0);
    std::fs::rename(newsroom.path("svs"), newsroom.path("svs-paired"))?;
    let gnupg = Gnupg::with_key(keys::SUBMISSION_SECRET)?;
    let agent = Agent::of(&gnupg)?;
    let contenders = vec![
        Contender {
            who: Who::Ours,
            what: "sd-airgap unpack: verify, store, open, flush",
            run: Box::new(|| unpack(&newsroom)),
        },
        Contender {
            who: Who::Theirs,
            what: "gpg --decrypt-files",
            run: Box::new(|| by_gnupg(&newsroom, &made, &gnupg, &agent)),
        },
        Contender {
            who: Who::Ours,
            what: "of ours, as sd-airgap verify: no opening",
            run: Box::new(|| verify(&newsroom)),
        },
    ];
    let row = take_turns(format!("{count} messages of 1-4 KB"), settings.rounds, contenders)?;
    compare(&newsroom, &made)?;
    Ok(vec![row.goal(Goal::Rate { times: 4.0 })])
}

/// A message of one to four kilobytes to the submission key.
fn message(inbox: &mut InboxMaker, n: usize) -> Outcome<Made> {
    let key = keys::submission()?;
    let mut bytes = Vec::new();
    Noise::new(1024 + (n as u64 * 769) % 3072, n as u64).read_to_end(&mut bytes)?;
    let text: String = bytes.iter().map(|b| char::from(b'a' + b % 26)).collect();
    inbox.add(Kind::Message, |file| ciphertext::message(&key, &text, file))
}

/// Into a home that has seen nothing yet.
pub(crate) fn unpack(newsroom: &Newsroom) -> Outcome<Sample> {
    measure(&on_new_svs(newsroom, "unpack")?)
}

/// The part of it that comes before opening.
pub(crate) fn verify(newsroom: &Newsroom) -> Outcome<Sample> {
    // A home of its own: the store of the last `unpack` is to be compared yet.
    let mut command = on_svs(newsroom, "verify", &newsroom.path("svs-paired"))?;
    measure(command.current_dir(newsroom.path("")))
}

fn on_new_svs(newsroom: &Newsroom, verb: &str) -> Outcome<Command> {
    let home = newsroom.path("svs");
    stage::renew(&newsroom.path("svs-paired"), &home)?;
    on_svs(newsroom, verb, &home)
}

fn on_svs(newsroom: &Newsroom, verb: &str, home: &Path) -> Outcome<Command> {
    let stick = newsroom.path("stick");
    stage::warm(&stick)?;
    Ok(stage::ours("sd-airgap", &[verb, &stick.to_string_lossy()], home))
}

fn by_gnupg(newsroom: &Newsroom, made: &[Made], gnupg: &Gnupg, agent: &Agent) -> Outcome<Sample> {
    let dir = newsroom.path("gpg");
    stage::set_aside(&dir)?;
    std::fs::create_dir(&dir)?;
    let mut command = gnupg.command();
    command.arg("--decrypt-files");
    for one in made {
        let path = dir.join(format!("{}.gpg", one.item.item));
        std::fs::copy(&one.path, &path)?;
        command.arg(path);
    }
    stage::warm(&dir)?;
    agent.measure(&command)
}

/// Every plaintext of ours is the one gpg wrote.
fn compare(newsroom: &Newsroom, made: &[Made]) -> Outcome<()> {
    let plaintexts = newsroom.plaintexts()?.into_iter();
    let ours: BTreeMap<String, PathBuf> = plaintexts.map(|p| (p.item, p.path)).collect();
    for one in made {
        let item = one.item.item.as_str();
        let path = ours.get(item).ok_or_else(|| format!("{item} was not opened"))?;
        stage::same(path, &newsroom.path("gpg").join(item))?;
    }
    Ok(())
}
