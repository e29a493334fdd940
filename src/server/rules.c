/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "udptui/server/rules.h"

#include <stdint.h>
#include <stdlib.h>

#include "udptui/sys/files.h"

enum { RULES_FILE_SIZE_MAX = 1 << 20 };

static bool rules_add_options(struct rules *rules, const struct opts_list *on,
                              struct problem *problem)
{
    struct rules_problem found;

    for (size_t i = 0; i < on->count; i++)
        if (!rules_add(rules, on->items[i], &found))
            return problem_set(problem, !found.no_memory, "--on '%s': at byte %zu: %s",
                               on->items[i], found.column, found.why);
    return true;
}

static bool rules_add_text(struct rules *rules, const char *path, const char *text,
                           size_t size_bytes, struct problem *problem)
{
    struct rules_problem found;

    return rules_add_lines(rules, text, size_bytes, &found) ||
           problem_set(problem, !found.no_memory, "--rules %s: line %zu, byte %zu: %s", path,
                       found.line, found.column, found.why);
}

static bool rules_add_file(struct rules *rules, const char *path, struct problem *problem)
{
    char *text = malloc(RULES_FILE_SIZE_MAX + 1);
    const char *why = "not enough memory";
    size_t size_bytes = 0;

    if (text != NULL)
        why = files_read(path, (uint8_t *)text, RULES_FILE_SIZE_MAX + 1, &size_bytes);
    if (why == NULL && size_bytes > RULES_FILE_SIZE_MAX)
        why = "longer than 1 MiB";
    bool added = why == NULL ? rules_add_text(rules, path, text, size_bytes, problem)
                             : problem_set(problem, false, "--rules %s: %s", path, why);
    free(text);
    return added;
}

const char *server_rules_read(const char *path, size_t room_bytes, uint8_t **bytes,
                              size_t *size_bytes)
{
    uint8_t *room = malloc(room_bytes + 1);
    const char *why = "not enough memory";

    if (room != NULL)
        why = files_read_regular(path, room, room_bytes + 1, size_bytes);
    if (why == NULL && *size_bytes > room_bytes)
        why = "longer than a datagram can be";
    if (why != NULL) {
        free(room);
        return why;
    }
    *bytes = realloc(room, *size_bytes + 1);
    if (*bytes == NULL)
        *bytes = room;
    return NULL;
}

bool server_rules_open(const struct opts_list *on, const char *file, struct rules **rules,
                       struct problem *problem)
{
    *rules = NULL;
    if (on->count == 0 && file == NULL)
        return true;
    *rules = rules_open(server_rules_read);
    if (*rules == NULL)
        return problem_set(problem, false, "not enough memory");
    return rules_add_options(*rules, on, problem) &&
           (file == NULL || rules_add_file(*rules, file, problem));
}
