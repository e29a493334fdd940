/* SPDX-License-Identifier: GPL-3.0-or-later */
/* send_store: history and saved messages, each in its XDG directory, for their owner only. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "prompt_internal.h"
#include "udptui/sys/files.h"

/* mkdir -p with mode 0700; what exists already is left as it is. */
static bool make_directories(const char *path)
{
    char part[PROMPT_PATH_SIZE];
    size_t length = strlen(path);

    memcpy(part, path, length + 1);
    for (size_t i = 1; i <= length; i++) {
        if (path[i] != '/' && path[i] != '\0')
            continue;
        part[i] = '\0';
        if (mkdir(part, 0700) != 0 && errno != EEXIST)
            return false;
        part[i] = path[i];
    }
    return true;
}

/* "$VARIABLE/udptui" or "~/FALLBACK/udptui". A relative path in the variable does not count. */
static bool base_directory(const char *variable, const char *fallback, char *out, size_t size)
{
    const char *base = getenv(variable);
    const char *home = getenv("HOME");
    int length;

    if (base != NULL && base[0] == '/')
        length = snprintf(out, size, "%s/udptui", base);
    else if (home != NULL && home[0] == '/')
        length = snprintf(out, size, "%s/%s/udptui", home, fallback);
    else
        return false;
    return length > 0 && (size_t)length < size;
}

const char *store_history_path(char *out, size_t size_bytes)
{
    char directory[PROMPT_PATH_SIZE];
    int length;

    if (!base_directory("XDG_STATE_HOME", ".local/state", directory, sizeof directory))
        return "there is no home directory: set HOME or XDG_STATE_HOME";
    if (!make_directories(directory))
        return strerror(errno);
    length = snprintf(out, size_bytes, "%s/history", directory);
    return length > 0 && (size_t)length < size_bytes ? NULL : "the path is too long";
}

static bool is_name(const char *name)
{
    if (*name == '\0' || *name == '.' || strlen(name) > 100)
        return false;
    for (; *name != '\0'; name++)
        if (!isalnum((unsigned char)*name) && strchr("._-", *name) == NULL)
            return false;
    return true;
}

static bool messages_directory(char *out)
{
    char directory[PROMPT_PATH_SIZE - 16];

    if (!base_directory("XDG_DATA_HOME", ".local/share", directory, sizeof directory))
        return false;
    snprintf(out, PROMPT_PATH_SIZE, "%s/messages", directory);
    return true;
}

static const char *message_path(const char *name, char *out)
{
    char directory[PROMPT_PATH_SIZE];
    int length;

    if (!is_name(name))
        return "a name is letters, digits, '.', '_' and '-', and does not begin with a dot";
    if (!messages_directory(directory))
        return "there is no home directory: set HOME or XDG_DATA_HOME";
    length = snprintf(out, PROMPT_PATH_SIZE, "%s/%s", directory, name);
    return length < PROMPT_PATH_SIZE ? NULL : "the path is too long";
}

const char *store_save(const char *name, const uint8_t *bytes, size_t size_bytes)
{
    char path[PROMPT_PATH_SIZE], directory[PROMPT_PATH_SIZE];
    const char *why = message_path(name, path);
    int fd;

    if (why != NULL)
        return why;
    messages_directory(directory);
    if (!make_directories(directory))
        return strerror(errno);
    why = files_open_own(path, O_WRONLY | O_CREAT, &fd);
    if (why != NULL)
        return why;
    if (ftruncate(fd, 0) != 0)
        return files_close(fd, strerror(errno));
    return files_close(fd, files_write(fd, bytes, size_bytes));
}

const char *store_load(const char *name, uint8_t *out, size_t *size_bytes)
{
    char path[PROMPT_PATH_SIZE];
    const char *why = message_path(name, path);

    return why != NULL ? why : files_read_own(path, out, *size_bytes, size_bytes);
}

void store_each(void (*show)(void *context, const char *name), void *context)
{
    char directory[PROMPT_PATH_SIZE];
    DIR *open_directory = messages_directory(directory) ? opendir(directory) : NULL;

    for (struct dirent *i; open_directory != NULL && (i = readdir(open_directory)) != NULL;)
        if (is_name(i->d_name))
            show(context, i->d_name);
    if (open_directory != NULL)
        closedir(open_directory);
}
