/* SPDX-License-Identifier: GPL-3.0-or-later */
/* send_targets: see the header. */
#include "udptui/client/targets.h"

#include <stdlib.h>
#include <string.h>

#include "udptui/proto/endpoint.h"
#include "udptui/sys/report.h"

size_t targets_count(const char *text)
{
    size_t count = 1;

    while ((text = strchr(text, ',')) != NULL) {
        count++;
        text++;
    }
    return count;
}

/* What goes with one target only. */
static bool check_several(const struct send_options *options, const char *text, size_t count)
{
    struct endpoint_spec spec;

    if (count > TARGETS_MAX) {
        report_error("%s: no more than %d targets are taken", text, TARGETS_MAX);
        return false;
    }
    if (count == 1 || options->bind == NULL ||
        endpoint_split(options->bind, &spec) != ENDPOINT_OK || !spec.has_port || spec.port == 0)
        return true;
    report_error("--bind %s: one port serves one target: name the address only", options->bind);
    return false;
}

/* Only the first one makes the capture file. */
static bool open_one(struct targets *targets, const struct send_options *options, const char *name,
                     int *status)
{
    struct session *session = &targets->sessions[targets->count];
    struct send_options own = *options;

    if (targets->count > 0)
        own.pcap = NULL;
    targets->count++;
    if (!session_open(session, &own, name, status))
        return false;
    session->recorder = targets->sessions[0].recorder;
    return true;
}

bool targets_open(struct targets *targets, const struct send_options *options, const char *text,
                  int *status)
{
    size_t count = targets_count(text);
    struct send_options own = *options;
    char *rest;

    *targets = (struct targets){.count = 0};
    *status = EXIT_USAGE;
    if (!check_several(options, text, count))
        return false;
    *status = EXIT_SETUP;
    own.targets = (int64_t)count;
    targets->names = rest = strdup(text);
    targets->sessions = calloc(count, sizeof *targets->sessions);
    if (targets->names == NULL || targets->sessions == NULL) {
        report_error("not enough memory");
        return false;
    }
    while (rest != NULL) {
        const char *name = strsep(&rest, ",");
        if (!open_one(targets, &own, name, status))
            return false;
        if (count > 1)
            targets->sessions[targets->count - 1].output.name = name;
    }
    return true;
}

void targets_close(struct targets *targets)
{
    for (size_t i = targets->count; i > 0; i--) {
        if (i > 1)
            targets->sessions[i - 1].recorder = NULL; /* the first one's */
        session_close(&targets->sessions[i - 1]);
    }
    free(targets->sessions);
    free(targets->names);
}
