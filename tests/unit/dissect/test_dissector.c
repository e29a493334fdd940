/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dissector: with a program of our own in the place of sharkd, that answers, stalls, dies and
 * writes what it should not; and with sharkd itself, if it is installed. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "../suite.h"
#include "udptui/base/array.h"
#include "udptui/base/units.h"
#include "udptui/dissect/dissector.h"
#include "udptui/sys/clock.h"
#include "udptui/sys/wait.h"

enum { ANSWERS_MAX = 64, ROWS = 12, NOBODY = 65534 };

static const int64_t patience_ns = 60 * UNITS_NS_PER_S; /* what is niced waits for others */

/* A program, where a user without rights finds it; and a file whose presence it can see. */
struct bench {
    char folder[64], program[96], flag[96];
    struct launcher *launcher; /* of the suite "launcher", else NULL */
    struct dissector *dissector;
    size_t count;
    struct dissect_answer answers[ANSWERS_MAX];
};

/* All cases are run twice: the program is started by the process, and by a launcher. */
static bool launched;

/* Answers as sharkd does, with the protocol P1 for the first frame; %s: before each line. */
static const char script[] =
    "#!/bin/sh\n"
    "while read -r line; do\n"
    "id=${line#*\\\"id\\\":}; id=${id%%%%,*}\n"
    "begin='{\"jsonrpc\":\"2.0\",\"id\":'$id',\"result\":'\n"
    "%s\n"
    "case $line in\n"
    "*'\"load\"'*) echo \"$begin{\\\"status\\\":\\\"OK\\\"}}\" ;;\n"
    "*'\"frames\"'*) skip=${line##*:}; skip=${skip%%%%\\}*}; rows=\n"
    "  case $line in *skip*) ;; *) skip=0 ;; esac; n=$skip\n"
    "  while [ $n -lt $((skip + 12)) ]; do n=$((n + 1))\n"
    "  rows=\"$rows$comma{\\\"num\\\":$n,\\\"c\\\":[0,0,0,0,\\\"P$n\\\",0,\\\"$say\\\"]}\"\n"
    "  comma=,; done; comma=\n"
    "  echo \"$begin[$rows]}\" ;;\n"
    "*) echo \"$begin{\\\"tree\\\":[{\\\"l\\\":\\\"T\\\",\\\"h\\\":[28,2]}]}}\" ;;\n"
    "esac\n"
    "done\n";

static void bench_write_program(const struct bench *bench, const char *before)
{
    FILE *file = fopen(bench->program, "w");

    assert_non_null(file);
    fprintf(file, script, before);
    fclose(file);
    assert_int_equal(chmod(bench->program, 0755), 0);
}

static void bench_raise_flag(const struct bench *bench)
{
    FILE *file = fopen(bench->flag, "w");

    assert_non_null(file);
    fclose(file);
}

/* before: shell commands of the program, before it answers a line; $flag is the file's name. */
static void bench_open(struct bench *bench, const char *before, struct dissect_config config)
{
    char commands[1024];

    *bench = (struct bench){.folder = "/tmp/udptui-dissect-XXXXXX"};
    assert_non_null(mkdtemp(bench->folder));
    assert_int_equal(chmod(bench->folder, 0755), 0);
    snprintf(bench->program, sizeof bench->program, "%s/sharkd", bench->folder);
    snprintf(bench->flag, sizeof bench->flag, "%s/flag", bench->folder);
    snprintf(commands, sizeof commands, "flag=%s\n%s", bench->flag, before);
    bench_write_program(bench, commands);
    config.program = bench->program;
    if (launched) {
        config.launcher = bench->launcher = launcher_open(bench->program);
        assert_non_null(config.launcher);
    }
    bench->dissector = dissector_open(&config);
    assert_non_null(bench->dissector);
}

