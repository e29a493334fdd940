/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* feed: texts, files, and lines in whatever pieces they come. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/client/feed.h"

static const struct opts_list no_files;

/* A feed of lines out of a pipe. */
struct pipe_feed {
    struct feed *feed;
    int fds[2];
};

static void pipe_open(struct pipe_feed *lines, struct message_style style, int64_t count)
{
    struct problem problem;

    assert_int_equal(pipe2(lines->fds, O_CLOEXEC), 0);
    const struct feed_options options = {
        .style = style, .count = count, .files = &no_files, .lines_fd = lines->fds[0]};
    lines->feed = feed_open(&options, &problem);
    assert_non_null(lines->feed);
    assert_int_equal(feed_fd(lines->feed), lines->fds[0]);
}

static void pipe_write(struct pipe_feed *lines, const char *text, size_t size_bytes)
{
    assert_int_equal(write(lines->fds[1], text, size_bytes), size_bytes);
}

static void pipe_end(struct pipe_feed *lines)
{
    close(lines->fds[1]);
    lines->fds[1] = -1;
}

static void pipe_close(struct pipe_feed *lines)
{
    feed_close(lines->feed);
    close(lines->fds[0]);
    if (lines->fds[1] >= 0)
        close(lines->fds[1]);
}

static void feed_expect(struct feed *feed, const char *expected)
{
    const uint8_t *bytes;
    const char *why;
    size_t size_bytes;

    assert_int_equal(feed_next(feed, &bytes, &size_bytes, &why), FEED_MESSAGE);
    assert_int_equal(size_bytes, strlen(expected));
    assert_memory_equal(bytes, expected, size_bytes);
}

static void feed_expect_status(struct feed *feed, enum feed_status expected)
{
    const uint8_t *bytes;
    const char *why;
    size_t size_bytes;

    assert_int_equal(feed_next(feed, &bytes, &size_bytes, &why), expected);
    if (expected == FEED_BAD)
        assert_non_null(why);
}

/* ---- texts and files */

static const char *feed_write_file(char *path, const char *text)
{
    int fd;

    strcpy(path, "/tmp/udptui-feed-XXXXXX");
    fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
    return path;
}

static void texts_and_files_come_so_often(void **state)
{
    static const char *const texts[] = {"one", "two"};
    struct problem problem;
    char path[32];
    const struct opts_list files = {.items = {feed_write_file(path, "a\nfile")}, .count = 1};
    const struct feed_options options = {
        .count = 2, .texts = texts, .text_count = 2, .files = &files, .lines_fd = STDIN_FILENO};
    struct feed *feed = feed_open(&options, &problem);

    (void)state;
    unlink(path); /* it was read before anything is sent */
    assert_non_null(feed);
    assert_int_equal(feed_fd(feed), -1);
    for (int i = 0; i < 2; i++)
        feed_expect(feed, "one");
    for (int i = 0; i < 2; i++)
        feed_expect(feed, "two");
    for (int i = 0; i < 2; i++)
        feed_expect(feed, "a\nfile");
    feed_expect_status(feed, FEED_END);
    feed_expect_status(feed, FEED_END);
    assert_int_equal(feed_error(feed), 0);
    feed_close(feed);
}

static void a_malformed_text_is_a_wrong_command_line(void **state)
{
    static const char *const texts[] = {"ff", "fg"};
    const struct feed_options options = {
        .style = {.hex = 1}, .count = 1, .texts = texts, .text_count = 2, .files = &no_files};
    struct problem problem;

    (void)state;
    assert_null(feed_open(&options, &problem));
    assert_true(problem.usage);
    assert_non_null(strstr(problem.text, "message 'fg': "));
}

