//! The EXIF tags that are named in reports. Tags that are not here are reported by number.

use crate::report::Class;

/// Which directory of an EXIF block is being read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Directory {
    Main,
    Thumbnail,
    Exif,
    Gps,
    Interop,
}

impl Directory {
    /// The directory a tag points to.
    pub(super) fn child(tag: u16) -> Option<Self> {
        match tag {
            0x8769 => Some(Self::Exif),
            0x8825 => Some(Self::Gps),
            0xa005 => Some(Self::Interop),
            0x014a => Some(Self::Thumbnail),
            _ => None,
        }
    }
}

/// What a tag is about.
pub(super) struct Tag {
    number: u16,
    pub(super) class: Class,
    pub(super) name: &'static str,
}

const fn tag(number: u16, class: Class, name: &'static str) -> Tag {
    Tag { number, class, name }
}

/// What a tag of a directory is called.
pub(super) fn find(directory: Directory, number: u16) -> Option<&'static Tag> {
    let table = match directory {
        Directory::Gps => GPS,
        Directory::Thumbnail if matches!(number, 0x0201 | 0x0202 | 0x0103) => THUMBNAIL,
        _ => MAIN,
    };
    table.iter().find(|tag| tag.number == number)
}

const THUMBNAIL: &[Tag] = &[
    tag(0x0103, Class::Thumbnail, "thumbnail compression"),
    tag(0x0201, Class::Thumbnail, "thumbnail"),
    tag(0x0202, Class::Thumbnail, "thumbnail length"),
];

const GPS: &[Tag] = &[
    tag(0x00, Class::Location, "GPS version"),
    tag(0x05, Class::Location, "GPS altitude reference"),
    tag(0x06, Class::Location, "GPS altitude"),
    tag(0x07, Class::Time, "GPS time"),
    tag(0x08, Class::Location, "GPS satellites"),
    tag(0x0c, Class::Location, "GPS speed unit"),
    tag(0x0d, Class::Location, "GPS speed"),
    tag(0x0f, Class::Location, "GPS track"),
    tag(0x10, Class::Location, "GPS direction reference"),
    tag(0x11, Class::Location, "GPS direction"),
    tag(0x12, Class::Location, "GPS map datum"),
    tag(0x14, Class::Location, "GPS destination latitude"),
    tag(0x16, Class::Location, "GPS destination longitude"),
    tag(0x1b, Class::Location, "GPS processing method"),
    tag(0x1c, Class::Location, "GPS area"),
    tag(0x1d, Class::Time, "GPS date"),
    tag(0x1f, Class::Location, "GPS error"),
];

const MAIN: &[Tag] = &[
    tag(0x010d, Class::Identifier, "document name"),
    tag(0x010e, Class::Comment, "image description"),
    tag(0x010f, Class::Device, "camera make"),
    tag(0x0110, Class::Device, "camera model"),
    tag(0x0112, Class::Device, "orientation of a second picture"),
    tag(0x011a, Class::Device, "horizontal resolution"),
    tag(0x011b, Class::Device, "vertical resolution"),
    tag(0x0128, Class::Device, "resolution unit"),
    tag(0x0131, Class::Software, "software"),
    tag(0x0132, Class::Time, "time of change"),
    tag(0x013b, Class::Person, "artist"),
    tag(0x013c, Class::Device, "host computer"),
    tag(0x02bc, Class::Person, "XMP inside EXIF"),
    tag(0x0213, Class::Device, "sample positions"),
    tag(0x8298, Class::Person, "copyright"),
    tag(0x829a, Class::Device, "exposure time"),
    tag(0x829d, Class::Device, "aperture"),
    tag(0x83bb, Class::Person, "IPTC inside EXIF"),
    tag(0x8649, Class::Unknown, "Photoshop block inside EXIF"),
    tag(0x8773, Class::Color, "colour profile inside EXIF"),
    tag(0x8822, Class::Device, "exposure program"),
    tag(0x8827, Class::Device, "ISO speed"),
    tag(0x9000, Class::Software, "EXIF version"),
    tag(0x9003, Class::Time, "time taken"),
    tag(0x9004, Class::Time, "time digitised"),
    tag(0x9010, Class::Location, "time zone"),
    tag(0x9011, Class::Location, "time zone when taken"),
    tag(0x9012, Class::Location, "time zone when digitised"),
    tag(0x9101, Class::Device, "component order"),
    tag(0x9201, Class::Device, "shutter speed"),
    tag(0x9202, Class::Device, "aperture value"),
    tag(0x9203, Class::Device, "brightness"),
    tag(0x9204, Class::Device, "exposure bias"),
    tag(0x9205, Class::Device, "largest aperture"),
    tag(0x9206, Class::Device, "distance to the subject"),
    tag(0x9207, Class::Device, "metering mode"),
    tag(0x9208, Class::Device, "light source"),
    tag(0x9209, Class::Device, "flash"),
    tag(0x920a, Class::Device, "focal length"),
    tag(0x9214, Class::Device, "subject area"),
    tag(0x927c, Class::Device, "maker notes"),
    tag(0x9286, Class::Comment, "user comment"),
    tag(0x9290, Class::Time, "fraction of a second"),
    tag(0x9291, Class::Time, "fraction of a second when taken"),
    tag(0x9292, Class::Time, "fraction of a second when digitised"),
    tag(0x9c9b, Class::Comment, "Windows title"),
    tag(0x9c9c, Class::Comment, "Windows comment"),
    tag(0x9c9d, Class::Person, "Windows author"),
    tag(0x9c9e, Class::Comment, "Windows keywords"),
    tag(0x9c9f, Class::Comment, "Windows subject"),
    tag(0xa000, Class::Software, "FlashPix version"),
    tag(0xa001, Class::Color, "colour space"),
    tag(0xa002, Class::Device, "picture width"),
    tag(0xa003, Class::Device, "picture height"),
    tag(0xa004, Class::Comment, "related sound file"),
    tag(0xa20e, Class::Device, "focal plane resolution"),
    tag(0xa217, Class::Device, "sensor type"),
    tag(0xa300, Class::Device, "file source"),
    tag(0xa401, Class::Device, "custom rendering"),
    tag(0xa402, Class::Device, "exposure mode"),
    tag(0xa403, Class::Device, "white balance"),
    tag(0xa404, Class::Device, "digital zoom"),
    tag(0xa405, Class::Device, "focal length in 35 mm film"),
    tag(0xa406, Class::Device, "scene type"),
    tag(0xa420, Class::Identifier, "unique image number"),
    tag(0xa430, Class::Person, "camera owner"),
    tag(0xa431, Class::Device, "camera serial number"),
    tag(0xa432, Class::Device, "lens specification"),
    tag(0xa433, Class::Device, "lens make"),
    tag(0xa434, Class::Device, "lens model"),
    tag(0xa435, Class::Device, "lens serial number"),
    tag(0xc4a5, Class::Device, "print matching"),
    tag(0xc614, Class::Device, "camera model"),
    tag(0xc62f, Class::Device, "camera serial number"),
    tag(0xea1c, Class::Trailing, "padding"),
];
