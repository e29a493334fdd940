/* SPDX-License-Identifier: GPL-3.0-or-later */
/* server_rules: each complaint says where: which rule or line, and the column. */
#include "udptui/server/rules.h"

#include <stdint.h>
#include <stdlib.h>

#include "udptui/sys/files.h"
#include "udptui/sys/report.h"

enum { FILE_SIZE_MAX = 1 << 20 };

static bool add_options(struct rules *rules, const struct opts_list *on)
{
    struct rules_problem problem;

    for (size_t i = 0; i < on->count; i++) {
        if (rules_add(rules, on->items[i], &problem))
            continue;
        report_error("--on '%s': at byte %zu: %s", on->items[i], problem.column, problem.why);
        return false;
    }
    return true;
}

static bool add_text(struct rules *rules, const char *path, const char *text, size_t size_bytes)
{
    struct rules_problem problem;

    if (rules_add_lines(rules, text, size_bytes, &problem))
        return true;
    report_error("--rules %s: line %zu, byte %zu: %s", path, problem.line, problem.column,
                 problem.why);
    return false;
}

static bool add_file(struct rules *rules, const char *path, int *status)
{
    char *text = malloc(FILE_SIZE_MAX + 1);
    const char *why = "not enough memory";
    size_t size_bytes = 0;
    bool added = false;

    if (text != NULL)
        why = files_read(path, (uint8_t *)text, FILE_SIZE_MAX + 1, &size_bytes);
    if (why == NULL && size_bytes > FILE_SIZE_MAX)
        why = "longer than 1 MiB";
    if (why == NULL)
        added = add_text(rules, path, text, size_bytes);
    else
        report_error("--rules %s: %s", path, why);
    *status = why == NULL ? EXIT_USAGE : EXIT_SETUP;
    free(text);
    return added;
}

bool server_rules_open(const struct opts_list *on, const char *file, struct rules **rules,
                       int *status)
{
    *rules = NULL;
    *status = EXIT_USAGE;
    if (on->count == 0 && file == NULL)
        return true;
    *rules = rules_open();
    if (*rules != NULL)
        return add_options(*rules, on) && (file == NULL || add_file(*rules, file, status));
    report_error("not enough memory");
    *status = EXIT_SETUP;
    return false;
}
