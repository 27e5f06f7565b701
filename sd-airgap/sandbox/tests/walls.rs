//! The walls of the sandbox, tried one by one. This file is its own program, because a worker
//! is a copy of the same program started anew.
#![expect(
    clippy::print_stdout,
    clippy::expect_used,
    reason = "a test program with its own main prints its results and stops where one is bad"
)]

use std::fs::File;
use std::io::{Read as _, Seek as _, Write as _};
use std::process::ExitCode;

use rustix::process::{Pid, Signal, getpid, kill_process};
use sd_sandbox::{
    ChannelError, Forbidden, Inside, Job, Netlink, Profile, Still, Worker, WorkerError,
    deny_network, leave_no_core, probe, with_workers,
};

const SMALL: Profile = Profile { memory: 256 << 20, output: 4096, seconds: 1, map: 1 << 30 };

const JOBS: &[Job] = &[
    Job { name: "copy", profile: SMALL, run: copy },
    Job { name: "flood", profile: SMALL, run: flood },
    Job { name: "hog", profile: SMALL, run: hog },
    Job { name: "spin", profile: SMALL, run: spin },
    Job { name: "chatter", profile: SMALL, run: chatter },
    // The kernel may take its time over a hole.
    Job { name: "sum", profile: Profile { seconds: 30, ..SMALL }, run: sum },
    Job { name: "surroundings", profile: SMALL, run: surroundings },
    Job { name: "place", profile: SMALL, run: place },
    Job { name: "panic", profile: SMALL, run: |_| panic!("a message that must not be seen") },
];

fn copy(mut inside: Inside) -> Result<(), ChannelError> {
    let mut buffer = [0; 64];
    let n = inside.input.read(&mut buffer)?;
    inside.output.write_all(&buffer[..n])?;
    inside.channel.send(b"done")
}

fn flood(mut inside: Inside) -> Result<(), ChannelError> {
    loop {
        inside.output.write_all(&[0; 1024])?;
    }
}

fn hog(mut inside: Inside) -> Result<(), ChannelError> {
    let mut kept = Vec::new();
    loop {
        kept.push(vec![1_u8; 16 << 20]);
        if kept.len() > 1000 {
            return inside.channel.send(b"!");
        }
    }
}

fn spin(_: Inside) -> Result<(), ChannelError> {
    let mut n = 0_u64;
    loop {
        n = std::hint::black_box(n.wrapping_add(1));
    }
}

fn chatter(mut inside: Inside) -> Result<(), ChannelError> {
    inside.channel.send(b"done")?;
    inside.channel.send(b"and more")
}

/// Maps so many bytes of its input, says that it did, waits for a word and adds up 256 of them.
fn sum(mut inside: Inside) -> Result<(), ChannelError> {
    let length = inside.channel.receive(8)?.try_into().map_or(0, u64::from_le_bytes);
    let mapped = inside.map(length)?;
    inside.channel.send(b"mapped")?;
    inside.channel.receive(1)?;
    let sum = mapped
        .iter()
        .step_by(mapped.len() / 256)
        .fold(0u64, |sum, byte| sum.wrapping_add(u64::from(*byte)));
    inside.channel.send(&sum.to_le_bytes())
}

/// Says what it was started with.
fn surroundings(mut inside: Inside) -> Result<(), ChannelError> {
    let arguments = std::env::args().skip(1).collect::<Vec<_>>().join(" ");
    let names = std::env::vars().map(|(name, _)| name).collect::<Vec<_>>().join(" ");
    inside.channel.send(format!("{arguments}|{names}").as_bytes())
}

/// Says where this program stands in its memory.
fn place(mut inside: Inside) -> Result<(), ChannelError> {
    let place = std::ptr::from_ref(JOBS).addr();
    inside.channel.send(&place.to_le_bytes())
}

fn scratch(bytes: &[u8]) -> File {
    let mut file = tempfile::tempfile().expect("a file");
    file.write_all(bytes).expect("written");
    file.rewind().expect("rewound");
    file
}

fn a_worker_reads_its_input_and_writes_its_output() {
    let (input, mut output) = (scratch(b"hello"), scratch(b""));
    let mut worker = Worker::spawn("copy", &input, &output).expect("started");
    assert_eq!(worker.channel().receive(10).expect("a message"), b"done");
    worker.finish().expect("a good end");
    let mut text = String::new();
    output.rewind().expect("rewound");
    output.read_to_string(&mut text).expect("read");
    assert_eq!(text, "hello");
}

fn end_of(job: &str) -> WorkerError {
    let mut worker = Worker::spawn(job, scratch(b""), scratch(b"")).expect("started");
    let error = worker.channel().receive(100).expect_err("no message");
    worker.broken(error)
}

