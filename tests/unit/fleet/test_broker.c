/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* broker: URLs and secrets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../judge.h"
#include "../suite.h"

#include "udptui/base/array.h"
#include "udptui/fleet/broker.h"

static void test_good_urls(void **state)
{
    static const struct {
        const char *url;
        struct broker broker;
    } cases[] = {
        {"mqtt://h/x", {.host = "h", .port = 1883, .prefix = "x"}},
        {"MQTTS://h/x/", {.tls = true, .host = "h", .port = 8883, .prefix = "x"}},
        {"mqtt://kim@h:7//a/b//", {.user = "kim", .host = "h", .port = 7, .prefix = "a/b"}},
        {"mqtt://a@b@10.0.0.1/x",
         {.user = "a@b", .host = "10.0.0.1", .is_literal = true, .port = 1883, .prefix = "x"}},
        {"mqtt://[2001:db8::1]:9/x",
         {.host = "2001:db8::1", .is_literal = true, .port = 9, .prefix = "x"}},
        {"mqtt://[fe80::1%eth0]/x",
         {.host = "fe80::1%eth0", .is_literal = true, .port = 1883, .prefix = "x"}},
        {"mqtt://h/Zo\xc3\xab", {.host = "h", .port = 1883, .prefix = "Zo\xc3\xab"}},
    };
    struct broker out;
    struct problem problem;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct broker *wanted = &cases[i].broker;
        if (!broker_parse("--publish", cases[i].url, &out, &problem))
            fail_msg("%s: %s", cases[i].url, problem.text);
        assert_string_equal(out.host, wanted->host);
        assert_string_equal(out.user, wanted->user);
        assert_string_equal(out.prefix, wanted->prefix);
        assert_int_equal(out.port, wanted->port);
        assert_int_equal(out.tls, wanted->tls);
        assert_int_equal(out.is_literal, wanted->is_literal);
    }
}

static void test_bad_urls(void **state)
{
    static const struct {
        const char *url, *words;
    } cases[] = {
        {"", "begins with mqtt://"},
        {"mqtt:/h/x", "begins with mqtt://"},
        {"h/x", "begins with mqtt://"},
        {"mqtt://", "no host"},
        {"mqtt:///x", "no host"},
        {"mqtt://4010/x", "no host"},
        {"mqtt://h", "no prefix"},
        {"mqtt://h//", "no prefix"},
        {"mqtt://@h/x", "no user"},
        {"mqtt://u:p@h/x", "no password in a URL"},
        {"mqtt://h:0/x", "port 0"},
        {"mqtt://h:65536/x", "port"},
        {"mqtt://[::1/x", "[ADDRESS]:PORT"},
        {"mqtt://h/+", "may not contain"},
        {"mqtt://h/a#", "may not contain"},
        {"mqtt://h/$SYS/x", "broker's own"},
        {"mqtt://h/a\nb", "no topic may have"},
        {"mqtt://h/\xff", "no topic may have"},
    };
    struct broker out;
    struct problem problem;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        if (broker_parse("--publish", cases[i].url, &out, &problem))
            fail_msg("%s is taken", cases[i].url);
        assert_true(problem.usage);
        if (strstr(problem.text, cases[i].words) == NULL)
            fail_msg("%s: %s", cases[i].url, problem.text);
    }
}

/* Pieces of URLs in any order: never a crash; what is taken has a host, a port and a prefix. */
static void test_random_urls(void **state)
{
    static const char *const pieces[] = {
        "mqtt://",
        "mqtts://",
        "h",
        "@",
        ":",
        "/",
        "[",
        "]",
        "::1",
        "%eth0",
        "u",
        "$",
        "+",
        "\x1b",
        "12",
        "\xc3",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};
    struct broker out;
    struct problem problem;
    uint64_t seed = 1;

    (void)state;
    for (int i = 0; i < 20000; i++) {
        char url[2048] = "mqtt://";
        for (uint32_t j = judge_random(&seed) % 16; j > 0; j--)
            strcat(url, pieces[judge_random(&seed) % COUNT_OF(pieces)]);
        if (!broker_parse("--publish", url, &out, &problem))
            continue;
        assert_true(out.host[0] != '\0' && out.port != 0 && out.prefix[0] != '\0');
        assert_null(strpbrk(out.prefix, "+#\x1b"));
    }
}

/* ---- secrets */

static void clear_environment(void)
{
    unsetenv("UDPTUI_MQTT_PASSWORD");
    unsetenv("UDPTUI_MQTT_PASSWORD_FILE");
    unsetenv("UDPTUI_MQTT_CA_FILE");
}

static struct broker broker_of(const char *url)
{
    struct broker out;
    struct problem problem;

    assert_true(broker_parse("", url, &out, &problem));
    return out;
}

static void test_secrets(void **state)
{
    char path[] = "/tmp/udptui-test-XXXXXX";
    int fd = mkstemp(path);
    struct broker broker = broker_of("mqtt://kim@h/x");
    struct problem problem;

    (void)state;
    clear_environment();
    assert_true(broker_read_secrets(&broker, &problem));
    assert_string_equal(broker.password, "");
    assert_int_equal(write(fd, "from file\r\nmore", 15), 15);
    close(fd);
    setenv("UDPTUI_MQTT_PASSWORD_FILE", path, 1);
    assert_true(broker_read_secrets(&broker, &problem));
    assert_string_equal(broker.password, "from file");
    setenv("UDPTUI_MQTT_PASSWORD", "from environment", 1);
    assert_true(broker_read_secrets(&broker, &problem));
    assert_string_equal(broker.password, "from environment");
    broker = broker_of("mqtt://h/x");
    assert_false(broker_read_secrets(&broker, &problem));
    assert_non_null(strstr(problem.text, "no user: put USER@ before the host"));
    assert_null(strstr(problem.text, "from environment"));
    unlink(path);
    clear_environment();
}

static void test_needs(void **state)
{
    struct sandbox_needs needs = {.names = false};
    struct broker broker = broker_of("mqtt://127.0.0.1:99/x");

    (void)state;
    broker_add_needs(&broker, &needs);
    assert_int_equal(needs.connects_to, 99);
    assert_false(needs.names || needs.authorities);
    broker = broker_of("mqtts://h/x");
    broker_add_needs(&broker, &needs);
    assert_true(needs.names && needs.authorities);
}

static void test_names(void **state)
{
    static const struct {
        const char *url, *name;
    } cases[] = {
        {"mqtt://kim@h/x", "h:1883"},
        {"mqtts://[2001:db8::1]/x", "[2001:db8::1]:8883"},
    };
    char out[BROKER_TEXT_SIZE];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct broker broker = broker_of(cases[i].url);
        assert_string_equal(broker_format(&broker, TEXT_ASCII, out), cases[i].name);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_good_urls),   cmocka_unit_test(test_bad_urls),
    cmocka_unit_test(test_random_urls), cmocka_unit_test(test_secrets),
    cmocka_unit_test(test_needs),       cmocka_unit_test(test_names),
};

const struct suite suite_broker = {
    .name = "broker", .tests = tests, .count = sizeof tests / sizeof *tests};
