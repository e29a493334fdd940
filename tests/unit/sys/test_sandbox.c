/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sandbox: what a process can still do inside, and what not; each case in a child. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "../suite.h"
#include "child.h"

#include "udptui/sys/landlock.h"
#include "udptui/sys/sandbox.h"

enum { PATH_SIZE = 128, LINE_SIZE = 64 };

/* Prints a line if it does not hold, so that the case's message says which. */
static int expect(bool holds, const char *what)
{
    if (!holds)
        printf("not so: %s (%s)\n", what, strerror(errno));
    return holds ? 0 : 1;
}

/* Whether a call failed for want of a right: by its number (EPERM) or by its path (EACCES). */
static bool refused(long result)
{
    return result == -1 && (errno == EPERM || errno == EACCES);
}

static bool offered(void)
{
    char text[SANDBOX_TEXT_SIZE];

    sandbox_describe(text, sizeof text);
    return strstr(text, "seccomp") != NULL && strstr(text, "Landlock") != NULL;
}

static void child_expect_done(int (*run)(void *context), void *context)
{
    struct child child = child_run(run, context);

    if (child.output[0] != '\0')
        print_message("%s", child.output);
    assert_true(WIFEXITED(child.status));
    assert_int_equal(WEXITSTATUS(child.status), 0);
}

static bool enter(enum sandbox_command command)
{
    const struct sandbox_needs needs = {.command = command};

    return sandbox_enter(SANDBOX_ON, &needs);
}

/* ---- what fails */

/* At a prompt any file may be named. */
static int try_forbidden_files(void)
{
    int bad = 0;

    bad += expect(refused(open("/etc/passwd", O_RDONLY)), "no file is opened");
    bad += expect(refused(open("made", O_WRONLY | O_CREAT, 0600)), "no file is made");
    bad += expect(refused(mkdir("made", 0700)), "no directory is made");
    return bad;
}

static int try_forbidden_calls(void *context)
{
    const enum sandbox_command command = *(const enum sandbox_command *)context;
    char *const arguments[] = {(char[]){"true"}, NULL};
    pid_t parent = getppid();
    int bad = expect(enter(command), "it enters");

    if (command != SANDBOX_SEND)
        bad += try_forbidden_files();
    bad += expect(refused(execve("/bin/true", arguments, arguments + 1)), "no program is started");
    bad += expect(refused(fork()), "no process is made");
    bad += expect(refused(kill(parent, 0)), "no other process gets a signal");
    bad += expect(refused(ptrace(PTRACE_ATTACH, parent, NULL, NULL)), "none is traced");
    bad += expect(refused(unshare(CLONE_NEWUSER)), "no namespace is made");
    bad += expect(refused(socket(AF_INET, SOCK_STREAM, 0)), "no TCP socket is made");
    bad += expect(refused(socket(AF_INET, SOCK_RAW, IPPROTO_ICMP)), "no raw socket is made");
    bad += expect(refused(ioctl(0, TIOCSTI, "x")), "nothing is typed into the terminal");
    bad += expect(mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ==
                          MAP_FAILED &&
                      errno == EPERM,
                  "no memory is executed");
    return bad;
}

static void test_forbidden(void **state)
{
    (void)state;
    if (!offered())
        skip();
    for (enum sandbox_command command = 0; command < SANDBOX_COMMANDS; command++)
        child_expect_done(try_forbidden_calls, &command);
}

/* ---- what goes on */

static void *answer(void *argument)
{
    char byte;

    if (recv(*(const int *)argument, &byte, 1, 0) == 1)
        send(*(const int *)argument, &byte, 1, 0);
    return NULL;
}

static int try_allowed_calls(void *context)
{
    int pair[2], bad;
    pthread_t thread;
    char byte = 'x';
    void *memory;

    (void)context;
    socketpair(AF_UNIX, SOCK_DGRAM, 0, pair);
    bad = expect(enter(SANDBOX_LOAD), "it enters");
    bad += expect(pthread_create(&thread, NULL, answer, &pair[1]) == 0, "a thread starts");
    bad += expect(send(pair[0], &byte, 1, 0) == 1 && recv(pair[0], &byte, 1, 0) == 1,
                  "open sockets go on");
    bad += expect(pthread_join(thread, NULL) == 0, "it ends");
    bad += expect(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0) >= 0, "a UDP socket is made");
    bad += expect((memory = malloc(1 << 24)) != NULL, "memory is allocated");
    bad += expect(prctl(PR_GET_NAME, (char[16]){0}) == 0, "the thread has a name");
    free(memory);
    return bad;
}

static void test_allowed(void **state)
{
    (void)state;
    if (!offered())
        skip();
    child_expect_done(try_allowed_calls, NULL);
}

static int try_abort(void *context)
{
    (void)context;
    if (!enter(SANDBOX_PING))
        return 1;
    abort();
}

static void test_abort(void **state)
{
    (void)state;
    if (!offered())
        skip();
    struct child child = child_run(try_abort, NULL);
    assert_true(WIFSIGNALED(child.status));
    assert_int_equal(WTERMSIG(child.status), SIGABRT);
}

/* ---- files */