static void bench_close(struct bench *bench)
{
    dissector_close(bench->dissector);
    launcher_close(bench->launcher);
    for (size_t i = 0; i < bench->count; i++)
        for (size_t j = 0; j < DISSECT_ASKED_MAX; j++)
            dissect_tree_free(&bench->answers[i].trees[j]);
    unlink(bench->flag);
    unlink(bench->program);
    rmdir(bench->folder);
}

static void bench_take(void *context, struct dissect_answer *answer)
{
    struct bench *bench = context;

    assert_true(bench->count < ANSWERS_MAX);
    bench->answers[bench->count++] = *answer;
    for (size_t i = 0; i < DISSECT_ASKED_MAX; i++)
        answer->trees[i] = (struct dissect_tree){.count = 0};
}

static void bench_turn(struct bench *bench)
{
    struct pollfd polled = {.fd = dissector_fd(bench->dissector), .events = POLLIN};
    int64_t until_ns = clock_monotonic_ns() + 50 * UNITS_NS_PER_MS;

    wait_until(&polled, 1, wait_earlier_ns(until_ns, dissector_due_ns(bench->dissector)));
    dissector_turn(bench->dissector, clock_monotonic_ns(), bench_take, bench);
}

static void bench_await_answers(struct bench *bench, size_t count)
{
    int64_t end_ns = clock_monotonic_ns() + patience_ns;

    while (bench->count < count && clock_monotonic_ns() < end_ns)
        bench_turn(bench);
    assert_int_equal(bench->count, count);
}

static void bench_await_note(struct bench *bench, const char *part)
{
    int64_t end_ns = clock_monotonic_ns() + patience_ns;

    while (strstr(dissector_note(bench->dissector), part) == NULL && clock_monotonic_ns() < end_ns)
        bench_turn(bench);
    if (strstr(dissector_note(bench->dissector), part) == NULL)
        fail_msg("'%s' is not in '%s'", part, dissector_note(bench->dissector));
}

static const struct endpoint client = {
    .family = ENDPOINT_IPV4, .address = {10, 0, 0, 1}, .port = 40000};
static const struct endpoint server = {
    .family = ENDPOINT_IPV4, .address = {10, 0, 0, 2}, .port = 53};

static bool ask(struct bench *bench, uint64_t id, int64_t wall_ns, bool trees)
{
    const struct dissect_datagram both[] = {
        {.wall_ns = wall_ns,
         .source = client,
         .destination = server,
         .payload = (const uint8_t *)"question",
         .size_bytes = 8,
         .original_bytes = 8},
        {.wall_ns = wall_ns + 5,
         .source = server,
         .destination = client,
         .payload = (const uint8_t *)"answer",
         .size_bytes = 6,
         .original_bytes = 6},
    };

    return dissector_ask(bench->dissector,
                         &(struct dissect_request){
                             .id = id, .datagrams = both, .count = 2, .asked = 2, .trees = trees});
}

/* ---- answers */

/* Frames are in the order of time, answers in the order of asking. */
static void test_batch(void **state)
{
    struct bench bench;

    (void)state;
    bench_open(&bench, "say=hello", (struct dissect_config){.charset = TEXT_UTF8});
    assert_true(ask(&bench, 70, 3000, false));
    assert_true(ask(&bench, 71, 1002, false)); /* within the next one */
    assert_true(ask(&bench, 72, 1000, false));
    assert_int_equal(dissector_waiting(bench.dissector), 3);
    bench_await_answers(&bench, 3);
    static const char *const protocols[3][2] = {{"P5", "P6"}, {"P2", "P4"}, {"P1", "P3"}};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(bench.answers[i].id, 70 + i);
        assert_true(bench.answers[i].known);
        assert_int_equal(bench.answers[i].count, 2);
        for (size_t j = 0; j < 2; j++) {
            assert_string_equal(bench.answers[i].summaries[j].protocol, protocols[i][j]);
            assert_string_equal(bench.answers[i].summaries[j].text, "hello");
        }
    }
    assert_int_equal(dissector_waiting(bench.dissector), 0);
    assert_string_equal(dissector_note(bench.dissector), "");
    bench_close(&bench);
}

