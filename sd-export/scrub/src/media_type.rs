//! What formats are called between programs.

use crate::Format;

impl Format {
    /// The media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Gif => "image/gif",
            Self::Webp => "image/webp",
            Self::Bmp => "image/bmp",
            Self::Pnm => "image/x-portable-anymap",
            Self::Tiff => "image/tiff",
            Self::Heic => "image/heic",
            Self::Avif => "image/avif",
            Self::Jxl => "image/jxl",
            Self::Mp3 => "audio/mpeg",
            Self::Flac => "audio/flac",
            Self::Ogg => "audio/ogg",
            Self::Wav => "audio/wav",
            Self::Aiff => "audio/aiff",
            Self::M4a => "audio/mp4",
            Self::Mp4 => "video/mp4",
            Self::Mov => "video/quicktime",
            Self::Matroska => "video/matroska",
            Self::Webm => "video/webm",
            Self::Avi => "video/x-msvideo",
            Self::Wmv => "video/x-ms-wmv",
            Self::Wma => "audio/x-ms-wma",
            Self::Pdf => "application/pdf",
            Self::Text => "text/plain",
            Self::Csv => "text/csv",
            Self::Svg => "image/svg+xml",
            Self::Css => "text/css",
            Self::Html => "text/html",
            Self::Emf => "image/x-emf",
            Self::Wmf => "image/x-wmf",
            Self::Epub => crate::epub::TYPE,
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Pptx => {
                "application/vnd.openxmlformats-officedocument.presentationml.presentation"
            }
            Self::Rtf => "application/rtf",
            Self::Odt => "application/vnd.oasis.opendocument.text",
            Self::Ods => "application/vnd.oasis.opendocument.spreadsheet",
            Self::Odp => "application/vnd.oasis.opendocument.presentation",
            Self::Odg => "application/vnd.oasis.opendocument.graphics",
            Self::Odf => "application/vnd.oasis.opendocument.formula",
            Self::Fodt => "application/vnd.oasis.opendocument.text-flat-xml",
            Self::Fods => "application/vnd.oasis.opendocument.spreadsheet-flat-xml",
            Self::Fodp => "application/vnd.oasis.opendocument.presentation-flat-xml",
            Self::Fodg => "application/vnd.oasis.opendocument.graphics-flat-xml",
            Self::Eml => "message/rfc822",
            Self::Zip => "application/zip",
            Self::Tar => "application/x-tar",
            Self::Gzip => "application/gzip",
            Self::Bzip2 => "application/x-bzip2",
            Self::Xz => "application/x-xz",
            Self::Zstd => "application/zstd",
            Self::Torrent => "application/x-bittorrent",
        }
    }
}
