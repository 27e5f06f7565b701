//! What the programs need at run time, read from their ELF tables.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;

use object::elf::FileHeader64;
use object::read::elf::{Dyn as _, FileHeader as _, SectionHeader as _};
use object::{Endianness, elf};

use crate::PROGRAMS;

/// The newest C library that may be wanted: that of Tails 6.
const NEWEST: (u32, u32) = (2, 36);

/// The package of each library that the programs may be linked to.
const LIBRARIES: [(&str, &str); 3] =
    [("libc.so.6", "libc6"), ("libgcc_s.so.1", "libgcc-s1"), ("libudev.so.1", "libudev1")];

/// In packages of those above.
const WITH_THEM: [&str; 3] = ["libm.so.6", "ld-linux-x86-64.so.2", "libdl.so.2"];

/// What the programs run: gpg-agent has the secret key, udisks2 and udev the sticks.
const RUN: [&str; 3] = ["gpg-agent", "udev", "udisks2"];

/// The `Depends` of the package.
pub(crate) fn of(binaries: &Path) -> io::Result<String> {
    let (mut packages, mut newest) = (BTreeSet::from(RUN.map(str::to_owned)), (0, 0));
    for program in PROGRAMS {
        let path = binaries.join(program);
        let bytes = std::fs::read(&path)
            .map_err(|e| io::Error::new(e.kind(), format!("{}: {e}", path.display())))?;
        let wants = wants(&bytes).map_err(|e| io::Error::other(format!("{program}: {e}")))?;
        newest = newest.max(glibc(program, &wants.versions)?);
        for library in &wants.libraries {
            if let Some((_, package)) = LIBRARIES.iter().find(|(name, _)| name == library) {
                packages.insert((*package).to_owned());
            } else if !WITH_THEM.contains(&library.as_str()) {
                return Err(io::Error::other(format!("{program} is linked to {library}")));
            }
        }
    }
    packages.remove("libc6");
    packages.insert(format!("libc6 (>= {}.{})", newest.0, newest.1));
    Ok(packages.into_iter().collect::<Vec<_>>().join(", "))
}

/// The newest version of the C library that is wanted.
fn glibc(program: &str, versions: &BTreeSet<String>) -> io::Result<(u32, u32)> {
    let mut newest = (0, 0);
    for version in versions.iter().filter_map(|v| v.strip_prefix("GLIBC_")) {
        let mut numbers = version.split('.').map(str::parse);
        // GLIBC_ABI_DT_RELR and the like came with 2.36.
        let (Some(Ok(major)), Some(Ok(minor))) = (numbers.next(), numbers.next()) else {
            newest = newest.max(NEWEST);
            continue;
        };
        newest = newest.max((major, minor));
        if (major, minor) > NEWEST {
            let why = format!("{program} wants GLIBC_{version}; Tails 6 has 2.36");
            return Err(io::Error::other(why));
        }
    }
    Ok(newest)
}

/// What one program says that it wants.
#[derive(Debug, Default)]
struct Wants {
    libraries: BTreeSet<String>,
    versions: BTreeSet<String>,
}

fn wants(bytes: &[u8]) -> object::read::Result<Wants> {
    let header = FileHeader64::<Endianness>::parse(bytes)?;
    let endian = header.endian()?;
    let sections = header.sections(endian, bytes)?;
    let text = |name: &[u8]| String::from_utf8_lossy(name).into_owned();
    let mut wants = Wants::default();
    for section in sections.iter() {
        if let Some((entries, link)) = section.dynamic(endian, bytes)? {
            let strings = sections.strings(endian, bytes, link)?;
            for entry in entries.iter().filter(|e| e.tag(endian) == elf::DT_NEEDED) {
                wants.libraries.insert(text(entry.string(endian, strings)?));
            }
        }
    }
    if let Some((mut files, link)) = sections.gnu_verneed(endian, bytes)? {
        let strings = sections.strings(endian, bytes, link)?;
        while let Some((_, mut versions)) = files.next()? {
            while let Some(version) = versions.next()? {
                wants.versions.insert(text(version.name(endian, strings)?));
            }
        }
    }
    Ok(wants)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_c_library_newer_than_that_of_tails_6_is_refused() {
        let versions = |v: &[&str]| v.iter().map(|v| (*v).to_owned()).collect();
        assert_eq!(
            glibc("x", &versions(&["GLIBC_2.2.5", "GLIBC_2.34", "GCC_3.0"])).unwrap(),
            (2, 34)
        );
        assert_eq!(glibc("x", &versions(&["GLIBC_ABI_DT_RELR"])).unwrap(), (2, 36));
        let refused = glibc("x", &versions(&["GLIBC_2.36", "GLIBC_2.38"])).unwrap_err();
        assert_eq!(refused.to_string(), "x wants GLIBC_2.38; Tails 6 has 2.36");
    }

    #[test]
    fn this_test_is_linked_to_the_c_library() {
        let own = std::fs::read(std::env::current_exe().unwrap()).unwrap();
        let wants = wants(&own).unwrap();
        assert!(wants.libraries.contains("libc.so.6"), "{wants:?}");
        assert!(wants.versions.contains("GLIBC_2.2.5"), "{wants:?}");
    }
}
