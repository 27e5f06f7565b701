//! The table of cases in docs/update.md, held against the tests.
#![expect(clippy::expect_used, clippy::disallowed_methods, reason = "a test reads the repository")]

use std::collections::BTreeSet;

/// Where cases are, as the table names them.
const FILES: [&str; 3] =
    ["release/tests/releases.rs", "release/tests/shelf.rs", "tests/updates.rs"];

fn read(path: &str) -> String {
    std::fs::read_to_string(format!("{}/../{path}", env!("CARGO_MANIFEST_DIR"))).expect("there")
}

/// The names of a file's tests; what is ignored is a part of another one.
fn tests(text: &str) -> BTreeSet<String> {
    let marked = text.split("#[test]\n").skip(1);
    let names = marked.filter_map(|rest| rest.strip_prefix("fn ")?.split('(').next());
    names.map(str::to_owned).collect()
}

/// Case and file of each row.
fn rows(page: &str) -> Vec<(String, String)> {
    let cells = |row: &str| {
        let mut cells = row.split('|').skip(1).map(|c| c.trim().trim_matches('`').to_owned());
        Some((cells.next()?.replace(' ', "_"), cells.nth(1)?))
    };
    let rows = page.lines().filter(|l| l.starts_with("| ")).filter_map(cells);
    rows.filter(|(_, file)| FILES.contains(&file.as_str())).collect()
}

#[test]
fn the_table_names_every_case_and_no_other() {
    let page = read("../docs/update.md");
    let rows = rows(&page);
    for file in FILES {
        let named: BTreeSet<String> =
            rows.iter().filter(|(_, f)| f == file).map(|(case, _)| case.clone()).collect();
        assert_eq!(named, tests(&read(file)), "{file}");
    }
    let all: BTreeSet<_> = rows.iter().collect();
    assert_eq!(all.len(), rows.len(), "a case is named twice");
    assert!(all.len() >= 100, "{} cases", all.len());
}
