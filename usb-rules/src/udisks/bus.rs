//! Calls on the system bus, one after the other.

use std::collections::HashMap;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use zbus::{
    Connection, DynamicType, ObjectPath, OwnedObjectPath, OwnedVariant, Type, Variant, block_on,
    connection,
};

use super::UdisksError;

const SERVICE: &str = "org.freedesktop.UDisks2";
const MANAGER: &str = "org.freedesktop.UDisks2.Manager";
const PROPERTIES: &str = "org.freedesktop.DBus.Properties";

/// Formatting a slow stick takes minutes; a stick that answers no command at all makes the
/// kernel give up after several tries of thirty seconds.
const PATIENCE: Duration = Duration::from_mins(10);

/// The system bus.
#[derive(Debug)]
pub(super) struct Bus {
    connection: Connection,
}

impl Bus {
    pub(super) fn connect() -> Result<Self, UdisksError> {
        let builder = connection::Builder::system().method_timeout(PATIENCE);
        let connection = block_on(builder.build())
            .map_err(|e| UdisksError::Unreachable(sd_fs::escape(e.to_string().as_bytes())))?;
        Ok(Self { connection })
    }

    /// The object that stands for a device node.
    pub(super) fn block(&self, node: &str) -> Result<OwnedObjectPath, UdisksError> {
        let manager = ObjectPath::from_static_str_unchecked("/org/freedesktop/UDisks2/Manager");
        let options: HashMap<&str, Variant<'_>> = HashMap::new();
        let which = HashMap::from([("path", Variant::from(node))]);
        let found: Vec<OwnedObjectPath> =
            self.call("finding the stick", &manager, MANAGER, "ResolveDevice", &(which, options))?;
        let gone = || UdisksError::Gone(sd_fs::escape(node.as_bytes()));
        found.into_iter().next().ok_or_else(gone)
    }

    /// The device node of a block object.
    pub(super) fn node(&self, block: &ObjectPath<'_>) -> Result<String, UdisksError> {
        let mut bytes: Vec<u8> = self.property(block, super::BLOCK, "Device")?;
        // A C string: the NUL comes along.
        bytes.retain(|b| *b != 0);
        String::from_utf8(bytes).map_err(|e| UdisksError::Gone(sd_fs::escape(e.as_bytes())))
    }

    pub(super) fn property<T>(
        &self,
        of: &ObjectPath<'_>,
        interface: &'static str,
        name: &'static str,
    ) -> Result<T, UdisksError>
    where
        T: TryFrom<OwnedVariant>,
        T::Error: std::fmt::Display,
    {
        let what = "asking about the stick";
        let value: OwnedVariant = self.call(what, of, PROPERTIES, "Get", &(interface, name))?;
        let odd = |e: T::Error| UdisksError::Failed {
            what,
            why: sd_fs::escape(format!("{name}: {e}").as_bytes()),
        };
        T::try_from(value).map_err(odd)
    }

    pub(super) fn call<B, R>(
        &self,
        what: &'static str,
        on: &ObjectPath<'_>,
        interface: &'static str,
        method: &'static str,
        body: &B,
    ) -> Result<R, UdisksError>
    where
        B: Serialize + DynamicType,
        R: DeserializeOwned + Type,
    {
        let call = self.connection.call_method(Some(SERVICE), on, Some(interface), method, body);
        let reply = block_on(call).map_err(|e| UdisksError::from_bus(what, &e))?;
        reply.body().deserialize().map_err(|e| UdisksError::from_bus(what, &e))
    }
}
