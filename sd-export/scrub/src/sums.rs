//! The sums that guard parts of files, each by its name in the catalogue.

use crc::{
    Algorithm, CRC_8_SMBUS, CRC_16_ARC, CRC_16_CMS, CRC_16_UMTS, CRC_32_BZIP2, CRC_32_CKSUM, Crc,
    Table,
};

/// A frame of FLAC; over a frame with its own sum behind it, zero.
pub(crate) static FLAC_FRAME: Crc<u16, Table<16>> = Crc::<u16, Table<16>>::new(&CRC_16_UMTS);

/// The head of a frame of FLAC.
pub(crate) static FLAC_HEAD: Crc<u8> = Crc::<u8>::new(&CRC_8_SMBUS);

/// The head and the side information of a frame of MPEG audio.
pub(crate) static MPEG_AUDIO: Crc<u16> = Crc::<u16>::new(&CRC_16_CMS);

/// The encoder's part of the first frame of an MP3.
pub(crate) static LAME: Crc<u16> = Crc::<u16>::new(&CRC_16_ARC);

/// A page of Ogg: that of `cksum`, not turned over at its end.
pub(crate) static OGG_PAGE: Crc<u32, Table<16>> =
    Crc::<u32, Table<16>>::new(&Algorithm { xorout: 0, ..CRC_32_CKSUM });

/// A block of bzip2.
pub(crate) static BZIP2_BLOCK: Crc<u32, Table<16>> = Crc::<u32, Table<16>>::new(&CRC_32_BZIP2);