/* The datagrams of the batch before come first, and are not answered again. */
static void test_before(void **state)
{
    struct bench bench;

    (void)state;
    bench_open(&bench, "", (struct dissect_config){.batch_max = 1});
    assert_true(ask(&bench, 1, 1000, false));
    assert_true(ask(&bench, 2, 10, false));
    bench_await_answers(&bench, 2);
    assert_string_equal(bench.answers[1].summaries[0].protocol, "P3");
    assert_string_equal(bench.answers[1].summaries[1].protocol, "P4");
    bench_close(&bench);
}

static void test_trees(void **state)
{
    struct bench bench;

    (void)state;
    bench_open(&bench, "", (struct dissect_config){.charset = TEXT_UTF8});
    assert_true(ask(&bench, 1, 1000, false));
    assert_true(ask(&bench, 2, 2000, true));
    bench_await_answers(&bench, 2);
    assert_int_equal(bench.answers[0].id, 2); /* somebody waits for it */
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(bench.answers[0].trees[i].count, 1);
        assert_string_equal(bench.answers[0].trees[i].nodes[0].label, "T");
        assert_int_equal(bench.answers[0].trees[i].nodes[0].offset, 0);
        assert_int_equal(bench.answers[0].trees[i].nodes[0].size_bytes, 2);
    }
    assert_int_equal(bench.answers[1].trees[0].count, 0);
    bench_close(&bench);
}

static void test_bounds(void **state)
{
    struct bench bench;

    (void)state;
    bench_open(&bench, "", (struct dissect_config){.queue_max = 4});
    for (uint64_t i = 0; i < 4; i++)
        assert_true(ask(&bench, i, 1000, false));
    assert_false(dissector_has_room(bench.dissector));
    assert_false(ask(&bench, 4, 1000, false));
    bench_await_answers(&bench, 4);
    assert_true(dissector_has_room(bench.dissector));
    bench_close(&bench);
}

/* A child is replaced before it grows too large, and nobody notices. */
static void test_renewal(void **state)
{
    struct bench bench;

    (void)state;
    bench_open(&bench, "", (struct dissect_config){.batch_max = 2, .loads_max = 2});
    for (uint64_t i = 0; i < 13; i++)
        assert_true(ask(&bench, i, (int64_t)(1000 * i), false));
    bench_await_answers(&bench, 13);
    for (size_t i = 0; i < 13; i++) {
        assert_int_equal(bench.answers[i].id, i);
        assert_true(bench.answers[i].known);
    }
    assert_string_equal(dissector_note(bench.dissector), "");
    bench_close(&bench);
}

/* ---- trouble */

static void test_missing(void **state)
{
    struct dissector *dissector =
        dissector_open(&(struct dissect_config){.program = "/nonexistent/sharkd"});

    (void)state;
    assert_non_null(dissector);
    assert_true(dissector_is_off(dissector));
    assert_non_null(strstr(dissector_note(dissector), "wireshark-common"));
    dissector_retry(dissector);
    assert_true(dissector_is_off(dissector));
    dissector_close(dissector);
}

/* The latest of our children; the test is skipped if the kernel does not say. */
static pid_t find_child(int expected)
{
    FILE *file = fopen("/proc/thread-self/children", "r");
    int pid = 0, count = 0;

    if (file == NULL)
        skip();
    while (fscanf(file, "%d", &pid) == 1)
        count++;
    fclose(file);
    assert_int_equal(count, expected);
    return pid;
}

