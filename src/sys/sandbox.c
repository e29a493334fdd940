/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sandbox: see the header. One table says what each command still does after it is set up. */
#include "udptui/sys/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <linux/prctl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>

#include "sandbox_internal.h"
#include "udptui/base/array.h"
#include "udptui/proto/reason.h"
#include "udptui/sys/landlock.h"
#include "udptui/sys/report.h"

/* gcc defines a macro, clang has a feature. */
#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
#define SANDBOX_SANITIZED 1
#elif defined __has_feature
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANDBOX_SANITIZED 1
#endif
#endif

const char *const sandbox_mode_words[] = {"auto", "off", "on", NULL};

/* ---- profiles */

/* What a command does later, besides sending, receiving and showing. */
static const struct {
    bool sockets; /* it opens more of them */
    bool saves;   /* a name may be typed on its screen: below the current directory */
    bool free;    /* at its prompt any file may be named, and any target and address */
} sandbox_profiles[SANDBOX_COMMANDS] = {
    [SANDBOX_SERVE] = {.sockets = true, .saves = true}, /* to ask for its addresses */
    [SANDBOX_RELAY] = {.sockets = true, .saves = true},
    [SANDBOX_LOAD] = {.sockets = true},
    [SANDBOX_PING] = {.sockets = true},
    [SANDBOX_REPLAY] = {.sockets = true, .saves = true},
    [SANDBOX_SEND] = {.sockets = true, .saves = true, .free = true},
    [SANDBOX_WATCH] = {.sockets = true},
    [SANDBOX_NAMES] = {.sockets = true},
};

/* Descriptions of terminals: term(5), "Fetching Compiled Descriptions". */
static const char *const terminal_files[] = {"/etc/terminfo", "/lib/terminfo",
                                             "/usr/share/terminfo", "/usr/lib/terminfo",
                                             "/usr/local/share/terminfo"};

/* resolv.conf(5), nsswitch.conf(5), gai.conf(5), hosts(5), and the libraries that they name. */
static const char *const name_files[] = {"/etc/hosts",
                                         "/etc/host.conf",
                                         "/etc/resolv.conf",
                                         "/etc/nsswitch.conf",
                                         "/etc/gai.conf",
                                         "/etc/services",
                                         "/etc/protocols",
                                         "/etc/ld.so.cache",
                                         "/lib",
                                         "/lib64",
                                         "/usr/lib",
                                         "/usr/lib64",
                                         "/run/systemd/resolve"};

enum { NAME_SERVER_PORT = 53 };

/* Certificates of authorities, and what the links among them lead to: Debian, Fedora, openSUSE. */
static const char *const authority_files[] = {"/etc/ssl",
                                              "/etc/pki",
                                              "/etc/ca-certificates",
                                              "/usr/lib/ssl",
                                              "/usr/share/ca-certificates",
                                              "/usr/local/share/ca-certificates",
                                              "/usr/share/pki",
                                              "/var/lib/ca-certificates"};

/* ---- files */

/* The directory in which the path's file is, links followed; false if there is none. */
static bool sandbox_find_directory(const char *path, char *out)
{
    char copy[PATH_MAX];
    char *slash;

    if (realpath(path, out) == NULL) { /* to be made */
        if ((size_t)snprintf(copy, sizeof copy, "%s", path) >= sizeof copy)
            return false;
        slash = strrchr(copy, '/');
        if (slash != NULL)
            slash[slash == copy ? 1 : 0] = '\0';
        return realpath(slash != NULL ? copy : ".", out) != NULL;
    }
    slash = strrchr(out, '/');
    if (slash != NULL)
        slash[slash == out ? 1 : 0] = '\0';
    return slash != NULL;
}

/* As all of these functions, it ends at the first failure: errno says why. */
static bool sandbox_allow_list(const struct landlock *landlock, const char *const *paths,
                               size_t count, unsigned access)
{
    bool done = true;

    for (size_t i = 0; done && i < count; i++)
        done = paths[i] == NULL || landlock_allow(landlock, paths[i], access);
    return done;
}

/* A pipe, a device. */
static bool sandbox_is_special(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode);
}

