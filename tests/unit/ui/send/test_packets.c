/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* packets: what is saved can be read again, and what could not be is refused before the file is
 * touched. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../suite.h"

#include "../../../../src/ui/send/packets_internal.h"

enum { PAYLOAD_BYTES = 65507 };

struct fixture {
    char path[64];
    struct packets packets;
    uint8_t payload[PAYLOAD_BYTES];
    char error[PACKETS_ERROR_SIZE];
};

static int packets_set_up(void **state)
{
    static const char none[] = "{\"packets\": []}";
    struct fixture *fixture = calloc(1, sizeof *fixture);
    int fd;

    if (fixture == NULL)
        return -1;
    snprintf(fixture->path, sizeof fixture->path, "/tmp/udptui-packets-XXXXXX");
    fd = mkstemp(fixture->path);
    if (fd < 0 || write(fd, none, strlen(none)) != (ssize_t)strlen(none) || close(fd) != 0)
        return -1;
    *state = fixture;
    return packets_read(&fixture->packets, fixture->path, fixture->error) ? 0 : -1;
}

static int packets_tear_down(void **state)
{
    struct fixture *fixture = *state;

    packets_clear(&fixture->packets);
    unlink(fixture->path);
    free(fixture);
    return 0;
}

static bool fixture_saves(struct fixture *fixture, char *name, char *expect, size_t size_bytes)
{
    char target[] = "127.0.0.1:9";
    const struct named_packet packet = {.name = name,
                                        .target = target,
                                        .expect = expect,
                                        .bytes = fixture->payload,
                                        .size_bytes = size_bytes};

    return packets_save(&fixture->packets, &packet, fixture->error);
}

static void what_is_saved_is_read_again(void **state)
{
    static const uint8_t payloads[][4] = {"", "get", {0xff}, "a\\xb", "\r\n", {0xc3, 0xa9}, {0x1b}};
    struct fixture *fixture = *state;
    char name[] = "gr\xc3\xbc\xc3\x9f", expect[] = "OK";

    for (size_t i = 0; i < sizeof payloads / sizeof *payloads; i++) {
        size_t size_bytes = i == 3 ? 4 : strlen((const char *)payloads[i]);
        memcpy(fixture->payload, payloads[i], size_bytes);
        assert_true(fixture_saves(fixture, name, expect, size_bytes));
        assert_int_equal(fixture->packets.count, 1);
        const struct named_packet *packet = packets_find(&fixture->packets, name);
        assert_non_null(packet);
        assert_int_equal(packet->size_bytes, size_bytes);
        assert_memory_equal(packet->bytes, fixture->payload, size_bytes);
        assert_string_equal(packet->target, "127.0.0.1:9");
        assert_string_equal(packet->expect, expect);
    }
}

static void what_is_not_utf8_is_refused(void **state)
{
    struct fixture *fixture = *state;
    char good[] = "good", bad[] = "b\xff", expect[] = "\xff";

    assert_true(fixture_saves(fixture, good, NULL, 1));
    assert_false(fixture_saves(fixture, bad, NULL, 1));
    assert_non_null(strstr(fixture->error, "UTF-8"));
    assert_false(fixture_saves(fixture, good, expect, 1));
    assert_non_null(strstr(fixture->error, "UTF-8"));
    assert_true(fixture_saves(fixture, good, NULL, 2));
    assert_int_equal(fixture->packets.count, 1);
}

static void a_file_does_not_grow_beyond_what_is_read(void **state)
{
    struct fixture *fixture = *state;
    size_t saved = 0;
    char name[16];

    memset(fixture->payload, 0xff, sizeof fixture->payload);
    do {
        snprintf(name, sizeof name, "%zu", saved);
        assert_true(saved < 40);
    } while (fixture_saves(fixture, name, NULL, sizeof fixture->payload) && ++saved);
    assert_non_null(strstr(fixture->error, "4 MiB"));
    packets_clear(&fixture->packets);
    assert_true(packets_read(&fixture->packets, fixture->path, fixture->error));
    assert_int_equal(fixture->packets.count, saved);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, packets_set_up, packets_tear_down)

static const struct CMUnitTest tests[] = {
    CASE(what_is_saved_is_read_again),
    CASE(what_is_not_utf8_is_refused),
    CASE(a_file_does_not_grow_beyond_what_is_read),
};

const struct suite suite_send_packets = {
    .name = "send_packets", .tests = tests, .count = sizeof tests / sizeof *tests};
