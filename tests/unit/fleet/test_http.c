/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* http: addresses that are refused, requests and their answers, and one connection too many. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../await.h"
#include "../suite.h"

#include "udptui/base/array.h"
#include "udptui/fleet/http.h"

/* Skips the test in a build without an HTTP server. */
static struct http *open_at(const char *at)
{
    struct problem problem = {0};
    struct http *http = http_open(at, &problem);

    if (http == NULL && strstr(problem.text, "libmicrohttpd") != NULL)
        skip();
    assert_non_null(http);
    return http;
}

/* The page is what was accepted. */
static struct http_page render(void *context, const char *accept)
{
    char *page = context;

    snprintf(page, HTTP_HEADER_BYTES, "accept: %s", accept != NULL ? accept : "(none)");
    return (struct http_page){.type = "text/x-test", .bytes = page, .size_bytes = strlen(page)};
}

static struct http *open_served(char *page)
{
    struct http *http = open_at("127.0.0.1:0");

    assert_int_equal(http_start(http, render, page), 0);
    return http;
}

static int connect_to(const struct http *http)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(http_endpoint(http).port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

static void send_text(int fd, const char *text)
{
    assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), strlen(text));
}

/* Everything up to the end of the connection, which it closes. */
static const char *answer_of(int fd, char *out, size_t size)
{
    size_t length = 0;
    ssize_t got;

    do {
        await_readable(fd);
        got = recv(fd, out + length, size - 1 - length, 0);
        if (got > 0)
            length += (size_t)got;
    } while (got > 0);
    out[length] = '\0';
    close(fd);
    return out;
}

static void assert_has(const char *answer, const char *words)
{
    if (strstr(answer, words) == NULL)
        fail_msg("no \"%s\" in: %s", words, answer);
}

static void addresses_that_are_refused(void **state)
{
    static const struct {
        const char *at, *words;
        bool usage;
    } rows[] = {
        {"127.0.0.1:9464-9465", "one port, not a range", true},
        {"127.0.0.1:65536", "65536", true},
        {"192.0.2.1:0", "192.0.2.1:0: ", false}, /* of no interface here */
    };

    (void)state;
    http_close(open_at("127.0.0.1:0"));
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct problem problem = {0};
        assert_null(http_open(rows[i].at, &problem));
        assert_has(problem.text, rows[i].words);
        assert_int_equal(problem.usage, rows[i].usage);
    }
    http_close(NULL);
}

static void a_port_that_is_taken_is_a_problem(void **state)
{
    struct http *http = open_at("127.0.0.1:0");
    struct problem problem = {0};
    char at[32];

    (void)state;
    assert_true(http_endpoint(http).port != 0);
    snprintf(at, sizeof at, "127.0.0.1:%u", http_endpoint(http).port);
    assert_null(http_open(at, &problem));
    assert_has(problem.text, at);
    assert_false(problem.usage);
    http_close(http); /* that was never started */
    http = open_at(at);
    http_close(http);
}

static void each_request_has_its_answer(void **state)
{
    static const struct {
        const char *request, *first, *words;
    } rows[] = {
        {"GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 200", "accept: (none)"},
        {"GET /metrics HTTP/1.1\r\nHost: a\r\nAccept: a/b;q=1\r\n\r\n", "HTTP/1.1 200",
         "accept: a/b;q=1"},
        {"GET /metrics?x=1 HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 200", "text/x-test"},
        {"GET http://a:9/metrics HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 200", "accept"},
        {"GET HTTP://a HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 404", "/metrics"},
        {"GET /metrics/ HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 404", "text/plain"},
        {"GET / HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 404", "/metrics"},
        {"POST /metrics HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx", "HTTP/1.1 405",
         "Allow: GET, HEAD"},
        {"get /metrics HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 405", "GET or HEAD"},
    };
    char page[HTTP_HEADER_BYTES], answer[4096];
    struct http *http = open_served(page);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        int fd = connect_to(http);
        send_text(fd, rows[i].request);
        answer_of(fd, answer, sizeof answer);
        if (strncmp(answer, rows[i].first, strlen(rows[i].first)) != 0)
            fail_msg("%s: %s", rows[i].request, answer);
        assert_has(answer, rows[i].words);
        assert_has(answer, "Connection: close");
    }
    http_close(http);
}

