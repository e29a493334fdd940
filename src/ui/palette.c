/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * palette: a style has a role, and a theme a colour for each role.
 *
 * The colours of LOOK_SAFE are those of Okabe and Ito (Color Universal Design, 2008), made lighter
 * or darker until they have the contrast. Numbers of 88 and 256 colours are those of xterm's cubes
 * and greys (88colres.h, 256colres.h).
 */
#include "udptui/ui/palette.h"

enum role { ROLE_NONE, ROLE_FAINT, ROLE_KEY, ROLE_GOOD, ROLE_HELD, ROLE_BAD, ROLES };

enum { OWN = PALETTE_OWN };

static const int32_t palette_colours[LOOK_THEMES][ROLES][PALETTE_DEPTHS] = {
    [LOOK_DARK] = {[ROLE_FAINT] = {OWN, 7, 85, 250, 0xbcbcbc},
                   [ROLE_KEY] = {6, 14, 43, 81, 0x5fd7ff},
                   [ROLE_GOOD] = {2, 10, 41, 114, 0x87d787},
                   [ROLE_HELD] = {3, 11, 72, 221, 0xffd75f},
                   [ROLE_BAD] = {1, 9, 69, 210, 0xff8787}},
    /* 88 colours have no green and no brown that are dark enough. */
    [LOOK_LIGHT] = {[ROLE_FAINT] = {OWN, OWN, 81, 240, 0x585858},
                    [ROLE_KEY] = {4, 4, 18, 24, 0x005f87},
                    [ROLE_GOOD] = {OWN, OWN, OWN, 22, 0x005f00},
                    [ROLE_HELD] = {5, 5, 33, 94, 0x875f00},
                    [ROLE_BAD] = {1, 1, 48, 124, 0xaf0000}},
    [LOOK_SAFE] = {[ROLE_FAINT] = {OWN, 7, 85, 250, 0xbcbcbc},
                   [ROLE_KEY] = {5, 13, 54, 182, 0xd7afd7},
                   [ROLE_GOOD] = {6, 14, 43, 75, 0x5fafff},
                   [ROLE_HELD] = {3, 11, 76, 227, 0xffff5f},
                   [ROLE_BAD] = {1, 9, 68, 208, 0xff8700}},
    [LOOK_SAFE_LIGHT] = {[ROLE_FAINT] = {OWN, OWN, 81, 240, 0x585858},
                         [ROLE_KEY] = {5, 5, 33, 53, 0x5f005f},
                         [ROLE_GOOD] = {4, 4, 19, 25, 0x005faf},
                         [ROLE_HELD] = {3, 3, 48, 94, 0x875f00},
                         [ROLE_BAD] = {1, 1, 16, 52, 0x5f0000}},
};

/* Of a style: its role; how it looks in the terminal's own eight colours and in every theme, if it
 * is bold there; and with high contrast, in which reversed is a selected row alone, or a warning. */
static const struct {
    enum role role;
    int32_t own; /* 0: the terminal's own, else the number of the colour */
    bool bold, dim;
    struct palette_style contrast;
} palette_rows[STYLES] = {
    [STYLE_DIM] = {.role = ROLE_FAINT, .dim = true},
    [STYLE_TITLE] = {.bold = true, .contrast = {.bold = true}},
    [STYLE_VALUE] = {.bold = true, .contrast = {.bold = true}},
    [STYLE_COMMAND] = {.role = ROLE_KEY, .own = 6, .contrast = {.underlined = true}},
    [STYLE_RULE] = {.role = ROLE_FAINT, .dim = true},
    [STYLE_PANE_ACTIVE] = {.bold = true, .contrast = {.bold = true, .underlined = true}},
    [STYLE_COLUMN] = {.role = ROLE_FAINT, .dim = true, .contrast = {.underlined = true}},
    [STYLE_SPARK] = {.role = ROLE_KEY, .own = 6, .contrast = {.bold = true}},
    [STYLE_ACKED] = {.role = ROLE_GOOD, .own = 2},
    [STYLE_HELD] = {.role = ROLE_HELD, .own = 3, .contrast = {.underlined = true}},
    [STYLE_FAILED] = {.role = ROLE_BAD,
                      .own = 1,
                      .bold = true,
                      .contrast = {.bold = true, .underlined = true}},
    [STYLE_WARNING] = {.role = ROLE_HELD,
                       .own = 3,
                       .bold = true,
                       .contrast = {.bold = true, .reversed = true}},
    [STYLE_KEY] = {.role = ROLE_KEY, .own = 6, .bold = true, .contrast = {.bold = true}},
    [STYLE_INPUT] = {.contrast = {.underlined = true}},
};

enum palette_depth palette_depth_of(int colours)
{
    if (colours >= 1 << 24)
        return PALETTE_DIRECT;
    if (colours >= 256)
        return PALETTE_256;
    if (colours >= 88)
        return PALETTE_88;
    return colours >= 16 ? PALETTE_16 : PALETTE_8;
}

struct palette_style palette_style(enum look_theme theme, enum style style,
                                   enum palette_depth depth)
{
    enum role role = palette_rows[style].role;
    struct palette_style result = {.bold = palette_rows[style].bold,
                                   .dim = palette_rows[style].dim};

    if (theme == LOOK_CONTRAST)
        result = palette_rows[style].contrast;
    if (theme == LOOK_COLOUR || theme == LOOK_CONTRAST) {
        bool own = theme == LOOK_CONTRAST || palette_rows[style].own == 0;
        result.colour = own ? PALETTE_OWN : palette_rows[style].own;
        return result;
    }
    result.colour = role == ROLE_NONE ? PALETTE_OWN : palette_colours[theme][role][depth];
    result.dim = false; /* what a terminal makes of dim has no contrast that is known */
    return result;
}
