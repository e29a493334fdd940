/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* call_json: the fields of a call for programs, and its text for people. */
#include <jansson.h>

#include "udptui/output/call.h"
#include "udptui/output/json.h"
#include "udptui/proto/elsewhere.h"
#include "udptui/proto/textbook.h"

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

static void add_textbook(json_t *object, const struct call *call, bool with_peers,
                         const struct zones *zones)
{
    static const char *const names[TEXTBOOK_LANGUAGES] = {
        [TEXTBOOK_C] = "c", [TEXTBOOK_PYTHON] = "python"};
    json_t *textbook = json_object();
    char text[CALL_TEXT_SIZE];

    json_add_count(textbook, "calls", textbook_calls(call));
    for (int i = 0; i < TEXTBOOK_LANGUAGES; i++) {
        textbook_format(call, (enum textbook_language)i, with_peers, zones, text, sizeof text);
        json_object_set_new(textbook, names[i], json_string(text));
    }
    json_object_set_new(object, "textbook", textbook);
}

static void add_system(json_t *object, const char *name, const struct elsewhere_system *system)
{
    json_object_set_new(
        object, name, json_pack("{s:s, s:s}", "report", system->report, "source", system->source));
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
    add_textbook(object, call, with_peers, zones);
    if (call_elsewhere(call) != NULL) {
        add_system(object, "windows", &call_elsewhere(call)->windows);
        add_system(object, "macos", &call_elsewhere(call)->macos);
    }
    return json_write_line(file, object);
}