static void a_head_has_no_body(void **state)
{
    char page[HTTP_HEADER_BYTES], answer[4096];
    struct http *http = open_served(page);
    int fd = connect_to(http);

    (void)state;
    send_text(fd, "HEAD /metrics HTTP/1.1\r\nHost: a\r\n\r\n");
    answer_of(fd, answer, sizeof answer);
    assert_has(answer, "HTTP/1.1 200");
    assert_has(answer, "Content-Length: 14");
    assert_string_equal(strstr(answer, "\r\n\r\n"), "\r\n\r\n");
    http_close(http);
}

static void assert_served(int fd)
{
    char answer[4096];

    send_text(fd, "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_has(answer_of(fd, answer, sizeof answer), "HTTP/1.1 200");
}

/* HTTP_CONNECTIONS that say nothing: each further one is accepted, and the oldest alone is closed for
 * it. */
static void the_oldest_leaves_for_one_too_many(void **state)
{
    enum { TOO_MANY = 3 };
    char page[HTTP_HEADER_BYTES], answer[64];
    struct http *http = open_served(page);
    int silent[HTTP_CONNECTIONS + TOO_MANY];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(silent); i++)
        silent[i] = connect_to(http);
    for (size_t i = 0; i < TOO_MANY; i++)
        assert_string_equal(answer_of(silent[i], answer, sizeof answer), "");
    for (size_t i = TOO_MANY; i < COUNT_OF(silent); i++)
        assert_served(silent[i]);
    http_close(http);
}

static struct http_page render_large(void *context, const char *accept)
{
    (void)accept;
    return (struct http_page){
        .type = "text/x-test", .bytes = context, .size_bytes = HTTP_BYTES_MAX / 3 * 2};
}

/* The beginning of the answer, "HTTP/1.1 200". */
static const char *ask_large(int fd, char *out, size_t size)
{
    send_text(fd, "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n");
    await_readable(fd);
    out[recv(fd, out, size - 1, 0)] = '\0';
    return out;
}

/* A page that is alone is never too large; a second one is not copied beside it. */
static void who_reads_nothing_takes_no_more_memory_and_keeps_nobody_out(void **state)
{
    enum { TRIES = 1000 };
    char *page = calloc(1, HTTP_BYTES_MAX), answer[16];
    struct http *http = open_at("127.0.0.1:0");
    int silent, next, tries = 0;

    (void)state;
    assert_int_equal(http_start(http, render_large, page), 0);
    silent = connect_to(http);
    assert_string_equal(ask_large(silent, answer, 13), "HTTP/1.1 200");
    next = connect_to(http);
    assert_string_equal(ask_large(next, answer, 13), "HTTP/1.1 503");
    do { /* until the first is forgotten */
        close(next);
        next = connect_to(http);
        ask_large(next, answer, 13);
    } while (strcmp(answer, "HTTP/1.1 503") == 0 && ++tries < TRIES);
    assert_string_equal(answer, "HTTP/1.1 200");
    close(next);
    close(silent);
    http_close(http);
    free(page);
}

static void it_ends_beside_open_connections(void **state)
{
    char page[HTTP_HEADER_BYTES], answer[64];
    struct http *http = open_served(page);
    int silent = connect_to(http), half = connect_to(http), last = connect_to(http);

    (void)state;
    send_text(half, "GET /met");
    send_text(last, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    await_readable(last); /* so it knows all three */
    http_close(http);
    assert_string_equal(answer_of(silent, answer, sizeof answer), "");
    close(half);
    close(last);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(addresses_that_are_refused),
    cmocka_unit_test(a_port_that_is_taken_is_a_problem),
    cmocka_unit_test(each_request_has_its_answer),
    cmocka_unit_test(a_head_has_no_body),
    cmocka_unit_test(the_oldest_leaves_for_one_too_many),
    cmocka_unit_test(who_reads_nothing_takes_no_more_memory_and_keeps_nobody_out),
    cmocka_unit_test(it_ends_beside_open_connections),
};

const struct suite suite_http = {
    .name = "http", .tests = tests, .count = sizeof tests / sizeof *tests};
