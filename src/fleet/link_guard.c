/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * link_guard: libmosquitto 2.0 asserts that it has a client when it logs a property that it does not
 * know (lib/property_mosq.c, property__read; lib/logging_mosq.c), and there it has none: a broker could
 * end the program with one byte. The C library's handler of failed assertions is replaced for that: the
 * linker exports it, as libmosquitto.so refers to it. No lock of the library is held while it parses.
 */
#include <assert.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include "link_internal.h"

/* Where this thread goes on if an assertion fails, NULL: nowhere. A handler has no context. */
static jmp_buf **link_guard_place(void)
{
    static _Thread_local jmp_buf *place;

    return &place;
}

int link_guard_read(int (*read)(struct mosquitto *mosquitto, int packets),
                    struct mosquitto *mosquitto, int failed)
{
    jmp_buf guard;
    int code;

    if (setjmp(guard) != 0) {
        *link_guard_place() = NULL;
        return failed;
    }
    *link_guard_place() = &guard;
    code = read(mosquitto, 1);
    *link_guard_place() = NULL;
    return code;
}

/* The others fail as they would without us. */
_Noreturn void __assert_fail(const char *assertion, const char *file, unsigned line,
                             const char *function)
{
    if (*link_guard_place() != NULL)
        longjmp(**link_guard_place(), 1);
    fprintf(stderr, "udptui: %s:%u: %s: Assertion `%s' failed.\n", file, line,
            function != NULL ? function : "?", assertion);
    abort();
}
