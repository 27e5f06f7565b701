//! `sd-station install` and `remove` in a Tails, started anew in between: what is in memory is gone,
//! what is on the stick is there.

use std::io;
use std::time::Duration;

use sd_tests::newsroom::Run;
use sd_tests::vm::{Chip, Order, Started, Vm};

/// What SecureDrop's own setup has on a stick.
const CONF: &str = "/home/amnesia\tsource=dotfiles,link\n/home/amnesia/Persistent\tsource=Persistent\n\
    /etc/NetworkManager/dispatcher.d\tsource=custom-nm-hooks,link\n";
/// Additional Software.
const APT_ON: &str =
    "/var/cache/apt/archives\tsource=apt/cache\n/var/lib/apt/lists\tsource=apt/lists\n";

const BASE: &str = "/live/persistence/TailsData_unlocked";

/// Everything on the stick, whose it is and what is in it.
const PICTURE: &str = "cd /live/persistence/TailsData_unlocked && find . ! -path ./lost+found \
    ! -path './apt/*' -printf '%P %y %m %u %g %l ' \\( -type f -exec sha256sum {} \\; -o -printf '\\n' \\) | sort";

/// A stick with this configuration, and the package in the guest's reach.
fn prepared(vm: &mut Vm, conf: &str) -> io::Result<Chip> {
    let own = std::env::current_exe()?;
    let built = own.parent().and_then(|deps| deps.parent()).ok_or(io::ErrorKind::NotFound)?;
    vm.bring_package(built)?;
    vm.format_tails(conf)
}

/// The technologist's line, with the administration password.
fn install(role: &str) -> Order {
    let line = format!(
        "/mnt/share/sd-station install --role {role} --package /mnt/share/sneakernet.deb --yes --json"
    );
    Order::root(line).within(Duration::from_mins(4))
}

/// The steps of a report, with their states.
fn states(run: &Run) -> Vec<String> {
    let json = run.json();
    let steps = json["report"]["steps"].as_array().cloned().unwrap_or_default();
    steps.iter().map(|s| s["state"].as_str().unwrap_or_default().to_owned()).collect()
}

