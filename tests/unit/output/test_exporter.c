/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* exporter: address or file, a file that is replaced, and one that cannot be written any more. */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../suite.h"

#include "udptui/base/array.h"
#include "udptui/fleet/http.h"
#include "udptui/output/exporter.h"
#include "udptui/sys/report.h"

static char directory[] = "/tmp/udptui-exporter-XXXXXX";
static char path[64];

struct summary {
    uint64_t count;
};

static const struct figure rows[] = {{.key = "count",
                                      .offset = offsetof(struct summary, count),
                                      .metric = {.help = "Something that is counted."}}};
static const struct figures figures = {rows, COUNT_OF(rows)};

static const struct metrics_source source = {.command = "serve",
                                             .labels = "listen=\"127.0.0.1:4010\""};

static int make_directory(void **state)
{
    (void)state;
    if (mkdtemp(directory) == NULL)
        return -1;
    snprintf(path, sizeof path, "%s/metrics", directory);
    return 0;
}

static int remove_directory(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(directory);
}

/* Errors are reported on stderr: they go into a file for the time of a test. */
static int stderr_fd;

static void catch_errors(void)
{
    char name[64];
    int fd;

    snprintf(name, sizeof name, "%s/stderr", directory);
    stderr_fd = dup(STDERR_FILENO);
    fd = open(name, O_RDWR | O_CREAT | O_TRUNC, 0600);
    unlink(name);
    dup2(fd, STDERR_FILENO);
    close(fd);
}

static void caught_errors(char *out, size_t size)
{
    ssize_t length;

    fflush(stderr);
    length = pread(STDERR_FILENO, out, size - 1, 0);
    dup2(stderr_fd, STDERR_FILENO);
    close(stderr_fd);
    assert_true(length >= 0);
    out[length] = '\0';
}

/* The count in the file, -1: there is none. */
static long count_in_file(void)
{
    char text[4096];
    FILE *file = fopen(path, "r");
    const char *line;

    if (file == NULL)
        return -1;
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    line = strstr(text, "\nudptui_count_total{");
    assert_non_null(line);
    assert_true(strchr(line, '}') != NULL);
    return strtol(strchr(line, '}') + 1, NULL, 10);
}

static void fill_page(struct metrics_page *page, uint64_t count)
{
    const struct summary summary = {count};

    assert_true(metrics_page_add(page, &figures, &summary, sizeof summary, ""));
}

static struct exporter *open_exporter(const char *where, uint64_t count, int *status)
{
    struct metrics_page page = {.count = 0};

    fill_page(&page, count);
    return exporter_open(where, &source, &page, status);
}

static struct exporter *open_file(uint64_t count)
{
    int status;
    struct exporter *exporter = open_exporter(path, count, &status);

    assert_non_null(exporter);
    return exporter;
}

static void put(struct exporter *exporter, uint64_t count)
{
    fill_page(exporter_page(exporter), count);
    exporter_put(exporter);
}

static void an_address_ends_in_a_port(void **state)
{
    static const char *const addresses[] = {":9464", "127.0.0.1:9464", "[::1]:9464", "host:1",
                                            "::1"};
    static const char *const files[] = {"",      "metrics", "a:",   "a:b",   "./a:1", "/a:1",
                                        "a:1/b", "a:1 ",    "9464", "a:0x1", ":",     "[::1]"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(addresses); i++)
        if (!exporter_is_address(addresses[i]))
            fail_msg("%s", addresses[i]);
    for (size_t i = 0; i < COUNT_OF(files); i++)
        if (exporter_is_address(files[i]))
            fail_msg("%s", files[i]);
}

static void what_was_meant_as_an_address_is_no_file(void **state)
{
    static const char *const good[] = {"metrics",     "a.prom",      "a:b",   "./127.0.0.1",
                                       "127.0.0.1/a", "127.0.0.1:1", ":9464", "host:1",
                                       "[::1]:9464",  "10.0.0"};
    static const struct {
        const char *where, *text;
    } refused[] = {
        {"", "'': name a file, or ADDRESS:PORT"},
        {"9464", "9464: for a port write :9464, for a file ./9464"},
        {"127.0.0.1",
         "127.0.0.1: there is no port: write 127.0.0.1:PORT, or for a file ./127.0.0.1"},
        {"127.0.0.1:",
         "127.0.0.1:: there is no port: write 127.0.0.1:PORT, or for a file ./127.0.0.1:"},
        {"127.0.0.1:x",
         "127.0.0.1:x: there is no port: write 127.0.0.1:PORT, or for a file ./127.0.0.1:x"},
        {"::1", "::1: there is no port: write [::1]:PORT, or for a file ./::1"},
        {"[::1]", "[::1]: there is no port: write [::1]:PORT, or for a file ./[::1]"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(good); i++) {
        struct problem problem = {0};
        if (!exporter_check(good[i], &problem))
            fail_msg("%s", problem.text);
    }
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        struct problem problem = {0};
        assert_false(exporter_check(refused[i].where, &problem));
        assert_string_equal(problem.text, refused[i].text);
        assert_true(problem.usage);
    }
}