/* With one death nothing is lost. */
static void test_one_death(void **state)
{
    struct bench bench;

    (void)state;
    bench_open(&bench, "case $line in *frames*) while [ -e $flag ]; do sleep 1; done;; esac",
               (struct dissect_config){.charset = TEXT_UTF8});
    bench_raise_flag(&bench);
    for (uint64_t i = 0; i < 3; i++)
        assert_true(ask(&bench, i, (int64_t)(1000 * i), false));
    bench_turn(&bench);
    assert_int_equal(kill(find_child(launched ? 2 : 1), SIGKILL), 0);
    bench_await_note(&bench, "started again: signal 9");
    unlink(bench.flag);
    bench_await_answers(&bench, 3);
    for (size_t i = 0; i < 3; i++)
        assert_true(bench.answers[i].known);
    assert_false(dissector_is_off(bench.dissector));
    bench_close(&bench);
}

/* Whatever the child does, twice: it is off with the reason; all requests are answered, none as
 * known; and it can be tried again. */
static void give_up(const char *before, struct dissect_config config, const char *note)
{
    struct bench bench;
    char commands[512];
    int tries = config.limit_ns > 0 ? 10 : 1; /* a busy machine may exceed a limit, too */

    snprintf(commands, sizeof commands, "if [ -e $flag ]; then\n%s\nfi", before);
    bench_open(&bench, commands, config);
    bench_raise_flag(&bench);
    for (uint64_t i = 0; i < 3; i++)
        assert_true(ask(&bench, i, (int64_t)(1000 * i), i == 2));
    bench_await_answers(&bench, 3);
    for (size_t i = 0; i < 3; i++)
        assert_false(bench.answers[i].known);
    assert_true(dissector_is_off(bench.dissector));
    bench_await_note(&bench, note);
    assert_non_null(strstr(dissector_note(bench.dissector), "ended again"));
    assert_false(ask(&bench, 9, 0, false));

    unlink(bench.flag);
    do {
        dissector_retry(bench.dissector);
        assert_string_equal(dissector_note(bench.dissector), "");
        assert_true(ask(&bench, 9, 0, false));
        bench_await_answers(&bench, bench.count + 1);
    } while (!bench.answers[bench.count - 1].known && --tries > 0);
    assert_true(bench.answers[bench.count - 1].known);
    bench_close(&bench);
}

static void test_two_deaths(void **state)
{
    (void)state;
    give_up("exit 3", (struct dissect_config){.batch_max = 1}, "exit status 3");
    give_up("kill -9 $$; ulimit -s 128; f() { f; }; f", (struct dissect_config){.batch_max = 1},
            "signal"); /* it may not send signals, and overflows its stack */
    give_up("echo 'its \033[31mwords' >&2; exit 1", (struct dissect_config){.charset = TEXT_UTF8},
            "its \\x1B[31mwords");
}

static void test_stall(void **state)
{
    const struct dissect_config config = {.limit_ns = 300 * UNITS_NS_PER_MS};

    (void)state;
    give_up("while :; do sleep 1; done", config, "no answer within 1.80 s");
    give_up("trap '' TERM; while :; do :; done", config, "no answer within");
}

static void test_garbage(void **state)
{
    (void)state;
    give_up("echo garbage", (struct dissect_config){.batch_max = 1}, "does not answer in JSON-RPC");
    give_up("echo '{\"id\":99999,\"result\":1}'", (struct dissect_config){.batch_max = 1},
            "does not answer in JSON-RPC");
    give_up("while :; do printf '%99999s' x; done", (struct dissect_config){.line_max = 300000},
            "its answer is too long");
}

/* A pipe that is full of notices is read. */
static void test_talker(void **state)
{
    struct bench bench;

    (void)state;
    bench_open(&bench, "printf '%99999s\\n' x >&2", (struct dissect_config){.batch_max = 2});
    for (uint64_t i = 0; i < 4; i++)
        assert_true(ask(&bench, i, 0, false));
    bench_await_answers(&bench, 4);
    assert_true(bench.answers[3].known);
    bench_close(&bench);
}

/* Notices without end are not read without end. */
static void test_endless_talker(void **state)
{
    (void)state;
    give_up("yes >&2", (struct dissect_config){.batch_max = 1}, "nothing but notices: y");
}

