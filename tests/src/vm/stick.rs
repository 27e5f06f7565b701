//! Sticks: how a chip looks from outside, and a stick that is plugged in.

use std::io;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use super::chip::Chip;
use super::nbd::Server;

/// How a stick speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Speech {
    /// One unit, with the names that QEMU gives.
    Storage,
    /// Names of its own, and as many units as wanted.
    BulkOnly,
    /// The same by UAS, as fast drives have it.
    Uas,
}

/// A stick that is not plugged in.
#[derive(Debug)]
pub struct Stick {
    speech: Speech,
    face: Face,
    protected: bool,
    units: Vec<(Unit, Chip)>,
}

/// What all units of a stick say of themselves.
#[derive(Debug)]
struct Face {
    serial: String,
    vendor: String,
    product: String,
    sector: u32,
    write_cache: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    Disk,
    Disc,
}

impl Stick {
    /// A stick with this serial number (letters and digits) and this chip.
    pub fn new(serial: &str, chip: Chip) -> Self {
        let face = Face {
            serial: serial.to_owned(),
            vendor: "Lab".to_owned(),
            product: "Stick".to_owned(),
            sector: 512,
            write_cache: true,
        };
        let units = vec![(Unit::Disk, chip)];
        Self { speech: Speech::Storage, face, protected: false, units }
    }

    /// With a maker and a name: at most 8 and 16 characters.
    #[must_use]
    pub fn named(mut self, vendor: &str, product: &str) -> Self {
        (self.face.vendor, self.face.product) = (vendor.to_owned(), product.to_owned());
        self.bulk_only()
    }

    /// By UAS instead of bulk-only transport.
    #[must_use]
    pub fn uas(mut self) -> Self {
        self.speech = Speech::Uas;
        self
    }

    /// With another disk in the same stick.
    #[must_use]
    pub fn and_disk(mut self, chip: Chip) -> Self {
        self.units.push((Unit::Disk, chip));
        self.bulk_only()
    }

    /// With a CD in the same stick, as U3 sticks have it.
    #[must_use]
    pub fn and_disc(mut self, chip: Chip) -> Self {
        self.units.push((Unit::Disc, chip));
        self.bulk_only()
    }

    /// With sectors of 4096 bytes and no smaller ones.
    #[must_use]
    pub fn large_sectors(mut self) -> Self {
        self.face.sector = 4096;
        self.bulk_only()
    }

    /// That says it has no write cache, as most sticks do: then no flush is ever sent.
    #[must_use]
    pub fn without_write_cache(mut self) -> Self {
        self.face.write_cache = false;
        self.bulk_only()
    }

    /// With its write-protect switch set.
    #[must_use]
    pub fn protected(mut self) -> Self {
        self.protected = true;
        self
    }

    fn bulk_only(mut self) -> Self {
        if self.speech == Speech::Storage {
            self.speech = Speech::BulkOnly;
        }
        self
    }

    /// What QEMU must be told to plug it in, with the servers of its chips.
    pub(super) fn prepare(self, id: &str, run: &Path) -> io::Result<(Plugged, Vec<Command>)> {
        let Self { speech, face, protected, units } = self;
        let (mut servers, mut nodes) = (Vec::new(), Vec::new());
        let (mut commands, mut inside) = (Vec::new(), Vec::new());
        for (number, (unit, chip)) in units.into_iter().enumerate() {
            let read_only = protected || unit == Unit::Disc;
            let node = format!("{id}-{number}");
            let socket = run.join(format!("{node}.nbd"));
            servers.push(Server::start(&socket, chip, read_only)?);
            let server = json!({ "type": "unix", "path": socket });
            commands.push((
                "blockdev-add",
                json!({
                    "driver": "raw", "node-name": node, "read-only": read_only,
                    "file": { "driver": "nbd", "server": server },
                }),
            ));
            inside.push(("device_add", face.inner(id, number, unit)));
            nodes.push(node);
        }
        commands.push(("device_add", face.outer(id, speech)));
        if speech != Speech::Storage {
            commands.extend(inside);
            commands.push(attached(id));
        }
        let (id, devices) = (id.to_owned(), Vec::new());
        Ok((Plugged { id, serial: face.serial, nodes, servers, devices }, commands))
    }
}

