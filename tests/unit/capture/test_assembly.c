/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* packet_assembly: fragments in any order, doubled, cut and contradictory, against an array of the
 * bytes that came. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../judge.h"
#include "../suite.h"

#include "../../../src/capture/packet_assembly_internal.h"
#include "udptui/base/array.h"

enum { DATAGRAM_MAX = 200 };

static const struct packet of_one = {
    .source = {.family = ENDPOINT_IPV4, .address = {192, 0, 2, 1}},
    .destination = {.family = ENDPOINT_IPV4, .address = {192, 0, 2, 2}},
    .hop_limit = 64};

static struct packet_fragment fragment_of(const uint8_t *datagram, size_t offset, size_t size,
                                          bool more)
{
    return (struct packet_fragment){.identification = 7,
                                    .protocol = 17,
                                    .offset_bytes = (uint32_t)offset,
                                    .more = more,
                                    .bytes = datagram + offset,
                                    .size_bytes = size,
                                    .original_bytes = size};
}

static enum assembly_step add(struct assembly *assembly, struct packet_fragment fragment)
{
    return assembly_add(assembly, &of_one, &fragment);
}

static struct assembly begin(void)
{
    const struct packet_fragment fragment = {.identification = 7, .protocol = 17};
    struct assembly assembly;

    assembly_begin(&assembly, &of_one, &fragment);
    return assembly;
}

static void fill(uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)i;
}

static void a_fragment_is_of_its_datagram(void **state)
{
    struct packet other = of_one;
    struct packet_fragment fragment = {.identification = 7, .protocol = 17};
    struct assembly assembly = begin();

    (void)state;
    assert_true(assembly_is_of(&assembly, &of_one, &fragment));
    fragment.identification = 8;
    assert_false(assembly_is_of(&assembly, &of_one, &fragment));
    fragment.identification = 7;
    fragment.protocol = 6;
    assert_false(assembly_is_of(&assembly, &of_one, &fragment));
    fragment.protocol = 17;
    other.source.address[3] = 9;
    assert_false(assembly_is_of(&assembly, &other, &fragment));
    other = of_one;
    other.destination.address[3] = 9;
    assert_false(assembly_is_of(&assembly, &other, &fragment));
    assembly_end(&assembly);
}

/* What would let a datagram have two ends, a hole, or two contents. */
static void what_contradicts_breaks_it(void **state)
{
    static uint8_t datagram[65600];
    static const struct {
        struct {
            size_t offset, size;
            bool more;
        } parts[3];
        size_t count; /* the last one breaks it */
    } rows[] = {
        {{{0, 12, true}}, 1},                /* no multiple of 8 */
        {{{0, 0, false}}, 1},                /* the end at 0 */
        {{{8, 8, false}, {16, 8, true}}, 2}, /* behind the end */
        {{{8, 8, false}, {8, 4, false}}, 2}, /* another end */
        {{{8, 4, false}, {8, 8, true}}, 2},  /* a part beyond the end */
        {{{16, 8, true}, {8, 8, false}}, 2}, /* the end before what is there */
        {{{65528, 8, false}}, 1},            /* beyond 65,535 */
        {{{0, 8, true}, {65528, 8, true}}, 2},
    };

    (void)state;
    fill(datagram, sizeof datagram);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct assembly assembly = begin();
        for (size_t part = 0; part < rows[i].count; part++) {
            enum assembly_step step =
                add(&assembly, fragment_of(datagram, rows[i].parts[part].offset,
                                           rows[i].parts[part].size, rows[i].parts[part].more));
            if ((step == ASSEMBLY_BROKEN) != (part == rows[i].count - 1))
                fail_msg("row %zu, part %zu: %d", i, part, step);
        }
        assembly_end(&assembly);
    }
}

static void the_largest_datagram_fits(void **state)
{
    static uint8_t datagram[65535];
    struct assembly assembly = begin();

    (void)state;
    fill(datagram, sizeof datagram);
    assert_int_equal(add(&assembly, fragment_of(datagram, 65528, 7, false)), ASSEMBLY_MORE);
    assert_int_equal(add(&assembly, fragment_of(datagram, 32768, 32760, true)), ASSEMBLY_MORE);
    assert_int_equal(assembly_prefix_bytes(&assembly), 0);
    assert_int_equal(add(&assembly, fragment_of(datagram, 0, 32768, true)), ASSEMBLY_COMPLETE);
    assert_int_equal(assembly.total_bytes, sizeof datagram);
    assert_int_equal(assembly_prefix_bytes(&assembly), sizeof datagram);
    assert_memory_equal(assembly.bytes, datagram, sizeof datagram);
    assert_in_range(assembly_bytes(&assembly), sizeof datagram, sizeof datagram + 16384);
    assembly_end(&assembly);
}