/* The last of its lines, however they come. */
static void test_last_words(void **state)
{
    (void)state;
    give_up(
        "printf 'a notice\\n' >&2; sleep 0.2; printf 'why' >&2; sleep 0.2; echo ' not' >&2; exit 1",
        (struct dissect_config){.batch_max = 1}, "exit status 1: why not");
}

/* A pipe at its end is always ready: it must not keep us awake. */
static void test_closed_stderr(void **state)
{
    struct bench bench;

    (void)state;
    bench_open(&bench, "exec 2>&-", (struct dissect_config){.batch_max = 1});
    assert_true(ask(&bench, 1, 0, false));
    bench_await_answers(&bench, 1);
    assert_true(bench.answers[0].known);
    dissector_turn(bench.dissector, clock_monotonic_ns(), bench_take, &bench);
    struct pollfd polled = {.fd = dissector_fd(bench.dissector), .events = POLLIN};
    wait_until(&polled, 1, clock_monotonic_ns() + 50 * UNITS_NS_PER_MS);
    assert_int_equal(polled.revents, 0);
    bench_close(&bench);
}

/* ---- what it may not */

/* It reads its capture, but no other file, and writes none; and it cannot leave the process group, with
 * which it ends. */
static void test_confined(void **state)
{
    char confined[DISSECT_CONFINED_SIZE];
    struct bench bench;

    (void)state;
    bench_open(&bench,
               "say=\n"
               "cat $flag >/dev/null 2>&1 || say=${say}unread,\n"
               "(echo x >$flag) 2>/dev/null || say=${say}unwritten,\n"
               "chmod 600 $flag 2>/dev/null || say=${say}unchanged,\n"
               "(setsid true) 2>/dev/null || say=${say}ours,\n"
               "[ -n \"$(cat /proc/self/fd/3 2>/dev/null | head -c 4)\" ] && say=${say}capture,\n"
               "[ $(ls /proc/self/fd | wc -l) -gt 6 ] && say=${say}more,",
               (struct dissect_config){.charset = TEXT_UTF8});
    bench_raise_flag(&bench);
    assert_int_equal(chmod(bench.flag, 0666), 0);
    if (geteuid() == 0)
        assert_int_equal(chown(bench.flag, NOBODY, NOBODY), 0);
    assert_true(ask(&bench, 1, 0, false));
    bench_await_answers(&bench, 1);
    dissector_confined(bench.dissector, confined, sizeof confined);
    if (strstr(confined, "no user files") == NULL)
        skip();
    assert_non_null(strstr(confined, "no network"));
    assert_string_equal(bench.answers[0].summaries[0].text,
                        "unread,unwritten,unchanged,ours,capture,");
    bench_close(&bench);
}

/* ---- sharkd itself */

