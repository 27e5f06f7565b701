//! The committed rules: what the table says, in words that udev and `USBGuard` understand.
#![expect(clippy::disallowed_methods, reason = "a test reads the source tree and runs the shell")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

fn rules() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("rules")
}

fn udev_files() -> impl Iterator<Item = usb_rules::RuleFile> {
    let udev =
        |f: &usb_rules::RuleFile| Path::new(f.path).extension().is_some_and(|e| e == "rules");
    usb_rules::files().into_iter().filter(udev)
}

#[test]
fn the_committed_rules_are_what_the_table_renders() {
    for file in usb_rules::files() {
        let committed = std::fs::read_to_string(rules().join(file.path)).expect(file.path);
        assert_eq!(committed, file.text, "{}: run the example `render`", file.path);
    }
    let count = |dir: &str| std::fs::read_dir(rules().join(dir)).expect(dir).count();
    assert_eq!(count("svs") + count("workstation") + count("usbguard"), usb_rules::files().len());
}

/// One `KEY{attribute}op"value"` of a line.
struct Term {
    key: String,
    operator: String,
    value: String,
}

/// Splits one logical line, or says what is wrong with it.
fn terms(line: &str) -> Result<Vec<Term>, String> {
    let mut terms = Vec::new();
    let mut rest = line.trim();
    while !rest.is_empty() {
        let at = rest.find(['=', '!', '+', ':', '-']).ok_or("no operator")?;
        // A colon or dash may stand in braces: `ATTR{[subsystem/usb]drivers_probe}`.
        let at = if rest[..at].contains('{') && !rest[..at].contains('}') {
            let close = rest.find('}').ok_or("an open brace")?;
            close + 1
        } else {
            at
        };
        let (key, behind) = rest.split_at(at);
        let quote = behind.find('"').ok_or("no value")?;
        let (operator, value) = behind.split_at(quote);
        let (value, after) = value[1..].split_once('"').ok_or("an open quote")?;
        let (key, operator) = (key.trim().to_owned(), operator.trim().to_owned());
        terms.push(Term { key, operator, value: value.to_owned() });
        let after = after.trim_start();
        rest = match after.strip_prefix(',') {
            Some(next) if !next.trim().is_empty() => next.trim_start(),
            None if after.is_empty() => after,
            _ => return Err(format!("no comma before `{after}`")),
        };
    }
    Ok(terms)
}

fn check(term: &Term) -> Result<(), String> {
    let allowed: &[&str] = match term.key.split('{').next().unwrap_or_default() {
        "ACTION" | "SUBSYSTEM" | "SUBSYSTEMS" | "KERNEL" | "TEST" => &["==", "!="],
        "ENV" | "ATTR" => &["==", "!=", "="],
        "IMPORT" | "GOTO" | "LABEL" => &["="],
        "RUN" => &["+="],
        _ => return Err(format!("the key `{}` is not used here", term.key)),
    };
    let closed = term.key.contains('{') == term.key.ends_with('}');
    if closed && allowed.contains(&term.operator.as_str()) {
        return Ok(());
    }
    Err(format!("`{}` with `{}`", term.key, term.operator))
}

/// The whole file: each line, and that every jump goes forward to one label.
fn syntax(text: &str) -> Result<usize, String> {
    let joined = text.replace("\\\n", " ");
    let lines = joined.lines().filter(|l| !l.trim().is_empty() && !l.starts_with('#'));
    let (mut pending, mut labels, mut count) = (BTreeSet::new(), BTreeSet::new(), 0);
    for line in lines {
        for term in terms(line).map_err(|e| format!("{e} in: {line}"))? {
            check(&term).map_err(|e| format!("{e} in: {line}"))?;
            if term.key == "GOTO" && !labels.contains(&term.value) {
                pending.insert(term.value);
            } else if term.key == "GOTO"
                || term.key == "LABEL" && !labels.insert(term.value.clone())
            {
                return Err(format!("`{}` is jumped to backwards or set twice", term.value));
            } else if term.key == "LABEL" {
                pending.remove(&term.value);
            }
        }
        count += 1;
    }
    if pending.is_empty() { Ok(count) } else { Err(format!("no label {pending:?}")) }
}

#[test]
fn every_line_is_one_that_udev_reads() {
    for file in udev_files() {
        let count = syntax(&file.text).unwrap_or_else(|e| panic!("{}: {e}", file.path));
        assert!(count >= 4, "{}: {count} lines", file.path);
    }
}

#[test]
fn a_line_with_one_fault_is_noticed() {
    let good = "ACTION==\"add\", ENV{A}=\"1\", GOTO=\"end\"\nLABEL=\"end\"\n";
    assert_eq!(syntax(good), Ok(2));
    for (from, to) in [
        ("ACTION", "ACTOIN"),
        ("==\"add\"", "=\"add\""),
        ("\"add\"", "\"add"),
        ("\"add\",", "\"add\""),
        ("ENV{A}", "ENV{A"),
        ("LABEL=\"end\"", "LABEL=\"and\""),
        ("GOTO=\"end\"", "GOTO=\"end\","),
    ] {
        let bad = good.replacen(from, to, 1);
        assert!(bad != good && syntax(&bad).is_err(), "{bad}");
    }
}

#[test]
fn udev_itself_understands_them_where_it_can_be_asked() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/udevadm-verify.sh");
    // The mirror is not asked by a test; the lab and whoever changes a rule run the script itself.
    let run = Command::new(script).env("UDEVADM_VERIFY", "local").output().expect("it runs");
    let said = String::from_utf8_lossy(&run.stderr);
    match run.status.code() {
        Some(0) => {}
        Some(75) => println!("not asked: {said}"),
        other => panic!("{other:?}: {said}"),
    }
}

#[test]
fn what_the_rules_run_is_committed_and_no_word_of_a_device_reaches_it() {
    let mut runs = 0;
    for file in udev_files() {
        for line in file.text.lines().filter_map(|l| l.strip_prefix("RUN+=\"")) {
            let mut words = line.trim_end_matches('"').split(' ');
            let program = words.next().and_then(|p| p.strip_prefix("/usr/lib/sneakernet/"));
            assert!(rules().join("lib").join(program.expect("ours")).is_file(), "{line}");
            // Only the kernel's own name is handed on.
            assert!(words.all(|w| ["ro", "rw", "$kernel"].contains(&w)), "{line}");
            runs += 1;
        }
        let foreign = ["$attr", "%s{", "$env", "%E{", "/bin/sh"];
        assert!(foreign.iter().all(|f| !file.text.contains(f)), "{}", file.path);
    }
    assert_eq!(runs, 2);
}

#[test]
fn the_programs_refuse_what_they_were_not_made_for() {
    let run = |program: &str, args: &[&str]| {
        let shell = Command::new("sh").arg(rules().join("lib").join(program)).args(args).output();
        shell.expect("a shell").status.code()
    };
    let odd = ["", "../sda", "sda 1", "$(id)", "sd-a", "SDA", "sda/sda1"];
    for name in odd {
        assert_eq!(run("block-access", &["ro", name]), Some(2), "{name}");
    }
    assert_eq!(run("block-access", &["ro"]), Some(2));
    assert_eq!(run("block-access", &["ro", "nosuchdisk"]), Some(1));
    assert_eq!(run("usb-ports", &[]), Some(2));
    assert_eq!(run("usb-ports", &["shut"]), Some(2));
}
