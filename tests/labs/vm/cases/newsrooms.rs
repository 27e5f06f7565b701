//! A newsroom whose two stations are the guest at two times, and what is carried between them.

use std::io;
use std::path::Path;
use std::process::Command;

use sd_tests::journalist_interface::World;
use sd_tests::newsroom::{Newsroom, Run};
use sd_tests::vm::{Order, Vm};

/// The passphrase of every stick here.
pub(crate) const PASSPHRASE: &str = "correct horse battery";

/// Where the stations' homes are in the guest.
const WORKSTATION: &str = "/home/amnesia/ws";
const SVS: &str = "/home/amnesia/svs";

/// As on Tails, the person at the machine may open removable devices: `/etc/udev/rules.d/
/// 99-make-removable-devices-user-writable.rules` there.
pub(crate) const AS_ON_TAILS: &str = r#"echo 'SUBSYSTEM=="block", ENV{ID_BUS}=="usb", GROUP="amnesia", MODE="0660"' \
    >/etc/udev/rules.d/99-make-removable-devices-user-writable.rules && udevadm control --reload"#;

/// Two stations, paired and with mail to carry: made on this side, where no emulation slows the
/// keys down, and put into the guest when their turn comes.
pub(crate) struct Stations {
    /// The homes as tar files, as they are while the other station has the machine.
    workstation: Vec<u8>,
    svs: Vec<u8>,
    /// The secret submission key's file, which stays where the pairing looks for it.
    key: (String, Vec<u8>),
    /// The newsroom on this side, whose SVS judges what is on a stick.
    newsroom: Newsroom,
    /// How many items wait to be carried.
    pub(crate) items: u64,
}

/// Which station the guest is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Station {
    Workstation,
    Svs,
}

impl Station {
    fn home(self) -> &'static str {
        match self {
            Self::Workstation => WORKSTATION,
            Self::Svs => SVS,
        }
    }
}

impl Stations {
    /// Fetches what this world holds, and pairs.
    pub(crate) fn with(world: World) -> io::Result<Self> {
        let newsroom = Newsroom::new(world)?;
        newsroom.pair()?;
        let synced = newsroom.fetch(&["sync"]).expect(0).json();
        let sources = synced["report"]["sources"].as_array().cloned().unwrap_or_default();
        let count = |kind: &str| sources.iter().filter_map(|s| s[kind].as_u64()).sum::<u64>();
        let items = count("messages") + count("documents") + count("replies");
        assert!(items > 0, "{synced}");
        let key = newsroom.path("submission.key");
        Ok(Self {
            workstation: tar(&newsroom.path("ws"))?,
            svs: tar(&newsroom.path("svs"))?,
            key: (key.to_string_lossy().into_owned(), std::fs::read(&key)?),
            newsroom,
            items,
        })
    }

    /// Whether the SVS finds this bundle good to its last byte.
    pub(crate) fn verify(&self, bundle: &[u8]) -> io::Result<bool> {
        let path = self.newsroom.path("judged.sdbundle");
        std::fs::write(&path, bundle)?;
        let run = self.newsroom.svs(&["verify", &path.to_string_lossy()]);
        assert!(matches!(run.code, Some(0 | 10)), "{run:?}");
        Ok(run.code == Some(0))
    }

    /// Whether it finds one of these good.
    pub(crate) fn verify_any(&self, bundles: &[Vec<u8>]) -> io::Result<bool> {
        for bundle in bundles {
            if self.verify(bundle)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The guest, as it is after its boot, becomes this station.
    pub(crate) fn become_station(&self, vm: &mut Vm, station: Station) -> io::Result<()> {
        vm.sh(AS_ON_TAILS)?;
        let home = match station {
            Station::Workstation => &self.workstation,
            Station::Svs => &self.svs,
        };
        vm.put_tree(station.home(), home)?;
        vm.sh(&format!("chown -R amnesia: {}", station.home()))?;
        if station == Station::Svs {
            let (path, bytes) = &self.key;
            vm.put(sd_tests::vm::Who::Root, path, bytes)?;
            vm.sh(&format!("chmod 755 \"$(dirname '{path}')\"; chown amnesia: '{path}'"))?;
        }
        Ok(())
    }

    /// Keeps the station's home and leaves the machine as it is after its boot.
    pub(crate) fn leave(&mut self, vm: &mut Vm, station: Station) -> io::Result<()> {
        let home = vm.take_tree(station.home())?;
        match station {
            Station::Workstation => self.workstation = home,
            Station::Svs => self.svs = home,
        }
        vm.revert()
    }
}

/// `sd-airgap` as the person at the machine types it, with the stick's passphrase at a descriptor.
pub(crate) fn airgap(vm: &mut Vm, station: Station, args: &str) -> io::Result<Run> {
    let home = station.home();
    let line = format!("sd-airgap {args} --json --home {home}");
    vm.run(
        Order::user(line)
            .fd(9, format!("{PASSPHRASE}\n"))
            .within(std::time::Duration::from_mins(3)),
    )
}

fn tar(dir: &Path) -> io::Result<Vec<u8>> {
    let tar = Command::new("tar").arg("-C").arg(dir).args(["-c", "."]).output()?;
    if tar.status.success() { Ok(tar.stdout) } else { Err(io::Error::other("tar")) }
}
