//! Rules for `USBGuard`, which Tails runs.

use super::head;
use crate::table;

pub(super) fn render() -> String {
    let [bulk, uas] = table::STORAGE.map(|i| i.to_string());
    let storage = table::STORAGE[0].class;
    let blocked = table::BLOCKED.map(|(class, subclass)| match subclass {
        Some(subclass) => format!("{class:02x}:{subclass:02x}:*"),
        None => format!("{class:02x}:*:*"),
    });
    let (head, blocked) = (head(HEAD), blocked.join(" "));
    format!(
        "\
{head}
# Storage and nothing else; a UAS stick shows both kinds.
allow with-interface equals {{ {bulk} }}
allow with-interface equals {{ {uas} }}
allow with-interface equals {{ {bulk} {uas} }}

# Storage and something else: the whole device, before any of it is seen.
reject with-interface one-of {{ {storage:02x}:*:* }}

# Modems, network cards, radios, and keyboards that arrive later.
block with-interface one-of {{ {blocked} }}
"
    )
}

const HEAD: &str = "\
USBGuard at the Secure Viewing Station, before any rule that allows more.

Tails runs USBGuard with PresentDevicePolicy=allow: what is plugged in when it starts is never
asked. Its desktop may add a rule that allows everything while the screen is unlocked, so these
must stand first: usbguard append-rule --after 0, last line first.";
