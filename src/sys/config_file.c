/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "udptui/sys/config_file.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "udptui/proto/reason.h"
#include "udptui/sys/files.h"

/* Takes the path that the user has named. */
static const char *config_file_take_named(struct config_file *file, const char *named)
{
    if (strlen(named) >= sizeof file->path) {
        snprintf(file->path, sizeof file->path, "...");
        return "the path is too long";
    }
    if (strcmp(named, "/dev/null") != 0)
        memcpy(file->path, named, strlen(named) + 1);
    return NULL;
}

const char *config_file_find(struct config_file *file, const char *option)
{
    const char *named = option != NULL ? option : getenv(CONFIG_FILE_VARIABLE);

    *file = (struct config_file){.named_by = ""};
    if (named != NULL) {
        file->named_by = option != NULL ? "--config " : CONFIG_FILE_VARIABLE "=";
        return config_file_take_named(file, named);
    }
    if (files_own_path(FILES_CONFIG, "config", file->path, sizeof file->path) != NULL)
        file->path[0] = '\0';
    return NULL;
}

const char *config_file_read(struct config_file *file, const char *option)
{
    const char *why = config_file_find(file, option);
    bool exists;

    if (why != NULL || file->path[0] == '\0')
        return why;
    file->text = malloc(CONFIG_FILE_SIZE_MAX + 1);
    if (file->text == NULL)
        return reason_text(ENOMEM);
    why = files_read_config(file->path, file->named_by[0] == '\0', (uint8_t *)file->text,
                            CONFIG_FILE_SIZE_MAX + 1, &file->size_bytes, &exists);
    if (!exists)
        file->path[0] = '\0';
    return why == NULL && file->size_bytes > CONFIG_FILE_SIZE_MAX ? "longer than 64 KiB" : why;
}

void config_file_close(struct config_file *file)
{
    free(file->text);
}
