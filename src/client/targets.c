/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* targets: the operand, cut at its commas. */
#include "udptui/client/targets.h"

#include <stdlib.h>
#include <string.h>

#include "udptui/proto/endpoint.h"

size_t targets_count(const char *text)
{
    size_t count = 1;

    while ((text = strchr(text, ',')) != NULL) {
        count++;
        text++;
    }
    return count;
}

/* Checks options that require a single target. */
static bool targets_check(const struct session_options *options, const char *text, size_t count,
                          struct problem *problem)
{
    struct endpoint_spec spec;

    if (count > TARGETS_MAX)
        return problem_set(problem, true, "%s: too many targets: at most %d", text, TARGETS_MAX);
    if (count == 1 || options->bind == NULL ||
        endpoint_split(options->bind, &spec) != ENDPOINT_OK || !spec.has_port || spec.port == 0)
        return true;
    return problem_set(
        problem, true,
        "--bind %s: with several targets each needs its own port: give the address only",
        options->bind);
}

bool targets_open(struct targets *targets, const struct session_options *options, const char *text,
                  const struct session_listener *listeners, struct problem *problem)
{
    struct session_options own = *options;
    size_t count = targets_count(text);
    char *rest;

    *targets = (struct targets){.count = 0};
    if (!targets_check(options, text, count, problem))
        return false;
    own.sessions = (int64_t)count;
    targets->text = rest = strdup(text);
    if (rest == NULL)
        return problem_set(problem, false, "not enough memory");
    while (rest != NULL) {
        const char *name = strsep(&rest, ",");
        struct session *session = session_open(&own, name, &listeners[targets->count], problem);
        if (session == NULL)
            return false;
        targets->names[targets->count] = name;
        targets->sessions[targets->count++] = session;
    }
    return true;
}

void targets_close(struct targets *targets)
{
    for (size_t i = targets->count; i > 0; i--)
        session_close(targets->sessions[i - 1]);
    free(targets->text);
}