/// A command for QEMU, with its arguments.
pub(super) type Command = (&'static str, Value);

impl Face {
    /// The device on the bus.
    fn outer(&self, id: &str, speech: Speech) -> Value {
        let mut device = json!({ "id": id, "bus": "xhci.0", "serial": self.serial });
        device["driver"] = match speech {
            Speech::BulkOnly => "usb-bot".into(),
            Speech::Uas => "usb-uas".into(),
            Speech::Storage => {
                device["drive"] = format!("{id}-0").into();
                device["removable"] = true.into();
                report(&mut device);
                "usb-storage".into()
            }
        };
        device
    }

    /// One unit in it.
    fn inner(&self, id: &str, number: usize, unit: Unit) -> Value {
        let Self { serial, vendor, product, sector, write_cache } = self;
        let mut device = json!({
            "bus": format!("{id}.0"), "lun": number, "drive": format!("{id}-{number}"),
            "id": format!("{id}u{number}"), "vendor": vendor, "product": product, "ver": "1.27",
            "serial": format!("{serial}U{number}"),
        });
        device["driver"] = match unit {
            Unit::Disc => "scsi-cd".into(),
            Unit::Disk => {
                device["removable"] = true.into();
                device["logical_block_size"] = (*sector).into();
                device["physical_block_size"] = (*sector).into();
                device["write-cache"] = if *write_cache { "on" } else { "off" }.into();
                report(&mut device);
                "scsi-hd".into()
            }
        };
        device
    }
}

/// Without "report" QEMU would stop the whole machine when the stick is full.
fn report(device: &mut Value) {
    device["rerror"] = "report".into();
    device["werror"] = "report".into();
}

/// A stick with units shows itself only when it is told that they are complete.
fn attached(id: &str) -> Command {
    let path = format!("/machine/peripheral/{id}");
    ("qom-set", json!({ "path": path, "property": "attached", "value": true }))
}

/// A stick that is plugged in. If it is dropped, each request fails from then on; to get the
/// chip back, unplug it.
#[derive(Debug)]
pub struct Plugged {
    pub(super) id: String,
    pub(super) serial: String,
    pub(super) nodes: Vec<String>,
    pub(super) devices: Vec<String>,
    servers: Vec<Server>,
}

impl Plugged {
    /// The device file it had when it was plugged in, such as `/dev/sda`; empty if nobody
    /// waited for it.
    pub fn device(&self) -> &str {
        self.unit_device(0)
    }

    /// The device file of one of its units.
    pub fn unit_device(&self, unit: usize) -> &str {
        self.devices.get(unit).map_or("", String::as_str)
    }

    /// Looks at its chip, or changes it, while it is plugged in.
    pub fn chip<T>(&self, look: impl FnOnce(&mut Chip) -> T) -> T {
        self.unit_chip(0, look)
    }

    /// The same for one of its units.
    ///
    /// # Panics
    /// If it has no such unit.
    pub fn unit_chip<T>(&self, unit: usize, look: impl FnOnce(&mut Chip) -> T) -> T {
        self.servers[unit].chip(look)
    }

    /// Waits until its chip is as wished.
    pub fn wait(&self, limit: Duration, wished: impl Fn(&Chip) -> bool) -> io::Result<()> {
        if self.servers[0].wait(limit, wished) {
            return Ok(());
        }
        Err(io::Error::new(io::ErrorKind::TimedOut, "the chip did not become so"))
    }

    /// Answers what is stuck.
    pub fn release(&self) {
        self.servers.iter().for_each(Server::release);
    }

    /// From now on every request is an error, so that QEMU waits for none.
    pub(super) fn end(&self) {
        self.servers.iter().for_each(Server::end);
    }

    /// The chips, without power.
    pub(super) fn take(&self) -> Vec<Chip> {
        let mut chips: Vec<Chip> = self.servers.iter().map(Server::take).collect();
        chips.iter_mut().for_each(Chip::lose_power);
        chips
    }
}
