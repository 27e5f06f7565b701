//! What each kind of node is told.

use std::path::Path;

/// A network that agrees on its first list of relays within seconds, on one computer.
///
/// Voting every 5 s, then every 10: at 20 the second list misses a start of 70 s.
const COMMON: &str = "\
TestingTorNetwork 1
AssumeReachable 1
PathsNeededToBuildCircuits 0.67
TestingDirAuthVoteExit *
TestingDirAuthVoteHSDir *
TestingDirAuthVoteGuard *
TestingMinExitFlagThreshold 0
V3AuthNIntervalsValid 2
TestingV3AuthInitialVotingInterval 5
TestingV3AuthInitialVoteDelay 2
TestingV3AuthInitialDistDelay 2
V3AuthVotingInterval 10
V3AuthVoteDelay 2
V3AuthDistDelay 2
ShutdownWaitLength 0
SafeLogging 0
CookieAuthentication 1
ConnLimit 60
";

/// A relay that nobody leaves the network by. Without the cap on queues nine nodes take a
/// gigabyte under load.
const RELAY: &str = "\
SocksPort 0
Address 127.0.0.1
AddressDisableIPv6 1
ExitPolicy reject *:*
ExitRelay 0
ContactInfo none
MaxMemInQueues 256 MB
";

/// What every node shares.
///
/// `__OwningControllerProcess` makes a node end by itself, within 15 seconds, when this
/// process is gone, however it went.
pub(super) fn common(dir: &Path, control: u16, authorities: &str) -> String {
    let (owner, dir) = (std::process::id(), dir.display());
    format!(
        "{COMMON}{authorities}__OwningControllerProcess {owner}\nDataDirectory {dir}/data\n\
         Log notice file {dir}/notice.log\nControlPort 127.0.0.1:{control}\n"
    )
}

/// A relay.
pub(super) fn relay(name: &str, or_port: u16) -> String {
    format!("{RELAY}Nickname {name}\nOrPort 127.0.0.1:{or_port} IPv4Only\n")
}

/// A relay that also votes.
pub(super) fn authority(name: &str, or_port: u16, dir_port: u16) -> String {
    format!(
        "{}DirPort 127.0.0.1:{dir_port} IPv4Only\nAuthoritativeDirectory 1\n\
         V3AuthoritativeDirectory 1\n",
        relay(name, or_port)
    )
}

/// The onion service, in front of a web server on this computer.
pub(super) fn service(dir: &Path, web: u16) -> String {
    format!(
        "SocksPort 0\nHiddenServiceDir {}\nHiddenServiceVersion 3\n\
         HiddenServicePort 80 127.0.0.1:{web}\n",
        dir.display()
    )
}

/// A client with the two SOCKS ports of Tails: 127.0.0.1:9050 is `plain`, 10.200.1.1:9050 is
/// `extended`.
pub(super) fn client(plain: u16, extended: u16, keys: Option<&Path>) -> String {
    let keys = keys.map(|k| format!("ClientOnionAuthDir {}\n", k.display())).unwrap_or_default();
    format!(
        "SocksPort 127.0.0.1:{plain} IsolateDestAddr IsolateDestPort\n\
         SocksPort 127.0.0.1:{extended} IsolateSOCKSAuth KeepAliveIsolateSOCKSAuth \
         ExtendedErrors\n{keys}"
    )
}
