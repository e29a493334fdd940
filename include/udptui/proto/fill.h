/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fill: fields in the bytes of a message, replaced each time it is sent.
 *
 * {n} is the message's number, {time} the time in ISO 8601 (UTC, nanoseconds), {random:N} is N
 * random bytes, {hex:ff 00} these bytes (at most 1024): the fields of answers (proto/ack) that need
 * no request. Other text in braces stays unchanged, so JSON needs no escapes.
 */
#ifndef UDPTUI_PROTO_FILL_H
#define UDPTUI_PROTO_FILL_H

#include <stddef.h>
#include <stdint.h>

struct fill_context {
    uint64_t number;
    int64_t wall_ns;
    void (*random)(uint8_t *out, size_t size_bytes); /* fills out */
};

/*
 * Writes the bytes with their fields replaced to out, at most room_bytes. Returns the length of the
 * whole result, as snprintf does; a field that does not fit whole is left out.
 */
size_t fill_render(const uint8_t *bytes, size_t size_bytes, const struct fill_context *context,
                   uint8_t *out, size_t room_bytes);

#endif
