/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * view_anatomy: fields first, then a drawing of them.
 *
 * A field is seen if the socket reported it or the capture contains it, reconstructed if it follows
 * from seen fields, and otherwise not known; none is invented. A socket does not report the
 * checksum: it follows from the rest, but with IPv4 the sender may have computed none (RFC 768). If
 * the boxes of the ruler's 32 bits do not fit, the fields are a list.
 */
#include "view_anatomy_internal.h"

#include <stdio.h>

#include "udptui/base/array.h"
#include "udptui/base/builder.h"
#include "udptui/base/units.h"
#include "udptui/proto/packet.h"

/* The last: not shown at all. */
enum origin { SEEN, RECONSTRUCTED, IF_ANY, NOT_KNOWN, NOWHERE };

enum { BIT_COLUMNS = 2, BOX_COLUMNS = 32 * BIT_COLUMNS + 1, HALF_COLUMNS = BOX_COLUMNS / 2 };

static const char *const origin_words[] = {
    [SEEN] = "seen",
    [RECONSTRUCTED] = "reconstructed",
    [IF_ANY] = "if it had one",
    [NOT_KNOWN] = "not known",
};

static const enum style origin_styles[] = {
    [SEEN] = STYLE_VALUE,
    [RECONSTRUCTED] = STYLE_NORMAL,
    [IF_ANY] = STYLE_NORMAL,
    [NOT_KNOWN] = STYLE_DIM,
};

struct field {
    const char *name;
    enum origin origin;
    char value[ENDPOINT_TEXT_SIZE];
};

/* ---- what is known */

static bool is_from_target(const struct event_message *event)
{
    return event->relayed.direction == DIRECTION_TO_CLIENT && !event_is_by_hand(event);
}

/* A message typed to a client went in the other direction. A relay's datagram is shown as it was
 * received. */
static const struct endpoint *source_of(const struct event_message *event)
{
    if (is_from_target(event))
        return &event->relayed.target;
    return event_is_from_server(event) ? &event->to : &event->from;
}

static const struct endpoint *destination_of(const struct event_message *event)
{
    if (is_from_target(event))
        return &event->relayed.session;
    return event_is_from_server(event) ? &event->from : &event->to;
}

static bool is_corrupt(const struct event_message *event)
{
    for (size_t i = 0; i < FATE_REQUESTS; i++)
        if (event->fate.requests[i].corrupt)
            return true;
    return false;
}

static bool is_captured(const struct event_message *event)
{
    return event->checksum.status != CHECKSUM_NOT_SEEN;
}

/* Our own datagrams have a checksum, and so do those over IPv6. */
static bool has_checksum(const struct event_message *event)
{
    return source_of(event)->family == ENDPOINT_IPV6 || event_is_from_server(event);
}

/* Why the checksum is not shown; NULL if it is. A hidden address could be derived from it. */
static const char *why_no_checksum(const struct model *model)
{
    const struct event_message *event = &model->detail.event;

    if (event->flags & MESSAGE_TRUNCATED)
        return "the receive buffer cut the data off";
    if (event->stored_bytes < event->size_bytes)
        return "only part of the data is kept";
    if (is_corrupt(event))
        return "an impairment flipped a bit of the data after it was made";
    if (endpoint_is_unspecified(destination_of(event)))
        return "the socket did not report our address";
    if (model->config.privacy)
        return "the address that it covers is hidden";
    return NULL;
}

static struct field port_field(const char *name, const struct endpoint *endpoint, bool hidden)
{
    struct field field = {.name = name};

    if (hidden)
        snprintf(field.value, sizeof field.value, "hidden");
    else
        snprintf(field.value, sizeof field.value, "%u", (unsigned)endpoint->port);
    return field;
}

/* A capture may contain the length of a datagram without its data; a socket gives the data. */
static struct field length_field(const struct event_message *event)
{
    bool cut = (event->flags & MESSAGE_TRUNCATED) && !is_captured(event);
    struct field field = {.name = "length", .origin = cut ? NOT_KNOWN : SEEN};
    unsigned size = event->size_bytes;

    if (cut)
        snprintf(field.value, sizeof field.value, "over %u", size + PACKET_UDP_HEADER);
    else
        snprintf(field.value, sizeof field.value, "%u (%d + %u)", size + PACKET_UDP_HEADER,
                 PACKET_UDP_HEADER, size);
    return field;
}

