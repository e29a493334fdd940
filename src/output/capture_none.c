/* SPDX-License-Identifier: GPL-3.0-or-later */
/* capture_none: where the program is built without libpcap, no capture is ever opened. */
#include <stdio.h>

#include "udptui/output/capture.h"

static void explain(char *error, const char *path)
{
    snprintf(error, CAPTURE_ERROR_SIZE, "%.200s: this udptui was built without libpcap", path);
}

struct capture_writer *capture_create(const char *path, char *error)
{
    explain(error, path);
    return NULL;
}

bool capture_write(struct capture_writer *writer, int64_t wall_ns, const struct packet *packet)
{
    (void)writer, (void)wall_ns, (void)packet;
    return false;
}

bool capture_flush(struct capture_writer *writer)
{
    (void)writer;
    return false;
}

bool capture_writer_close(struct capture_writer *writer)
{
    return writer == NULL;
}

struct capture_reader *capture_open(const char *path, char *error)
{
    explain(error, path);
    return NULL;
}

enum capture_status capture_next(struct capture_reader *reader, struct capture_frame *out,
                                 char *error)
{
    (void)reader, (void)out;
    explain(error, "capture");
    return CAPTURE_BAD;
}

void capture_reader_close(struct capture_reader *reader)
{
    (void)reader;
}
