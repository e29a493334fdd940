/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "checks_internal.h"

#include <string.h>

#include "udptui/fleet/broker.h"
#include "udptui/output/classroom.h"
#include "udptui/output/exporter.h"
#include "udptui/proto/endpoint.h"
#include "udptui/server/listen.h"
#include "udptui/server/policies.h"
#include "udptui/server/rules.h"
#include "udptui/sys/files.h"
#include "udptui/ui/watch/choosing.h"

void checks_explain_filter(const char *option, const char *text, const struct filter_problem *found,
                           struct problem *problem)
{
    if (found->no_memory)
        problem_set(problem, false, "--%s '%s': %s", option, text, found->why);
    else
        problem_set(problem, true, "--%s '%s': at byte %zu: %s", option, text,
                    found->offset_bytes + 1, found->why);
}

/* filter: NULL if it could not be opened. */
static bool checks_opened(const struct opt *opt, const char *text, struct filter *filter,
                          const struct filter_problem *found, struct problem *problem)
{
    if (filter == NULL)
        checks_explain_filter(opt->name, text, found, problem);
    filter_close(filter);
    return filter != NULL;
}

bool checks_filter(const struct opt *opt, const char *text, struct problem *problem)
{
    struct filter_problem found;
    struct filter *filter = filter_open(text, strlen(text), &found);

    return checks_opened(opt, text, filter, &found, problem);
}

bool checks_servers(const struct opt *opt, const char *text, struct problem *problem)
{
    struct filter_problem found;
    struct filter *filter = choosing_open(text, strlen(text), &found);

    return checks_opened(opt, text, filter, &found, problem);
}

/* ---- answers */

/* An answer that names a file may be right where the file is. */
static bool checks_names_file(const char *text)
{
    return strstr(text, "file:") != NULL;
}

bool checks_ack(const struct opt *opt, const char *text, struct problem *problem)
{
    struct ack_policy ack;

    (void)opt;
    if (checks_names_file(text))
        return true;
    if (!policies_set_ack(&ack, text, problem))
        return false;
    ack_close(&ack);
    return true;
}

bool checks_rule(const struct opt *opt, const char *text, struct problem *problem)
{
    const struct opts_list on = {.items = {text}, .count = 1};
    struct rules *rules;

    (void)opt;
    if (checks_names_file(text))
        return true;
    bool good = server_rules_open(&on, NULL, &rules, problem);
    rules_close(rules);
    return good;
}

bool checks_limit(const struct opt *opt, const char *text, struct problem *problem)
{
    const struct server_options options = {.ack_limit = text};
    struct guard_config guard;

    return policies_set_guard(&guard, &options, opt->name, problem);
}

bool checks_impair(const struct opt *opt, const char *text, struct problem *problem)
{
    const struct server_options options = {.impair = text};
    struct impair_config impair = {.seed = 0};

    (void)opt;
    return policies_set_impair(&impair, &options, problem);
}

/* ---- places */

bool checks_group(const struct opt *opt, const char *text, struct problem *problem)
{
    struct endpoint group;
    bool good = listen_find_group(text, &group, problem);

    (void)opt;
    if (!good && strchr(text, '%') != NULL) /* the interface may be another machine's */
        problem->usage = false;
    return good;
}

bool checks_endpoint(const struct opt *opt, const char *text, struct problem *problem)
{
    struct endpoint_spec spec;
    enum endpoint_error error = endpoint_split(text, &spec);

    return error == ENDPOINT_OK ||
           problem_set(problem, true, "--%s %s: %s", opt->name, text, endpoint_error_text(error));
}

bool checks_broker(const struct opt *opt, const char *text, struct problem *problem)
{
    struct broker broker;

    (void)opt;
    return broker_parse("--publish", text, &broker, problem);
}

bool checks_read(const struct opt *opt, const char *text, struct problem *problem)
{
    const char *why = files_check_read(text);

    return why == NULL || problem_set(problem, false, "--%s %s: %s", opt->name, text, why);
}

bool checks_written(const struct opt *opt, const char *text, struct problem *problem)
{
    const char *why;

    if (strcmp(text, "-") == 0)
        return problem_set(problem, true, "--%s -: standard output is in use: name a file, or %s",
                           opt->name,
                           strcmp(opt->name, "log") == 0 ? "use --json" : "a pipe made by mkfifo");
    why = files_check_written(text);
    return why == NULL || problem_set(problem, false, "--%s %s: %s", opt->name, text, why);
}

static bool checks_replaced(const struct opt *opt, const char *text, struct problem *problem)
{
    const char *why = files_check_replaced(text);

    return why == NULL || problem_set(problem, false, "--%s %s: %s", opt->name, text, why);
}

bool checks_export(const struct opt *opt, const char *text, struct problem *problem)
{
    if (classroom_format_of(text) == CLASSROOM_UNKNOWN)
        return problem_set(problem, true, "--%s %s: " CLASSROOM_NAMES, opt->name, text);
    return checks_replaced(opt, text, problem);
}

bool checks_metrics(const struct opt *opt, const char *text, struct problem *problem)
{
    struct problem found;

    if (!exporter_check(text, &found))
        return problem_set(problem, found.usage, "--%s %s", opt->name, found.text);
    return exporter_is_address(text) || checks_replaced(opt, text, problem);
}