/* RFC 5722: the same bytes again are harmless, others are an attack. */
static void an_overlap_with_other_bytes_breaks_it(void **state)
{
    uint8_t datagram[32], other[32];

    (void)state;
    fill(datagram, sizeof datagram);
    for (size_t changed = 0; changed < 16; changed++) {
        struct assembly assembly = begin();
        memcpy(other, datagram, sizeof other);
        other[changed] ^= 1;
        assert_int_equal(add(&assembly, fragment_of(datagram, 0, 16, true)), ASSEMBLY_MORE);
        assert_int_equal(add(&assembly, fragment_of(datagram, 0, 16, true)), ASSEMBLY_MORE);
        assert_int_equal(assembly.doubles, 1);
        assert_int_equal(add(&assembly, fragment_of(other, 8, 16, true)),
                         changed < 8 ? ASSEMBLY_MORE : ASSEMBLY_BROKEN);
        assembly_end(&assembly);
    }
}

/* The first fragment's header counts, whenever it comes; all frames are named, in their order. */
static void the_first_fragment_names_the_datagram(void **state)
{
    const uint8_t datagram[24] = {0};
    struct assembly assembly = begin();
    uint64_t frames[20];

    (void)state;
    for (uint64_t i = 0; i < COUNT_OF(frames); i++) {
        struct packet packet = of_one;
        struct packet_fragment fragment = fragment_of(datagram, i == 10 ? 0 : 8, 8, true);
        frames[i] = 100 + i;
        packet.hop_limit = (int16_t)(i == 10 ? 33 : 64);
        packet.fragment_frames = &frames[i];
        packet.fragment_frame_count = 1;
        assert_int_equal(assembly_add(&assembly, &packet, &fragment), ASSEMBLY_MORE);
    }
    assert_int_equal(assembly.packet.hop_limit, 33);
    assert_int_equal(assembly.frame_count, COUNT_OF(frames));
    assert_memory_equal(assembly.frames, frames, sizeof frames);
    assert_int_equal(assembly.fragments, 20);
    assert_int_equal(assembly.doubles, 18);
    assembly_end(&assembly);
}

/* Of what the capture cut, whole units of 8 bytes are used; the datagram is complete once another
 * copy has the rest. */
static void a_cut_fragment_is_used_as_far_as_it_goes(void **state)
{
    uint8_t datagram[24];
    struct packet_fragment cut;
    struct assembly assembly = begin();

    (void)state;
    fill(datagram, sizeof datagram);
    assert_int_equal(add(&assembly, fragment_of(datagram, 16, 5, false)), ASSEMBLY_MORE);
    cut = fragment_of(datagram, 0, 16, true);
    cut.size_bytes = 11;
    assert_int_equal(add(&assembly, cut), ASSEMBLY_MORE);
    assert_int_equal(assembly_prefix_bytes(&assembly), 8);
    assert_int_equal(add(&assembly, fragment_of(datagram, 0, 16, true)), ASSEMBLY_COMPLETE);
    assert_int_equal(assembly.total_bytes, 21);
    assert_memory_equal(assembly.bytes, datagram, 21);
    assembly_end(&assembly);
    assembly = begin();
    cut = fragment_of(datagram, 0, 16, false); /* the last one: its end is known, not all of it */
    cut.size_bytes = 13;
    assert_int_equal(add(&assembly, cut), ASSEMBLY_MORE);
    assert_int_equal(assembly_prefix_bytes(&assembly), 8);
    assembly_end(&assembly);
}

/* Pieces of a datagram at random, doubled and overlapping: complete once each byte has come, with
 * those bytes. */
static void random_fragments_are_an_array(void **state)
{
    uint64_t seed = 1;

    (void)state;
    for (int round = 0; round < 500; round++) {
        uint8_t datagram[DATAGRAM_MAX];
        bool there[DATAGRAM_MAX] = {false}, end_there = false;
        size_t total = 1 + judge_random(&seed) % DATAGRAM_MAX, units = (total + 7) / 8;
        struct assembly assembly = begin();
        enum assembly_step step = ASSEMBLY_MORE;
        fill(datagram, sizeof datagram);
        while (step == ASSEMBLY_MORE) {
            size_t first = judge_random(&seed) % units;
            size_t last = first + judge_random(&seed) % (units - first), prefix = 0, came = 0;
            bool more = last + 1 < units;
            size_t at = first * 8, size = (more ? (last + 1) * 8 : total) - at;
            step = add(&assembly, fragment_of(datagram, at, size, more));
            memset(there + at, true, size);
            end_there |= !more;
            for (size_t i = 0; i < total; i++)
                came += there[i];
            while (prefix < total && there[prefix])
                prefix++;
            assert_int_equal(step, end_there && came == total ? ASSEMBLY_COMPLETE : ASSEMBLY_MORE);
            assert_int_equal(assembly_prefix_bytes(&assembly), prefix);
        }
        assert_int_equal(assembly.total_bytes, total);
        assert_memory_equal(assembly.bytes, datagram, total);
        assembly_end(&assembly);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_fragment_is_of_its_datagram),
    cmocka_unit_test(what_contradicts_breaks_it),
    cmocka_unit_test(the_largest_datagram_fits),
    cmocka_unit_test(an_overlap_with_other_bytes_breaks_it),
    cmocka_unit_test(the_first_fragment_names_the_datagram),
    cmocka_unit_test(a_cut_fragment_is_used_as_far_as_it_goes),
    cmocka_unit_test(random_fragments_are_an_array),
};

const struct suite suite_assembly = {
    .name = "assembly", .tests = tests, .count = sizeof tests / sizeof *tests};