static int try_files(void *context)
{
    const char *directory = context;
    char log[PATH_SIZE], beside[PATH_SIZE], read_from[PATH_SIZE];
    struct sandbox_needs needs = {.command = SANDBOX_SERVE, .written = {log}, .read = {read_from}};
    int bad;

    snprintf(log, sizeof log, "%s/logs/log", directory);
    snprintf(beside, sizeof beside, "%s/logs/log.1", directory);
    snprintf(read_from, sizeof read_from, "%s/capture", directory);
    close(open(read_from, O_WRONLY | O_CREAT, 0600));
    bad = expect(sandbox_enter(SANDBOX_ON, &needs), "it enters");
    bad += expect(open(log, O_WRONLY | O_CREAT | O_TRUNC, 0600) >= 0, "the log is made");
    bad += expect(rename(log, beside) == 0, "and renamed");
    bad += expect(open(log, O_WRONLY | O_CREAT | O_APPEND, 0600) >= 0, "and made again");
    bad += expect(unlink(beside) == 0, "and removed");
    bad += expect(open(read_from, O_RDONLY) >= 0, "the capture is read");
    bad += expect(refused(open(read_from, O_WRONLY)), "but not written");
    bad += expect(refused(open("/etc/passwd", O_RDONLY)), "no other file is read");
    bad += expect(refused(rename(log, read_from)), "nor replaced");
    return bad;
}

static void test_files(void **state)
{
    char directory[] = "/tmp/udptui-test-XXXXXX", inner[PATH_SIZE];

    (void)state;
    if (!offered())
        skip();
    assert_non_null(mkdtemp(directory));
    snprintf(inner, sizeof inner, "%s/logs", directory);
    assert_int_equal(mkdir(inner, 0700), 0);
    child_expect_done(try_files, directory);
    snprintf(inner, sizeof inner, "rm -r %s", directory);
    assert_int_equal(system(inner), 0);
}

static int try_special_files(void *context)
{
    int ends[2], bad;
    char pipe_path[PATH_SIZE];
    struct sandbox_needs needs = {.command = SANDBOX_SERVE, .written = {"/dev/full", pipe_path}};

    (void)context;
    if (pipe(ends) != 0)
        return 1;
    snprintf(pipe_path, sizeof pipe_path, "/proc/self/fd/%d", ends[1]);
    bad = expect(sandbox_enter(SANDBOX_ON, &needs), "it enters");
    bad += expect(open("/dev/full", O_WRONLY) >= 0, "the device is opened");
    bad += expect(open(pipe_path, O_WRONLY) >= 0, "the pipe is opened");
    bad += expect(refused(open("/dev/zero", O_RDONLY)), "no other device");
    return bad;
}

static void test_special_files(void **state)
{
    (void)state;
    if (!offered())
        skip();
    child_expect_done(try_special_files, NULL);
}

/* ---- modes */

static int try_off(void *context)
{
    const struct sandbox_needs needs = {.command = SANDBOX_SERVE};

    (void)context;
    return expect(sandbox_enter(SANDBOX_OFF, &needs), "off is always there") +
           expect(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1, "no new privileges") +
           expect(open("/etc/passwd", O_RDONLY) >= 0, "files are opened");
}

static int try_auto(void *context)
{
    const struct sandbox_needs needs = {.command = SANDBOX_SERVE};

    (void)context;
    return expect(sandbox_enter(SANDBOX_AUTO, &needs), "auto is always there") +
           expect(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1, "no new privileges");
}

static void test_modes(void **state)
{
    (void)state;
    child_expect_done(try_off, NULL);
    child_expect_done(try_auto, NULL);
}

/* In a build or on a kernel without a part, "on" says what is missing. */
static int try_on(void *context)
{
    (void)context;
    return enter(SANDBOX_SERVE) ? 0 : 1;
}

static void test_on(void **state)
{
    (void)state;
    struct child child = child_run(try_on, NULL);
    if (offered())
        assert_string_equal(child.output, "");
    else
        assert_int_equal(strncmp(child.output, "udptui: --sandbox on: ", 22), 0);
    assert_int_equal(WEXITSTATUS(child.status), offered() ? 0 : 1);
}

static int try_capabilities(void *context)
{
    char line[LINE_SIZE], none[LINE_SIZE];
    FILE *file = fopen("/proc/self/status", "re");
    int found = 0;

    (void)context;
    if (file == NULL || !enter(SANDBOX_PING))
        return 1;
    while (fgets(line, sizeof line, file) != NULL)
        if (sscanf(line, "CapEff:%16[ \t0]\n", none) == 1 ||
            sscanf(line, "CapPrm:%16[ \t0]\n", none) == 1)
            found += strspn(line + 7, " \t0\n") == strlen(line + 7);
    return expect(found == 2, "no capability is left");
}

static void test_capabilities(void **state)
{
    (void)state;
    if (!offered())
        skip();
    child_expect_done(try_capabilities, NULL);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_forbidden),
    cmocka_unit_test(test_allowed),
    cmocka_unit_test(test_abort),
    cmocka_unit_test(test_files),
    cmocka_unit_test(test_special_files),
    cmocka_unit_test(test_modes),
    cmocka_unit_test(test_on),
    cmocka_unit_test(test_capabilities),
};

const struct suite suite_sandbox = {
    .name = "sandbox", .tests = tests, .count = sizeof tests / sizeof *tests};
