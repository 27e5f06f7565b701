//! What works.

use std::io;
use std::time::Duration;

use sd_tests::demo_world::demo_world;
use sd_tests::journalist_interface::JournalistInterface;
use sd_tests::tor_network::wait_for;

use crate::lab::Lab;
use crate::workstation::{RUN, Workstation, login};

/// Messages, documents and replies of three sources; the largest document has this many bytes.
const LARGEST: u64 = 3 << 20;

/// Long enough for a program to have found a closed port and to be waiting.
const LATE: Duration = Duration::from_secs(4);

fn downloads(interface: &JournalistInterface) -> usize {
    interface.requests().iter().filter(|r| r.path.ends_with("/download")).count()
}

pub(crate) fn a_sync_through_the_onion_service_brings_everything_once(
    lab: &mut Lab,
) -> io::Result<()> {
    let interface = lab.serve(demo_world(LARGEST)?)?;
    let workstation = Workstation::new(lab)?;
    let sync = workstation.sync(lab.network.onion(), lab.network.with_key.extended);
    let first = workstation.run(&sync, &login(&interface)?)?.expect(0).json();
    assert_eq!(first["status"], "DONE");
    workstation.assert_has_all_of(&interface)?;
    let items = interface.edit(|world| world.items().len());
    assert_eq!(downloads(&interface), items);
    let second = workstation.run(&sync, &login(&interface)?)?.expect(0).json();
    assert_eq!(second["status"], "NOTHING_TO_DO");
    assert_eq!(second["report"]["already_here"], items);
    assert_eq!(downloads(&interface), items, "what is here is not fetched again");
    Ok(())
}

pub(crate) fn the_plain_socks_port_serves_as_well(lab: &mut Lab) -> io::Result<()> {
    let interface = lab.serve(demo_world(1000)?)?;
    let workstation = Workstation::new(lab)?;
    let sync = workstation.sync(lab.network.onion(), lab.network.with_key.plain);
    let ended = workstation.run(&sync, &login(&interface)?)?.expect(0).json();
    assert_eq!(ended["status"], "DONE");
    workstation.assert_has_all_of(&interface)
}

pub(crate) fn a_tor_that_connects_late_is_waited_for(lab: &mut Lab) -> io::Result<()> {
    let interface = lab.serve(demo_world(1000)?)?;
    let workstation = Workstation::new(lab)?;
    let client = &lab.network.with_key;
    let sync = workstation.sync(lab.network.onion(), client.extended);
    let offline = client.node.offline()?;
    let mut fetching = workstation.start(&sync, &login(&interface)?)?;
    let gave_up = wait_for("the moment", LATE, || fetching.has_ended().then_some(())).is_ok();
    offline.end()?;
    let ended = fetching.end(RUN)?.expect(0).json();
    assert!(!gave_up, "it has to wait");
    assert_eq!(ended["status"], "DONE");
    workstation.assert_has_all_of(&interface)
}
