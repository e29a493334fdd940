/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "udptui/server/policies.h"

#include <string.h>

#include "udptui/base/units.h"
#include "udptui/server/rules.h"
#include "udptui/sys/clock.h"

bool policies_set_ack(struct ack_policy *ack, const char *text, struct problem *problem)
{
    static const struct ack_reading reading = {.read_file = server_rules_read};
    struct ack_problem wrong;

    return ack_parse_answer(text, &reading, ack, &wrong) ||
           problem_set(problem, !wrong.no_memory, "--ack %s: at byte %zu: %s", text,
                       wrong.offset_bytes + 1, wrong.why);
}

static bool policies_parse_limit(const char *text, struct guard_config *guard)
{
    *guard = (struct guard_config){.scope = GUARD_LIMIT_PUBLIC, .rate_per_s = GUARD_DEFAULT_RATE};
    if (strcmp(text, "auto") == 0)
        return true;
    guard->scope = strcmp(text, "off") == 0 ? GUARD_LIMIT_NONE : GUARD_LIMIT_ALL;
    return guard->scope == GUARD_LIMIT_NONE || units_parse_rate(text, &guard->rate_per_s);
}

bool policies_set_guard(struct guard_config *guard, const struct server_options *options,
                        const char *option, struct problem *problem)
{
    const char *limit = options->ack_limit;

    if (!policies_parse_limit(limit, guard))
        return problem_set(problem, true, "--%s %s: %s, auto or off", option, limit,
                           units_rate_problem(limit));
    guard->ack_acks = options->ack_acks;
    guard->answer_all = options->answer_all;
    return true;
}

/* Without --seed each run has different losses and delays. */
bool policies_set_impair(struct impair_config *impair, const struct server_options *options,
                         struct problem *problem)
{
    const char *error = NULL;

    impair->seed =
        options->seed >= 0 ? (uint64_t)options->seed : (uint64_t)clock_wall_ns() / UNITS_NS_PER_MS;
    if (options->impair != NULL)
        error = impair_parse(options->impair, impair);
    return error == NULL || problem_set(problem, true, "--impair %s: %s", options->impair, error);
}

bool policies_open(struct policies *policies, const struct server_options *options,
                   struct problem *problem)
{
    *policies = (struct policies){.rules = NULL};
    return policies_set_ack(&policies->ack, options->ack, problem) &&
           policies_set_guard(&policies->guard, options, "ack-limit", problem) &&
           policies_set_impair(&policies->impair, options, problem) &&
           server_rules_open(&options->on, options->rules, &policies->rules, problem);
}

void policies_close(struct policies *policies)
{
    ack_close(&policies->ack);
    rules_close(policies->rules);
    policies->rules = NULL;
}
