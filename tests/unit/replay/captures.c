/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "captures.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "udptui/base/units.h"
#include "udptui/capture/writer.h"
#include "udptui/proto/event.h"

const int64_t captures_began_ns = INT64_C(1700000000000000000);

static const char pattern[] = "/tmp/udptui-replay-XXXXXX";
static char directory[sizeof pattern], path[sizeof directory + 16];
static int
    users; /* suites between their setup and their teardown: all begin before the first test */

int captures_open(void **state)
{
    (void)state;
    if (users++ > 0)
        return 0;
    memcpy(directory, pattern, sizeof pattern);
    if (mkdtemp(directory) == NULL)
        return -1;
    snprintf(path, sizeof path, "%s/capture", directory);
    return 0;
}

int captures_close(void **state)
{
    (void)state;
    if (--users > 0)
        return 0;
    unlink(path);
    return rmdir(directory);
}

const char *captures_path(void)
{
    return path;
}

static void put(struct capture_writer *writer, const struct captures_datagram *datagram,
                int64_t wall_ns)
{
    struct endpoint client = {
        .family = ENDPOINT_IPV4, .address = {192, 0, 2, datagram->client}, .port = 50000};
    struct endpoint server = {.family = ENDPOINT_IPV4,
                              .address = {192, 0, 2, 200},
                              .port = datagram->server_port != 0 ? datagram->server_port
                                                                 : CAPTURES_PORT};
    const struct packet packet = {.source = datagram->is_reply ? server : client,
                                  .destination = datagram->is_reply ? client : server,
                                  .payload = (const uint8_t *)datagram->payload,
                                  .size_bytes = strlen(datagram->payload),
                                  .original_bytes = strlen(datagram->payload),
                                  .checksum_status = CHECKSUM_GOOD,
                                  .hop_limit = EVENT_UNKNOWN,
                                  .traffic_class = EVENT_UNKNOWN};

    assert_true(capture_writer_write(writer, wall_ns, &packet));
}

static struct capture_writer *create(void)
{
    char error[CAPTURE_ERROR_SIZE];
    struct capture_writer *writer;

    unlink(path); /* a pipe would be waited for */
    writer = capture_writer_create(path, true, error);
    assert_non_null(writer);
    return writer;
}

void captures_write(const struct captures_datagram *datagrams, size_t count)
{
    struct capture_writer *writer = create();

    for (size_t i = 0; i < count; i++)
        put(writer, &datagrams[i], captures_began_ns + datagrams[i].at_ms * UNITS_NS_PER_MS);
    assert_true(capture_writer_close(writer));
}

void captures_write_many(size_t count)
{
    struct capture_writer *writer = create();
    char text[24];
    struct captures_datagram datagram = {.payload = text, .client = 1};

    for (size_t i = 0; i < count; i++) {
        int64_t wall_ns = captures_began_ns + (int64_t)i * UNITS_NS_PER_MS;
        snprintf(text, sizeof text, "%zu", i);
        datagram.is_reply = false;
        put(writer, &datagram, wall_ns);
        datagram.is_reply = true;
        put(writer, &datagram, wall_ns + UNITS_NS_PER_MS / 2);
    }
    assert_true(capture_writer_close(writer));
}

void captures_open_source(struct replay_source *source)
{
    *source = (struct replay_source){.clients_max = 64, .patience_ns = 10 * UNITS_NS_PER_S};
    assert_true(replay_cursor_open(&source->cursor, path));
}
