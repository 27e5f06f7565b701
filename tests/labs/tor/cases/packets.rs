//! Where packets go.

use std::ffi::OsStr;
use std::io;

use sd_tests::demo_world::demo_world;

use crate::lab::Lab;
use crate::namespace::{Namespace, has_ipv6};
use crate::relay::Relay;
use crate::workstation::{NO_LOGIN, RUN, User, Workstation, as_nobody, login};

/// Attempts that the counter has to see. Addresses for examples (RFC 5737, RFC 3849).
const ATTEMPTS: &[(&str, &str)] = &[
    ("a name server", "echo > /dev/udp/198.51.100.1/53"),
    ("a web server", "exec 3<>/dev/tcp/198.51.100.1/80"),
    ("a name server on loopback", "echo > /dev/udp/127.0.0.1/53"),
    ("another port beside Tor's", "exec 3<>/dev/tcp/OUTSIDE/53"),
];
const ATTEMPT_BY_IPV6: (&str, &str) = ("a name server by IPv6", "echo > /dev/udp/2001:db8::1/53");
/// A SOCKS port that is somewhere else.
const ELSEWHERE: &str = "198.51.100.1:9050";

pub(crate) fn no_packet_leaves_but_to_tor(lab: &mut Lab) -> io::Result<()> {
    let interface = lab.serve(demo_world(1 << 20)?)?;
    let workstation = Workstation::new(lab)?;
    let namespace = Namespace::new()?;
    let relay = Relay::start(namespace.outside(), lab.network.with_key.extended)?;
    namespace.allow_only(relay.address())?;
    let run = |socks: &str, login: &str| {
        let socks = socks.parse().map_err(io::Error::other)?;
        let mut sync = workstation.sync(lab.network.onion(), socks);
        sync.extend(["--wait".to_owned(), "10".to_owned()]);
        workstation.start_as(User::Nobody, Some(&namespace), &sync, login)?.end(RUN)
    };
    let ended = run(&relay.address().to_string(), &login(&interface)?)?.expect(0).json();
    assert_eq!(ended["status"], "DONE");
    workstation.assert_has_all_of(&interface)?;
    assert!(namespace.packets("socks")? > 0, "it went through the one way that is open");
    assert_eq!(namespace.packets("elsewhere")?, 0);
    // The count of nothing says something only if it counts.
    assert_every_attempt_is_counted(&namespace)?;
    let before = namespace.packets("elsewhere")?;
    let lost = run(ELSEWHERE, NO_LOGIN)?.expect(1).json();
    assert_eq!(lost["status"], "SERVER_UNREACHABLE");
    assert!(namespace.packets("elsewhere")? > before, "sd-fetch itself is counted too");
    Ok(())
}

fn assert_every_attempt_is_counted(namespace: &Namespace) -> io::Result<()> {
    let by_ipv6 = has_ipv6().then_some(&ATTEMPT_BY_IPV6);
    for (name, script) in ATTEMPTS.iter().chain(by_ipv6) {
        let before = namespace.packets("elsewhere")?;
        let script = script.replace("OUTSIDE", &namespace.outside().to_string());
        // What is dropped is never answered; a second is enough to have tried.
        let words = ["timeout", "1", "bash", "-c", &script];
        let all: Vec<&OsStr> = as_nobody().into_iter().chain(words).map(OsStr::new).collect();
        let _tried = namespace.command(&all).output()?;
        assert!(namespace.packets("elsewhere")? > before, "{name} was not counted");
    }
    Ok(())
}
