/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common_options_internal.h"

#include <string.h>

#include "udptui/base/array.h"
#include "udptui/net/resolve.h"
#include "udptui/sys/report.h"

bool common_open_filter(common_filter_opener *open, const char *text, struct filter **filter,
                        int *status)
{
    struct filter_problem problem;
    struct problem explained;

    *filter = NULL;
    if (text == NULL)
        return true;
    *filter = open(text, strlen(text), &problem);
    *status = problem.no_memory ? EXIT_SETUP : EXIT_USAGE;
    if (*filter == NULL) {
        checks_explain_filter("filter", text, &problem, &explained);
        report_error("%s", explained.text);
    } else if (filter_doubt(*filter) != NULL) {
        report_error("--filter '%s': note: at byte %zu: %s", text,
                     filter_doubt(*filter)->offset_bytes + 1, filter_doubt(*filter)->why);
    }
    return *filter != NULL;
}

bool common_resolve_target(const char *option, const char *text, int family,
                           struct endpoint *target, int *status)
{
    struct resolve_result result;

    if (!resolve_target(text, (enum endpoint_family)family, &result)) {
        report_error("%s%s", option, result.error);
        *status = result.usage ? EXIT_USAGE : EXIT_SETUP;
        return false;
    }
    *target = result.endpoints[0];
    return true;
}

bool common_check_publish(const struct announcer_options *publish)
{
    if (publish->url != NULL || (publish->as == NULL && publish->messages == 0))
        return true;
    report_error("%s is for what is published: add --publish",
                 publish->as != NULL ? "--publish-as" : "--publish-messages");
    return false;
}

bool common_check_session(const struct serve_session_options *session)
{
    const struct report_conflict rows[] = {
        {session->display.privacy && session->pcap != NULL, "--privacy and --pcap",
         "a capture contains every address"},
        COMMON_NAMES_CONFLICT(&session->display),
        COMMON_DISSECT_CONFLICT(&session->display),
    };

    return report_check_conflicts(rows, COUNT_OF(rows)) && common_check_publish(&session->publish);
}
