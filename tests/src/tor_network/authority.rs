//! The keys of a directory authority, and the line by which the others know it.

use std::io::{self, Write as _};
use std::process::{Command, Stdio};

use super::node::{Node, tor};

/// What an authority listens on.
#[derive(Clone, Copy, Debug)]
pub(super) struct AuthorityPorts {
    pub(super) or: u16,
    pub(super) dir: u16,
}

/// Makes an authority's keys in its directory, and returns its `DirAuthority` line.
pub(super) fn make_keys(node: &Node, ports: AuthorityPorts) -> io::Result<String> {
    let vote = voting_fingerprint(node, ports)?;
    let relay = relay_fingerprint(node)?;
    let AuthorityPorts { or, dir } = ports;
    let name = node.name();
    Ok(format!("DirAuthority {name} orport={or} no-v2 v3ident={vote} 127.0.0.1:{dir} {relay}\n"))
}

/// The key that signs votes, certified for a year.
fn voting_fingerprint(node: &Node, ports: AuthorityPorts) -> io::Result<String> {
    let keys = node.dir().join("data/keys");
    let certificate = keys.join("authority_certificate");
    let mut child = Command::new("tor-gencert")
        .args(["--create-identity-key", "-m", "12", "--passphrase-fd", "0"])
        .arg("-i")
        .arg(keys.join("authority_identity_key"))
        .arg("-s")
        .arg(keys.join("authority_signing_key"))
        .arg("-c")
        .arg(&certificate)
        .args(["-a", &format!("127.0.0.1:{}", ports.dir)])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(b"the passphrase of a test network\n")?;
    }
    if !child.wait()?.success() {
        return Err(io::Error::other("tor-gencert failed"));
    }
    let text = std::fs::read_to_string(certificate)?;
    let found = text.lines().find_map(|line| line.strip_prefix("fingerprint "));
    found.map(str::to_owned).ok_or_else(|| io::Error::other("a certificate without fingerprint"))
}

/// The key every relay has; asking for its fingerprint makes it.
fn relay_fingerprint(node: &Node) -> io::Result<String> {
    let output = tor(node.dir())
        .arg("-f")
        .arg(node.dir().join("no-torrc"))
        .args(["--ignore-missing-torrc", "--list-fingerprint", "--quiet", "--orport", "1"])
        .args(["--nickname", node.name()])
        // Without one, this Tor would take itself for a part of the public network.
        .args(["--dirauthority", &format!("nobody 127.0.0.1:1 {}", "f".repeat(40))])
        .arg("--datadirectory")
        .arg(node.dir().join("data"))
        .output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    // `name 0123 4567 ...`
    let last = text.lines().last().and_then(|line| line.split_once(' '));
    let fingerprint = last.map(|(_, digits)| digits.replace(' ', "")).unwrap_or_default();
    if fingerprint.len() == 40 { Ok(fingerprint) } else { Err(io::Error::other("no fingerprint")) }
}