static void a_file_has_the_latest_summary(void **state)
{
    struct exporter *exporter = open_file(1);
    char error[EXPORTER_ERROR_SIZE], where[64] = "x";

    (void)state;
    assert_int_equal(count_in_file(), 1); /* at once */
    assert_true(exporter_begin(exporter));
    exporter_describe(exporter, where, sizeof where);
    assert_string_equal(where, "");
    for (uint64_t count = 2; count < 5; count++) {
        put(exporter, count);
        assert_int_equal(count_in_file(), count);
    }
    assert_false(exporter_failed(exporter, error));
    assert_int_equal(exporter_close(exporter, EXIT_UNANSWERED), EXIT_UNANSWERED);
    assert_int_equal(count_in_file(), 4); /* it stays */
}

/* GET of "http://127.0.0.1:PORT/metrics". */
static void fetch(const char *url, char *out, size_t size)
{
    static const char request[] = "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n";
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    uint16_t port;
    size_t length = 0;
    ssize_t got;

    assert_int_equal(sscanf(url, "http://127.0.0.1:%" SCNu16 "/metrics", &port), 1);
    address.sin_port = htons(port);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(send(fd, request, strlen(request), MSG_NOSIGNAL), strlen(request));
    while ((got = recv(fd, out + length, size - 1 - length, 0)) > 0)
        length += (size_t)got;
    out[length] = '\0';
    close(fd);
}

static void a_page_has_the_latest_summary(void **state)
{
    struct problem problem = {0};
    struct http *http = http_open("127.0.0.1:0", &problem);
    char where[64], text[8192];
    int status;

    (void)state;
    if (http == NULL)
        skip(); /* a build without an HTTP server */
    http_close(http);
    struct exporter *exporter = open_exporter("127.0.0.1:0", 1, &status);
    assert_non_null(exporter);
    assert_true(exporter_begin(exporter));
    exporter_describe(exporter, where, sizeof where);
    for (uint64_t count = 1; count < 4; count++) {
        char expected[32];
        snprintf(expected, sizeof expected, "} %" PRIu64 "\n", count);
        put(exporter, count);
        fetch(where, text, sizeof text);
        assert_non_null(strstr(text, "\nudptui_count_total{"));
        assert_non_null(strstr(strstr(text, "\nudptui_count_total{"), expected));
    }
    assert_int_equal(exporter_close(exporter, EXIT_DONE), EXIT_DONE);
}

/* Its directory cannot be written to: it becomes a directory itself. */
static void a_failure_is_named_once_and_counted(void **state)
{
    struct exporter *exporter = open_file(1);
    char error[EXPORTER_ERROR_SIZE], errors[1024];

    (void)state;
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkdir(path, 0700), 0);
    put(exporter, 2);
    put(exporter, 3);
    assert_true(exporter_failed(exporter, error));
    assert_int_equal(strncmp(error, path, strlen(path)), 0);
    assert_false(exporter_failed(exporter, error));
    assert_int_equal(rmdir(path), 0);
    put(exporter, 4);
    assert_int_equal(count_in_file(), 4); /* it goes on */
    catch_errors();
    int status = exporter_close(exporter, EXIT_DONE);
    caught_errors(errors, sizeof errors);
    assert_int_equal(status, EXIT_SETUP);
    assert_non_null(strstr(errors, "times not written: 2\n"));
    assert_non_null(strstr(errors, path));
}

static void what_cannot_be_opened_has_its_status(void **state)
{
    static const struct {
        const char *where;
        int status;
    } refused[] = {{"/nonexistent/metrics", EXIT_SETUP},
                   {"127.0.0.1:99999", EXIT_USAGE},
                   {"192.0.2.1:0", EXIT_SETUP}};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        char errors[1024];
        int status = EXIT_DONE;
        catch_errors();
        struct exporter *exporter = open_exporter(refused[i].where, 1, &status);
        caught_errors(errors, sizeof errors);
        assert_null(exporter);
        assert_non_null(strstr(errors, "udptui: --metrics "));
        if (strstr(errors, "libmicrohttpd") == NULL)
            assert_int_equal(status, refused[i].status);
    }
}

static void no_exporter_changes_no_status(void **state)
{
    char error[EXPORTER_ERROR_SIZE];

    (void)state;
    assert_false(exporter_failed(NULL, error));
    assert_int_equal(exporter_close(NULL, EXIT_UNANSWERED), EXIT_UNANSWERED);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(an_address_ends_in_a_port),
    cmocka_unit_test(what_was_meant_as_an_address_is_no_file),
    cmocka_unit_test(a_file_has_the_latest_summary),
    cmocka_unit_test(a_page_has_the_latest_summary),
    cmocka_unit_test(a_failure_is_named_once_and_counted),
    cmocka_unit_test(what_cannot_be_opened_has_its_status),
    cmocka_unit_test(no_exporter_changes_no_status),
};

const struct suite suite_exporter = {.name = "exporter",
                                     .tests = tests,
                                     .count = sizeof tests / sizeof *tests,
                                     .setup = make_directory,
                                     .teardown = remove_directory};
