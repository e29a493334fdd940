/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* same_files: device and inode say whether two names mean one file; what does not exist yet has a
 * name alone. */
#include "same_files_internal.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "udptui/base/array.h"
#include "udptui/sys/report.h"

enum { NAME_SIZE = 32, FILES_MAX = 4 * OPTS_LIST_MAX };

struct named_file {
    char name[NAME_SIZE]; /* "--log" */
    const char *path;     /* NULL: standard output */
    bool written, exists;
    struct stat status;
};

struct named_files {
    struct named_file files[FILES_MAX];
    size_t count;
};

static bool same_files_is_written(const char *option)
{
    static const char *const written[] = {"log", "pcap", "save", "export", "metrics"};

    for (size_t i = 0; i < COUNT_OF(written); i++)
        if (strcmp(option, written[i]) == 0)
            return true;
    return false;
}

/* path: "-" of a file that is read is standard input. */
static struct named_file *same_files_add(struct named_files *all, const char *path, bool written)
{
    struct named_file *file = &all->files[all->count];

    if (all->count == FILES_MAX)
        return NULL;
    *file = (struct named_file){.path = path, .written = written};
    if (path == NULL)
        file->exists = fstat(STDOUT_FILENO, &file->status) == 0;
    else if (!written && strcmp(path, "-") == 0)
        file->exists = fstat(STDIN_FILENO, &file->status) == 0;
    else
        file->exists = stat(path, &file->status) == 0;
    all->count++;
    return file;
}

static void same_files_add_option(struct named_files *all, const struct opt *option,
                                  const void *values)
{
    const char *value = (const char *)values + option->offset;
    const struct opts_list *list = (const void *)value;
    bool is_list = option->type == OPT_LIST;
    size_t count = is_list ? list->count : 1;

    if ((option->type != OPT_TEXT && !is_list) || option->argument == NULL ||
        strncmp(option->argument, "FILE", strlen("FILE")) != 0)
        return;
    for (size_t i = 0; i < count; i++) {
        const char *path = is_list ? list->items[i] : *(const char *const *)(const void *)value;
        struct named_file *file =
            path != NULL ? same_files_add(all, path, same_files_is_written(option->name)) : NULL;
        if (file != NULL)
            snprintf(file->name, sizeof file->name, "--%s", option->name);
    }
}

static void same_files_list(struct named_files *all, const struct opts_command *spec,
                            const void *values, const struct opts_operands *operands)
{
    struct named_file *file = same_files_add(all, NULL, true);

    snprintf(file->name, sizeof file->name, "standard output");
    for (size_t i = 0; i < spec->option_count; i++)
        same_files_add_option(all, &spec->options[i], values);
    for (size_t i = 0; strstr(spec->operands, "FILE") != NULL && i < operands->count; i++) {
        file = same_files_add(all, operands->items[i], false);
        if (file != NULL)
            snprintf(file->name, sizeof file->name, "FILE");
    }
}

static bool same_files_match(const struct named_file *a, const struct named_file *b)
{
    if (!a->written && !b->written)
        return false;
    if (a->exists && b->exists)
        return S_ISREG(a->status.st_mode) && a->status.st_dev == b->status.st_dev &&
               a->status.st_ino == b->status.st_ino;
    return !a->exists && !b->exists && a->path != NULL && b->path != NULL &&
           strcmp(a->path, b->path) == 0;
}

bool same_files_are_named(const struct opts_command *spec, const void *values,
                          const struct opts_operands *operands)
{
    struct named_files all = {.count = 0};

    same_files_list(&all, spec, values, operands);
    for (size_t i = 0; i < all.count; i++) {
        for (size_t other = i + 1; other < all.count; other++) {
            if (!same_files_match(&all.files[i], &all.files[other]))
                continue;
            report_error("%s and %s are the same file: %s", all.files[other].name,
                         all.files[i].name, all.files[other].path);
            return true;
        }
    }
    return false;
}
