//! What a worker gives up before it reads its first byte.

use std::collections::BTreeMap;

use landlock::{Access, AccessFs, AccessNet, CompatLevel, Compatible, Ruleset, RulesetAttr, Scope};
use rustix::process::{DumpableBehavior, Resource, Rlimit, Signal};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule, TargetArch,
};

/// What a worker may use up.
#[derive(Clone, Copy, Debug)]
pub struct Profile {
    /// Bytes of address space.
    pub memory: u64,
    /// Bytes it may write to its output.
    pub output: u64,
    /// Seconds of processor time.
    pub seconds: u64,
    /// Bytes of its input that it may map ([`crate::Inside::map`]). They are the file's and not
    /// memory of its own, so they count beside `memory`; 0 for a worker that reads.
    pub map: u64,
}

/// Why a lock-down did not take hold.
#[derive(Debug, thiserror::Error)]
pub enum LockDownError {
    /// The seccomp filter could not be built or installed.
    #[error("seccomp: {0}")]
    Seccomp(String),
    /// Landlock could not be asked.
    #[error("landlock: {0}")]
    Landlock(String),
    /// A limit could not be set.
    #[error("limits: {0}")]
    Limit(std::io::Error),
}

impl LockDownError {
    pub(crate) fn from_errno(e: rustix::io::Errno) -> Self {
        Self::Limit(e.into())
    }
}

impl From<seccompiler::Error> for LockDownError {
    fn from(e: seccompiler::Error) -> Self {
        Self::Seccomp(e.to_string())
    }
}

impl From<seccompiler::BackendError> for LockDownError {
    fn from(e: seccompiler::BackendError) -> Self {
        Self::Seccomp(e.to_string())
    }
}

impl From<landlock::RulesetError> for LockDownError {
    fn from(e: landlock::RulesetError) -> Self {
        Self::Landlock(e.to_string())
    }
}

/// Limits, then Landlock where the kernel has it, then seccomp. There is no way back.
pub(crate) fn lock_down(profile: &Profile) -> Result<(), LockDownError> {
    limits(profile)?;
    landlock_all()?;
    Ok(seccompiler::apply_filter(&allow_list()?)?)
}

/// Has the system write no image of this process to the disk when it crashes: keys and plaintext
/// are in its memory.
pub fn leave_no_core() -> Result<(), LockDownError> {
    let none = Rlimit { current: Some(0), maximum: Some(0) };
    rustix::process::setrlimit(Resource::Core, none).map_err(LockDownError::from_errno)
}

fn limits(profile: &Profile) -> Result<(), LockDownError> {
    let set = |resource, value| {
        let limit = Rlimit { current: Some(value), maximum: Some(value) };
        rustix::process::setrlimit(resource, limit).map_err(LockDownError::from_errno)
    };
    set(Resource::As, profile.memory.saturating_add(profile.map))?;
    // What is mapped read-only is no data: of its own it may have no more than any other worker.
    set(Resource::Data, profile.memory)?;
    set(Resource::Fsize, profile.output)?;
    set(Resource::Cpu, profile.seconds)?;
    leave_no_core()?;
    set(Resource::Nofile, 16)?;
    set(Resource::Nproc, 0)?;
    rustix::process::set_dumpable_behavior(DumpableBehavior::NotDumpable)
        .map_err(LockDownError::from_errno)?;
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL))
        .map_err(LockDownError::from_errno)?;
    rustix::thread::set_no_new_privs(true).map_err(LockDownError::from_errno)
}

/// No path can be opened, no port bound or connected, no signal sent outside.
///
/// Best effort by design: Tails 6 has ABI 2 and Landlock there leaves sockets and signals
/// open. Seccomp, which every kernel has, is what the worker stands on.
fn landlock_all() -> Result<(), LockDownError> {
    let abi = landlock::ABI::V6;
    Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(abi))?
        .handle_access(AccessNet::from_all(abi))?
        .scope(Scope::from_all(abi))?
        .create()?
        .restrict_self()?;
    Ok(())
}

/// What a computation needs after start, found by tracing; everything else ends the worker.
const ALLOWED: &[libc::c_long] = &[
    libc::SYS_read,
    libc::SYS_write,
    libc::SYS_writev,
    libc::SYS_sendto,
    libc::SYS_recvfrom,
    libc::SYS_mmap,
    libc::SYS_munmap,
    libc::SYS_mremap,
    libc::SYS_mprotect,
    libc::SYS_madvise,
    libc::SYS_brk,
    libc::SYS_futex,
    libc::SYS_getrandom,
    libc::SYS_clock_gettime,
    libc::SYS_close,
    libc::SYS_exit,
    libc::SYS_exit_group,
    libc::SYS_rt_sigreturn,
    libc::SYS_rt_sigprocmask,
    libc::SYS_sigaltstack,
    libc::SYS_getpid,
    libc::SYS_gettid,
];

fn allow_list() -> Result<BpfProgram, LockDownError> {
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> =
        ALLOWED.iter().map(|&call| (call, vec![])).collect();
    rules.insert(libc::SYS_tgkill, vec![abort_only()?]);
    rules.insert(libc::SYS_fcntl, vec![flags_only()?]);
    let filter = SeccompFilter::new(
        rules,
        SeccompAction::KillProcess,
        SeccompAction::Allow,
        TargetArch::x86_64,
    )?;
    Ok(filter.try_into()?)
}

/// Debug builds of the standard library ask whether a descriptor is open before closing it.
fn flags_only() -> Result<SeccompRule, LockDownError> {
    let get = u64::from(libc::F_GETFD.unsigned_abs());
    let is = SeccompCondition::new(1, SeccompCmpArgLen::Dword, SeccompCmpOp::Eq, get)?;
    Ok(SeccompRule::new(vec![is])?)
}

/// A worker may abort itself, so that "out of memory" and "broke the rules" end differently.
fn abort_only() -> Result<SeccompRule, LockDownError> {
    let is = |arg, value: u32| {
        SeccompCondition::new(arg, SeccompCmpArgLen::Dword, SeccompCmpOp::Eq, u64::from(value))
    };
    let own = rustix::process::getpid().as_raw_nonzero().get().unsigned_abs();
    Ok(SeccompRule::new(vec![is(0, own)?, is(2, libc::SIGABRT.unsigned_abs())?])?)
}
