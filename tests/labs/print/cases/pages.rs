//! What comes out.

use std::io;

use crate::documents;
use crate::lab::{Lab, PAPER};
use crate::raster::Page;

/// The pages of the only file that arrived.
fn only(mut delivered: Vec<Vec<Page>>) -> Vec<Page> {
    assert_eq!(delivered.len(), 1, "one document arrived");
    delivered.remove(0)
}

pub(crate) fn a_picture_a_pdf_and_a_text_arrive_and_are_what_was_printed(
    lab: &mut Lab,
) -> io::Result<()> {
    let picture = lab.put_clean("squares.png", &documents::squares()?)?;
    let pdf = lab.put_clean("bar.pdf", &documents::pdf())?;
    let text = lab.put_clean("lines.txt", &documents::text(1))?;
    let ran = lab.print(PAPER, &[&picture, &pdf, &text])?.expect("DONE");
    for n in 0..3 {
        assert_eq!(ran.file(n)["outcome"], "printed", "{ran:?}");
        assert_eq!(ran.file(n)["spool"], "gone", "{ran:?}");
    }
    let delivered = lab.delivered("arrived")?;
    assert_eq!(delivered.iter().map(Vec::len).collect::<Vec<_>>(), [1, 1, 1]);
    squares_are_on(&delivered[0][0]);
    bar_is_on(&delivered[1][0]);
    let lines = &delivered[2][0];
    let inked = lines.inked().expect("text");
    assert!(inked.bottom - inked.top > lines.height / 2, "55 lines: {inked:?}");
    Ok(())
}

/// Each square is as dark as it was, wherever the picture is on the page and however large.
fn squares_are_on(page: &Page) {
    let inked = page.inked().expect("a picture");
    for (row, squares) in documents::SQUARES.iter().enumerate() {
        for (column, level) in squares.iter().enumerate() {
            let found = page.darkness(inked, (column, row), (2, 3));
            let expected = u64::from(255 - level);
            assert!(found.abs_diff(expected) < 24, "{column}, {row}: {found}, not {expected}");
        }
    }
}

/// The bar is where it was drawn: 150 by 72 points, with paper around it.
fn bar_is_on(page: &Page) {
    let bar = page.inked().expect("a bar");
    let (width, height) = (bar.right - bar.left + 1, bar.bottom - bar.top + 1);
    let ratio = width * 100 / height;
    assert!((200..=217).contains(&ratio), "{width} by {height}");
    assert!(bar.right < page.width / 2 && bar.bottom < page.height / 2, "{bar:?}");
    assert!(page.darkness(bar, (0, 0), (1, 1)) > 240);
}

pub(crate) fn a_coloured_page_is_grey_unless_colour_is_asked_for(lab: &mut Lab) -> io::Result<()> {
    let red = lab.put_clean("red.png", &documents::red()?)?;
    let grey = lab.print(PAPER, &[&red])?.expect("DONE");
    assert!(!grey.talk.contains("yellow dots"), "{grey:?}");
    let colour = lab.print(PAPER, &[&red, "--colour"])?.expect("DONE");
    assert!(colour.talk.contains("yellow dots"), "{colour:?}");
    let delivered = lab.delivered("colour")?;
    let (first, second) = (&delivered[0][0], &delivered[1][0]);
    assert!(first.inked().is_some() && !first.has_colour(), "{} bytes a pixel", first.depth);
    assert!(second.has_colour(), "{} bytes a pixel", second.depth);
    Ok(())
}

pub(crate) fn copies_pages_and_paper_are_as_asked(lab: &mut Lab) -> io::Result<()> {
    let text = lab.put_clean("three.txt", &documents::text(3))?;
    let paper = ["--copies", "2", "--pages", "2-3", "--paper", "a4"];
    lab.print(PAPER, &[&[text.as_str()], &paper[..]].concat())?.expect("DONE");
    let pages = only(lab.delivered("copies")?);
    assert_eq!(pages.len(), 4, "two pages, twice");
    for page in &pages {
        // At 600 dots an inch; the margins are the driver's.
        assert!(page.width.abs_diff(4960) < 40 && page.height.abs_diff(7016) < 40);
    }
    let refused = lab.print(PAPER, &[&text, "--paper", "parchment"])?.expect("REFUSED");
    assert!(refused.report["error"].to_string().contains("iso_a4"), "{refused:?}");
    Ok(())
}

pub(crate) fn pages_that_do_not_exist_are_not_called_printed(lab: &mut Lab) -> io::Result<()> {
    let text = lab.put_clean("short.txt", &documents::text(1))?;
    let ran = lab.print(PAPER, &[&text, "--pages", "7-9"])?;
    assert_ne!(ran.file(0)["outcome"], "printed", "{ran:?}");
    assert_eq!(ran.file(0)["spool"], "gone", "{ran:?}");
    let inked = lab.delivered("none")?.iter().flatten().filter(|p| p.inked().is_some()).count();
    assert_eq!(inked, 0);
    Ok(())
}
