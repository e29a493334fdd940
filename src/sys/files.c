/* SPDX-License-Identifier: GPL-3.0-or-later */
/* send_files: see the header. O_NONBLOCK lets open(2) return from a FIFO at once. */
#include "udptui/sys/files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *read_all(int fd, uint8_t *out, size_t room_bytes, size_t *size_bytes)
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
    return got < 0 ? strerror(errno) : NULL;
}

/* Reads what is open. Closes it. */
static const char *read_and_close(int fd, uint8_t *out, size_t room_bytes, size_t *size_bytes)
{
    return files_close(fd, read_all(fd, out, room_bytes, size_bytes));
}

const char *files_close(int fd, const char *why)
{
    return close(fd) != 0 && why == NULL ? strerror(errno) : why;
}

static const char *open_regular(const char *path, int flags, int *fd)
{
    struct stat status;

    *fd = open(path, flags | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0600);
    if (*fd < 0 && errno == ELOOP && (flags & O_NOFOLLOW) != 0)
        return "it is a symbolic link";
    if (*fd < 0)
        return errno == ENXIO ? "not a regular file" : strerror(errno);
    if (fstat(*fd, &status) == 0 && S_ISREG(status.st_mode))
        return NULL;
    close(*fd);
    *fd = -1;
    return S_ISDIR(status.st_mode) ? strerror(EISDIR) : "not a regular file";
}

const char *files_read(const char *path, uint8_t *out, size_t room_bytes, size_t *size_bytes)
{
    int fd;

    *size_bytes = 0;
    if (strcmp(path, "-") == 0)
        return read_all(STDIN_FILENO, out, room_bytes, size_bytes);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    return fd < 0 ? strerror(errno) : read_and_close(fd, out, room_bytes, size_bytes);
}

const char *files_read_regular(const char *path, uint8_t *out, size_t room_bytes,
                               size_t *size_bytes)
{
    const char *why;
    int fd;

    *size_bytes = 0;
    if (strcmp(path, "-") == 0)
        return "standard input is where you type: name a file";
    why = open_regular(path, O_RDONLY, &fd);
    return why != NULL ? why : read_and_close(fd, out, room_bytes, size_bytes);
}

const char *files_open_own(const char *path, int flags, int *fd)
{
    return open_regular(path, flags | O_NOFOLLOW, fd);
}

const char *files_read_own(const char *path, uint8_t *out, size_t room_bytes, size_t *size_bytes)
{
    const char *why;
    int fd;

    *size_bytes = 0;
    why = files_open_own(path, O_RDONLY, &fd);
    return why != NULL ? why : read_and_close(fd, out, room_bytes, size_bytes);
}

const char *files_write(int fd, const void *bytes, size_t size_bytes)
{
    size_t done = 0;

    while (done < size_bytes) {
        ssize_t wrote = write(fd, (const char *)bytes + done, size_bytes - done);
        if (wrote < 0 && errno != EINTR)
            return strerror(errno);
        if (wrote > 0)
            done += (size_t)wrote;
    }
    return NULL;
}
