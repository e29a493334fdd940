/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* files: see the header. O_NONBLOCK lets open(2) return from a FIFO at once. */
#include "udptui/sys/files.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "udptui/proto/reason.h"

static const char *files_read_all(int fd, uint8_t *out, size_t room_bytes, size_t *size_bytes)
{
    ssize_t got = 1;

    *size_bytes = 0;
    while (got > 0 && *size_bytes < room_bytes) {
        got = read(fd, out + *size_bytes, room_bytes - *size_bytes);
        if (got > 0)
            *size_bytes += (size_t)got;
        else if (got < 0 && errno == EINTR)
            got = 1;
    }
    return got < 0 ? reason_text(errno) : NULL;
}

/* Reads an open file and closes it. */
static const char *files_read_and_close(int fd, uint8_t *out, size_t room_bytes, size_t *size_bytes)
{
    return files_close(fd, files_read_all(fd, out, room_bytes, size_bytes));
}

const char *files_close(int fd, const char *why)
{
    return close(fd) != 0 && why == NULL ? reason_text(errno) : why;
}

static const char *files_open_regular(const char *path, int flags, mode_t mode, int *fd)
{
    struct stat status;

    *fd = open(path, flags | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, mode);
    if (*fd < 0 && errno == ELOOP && (flags & O_NOFOLLOW) != 0)
        return "it is a symbolic link";
    if (*fd < 0)
        return errno == ENXIO ? "not a regular file" : reason_text(errno);
    if (fstat(*fd, &status) == 0 && S_ISREG(status.st_mode))
        return NULL;
    close(*fd);
    *fd = -1;
    return S_ISDIR(status.st_mode) ? reason_text(EISDIR) : "not a regular file";
}

const char *files_read(const char *path, uint8_t *out, size_t room_bytes, size_t *size_bytes)
{
    int fd;

    *size_bytes = 0;
    if (strcmp(path, "-") == 0)
        return files_read_all(STDIN_FILENO, out, room_bytes, size_bytes);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    return fd < 0 ? reason_text(errno) : files_read_and_close(fd, out, room_bytes, size_bytes);
}

const char *files_read_regular(const char *path, uint8_t *out, size_t room_bytes,
                               size_t *size_bytes)
{
    const char *why;
    int fd;

    *size_bytes = 0;
    if (strcmp(path, "-") == 0)
        return "standard input is not read here: name a file";
    why = files_open_regular(path, O_RDONLY, 0, &fd);
    return why != NULL ? why : files_read_and_close(fd, out, room_bytes, size_bytes);
}

/* Why a file may hold what somebody else wrote, NULL if not. */
static const char *files_distrust(int fd)
{
    struct stat status;

    if (fstat(fd, &status) != 0)
        return reason_text(errno);
    if (status.st_uid != geteuid() && status.st_uid != 0)
        return "it belongs to another user";
    return (status.st_mode & (S_IWGRP | S_IWOTH)) != 0 ? "others may write it: chmod go-w" : NULL;
}

/* Whether open(2) has failed with this code because there is no file, as far as we can see. */
static bool files_is_absent(const char *path, int code)
{
    struct stat status;

    if (code == EACCES) /* of the file, or of a directory above it */
        return stat(path, &status) != 0 && errno == EACCES;
    return code == ENOENT || code == ENOTDIR;
}

const char *files_read_config(const char *path, bool found, uint8_t *out, size_t room_bytes,
                              size_t *size_bytes, bool *exists)
{
    const char *why;
    int fd;

    *size_bytes = 0;
    errno = 0;
    why = files_open_regular(path, O_RDONLY, 0, &fd);
    *exists = why == NULL || !found || !files_is_absent(path, errno);
    if (why != NULL)
        return *exists ? why : NULL;
    why = found ? files_distrust(fd) : NULL;
    return why != NULL ? files_close(fd, why)
                       : files_read_and_close(fd, out, room_bytes, size_bytes);
}

