/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* call_names: the names of the numbers in a call, and what each is for. */
#ifndef UDPTUI_PROTO_CALL_NAMES_INTERNAL_H
#define UDPTUI_PROTO_CALL_NAMES_INTERNAL_H

#include <stddef.h>

struct call_option {
    int level, name;
    const char *text;
    const char *purpose; /* what setting or reading it does */
    /* The option that textbooks use for it (Stevens, UNIX Network Programming, chapters 7 and 21);
     * NULL: their programs do without. */
    const char *textbook;
};

/* NULL if the program has no such option. */
const struct call_option *call_option_of(int level, int name);

/* "SOL_IP", "AF_INET6"; NULL if unknown. */
const char *call_level_name(int level);
const char *call_family_name(int family);

/* "SOCK_DGRAM|SOCK_CLOEXEC", "MSG_DONTWAIT"; "0" if nothing is set. Returns out. */
const char *call_type_names(int type, char *out, size_t size_bytes);
const char *call_flag_names(int flags, char *out, size_t size_bytes);

/* Whether the flags of a receive look at the error queue. */
int call_is_error_queue(int flags);

#endif
