//! A service that falls silent.

use std::io;
use std::time::Duration;

use sd_tests::tor_network::wait_for;

use super::one_document;
use crate::lab::Lab;
use crate::workstation::{RUN, Workstation, login};

const DOCUMENT: u64 = 40 << 20;
/// Enough to be in the middle of it.
const BEGUN: u64 = 8 << 20;
/// Longer than sd-fetch is told to wait; with its default of a minute the case would take two.
const FROZEN: Duration = Duration::from_secs(30);
const PATIENCE: &str = "20";

pub(crate) fn a_service_that_freezes_for_half_a_minute_costs_no_byte_of_a_download(
    lab: &mut Lab,
) -> io::Result<()> {
    let interface = lab.serve(one_document(DOCUMENT)?)?;
    let workstation = Workstation::new(lab)?;
    let mut sync = workstation.sync(lab.network.onion(), lab.network.with_key.extended);
    sync.extend(["--patience".to_owned(), PATIENCE.to_owned()]);
    let mut fetching = workstation.start(&sync, &login(&interface)?)?;
    wait_for("the middle of the download", RUN, || {
        (fetching.has_ended() || fetching.written() >= BEGUN).then_some(())
    })?;
    let frozen = lab.network.service.freeze()?;
    let gave_up = wait_for("half a minute", FROZEN, || fetching.has_ended().then_some(())).is_ok();
    drop(frozen);
    let ended = fetching.end(RUN)?.expect(0).json();
    assert!(!gave_up, "it has to outlast the silence");
    assert_eq!(ended["status"], "DONE");
    workstation.assert_has_all_of(&interface)
}