/* A file that is written: its directory, in which it is made, replaced and opened again; a pipe or
 * a device itself. */
static bool sandbox_allow_written(const struct landlock *landlock, const char *path)
{
    const unsigned access = LANDLOCK_READ | LANDLOCK_WRITE;
    char directory[PATH_MAX];

    if (!sandbox_is_special(path))
        return !sandbox_find_directory(path, directory) ||
               landlock_allow(landlock, directory, access | LANDLOCK_MAKE);
    return landlock_allow(landlock, path, access) || errno == EBADFD; /* a pipe is always allowed */
}

/* $TERMINFO, $TERMINFO_DIRS and ~/.terminfo. */
static bool sandbox_allow_terminal_variables(const struct landlock *landlock)
{
    const char *home = getenv("HOME"), *own = getenv("TERMINFO"), *list = getenv("TERMINFO_DIRS");
    char path[PATH_MAX];
    bool done = own == NULL || landlock_allow(landlock, own, LANDLOCK_READ);

    if (home != NULL && (size_t)snprintf(path, sizeof path, "%s/.terminfo", home) < sizeof path)
        done = done && landlock_allow(landlock, path, LANDLOCK_READ);
    while (done && list != NULL) {
        const char *end = strchrnul(list, ':');
        if (end > list && end - list < PATH_MAX) {
            snprintf(path, sizeof path, "%.*s", (int)(end - list), list);
            done = landlock_allow(landlock, path, LANDLOCK_READ);
        }
        list = *end == ':' ? end + 1 : NULL;
    }
    return done;
}

/* The terminal is opened again when it is blocked at the end. */
static bool sandbox_allow_terminal(const struct landlock *landlock)
{
    const unsigned access = LANDLOCK_READ | LANDLOCK_WRITE;
    char name[PATH_MAX];
    bool done = landlock_allow(landlock, "/dev/tty", access) &&
                landlock_allow(landlock, "/dev/null", access);

    for (int fd = STDIN_FILENO; done && fd <= STDERR_FILENO; fd++)
        if (ttyname_r(fd, name, sizeof name) == 0)
            done = landlock_allow(landlock, name, access);
    return done;
}

static bool sandbox_allow_current_directory(const struct landlock *landlock)
{
    char path[PATH_MAX];

    return getcwd(path, sizeof path) == NULL || strcmp(path, "/") == 0 ||
           landlock_allow(landlock, path, LANDLOCK_READ | LANDLOCK_WRITE | LANDLOCK_MAKE);
}

/* SSL_CTX_load_verify_locations(3): the variables choose others than the system's. */
static bool sandbox_allow_authorities(const struct landlock *landlock,
                                      const struct sandbox_needs *needs)
{
    const char *const chosen[] = {needs->authority, getenv("SSL_CERT_FILE"),
                                  getenv("SSL_CERT_DIR")};

    return sandbox_allow_list(landlock, chosen, COUNT_OF(chosen), LANDLOCK_READ) &&
           sandbox_allow_list(landlock, authority_files, COUNT_OF(authority_files), LANDLOCK_READ);
}

static bool sandbox_allow_files(const struct landlock *landlock, const struct sandbox_needs *needs)
{
    const unsigned all = LANDLOCK_READ | LANDLOCK_WRITE | LANDLOCK_MAKE;

    if (sandbox_profiles[needs->command].free)
        return landlock_allow(landlock, "/", all); /* but no program is started */
    bool done = sandbox_allow_terminal(landlock) &&
                sandbox_allow_list(landlock, needs->read, SANDBOX_FILES_MAX, LANDLOCK_READ);

    for (size_t i = 0; done && i < SANDBOX_FILES_MAX; i++)
        done = needs->written[i] == NULL || sandbox_allow_written(landlock, needs->written[i]);
    if (done && needs->screen)
        done =
            sandbox_allow_list(landlock, terminal_files, COUNT_OF(terminal_files), LANDLOCK_READ) &&
            sandbox_allow_terminal_variables(landlock);
    if (done && needs->screen && sandbox_profiles[needs->command].saves)
        done = sandbox_allow_current_directory(landlock);
    if (done && needs->authorities)
        done = sandbox_allow_authorities(landlock, needs);
    if (done && needs->names)
        done = sandbox_allow_list(landlock, name_files, COUNT_OF(name_files), LANDLOCK_READ);
    return done;
}

