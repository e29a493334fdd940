/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* capture_file: see the header. */
#include "file_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "udptui/capture/blocks.h"
#include "udptui/proto/reason.h"

enum {
    NAME_MAX_SHOWN = 200, /* of CAPTURE_ERROR_SIZE */
    LOOK_BYTES = 24,      /* the length of pcap's header; pcapng's is longer */
};

void capture_file_explain(char *error, const char *path, const char *why)
{
    size_t length = strlen(path);
    bool fits = length <= NAME_MAX_SHOWN;

    snprintf(error, CAPTURE_ERROR_SIZE, "%s%s: %.150s", fits ? "" : "...",
             fits ? path : path + length - NAME_MAX_SHOWN, why);
}

/* Whether a file begins like a capture; true also if it is empty or missing. An unreadable file
 * counts as no capture. */
static bool may_overwrite(const char *path)
{
    struct blocks *blocks = blocks_open();
    struct blocks_frame frame;
    uint8_t bytes[LOOK_BYTES];
    struct stat status;
    size_t used;

    if (blocks == NULL || stat(path, &status) != 0 || !S_ISREG(status.st_mode) ||
        status.st_size == 0) {
        blocks_close(blocks);
        return true;
    }
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t count = fd >= 0 ? read(fd, bytes, sizeof bytes) : -1;
    bool capture = count == sizeof bytes &&
                   blocks_next(blocks, bytes, sizeof bytes, &used, &frame) != BLOCKS_BAD;
    if (fd >= 0)
        close(fd);
    blocks_close(blocks);
    return capture;
}

/* Only open(2) must not wait: for the reader of a FIFO, before signals and times are looked at. */
static bool capture_file_let_block(int fd)
{
    int flags = fcntl(fd, F_GETFL);

    return flags >= 0 && fcntl(fd, F_SETFL, flags & ~O_NONBLOCK) == 0;
}

int capture_file_create(const char *path, bool force, char *error)
{
    if (!force && !may_overwrite(path)) {
        capture_file_explain(error, path,
                             "exists and is not a capture: add --force to overwrite it");
        return -1;
    }
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NONBLOCK | O_CLOEXEC, 0666);
    if (fd >= 0 && capture_file_let_block(fd))
        return fd;
    capture_file_explain(error, path, reason_text(errno));
    if (fd >= 0)
        close(fd);
    return -1;
}

int capture_file_write(int fd, const uint8_t *bytes, size_t size_bytes, size_t *written)
{
    for (*written = 0; *written < size_bytes;) {
        ssize_t count = write(fd, bytes + *written, size_bytes - *written);
        if (count >= 0)
            *written += (size_t)count;
        else if (errno != EINTR)
            return errno;
    }
    return 0;
}