/* The correct one for the data. */
static unsigned right_checksum(const struct detail *detail)
{
    const struct event_message *event = &detail->event;

    return packet_checksum(source_of(event), destination_of(event), detail->payload,
                           event->stored_bytes);
}

static struct field seen_checksum_field(const struct model *model)
{
    const struct checksum_seen *checksum = &model->detail.event.checksum;
    struct field field = {.name = "checksum", .origin = SEEN};
    const char *status = checksum_status_name(checksum->status);

    if (model->config.privacy)
        snprintf(field.value, sizeof field.value, "hidden, %s", status);
    else
        snprintf(field.value, sizeof field.value, "0x%04x %s", checksum->value, status);
    return field;
}

static struct field checksum_field(const struct model *model)
{
    const struct event_message *event = &model->detail.event;
    struct field field = {.name = "checksum", .origin = NOT_KNOWN};

    if (is_captured(event))
        return seen_checksum_field(model);
    if (why_no_checksum(model) != NULL)
        return field;
    field.origin = has_checksum(event) ? RECONSTRUCTED : IF_ANY;
    snprintf(field.value, sizeof field.value, "0x%04x", right_checksum(&model->detail));
    return field;
}

/* ---- the UDP header as boxes */

/* The corners and edges of a box, in UTF-8 and in ASCII. */
struct strokes {
    const char *across, *down;
    const char *top[3], *middle[3], *joint[3], *bottom[3]; /* left, in the middle, right */
};

static const struct strokes drawn[] = {
    [TEXT_UTF8] = {.across = "\xe2\x94\x80",
                   .down = "\xe2\x94\x82",
                   .top = {"\xe2\x94\x8c", "\xe2\x94\xac", "\xe2\x94\x90"},
                   .middle = {"\xe2\x94\x9c", "\xe2\x94\xbc", "\xe2\x94\xa4"},
                   .joint = {"\xe2\x94\x9c", "\xe2\x94\xb4", "\xe2\x94\xa4"},
                   .bottom = {"\xe2\x94\x94", "\xe2\x94\x80", "\xe2\x94\x98"}},
    [TEXT_ASCII] = {.across = "-",
                    .down = "|",
                    .top = {"+", "+", "+"},
                    .middle = {"+", "+", "+"},
                    .joint = {"+", "+", "+"},
                    .bottom = {"+", "-", "+"}},
};

/* The bit numbers at the edges of the bytes, and the source of the layout. */
static void put_ruler(struct pager *pager)
{
    static const int bits[] = {0, 7, 8, 15, 16, 23, 24, 31};
    int row = pager_next(pager);

    for (size_t i = 0; i < COUNT_OF(bits) && row != PAGER_NOWHERE; i++) {
        int width = bits[i] < 10 ? 1 : 2, last = bits[i] % 8 == 7; /* right-aligned to its bit */
        char text[4];
        snprintf(text, sizeof text, "%d", bits[i]);
        frame_put(pager->view->frame, row,
                  PAGER_MARGIN + 1 + bits[i] * BIT_COLUMNS - (last ? width - 1 : 0),
                  pager->view->columns, STYLE_DIM, text);
    }
    if (row != PAGER_NOWHERE)
        frame_put(pager->view->frame, row, PAGER_MARGIN + BOX_COLUMNS + 2, pager->view->columns,
                  STYLE_DIM, "RFC 768");
}

static void put_edge(struct pager *pager, const char *const corners[3])
{
    const struct view *view = pager->view;
    int row = pager_next(pager), end = PAGER_MARGIN + BOX_COLUMNS;

    if (row == PAGER_NOWHERE)
        return;
    frame_fill(view->frame, row, PAGER_MARGIN, end, STYLE_RULE, drawn[view->charset].across);
    for (int i = 0; i < 3; i++)
        frame_put(view->frame, row, PAGER_MARGIN + i * HALF_COLUMNS, end, STYLE_RULE, corners[i]);
}