static void test_sharkd(void **state)
{
    static const uint8_t query[] = "\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x07"
                                   "example\x03org\x00\x00\x01\x00\x01";
    const struct dissect_datagram datagram = {.wall_ns = 1700000000 * UNITS_NS_PER_S,
                                              .source = client,
                                              .destination = server,
                                              .payload = query,
                                              .size_bytes = sizeof query - 1,
                                              .original_bytes = sizeof query - 1};
    struct bench bench = {
        .dissector = dissector_open(&(struct dissect_config){.limit_ns = 60 * UNITS_NS_PER_S})};

    (void)state;
    if (dissector_is_off(bench.dissector)) {
        bench_close(&bench);
        skip();
    }
    for (uint64_t id = 1; id <= 2; id++)
        assert_true(dissector_ask(
            bench.dissector,
            &(struct dissect_request){
                .id = id, .datagrams = &datagram, .count = 1, .asked = 1, .trees = id == 1}));
    bench_await_answers(&bench, 2);
    for (size_t i = 0; i < 2; i++) {
        assert_true(bench.answers[i].known);
        assert_string_equal(bench.answers[i].summaries[0].protocol, "DNS");
        assert_string_equal(bench.answers[i].summaries[0].text,
                            "Standard query 0x1234 A example.org");
    }
    const struct dissect_tree *tree = &bench.answers[0].trees[0];
    assert_true(tree->count > 5);
    assert_string_equal(tree->nodes[0].label, "Domain Name System (query)");
    assert_int_equal(tree->nodes[0].size_bytes, sizeof query - 1);
    assert_string_equal(tree->nodes[1].label, "Transaction ID: 0x1234");
    assert_int_equal(tree->nodes[1].offset, 0);
    assert_int_equal(tree->nodes[1].size_bytes, 2);
    assert_string_equal(dissector_note(bench.dissector), "");
    bench_close(&bench);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_batch),      cmocka_unit_test(test_before),
    cmocka_unit_test(test_trees),      cmocka_unit_test(test_bounds),
    cmocka_unit_test(test_renewal),    cmocka_unit_test(test_missing),
    cmocka_unit_test(test_one_death),  cmocka_unit_test(test_two_deaths),
    cmocka_unit_test(test_stall),      cmocka_unit_test(test_garbage),
    cmocka_unit_test(test_talker),     cmocka_unit_test(test_endless_talker),
    cmocka_unit_test(test_last_words), cmocka_unit_test(test_closed_stderr),
    cmocka_unit_test(test_confined),   cmocka_unit_test(test_sharkd),
};

/* ---- the launcher's own */

static void test_no_program(void **state)
{
    (void)state;
    assert_null(launcher_open("/nonexistent/sharkd"));
    launcher_close(NULL);
}

static void test_launcher_gone(void **state)
{
    struct bench bench;

    (void)state;
    bench_open(&bench, "", (struct dissect_config){.charset = TEXT_UTF8});
    assert_int_equal(kill(find_child(1), SIGKILL), 0);
    assert_true(ask(&bench, 1, 1000, false));
    bench_await_note(&bench, "dissection is off");
    assert_false(bench.answers[0].known);
    bench_close(&bench);
}

static int launch(void **state)
{
    (void)state;
    launched = true;
    return 0;
}

static int launch_no_more(void **state)
{
    (void)state;
    launched = false;
    return 0;
}

static const struct CMUnitTest launcher_tests[] = {
    cmocka_unit_test(test_no_program),
    cmocka_unit_test_setup_teardown(test_batch, launch, launch_no_more),
    cmocka_unit_test_setup_teardown(test_before, launch, launch_no_more),
    cmocka_unit_test_setup_teardown(test_trees, launch, launch_no_more),
    cmocka_unit_test_setup_teardown(test_bounds, launch, launch_no_more),
    cmocka_unit_test_setup_teardown(test_renewal, launch, launch_no_more),
    cmocka_unit_test_setup_teardown(test_one_death, launch, launch_no_more),
    cmocka_unit_test_setup_teardown(test_two_deaths, launch, launch_no_more),
    cmocka_unit_test_setup_teardown(test_stall, launch, launch_no_more),
    cmocka_unit_test_setup_teardown(test_garbage, launch, launch_no_more),
    cmocka_unit_test_setup_teardown(test_talker, launch, launch_no_more),
    cmocka_unit_test_setup_teardown(test_endless_talker, launch, launch_no_more),
    cmocka_unit_test_setup_teardown(test_last_words, launch, launch_no_more),
    cmocka_unit_test_setup_teardown(test_closed_stderr, launch, launch_no_more),
    cmocka_unit_test_setup_teardown(test_confined, launch, launch_no_more),
    cmocka_unit_test_setup_teardown(test_launcher_gone, launch, launch_no_more),
};

const struct suite suite_dissector = {
    .name = "dissector", .tests = tests, .count = COUNT_OF(tests)};

const struct suite suite_launcher = {
    .name = "launcher", .tests = launcher_tests, .count = COUNT_OF(launcher_tests)};
