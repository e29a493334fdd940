/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dns: RFC 1035 section 4; see the header. */
#include "udptui/proto/dns.h"

#include <string.h>

#include "udptui/base/ascii.h"

enum {
    LABEL_MAX = 63,
    POINTER_MARK = 0xc0,
    RECORD_FIXED_BYTES = 10, /* type, class, TTL, length of the data */
    ADDRESS_BYTES = 4,
};

/* ---- writing: a cursor with a sticky error */

struct dns_writer {
    uint8_t *out;
    size_t size_bytes, length;
    bool failed;
};

static void dns_put_bytes(struct dns_writer *writer, const void *bytes, size_t length)
{
    if (writer->failed || length > writer->size_bytes - writer->length) {
        writer->failed = true;
        return;
    }
    memcpy(writer->out + writer->length, bytes, length);
    writer->length += length;
}

static void dns_put16(struct dns_writer *writer, unsigned value)
{
    dns_put_bytes(writer, (const uint8_t[]){(uint8_t)(value >> 8), (uint8_t)value}, 2);
}

static void dns_put32(struct dns_writer *writer, uint32_t value)
{
    dns_put16(writer, value >> 16);
    dns_put16(writer, value & 0xffff);
}

/* "a.example" as 1 a 7 example 0. */
static void dns_put_name(struct dns_writer *writer, const char *name)
{
    if (strlen(name) > DNS_NAME_MAX)
        writer->failed = true;
    for (const char *label = name;;) {
        size_t length = strcspn(label, ".");
        const uint8_t octet = (uint8_t)length;
        if (length == 0 || length > LABEL_MAX)
            writer->failed = true;
        dns_put_bytes(writer, &octet, 1);
        dns_put_bytes(writer, label, length);
        if (writer->failed || label[length] == '\0')
            break;
        label += length + 1;
    }
    dns_put_bytes(writer, "", 1);
}

static void dns_put_counts(struct dns_writer *writer, unsigned answers, unsigned additionals)
{
    dns_put16(writer, 1);
    dns_put16(writer, answers);
    dns_put16(writer, 0);
    dns_put16(writer, additionals);
}

/* RFC 6891 section 6.1.2: the root's name, and the class is the payload size. */
static void dns_put_opt(struct dns_writer *writer, uint16_t payload_bytes)
{
    dns_put_bytes(writer, "", 1);
    dns_put16(writer, DNS_TYPE_OPT);
    dns_put16(writer, payload_bytes);
    dns_put32(writer, 0);
    dns_put16(writer, 0);
}

static size_t dns_written(const struct dns_writer *writer)
{
    return writer->failed ? 0 : writer->length;
}

size_t dns_write_query(uint8_t *out, size_t size_bytes, uint16_t id, const char *name,
                       uint16_t edns_bytes)
{
    struct dns_writer writer = {.out = out, .size_bytes = size_bytes};

    dns_put16(&writer, id);
    dns_put16(&writer, DNS_RECURSION_DESIRED);
    dns_put_counts(&writer, 0, edns_bytes > 0);
    dns_put_name(&writer, name);
    dns_put16(&writer, DNS_TYPE_A);
    dns_put16(&writer, DNS_CLASS_IN);
    if (edns_bytes > 0)
        dns_put_opt(&writer, edns_bytes);
    return dns_written(&writer);
}

static void dns_put_address(struct dns_writer *writer, uint32_t address, uint32_t ttl_s)
{
    dns_put16(writer, POINTER_MARK << 8 | DNS_HEADER_BYTES);
    dns_put16(writer, DNS_TYPE_A);
    dns_put16(writer, DNS_CLASS_IN);
    dns_put32(writer, ttl_s);
    dns_put16(writer, ADDRESS_BYTES);
    dns_put32(writer, address);
}

size_t dns_write_reply(uint8_t *out, size_t size_bytes, const uint8_t *query, size_t query_bytes,
                       const struct dns_answer *answer)
{
    struct dns_writer writer = {.out = out, .size_bytes = size_bytes};
    struct dns_message asked;
    size_t fixed;
    unsigned count, flags = DNS_RESPONSE | DNS_AUTHORITATIVE;

    if (!dns_read(query, query_bytes, &asked))
        return 0;
    fixed = asked.question_end + (asked.edns_bytes > 0 ? DNS_OPT_BYTES : 0);
    count = (unsigned)((dns_size_limit(&asked) - fixed) / DNS_RECORD_BYTES);
    if (answer->count > count)
        flags |= DNS_TRUNCATED;
    else
        count = answer->count;
    dns_put16(&writer, answer->id);
    dns_put16(&writer, flags | (asked.flags & DNS_RECURSION_DESIRED));
    dns_put_counts(&writer, count, asked.edns_bytes > 0);
    dns_put_bytes(&writer, query + DNS_HEADER_BYTES, asked.question_end - DNS_HEADER_BYTES);
    for (unsigned i = 0; i < count; i++)
        dns_put_address(&writer, answer->address + i, answer->ttl_s);
    if (asked.edns_bytes > 0)
        dns_put_opt(&writer, asked.edns_bytes);
    return dns_written(&writer);
}

/* ---- reading */

struct dns_reader {
    const uint8_t *bytes;
    size_t size_bytes, place;
    bool failed;
};

