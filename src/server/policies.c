/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "udptui/server/policies.h"

#include <string.h>

#include "udptui/base/units.h"
#include "udptui/server/rules.h"
#include "udptui/sys/clock.h"

static bool policies_set_ack(struct policies *policies, const char *text, struct problem *problem)
{
    const char *error = ack_parse(text, &policies->ack);

    return error == NULL || problem_set(problem, true, "--ack %s: %s", text, error);
}

static bool policies_parse_limit(const char *text, struct guard_config *guard)
{
    *guard = (struct guard_config){.scope = GUARD_LIMIT_PUBLIC, .rate_per_s = GUARD_DEFAULT_RATE};
    if (strcmp(text, "auto") == 0)
        return true;
    guard->scope = strcmp(text, "off") == 0 ? GUARD_LIMIT_NONE : GUARD_LIMIT_ALL;
    return guard->scope == GUARD_LIMIT_NONE || units_parse_rate(text, &guard->rate_per_s);
}

static bool policies_set_guard(struct policies *policies, const struct server_options *options,
                               struct problem *problem)
{
    const char *limit = options->ack_limit;

    if (!policies_parse_limit(limit, &policies->guard))
        return problem_set(problem, true, "--ack-limit %s: %s, auto or off", limit,
                           units_rate_problem(limit));
    policies->guard.ack_acks = options->ack_acks;
    policies->guard.answer_all = options->answer_all;
    return true;
}

/* Without --seed each run has different losses and delays. */
static bool policies_set_impair(struct policies *policies, const struct server_options *options,
                                struct problem *problem)
{
    const char *error = NULL;

    policies->impair.seed =
        options->seed >= 0 ? (uint64_t)options->seed : (uint64_t)clock_wall_ns() / UNITS_NS_PER_MS;
    if (options->impair != NULL)
        error = impair_parse(options->impair, &policies->impair);
    return error == NULL || problem_set(problem, true, "--impair %s: %s", options->impair, error);
}

bool policies_open(struct policies *policies, const struct server_options *options,
                   struct problem *problem)
{
    *policies = (struct policies){.rules = NULL};
    return policies_set_ack(policies, options->ack, problem) &&
           policies_set_guard(policies, options, problem) &&
           policies_set_impair(policies, options, problem) &&
           server_rules_open(&options->on, options->rules, &policies->rules, problem);
}

void policies_close(struct policies *policies)
{
    rules_close(policies->rules);
    policies->rules = NULL;
}