fn every_limit_has_its_own_end() {
    assert!(matches!(end_of("flood"), WorkerError::Output));
    let end = end_of("hog");
    assert!(matches!(end, WorkerError::Memory), "{end}");
    assert!(matches!(end_of("spin"), WorkerError::Time));
    assert!(matches!(end_of("panic"), WorkerError::Ended(_) | WorkerError::Memory));
    assert!(end_of("no such job").to_string().contains("ended"));
}

/// A file of ones, open for reading only, and the same open for writing.
#[expect(clippy::disallowed_methods, reason = "a second way to the same file")]
fn ones(length: usize) -> (File, File) {
    let file = tempfile::NamedTempFile::new().expect("a file");
    file.as_file().write_all(&vec![1; length]).expect("written");
    (File::open(file.path()).expect("readable"), file.into_file())
}

/// A worker that has mapped so many bytes, and has not looked at them yet.
fn mapping(input: &File, length: u64) -> Result<Worker, WorkerError> {
    let mut worker = Worker::spawn("sum", input, scratch(b"")).expect("started");
    worker.channel().send(&length.to_le_bytes()).expect("sent");
    match worker.channel().receive(6) {
        Ok(_) => Ok(worker),
        Err(e) => Err(worker.broken(e)),
    }
}

fn a_worker_maps_a_file_of_twice_its_memory_and_no_more_than_it_may() {
    let length = 2 * SMALL.memory;
    let (input, writable) = ones(1 << 20);
    writable.set_len(length).expect("a hole");
    let mut worker = mapping(&input, length).expect("mapped");
    worker.channel().send(b"!").expect("sent");
    let sum = worker.channel().receive(8);
    worker.finish().expect("a good end");
    assert_eq!(sum.expect("a sum"), 1u64.to_le_bytes());
    assert!(mapping(&input, SMALL.memory + SMALL.map).is_err(), "more than it may");
}

fn a_file_that_becomes_shorter_while_it_is_mapped_has_its_own_end() {
    let (input, writable) = ones(1 << 20);
    let mut worker = mapping(&input, 1 << 20).expect("mapped");
    writable.set_len(4096).expect("cut");
    worker.channel().send(b"!").expect("sent");
    let error = worker.channel().receive(8).expect_err("no sum");
    let end = worker.broken(error);
    assert!(matches!(end, WorkerError::Input), "{end}");
}

fn a_file_is_held_still_only_while_nobody_can_write_it() {
    let (input, writable) = ones(1);
    assert!(Still::hold(&input).is_err(), "it is open for writing");
    drop(writable);
    let held = Still::hold(&input).expect("held");
    assert!(held.is_held());
    // Who opens it for writing waits; who will not wait is sent away, and still is noticed.
    let magic = format!("/proc/self/fd/{}", std::os::fd::AsRawFd::as_raw_fd(&input));
    let flags = rustix::fs::OFlags::WRONLY | rustix::fs::OFlags::NONBLOCK;
    let opened = rustix::fs::open(&magic, flags, rustix::fs::Mode::empty());
    assert_eq!(opened.err(), Some(rustix::io::Errno::AGAIN));
    assert!(!held.is_held());
    drop(held);
    assert!(rustix::fs::open(&magic, flags, rustix::fs::Mode::empty()).is_ok());
}

fn a_worker_that_says_too_much_is_not_believed() {
    let mut worker = Worker::spawn("chatter", scratch(b""), scratch(b"")).expect("started");
    assert_eq!(worker.channel().receive(10).expect("a message"), b"done");
    assert!(matches!(worker.finish(), Err(WorkerError::Protocol(ChannelError::Trailing))));
}

/// What a worker says that ends well.
fn said(job: &str) -> Vec<u8> {
    let mut worker = Worker::spawn(job, scratch(b""), scratch(b"")).expect("started");
    let said = worker.channel().receive(1000).expect("a message");
    worker.finish().expect("a good end");
    said
}

fn a_worker_knows_nothing_of_what_its_program_was_asked() {
    assert!(std::env::vars().count() > 2, "there is something to know");
    let said = String::from_utf8(said("surroundings")).expect("text");
    assert_eq!(said, "--sandboxed-worker|GLIBC_TUNABLES");
}

fn workers_have_their_places_in_memory_in_common_until_one_ends_badly() {
    let ours = std::ptr::from_ref(JOBS).addr().to_le_bytes().to_vec();
    let (first, second) = (said("place"), said("place"));
    assert_eq!(first, second);
    assert_ne!(first, ours, "and never with their program");
    probe(Forbidden::Ptrace).expect("the wall holds");
    assert_eq!(said("place"), first, "a probe is ours, and ends as it must");
    drop(end_of("panic"));
    let third = said("place");
    assert_ne!(third, first);
    assert_eq!(said("place"), third);
}

