/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* store: history and saved messages, each in its XDG directory, for their owner only. */
#include "store_internal.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "udptui/proto/reason.h"
#include "udptui/sys/files.h"

const char *store_history_path(char *out)
{
    const char *why = files_own_path(FILES_STATE, "history", out, STORE_PATH_SIZE);

    return why != NULL ? why : files_make_parents(FILES_STATE, out);
}

static bool store_is_name(const char *name)
{
    if (*name == '\0' || *name == '.' || strlen(name) > STORE_NAME_MAX)
        return false;
    for (; *name != '\0'; name++)
        if (!isalnum((unsigned char)*name) && strchr("._-", *name) == NULL)
            return false;
    return true;
}

static const char *store_message_path(const char *name, char *out)
{
    char below[STORE_NAME_MAX + sizeof "messages/"];

    if (!store_is_name(name))
        return "a name is letters, digits, '.', '_' and '-', and does not begin with a dot";
    snprintf(below, sizeof below, "messages/%s", name);
    return files_own_path(FILES_DATA, below, out, STORE_PATH_SIZE);
}

const char *store_save(const char *name, const uint8_t *bytes, size_t size_bytes)
{
    char path[STORE_PATH_SIZE];
    const char *why = store_message_path(name, path);
    int fd;

    if (why == NULL)
        why = files_make_parents(FILES_DATA, path);
    if (why == NULL)
        why = files_open_own(path, O_WRONLY | O_CREAT, &fd);
    if (why != NULL)
        return why;
    if (ftruncate(fd, 0) != 0)
        return files_close(fd, reason_text(errno));
    return files_close(fd, files_write(fd, bytes, size_bytes));
}

const char *store_load(const char *name, uint8_t *out, size_t *size_bytes)
{
    char path[STORE_PATH_SIZE];
    const char *why = store_message_path(name, path);

    return why != NULL ? why : files_read_own(path, out, *size_bytes, size_bytes);
}

void store_each(void (*show)(void *context, const char *name), void *context)
{
    char directory[STORE_PATH_SIZE];
    const char *why = files_own_path(FILES_DATA, "messages", directory, sizeof directory);
    DIR *open_directory = why == NULL ? opendir(directory) : NULL;

    for (struct dirent *i; open_directory != NULL && (i = readdir(open_directory)) != NULL;)
        if (store_is_name(i->d_name))
            show(context, i->d_name);
    if (open_directory != NULL)
        closedir(open_directory);
}
