//! The commands of EMF whose fields have one length, and those of WMF.

/// Commands of EMF: number, and bytes of its fields.
pub(super) const EMF: &[(u32, usize)] = &[
    (9, 8), // window: size, place; the same of the view; place of the brush
    (10, 8),
    (11, 8),
    (12, 8),
    (13, 8),
    (15, 12), // one dot
    (16, 4),  // how fonts, measures, backgrounds, fills, colours, stretching and texts are taken
    (17, 4),
    (18, 4),
    (19, 4),
    (20, 4),
    (21, 4),
    (22, 4),
    (23, 24), // colours made brighter
    (24, 4),  // colours of text and background
    (25, 4),
    (26, 8), // clipping
    (27, 8), // pen moved
    (28, 0),
    (29, 16),
    (30, 16),
    (31, 16), // scales
    (32, 16),
    (33, 0), // state kept and taken back
    (34, 4),
    (35, 24), // turned
    (36, 28),
    (37, 4),  // object taken
    (38, 20), // pen, brush
    (39, 16),
    (40, 4),  // object dropped
    (41, 20), // arcs, ellipses, rectangles, pies
    (42, 16),
    (43, 16),
    (44, 24),
    (45, 32),
    (46, 32),
    (47, 32),
    (48, 4), // palette taken, made longer, used
    (51, 8),
    (52, 0),
    (53, 16), // area filled
    (54, 8),  // line
    (55, 32),
    (57, 4),
    (58, 4),
    (59, 0), // paths
    (60, 0),
    (61, 0),
    (62, 16),
    (63, 16),
    (64, 16),
    (65, 0),
    (66, 0),
    (67, 4),
    (68, 0),
    (98, 4), // colours matched or not, right to left, blocks of text
    (115, 4),
    (120, 8),
];

/// Commands of EMF that draw nothing and go, and what they hold.
pub(super) const EMF_GONE: &[(u32, &str)] = &[
    (99, "colour space"),
    (100, "colour space"),
    (101, "colour space"),
    (102, "drawing for OpenGL"),
    (103, "drawing for OpenGL"),
    (104, "kind of pixels of a screen"),
    (105, "command for a printer"),
    (106, "command for a printer"),
    (109, "names of fonts of one computer"),
    (110, "command for a printer"),
    (111, "colour profile"),
    (112, "colour profile"),
    (113, "colour profile"),
    (119, "names of fonts of one computer"),
    (121, "colour profile"),
    (122, "colour space"),
];

/// Commands of WMF: number, and bytes of its fields.
pub(super) const WMF: &[(u16, usize)] = &[
    (0x001e, 0),
    (0x0035, 0),
    (0x0102, 2),
    (0x0103, 2),
    (0x0104, 2),
    (0x0105, 0),
    (0x0106, 2),
    (0x0107, 2),
    (0x0108, 2),
    (0x0127, 2),
    (0x012a, 2),
    (0x012b, 2),
    (0x012c, 2),
    (0x012d, 2),
    (0x012e, 2),
    (0x0139, 2),
    (0x0149, 2),
    (0x01f0, 2),
    (0x0201, 4),
    (0x0209, 4),
    (0x020a, 4),
    (0x020b, 4),
    (0x020c, 4),
    (0x020d, 4),
    (0x020e, 4),
    (0x020f, 4),
    (0x0211, 4),
    (0x0213, 4),
    (0x0214, 4),
    (0x0220, 4),
    (0x0228, 4),
    (0x0231, 4),
    (0x0234, 2),
    (0x02fa, 10),
    (0x02fc, 8),
    (0x0410, 8),
    (0x0412, 8),
    (0x0415, 8),
    (0x0416, 8),
    (0x0418, 8),
    (0x0419, 8),
    (0x041b, 8),
    (0x041f, 8),
    (0x0429, 8),
    (0x0548, 10),
    (0x061c, 12),
    (0x061d, 12),
    (0x0817, 16),
    (0x081a, 16),
    (0x0830, 16),
];
