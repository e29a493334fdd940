/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * elsewhere: what Windows and macOS report if Linux reports a certain errno.
 *
 * Every word is from the source that its row names: pages of Microsoft Learn (win32, Winsock
 * reference), manual pages of macOS, or the source of its kernel (xnu). What they do not say is "not
 * documented".
 */
#ifndef UDPTUI_PROTO_ELSEWHERE_H
#define UDPTUI_PROTO_ELSEWHERE_H

#include <stddef.h>

#include "udptui/proto/reason.h"

struct elsewhere_system {
    const char *report; /* "WSAEMSGSIZE (10040)", "not documented" */
    const char *source; /* "Microsoft Learn: sendto", "macOS send(2)" */
};

struct elsewhere {
    int error;         /* of Linux; 0: it reports nothing */
    const char *cause; /* "nothing listens at the peer's port" */
    struct elsewhere_system windows, macos;
};

/* NULL: the table has no row for it. */
const struct elsewhere *elsewhere_find(enum reason_call call, int error);

/* All of them, in the order of a list; NULL past the last. */
const struct elsewhere *elsewhere_at(size_t index);

enum { ELSEWHERE_SIZE = 160 };

/* "Windows: WSAEMSGSIZE (10040) [Microsoft Learn: sendto]", to out (ELSEWHERE_SIZE). Returns out. */
const char *elsewhere_windows(const struct elsewhere *elsewhere, char *out, size_t size_bytes);
const char *elsewhere_macos(const struct elsewhere *elsewhere, char *out, size_t size_bytes);

#endif
