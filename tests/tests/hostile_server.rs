//! Servers that misbehave, one way at a time, against the real `sd-fetch`.
//!
//! ```text
//! a case: what goes wrong --> test Journalist Interface --> sd-fetch sync, in both faces
//!                                                             '--> what it says, what is there
//! ```
//! After every case, whatever it is: nothing but the inbox has changed, what is in the inbox is the
//! server's to the last byte, memory stayed below its bar, nothing foreign reached the terminal as
//! it came, and no connection went anywhere else.
#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    reason = "a test looks at the disk behind the programs"
)]

#[path = "hostile_server/answers.rs"]
mod answers;
#[path = "hostile_server/case.rs"]
mod case;
#[path = "hostile_server/downloads.rs"]
mod downloads;
#[path = "hostile_server/floods.rs"]
mod floods;
#[path = "hostile_server/framing.rs"]
mod framing;
#[path = "hostile_server/heads.rs"]
mod heads;
#[path = "hostile_server/items.rs"]
mod items;
#[path = "hostile_server/lists.rs"]
mod lists;
#[path = "hostile_server/ranges.rs"]
mod ranges;
#[path = "hostile_server/said.rs"]
mod said;
#[path = "hostile_server/scene.rs"]
mod scene;
#[path = "hostile_server/sessions.rs"]
mod sessions;
#[path = "hostile_server/surroundings.rs"]
mod surroundings;

use std::collections::{BTreeSet, VecDeque};
use std::sync::Mutex;

use case::Case;

/// Every case there is.
fn cases() -> Vec<Case> {
    // What waits or is long comes first.
    let groups = [
        sessions::cases(),
        answers::cases(),
        floods::cases(),
        heads::cases(),
        downloads::cases(),
        framing::cases(),
        ranges::cases(),
        lists::cases(),
        items::cases(),
    ];
    groups.into_iter().flatten().collect()
}

#[test]
fn every_hostile_answer_is_named_and_does_no_harm() {
    // Most cases wait for something: more of them at once than there are processors.
    const AT_ONCE: usize = 8;
    // CASE=words runs only the cases that have these words in their name.
    let only = std::env::var("CASE").unwrap_or_default();
    let chosen: VecDeque<Case> = cases().into_iter().filter(|c| c.name.contains(&only)).collect();
    let (left, verdicts) = (Mutex::new(chosen), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                let next = || left.lock().expect("no panic").pop_front();
                while let Some(case) = next() {
                    let verdict = case.run();
                    verdicts.lock().expect("no panic").push((case.name, verdict));
                }
            });
        }
    });
    let verdicts = verdicts.into_inner().expect("no panic");
    let peaks = verdicts.iter().filter_map(|(name, verdict)| Some((verdict.as_ref().ok()?, name)));
    if let Some((peak, name)) = peaks.max() {
        println!("peak memory: {peak} KiB, in the case of {name}");
    }
    let failures = verdicts.iter().filter_map(|(name, v)| Some((name, v.as_ref().err()?)));
    let failures: Vec<String> = failures.map(|(name, why)| format!("{name}: {why}")).collect();
    assert!(failures.is_empty(), "{} failed\n\n{}", failures.len(), failures.join("\n\n"));
}

#[test]
fn each_case_has_a_name_of_its_own() {
    let cases = cases();
    let names: BTreeSet<&str> = cases.iter().map(|case| case.name).collect();
    assert_eq!(names.len(), cases.len());
    assert!(names.len() >= 200, "{}", names.len());
}
