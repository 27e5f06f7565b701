//! A `VeraCrypt` volume, as the program of that name makes one: Debian has nothing that does.
//!
//! ```text
//! 0        salt, then the header, locked by the passphrase
//! 128 KiB  the data, locked by the key in the header
//! -128 KiB the header once more
//! ```
//! AES in XTS mode, PBKDF2 with SHA-512. What reads it is the kernel's and cryptsetup's own.

use aes::Aes256;
use aes::cipher::KeyInit as _;
use sha2::Sha512;
use xts_mode::{Xts128, get_tweak_default};

use super::Chip;
use crate::noise::Noise;

/// The header with its room, at either end.
const HEADER: usize = 128 << 10;
const SALT: usize = 64;

/// A chip of `size` bytes with one volume on it and nothing in that yet. PIM 1 is the least there
/// is: 16,000 rounds, against 500,000 without a PIM.
pub fn veracrypt(size: usize, passphrase: &str, pim: u32) -> Chip {
    let mut image = vec![0; size];
    // Looks like noise from its first byte to its last.
    let _ = std::io::Read::read_exact(&mut Noise::new(size as u64, 17), &mut image);
    let rounds = 15_000 + pim * 1000;
    let data = (size - 2 * HEADER) as u64;
    for at in [0, size - HEADER] {
        let salt: [u8; SALT] = image[at..at + SALT].try_into().unwrap_or([0; SALT]);
        let mut key = [0; 64];
        pbkdf2::pbkdf2_hmac::<Sha512>(passphrase.as_bytes(), &salt, rounds, &mut key);
        let mut header = header(data);
        // One unit of all its bytes.
        let length = header.len();
        xts(&key).encrypt_area(&mut header, length, 0, get_tweak_default);
        image[at + SALT..at + 512].copy_from_slice(&header);
    }
    Chip::of(&image)
}

fn xts(key: &[u8; 64]) -> Xts128<Aes256> {
    let half = |at: usize| std::array::from_fn::<u8, 32, _>(|i| key[at + i]);
    Xts128::new(Aes256::new(&half(0).into()), Aes256::new(&half(32).into()))
}

/// The header before it is locked. All numbers are big-endian.
fn header(data: u64) -> [u8; 448] {
    let mut header = [0; 448];
    let mut keys = [0; 256];
    for (i, byte) in keys[..64].iter_mut().enumerate() {
        *byte = u8::try_from(i).unwrap_or_default().wrapping_mul(37).wrapping_add(11);
    }
    let mut put = |at: usize, bytes: &[u8]| header[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, b"VERA");
    put(4, &5_u16.to_be_bytes());
    put(6, &0x010b_u16.to_be_bytes());
    put(8, &crc32fast::hash(&keys).to_be_bytes());
    put(36, &data.to_be_bytes());
    put(44, &(HEADER as u64).to_be_bytes());
    put(52, &data.to_be_bytes());
    put(64, &512_u32.to_be_bytes());
    put(192, &keys);
    let sum = crc32fast::hash(&header[..188]).to_be_bytes();
    header[188..192].copy_from_slice(&sum);
    header
}
