//! What a bundle may hold.

/// The limits of one bundle. Passed in, never global.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of the head: ours is under 300.
    pub head: u64,
    /// Bytes of the sealed manifest: 100,000 members compress to about 20 MB.
    pub sealed: u64,
    /// Bytes of the manifest's JSON: 100,000 members of about 450 bytes.
    pub manifest: u64,
    /// Members: far above a newsroom's backlog, far below what a table in memory minds.
    pub members: usize,
    /// Bytes of one member: SecureDrop's server takes uploads up to 500 MiB.
    pub member: u64,
    /// Bytes of the whole: the largest stick a newsroom would use.
    pub total: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head: 1024,
            sealed: 32 << 20,
            manifest: 64 << 20,
            members: 100_000,
            member: 640 << 20,
            total: 1 << 40,
        }
    }
}