/// The one process that the first thread of another has started.
#[expect(clippy::disallowed_methods, reason = "a short file of the kernel's")]
fn child(of: Pid) -> Pid {
    let text = std::fs::read_to_string(format!("/proc/{of}/task/{of}/children"));
    let number = text.expect("listed").trim().parse().expect("one number");
    Pid::from_raw(number).expect("a process")
}

fn a_template_that_was_ended_is_replaced_and_its_workers_go_with_it() {
    let (input, _) = ones(1 << 12);
    let first = said("place");
    let mut worker = mapping(&input, 1 << 12).expect("mapped");
    kill_process(child(getpid()), Signal::KILL).expect("ended");
    let error = worker.channel().receive(8).expect_err("nothing more comes");
    assert!(matches!(worker.broken(error), WorkerError::Start(_)), "how it ended nobody can say");
    assert_ne!(said("place"), first);
}

fn a_worker_that_nobody_waits_for_is_ended() {
    let (input, _) = ones(1 << 12);
    let worker = mapping(&input, 1 << 12).expect("mapped");
    let own = format!("/proc/{}", child(child(getpid())));
    assert!(std::fs::exists(&own).expect("looked at"));
    drop(worker);
    assert!(!std::fs::exists(&own).expect("looked at"));
}

fn every_forbidden_call_ends_the_worker() {
    for what in Forbidden::ALL {
        probe(*what).expect("the wall holds");
    }
}

fn after_giving_up_the_network_no_family_but_unix_opens() {
    use rustix::net::{AddressFamily, SocketType, socket};
    let open = |family| socket(family, SocketType::DGRAM, None);
    assert!(open(AddressFamily::INET).is_ok(), "the test itself needs a machine with sockets");
    deny_network(Netlink::Deny).expect("given up");
    let denied = Some(rustix::io::Errno::ACCESS);
    for family in [
        AddressFamily::INET,
        AddressFamily::INET6,
        AddressFamily::PACKET,
        AddressFamily::BLUETOOTH,
        AddressFamily::VSOCK,
        AddressFamily::NETLINK,
    ] {
        assert_eq!(open(family).err(), denied, "{family:?}");
    }
    assert!(open(AddressFamily::UNIX).is_ok());
    leave_no_core().expect("given up");
    let core = rustix::process::getrlimit(rustix::process::Resource::Core);
    assert_eq!((core.current, core.maximum), (Some(0), Some(0)));
    std::thread::spawn(move || assert_eq!(open(AddressFamily::INET).err(), denied))
        .join()
        .expect("a new thread is behind the same wall");
}

fn main() -> ExitCode {
    with_workers(JOBS, run_tests)
}

fn run_tests() -> ExitCode {
    let tests: &[(&str, fn())] = &[
        (
            "a_worker_reads_its_input_and_writes_its_output",
            a_worker_reads_its_input_and_writes_its_output,
        ),
        ("every_limit_has_its_own_end", every_limit_has_its_own_end),
        (
            "a_worker_that_says_too_much_is_not_believed",
            a_worker_that_says_too_much_is_not_believed,
        ),
        (
            "a_worker_maps_a_file_of_twice_its_memory_and_no_more_than_it_may",
            a_worker_maps_a_file_of_twice_its_memory_and_no_more_than_it_may,
        ),
        (
            "a_file_that_becomes_shorter_while_it_is_mapped_has_its_own_end",
            a_file_that_becomes_shorter_while_it_is_mapped_has_its_own_end,
        ),
        (
            "a_file_is_held_still_only_while_nobody_can_write_it",
            a_file_is_held_still_only_while_nobody_can_write_it,
        ),
        (
            "a_worker_knows_nothing_of_what_its_program_was_asked",
            a_worker_knows_nothing_of_what_its_program_was_asked,
        ),
        (
            "workers_have_their_places_in_memory_in_common_until_one_ends_badly",
            workers_have_their_places_in_memory_in_common_until_one_ends_badly,
        ),
        (
            "a_template_that_was_ended_is_replaced_and_its_workers_go_with_it",
            a_template_that_was_ended_is_replaced_and_its_workers_go_with_it,
        ),
        ("a_worker_that_nobody_waits_for_is_ended", a_worker_that_nobody_waits_for_is_ended),
        ("every_forbidden_call_ends_the_worker", every_forbidden_call_ends_the_worker),
        (
            "after_giving_up_the_network_no_family_but_unix_opens",
            after_giving_up_the_network_no_family_but_unix_opens,
        ),
    ];
    for (name, test) in tests {
        test();
        println!("test {name} ... ok");
    }
    println!("{} passed, 0 failed", tests.len());
    ExitCode::SUCCESS
}
