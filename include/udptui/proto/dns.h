/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dns: messages of the Domain Name System (RFC 1035 section 4): a query for IPv4 addresses and its
 * reply, with a size limit for UDP (section 4.2.1; RFC 6891). Only as much as it takes to show how
 * they are made: one question, records of type A, names of up to DNS_NAME_MAX characters.
 */
#ifndef UDPTUI_PROTO_DNS_H
#define UDPTUI_PROTO_DNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    DNS_HEADER_BYTES = 12,
    DNS_NAME_MAX = 253,    /* in dotted form; 255 octets on the wire (RFC 1035 section 2.3.4) */
    DNS_UDP_BYTES = 512,   /* without EDNS (RFC 1035 section 4.2.1) */
    DNS_RECORD_BYTES = 16, /* an A record with a compressed name */
    DNS_OPT_BYTES = 11,    /* an OPT record without options (RFC 6891 section 6.1.2) */
    DNS_TYPE_A = 1,
    DNS_TYPE_OPT = 41,
    DNS_CLASS_IN = 1,
};

/* The bits of the flags (RFC 1035 section 4.1.1). */
enum {
    DNS_RESPONSE = 0x8000,
    DNS_AUTHORITATIVE = 0x0400,
    DNS_TRUNCATED = 0x0200,
    DNS_RECURSION_DESIRED = 0x0100,
};

/*
 * Writes a query for the addresses of a name. edns_bytes: the largest reply to accept, in an OPT
 * record; 0: without one. Returns its length; 0 if the name is not valid (empty labels, labels of
 * more than 63 characters, too long) or out is too small.
 */
size_t dns_write_query(uint8_t *out, size_t size_bytes, uint16_t id, const char *name,
                       uint16_t edns_bytes);

/* What a reply is made of. */
struct dns_answer {
    uint32_t address; /* of the first record, host order; each further one is one more */
    unsigned count;   /* records */
    uint32_t ttl_s;
    uint16_t id; /* of the reply: the query's, if it is to match */
};

/*
 * Writes the reply to a query: its question, then as many of the records as the query's size limit
 * lets in. If not all of them fit, TC is set. The records' names point to the question's (RFC 1035
 * section 4.1.4). Returns its length; 0 if the query cannot be read or out is too small.
 */
size_t dns_write_reply(uint8_t *out, size_t size_bytes, const uint8_t *query, size_t query_bytes,
                       const struct dns_answer *answer);

/* A message as it was read. */
struct dns_message {
    uint16_t id, flags;
    uint16_t questions, answers, authorities, additionals; /* as the header counts them */
    char name[DNS_NAME_MAX + 1];                           /* of the question, dotted */
    uint16_t type, class;                                  /* of the question */
    size_t question_end;                                   /* offset behind it */
    unsigned addresses;     /* A records of that name among the answers */
    uint32_t first_address; /* of the first of them */
    uint32_t first_ttl_s;
    size_t first_record; /* its offset; 0: there is none */
    uint16_t edns_bytes; /* of an OPT record; 0: there is none */
};

/*
 * Reads any bytes. Names are followed through compression pointers, which must point backwards,
 * not into the header.
 * False if it is not a whole message with one question, or if a name has a character other than
 * printable ASCII: then out is of no use.
 */
bool dns_read(const uint8_t *bytes, size_t size_bytes, struct dns_message *out);

/* The largest reply that the sender of this query accepts: DNS_UDP_BYTES, or what its OPT record
 * says if that is more (RFC 6891 section 6.2.3). */
size_t dns_size_limit(const struct dns_message *query);

/*
 * Whether a reply belongs to a query: response bit, ID, name, type and class (RFC 5452 section 9.1;
 * addresses and ports are the socket's business). Names are compared without case (RFC 4343).
 */
bool dns_matches(const struct dns_message *query, const struct dns_message *reply);

#endif
