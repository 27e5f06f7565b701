//! `store/selection.json`: the files that somebody picked in the reader, for the program that cleans
//! and carries out. Only paths; both programs judge the files anew.

use std::path::PathBuf;

use sd_fs::{Dir, DirError};
use serde::{Deserialize, Serialize};

use crate::home::Home;

const FILE: &str = "selection.json";

/// As many paths as a person could pick: 4,096 bytes each at most, and a few thousand of them.
const MAX: u64 = 16 << 20;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Record {
    version: u32,
    files: Vec<PathBuf>,
}

/// Keeps what was picked, in place of what was picked before.
pub fn keep_selection(home: &Home, files: Vec<PathBuf>) -> Result<(), DirError> {
    let record = Record { version: 1, files };
    // Paths from a reader are text; one that is not cannot be picked there.
    let json = serde_json::to_vec(&record).unwrap_or_default();
    home.part("store")?.replace(FILE, &json)
}

/// What was picked last; nothing if that cannot be told: it is picked anew in a moment.
pub fn selection(home: &Home) -> Result<Vec<PathBuf>, DirError> {
    let store = Dir::open(home.path()).and_then(|dir| dir.sub("store"));
    match store.and_then(|store| store.read_small(FILE, MAX)) {
        Err(e) if e.is_not_found() => Ok(Vec::new()),
        Err(e) => Err(e),
        Ok(json) => Ok(serde_json::from_slice(&json).map_or_else(|_| Vec::new(), files)),
    }
}

fn files(record: Record) -> Vec<PathBuf> {
    if record.version == 1 { record.files } else { Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_selection_counts_and_a_damaged_one_is_none() {
        let tmp = tempfile::tempdir().expect("a directory");
        let home = Home::choose(Some(tmp.path().to_owned()), None).expect("a home");
        assert!(selection(&home).expect("none yet").is_empty());
        keep_selection(&home, vec!["/a".into()]).expect("kept");
        keep_selection(&home, vec!["/b c".into(), "/d".into()]).expect("kept");
        assert_eq!(selection(&home).expect("read"), [PathBuf::from("/b c"), "/d".into()]);
        let store = home.part("store").expect("there");
        for bad in ["", "{}", r#"{"version":2,"files":["/a"]}"#] {
            store.replace(FILE, bad.as_bytes()).expect("written");
            assert!(selection(&home).expect("read").is_empty(), "{bad}");
        }
    }
}
