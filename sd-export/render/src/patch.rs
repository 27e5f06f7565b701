//! Patches: marked places of a page that lie together.

/// What a patch reaches over, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Patch {
    pub(crate) left: usize,
    pub(crate) right: usize,
    pub(crate) top: usize,
    pub(crate) bottom: usize,
}

impl Patch {
    /// Takes the patch that has this place off the marked ones, in rows of `width`. Places that
    /// are at most `reach` apart lie together.
    pub(crate) fn take(marked: &mut [bool], start: usize, width: usize, reach: usize) -> Self {
        let width = width.max(1);
        let (x, y) = (start % width, start / width);
        let mut patch = Self { left: x, right: x, top: y, bottom: y };
        let mut stack = vec![start];
        while let Some(at) = stack.pop() {
            let Some(place) = marked.get_mut(at).filter(|place| **place) else { continue };
            *place = false;
            let (x, y) = (at % width, at / width);
            (patch.left, patch.right) = (patch.left.min(x), patch.right.max(x));
            (patch.top, patch.bottom) = (patch.top.min(y), patch.bottom.max(y));
            for y in y.saturating_sub(reach)..=y.saturating_add(reach) {
                let last = x.saturating_add(reach).min(width.saturating_sub(1));
                for x in x.saturating_sub(reach)..=last {
                    stack.push(y.saturating_mul(width).saturating_add(x));
                }
            }
        }
        patch
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_together_is_taken_and_the_rest_stays() {
        let marks = |text: &str| text.chars().map(|c| c == '#').collect::<Vec<_>>();
        let page = marks(concat!(".#..#", "..#..", ".....", "#...#"));
        let mut near = page.clone();
        let patch = Patch::take(&mut near, 1, 5, 1);
        assert_eq!(patch, Patch { left: 1, right: 2, top: 0, bottom: 1 });
        assert_eq!(near, marks(concat!("....#", ".....", ".....", "#...#")));
        let mut far = page;
        let patch = Patch::take(&mut far, 1, 5, 2);
        assert_eq!(patch, Patch { left: 0, right: 4, top: 0, bottom: 3 });
        assert_eq!(far, vec![false; 20]);
    }
}
