/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* program: see the header. */
#include "program_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "udptui/base/array.h"

/* Of a Linux system: programs, libraries, Wireshark's tables, the time zone. Not
 * the homes, not /tmp, not /proc or /var. */
static const char *const system_files[] = {
    "/usr",         "/bin",           "/lib",           "/lib64",
    "/lib32",       "/etc/wireshark", "/etc/localtime", "/etc/ld.so.cache",
    "/dev/urandom", "/nix/store",     "/gnu/store",
};

static bool program_can_run(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 && S_ISREG(status.st_mode) && access(path, X_OK) == 0;
}

/* execvp(3)'s search. */
static bool program_look_up(const char *name, char *out, size_t size)
{
    const char *list = getenv("PATH");

    while (list != NULL) {
        const char *end = strchrnul(list, ':');
        int written = snprintf(out, size, "%.*s/%s", (int)(end - list), list, name);
        if (list[0] == '/' && written > 0 && (size_t)written < size && program_can_run(out))
            return true;
        list = *end == ':' ? end + 1 : NULL;
    }
    return false;
}

/* A program of /opt/wireshark/bin has its libraries in /opt/wireshark/lib. */
static void program_add_siblings(struct program *program, size_t count)
{
    static const char *const folders[] = {"lib", "lib64", "share"};
    const char *end = strrchr(program->path, '/');
    size_t prefix = (size_t)(end - program->path), own = 0;

    program->readable[count++] = program->path;
    if (prefix < 4 || strncmp(end - 4, "/bin", 4) != 0)
        return;
    for (size_t i = 0; i < COUNT_OF(folders); i++) {
        char *folder = NULL;
        if (asprintf(&folder, "%.*s/%s", (int)(prefix - 4), program->path, folders[i]) < 0)
            return;
        program->owned[own++] = folder;
        program->readable[count++] = folder;
    }
}

bool program_find(struct program *program, const char *name)
{
    if (name == NULL)
        name = "sharkd";
    program_free(program);
    bool found = strchr(name, '/') == NULL
                     ? program_look_up(name, program->path, sizeof program->path)
                     : realpath(name, program->path) != NULL && program_can_run(program->path);
    if (!found)
        return false;
    for (size_t i = 0; i < COUNT_OF(system_files); i++)
        program->readable[i] = system_files[i];
    program_add_siblings(program, COUNT_OF(system_files));
    return true;
}

void program_free(struct program *program)
{
    for (size_t i = 0; i < COUNT_OF(program->owned); i++)
        free(program->owned[i]);
    *program = (struct program){.path = ""};
}
