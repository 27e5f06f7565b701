//! Man pages and completions, made from the real command lines.

use std::io;

use clap_complete::Shell;
use clap_mangen::Man;

/// The command line of each program.
fn commands() -> [clap::Command; 4] {
    [sd_airgap::command(), sd_export::command(), sd_fetch::command(), tails_persistence::command()]
}

/// Each man page: its name, such as `sd-airgap-pack.1`, and its text.
pub(crate) fn man() -> io::Result<Vec<(String, Vec<u8>)>> {
    let mut pages = Vec::new();
    for command in commands() {
        let name = command.get_name().to_owned();
        add(command.disable_help_subcommand(true), &name, &mut pages)?;
    }
    Ok(pages)
}

/// The page of a command, then those of its verbs.
fn add(
    mut command: clap::Command,
    name: &str,
    pages: &mut Vec<(String, Vec<u8>)>,
) -> io::Result<()> {
    command.build();
    let verbs: Vec<clap::Command> =
        command.get_subcommands().filter(|verb| !verb.is_hide_set()).cloned().collect();
    let mut text = Vec::new();
    let title: &'static str = name.to_owned().leak();
    Man::new(command.name(title)).render(&mut text)?;
    pages.push((format!("{name}.1"), text));
    for verb in verbs {
        let name = format!("{name}-{}", verb.get_name());
        add(verb, &name, pages)?;
    }
    Ok(())
}

/// Each completion for bash: the program's name, and the script.
pub(crate) fn completions() -> Vec<(String, Vec<u8>)> {
    let script = |mut command: clap::Command| {
        let name = command.get_name().to_owned();
        let mut text = Vec::new();
        clap_complete::generate(Shell::Bash, &mut command, &name, &mut text);
        (name, text)
    };
    commands().map(script).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_verb_of_each_program_has_a_page_that_names_its_options() {
        let pages = man().unwrap();
        let page = |name: &str| {
            let found = pages.iter().find(|(n, _)| n == name).map(|(_, text)| text.clone());
            String::from_utf8(found.unwrap_or_else(|| panic!("no {name}"))).unwrap()
        };
        assert!(page("sd-airgap-prepare.1").contains(r"\-\-media"));
        assert!(page("sd-station.1").contains("doctor"));
        assert!(page("sd-export-scrub.1").contains(r"\-\-rebuild"));
        for (name, text) in &pages {
            assert!(text.starts_with(b".ie") || text.windows(3).any(|w| w == b".TH"), "{name}");
        }
    }

    #[test]
    fn bash_completes_the_verbs() {
        let all = completions();
        assert_eq!(all.len(), 4);
        let fetch = &all.iter().find(|(name, _)| name == "sd-fetch").unwrap().1;
        assert!(String::from_utf8_lossy(fetch).contains("sync"));
    }
}
