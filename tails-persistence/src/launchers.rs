//! The entries in the desktop's list of programs, as user mode has them.
//!
//! They are the package's own, with full paths, because the programs are in no search path there.

use std::path::PathBuf;

use sd_release::Role;

use crate::layout;
use crate::refusal::Refusal;
use crate::tails::Tails;

/// Each launcher of the package.
const TEXTS: [(&str, &str); 4] = [
    ("check", include_str!("../launchers/sneakernet-check.desktop")),
    ("export", include_str!("../launchers/sneakernet-export.desktop")),
    ("fetch", include_str!("../launchers/sneakernet-fetch.desktop")),
    ("open", include_str!("../launchers/sneakernet-open.desktop")),
];

/// Far above what a launcher has.
const MAX: u64 = 16 << 10;

/// One launcher.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Launcher {
    name: &'static str,
}

/// Those of a role.
pub(crate) fn of(role: Role) -> Vec<Launcher> {
    let names = match role {
        Role::Workstation => layout::WORKSTATION_LAUNCHERS,
        Role::Svs => layout::SVS_LAUNCHERS,
    };
    names.iter().map(|name| Launcher { name }).collect()
}

/// All that a package ever had.
pub(crate) fn all() -> Vec<Launcher> {
    TEXTS.map(|(name, _)| Launcher { name }).into()
}

impl Launcher {
    /// Its file.
    pub(crate) fn file(self) -> String {
        format!("sneakernet-{}.desktop", self.name)
    }

    /// What is in it: programs and picture by their full paths.
    pub(crate) fn text(self) -> String {
        let packaged = TEXTS.iter().find(|(name, _)| *name == self.name);
        let packaged = packaged.map(|(_, text)| *text).unwrap_or_default();
        let tree = format!("{}/{}/current/tree/usr", layout::HOME, layout::USER_SHELF);
        let icon = format!("{tree}/share/icons/hicolor/scalable/apps/sneakernet.svg");
        packaged
            .replace("Exec=sd-station", &format!("Exec={tree}/bin/sd-station"))
            .replace("Icon=sneakernet", &format!("Icon={icon}"))
    }

    /// Where the link in the home leads to.
    pub(crate) fn target(self) -> String {
        format!("{}/dotfiles/{}/{}", layout::STORAGE, layout::LAUNCHERS.join("/"), self.file())
    }

    fn dotfile(self, tails: &Tails) -> PathBuf {
        tails.at(&self.target())
    }

    fn link(self, tails: &Tails) -> PathBuf {
        tails.home(&layout::LAUNCHERS.join("/")).join(self.file())
    }

    /// Whether it is as it should be.
    pub(crate) fn is_among_the_dotfiles(self, tails: &Tails) -> bool {
        let path = self.dotfile(tails);
        let found =
            sd_fs::Dir::containing(&path).and_then(|(dir, name)| dir.read_small(&name, MAX));
        found.is_ok_and(|bytes| bytes == self.text().as_bytes())
    }

    /// Whether the desktop finds it in this session.
    pub(crate) fn is_in_the_home(self, tails: &Tails) -> bool {
        std::fs::read_link(self.link(tails))
            .is_ok_and(|to| to.as_os_str() == self.target().as_str())
    }

    /// Whether something else has its name.
    pub(crate) fn may_be_put(self, tails: &Tails) -> Result<(), Refusal> {
        let shown = |path: PathBuf| sd_fs::escape(path.as_os_str().as_encoded_bytes());
        let dotfile = std::fs::symlink_metadata(self.dotfile(tails));
        if dotfile.is_ok_and(|seen| !seen.is_file()) {
            return Err(Refusal::LauncherInTheWay(shown(self.dotfile(tails))));
        }
        let link = self.link(tails);
        if std::fs::symlink_metadata(&link).is_ok() && !self.is_in_the_home(tails) {
            return Err(Refusal::LauncherInTheWay(shown(link)));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_launcher_of_user_mode_names_its_program_in_full() {
        for launcher in all() {
            let text = launcher.text();
            let exec = "\nExec=/home/amnesia/Persistent/sneakernet-programs/current/tree/usr/bin/sd-station session ";
            assert!(text.contains(exec) && text.contains("\nIcon=/home/amnesia/"), "{text}");
        }
        assert_eq!(of(Role::Workstation).len() + of(Role::Svs).len(), 5);
    }
}
