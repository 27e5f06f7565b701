//! The machine itself.

use std::io;
use std::time::{Duration, Instant};

use sd_tests::vm::{Order, Vm, Who};

pub(crate) fn the_machine_goes_back_to_where_it_was(vm: &mut Vm) -> io::Result<()> {
    vm.put(Who::Root, "/root/left", b"behind")?;
    vm.keep("later")?;
    vm.revert()?;
    assert!(vm.get("/root/left").is_err());
    vm.revert_to("later")?;
    assert_eq!(vm.get("/root/left")?, b"behind");
    // Each time with another source of random numbers: restored twins must not share keys.
    let draw = |vm: &mut Vm| vm.sh("head -c 16 /dev/urandom | od -A n -t x1");
    let first = draw(vm)?;
    vm.revert_to("later")?;
    assert_ne!(draw(vm)?, first);
    let hours = vm.sh("date +%s")?.trim().parse::<u64>().map_err(io::Error::other)?;
    let now = std::time::UNIX_EPOCH.elapsed().map_err(io::Error::other)?.as_secs();
    assert!(now.abs_diff(hours) < 30, "the clock is {hours}, not {now}");
    Ok(())
}

pub(crate) fn the_person_at_the_machine_has_an_active_session(vm: &mut Vm) -> io::Result<()> {
    let run = vm
        .run_as_user("id -un; loginctl show-session self -p Active -p Seat; sd-airgap --version")?;
    let said = run.expect(0).stdout;
    for wanted in ["amnesia\n", "Seat=seat0\n", "Active=yes\n", "sd-airgap "] {
        assert!(said.contains(wanted), "{said}");
    }
    let order = Order::user("cat <&7; echo; cat; exit 3").fd(7, "a passphrase").stdin("a line");
    let run = vm.run(order)?.expect(3);
    assert_eq!(run.stdout, "a passphrase\na line");
    Ok(())
}

pub(crate) fn no_hang_survives(vm: &mut Vm) -> io::Result<()> {
    let late = vm.run(Order::user("sleep 100").within(Duration::from_secs(1)));
    assert_eq!(late.map_err(|e| e.kind()).err(), Some(io::ErrorKind::TimedOut));
    // Whatever a case waits for, the end of its time is the end of the machine.
    let deadline = vm.deadline(Duration::from_secs(1));
    let begun = Instant::now();
    assert!(vm.run(Order::root("sleep 100").within(Duration::from_secs(100))).is_err());
    assert!(begun.elapsed() < Duration::from_secs(20));
    drop(deadline);
    vm.revert()?;
    vm.is_well()
}

pub(crate) fn a_home_is_carried_from_station_to_station(vm: &mut Vm) -> io::Result<()> {
    let noise: Vec<u8> =
        (0..3_000_000_u32).map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes()[0]).collect();
    vm.put(Who::User, "/home/amnesia/station/deep/inbox", &noise)?;
    let home = vm.take_tree("/home/amnesia/station")?;
    vm.revert()?;
    assert!(vm.get("/home/amnesia/station/deep/inbox").is_err());
    vm.put_tree("/home/amnesia/station", &home)?;
    assert_eq!(vm.get("/home/amnesia/station/deep/inbox")?, noise);
    let owner = vm.run_as_user("stat -c %U station/deep/inbox")?.expect(0);
    assert_eq!(owner.stdout, "amnesia\n");
    Ok(())
}
