//! Randomness from the kernel.

/// The kernel gave no randomness; nothing can be made without it.
#[derive(Debug, thiserror::Error)]
#[error("the system gave no random numbers: {0}")]
pub struct RandomError(#[source] std::io::Error);

/// `N` random bytes.
pub fn random<const N: usize>() -> Result<[u8; N], RandomError> {
    let mut bytes = [0; N];
    let mut filled = 0;
    while filled < N {
        let rest = &mut bytes[filled..];
        filled += rustix::rand::getrandom(rest, rustix::rand::GetRandomFlags::empty())
            .map_err(|e| RandomError(e.into()))?;
    }
    Ok(bytes)
}