const char *files_check_read(const char *path)
{
    struct stat status;

    if (strcmp(path, "-") == 0)
        return NULL;
    if (access(path, R_OK) != 0 || stat(path, &status) != 0)
        return reason_text(errno);
    return S_ISDIR(status.st_mode) ? reason_text(EISDIR) : NULL;
}

/* The directory in which the path's last name is. */
static void files_directory(const char *path, char *out)
{
    const char *slash = strrchr(path, '/');

    if (slash == NULL)
        strcpy(out, ".");
    else if (slash == path)
        strcpy(out, "/");
    else
        snprintf(out, PATH_MAX, "%.*s", (int)(slash - path), path);
}

const char *files_check_replaced(const char *path)
{
    char directory[PATH_MAX];
    struct stat status;

    if (strlen(path) >= sizeof directory)
        return reason_text(ENAMETOOLONG);
    if (stat(path, &status) == 0 && S_ISDIR(status.st_mode))
        return reason_text(EISDIR);
    files_directory(path, directory);
    return access(directory, W_OK | X_OK) == 0 ? NULL : reason_text(errno);
}

const char *files_check_written(const char *path)
{
    struct stat status;

    if (stat(path, &status) != 0 || S_ISDIR(status.st_mode))
        return files_check_replaced(path);
    return access(path, W_OK) == 0 ? NULL : reason_text(errno);
}

enum files_kind files_look(const char *path)
{
    struct stat status;

    if (lstat(path, &status) != 0)
        return FILES_NOTHING;
    return stat(path, &status) == 0 && S_ISREG(status.st_mode) ? FILES_REGULAR : FILES_OTHER;
}

const char *files_create(const char *path, bool overwrite, int *fd)
{
    const char *why;

    *fd = -1;
    if (files_look(path) == FILES_OTHER)
        return "not a regular file";
    why = files_open_regular(path, O_WRONLY | O_CREAT | (overwrite ? 0 : O_EXCL), 0666, fd);
    if (why == NULL && ftruncate(*fd, 0) != 0)
        return files_close(*fd, reason_text(errno));
    return why;
}

const char *files_expand_home(const char *path, char *out, size_t size_bytes)
{
    const char *home = getenv("HOME");

    if (strncmp(path, "~/", 2) == 0 && home != NULL)
        snprintf(out, size_bytes, "%s%s", home, path + 1);
    else
        snprintf(out, size_bytes, "%s", path);
    return out;
}

const char *files_open_own(const char *path, int flags, int *fd)
{
    return files_open_regular(path, flags | O_NOFOLLOW, 0600, fd);
}

const char *files_read_own(const char *path, uint8_t *out, size_t room_bytes, size_t *size_bytes)
{
    const char *why;
    int fd;

    *size_bytes = 0;
    why = files_open_own(path, O_RDONLY, &fd);
    return why != NULL ? why : files_read_and_close(fd, out, room_bytes, size_bytes);
}

/* The path that links lead to, to real (PATH_MAX), and what file is there. It may vanish in the meantime: only what
 * was seen is said to be no regular file. */
static const char *files_resolve(const char *path, bool own, char *real, struct stat *old,
                                 bool *exists)
{
    struct stat status;
    bool is_link;

    *exists = false;
    snprintf(real, PATH_MAX, "%s", path);
    if (lstat(path, &status) != 0)
        return errno == ENOENT ? NULL : reason_text(errno);
    is_link = S_ISLNK(status.st_mode);
    if (own && is_link)
        return "it is a symbolic link";
    if (stat(path, &status) != 0 && !is_link)
        return reason_text(errno);
    if (!S_ISREG(status.st_mode)) /* a link that leads nowhere is still what lstat(2) said */
        return "not a regular file";
    if (realpath(path, real) == NULL || stat(real, old) != 0)
        return reason_text(errno);
    *exists = true;
    return NULL;
}

/* What open(2) does not give: the mode without umask(2), and root's file to the user whose it was;
 * who may give nothing away has it from now on. */
