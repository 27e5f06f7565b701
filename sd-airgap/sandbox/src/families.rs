//! A program without a network: every socket family but AF_UNIX is refused by the kernel.

use std::collections::BTreeMap;

use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule, TargetArch,
};

use crate::lock_down::LockDownError;

/// Whether device events (AF_NETLINK) may be listened to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Netlink {
    /// No.
    Deny,
    /// Yes: for programs that watch sticks come and go.
    Allow,
}

/// The bit that marks the x32 variants of system calls: another door to the same rooms.
const X32: i64 = 0x4000_0000;

/// Gives up the network for this process, its threads and everything it starts.
///
/// `socket` and `socketpair` of any family but AF_UNIX (and AF_NETLINK on request) fail with
/// EACCES. `io_uring`, which opens sockets behind the filter's back, does not exist any more.
pub fn deny_network(netlink: Netlink) -> Result<(), LockDownError> {
    let families = match netlink {
        Netlink::Deny => vec![libc::AF_UNIX],
        Netlink::Allow => vec![libc::AF_UNIX, libc::AF_NETLINK],
    };
    let mut rules = BTreeMap::new();
    for call in [libc::SYS_socket, libc::SYS_socketpair] {
        rules.insert(call, vec![other_than(&families)?]);
        rules.insert(X32 | call, vec![]);
    }
    for call in [libc::SYS_io_uring_setup, libc::SYS_io_uring_enter, libc::SYS_io_uring_register] {
        rules.insert(call, vec![]);
        rules.insert(X32 | call, vec![]);
    }
    let refuse = SeccompAction::Errno(libc::EACCES.unsigned_abs());
    let filter = SeccompFilter::new(rules, SeccompAction::Allow, refuse, TargetArch::x86_64)?;
    let program: BpfProgram = filter.try_into()?;
    rustix::thread::set_no_new_privs(true).map_err(LockDownError::from_errno)?;
    Ok(seccompiler::apply_filter_all_threads(&program)?)
}

/// Matches a first argument that is none of these families.
fn other_than(families: &[i32]) -> Result<SeccompRule, LockDownError> {
    let conditions = families
        .iter()
        .map(|f| {
            let family = u64::from(f.unsigned_abs());
            SeccompCondition::new(0, SeccompCmpArgLen::Dword, SeccompCmpOp::Ne, family)
        })
        .collect::<Result<Vec<_>, _>>()?;
    Ok(SeccompRule::new(conditions)?)
}
