//! One case: what goes wrong, what must be said, and what must hold afterwards.

use sd_bundle::{Home, Inbox};
use sd_tests::journalist_interface::{Fault, FaultKind, World};

use crate::said::Said;
use crate::scene::{Face, ITEMS, Measured, Scene, elsewhere};
use crate::surroundings::{changes, snapshot, strangers};

/// The bar for memory: 64 MiB, in KiB.
const MOST: u64 = 64 * 1024;

/// A server that misbehaves in one way.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    faults: Vec<Fault>,
    edit: fn(&mut World),
    expect: Expect,
    /// Items that do not arrive, though something else is named.
    lost: Vec<&'static str>,
    faces: Vec<Face>,
}

/// What must come of it.
pub(crate) enum Expect {
    /// These items (or sources) are refused by name, each for its reason; every other item
    /// arrives.
    Refused(Vec<(&'static str, &'static str)>),
    /// So many more are refused by name, and everything else arrives.
    RefusedBesides(usize, &'static str),
    /// The run fails with this status and these words; nothing arrives.
    Fails(&'static str, &'static str),
    /// The run ends early, with these words; what arrived is right.
    CutShort(&'static str),
    /// Everything arrives all the same; these words are said.
    Arrives(&'static str),
}

pub(crate) type Verdict = Result<(), String>;

impl Case {
    pub(crate) fn new(name: &'static str, expect: Expect) -> Self {
        Self {
            name,
            faults: Vec::new(),
            edit: |_| {},
            expect,
            lost: Vec::new(),
            faces: vec![Face::Json, Face::Human],
        }
    }

    /// This item does not arrive either.
    pub(crate) fn lost(mut self, item: &'static str) -> Self {
        self.lost.push(item);
        self
    }

    /// Lets this go wrong.
    pub(crate) fn with(mut self, fault: Fault) -> Self {
        self.faults.push(fault);
        self
    }

    /// Lets this go wrong for the answer to a path.
    pub(crate) fn on(self, path: &str, kind: FaultKind) -> Self {
        self.with(Fault::on_path(path, kind))
    }

    /// Changes what is on the server.
    pub(crate) fn after(self, edit: fn(&mut World)) -> Self {
        Self { edit, ..self }
    }

    /// Shows only this face: the report is long.
    pub(crate) fn only(mut self, face: Face) -> Self {
        self.faces.retain(|f| *f == face);
        self
    }

    /// Runs it in its faces; tells the peak of memory in KiB.
    pub(crate) fn run(&self) -> Result<u64, String> {
        self.faces.iter().try_fold(0, |peak, face| {
            let this = self.run_in(*face).map_err(|why| format!("{face:?}: {why}"))?;
            Ok(peak.max(this))
        })
    }

    fn run_in(&self, face: Face) -> Result<u64, String> {
        let scene = Scene::new();
        let interface = scene.newsroom.interface();
        interface.edit(self.edit);
        for fault in &self.faults {
            interface.add_fault(fault.clone());
        }
        let root = scene.newsroom.path("");
        let before = snapshot(&root);
        let measured = scene.sync(face);
        let said = format!("{}\n{}", measured.run.stdout, measured.run.stderr);
        let explain = |why: String| format!("{why}\n{said}");
        let changed = changes(&before, &snapshot(&root));
        if !changed.is_empty() {
            return Err(explain(format!("outside the inbox: {changed:?}")));
        }
        if elsewhere().accept().is_ok() {
            return Err(explain("a connection went elsewhere".to_owned()));
        }
        within_bounds(&measured).map_err(explain)?;
        let strangers = strangers(&root);
        if !strangers.is_empty() {
            return Err(explain(format!("not the inbox's own: {strangers:?}")));
        }
        let here = arrived(&scene).map_err(explain)?;
        self.expect.judge(face, &measured, &here, &self.lost).map_err(explain)?;
        Ok(measured.peak)
    }
}

/// Memory, and what reached the terminal.
fn within_bounds(measured: &Measured) -> Verdict {
    let Measured { run, peak } = measured;
    if *peak > MOST || *peak < 1000 {
        return Err(format!("{peak} KiB of memory"));
    }
    if run.code.is_none() || run.code == Some(124) {
        return Err("it did not end".to_owned());
    }
    let said = [&*run.stdout, &*run.stderr].concat();
    let plain = |b: u8| matches!(b, b'\n' | b' '..=b'~');
    if said.bytes().all(plain) {
        return Ok(());
    }
    match said.chars().find(|c| acts(*c)) {
        Some(c) => Err(format!("U+{:04X} reached the terminal", u32::from(c))),
        None => Ok(()),
    }
}

/// Whether a character does more on a terminal than to show itself.
fn acts(c: char) -> bool {
    match c {
        '\n' | ' '..='~' => false,
        c => sd_fs::escape(c.to_string().as_bytes()).as_str() != c.to_string(),
    }
}

/// The items in the inbox, each compared with the server's file.
fn arrived(scene: &Scene) -> Result<Vec<String>, String> {
    let home = Home::choose(Some(scene.newsroom.path("ws")), None).ok_or("no home")?;
    let inbox = Inbox::open(home.part("inbox").map_err(|e| e.to_string())?);
    let inbox = inbox.map_err(|e| e.to_string())?;
    let items = inbox.items().map_err(|e| e.to_string())?;
    let on_server = scene.on_server();
    for item in &items {
        let id = item.item.as_str();
        let theirs = on_server.iter().find(|i| i.uuid == id).ok_or(format!("{id} from nowhere"))?;
        let theirs = std::fs::read(theirs.path()).map_err(|e| e.to_string())?;
        let mut file = inbox.ciphertext(item).map_err(|e| e.to_string())?;
        let ours = sd_fs::read_bounded(&mut file, 1 << 20).map_err(|e| e.to_string())?;
        let hashed = sd_fs::Sha256::of(&ours) == item.sha256;
        if ours != theirs || !hashed || ours.len() as u64 != item.size {
            return Err(format!("{id} is not the server's"));
        }
    }
    Ok(items.into_iter().map(|item| item.item.to_string()).collect())
}

impl Expect {
    fn judge(&self, face: Face, measured: &Measured, here: &[String], lost: &[&str]) -> Verdict {
        let said = Said::new(face, measured);
        match self {
            Self::Refused(which) => {
                said.status("PART_DONE", 4)?;
                which.iter().try_for_each(|(id, why)| said.refused(id, why))?;
                said.refusals(which.len())?;
                let named = which.iter().map(|(id, _)| *id);
                all_but(&named.chain(lost.iter().copied()).collect::<Vec<_>>(), here)
            }
            Self::RefusedBesides(count, why) => {
                said.status("PART_DONE", 4)?;
                said.mentions(why)?;
                said.refusals(*count)?;
                all_but(&[], here)
            }
            Self::Fails(status, why) => {
                said.status(status, 1)?;
                said.mentions(why)?;
                if here.is_empty() { Ok(()) } else { Err(format!("{here:?} are here")) }
            }
            Self::CutShort(why) => {
                said.status("CUT_SHORT", 4)?;
                said.mentions(why)
            }
            Self::Arrives(words) => {
                said.status("DONE", 0)?;
                said.mentions(words)?;
                all_but(&[], here)
            }
        }
    }
}

fn all_but(which: &[&str], here: &[String]) -> Verdict {
    for id in ITEMS {
        let (wanted, is_here) = (!which.contains(&id), here.iter().any(|h| h == id));
        if wanted != is_here {
            return Err(format!("{id} is {}here", if is_here { "" } else { "not " }));
        }
    }
    Ok(())
}