/* Name servers are asked by TCP if an answer is too long for a datagram (RFC 7766). */
static bool sandbox_leave_files(const struct sandbox_needs *needs)
{
    struct landlock landlock;
    bool done =
        landlock_open(&landlock, LANDLOCK_ALONE | LANDLOCK_NO_TCP) &&
        (needs->connects_to == 0 || landlock_allow_connect(&landlock, needs->connects_to)) &&
        (!needs->names || landlock_allow_connect(&landlock, NAME_SERVER_PORT)) &&
        sandbox_allow_files(&landlock, needs);

    return landlock_enforce(&landlock, done);
}

/* ---- capabilities */

static bool sandbox_set_capabilities(uint32_t permitted, uint32_t effective)
{
    struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
    const struct __user_cap_data_struct data[2] = {
        {.permitted = permitted, .effective = effective}};

    return syscall(SYS_capset, &head, data) == 0;
}

static bool sandbox_may_write(const char *path)
{
    char directory[PATH_MAX];

    return (faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) == 0 || errno == ENOENT) &&
           (!sandbox_find_directory(path, directory) ||
            faccessat(AT_FDCWD, directory, W_OK, AT_EACCESS) == 0);
}

/* Whether the files can only be written with a capability, as in another user's directory by
 * root. */
static bool sandbox_needs_override(const struct sandbox_needs *needs)
{
    bool enough = !needs->screen || !sandbox_profiles[needs->command].saves ||
                  faccessat(AT_FDCWD, ".", W_OK, AT_EACCESS) == 0;

    for (size_t i = 0; i < SANDBOX_FILES_MAX; i++)
        enough &= (needs->written[i] == NULL || sandbox_may_write(needs->written[i])) &&
                  (needs->read[i] == NULL ||
                   faccessat(AT_FDCWD, needs->read[i], R_OK, AT_EACCESS) == 0 || errno == ENOENT);
    return !enough;
}

/* Whether a file is put in the place of another user's: files_replace gives it to him. */
static bool sandbox_needs_ownership(const struct sandbox_needs *needs)
{
    struct stat status;

    return needs->replaced != NULL && stat(needs->replaced, &status) == 0 &&
           (status.st_uid != geteuid() || status.st_gid != getegid());
}

static uint32_t sandbox_right(unsigned capability)
{
    return UINT32_C(1) << capability;
}

/* For what may be named later: files of others, low ports, interfaces. */
static uint32_t sandbox_rights(const struct sandbox_needs *needs)
{
    uint32_t rights = needs->groups ? sandbox_right(CAP_NET_RAW) : 0;

    if (sandbox_needs_ownership(needs) || sandbox_profiles[needs->command].free)
        rights |= sandbox_right(CAP_CHOWN) | sandbox_right(CAP_FOWNER);
    if (sandbox_profiles[needs->command].free)
        rights |= sandbox_right(CAP_DAC_OVERRIDE) | sandbox_right(CAP_NET_BIND_SERVICE) |
                  sandbox_right(CAP_NET_RAW);
    return rights;
}

/* CAP_DAC_OVERRIDE stays if the user's files need it, CAP_NET_RAW for multicast groups. */
static bool sandbox_leave_capabilities(const struct sandbox_needs *needs)
{
    struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2] = {{0}};
    const uint32_t override = sandbox_right(CAP_DAC_OVERRIDE);
    uint32_t kept;

    if (syscall(SYS_capget, &head, data) != 0)
        return false;
    kept = data[0].permitted & sandbox_rights(needs);
    if ((data[0].effective & override) != 0 && sandbox_set_capabilities(data[0].permitted, 0)) {
        kept |= sandbox_needs_override(needs) ? override : 0;
        sandbox_set_capabilities(data[0].permitted, data[0].effective);
    }
    for (unsigned long i = 0; prctl(PR_CAPBSET_READ, i, 0, 0, 0) >= 0; i++)
        if (i >= 32 || (kept >> i & 1) == 0)
            prctl(PR_CAPBSET_DROP, i, 0, 0, 0); /* without CAP_SETPCAP it stays: exec gains none */
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    return sandbox_set_capabilities(kept, kept);
}