static void a_long_text_leaves_room_for_what_is_wrong(void **state)
{
    char text[PROBLEM_TEXT_SIZE * 2];
    const char *const texts[] = {text};
    const struct feed_options options = {
        .style = {.hex = 1}, .count = 1, .texts = texts, .text_count = 1, .files = &no_files};
    struct problem problem;

    (void)state;
    memset(text, 'g', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    assert_null(feed_open(&options, &problem));
    assert_non_null(strstr(problem.text, "ggg': at byte 1: not a hex digit"));
}

static void a_file_that_is_missing_is_none(void **state)
{
    static const char *const texts[] = {"a"};
    struct problem problem;
    char path[32];
    const struct opts_list files = {.items = {feed_write_file(path, "")}, .count = 1};
    const struct feed_options options = {
        .count = 1, .texts = texts, .text_count = 1, .files = &files};

    (void)state;
    unlink(path);
    assert_null(feed_open(&options, &problem));
    assert_false(problem.usage);
    assert_non_null(strstr(problem.text, path));
    feed_close(NULL);
}

/* ---- lines */

static void lines_come_in_pieces(void **state)
{
    struct pipe_feed lines;

    (void)state;
    pipe_open(&lines, (struct message_style){.hex = 0}, 1);
    feed_expect_status(lines.feed, FEED_WAIT);
    pipe_write(&lines, "he", 2);
    feed_expect_status(lines.feed, FEED_WAIT);
    pipe_write(&lines, "llo\n\nwor", 8);
    feed_expect(lines.feed, "hello");
    feed_expect(lines.feed, ""); /* an empty line is an empty datagram */
    feed_expect_status(lines.feed, FEED_WAIT);
    pipe_write(&lines, "ld", 2);
    pipe_end(&lines);
    feed_expect(lines.feed, "world"); /* without a newline */
    feed_expect_status(lines.feed, FEED_END);
    assert_int_equal(feed_fd(lines.feed), -1);
    assert_int_equal(feed_error(lines.feed), 0);
    pipe_close(&lines);
}

static void each_line_comes_so_often(void **state)
{
    struct pipe_feed lines;

    (void)state;
    pipe_open(&lines, (struct message_style){.eol = MESSAGE_EOL_LF}, 3);
    pipe_write(&lines, "a\nb\n", 4);
    pipe_end(&lines);
    for (int i = 0; i < 3; i++)
        feed_expect(lines.feed, "a\n");
    for (int i = 0; i < 3; i++)
        feed_expect(lines.feed, "b\n");
    feed_expect_status(lines.feed, FEED_END);
    pipe_close(&lines);
}

static void a_bad_line_is_not_the_end(void **state)
{
    struct pipe_feed lines;

    (void)state;
    pipe_open(&lines, (struct message_style){.hex = 1}, 2);
    pipe_write(&lines, "fg\n61\n", 6);
    pipe_end(&lines);
    feed_expect_status(lines.feed, FEED_BAD);
    feed_expect(lines.feed, "a");
    feed_expect(lines.feed, "a");
    feed_expect_status(lines.feed, FEED_END);
    pipe_close(&lines);
}

/* A line longer than any that could be a datagram: one complaint, and its rest is skipped. */
static void an_endless_line_is_refused_once(void **state)
{
    enum { PIECE = 4096, PIECES = MESSAGE_SIZE * 10 / PIECE };
    struct pipe_feed lines;
    char piece[PIECE];
    const uint8_t *bytes;
    const char *why;
    size_t size_bytes;
    int complaints = 0;

    (void)state;
    memset(piece, 'x', sizeof piece);
    pipe_open(&lines, (struct message_style){.hex = 0}, 1);
    for (int i = 0; i < PIECES; i++) {
        enum feed_status status;
        pipe_write(&lines, piece, sizeof piece);
        while ((status = feed_next(lines.feed, &bytes, &size_bytes, &why)) == FEED_BAD) {
            assert_true(size_bytes >= MESSAGE_MOST);
            complaints++;
        }
        assert_int_equal(status, FEED_WAIT);
    }
    assert_int_equal(complaints, 1);
    pipe_write(&lines, "x\nnext\n", 7);
    feed_expect(lines.feed, "next");
    pipe_close(&lines);
}

static void input_that_cannot_be_read_says_why(void **state)
{
    int fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const struct feed_options options = {.count = 1, .files = &no_files, .lines_fd = fd};
    struct problem problem;
    struct feed *feed = feed_open(&options, &problem);

    (void)state;
    assert_true(fd >= 0);
    assert_non_null(feed);
    feed_expect_status(feed, FEED_END);
    assert_int_equal(feed_error(feed), EISDIR);
    feed_close(feed);
    close(fd);
}

/* Texts, then bytes that are given, then files; each as often as asked. */
static void given_bytes_are_between(void **state)
{
    static const char *const texts[] = {"text"};
    static const struct feed_given given[] = {{(const uint8_t *)"\0x", 2, "OK"},
                                              {(const uint8_t *)"", 0, NULL}};
    static const char *const expected[] = {NULL, NULL, "OK", "OK", NULL, NULL};
    const struct feed_options options = {.count = 2,
                                         .texts = texts,
                                         .text_count = 1,
                                         .given = given,
                                         .given_count = 2,
                                         .files = &(struct opts_list){.count = 0}};
    static const size_t sizes[] = {4, 4, 2, 2, 0, 0};
    struct problem problem;
    struct feed *feed = feed_open(&options, &problem);
    const uint8_t *bytes;
    size_t size_bytes;
    const char *why;

    (void)state;
    assert_non_null(feed);
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(feed_next(feed, &bytes, &size_bytes, &why), FEED_MESSAGE);
        assert_int_equal(size_bytes, sizes[i]);
        assert_true(feed_expected_reply(feed) == expected[i] ||
                    strcmp(feed_expected_reply(feed), expected[i]) == 0);
    }
    assert_int_equal(feed_next(feed, &bytes, &size_bytes, &why), FEED_END);
    feed_close(feed);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(given_bytes_are_between),
    cmocka_unit_test(texts_and_files_come_so_often),
    cmocka_unit_test(a_malformed_text_is_a_wrong_command_line),
    cmocka_unit_test(a_long_text_leaves_room_for_what_is_wrong),
    cmocka_unit_test(a_file_that_is_missing_is_none),
    cmocka_unit_test(lines_come_in_pieces),
    cmocka_unit_test(each_line_comes_so_often),
    cmocka_unit_test(a_bad_line_is_not_the_end),
    cmocka_unit_test(an_endless_line_is_refused_once),
    cmocka_unit_test(input_that_cannot_be_read_says_why),
};

const struct suite suite_feed = {
    .name = "feed", .tests = tests, .count = sizeof tests / sizeof *tests};
