//! Who is in the network, where each node lives, and who is told what before the start.

use std::io;
use std::net::SocketAddr;
use std::path::Path;

use super::authority::{AuthorityPorts, make_keys};
use super::client_key::ClientKey;
use super::node::{Node, private_dir};
use super::ports::Ports;
use super::wait::wait_for;
use super::{Client, START, torrc};

/// Authorities; fewer than three seldom agree in time.
const AUTHORITIES: u16 = 3;
/// Relays besides them; with none at all nothing bootstraps.
const RELAYS: u16 = 3;
/// Three ports an authority, two a relay, one for the service, one for its web server, three
/// a client.
const PORTS: u16 = 3 * AUTHORITIES + 2 * RELAYS + 2 + 3 * 3;

/// A network while it is made.
pub(super) struct Layout<'d> {
    root: &'d Path,
    ports: Ports,
    /// The lines by which every node knows the authorities.
    authorities: String,
}

impl<'d> Layout<'d> {
    /// Nothing yet, below this directory.
    pub(super) fn new(root: &'d Path) -> io::Result<Self> {
        Ok(Self { root, ports: Ports::free_block(PORTS)?, authorities: String::new() })
    }

    /// A port that is free.
    pub(super) fn port(&mut self) -> io::Result<u16> {
        self.ports.take()
    }

    /// Authorities and relays, started.
    pub(super) fn relays(&mut self) -> io::Result<Vec<Node>> {
        let mut nodes = Vec::new();
        for i in 0..AUTHORITIES {
            let node = self.node(&format!("authority{i}"))?;
            let own = AuthorityPorts { or: self.port()?, dir: self.port()? };
            self.authorities += &make_keys(&node, own)?;
            let torrc = torrc::authority(node.name(), own.or, own.dir);
            nodes.push((node, torrc));
        }
        for i in 0..RELAYS {
            let node = self.node(&format!("relay{i}"))?;
            let torrc = torrc::relay(node.name(), self.port()?);
            nodes.push((node, torrc));
        }
        // Only now, when every authority is known, can any node be told.
        let start = |(mut node, own): (Node, String)| {
            self.configure(&node, &own)?;
            node.start().map(|()| node)
        };
        nodes.into_iter().map(start).collect()
    }

    /// The service, started, and its address. Only the holder of `key` can find it.
    pub(super) fn service(&mut self, web: u16, key: &ClientKey) -> io::Result<(Node, String)> {
        let mut node = self.node("service")?;
        let dir = node.dir().join("onion");
        private_dir(&dir)?;
        private_dir(&dir.join("authorized_clients"))?;
        std::fs::write(dir.join("authorized_clients/journalist.auth"), key.for_the_service())?;
        self.configure(&node, &torrc::service(&dir, web))?;
        node.start()?;
        let hostname = dir.join("hostname");
        let onion = wait_for("the service's address", START, || {
            std::fs::read_to_string(&hostname).ok().filter(|text| text.ends_with('\n'))
        });
        let onion = onion.map_err(|e| io::Error::other(format!("{e}\n{}", node.last_words())))?;
        Ok((node, onion.trim_end().to_owned()))
    }

    /// A client, not started yet.
    pub(super) fn client(
        &mut self,
        name: &str,
        key: Option<&ClientKey>,
        onion: &str,
    ) -> io::Result<Client> {
        let node = self.node(name)?;
        let (plain, extended) = (self.port()?, self.port()?);
        let dir = node.dir().join("onion_auth");
        if let Some(key) = key {
            private_dir(&dir)?;
            std::fs::write(dir.join("journalist.auth_private"), key.for_the_client(onion))?;
        }
        self.configure(&node, &torrc::client(plain, extended, key.map(|_| &*dir)))?;
        let local = |port| SocketAddr::from(([127, 0, 0, 1], port));
        Ok(Client { node, plain: local(plain), extended: local(extended) })
    }

    fn node(&mut self, name: &str) -> io::Result<Node> {
        Node::new(self.root, name, self.port()?)
    }

    fn configure(&self, node: &Node, own: &str) -> io::Result<()> {
        let common = torrc::common(node.dir(), node.control_port(), &self.authorities);
        node.configure(&(common + own))
    }
}
