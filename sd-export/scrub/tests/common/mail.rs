//! Mails with a canary in every place that can hide data and a keep-mark in every kind of content.
#![allow(
    clippy::disallowed_methods,
    clippy::format_push_string,
    reason = "tests run programs and write files; fixtures are long and are read, not run often"
)]

use super::made::{run, text};
use super::{canary, png};

fn c(number: u32) -> String {
    canary(number)
}

/// The headers that servers and programs put in front.
fn trace() -> String {
    let names = [
        "Return-Path",
        "Delivered-To",
        "X-Original-To",
        "Message-ID",
        "In-Reply-To",
        "References",
        "X-Mailer",
        "User-Agent",
        "X-Originating-IP",
        "DKIM-Signature",
        "ARC-Seal",
        "Authentication-Results",
        "Received-SPF",
        "List-Unsubscribe",
        "Thread-Index",
        "Bcc",
        "Reply-To",
        "Sender",
        "Organization",
        "X-Priority",
        "Comments",
        "Keywords",
    ];
    let mut out = format!("Received: from {} by x\r\n\tfor {}; now\r\n", c(900), c(901));
    for (n, name) in names.iter().enumerate() {
        out += &format!("{name}: <{}@x>\r\n", c(902 + u32::try_from(n).expect("few")));
    }
    out
}

/// A whole mail: a text with a page beside it, attachments, a mail inside.
pub(crate) fn planted() -> Vec<u8> {
    let inner = format!(
        "Received: {}\r\nFrom: KEEP-inner <inner@keep.example>\r\nSubject: KEEP inner subject\r\nMessage-ID: <{}>\r\n\r\nKEEP inner words\r\n",
        c(930),
        c(931)
    );
    let boundary = c(932);
    let other = c(933);
    let text =
        "KEEP words =E2=82=AC and so=\r\nft=C2=AD hyphens=E2=80=8B=\r\n.\r\nKEEP second line\r\n";
    let mut out = trace();
    out += &format!(
        "From: =?iso-8859-1?Q?KEEP-J=E4ne?= \"of\" Doe <jane@keep.example> ({0})\r\nTo: \"KEEP, John\" <john@keep.example>,\r\n\t<third@keep.example>\r\nCc: team: fourth@keep.example;\r\n\
         Subject: KEEP =?utf-8?B?c3ViamVjdCDigqw=?=\r\n =?utf-8?Q?_more?=\r\nDate: Mon, 23 Nov 2026 01:02:03 +0100 ({1})\r\nMIME-Version: 1.0 ({2})\r\n\
         Content-Type: multipart/mixed; boundary=\"{boundary}\"; x-canary=\"{3}\"\r\n\r\n{4}\r\n--{boundary}\r\n",
        c(934),
        c(935),
        c(936),
        c(937),
        c(938)
    );
    out += &format!(
        "Content-Type: multipart/alternative; boundary={other}\r\n\r\n--{other}\r\nContent-Type: text/plain; charset=utf-8; format=flowed\r\nContent-ID: <{}>\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n{text}\r\n",
        c(939)
    );
    out += &format!(
        "--{other}\r\nContent-Type: text/html\r\n\r\n<p>{}<img src=\"https://track.example/{}\"></p>\r\n--{other}--\r\n{}\r\n",
        c(940),
        c(941),
        c(942)
    );
    out += &format!(
        "--{boundary}\r\nContent-Type: image/png; name=\"KEEP-picture.png\"\r\nContent-Description: {}\r\nContent-Disposition: attachment; filename=\"C:\\\\{}\\\\KEEP-picture.png\"; creation-date=\"{}\"\r\nContent-Transfer-Encoding: base64\r\nX-Attachment-Id: {}\r\n\r\n{}\r\n",
        c(943),
        c(944),
        c(945),
        c(946),
        super::base64(&png::planted())
    );
    out += &format!(
        "--{boundary}\r\nContent-Type: text/plain; charset=koi8-r\r\nContent-Disposition: attachment; filename*=UTF-8''KEEP-%C3%A4.txt\r\n\r\nKEEP attached words\r\n"
    );
    out += &format!(
        "--{boundary}\r\nContent-Type: message/rfc822\r\nContent-Description: {}\r\n\r\n{inner}\r\n",
        c(947)
    );
    out += &format!(
        "--{boundary}\r\nContent-Type: application/pgp-signature; name={0}\r\n\r\n{0}\r\n",
        c(948)
    );
    out += &format!(
        "--{boundary}\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: {}\r\n",
        c(949)
    );
    out += &format!("--{boundary}--\r\n{}\r\n", c(950));
    out.into_bytes()
}

/// A mail of one text.
pub(crate) fn plain() -> Vec<u8> {
    format!("Received: {}\r\nFrom: <jane@keep.example>\r\nTo: KEEP <john@keep.example>\r\nSubject: KEEP subject\r\nMessage-ID: <{}@x>\r\nContent-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: 8bit\r\n\r\nKEEP words\r\n> KEEP quoted\r\n", c(960), c(961)).into_bytes()
}

/// What Python's own reader says of a mail: headers, then the parts, each on a line.
pub(crate) fn read(bytes: &[u8]) -> String {
    const SCRIPT: &str = "
import email, email.policy, sys
def show(m, depth):
    for n, v in m.items():
        if n in ('From', 'To', 'Cc', 'Subject', 'Date'): print(depth, n, '|', v)
        elif not n.startswith('Content-') and n != 'MIME-Version': print('ODD', n)
    for p in m.iter_parts() if m.is_multipart() and m.get_content_type() != 'message/rfc822' else [m]:
        if p.get_content_type() == 'message/rfc822': show(p.get_content(), depth + 1)
        elif p.is_multipart(): show(p, depth)
        else:
            try: c = p.get_content()
            except KeyError: c = ''
            c = c.encode() if isinstance(c, str) else c
            print(depth, p.get_content_type(), p.get_filename(), len(c), c[:200])
        if p.defects: print('DEFECT', p.defects)
    if m.defects: print('DEFECT', m.defects)
show(email.message_from_bytes(open(sys.argv[1], 'rb').read(), policy=email.policy.default), 0)
";
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    std::fs::write(file.path(), bytes).expect("written");
    run("python3", "python3", &["-c", SCRIPT, text(file.path())])
}
