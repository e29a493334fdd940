/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* packets_ini: sections, quotes and escapes of Packet Sender's file, and messages of any size. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../suite.h"

#include "../../../../src/ui/send/packets_internal.h"
#include "udptui/base/array.h"
#include "udptui/client/message.h"

/* packets_clear frees. */
static bool read_ini(struct packets *packets, const char *text, char *error)
{
    *packets = (struct packets){.path = "packets.ini"};
    error[0] = '\0';
    return packets_parse(packets, text, strlen(text), error);
}

static void assert_packet(const struct named_packet *packet, const char *name, const char *target,
                          const char *payload)
{
    assert_string_equal(packet->name, name);
    assert_int_equal(packet->target == NULL, target == NULL);
    if (target != NULL)
        assert_string_equal(packet->target, target);
    assert_int_equal(packet->size_bytes, strlen(payload));
    assert_memory_equal(packet->bytes, payload, strlen(payload));
}

static void sections_are_packets(void **state)
{
    static const char text[] = "x=1\r\n[Lamp%20on]\r\nhexString=61 62\r\nname=\r\n"
                               "toIP=192.0.2.1\r\nport=4010\r\ntcpOrUdp=UDP\r\nother=1\r\n"
                               "[b]\nname=\"two words\"\nhexString=\ntoIP=\nport=9\ntcpOrUdp=udp\n"
                               "[c]\nname=six\ntoIP=::1\nhexString=0x63\n"
                               "[d]\nname=tcp\ntcpOrUdp=TCP\nhexString=zz\n"
                               "[e]\nname=ssl\ntcpOrUdp=SSL\n"
                               "[f]";
    struct packets packets;
    char error[PACKETS_ERROR_SIZE];

    (void)state;
    if (!read_ini(&packets, text, error))
        fail_msg("%s", error);
    assert_true(packets.is_ini);
    assert_int_equal(packets.count, 4);
    assert_packet(&packets.items[0], "Lamp on", "192.0.2.1:4010", "ab");
    assert_packet(&packets.items[1], "two words", NULL, "");
    assert_packet(&packets.items[2], "six", "[::1]", "c");
    assert_packet(&packets.items[3], "f", NULL, "");
    assert_int_equal(packets.not_udp, 2);
    packets_clear(&packets);
    assert_true(read_ini(&packets, "", error));
    assert_int_equal(packets.count, 0);
    packets_clear(&packets);
}

static void names_have_escapes(void **state)
{
    static const struct {
        const char *line, *name;
    } rows[] = {
        {"[a%2]", "a%2"},
        {"[a%2f%2Fb]", "a//b"},
        {"[%]", "%"},
        {"[a]\nname=\"a\\tb\\\\\"", "a\tb\\"},
        {"[a]\nname=gr\\xfc\\xdf", "gr\xc3\xbc\xc3\x9f"},
        {"[a]\nname=\\x20ac", "\xe2\x82\xac"},
        {"[a]\nname=x\\", "x"},
        {"[a]\nname=\\q", "q"},
        {"[a]\nname=\\xd800!", "!"},   /* no character */
        {"[a]\nname=\\x110000!", "!"}, /* beyond the last one */
        {"[a]\nNAME=b", "a"},          /* another key */
        {"[a]\nname", "a"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct packets packets;
        char error[PACKETS_ERROR_SIZE];
        if (!read_ini(&packets, rows[i].line, error) || packets.count != 1)
            fail_msg("row %zu: %s", i, error);
        if (strcmp(packets.items[0].name, rows[i].name) != 0)
            fail_msg("row %zu: \"%s\"", i, packets.items[0].name);
        packets_clear(&packets);
    }
}

static void equal_names_get_numbers(void **state)
{
    struct packets packets;
    char error[PACKETS_ERROR_SIZE];

    (void)state;
    assert_true(read_ini(&packets, "[a]\n[b]\nname=a\n[a (2)]\n[a]\n", error));
    assert_int_equal(packets.count, 4);
    assert_string_equal(packets.items[0].name, "a");
    assert_string_equal(packets.items[1].name, "a (2)");
    assert_string_equal(packets.items[2].name, "a (2) (2)");
    assert_string_equal(packets.items[3].name, "a (3)");
    packets_clear(&packets);
}

static void wrong_digits_are_an_error(void **state)
{
    static const char *const texts[] = {"[a]\nhexString=6", "[a]\nhexString=6g\n[b]"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct packets packets;
        char error[PACKETS_ERROR_SIZE];
        assert_false(read_ini(&packets, texts[i], error));
        assert_int_equal(strncmp(error, "packets.ini: packet 'a': ", 25), 0);
        packets_clear(&packets);
    }
}

static void there_are_at_most_1024(void **state)
{
    struct packets packets;
    char error[PACKETS_ERROR_SIZE], *text = malloc(16 * (PACKETS_MAX + 1));
    size_t length = 0;

    (void)state;
    assert_non_null(text);
    for (int i = 0; i <= PACKETS_MAX; i++) {
        if (i == PACKETS_MAX) {
            assert_true(read_ini(&packets, text, error));
            assert_int_equal(packets.count, PACKETS_MAX);
            packets_clear(&packets);
        }
        length += (size_t)sprintf(text + length, "[%d]\n", i);
    }
    assert_false(read_ini(&packets, text, error));
    assert_string_equal(error, "packets.ini: packet '1024': a file may have 1024 packets");
    packets_clear(&packets);
    free(text);
}

/* So many bytes, with what stands between two of them. */
static bool read_message(size_t size_bytes, const char *between, struct packets *packets,
                         char *error)
{
    static const char head[] = "[a]\nhexString=";
    size_t each = 2 + strlen(between), length = strlen(head);
    char *text = malloc(length + size_bytes * each + 1);
    bool read;

    assert_non_null(text);
    strcpy(text, head);
    for (size_t i = 0; i < size_bytes; i++, length += each)
        sprintf(text + length, "61%s", between);
    read = read_ini(packets, text, error);
    free(text);
    return read;
}

/* The prompt keeps a message where any may stand: a longer one is refused when it is read, and none
 * is cut silently. */
static void a_message_is_as_long_as_any(void **state)
{
    static const char *const betweens[] = {"", " "};
    static const size_t too_long[] = {MESSAGE_MOST + 1, 95000, 100000, 200000};
    struct packets packets;
    char error[PACKETS_ERROR_SIZE];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(betweens); i++) {
        if (!read_message(MESSAGE_MOST, betweens[i], &packets, error))
            fail_msg("%s", error);
        assert_int_equal(packets.items[0].size_bytes, MESSAGE_MOST);
        packets_clear(&packets);
        for (size_t j = 0; j < COUNT_OF(too_long); j++) {
            assert_false(read_message(too_long[j], betweens[i], &packets, error));
            assert_string_equal(error, "packets.ini: packet 'a': longer than a datagram can be");
            packets_clear(&packets);
        }
    }
    assert_false(read_message(50000, "   ", &packets, error));
    assert_string_equal(error, "packets.ini: packet 'a': its hexString is too long");
    packets_clear(&packets);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(sections_are_packets),    cmocka_unit_test(names_have_escapes),
    cmocka_unit_test(equal_names_get_numbers), cmocka_unit_test(wrong_digits_are_an_error),
    cmocka_unit_test(there_are_at_most_1024),  cmocka_unit_test(a_message_is_as_long_as_any),
};

const struct suite suite_send_packets_ini = {
    .name = "send_packets_ini", .tests = tests, .count = sizeof tests / sizeof *tests};
