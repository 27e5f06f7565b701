//! A Journalist Interface on loopback, to try the tools by hand against: it serves the demo's
//! submissions and shows the one-time codes as an authenticator would. With a number, it gives out
//! only so many bytes a second on each connection, as a circuit through Tor does.
#![expect(clippy::print_stdout, reason = "this program talks to the person who tries")]

use std::error::Error;
use std::time::Duration;

use sd_tests::ciphertext::keys;
use sd_tests::demo_world::demo_world;
use sd_tests::journalist_interface::{
    Config, DEV_PASSPHRASE, JournalistInterface, Metadata, SourceInterface,
};

fn main() -> Result<(), Box<dyn Error>> {
    let config = match std::env::args().nth(1) {
        Some(rate) => Config::new()?.at_rate(rate.parse()?),
        None => Config::new()?,
    };
    let interface = JournalistInterface::start(demo_world(30 << 20)?, config)?;
    let user = &interface.users()[0];
    let source =
        SourceInterface::start(Metadata::Key(keys::submission()?.fingerprint().to_owned()))?;
    println!(
        "sd-fetch sync --insecure-loopback {} --insecure-loopback-source {}",
        interface.address(),
        source.address()
    );
    println!("user name:       {}", user.username);
    println!("passphrase:      {DEV_PASSPHRASE}");
    println!("submission key:  tests/data/keys/submission.pub.asc, secret in submission.sec.asc");
    println!("its fingerprint: {}", keys::submission()?.fingerprint());
    let mut last = String::new();
    loop {
        let code = user.code(interface.clock().now())?;
        if code != last {
            println!("one-time code:   {code}");
            last = code;
        }
        std::thread::sleep(Duration::from_millis(500));
    }
}
