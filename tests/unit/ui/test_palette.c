/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * palette: the contrast of each fixed colour by computation (WCAG 2.2, "contrast ratio"), the numbers
 * of 88 and 256 colours beside the direct ones, and how far apart the states are for people with
 * each kind of colour blindness (Machado, Oliveira and Fernandes 2009, severity 1; distance by CIE
 * 1976 L*a*b*).
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/ui/palette.h"

#define CONTRAST 4.5
#define APART    20.0 /* 2.3 is just noticed */

struct light {
    double r, g, b; /* linear, 0 to 1 */
};

static double linear(int32_t byte)
{
    double value = byte / 255.0;

    return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4);
}

static struct light light_of(int32_t rgb)
{
    return (struct light){linear(rgb >> 16 & 255), linear(rgb >> 8 & 255), linear(rgb & 255)};
}

static double luminance(int32_t rgb)
{
    struct light light = light_of(rgb);

    return 0.2126 * light.r + 0.7152 * light.g + 0.0722 * light.b;
}

static double contrast(int32_t a, int32_t b)
{
    double first = luminance(a) + 0.05, second = luminance(b) + 0.05;

    return first > second ? first / second : second / first;
}

static int32_t grey(int32_t level)
{
    return level << 16 | level << 8 | level;
}

/* What xterm shows for a number of its 88 or 256 colours. */
static int32_t indexed(int32_t number, enum palette_depth depth)
{
    static const int32_t cube88[] = {0, 0x8b, 0xcd, 0xff}, cube256[] = {0, 95, 135, 175, 215, 255};
    static const int32_t greys88[] = {0x2e, 0x5c, 0x73, 0x8b, 0xa2, 0xb9, 0xd0, 0xe7};
    bool small = depth == PALETTE_88;
    const int32_t *cube = small ? cube88 : cube256;
    int32_t side = small ? 4 : 6, greys = 16 + side * side * side;

    assert_in_range(number, 16, small ? 87 : 255);
    if (number >= greys)
        return grey(small ? greys88[number - greys] : 8 + 10 * (number - greys));
    number -= 16;
    return cube[number / side / side] << 16 | cube[number / side % side] << 8 | cube[number % side];
}

static bool is_light(enum look_theme theme)
{
    return theme == LOOK_LIGHT || theme == LOOK_SAFE_LIGHT;
}

static int32_t shown(enum look_theme theme, enum style style, enum palette_depth depth)
{
    int32_t colour = palette_style(theme, style, depth).colour;

    return colour == PALETTE_OWN || depth == PALETTE_DIRECT ? colour : indexed(colour, depth);
}

static void fixed_colours_have_the_contrast(void **state)
{
    int checked = 0;

    (void)state;
    for (enum look_theme theme = LOOK_DARK; theme < LOOK_THEMES; theme++) {
        int32_t extreme = is_light(theme) ? PALETTE_LIGHT : PALETTE_DARK;
        for (enum palette_depth depth = PALETTE_88; depth < PALETTE_DEPTHS; depth++) {
            for (enum style style = 0; style < STYLES; style++) {
                int32_t colour = shown(theme, style, depth);
                if (colour == PALETTE_OWN)
                    continue;
                checked++;
                if (contrast(colour, extreme) < CONTRAST)
                    fail_msg("theme %s, style %d, depth %d: %06x has %.2f", look_themes[theme],
                             style, depth, (unsigned)colour, contrast(colour, extreme));
                assert_true(contrast(colour, is_light(theme) ? 0xffffff : 0) >= CONTRAST);
            }
        }
    }
    assert_in_range(checked, 100, 1000);
    assert_float_equal(contrast(0, 0xffffff), 21, 0.001); /* WCAG's own examples */
    assert_true(contrast(0x777777, 0xffffff) < CONTRAST && contrast(0x767676, 0xffffff) > CONTRAST);
}

static void nothing_is_dim_and_256_colours_are_the_direct_ones(void **state)
{
    (void)state;
    for (enum look_theme theme = LOOK_DARK; theme < LOOK_THEMES; theme++) {
        for (enum style style = 0; style < STYLES; style++) {
            assert_int_equal(shown(theme, style, PALETTE_256), shown(theme, style, PALETTE_DIRECT));
            for (enum palette_depth depth = 0; depth < PALETTE_DEPTHS; depth++)
                assert_false(palette_style(theme, style, depth).dim);
        }
    }
}

