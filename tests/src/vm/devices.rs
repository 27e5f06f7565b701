//! What is plugged in and is no stick.

use std::io;
use std::path::PathBuf;

use serde_json::json;

use super::Vm;

/// A device that QEMU can be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Device {
    /// A keyboard.
    Keyboard,
    /// A mouse.
    Mouse,
    /// A tablet for drawing.
    Tablet,
    /// A network adapter (RNDIS and CDC Ethernet) without a network behind it.
    Network,
    /// A serial adapter of a maker's own class.
    Serial,
    /// A reader of smart cards.
    SmartCardReader,
    /// A sound card without a loudspeaker.
    Sound,
    /// A hub with nothing in it.
    Hub,
    /// A telephone or camera that speaks MTP and has the files of this directory.
    Mtp(PathBuf),
}

/// A device that is plugged in.
#[derive(Debug)]
pub struct Attached {
    id: String,
    behind: Option<(&'static str, String)>,
}

impl Vm {
    /// Plugs a device in, and waits for nothing.
    pub fn attach_device(&mut self, device: &Device) -> io::Result<Attached> {
        let id = self.next_id();
        let mut arguments = json!({ "id": id, "bus": "xhci.0" });
        let mut behind = None;
        let driver = match device {
            Device::Keyboard => "usb-kbd",
            Device::Mouse => "usb-mouse",
            Device::Tablet => "usb-tablet",
            Device::SmartCardReader => "usb-ccid",
            Device::Hub => "usb-hub",
            Device::Sound => {
                arguments["audiodev"] = "silence".into();
                "usb-audio"
            }
            Device::Mtp(dir) => {
                arguments["rootdir"] = dir.to_string_lossy().into();
                "usb-mtp"
            }
            Device::Network => {
                let network = format!("{id}n");
                self.qmp("netdev_add", &json!({ "type": "hubport", "id": network, "hubid": 0 }))?;
                arguments["netdev"] = network.clone().into();
                behind = Some(("netdev_del", network));
                "usb-net"
            }
            Device::Serial => {
                let nothing = json!({ "type": "null", "data": {} });
                let line = format!("{id}c");
                self.qmp("chardev-add", &json!({ "id": line, "backend": nothing }))?;
                arguments["chardev"] = line.clone().into();
                // Also when nobody is at the other end.
                arguments["always-plugged"] = true.into();
                behind = Some(("chardev-remove", line));
                "usb-serial"
            }
        };
        arguments["driver"] = driver.into();
        self.plugged.push(id.clone());
        self.qmp("device_add", &arguments)?;
        Ok(Attached { id, behind })
    }

    /// Unplugs it.
    pub fn detach_device(&mut self, device: Attached) -> io::Result<()> {
        self.delete_device(&device.id)?;
        match device.behind {
            Some((command, id)) => self.qmp(command, &json!({ "id": id })).map(drop),
            None => Ok(()),
        }
    }

    /// Presses and releases keys, by QEMU's names for them (`a`, `ret`), on the keyboard that
    /// was plugged in last.
    pub fn press(&mut self, keys: &[&str]) -> io::Result<()> {
        for key in keys {
            let event = |down: bool| {
                let key = json!({ "type": "qcode", "data": key });
                json!({ "type": "key", "data": { "down": down, "key": key } })
            };
            self.qmp("input-send-event", &json!({ "events": [event(true), event(false)] }))?;
        }
        Ok(())
    }
}
