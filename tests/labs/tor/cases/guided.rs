//! `sd-fetch` as a launcher starts it.

use std::io;

use sd_tests::demo_world::ten_items;
use sd_tests::hands::Hands;
use sd_tests::journalist_interface::DEV_PASSPHRASE;

use crate::lab::Lab;
use crate::workstation::{Workstation, login};

pub(crate) fn a_guided_fetch_asks_for_two_secrets_and_nothing_else(
    lab: &mut Lab,
) -> io::Result<()> {
    let interface = lab.serve(ten_items()?)?;
    let workstation = Workstation::new(lab)?;
    let (onion, socks) = (lab.network.onion(), lab.network.with_key.extended);
    let login = login(&interface)?;
    let mut lines = login.lines();
    let (user, code) = (lines.next().unwrap_or_default(), lines.nth(1).unwrap_or_default());

    let mut hands = Hands::default();
    hands.acts();
    let mut terminal = workstation.guided(onion, socks, user)?;
    terminal.wait_for("Fetch submissions");
    terminal.answer("Passphrase: ", hands.types_secret(DEV_PASSPHRASE));
    terminal.answer("One-time code: ", hands.types_secret(code));
    let (exit, text) = terminal.end();
    assert_eq!(exit, Some(0), "{text}");
    assert!(text.contains("10 new items fetched and checked"), "{text}");
    assert!(!text.contains("hint:") && !text.contains("User name"), "{text}");
    workstation.assert_has_all_of(&interface)?;
    println!("  guided, ten items of two sources, fetched through Tor: {hands}");
    assert!(hands.actions() <= 3 && hands.secrets() == 2);
    Ok(())
}
