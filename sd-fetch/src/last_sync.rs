//! When a sync last went through everything the server listed: `last-sync.json` in the station's
//! directory.
//!
//! A run with `--source`, `--only` or `--max-size`, and one that ended early, did not see
//! everything and does not count. One that refused an item did, and does.

use sd_bundle::{Home, Timestamp};
use sd_fs::{Dir, DirError};
use serde::{Deserialize, Serialize};

use crate::holdings::there;

const FILE: &str = "last-sync.json";
const MAX: u64 = 1024;

#[derive(Serialize, Deserialize)]
struct Record {
    version: u32,
    at: Timestamp,
}

/// Writes down that it was now.
pub(crate) fn record(home: &Home) -> Result<(), DirError> {
    let record = Record { version: 1, at: Timestamp::now() };
    // Two fields of plain text: there is nothing in them that JSON cannot say.
    home.open()?.replace(FILE, &serde_json::to_vec(&record).unwrap_or_default())
}

/// When it was, if that is known. A record that cannot be read is none: it is worth a line in a
/// report and no more.
pub(crate) fn read(home: &Home) -> Result<Option<Timestamp>, DirError> {
    let Some(dir) = there(Dir::open(home.path()))? else { return Ok(None) };
    let Some(bytes) = there(dir.read_small(FILE, MAX))? else { return Ok(None) };
    Ok(serde_json::from_slice(&bytes).ok().map(|record: Record| record.at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_record_counts_and_a_damaged_one_is_none() {
        let tmp = tempfile::tempdir().expect("a directory");
        let home = Home::choose(Some(tmp.path().join("ws")), None).expect("a home");
        assert_eq!(read(&home).expect("looked"), None);
        let before = Timestamp::now();
        record(&home).expect("written");
        record(&home).expect("written over");
        assert!(read(&home).expect("looked").is_some_and(|at| at >= before));
        home.open().and_then(|d| d.replace(FILE, b"{")).expect("written");
        assert_eq!(read(&home).expect("looked"), None);
    }
}
