/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* call_json: the fields of a call for programs, and its text for people. */
#include <jansson.h>

#include "udptui/output/call.h"
#include "udptui/output/json.h"

static void add_error(json_t *object, int error)
{
    const char *name = call_error_name(error);

    if (error == 0)
        return;
    json_object_set_new(object, "errno", json_integer(error));
    if (name[0] != '\0')
        json_object_set_new(object, "error", json_string(name));
}

static void add_traffic(json_t *object, const struct call *call, bool with_peers,
                        const struct zones *zones)
{
    json_add_count(object, "wanted", call->wanted);
    json_add_count(object, "datagrams", call->datagrams);
    json_add_count(object, "bytes", call->bytes);
    if (with_peers && call->peer.family != ENDPOINT_NONE)
        json_add_endpoint(object, "peer", &call->peer, zones);
}

bool call_write_json(FILE *file, const struct call *call, bool with_peers,
                     const struct zones *zones)
{
    char text[CALL_TEXT_SIZE];
    json_t *object = json_event("call");

    json_add_time(object, call->wall_ns);
    json_object_set_new(object, "call", json_string(call_name(call)));
    if (call->kind != CALL_SOCKET)
        json_object_set_new(object, "fd", json_integer(call->fd));
    json_object_set_new(object, "result", json_integer(call->result));
    add_error(object, call->error);
    if (call_carries(call))
        add_traffic(object, call, with_peers, zones);
    if (call->skipped > 0)
        json_add_count(object, "skipped", call->skipped);
    call_format(call, with_peers, zones, text, sizeof text);
    json_object_set_new(object, "text", json_string(text));
    json_object_set_new(object, "purpose", json_string(call_purpose(call)));
    return json_write_line(file, object);
}
