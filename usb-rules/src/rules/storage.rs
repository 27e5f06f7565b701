//! Rules for disks: how they are mounted, and which can be written.

use super::{Station, head};
use crate::table;

/// What opened LUKS and `VeraCrypt` volumes are called by udisks.
const MAPPED: &str = "luks-?*|tcrypt-?*";

pub(super) fn render(station: Station) -> String {
    let (open, fixed) = (table::MOUNT_OPTIONS.join(","), table::MOUNT_CHOICES.join(","));
    let allowed = format!("{open},{fixed}");
    let (head, usb) = match station {
        Station::Svs => (head(SVS_HEAD), svs(&open, &allowed)),
        Station::Workstation => {
            (head(WORKSTATION_HEAD), options(&open, &format!("ro,rw,{allowed}")) + "\n")
        }
    };
    let mapped = options(&open, &format!("ro,rw,{allowed}"));
    format!(
        r#"{head}
ACTION=="remove", GOTO="sd_storage_end"
SUBSYSTEM!="block", GOTO="sd_storage_end"

# The medium that the system runs from is never touched.
ENV{{UDISKS_SYSTEM}}=="1", GOTO="sd_storage_end"

# An opened LUKS or VeraCrypt volume lies on no USB device of its own, so it goes by its name.
ENV{{DM_NAME}}!="{MAPPED}", GOTO="sd_storage_unmapped"
ENV{{UDISKS_AUTO}}="0"
{mapped}
GOTO="sd_storage_end"
LABEL="sd_storage_unmapped"

# Everything else is about disks on USB, whatever bridge is in between.
SUBSYSTEMS=="usb", GOTO="sd_storage_usb"
GOTO="sd_storage_end"
LABEL="sd_storage_usb"

# Nothing is mounted unasked.
ENV{{UDISKS_AUTO}}="0"
{usb}
LABEL="sd_storage_end"
"#
    )
}

fn options(defaults: &str, allowed: &str) -> String {
    format!(
        "ENV{{UDISKS_MOUNT_OPTIONS_DEFAULTS}}=\"{defaults}\"\n\
         ENV{{UDISKS_MOUNT_OPTIONS_ALLOW}}=\"{allowed}\""
    )
}

fn svs(open: &str, allowed: &str) -> String {
    let (systems, export, access) =
        (table::FILE_SYSTEMS.join("|"), table::EXPORT_LABEL, table::ACCESS_HELPER);
    let read_only = options(&format!("ro,{open}"), &format!("ro,{allowed}"));
    let writable = options(open, &format!("ro,rw,{allowed}"));
    format!(
        r#"
# File systems that the desktop need not offer: each is a driver that reads a stranger's bytes.
ENV{{ID_FS_USAGE}}=="filesystem", ENV{{ID_FS_TYPE}}!="{systems}", ENV{{UDISKS_IGNORE}}="1"

# An Export Device says so on LUKS, on its file system or by the name of its GPT partition.
ENV{{ID_FS_LABEL}}=="{export}", GOTO="sd_storage_export"
ENV{{ID_PART_ENTRY_NAME}}=="{export}", GOTO="sd_storage_export"

# Everything else is read-only. A disk with partitions is judged once, at the first look: later
# looks must not take back what the event of its Export partition gave it. A new card is a first
# look.
{read_only}
IMPORT{{db}}="SD_SEEN"
ENV{{DISK_MEDIA_CHANGE}}=="1", ENV{{SD_SEEN}}=""
ENV{{DEVTYPE}}=="disk", ENV{{ID_PART_TABLE_TYPE}}=="?*", ENV{{SD_SEEN}}=="1", GOTO="sd_storage_end"
ENV{{SD_SEEN}}="1"
RUN+="{access} ro $kernel"
GOTO="sd_storage_end"

LABEL="sd_storage_export"
{writable}
ENV{{SD_SEEN}}="1"
RUN+="{access} rw $kernel"
"#
    )
}

const SVS_HEAD: &str = "\
Disks on USB at the Secure Viewing Station: not mounted unasked, no programs, no device files,
and read-only unless the disk says it is an Export Device.

Limits: the device says what it is, so a hostile one can claim to be an Export Device, and then
it can be written. root can undo all of it. Between a disk's arrival and its event it can be
written, for a fraction of a second; nothing is mounted in that time.";

const WORKSTATION_HEAD: &str = "\
Disks on USB at the workstation: not mounted unasked, and without programs, device files or
set-user-id files when they are.

Limit: root can undo it, and the desktop user can change what is mounted where.";
