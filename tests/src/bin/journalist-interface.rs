//! A Journalist Interface on loopback, to try the tools by hand against: it serves the demo's
//! submissions and shows the one-time codes as an authenticator would.
#![expect(clippy::print_stdout, reason = "this program talks to the person who tries")]

use std::error::Error;
use std::time::Duration;

use sd_tests::ciphertext::keys;
use sd_tests::demo_world::demo_world;
use sd_tests::journalist_interface::{Config, DEV_PASSPHRASE, JournalistInterface};

fn main() -> Result<(), Box<dyn Error>> {
    let interface = JournalistInterface::start(demo_world(30 << 20)?, Config::new()?)?;
    let user = &interface.users()[0];
    println!("sd-fetch sync --insecure-loopback {}", interface.address());
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