/* One field between the edges at column and column + width. */
static void put_box(const struct view *view, int row, int column, int width,
                    const struct field *field)
{
    const char *down = drawn[view->charset].down, *word = origin_words[field->origin];
    int end = column + width - 1, word_columns = (int)text_columns(word);

    frame_put(view->frame, row, column, end, STYLE_RULE, down);
    int at = frame_put(view->frame, row, column + 2, end, STYLE_DIM, field->name) + 1;
    frame_put_left(view->frame, row, at, end - word_columns - 1 - at, origin_styles[field->origin],
                   view->charset, field->value);
    frame_put(view->frame, row, end - word_columns, end, STYLE_DIM, word);
    frame_put(view->frame, row, column + width, column + width + 1, STYLE_RULE, down);
}

static void put_halves(struct pager *pager, const struct field *left, const struct field *right)
{
    int row = pager_next(pager);

    if (row == PAGER_NOWHERE)
        return;
    put_box(pager->view, row, PAGER_MARGIN, HALF_COLUMNS, left);
    put_box(pager->view, row, PAGER_MARGIN + HALF_COLUMNS, HALF_COLUMNS, right);
}

/* The data, as much of its text as there is room for. */
static void put_data(struct pager *pager)
{
    const struct view *view = pager->view;
    const struct event_message *event = &view->model->detail.event;
    struct field field = {.origin = SEEN};
    char name[UNITS_TEXT_SIZE];
    int row = pager_next(pager), column = PAGER_MARGIN + 2;

    if (row == PAGER_NOWHERE)
        return;
    snprintf(name, sizeof name, "data, %u B", (unsigned)event->size_bytes);
    field.name = name;
    put_box(view, row, PAGER_MARGIN, BOX_COLUMNS - 1, &field);
    column += (int)text_columns(name) + 2;
    frame_put_left(view->frame, row, column, PAGER_MARGIN + BOX_COLUMNS - 7 - column, STYLE_COMMAND,
                   view->charset, view->model->detail.text);
}

static void put_boxes(struct pager *pager, const struct field *fields)
{
    const struct strokes *strokes = &drawn[pager->view->charset];

    put_ruler(pager);
    put_edge(pager, strokes->top);
    put_halves(pager, &fields[0], &fields[1]);
    put_edge(pager, strokes->middle);
    put_halves(pager, &fields[2], &fields[3]);
    put_edge(pager, strokes->joint);
    put_data(pager);
    put_edge(pager, strokes->bottom);
}

/* ---- fields as a list */

static void anatomy_put_field(struct pager *pager, const char *label, const struct field *field)
{
    bool empty = field->value[0] == '\0';

    pager_field(pager, label, origin_styles[field->origin], "%s%s%s", field->value,
                empty ? "" : ", ", origin_words[field->origin]);
}

/* Labels are short: the fields' own names are for the boxes. */
static void put_list(struct pager *pager, const struct field *fields)
{
    static const char *const labels[] = {"Source port", "Dest. port", "Length", "Checksum"};

    for (size_t i = 0; i < COUNT_OF(labels); i++)
        anatomy_put_field(pager, labels[i], &fields[i]);
}

/* ---- the validity of a checksum */

static void put_bad_checksum(struct pager *pager)
{
    const struct model *model = pager->view->model;

    if (model->detail.event.checksum.value == 0)
        pager_field(pager, "Checksum", STYLE_FAILED,
                    "BAD: over IPv6 there must be one, except in tunnels (RFC 6935)");
    else if (why_no_checksum(model) != NULL)
        pager_field(pager, "Checksum", STYLE_FAILED, "BAD: it does not belong to this data");
    else
        pager_field(pager, "Checksum", STYLE_FAILED, "BAD: 0x%04x belongs to this data",
                    right_checksum(&model->detail));
}

static void put_seen_checksum(struct pager *pager)
{
    static const char *const texts[] = {
        [CHECKSUM_UNKNOWN] = "cannot be checked: only part of the data was captured",
        [CHECKSUM_NONE] = "none: the sender made none (RFC 768), or the recorder did not know",
        [CHECKSUM_PARTIAL] = "partial: captured before the network card completed it",
    };
    uint8_t status = pager->view->model->detail.event.checksum.status;

    if (status == CHECKSUM_BAD)
        put_bad_checksum(pager);
    else if (status != CHECKSUM_GOOD)
        pager_field(pager, "Checksum", STYLE_DIM, "%s", texts[status]);
}

