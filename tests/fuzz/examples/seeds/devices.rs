//! The devices of recorded situations, without words around them.

use std::io;
use std::path::Path;

use serde_json::Value;

use super::Seeds;

pub(super) fn situations() -> io::Result<Seeds> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../usb-rules/tests/situations");
    let mut seeds = Seeds::new();
    for entry in std::fs::read_dir(root)? {
        let path = entry?.path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let situation: Value = serde_json::from_slice(&std::fs::read(&path)?)?;
        seeds.push((name, serde_json::to_vec(&situation["devices"])?));
    }
    seeds.sort();
    Ok(seeds)
}
