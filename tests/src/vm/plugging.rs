//! Plugging in and out, in order and not.

use std::io;
use std::time::Duration;

use serde_json::{Value, json};

use super::chip::Chip;
use super::fault;
use super::order::Order;
use super::stick::{Plugged, Stick};
use super::{Vm, machine};

impl Vm {
    /// Plugs a stick in, and waits until udev has seen each of its units.
    pub fn plug(&mut self, stick: Stick) -> io::Result<Plugged> {
        let mut plugged = self.attach(stick)?;
        self.wait_seen(&mut plugged)?;
        Ok(plugged)
    }

    /// Plugs a stick in, and waits for nothing: the guest may not want it.
    pub fn attach(&mut self, stick: Stick) -> io::Result<Plugged> {
        let id = self.next_id();
        let (plugged, commands) = stick.prepare(&id, &self.place.run)?;
        self.plugged.push(id);
        for (command, arguments) in commands {
            self.qmp(command, &arguments)?;
        }
        Ok(plugged)
    }

    /// Waits until udev has seen each unit of a stick, and notes its device files.
    pub fn wait_seen(&mut self, plugged: &mut Plugged) -> io::Result<()> {
        let (units, serial) = (plugged.nodes.len(), &plugged.serial);
        let script = format!(
            "for i in $(seq 400); do
                set -- /dev/disk/by-id/usb-*{serial}*-0:?
                [ $# -ge {units} ] && [ -e \"$1\" ] && udevadm settle && exec readlink -e \"$@\"
                sleep 0.05
            done; lsusb; dmesg | tail -5; exit 1"
        );
        let run = self.run(Order::root(script))?;
        if run.code != Some(0) {
            let why = format!("the guest does not see the stick {serial}\n{}", run.stdout);
            return Err(io::Error::new(io::ErrorKind::TimedOut, why));
        }
        plugged.devices = run.stdout.lines().map(str::to_owned).collect();
        Ok(())
    }

    /// Pulls a stick out and waits until the guest has noticed. Gives its chip back: of several
    /// the first.
    pub fn unplug(&mut self, plugged: Plugged) -> io::Result<Chip> {
        self.unplug_all(plugged).map(first)
    }

    /// The same for a stick with several chips.
    #[expect(clippy::needless_pass_by_value, reason = "what is unplugged is not plugged in")]
    pub fn unplug_all(&mut self, plugged: Plugged) -> io::Result<Vec<Chip>> {
        let gone: Vec<String> =
            plugged.devices.iter().map(|device| format!("[ ! -e {device} ]")).collect();
        let chips = self.detach(&plugged)?;
        if !gone.is_empty() {
            let gone = gone.join(" && ");
            self.sh(&format!(
                "for i in $(seq 200); do {gone} && break; sleep 0.05; done; udevadm settle"
            ))?;
        }
        Ok(chips)
    }

    /// Pulls a stick out when nobody expects it, and waits for nothing. A fault.
    #[expect(clippy::needless_pass_by_value, reason = "what is pulled is not plugged in")]
    pub fn pull(&mut self, plugged: Plugged) -> io::Result<Chip> {
        // One whose chip has pulled itself out has been counted.
        if !plugged.chip(|chip| chip.is_gone()) {
            fault::count();
        }
        self.detach(&plugged).map(first)
    }

    /// The power goes: the machine stops at once, and the chips lose what they were not told to
    /// keep. A fault. The machine is there again after [`Vm::revert`].
    pub fn power_cut<const N: usize>(&mut self, plugged: [Plugged; N]) -> io::Result<[Chip; N]> {
        self.machine()?.kill()?;
        self.machine = None;
        fault::count();
        Ok(plugged.map(|stick| first(stick.take())))
    }

    fn detach(&mut self, plugged: &Plugged) -> io::Result<Vec<Chip>> {
        // A stick that answers nothing would keep QEMU waiting.
        if plugged.chip(|chip| chip.is_stuck()) {
            plugged.end();
        }
        self.delete_device(&plugged.id)?;
        for node in &plugged.nodes {
            self.delete_node(node)?;
        }
        Ok(plugged.take())
    }

    /// A name that no device had.
    pub(super) fn next_id(&mut self) -> String {
        self.made += 1;
        format!("d{}", self.made)
    }

    pub(super) fn delete_device(&mut self, id: &str) -> io::Result<()> {
        self.qmp("device_del", &json!({ "id": id }))?;
        self.machine()?.qmp.wait_deleted(id)?;
        self.plugged.retain(|other| other != id);
        Ok(())
    }

    /// A node stays busy for a moment after its device is gone.
    fn delete_node(&mut self, node: &str) -> io::Result<()> {
        let mut tries = 0;
        loop {
            match self.qmp("blockdev-del", &json!({ "node-name": node })) {
                Err(_) if tries < 150 => {
                    tries += 1;
                    std::thread::sleep(Duration::from_millis(20));
                }
                ended => return ended.map(drop),
            }
        }
    }

    /// Anything else that QEMU can do.
    pub fn qmp(&mut self, command: &str, arguments: &Value) -> io::Result<Value> {
        self.machine()?.qmp.execute(command, arguments)
    }

    /// Waits until both agents answer; after something that may have shaken the guest.
    pub fn is_well(&mut self) -> io::Result<()> {
        let machine = self.machine()?;
        machine.root.sync(machine::SYNC)?;
        machine.user.sync(machine::SYNC)
    }
}

/// A stick has at least one chip.
fn first(chips: Vec<Chip>) -> Chip {
    chips.into_iter().next().unwrap_or_default()
}