static void put_checksum_note(struct pager *pager)
{
    const struct model *model = pager->view->model;
    const struct event_message *event = &model->detail.event;
    const char *why = why_no_checksum(model);

    if (is_captured(event))
        put_seen_checksum(pager);
    else if (why != NULL)
        pager_field(pager, "Checksum", STYLE_DIM, "not known: %s", why);
}

/* ---- the parts */

static void put_udp(struct pager *pager)
{
    const struct view *view = pager->view;
    const struct event_message *event = &view->model->detail.event;
    const struct endpoint *source = source_of(event), *destination = destination_of(event);
    const struct endpoint *hidden = view->model->config.privacy ? &event->from : NULL;
    const struct field fields[] = {
        port_field("source port", source, source == hidden),
        port_field("destination port", destination, destination == hidden),
        length_field(event),
        checksum_field(view->model),
    };

    if (view->columns >= PAGER_MARGIN + BOX_COLUMNS)
        put_boxes(pager, fields);
    else
        put_list(pager, fields);
    put_checksum_note(pager);
}

/* A byte of the IP header that the socket may have reported. */
static struct field byte_field(const char *name, int16_t value, const char *text)
{
    struct field field = {.name = name, .origin = value == EVENT_UNKNOWN ? NOT_KNOWN : SEEN};

    if (field.origin == SEEN)
        snprintf(field.value, sizeof field.value, "%s", text);
    return field;
}

static struct field hop_limit_field(const struct event_message *event, bool ipv4)
{
    char text[UNITS_TEXT_SIZE];

    snprintf(text, sizeof text, "%d", event->hop_limit);
    return byte_field(ipv4 ? "TTL" : "hop limit", event->hop_limit, text);
}

/* RFC 2474, RFC 3168: six bits DSCP, two bits ECN. */
static struct field class_field(const struct event_message *event, bool ipv4)
{
    char text[UNITS_TEXT_SIZE];

    snprintf(text, sizeof text, "0x%02x (DSCP %d, ECN %d)", (unsigned)event->traffic_class & 0xff,
             event->traffic_class >> 2, event->traffic_class & 3);
    return byte_field(ipv4 ? "TOS" : "traffic class", event->traffic_class, text);
}

/* "seen: TTL 64, TOS 0x00 (DSCP 0, ECN 0)": the fields of this origin; nothing if there are
 * none. */
static void put_group(struct pager *pager, const char *label, enum origin origin,
                      const struct field *fields, size_t count)
{
    char text[LINE_SIZE] = "";

    for (size_t i = 0; i < count; i++)
        if (fields[i].origin == origin)
            builder_append(text, sizeof text, "%s %s%s%s", text[0] == '\0' ? ":" : ",",
                           fields[i].name, fields[i].value[0] == '\0' ? "" : " ", fields[i].value);
    if (text[0] != '\0')
        pager_field(pager, label, origin_styles[origin], "%s%s", origin_words[origin], text);
}

/* The addresses are above, in full. */
static void put_ip(struct pager *pager)
{
    const struct event_message *event = &pager->view->model->detail.event;
    bool ipv4 = source_of(event)->family == ENDPOINT_IPV4;
    bool both = !endpoint_is_unspecified(destination_of(event));
    bool checksum = why_no_checksum(pager->view->model) == NULL && !is_captured(event);
    enum origin fixed = is_captured(event) ? SEEN : RECONSTRUCTED;
    const struct field fields[] = {
        hop_limit_field(event, ipv4),
        class_field(event, ipv4),
        {.name = both ? "both addresses" : "the client's address", .origin = SEEN},
        {.name = "our address", .origin = both ? NOWHERE : NOT_KNOWN},
        {.name = "version", .origin = fixed, .value = {ipv4 ? '4' : '6'}},
        {.name = "protocol", .origin = fixed, .value = "17"},
        {.name = has_checksum(event) ? "checksum (pseudo-header)" : "checksum (if it had one)",
         .origin = checksum ? RECONSTRUCTED : NOWHERE},
    };
    const char *label = ipv4 ? "IPv4" : "IPv6";

    for (enum origin origin = SEEN; origin < NOWHERE; origin++) {
        put_group(pager, label, origin, fields, COUNT_OF(fields));
        label = "";
    }
}

void put_anatomy(struct pager *pager)
{
    put_udp(pager);
    put_ip(pager);
}