static void small_terminals_get_their_own_numbers(void **state)
{
    (void)state;
    for (enum look_theme theme = 0; theme < LOOK_THEMES; theme++) {
        for (enum style style = 0; style < STYLES; style++) {
            assert_true(palette_style(theme, style, PALETTE_8).colour < 8);
            assert_true(palette_style(theme, style, PALETTE_16).colour < 16);
        }
    }
    assert_int_equal(palette_depth_of(8), PALETTE_8);
    assert_int_equal(palette_depth_of(16), PALETTE_16);
    assert_int_equal(palette_depth_of(87), PALETTE_16);
    assert_int_equal(palette_depth_of(88), PALETTE_88);
    assert_int_equal(palette_depth_of(256), PALETTE_256);
    assert_int_equal(palette_depth_of(1 << 24), PALETTE_DIRECT);
}

/* ---- colour blindness */

static const double blindnesses[][3][3] = {
    /* protanopia */
    {{0.152286, 1.052583, -0.204868},
     {0.114503, 0.786281, 0.099216},
     {-0.003882, -0.048116, 1.051998}},
    /* deuteranopia */
    {{0.367322, 0.860646, -0.227968},
     {0.280085, 0.672501, 0.047413},
     {-0.011820, 0.042940, 0.968881}},
    /* tritanopia */
    {{1.255528, -0.076749, -0.178779},
     {-0.078411, 0.930809, 0.147602},
     {0.004733, 0.691367, 0.303900}},
};
enum { BLINDNESSES = sizeof blindnesses / sizeof *blindnesses };

static double part(const double row[3], struct light light)
{
    return fmin(1, fmax(0, row[0] * light.r + row[1] * light.g + row[2] * light.b));
}

static struct light seen_by(int blindness, int32_t rgb)
{
    struct light light = light_of(rgb);
    const double(*rows)[3] = blindnesses[blindness];

    return (struct light){part(rows[0], light), part(rows[1], light), part(rows[2], light)};
}

static double lab_part(double value)
{
    return value > 0.008856 ? cbrt(value) : 7.787 * value + 16.0 / 116;
}

static double distance(struct light a, struct light b)
{
    struct light seen[] = {a, b};
    double l[2], u[2], v[2];

    for (int i = 0; i < 2; i++) {
        double r = seen[i].r, g = seen[i].g, blue = seen[i].b;
        double x = lab_part((0.4124 * r + 0.3576 * g + 0.1805 * blue) / 0.9505);
        double y = lab_part(0.2126 * r + 0.7152 * g + 0.0722 * blue);
        double z = lab_part((0.0193 * r + 0.1192 * g + 0.9505 * blue) / 1.089);
        l[i] = 116 * y;
        u[i] = 500 * (x - y);
        v[i] = 200 * (y - z);
    }
    return sqrt((l[0] - l[1]) * (l[0] - l[1]) + (u[0] - u[1]) * (u[0] - u[1]) +
                (v[0] - v[1]) * (v[0] - v[1]));
}

/* The least distance of two of the states, for whoever sees it least. */
static double least_distance(enum look_theme theme, enum palette_depth depth)
{
    static const enum style states[] = {STYLE_ACKED, STYLE_HELD, STYLE_FAILED};
    double least = 1000;

    for (int blindness = 0; blindness < BLINDNESSES; blindness++)
        for (int i = 0; i < 3; i++)
            for (int j = 0; j < i; j++)
                least = fmin(least, distance(seen_by(blindness, shown(theme, states[i], depth)),
                                             seen_by(blindness, shown(theme, states[j], depth))));
    return least;
}

static void safe_themes_keep_the_states_apart(void **state)
{
    (void)state;
    for (enum palette_depth depth = PALETTE_88; depth < PALETTE_DEPTHS; depth++) {
        assert_true(least_distance(LOOK_SAFE, depth) >= APART);
        assert_true(least_distance(LOOK_SAFE_LIGHT, depth) >= APART);
    }
    assert_true(least_distance(LOOK_DARK, PALETTE_256) < APART); /* so that the test can fail */
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(fixed_colours_have_the_contrast),
    cmocka_unit_test(nothing_is_dim_and_256_colours_are_the_direct_ones),
    cmocka_unit_test(small_terminals_get_their_own_numbers),
    cmocka_unit_test(safe_themes_keep_the_states_apart),
};

const struct suite suite_palette = {
    .name = "palette", .tests = tests, .count = sizeof tests / sizeof *tests};
