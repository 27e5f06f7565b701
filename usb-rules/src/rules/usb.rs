//! Rules for USB devices: which may speak to a driver.

use super::{Station, head};
use crate::interface::Interface;
use crate::table;

pub(super) fn render(station: Station) -> String {
    let (head, held_back) = match station {
        Station::Svs => (head(SVS_HEAD), held_back()),
        Station::Workstation => (head(WORKSTATION_HEAD), String::new()),
    };
    let composite = composite();
    format!(
        r#"{head}
ACTION!="add", GOTO="sd_usb_end"
SUBSYSTEM!="usb", GOTO="sd_usb_end"
{composite}{held_back}
LABEL="sd_usb_end"
"#
    )
}

/// Storage that is an input or network device too, as a whole.
fn composite() -> String {
    let storage = classes(&[table::STORAGE[0].class]);
    let never = classes(&table::NEVER_WITH_STORAGE);
    format!(
        "\n# A stick that is also a keyboard or a network card is no stick: it is switched off whole.\n\
         ENV{{DEVTYPE}}==\"usb_device\", ENV{{ID_USB_INTERFACES}}==\"{storage}\", \
         ENV{{ID_USB_INTERFACES}}==\"{never}\", ATTR{{authorized}}=\"0\"\n"
    )
}

fn held_back() -> String {
    let (closed, sticks) = (table::CLOSED_FLAG, exact(table::STORAGE));
    let (hub, printers) = (table::HUB_CLASS, table::PRINTERS.join("|"));
    format!(
        r#"
# A bus that appears when the ports are closed already (a dock, a card) is closed too.
ENV{{DEVTYPE}}=="usb_device", KERNEL=="usb*", TEST=="{closed}", ATTR{{interface_authorized_default}}="0"

# From here on: interfaces that the kernel holds back. Those present at boot are not.
ENV{{DEVTYPE}}!="usb_interface", GOTO="sd_usb_end"
ATTR{{authorized}}!="0", GOTO="sd_usb_end"

# Let in: hubs, devices that are storage and nothing else, devices that print and nothing else.
IMPORT{{parent}}="ID_USB_INTERFACES"
ATTR{{bInterfaceClass}}=="{hub:02x}", GOTO="sd_usb_let_in"
ENV{{ID_USB_INTERFACES}}=="{sticks}", GOTO="sd_usb_let_in"
ENV{{ID_USB_INTERFACES}}=="{printers}", GOTO="sd_usb_let_in"
GOTO="sd_usb_end"

# The kernel does not look for a driver by itself when an interface is let in.
LABEL="sd_usb_let_in"
ATTR{{authorized}}="1", ATTR{{[subsystem/usb]drivers_probe}}="$kernel"
"#
    )
}

/// Patterns for udev's list that holds an interface of one of these classes.
fn classes(classes: &[u8]) -> String {
    let pattern = |class: &u8| format!("*:{class:02x}????:*");
    classes.iter().map(pattern).collect::<Vec<_>>().join("|")
}

/// Every list that udev can make of these interfaces and no others: each alone, and both in
/// either order. udev names each kind once.
fn exact([a, b]: [Interface; 2]) -> String {
    let word = |i: Interface| i.to_string().replace(':', "");
    let (a, b) = (word(a), word(b));
    format!(":{a}:|:{b}:|:{a}:{b}:|:{b}:{a}:")
}

const SVS_HEAD: &str = "\
USB devices at the Secure Viewing Station: what arrives after the ports were closed speaks to no
driver, unless it is a hub, a stick or a printer and nothing else.

The ports are closed by sneakernet-usb-close.service, after boot, so that the keyboard and mouse
that were there keep working. A rule alone cannot do it: a driver that is loaded already takes
a new keyboard before udev hears of it, for about half a second. Without that service the rules
below only switch off sticks that are something else too, with that same delay.";

const WORKSTATION_HEAD: &str = "\
USB devices at the workstation: sticks that are something else too are switched off.

A driver that is loaded already takes such a device before udev hears of it, for about half a
second. The Secure Viewing Station closes its ports; here keyboards and network cards may arrive
at any time.";