/* ---- system calls */

static unsigned sandbox_groups(const struct sandbox_needs *needs, bool landlocked)
{
    bool saves = sandbox_profiles[needs->command].free ||
                 (needs->screen && sandbox_profiles[needs->command].saves);
    unsigned groups = 0;

    for (size_t i = 0; i < SANDBOX_FILES_MAX; i++) {
        saves |= needs->written[i] != NULL;
        groups |= needs->read[i] != NULL ? CALLS_FILES : 0;
    }
    if (landlocked || needs->screen || needs->names || needs->authorities || saves)
        groups |= CALLS_FILES; /* Landlock chooses which */
    groups |= saves ? CALLS_CHANGES : 0;
    groups |= needs->accepts ? CALLS_ACCEPT : 0;
    groups |= sandbox_profiles[needs->command].sockets || needs->names ? CALLS_SOCKETS : 0;
    groups |= needs->connects_to != 0 ? CALLS_TCP : 0;
    return groups | (needs->names ? CALLS_NAMES : 0);
}

/* ---- all of it */

/* Sanitizers and the counting of lines use calls and files of their own at the end. */
static const char *sandbox_missing_build(void)
{
#ifdef SANDBOX_SANITIZED
    return "it is built with a sanitizer, which needs more calls";
#elif defined UDPTUI_COVERAGE
    return "it is built to count lines, which writes files at the end";
#else
    return NULL;
#endif
}

static const char *sandbox_missing_calls(void)
{
    const char *why = sandbox_missing_build();

    return why != NULL ? why : sandbox_calls_missing();
}

static const char *sandbox_missing_files(void)
{
    const char *why = sandbox_missing_build();

    return why == NULL && landlock_version() == 0
               ? "the kernel has no Landlock: it came with Linux 5.13, and may be switched off "
                 "(CONFIG_SECURITY_LANDLOCK, lsm=)"
               : why;
}

void sandbox_refuse_privileges(void)
{
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

/* What the C library reads at its first use: the time zone, and the locale's characters. */
static void sandbox_load_library(void)
{
    wchar_t wide;

    tzset();
    mbtowc(&wide, "a", 1);
}

/* Whether it is done, or need not be: otherwise the error is reported. */
static bool sandbox_check(bool done, bool needed, const char *part)
{
    if (!done && needed)
        report_error("--sandbox on: %s cannot be given up: %s", part, reason_text(errno));
    return done || !needed;
}

static bool sandbox_check_offer(void)
{
    const char *why = sandbox_missing_calls();

    if (why == NULL)
        why = sandbox_missing_files();
    if (why != NULL)
        report_error("--sandbox on: %s", why);
    return why == NULL;
}

/* In this order: each step still needs what a later one takes away. */
bool sandbox_enter(enum sandbox_mode mode, const struct sandbox_needs *needs)
{
    bool all = mode == SANDBOX_ON, files, calls;

    sandbox_refuse_privileges();
    if (mode == SANDBOX_OFF)
        return true;
    if (all && !sandbox_check_offer())
        return false;
    sandbox_load_library();
    files = sandbox_missing_files() == NULL && sandbox_leave_files(needs);
    if (!sandbox_check(files, all, "files") ||
        !sandbox_check(sandbox_leave_capabilities(needs), all, "capabilities"))
        return false;
    calls = sandbox_missing_calls() == NULL && sandbox_calls_restrict(sandbox_groups(needs, files));
    return sandbox_check(calls, all, "system calls");
}

const char *sandbox_describe(char *out, size_t size)
{
    bool calls = sandbox_missing_calls() == NULL, files = sandbox_missing_files() == NULL;
    char landlock[32] = "";

    if (files)
        snprintf(landlock, sizeof landlock, "files (Landlock %d)", landlock_version());
    snprintf(out, size, "%s%s%s%s", calls ? "system calls (seccomp), " : "", landlock,
             files ? ", " : "", "capabilities");
    return out;
}
