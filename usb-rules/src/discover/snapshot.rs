//! What udev and the kernel say, as plain data.

use std::path::{Path, PathBuf};

use udev::Device;

use super::content::Properties;
use super::{DiscoverError, descriptors, kernel_files};
use crate::interface::Interface;

/// `size` in sysfs counts these, whatever the disk's own sectors are.
const SYSFS_SECTOR: u64 = 512;

/// Every block device and every USB device.
#[derive(Clone, Debug, Default)]
pub(super) struct Snapshot {
    pub(super) blocks: Vec<Block>,
    pub(super) units: Vec<Unit>,
}

/// A block device: a disk, a partition or a mapping.
#[derive(Clone, Debug, Default)]
pub(super) struct Block {
    /// The kernel's name, `sdb1`.
    pub(super) name: String,
    pub(super) node: PathBuf,
    /// Of a partition: the disk it is on.
    pub(super) disk: Option<String>,
    /// Of a partition: its first sector.
    pub(super) start: u64,
    /// Major and minor number.
    pub(super) number: Option<(u32, u32)>,
    /// Bytes; 0 if unknown.
    pub(super) size: u64,
    /// Bytes; 0 if unknown.
    pub(super) sector: u32,
    pub(super) read_only: bool,
    pub(super) removable: bool,
    pub(super) properties: Properties,
    /// udev has finished with it.
    pub(super) known: bool,
    /// The names of the block devices that a mapping lies upon.
    pub(super) upon: Vec<String>,
    /// The file that a loop device lies upon.
    pub(super) backing: Option<PathBuf>,
    /// The port of the USB device it belongs to.
    pub(super) port: Option<String>,
}

/// A USB device; a hub too.
#[derive(Clone, Debug, Default)]
pub(super) struct Unit {
    pub(super) port: String,
    pub(super) vendor_id: u16,
    pub(super) product_id: u16,
    pub(super) vendor: String,
    pub(super) product: String,
    pub(super) serial: String,
    /// Empty if they could not be read.
    pub(super) interfaces: Vec<Interface>,
}

impl Snapshot {
    pub(super) fn take() -> Result<Self, DiscoverError> {
        let blocks = scan("block", None)?.iter().map(block).collect();
        let units = scan("usb", Some("usb_device"))?.iter().map(unit).collect();
        Ok(Self { blocks, units })
    }
}

fn scan(subsystem: &str, kind: Option<&str>) -> Result<Vec<Device>, DiscoverError> {
    let mut enumerator = udev::Enumerator::new()?;
    enumerator.match_subsystem(subsystem)?;
    if let Some(kind) = kind {
        enumerator.match_property("DEVTYPE", kind)?;
    }
    Ok(enumerator.scan_devices()?.collect())
}

fn block(device: &Device) -> Block {
    let name = device.sysname().to_string_lossy().into_owned();
    let properties = properties(device);
    let partition = device.devtype().is_some_and(|kind| kind == "partition");
    let disk = if partition { device.parent() } else { None };
    let whole = disk.as_ref().unwrap_or(device);
    let number = |key: &str| properties.get(key)?.parse().ok();
    Block {
        // udev tells no node only for a device that has just gone.
        node: device.devnode().map_or_else(|| Path::new("/dev").join(&name), Path::to_path_buf),
        disk: disk.as_ref().map(|d| d.sysname().to_string_lossy().into_owned()),
        start: attribute(device, "start").parse().unwrap_or_default(),
        number: number("MAJOR").zip(number("MINOR")),
        size: attribute(device, "size").parse::<u64>().unwrap_or(0).saturating_mul(SYSFS_SECTOR),
        sector: attribute(whole, "queue/logical_block_size").parse().unwrap_or_default(),
        read_only: attribute(device, "ro") != "0",
        removable: attribute(whole, "removable") == "1",
        // udev notes when it first finished with a device; the kernel never says this.
        known: properties.contains_key("USEC_INITIALIZED"),
        upon: kernel_files::names(&device.syspath().join("slaves")),
        backing: backing(device),
        port: usb_device(whole).map(|usb| usb.sysname().to_string_lossy().into_owned()),
        properties,
        name,
    }
}

/// The nearest USB device above; a hub on the way up is not it.
fn usb_device(device: &Device) -> Option<Device> {
    device.parent_with_subsystem_devtype("usb", "usb_device").ok().flatten()
}

fn backing(device: &Device) -> Option<PathBuf> {
    device.attribute_value("loop/backing_file").map(PathBuf::from)
}

fn unit(device: &Device) -> Unit {
    let id = |name: &str| u16::from_str_radix(&attribute(device, name), 16).unwrap_or_default();
    Unit {
        port: device.sysname().to_string_lossy().into_owned(),
        vendor_id: id("idVendor"),
        product_id: id("idProduct"),
        vendor: attribute(device, "manufacturer"),
        product: attribute(device, "product"),
        serial: attribute(device, "serial"),
        interfaces: interfaces(device).unwrap_or_default(),
    }
}

/// What the raw descriptors and udev's list say together; `None` if either cannot be understood
/// or both are missing.
fn interfaces(device: &Device) -> Option<Vec<Interface>> {
    let raw = kernel_files::read(&device.syspath().join("descriptors")).ok();
    let listed = device.property_value("ID_USB_INTERFACES");
    let mut all = match raw {
        Some(bytes) => descriptors::interfaces(&bytes)?,
        None => Vec::new(),
    };
    if let Some(listed) = listed {
        all.extend(descriptors::listed(listed.to_str()?)?);
    }
    all.sort_unstable();
    all.dedup();
    Some(all)
}

fn properties(device: &Device) -> Properties {
    let text = |t: &std::ffi::OsStr| t.to_string_lossy().into_owned();
    device.properties().map(|p| (text(p.name()), text(p.value()))).collect()
}

fn attribute(device: &Device, name: &str) -> String {
    device.attribute_value(name).map(|v| v.to_string_lossy().into_owned()).unwrap_or_default()
}