/// Whether all of a role is there, root's, and in force.
fn is_there(vm: &mut Vm, role: &str) -> io::Result<()> {
    let launchers = match role {
        "svs" => "sneakernet-check.desktop sneakernet-export.desktop sneakernet-open.desktop",
        _ => "sneakernet-check.desktop sneakernet-fetch.desktop",
    };
    vm.sh(&format!(
        "set -e; for p in sd-airgap sd-export sd-fetch sd-station; do
            [ \"$(stat -c '%U:%G %a' /usr/bin/$p)\" = 'root:root 755' ]; done
        [ \"$(cd /usr/local/share/applications && echo sneakernet-*)\" = '{launchers}' ]
        for r in 90-sd-storage 91-sd-usb; do
            [ \"$(readlink /etc/udev/rules.d/$r.rules)\" = /usr/lib/sneakernet/udev/{role}/$r.rules ]; done
        [ -e /usr/share/man/man1/sd-airgap.1.gz ] && [ -e /usr/share/sneakernet/release.json ]
        runuser -u amnesia -- /usr/bin/sd-station --version >/dev/null
        runuser -u amnesia -- /usr/bin/sd-airgap --version >/dev/null"
    ))?;
    if role == "svs" {
        // The ports are closed some seconds after the login, and the stick that Tails runs from
        // can still be written.
        vm.sh("for i in $(seq 120); do systemctl is-active -q sneakernet-usb-close && break; sleep 0.5; done
            systemctl is-active -q sneakernet-usb-close && grep -qx 0 /sys/bus/usb/devices/usb*/interface_authorized_default
            [ $(blockdev --getro /dev/disk/by-id/usb-*TAILS1*-0:0) = 0 ] && touch /live/persistence/TailsData_unlocked/.probe && rm /live/persistence/TailsData_unlocked/.probe")?;
    }
    Ok(())
}

/// Whether nothing of it is there, outside the stick.
fn is_gone(vm: &mut Vm) -> io::Result<()> {
    let left = "find / -xdev \\( -path /proc -o -path /sys -o -path /mnt -o -path /run/lab -o -path /var/log \\) -prune -o \
        \\( -name 'sd-airgap*' -o -name 'sd-station*' -o -name '*sneakernet*' -o -name '9?-sd-*.rules' \\) -print";
    assert_eq!(vm.sh(left)?, "", "it left something");
    Ok(())
}

/// What Tails made of the configuration at its start.
fn applied(vm: &mut Vm) -> io::Result<String> {
    vm.sh("[ ! -e /run/lab/put-aside ] && cat /run/lab/applied")
}

/// Shut down and started anew.
fn again(vm: &mut Vm, started: Started) -> io::Result<Started> {
    let chip = vm.stop_tails(started)?;
    vm.start_tails(chip)
}

/// Installed, started anew, removed, started anew.
fn there_and_back(vm: &mut Vm, role: &str, conf: &str, conf_with_us: &str) -> io::Result<()> {
    let chip = prepared(vm, conf)?;
    let started = vm.start_tails(chip)?;
    let before = vm.sh(PICTURE)?;
    let dry = vm.run(Order::root(format!(
        "/mnt/share/sd-station install --role {role} --package /mnt/share/sneakernet.deb --dry-run"
    )))?;
    let _planned = dry.expect(0);
    assert_eq!(vm.sh(PICTURE)?, before, "a dry run changes nothing");
    let done = vm.run(install(role))?.expect(0);
    assert!(states(&done).iter().filter(|s| *s == "done").count() >= 5, "{done:?}");
    is_there(vm, role)?;
    let twice = vm.run(install(role))?.expect(0);
    assert!(states(&twice).iter().all(|s| s == "already"), "{twice:?}");

    let started = again(vm, started)?;
    assert_eq!(started.at_login.code, Some(0), "{:?}", started.at_login);
    assert_eq!(applied(vm)?, conf_with_us);
    assert_eq!(vm.sh(&format!("cat {BASE}/persistence.conf"))?, conf_with_us);
    is_there(vm, role)?;

    let remove = "/usr/bin/sd-station remove --yes --json";
    let _removed = vm.run(Order::root(remove).within(Duration::from_mins(3)))?.expect(0);
    is_gone(vm)?;
    assert_eq!(vm.sh(PICTURE)?, before, "the stick is as it was");
    let started = again(vm, started)?;
    assert_eq!(applied(vm)?, conf);
    assert_eq!(vm.sh(PICTURE)?, before, "the stick is as it was");
    is_gone(vm)?;
    vm.stop_tails(started).map(drop)
}

pub(crate) fn a_secure_viewing_station_has_everything_after_each_start_and_nothing_after_removal(
    vm: &mut Vm,
) -> io::Result<()> {
    there_and_back(vm, "svs", CONF, &format!("{CONF}{APT_ON}"))
}

pub(crate) fn a_workstation_has_everything_after_each_start_and_nothing_after_removal(
    vm: &mut Vm,
) -> io::Result<()> {
    // Additional Software is on already, as on a workstation that SecureDrop set up.
    let conf = format!("{APT_ON}{CONF}");
    there_and_back(vm, "workstation", &conf, &conf)
}

/// `sd-station` as the desktop user, without a password.
fn as_user(vm: &mut Vm, program: &str, args: &str) -> io::Result<Run> {
    vm.run(Order::user(format!("{program} {args}")).within(Duration::from_mins(4)))
}

pub(crate) fn user_mode_has_everything_after_each_start_and_nothing_after_removal(
    vm: &mut Vm,
) -> io::Result<()> {
    // The imitation of Tails's daemon answers as busctl does.
    let asked = "/usr/bin/busctl --system get-property org.freedesktop.login1 /org/freedesktop/login1 \
        org.freedesktop.login1.Manager PreparingForShutdown";
    assert_eq!(vm.sh(asked)?, "b false\n");
    let chip = prepared(vm, CONF)?;
    let started = vm.start_tails(chip)?;
    let before = vm.sh(PICTURE)?;
    let args =
        "install --mode user --role workstation --package /mnt/share/sneakernet.deb --yes --json";
    let _done = as_user(vm, "/mnt/share/sd-station", args)?.expect(0);

    let started = again(vm, started)?;
    assert_eq!(applied(vm)?, CONF);
    let program = "/home/amnesia/Persistent/sneakernet-programs/current/tree/usr/bin/sd-station";
    let seen = vm.run(Order::user(format!(
        "set -e; cd ~/.local/share/applications; echo sneakernet-*; grep -h ^Exec= sneakernet-fetch.desktop
        {program} --version >/dev/null"
    )))?;
    let seen = seen.expect(0).stdout;
    let launchers = "sneakernet-check.desktop sneakernet-fetch.desktop";
    assert_eq!(seen, format!("{launchers}\nExec={program} session fetch\n"));

    let _removed = as_user(vm, program, "remove --yes --json")?.expect(0);
    assert_eq!(vm.sh(PICTURE)?, before, "the stick is as it was");
    let started = again(vm, started)?;
    assert_eq!(vm.sh(PICTURE)?, before, "the stick is as it was");
    is_gone(vm)?;
    vm.stop_tails(started).map(drop)
}

/// A state of the stick: how it comes about, a word of the refusal, and how it is undone.
const ODD: &[(&str, &str, &str)] = &[
    ("chmod 644 persistence.conf", "has mode 0644", "chmod 600 persistence.conf"),
    (
        "chown root persistence.conf",
        "belongs to user 0",
        "chown tails-persistent-storage persistence.conf",
    ),
    (
        "setfacl -m u:amnesia:r persistence.conf; chmod 600 persistence.conf",
        "access list",
        "setfacl -b persistence.conf",
    ),
    (
        "mv persistence.conf real; ln -s real persistence.conf",
        "not a regular file",
        "mv real persistence.conf",
    ),
    ("touch persistence.conf.invalid", "put a damaged", "rm persistence.conf.invalid"),
    ("install -d -o amnesia sneakernet", "belongs to somebody else", "rmdir sneakernet"),
    ("ln -s Persistent sneakernet", "belongs to somebody else", "rm sneakernet"),
    ("install -d sneakernet; touch sneakernet/x", "none of ours", "rm -r sneakernet"),
    (
        "install -o amnesia -m 644 /dev/null live-additional-software.conf",
        "others say what root installs",
        "rm live-additional-software.conf",
    ),
    (
        "echo sneakernet >live-additional-software.conf",
        "Additional Software window",
        "rm live-additional-software.conf",
    ),
    ("mount -o remount,ro .", "reading only", "mount -o remount,rw ."),
    ("fallocate -l $(($(stat -f -c '%a*%S' .) - 5000000)) full", "bytes left", "rm full"),
];

pub(crate) fn odd_states_are_refused_and_stay_as_they_are(vm: &mut Vm) -> io::Result<()> {
    let chip = prepared(vm, CONF)?;
    let started = vm.start_tails(chip)?;
    for (make, refusal, undo) in ODD {
        vm.sh(&format!("cd {BASE} && {make}"))?;
        let before = vm.sh(PICTURE)?;
        let run = vm.run(install("svs"))?;
        let json = run.json();
        let said = json["error"].as_str().unwrap_or_default();
        assert!(run.code == Some(1) && said.contains(refusal), "{make}: {run:?}");
        assert_eq!(vm.sh(PICTURE)?, before, "{make}");
        vm.sh(&format!("cd {BASE} && {undo}"))?;
    }
    // The wrong user, the feature that user mode needs, and no Persistent Storage at all.
    let run = as_user(vm, "/mnt/share/sd-station", "install --role svs --yes --json")?;
    assert!(run.code == Some(1) && run.stdout.contains("administration password"), "{run:?}");
    let user = "install --mode user --role svs --package /mnt/share/sneakernet.deb --yes --json";
    vm.sh("sed -i /dotfiles/d /run/lab/applied")?;
    let run = as_user(vm, "/mnt/share/sd-station", user)?;
    assert!(run.code == Some(1) && run.stdout.contains("Dotfiles"), "{run:?}");
    let chip = vm.stop_tails(started)?;
    let run = vm.run(install("svs"))?;
    assert!(run.code == Some(1) && run.stdout.contains("unlock the Persistent Storage"), "{run:?}");
    drop(chip);
    Ok(())
}
