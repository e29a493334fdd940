/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sandbox: a command gives up what it does not need once it is set up, so that whoever takes it
 * over by a datagram or a file gets little: no program can be started, no other process signalled
 * or traced, and only the named files can be opened. What is open stays open.
 *
 * Its parts: PR_SET_NO_NEW_PRIVS; no capabilities (capabilities(7)); Landlock for files
 * (landlock(7)); a list of allowed system calls (seccomp(2)), others fail with EPERM.
 *
 * Names are looked up in a process of their own (sys/lookup), in which the resolver's files and
 * libraries can be read and its services asked, but for two: the name of a broker, which its library
 * looks up, and what is typed at the prompt of send.
 */
#ifndef UDPTUI_SYS_SANDBOX_H
#define UDPTUI_SYS_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum sandbox_mode {
    SANDBOX_AUTO, /* what the build and the kernel offer */
    SANDBOX_OFF,  /* PR_SET_NO_NEW_PRIVS alone */
    SANDBOX_ON,   /* all parts, or an error */
};

/* In the order of enum sandbox_mode; NULL at the end. */
extern const char *const sandbox_mode_words[];

enum sandbox_command {
    SANDBOX_SERVE,
    SANDBOX_RELAY,
    SANDBOX_LOAD,
    SANDBOX_PING,
    SANDBOX_REPLAY,
    SANDBOX_SEND,
    SANDBOX_WATCH,
    SANDBOX_NAMES, /* the process of sys/lookup */
    SANDBOX_COMMANDS
};

enum { SANDBOX_FILES_MAX = 4, SANDBOX_TEXT_SIZE = 120 };

/* What a command needs after sandbox_enter, besides what its profile says. */
struct sandbox_needs {
    enum sandbox_command command;
    bool screen;                            /* it opens a screen or a prompt on the terminal */
    bool names;                             /* it looks names up itself */
    uint16_t connects_to;                   /* TCP port of the broker, 0: none */
    bool authorities;                       /* it checks certificates (TLS), by the system's
                                             * authorities or by those of the file below */
    const char *authority;                  /* a file of certificates; NULL: none */
    bool groups;                            /* it follows multicast groups to interfaces that come
                                             * back (SO_BINDTODEVICE of socket(7)) */
    bool accepts;                           /* it accepts connections of a socket that listens */
    const char *written[SANDBOX_FILES_MAX]; /* files that it makes, replaces or opens again: their
                                             * directories stay open to it; NULL: none */
    const char *replaced;                   /* of those written, one for files_replace, whose owner
                                             * it keeps; NULL: none */
    const char *read[SANDBOX_FILES_MAX];    /* files that it opens to read */
};

/* PR_SET_NO_NEW_PRIVS, which every command begins with: programs that it starts gain no rights. */
void sandbox_refuse_privileges(void);

/* Called once a command is set up, before it starts threads. False: SANDBOX_ON, and a part is
 * missing, which is reported with what to install. */
bool sandbox_enter(enum sandbox_mode mode, const struct sandbox_needs *needs);

/* What SANDBOX_AUTO is here: "system calls (seccomp), files (Landlock 7)". Returns out. */
const char *sandbox_describe(char *out, size_t size);

#endif