static const char *files_make_alike(int fd, const struct stat *old)
{
    struct stat made;

    if (fchmod(fd, old->st_mode & 07777) != 0 || fstat(fd, &made) != 0)
        return reason_text(errno);
    if ((made.st_uid != old->st_uid || made.st_gid != old->st_gid) &&
        fchown(fd, old->st_uid, old->st_gid) != 0 && errno != EPERM)
        return reason_text(errno);
    return NULL;
}

const char *files_replace(const char *path, const void *bytes, size_t size_bytes, bool own)
{
    char real[PATH_MAX], beside[PATH_MAX + 8];
    struct stat old = {.st_mode = own ? 0600 : 0666};
    bool exists;
    const char *why = files_resolve(path, own, real, &old, &exists);
    int fd;

    if (why != NULL)
        return why;
    snprintf(beside, sizeof beside, "%s.new", real);
    unlink(beside); /* of a run that was killed */
    why = files_open_regular(beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, old.st_mode & 07777,
                             &fd);
    if (why != NULL)
        return why;
    if (exists)
        why = files_make_alike(fd, &old);
    why = files_close(fd, why != NULL ? why : files_write(fd, bytes, size_bytes));
    if (why == NULL && rename(beside, real) != 0)
        why = reason_text(errno);
    if (why != NULL)
        unlink(beside);
    return why;
}

const char *files_write(int fd, const void *bytes, size_t size_bytes)
{
    size_t done = 0;

    while (done < size_bytes) {
        ssize_t wrote = write(fd, (const char *)bytes + done, size_bytes - done);
        if (wrote < 0 && errno != EINTR)
            return reason_text(errno);
        if (wrote > 0)
            done += (size_t)wrote;
    }
    return NULL;
}

/* ---- our own directories */

static const struct own_directory {
    const char *variable, *fallback; /* below the home directory */
    const char *missing;             /* what to say if there is neither */
} own_directories[] = {
    [FILES_STATE] = {.variable = "XDG_STATE_HOME",
                     .fallback = ".local/state",
                     .missing = "there is no home directory: set HOME or XDG_STATE_HOME"},
    [FILES_DATA] = {.variable = "XDG_DATA_HOME",
                    .fallback = ".local/share",
                    .missing = "there is no home directory: set HOME or XDG_DATA_HOME"},
    [FILES_CONFIG] = {.variable = "XDG_CONFIG_HOME",
                      .fallback = ".config",
                      .missing = "there is no home directory: set HOME or XDG_CONFIG_HOME"},
};

/* Of an environment variable; the specification says that a relative path does not count. */
static const char *files_absolute(const char *variable)
{
    const char *path = getenv(variable);

    return path != NULL && path[0] == '/' ? path : NULL;
}

const char *files_own_path(enum files_own own, const char *name, char *out, size_t size_bytes)
{
    const struct own_directory *directory = &own_directories[own];
    const char *base = files_absolute(directory->variable);
    const char *home = files_absolute("HOME");
    int length;

    if (base != NULL)
        length = snprintf(out, size_bytes, "%s/udptui/%s", base, name);
    else if (home != NULL)
        length = snprintf(out, size_bytes, "%s/%s/udptui/%s", home, directory->fallback, name);
    else
        return directory->missing;
    return length > 0 && (size_t)length < size_bytes ? NULL : "the path is too long";
}

static bool files_is_directory(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

const char *files_make_parents(enum files_own own, const char *path)
{
    bool in_home = files_absolute(own_directories[own].variable) == NULL;
    const char *home = in_home ? files_absolute("HOME") : "";
    int code = 0;
    char *part;

    if (home == NULL)
        return own_directories[own].missing;
    if (in_home && !files_is_directory(home))
        return "the home directory does not exist";
    part = strdup(path);
    if (part == NULL)
        return reason_text(ENOMEM);
    for (char *slash = part + strlen(home);
         code == 0 && (slash = strchr(slash + 1, '/')) != NULL;) {
        *slash = '\0';
        if (mkdir(part, 0700) != 0 && errno != EEXIST)
            code = errno;
        *slash = '/';
    }
    free(part);
    return code != 0 ? reason_text(code) : NULL;
}
