/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * packet_stream: fragments in any order come out as what was sent, in the order of the frames; what
 * is missing, double or contradictory is counted; memory is bounded.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"

#include "../packets.h"
#include "udptui/capture/packet_stream.h"

enum { PAYLOAD = 3000, FRAGMENT = 1480, SECOND = 1000000000 };

static uint8_t payload[PAYLOAD];

/* The UDP datagram of the payload, from 192.168.0.23:53211 to 192.168.0.108:4010. */
static size_t make_udp(uint8_t *out)
{
    struct packet packet = {.source = packets_endpoint("192.168.0.23:53211"),
                            .destination = packets_endpoint("192.168.0.108:4010"),
                            .payload = payload,
                            .size_bytes = PAYLOAD,
                            .original_bytes = PAYLOAD,
                            .checksum_status = CHECKSUM_GOOD,
                            .hop_limit = 64};
    uint8_t headers[PACKET_HEADERS_MAX];

    for (size_t i = 0; i < PAYLOAD; i++)
        payload[i] = (uint8_t)(i * 7 + i / 256);
    packet_headers(&packet, headers);
    memcpy(out, headers + PACKET_IPV4_HEADER, PACKET_UDP_HEADER);
    memcpy(out + PACKET_UDP_HEADER, payload, PAYLOAD);
    return PACKET_UDP_HEADER + PAYLOAD;
}

struct scene {
    struct packet_stream *stream;
    int64_t wall_ns;
    uint64_t frames;
};

static struct scene begin(void)
{
    struct scene scene = {.stream = packet_stream_open(), .wall_ns = SECOND};

    assert_non_null(scene.stream);
    return scene;
}

static void put_frame(struct scene *scene, const uint8_t *bytes, size_t size)
{
    const struct blocks_frame frame = {.number = ++scene->frames,
                                       .wall_ns = scene->wall_ns,
                                       .has_time = true,
                                       .link_type = LINK_RAW,
                                       .bytes = bytes,
                                       .captured_bytes = size,
                                       .original_bytes = size};

    packet_stream_put(scene->stream, &frame);
    scene->wall_ns += 1000;
}

/* Fragment number of the datagram of this identification, from 0. */
static void put_fragment(struct scene *scene, unsigned identification, size_t number)
{
    uint8_t udp[PACKET_UDP_HEADER + PAYLOAD], frame[PACKETS_FRAME_MAX];
    size_t total = make_udp(udp), at = number * FRAGMENT;
    size_t size = total - at < FRAGMENT ? total - at : FRAGMENT;
    bool more = at + size < total;

    assert_int_equal(packets_hex("4500000000000000 40110000 c0a80017 c0a8006c", frame), 20);
    frame[2] = (uint8_t)((20 + size) >> 8);
    frame[3] = (uint8_t)(20 + size);
    frame[5] = (uint8_t)identification;
    frame[6] = (uint8_t)((more ? 0x20 : 0) | at / 8 >> 8);
    frame[7] = (uint8_t)(at / 8);
    memcpy(frame + 20, udp + at, size);
    put_frame(scene, frame, 20 + size);
}

/* A datagram that is whole: "hello". Its bytes are not copied. */
static void put_hello(struct scene *scene)
{
    static uint8_t frame[64];

    put_frame(
        scene, frame,
        packets_hex("450000210000400040110000c0a80017c0a8006c cfdb0faa000d5aa868656c6c6f", frame));
}

static void expect_nothing(struct scene *scene)
{
    struct packet packet;
    int64_t wall_ns;

    assert_false(packet_stream_take(scene->stream, &packet, &wall_ns));
}

static struct packet expect_datagram(struct scene *scene, int64_t wall_ns)
{
    struct packet packet;
    int64_t found_ns = 0;

    assert_true(packet_stream_take(scene->stream, &packet, &found_ns));
    assert_false(packet.untimed);
    assert_int_equal(found_ns, wall_ns);
    return packet;
}

static void expect_payload(struct scene *scene, int64_t wall_ns)
{
    struct packet packet = expect_datagram(scene, wall_ns);

    assert_int_equal(packet.size_bytes, PAYLOAD);
    assert_memory_equal(packet.payload, payload, PAYLOAD);
    assert_int_equal(packet.checksum_status, CHECKSUM_GOOD);
    assert_int_equal(packet.source.port, 53211);
    assert_int_equal(packet.hop_limit, 64);
    assert_true(packet.fragments >= 3);
}

static void expect_hello(struct scene *scene, int64_t wall_ns)
{
    struct packet packet = expect_datagram(scene, wall_ns);

    assert_int_equal(packet.size_bytes, 5);
    assert_memory_equal(packet.payload, "hello", 5);
    assert_int_equal(packet.fragments, 0);
}

/* ---- put together */

