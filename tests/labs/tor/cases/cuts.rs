//! A circuit that breaks, and breaks again.

use std::io;

use sd_tests::journalist_interface::{Exchange, JournalistInterface};
use sd_tests::tor_network::wait_for;

use super::one_document;
use crate::lab::Lab;
use crate::workstation::{Fetching, RUN, Workstation, login};

const DOCUMENT: u64 = 60 << 20;
const CUTS: u64 = 5;
/// Between two cuts this much has to arrive.
const STRETCH: u64 = 8 << 20;

pub(crate) fn five_cut_circuits_cost_no_byte_of_a_download(lab: &mut Lab) -> io::Result<()> {
    let interface = lab.serve(one_document(DOCUMENT)?)?;
    let workstation = Workstation::new(lab)?;
    let sync = workstation.sync(lab.network.onion(), lab.network.with_key.extended);
    let mut fetching = workstation.start(&sync, &login(&interface)?)?;
    let (mut cuts, mut here) = (0, 0);
    while cuts < CUTS
        && let Some(bytes) = cut_behind(here + STRETCH, lab, &mut fetching)?
    {
        here = bytes;
        cuts += 1;
    }
    let ended = fetching.end(RUN)?.expect(0).json();
    assert_eq!((cuts, &ended["status"]), (CUTS, &"DONE".into()));
    workstation.assert_has_all_of(&interface)?;
    assert_resumed(&interface);
    Ok(())
}

/// Closes the circuit when so much has arrived, and returns how much it is; nothing if the program
/// ended before.
fn cut_behind(goal: u64, lab: &Lab, fetching: &mut Fetching) -> io::Result<Option<u64>> {
    let here = wait_for("another stretch of the download", RUN, || {
        let bytes = Some(fetching.written()).filter(|bytes| *bytes >= goal);
        bytes.map(Some).or_else(|| fetching.has_ended().then_some(None))
    })?;
    if here.is_some() {
        let closed = lab.network.with_key.node.control()?.close_rendezvous()?;
        assert!(closed > 0, "a download without a circuit");
    }
    Ok(here)
}

/// Panics unless the document was asked for whole once, and from ever later places afterwards.
fn assert_resumed(interface: &JournalistInterface) {
    let all = interface.requests();
    let asked: Vec<&Exchange> = all.iter().filter(|r| r.path.ends_with("/download")).collect();
    assert_eq!(asked.iter().filter(|r| r.status == Some(200)).count(), 1, "{asked:#?}");
    let from = |r: &&Exchange| {
        let range = r.header("Range")?.strip_prefix("bytes=")?.strip_suffix('-')?;
        range.parse::<u64>().ok().filter(|_| r.status == Some(206))
    };
    let places: Vec<u64> = asked.iter().filter_map(from).collect();
    assert!(places.len() as u64 >= CUTS && places.is_sorted(), "{places:?}");
    assert!(places[0] >= STRETCH, "{places:?}");
}
