//! Starting workers that can do nothing, against a plain process and against bubblewrap.

use std::fs::File;
use std::path::PathBuf;
use std::process::Command;

use sd_sandbox::{ChannelError, Inside, Job, Profile, Worker};

use crate::Outcome;
use crate::measure::{Contender, measure, take_turns};
use crate::report::{Goal, Row, Who};
use crate::settings::Settings;
use crate::stage;

/// A worker that locks itself down, says one byte and ends.
pub(crate) const JOBS: &[Job] = &[Job {
    name: "say-one-byte",
    profile: Profile { memory: 1 << 30, output: 1 << 20, seconds: 5, map: 0 },
    run: say_one_byte,
}];

const TRUE: &str = r#"i=0; while [ $i -lt "$1" ]; do /bin/true; i=$((i+1)); done"#;

const BWRAP: &str = r#"i=0; while [ $i -lt "$1" ]; do
bwrap --unshare-all --die-with-parent --ro-bind / / /bin/true; i=$((i+1)); done"#;

fn say_one_byte(mut inside: Inside) -> Result<(), ChannelError> {
    inside.channel.send(b"!")
}

/// Starts so many workers, one after the other, and hears each.
pub(crate) fn start(count: usize) -> Outcome<()> {
    let nothing = File::open("/dev/null")?;
    let output = tempfile::tempfile()?;
    for _ in 0..count {
        let mut worker = Worker::spawn("say-one-byte", &nothing, &output)?;
        worker.channel().receive(1)?;
        worker.finish()?;
    }
    Ok(())
}

/// The row.
pub(crate) fn line(settings: &Settings) -> Outcome<Vec<Row>> {
    let count = settings.sizes.workers;
    // This very program, even if a build has replaced its file.
    let again = format!("/proc/{}/exe", std::process::id());
    let in_shell = |text: &'static str| {
        let number = PathBuf::from(count.to_string());
        Box::new(move || measure(&stage::script(text, [&number])))
    };
    let mut contenders = vec![
        Contender {
            who: Who::Ours,
            what: "worker: seccomp, Landlock, limits, no network",
            run: Box::new(|| {
                measure(Command::new(&again).args(["--start-workers", &count.to_string()]))
            }),
        },
        Contender { who: Who::Theirs, what: "/bin/true, no sandbox", run: in_shell(TRUE) },
    ];
    if stage::installed("bwrap") {
        let what = "bwrap --unshare-all /bin/true";
        contenders.push(Contender { who: Who::Theirs, what, run: in_shell(BWRAP) });
    }
    let row = take_turns(format!("{count} workers started"), settings.rounds, contenders)?;
    Ok(vec![row.goal(Goal::Each { count })])
}
