//! Devices with several functions, as a hostile stick has them. QEMU has none; Linux has, by
//! `dummy_hcd`: a bus in the guest whose other end is the guest too.

use std::fmt::Write as _;
use std::io;

use super::Vm;

/// One function of a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function {
    /// A disk with so many MiB.
    Disk(u32),
    /// A keyboard that types by itself: [`Vm::gadget_types`].
    Keyboard,
    /// A modem (CDC ACM).
    Modem,
    /// A network adapter (CDC Ethernet).
    Network,
    /// A network adapter as Windows likes it.
    Rndis,
    /// A printer.
    Printer,
    /// A camera or telephone (still image class, MTP).
    Mtp,
}

/// A device with these numbers and names.
#[derive(Clone, Debug)]
pub struct Gadget {
    vendor: u16,
    product: u16,
    serial: String,
    names: (String, String),
    functions: Vec<Function>,
}

const DIR: &str = "/sys/kernel/config/usb_gadget/lab";

/// What a keyboard says of itself: modifiers, lights, six keys.
const KEYBOARD: &str = r"\x05\x01\x09\x06\xa1\x01\x05\x07\x19\xe0\x29\xe7\x15\x00\x25\x01\x75\x01\x95\x08\x81\x02\x95\x01\x75\x08\x81\x03\x95\x05\x75\x01\x05\x08\x19\x01\x29\x05\x91\x02\x95\x01\x75\x03\x91\x03\x95\x06\x75\x08\x15\x00\x25\x65\x05\x07\x19\x00\x29\x65\x81\x00\xc0";

/// What a telephone says of itself, twice (full and high speed): an interface of the still image
/// class, bulk endpoints in and out, an interrupt endpoint. Then its name.
const MTP: &str = r"\x03\0\0\0\x50\0\0\0\x03\0\0\0\x04\0\0\0\x04\0\0\0\x09\x04\0\0\x03\x06\x01\x01\x01\x07\x05\x81\x02\x40\0\0\x07\x05\x02\x02\x40\0\0\x07\x05\x83\x03\x1c\0\x06\x09\x04\0\0\x03\x06\x01\x01\x01\x07\x05\x81\x02\0\x02\0\x07\x05\x02\x02\0\x02\0\x07\x05\x83\x03\x1c\0\x06";
const MTP_NAME: &str = r"\x02\0\0\0\x16\0\0\0\x01\0\0\0\x01\0\0\0\x09\x04MTP\0";

impl Gadget {
    /// A device with a serial number and no function yet.
    pub fn new(vendor: u16, product: u16, serial: &str) -> Self {
        let names = ("Lab".to_owned(), "Gadget".to_owned());
        Self { vendor, product, serial: serial.to_owned(), names, functions: Vec::new() }
    }

    /// With a maker and a name.
    #[must_use]
    pub fn named(mut self, maker: &str, name: &str) -> Self {
        self.names = (maker.to_owned(), name.to_owned());
        self
    }

    /// With this function too.
    #[must_use]
    pub fn with(mut self, function: Function) -> Self {
        self.functions.push(function);
        self
    }

    /// The script that makes it and plugs it in.
    fn script(&self) -> String {
        let Self { vendor, product, serial, names: (maker, name), .. } = self;
        let mut script = format!(
            "set -e; modprobe -a dummy_hcd libcomposite
            mountpoint -q /sys/kernel/config || mount -t configfs none /sys/kernel/config
            mkdir {DIR}; cd {DIR}
            echo {vendor:#06x} >idVendor; echo {product:#06x} >idProduct; echo 0x0200 >bcdUSB
            mkdir strings/0x409 configs/c.1
            echo '{serial}' >strings/0x409/serialnumber
            echo '{maker}' >strings/0x409/manufacturer; echo '{name}' >strings/0x409/product\n"
        );
        for (number, function) in self.functions.iter().enumerate() {
            let kind = function.kind();
            let dir = format!("functions/{kind}.{number}");
            let _ = writeln!(script, "modprobe usb_f_{}; mkdir {dir}", function.module());
            script.push_str(&function.settings(&dir, number));
            let _ = writeln!(script, "ln -s {dir} configs/c.1/");
        }
        script + "ls /sys/class/udc >UDC"
    }
}

impl Function {
    /// Its directory's name in configfs.
    fn kind(self) -> &'static str {
        match self {
            Self::Disk(_) => "mass_storage",
            Self::Keyboard => "hid",
            Self::Modem => "acm",
            Self::Network => "ecm",
            Self::Rndis => "rndis",
            Self::Printer => "printer",
            Self::Mtp => "ffs",
        }
    }

    fn module(self) -> &'static str {
        match self {
            Self::Mtp => "fs",
            other => other.kind(),
        }
    }

    fn settings(self, dir: &str, number: usize) -> String {
        match self {
            Self::Disk(size) => format!(
                "truncate -s {size}M /run/gadget-{number}
                echo 1 >{dir}/lun.0/removable; echo /run/gadget-{number} >{dir}/lun.0/file\n"
            ),
            Self::Keyboard => format!(
                "echo 1 >{dir}/protocol; echo 1 >{dir}/subclass; echo 8 >{dir}/report_length
                printf '{KEYBOARD}' >{dir}/report_desc\n"
            ),
            // A program describes the device, and the device is there as long as the program.
            Self::Mtp => format!(
                "mkdir /run/mtp; mount -t functionfs {number} /run/mtp
                (exec 3<>/run/mtp/ep0; printf '{MTP}' >&3; printf '{MTP_NAME}' >&3
                exec sleep 1000) >/dev/null 2>&1 &
                for i in $(seq 100); do [ -e /run/mtp/ep1 ] && break; sleep 0.05; done\n"
            ),
            _ => String::new(),
        }
    }
}

impl Vm {
    /// Plugs such a device in, and waits for nothing. There can be one at a time; it ends when
    /// the machine goes back, or with [`Vm::detach_gadget`].
    pub fn attach_gadget(&mut self, gadget: &Gadget) -> io::Result<()> {
        self.sh(&gadget.script()).map(drop)
    }

    /// Pulls it out.
    pub fn detach_gadget(&mut self) -> io::Result<()> {
        self.sh(&format!("echo >{DIR}/UDC; udevadm settle")).map(drop)
    }

    /// Its keyboard types keys, by their numbers in the HID tables (4 is A).
    pub fn gadget_types(&mut self, keys: &[u8]) -> io::Result<()> {
        let mut script = "exec 3>/dev/hidg0\n".to_owned();
        for key in keys {
            let _ = writeln!(
                script,
                r"printf '\0\0\x{key:02x}\0\0\0\0\0' >&3; printf '\0\0\0\0\0\0\0\0' >&3"
            );
        }
        self.sh(&script).map(drop)
    }
}