static void in_any_order(void **state)
{
    static const size_t orders[][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
                                       {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};

    (void)state;
    for (size_t i = 0; i < 6; i++) {
        struct scene scene = begin();
        for (size_t n = 0; n < 3; n++) {
            expect_nothing(&scene);
            put_fragment(&scene, 7, orders[i][n]);
        }
        expect_payload(&scene, SECOND + 2000); /* with the last one's time */
        expect_nothing(&scene);
        const struct packet_counts *counts = packet_stream_counts(scene.stream);
        assert_int_equal(counts->frames, 3);
        assert_int_equal(counts->fragments, 3);
        assert_int_equal(counts->reassembled, 1);
        assert_int_equal(counts->datagrams, 1);
        assert_int_equal(counts->fragments_unused, 0);
        packet_stream_close(scene.stream);
    }
}

static void two_at_a_time_and_others_between(void **state)
{
    struct scene scene = begin();

    (void)state;
    put_hello(&scene);
    expect_hello(&scene, SECOND);
    put_fragment(&scene, 1, 0);
    put_fragment(&scene, 2, 0);
    put_hello(&scene); /* has to wait: what came before it is not there yet */
    expect_nothing(&scene);
    put_fragment(&scene, 2, 1);
    put_fragment(&scene, 1, 1);
    put_fragment(&scene, 1, 2);
    expect_nothing(&scene); /* 2 is older than what is ready */
    put_fragment(&scene, 2, 2);
    expect_hello(&scene, SECOND + 3000);
    expect_payload(&scene, SECOND + 6000);
    expect_payload(&scene, SECOND + 7000);
    expect_nothing(&scene);
    packet_stream_close(scene.stream);
}

static void doubles_do_no_harm(void **state)
{
    struct scene scene = begin();

    (void)state;
    put_fragment(&scene, 1, 0);
    put_fragment(&scene, 1, 0);
    put_fragment(&scene, 1, 2);
    put_fragment(&scene, 1, 1);
    expect_payload(&scene, SECOND + 3000);
    assert_int_equal(packet_stream_counts(scene.stream)->fragments_unused, 1);
    packet_stream_close(scene.stream);
}

/* Every frame that a datagram came in is named; `frame` is the frame that gave its time. */
static void its_frames_are_named(void **state)
{
    struct scene scene = begin();

    (void)state;
    put_hello(&scene);
    struct packet packet = expect_datagram(&scene, SECOND);
    assert_int_equal(packet.frame, 1);
    assert_null(packet.fragment_frames);
    put_fragment(&scene, 1, 0);
    put_fragment(&scene, 2, 0); /* stays without its others */
    put_hello(&scene);
    put_fragment(&scene, 1, 0); /* a double */
    put_fragment(&scene, 1, 2);
    put_fragment(&scene, 2, 1);
    put_fragment(&scene, 1, 1);
    packet_stream_flush(scene.stream);
    packet = expect_datagram(&scene, SECOND + 2000);
    assert_int_equal(packet.frame, 3);
    assert_int_equal(packet.fragment_frame_count, 2);
    assert_memory_equal(packet.fragment_frames, ((const uint64_t[]){3, 7}), 2 * sizeof(uint64_t));
    packet = expect_datagram(&scene, SECOND + 3000);
    assert_int_equal(packet.frame, 4);
    assert_int_equal(packet.fragment_frame_count, 0);
    packet = expect_datagram(&scene, SECOND + 7000);
    assert_int_equal(packet.frame, 8);
    assert_int_equal(packet.fragment_frame_count, 4);
    assert_memory_equal(packet.fragment_frames, ((const uint64_t[]){2, 5, 6, 8}),
                        4 * sizeof(uint64_t));
    packet_stream_close(scene.stream);
}

/* ---- not put together */

/* As with "tcpdump udp port 53", which sees the first fragments only. */
static void a_beginning_alone_is_cut(void **state)
{
    struct scene scene = begin();

    (void)state;
    put_fragment(&scene, 1, 0);
    put_hello(&scene);
    expect_nothing(&scene);
    assert_true(packet_stream_is_waiting(scene.stream));
    scene.wall_ns += PACKET_STREAM_PATIENCE_NS;
    put_hello(&scene);
    struct packet packet = expect_datagram(&scene, SECOND); /* at its place, with its time */
    assert_int_equal(packet.size_bytes, FRAGMENT - PACKET_UDP_HEADER);
    assert_int_equal(packet.original_bytes, PAYLOAD);
    assert_memory_equal(packet.payload, payload, packet.size_bytes);
    assert_int_equal(packet.checksum_status, CHECKSUM_UNKNOWN);
    assert_int_equal(packet.fragments, 1);
    expect_hello(&scene, SECOND + 1000);
    expect_hello(&scene, SECOND + 2000 + PACKET_STREAM_PATIENCE_NS);
    expect_nothing(&scene);
    assert_int_equal(packet_stream_counts(scene.stream)->incomplete, 1);
    packet_stream_close(scene.stream);
}

static void a_missing_beginning_is_counted(void **state)
{
    struct scene scene = begin();

    (void)state;
    put_fragment(&scene, 1, 1);
    put_fragment(&scene, 1, 2);
    put_hello(&scene);
    packet_stream_flush(scene.stream); /* the end of the file */
    expect_hello(&scene, SECOND + 2000);
    expect_nothing(&scene);
    assert_false(packet_stream_is_waiting(scene.stream));
    assert_int_equal(packet_stream_counts(scene.stream)->fragments_unused, 2);
    assert_int_equal(packet_stream_counts(scene.stream)->datagrams, 1);
    packet_stream_close(scene.stream);
}

/* RFC 5722: parts that overlap with other bytes are an attack. */
static void contradictions_come_to_nothing(void **state)
{
    struct scene scene = begin();
    uint8_t frame[64];

    (void)state;
    put_fragment(&scene, 7, 0);
    put_frame(&scene, frame,
              packets_hex("4500001c00072001 40110000 c0a80017 c0a8006c ffffffffffffffff", frame));
    put_hello(&scene);
    expect_hello(&scene, SECOND + 2000);
    assert_int_equal(packet_stream_counts(scene.stream)->fragments_unused, 2);
    packet_stream_close(scene.stream);
}

static void what_is_held_is_bounded(void **state)
{
    struct scene scene = begin();
    struct packet packet;
    int64_t wall_ns;
    size_t taken = 0;

    (void)state;
    for (unsigned i = 0; i < 200; i++)
        put_fragment(&scene, i, 0);
    for (int i = 0; i < 3 * PACKET_STREAM_HELD_MAX; i++)
        put_hello(&scene);
    while (packet_stream_take(scene.stream, &packet, &wall_ns))
        taken++;
    assert_true(taken >= 200 + 2 * PACKET_STREAM_HELD_MAX);
    packet_stream_close(scene.stream);
}

/* ---- what is not a datagram */

static void what_is_not_read_is_named(void **state)
{
    struct scene scene = begin();
    struct blocks_frame frame = {.link_type = 147};
    char name[80];

    (void)state;
    packet_stream_put(scene.stream, &frame);
    packet_stream_put(scene.stream, &frame);
    frame.link_type = 9;
    frame.bytes = (const uint8_t *)"\xff\x03\x00\x3d\x80";
    frame.captured_bytes = 5;
    packet_stream_put(scene.stream, &frame);
    expect_nothing(&scene);
    const struct packet_counts *counts = packet_stream_counts(scene.stream);
    assert_int_equal(counts->unread, 3);
    assert_int_equal(counts->unknown_links, 2);
    assert_int_equal(counts->untimed, 3);
    assert_int_equal(counts->row_count, 2);
    assert_string_equal(packet_unread_name(&counts->rows[0].what, name, sizeof name),
                        "frames of link type 147 (USER0)");
    assert_int_equal(counts->rows[0].frames, 2);
    assert_string_equal(packet_unread_name(&counts->rows[1].what, name, sizeof name),
                        "multilink PPP frames");
    packet_stream_close(scene.stream);
}

/* More kinds than there are rows. */
static void kinds_beyond_the_rows(void **state)
{
    struct scene scene = begin();
    struct blocks_frame frame = {.link_type = 1000};

    (void)state;
    for (; frame.link_type < 1000 + PACKET_STREAM_UNREAD_MAX + 4; frame.link_type++)
        packet_stream_put(scene.stream, &frame);
    const struct packet_counts *counts = packet_stream_counts(scene.stream);
    assert_int_equal(counts->row_count, PACKET_STREAM_UNREAD_MAX);
    assert_int_equal(counts->unread_others, 4);
    assert_int_equal(counts->unread, PACKET_STREAM_UNREAD_MAX + 4);
    packet_stream_close(scene.stream);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(in_any_order),
    cmocka_unit_test(two_at_a_time_and_others_between),
    cmocka_unit_test(doubles_do_no_harm),
    cmocka_unit_test(its_frames_are_named),
    cmocka_unit_test(a_beginning_alone_is_cut),
    cmocka_unit_test(a_missing_beginning_is_counted),
    cmocka_unit_test(contradictions_come_to_nothing),
    cmocka_unit_test(what_is_held_is_bounded),
    cmocka_unit_test(what_is_not_read_is_named),
    cmocka_unit_test(kinds_beyond_the_rows),
};

const struct suite suite_packet_stream = {
    .name = "packet_stream", .tests = tests, .count = sizeof tests / sizeof *tests};
