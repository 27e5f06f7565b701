//! The root that this program was built with.

use crate::root::{Root, RootError};

/// The JSON that `build.rs` chose.
const JSON: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/root.json"));

/// How the name of a root begins whose secret keys are public.
pub const TEST_ROOT: &str = "TEST ROOT";

/// The root that this program was built with: the first that a new station trusts.
pub fn compiled_in() -> Result<Root, RootError> {
    Root::parse(JSON)
}

impl Root {
    /// Whether its secret keys are in the repository, for everybody to sign with.
    pub fn is_for_tests(&self) -> bool {
        self.name.to_string().starts_with(TEST_ROOT)
    }
}