static unsigned dns_get8(struct dns_reader *reader)
{
    if (reader->place >= reader->size_bytes)
        reader->failed = true;
    return reader->failed ? 0 : reader->bytes[reader->place++];
}

static unsigned dns_get16(struct dns_reader *reader)
{
    unsigned high = dns_get8(reader);

    return high << 8 | dns_get8(reader);
}

static uint32_t dns_get32(struct dns_reader *reader)
{
    uint32_t high = dns_get16(reader);

    return high << 16 | dns_get16(reader);
}

static void dns_skip(struct dns_reader *reader, size_t length)
{
    if (reader->failed || length > reader->size_bytes - reader->place)
        reader->failed = true;
    else
        reader->place += length;
}

/* A dot inside a label would look like one between labels. */
static bool dns_is_plain(unsigned octet)
{
    return octet > ' ' && octet < 0x7f && octet != '.' && octet != '\\';
}

/* Adds a label to a name of *length characters. */
static void dns_get_label(struct dns_reader *reader, unsigned octets, char *name, size_t *length)
{
    const size_t dot = *length > 0;

    if (*length + dot + octets > DNS_NAME_MAX)
        reader->failed = true;
    if (dot > 0 && !reader->failed)
        name[(*length)++] = '.';
    for (unsigned i = 0; i < octets && !reader->failed; i++) {
        unsigned octet = dns_get8(reader);
        if (!dns_is_plain(octet))
            reader->failed = true;
        else
            name[(*length)++] = (char)octet;
    }
}

/*
 * Reads a name, and goes on behind it. A pointer must point to before the place where the name, or
 * the part of it that is read, began: so each jump goes further back, and it ends. No name is in
 * the header.
 */
static void dns_get_name(struct dns_reader *reader, char *name)
{
    size_t length = 0, began = reader->place, behind = 0;

    for (;;) {
        unsigned octets = dns_get8(reader), place;
        if (reader->failed || octets == 0)
            break;
        if (octets <= LABEL_MAX) {
            dns_get_label(reader, octets, name, &length);
            continue;
        }
        place = (octets & LABEL_MAX) << 8 | dns_get8(reader);
        if (behind == 0)
            behind = reader->place;
        if (octets < POINTER_MARK || place >= began || place < DNS_HEADER_BYTES)
            reader->failed = true;
        if (reader->failed)
            break;
        reader->place = began = place;
    }
    name[length] = '\0';
    if (behind > 0)
        reader->place = behind;
}

static void dns_get_question(struct dns_reader *reader, struct dns_message *out)
{
    dns_get_name(reader, out->name);
    out->type = (uint16_t)dns_get16(reader);
    out->class = (uint16_t)dns_get16(reader);
    out->question_end = reader->place;
}

/* An address of the name that was asked for, or the OPT record. */
static void dns_get_record(struct dns_reader *reader, bool is_answer, struct dns_message *out)
{
    char name[DNS_NAME_MAX + 1];
    size_t began = reader->place, length;
    unsigned type, class;
    uint32_t ttl_s;

    dns_get_name(reader, name);
    type = dns_get16(reader);
    class = dns_get16(reader);
    ttl_s = dns_get32(reader);
    length = dns_get16(reader);
    if (type == DNS_TYPE_OPT && !is_answer && name[0] == '\0')
        out->edns_bytes = (uint16_t) class;
    if (type != DNS_TYPE_A || class != DNS_CLASS_IN || length != ADDRESS_BYTES || !is_answer ||
        !ascii_equal(name, out->name)) {
        dns_skip(reader, length);
        return;
    }
    if (out->addresses++ > 0) {
        dns_skip(reader, length);
        return;
    }
    out->first_record = began;
    out->first_ttl_s = ttl_s;
    out->first_address = dns_get32(reader);
}

bool dns_read(const uint8_t *bytes, size_t size_bytes, struct dns_message *out)
{
    struct dns_reader reader = {.bytes = bytes, .size_bytes = size_bytes};
    unsigned records;

    *out = (struct dns_message){.id = (uint16_t)dns_get16(&reader)};
    out->flags = (uint16_t)dns_get16(&reader);
    out->questions = (uint16_t)dns_get16(&reader);
    out->answers = (uint16_t)dns_get16(&reader);
    out->authorities = (uint16_t)dns_get16(&reader);
    out->additionals = (uint16_t)dns_get16(&reader);
    if (reader.failed || out->questions != 1)
        return false;
    dns_get_question(&reader, out);
    records = (unsigned)out->answers + out->authorities + out->additionals;
    for (unsigned i = 0; i < records && !reader.failed; i++)
        dns_get_record(&reader, i < out->answers, out);
    return !reader.failed && reader.place == size_bytes;
}

size_t dns_size_limit(const struct dns_message *query)
{
    return query->edns_bytes > DNS_UDP_BYTES ? query->edns_bytes : DNS_UDP_BYTES;
}

bool dns_matches(const struct dns_message *query, const struct dns_message *reply)
{
    return (reply->flags & DNS_RESPONSE) != 0 && reply->id == query->id &&
           reply->type == query->type && reply->class == query->class &&
           ascii_equal(reply->name, query->name);
}
