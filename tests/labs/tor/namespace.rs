//! A network namespace with one way out, and a count of every packet that tries another.
//!
//! ```text
//! this computer  192.0.2.x ==link== 192.0.2.x+1  namespace (default routes, loopback up)
//!                                                 every packet that a program sends
//!                                                   '-- to the one TCP port?  "socks", let through
//!                                                   '-- anything else:        "elsewhere", dropped
//! ```
//! There are routes to everywhere, so that a packet that should not be is made and counted: where
//! there is no route the kernel refuses before there is a packet.

use std::ffi::OsStr;
use std::io::{self, Write as _};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// Names of namespaces start with this, and end with the number of the process that made them.
const PREFIX: &str = "sneakernet-lab-";

/// A namespace; it is removed when this is dropped.
pub(crate) struct Namespace {
    name: String,
    /// This computer's end of the link, a name that has room for any process number.
    link: String,
    here: Ipv4Addr,
}

impl Namespace {
    /// Makes one.
    pub(crate) fn new() -> io::Result<Self> {
        remove_left_behind()?;
        let pid = std::process::id();
        // Four addresses out of those that are for examples (RFC 5737): nobody has them.
        let first = u8::try_from(pid % 63).unwrap_or_default() * 4;
        let here = Ipv4Addr::new(192, 0, 2, first + 1);
        let inside = Ipv4Addr::new(192, 0, 2, first + 2);
        let namespace = Self { name: format!("{PREFIX}{pid}"), link: format!("lab{pid}a"), here };
        let (name, link, end) = (&namespace.name, &namespace.link, format!("lab{pid}b"));
        ip(&format!("netns add {name}"))?;
        ip(&format!("link add {link} type veth peer name {end} netns {name}"))?;
        ip(&format!("addr add {here}/30 dev {link}"))?;
        ip(&format!("link set {link} up"))?;
        let inner = |line: &str| ip(&format!("-n {name} {line}"));
        // Without an address for IPv6 the kernel has nothing of its own to say on the link.
        inner(&format!("link set {end} addrgenmode none"))?;
        inner(&format!("addr add {inside}/30 dev {end}"))?;
        inner("link set lo up")?;
        inner(&format!("link set {end} up"))?;
        inner(&format!("route add default via {here}"))?;
        if has_ipv6() {
            inner("-6 route add default dev lo")?;
        }
        Ok(namespace)
    }

    /// The address of this computer, seen from inside.
    pub(crate) fn outside(&self) -> IpAddr {
        self.here.into()
    }

    /// Lets packets through to this port, and counts and drops all others.
    pub(crate) fn allow_only(&self, to: SocketAddr) -> io::Result<()> {
        let (address, port) = (to.ip(), to.port());
        let rules = format!(
            "table inet lab {{\n counter socks {{}}\n counter elsewhere {{}}\n chain out {{\n  \
             type filter hook output priority 0; policy drop\n  \
             ip daddr {address} tcp dport {port} counter name \"socks\" accept\n  \
             counter name \"elsewhere\" drop\n }}\n}}\n"
        );
        let mut child = self
            .command(&["nft", "-f", "-"].map(OsStr::new))
            .stdin(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        if let Some(mut stdin) = child.stdin.take() {
            stdin.write_all(rules.as_bytes())?;
        }
        done("nft", child.wait_with_output()?).map(drop)
    }

    /// How many packets a counter has seen.
    pub(crate) fn packets(&self, counter: &str) -> io::Result<u64> {
        let words = ["nft", "list", "counter", "inet", "lab", counter].map(OsStr::new);
        let text = done("nft", self.command(&words).output()?)?;
        let mut words = text.split_whitespace().skip_while(|word| *word != "packets").skip(1);
        let number = words.next().and_then(|n| n.parse().ok());
        number.ok_or_else(|| io::Error::other(format!("not a counter: {text}")))
    }

    /// A program inside.
    pub(crate) fn command(&self, words: &[&OsStr]) -> Command {
        let mut command = Command::new("ip");
        command.args(["netns", "exec", &self.name]).args(words);
        command
    }
}

impl Drop for Namespace {
    fn drop(&mut self) {
        // The other end, and the rules, go with them.
        let _ = ip(&format!("link del {}", self.link));
        let _ = ip(&format!("netns del {}", self.name));
    }
}

/// Whether there can be a packet of IPv6 at all.
pub(crate) fn has_ipv6() -> bool {
    Path::new("/proc/net/if_inet6").exists()
}

/// Removes the namespaces of labs that were killed.
fn remove_left_behind() -> io::Result<()> {
    for line in ip("netns list")?.lines() {
        let name = line.split(' ').next().unwrap_or_default();
        let pid = name.strip_prefix(PREFIX);
        if pid.is_some_and(|pid| !Path::new("/proc").join(pid).exists()) {
            ip(&format!("netns del {name}"))?;
        }
    }
    Ok(())
}

fn ip(line: &str) -> io::Result<String> {
    done(&format!("ip {line}"), Command::new("ip").args(line.split(' ')).output()?)
}

/// The output of a program that did what it was to do.
fn done(what: &str, output: Output) -> io::Result<String> {
    if output.status.success() {
        return String::from_utf8(output.stdout).map_err(io::Error::other);
    }
    let why = String::from_utf8_lossy(&output.stderr).into_owned();
    Err(io::Error::other(format!("{what}: {why}")))
}
