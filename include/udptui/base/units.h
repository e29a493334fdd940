/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* units: values as people read and write them. No locale: '.' is the decimal point. */
#ifndef UDPTUI_BASE_UNITS_H
#define UDPTUI_BASE_UNITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { UNITS_TEXT_SIZE = 32, UNITS_TIME_SIZE = 40 };

#define UNITS_NS_PER_US INT64_C(1000)
#define UNITS_NS_PER_MS INT64_C(1000000)
#define UNITS_NS_PER_S  INT64_C(1000000000)

/* The bounds of every rate that an option takes: one a day, and one a nanosecond. Within them the
 * time from one event to the next is a whole number of nanoseconds from 1 to 8.64e13. */
#define UNITS_RATE_MIN (1.0 / 86400)
#define UNITS_RATE_MAX 1e9

/* How much is sent per second: datagrams, or bits of payload. */
struct units_flow {
    double per_second;
    bool bits;
};

/* All formatters write NUL-terminated ASCII to out (size_bytes >= UNITS_TEXT_SIZE), return out. */

/* "12,345": never abbreviated. */
const char *units_count(uint64_t value, char *out, size_t size_bytes);
/* "12.3k" / "4.56M": at most 6 columns, exact below 100,000 if it fits ("99,999"). */
const char *units_count_short(uint64_t value, char *out, size_t size_bytes);
/* "5 B", "3.1 kB", "12 MB" (powers of 1000, as the field does). */
const char *units_bytes(uint64_t value_bytes, char *out, size_t size_bytes);
/* "0/s", "2.0/s", "1.2 k/s", "4.10 M/s": rate in events per second. */
const char *units_rate(double per_second, char *out, size_t size_bytes);
/* "0 bit/s", "820 bit/s", "1.23 Mbit/s": bits per second, powers of 1000. */
const char *units_bit_rate(double bits_per_second, char *out, size_t size_bytes);
/* "870 ns", "1.60 us", "31 us", "1.25 ms", "2.04 s", "95.0 s": three significant figures, from
 * 10 us to 1 ms whole microseconds; negative gives "-". */
const char *units_duration(int64_t duration_ns, char *out, size_t size_bytes);
/* "now" below 1 s, "3 s ago", "5 min ago", "2 h ago", "4 d ago". */
const char *units_ago(int64_t age_ns, char *out, size_t size_bytes);
/* "00:12:31", beyond 100 h "5d 03:12:31". */
const char *units_uptime(int64_t duration_ns, char *out, size_t size_bytes);
/* ISO 8601 UTC with nanoseconds, "2024-02-29T23:59:59.000000001Z" (UNITS_TIME_SIZE). */
const char *units_iso8601(int64_t wall_ns, char *out, size_t size_bytes);
/* Date "2024-02-29", wall_ns shifted by utc_offset_s seconds. */
const char *units_date(int64_t wall_ns, int32_t utc_offset_s, char *out, size_t size_bytes);
/* Stands for an unknown time of day, with the same width. */
#define UNITS_NO_CLOCK "--:--:--.---"

/* Time of day "10:31:02.114", wall_ns shifted by utc_offset_s seconds. */
const char *units_clock(int64_t wall_ns, int32_t utc_offset_s, char *out, size_t size_bytes);

/* How much of whole_ns has passed, in so many parts: 0 .. parts, all of them if whole_ns is not
 * positive. Correct for any times: no multiplication overflows. */
int units_share(int64_t passed_ns, int64_t whole_ns, int parts);

/* Parsers: the whole text must be used; false on anything else, overflow included. */

/* "5s", "80ms", "250us", "100ns", "2m", "1h", "1.5s"; a bare number is seconds. >= 0. */
bool units_parse_duration(const char *text, int64_t *out_ns);
/* "20/s", "1.5k/s", "20", "90/m", "1/day": events per second, UNITS_RATE_MIN to UNITS_RATE_MAX. */
bool units_parse_rate(const char *text, double *out_per_second);
/* As above, or bits a second: "10Mbit/s", "10Mbps", "1.2MB/s". */
bool units_parse_flow(const char *text, struct units_flow *out);
/* Why units_parse_rate rejects a text: a constant, for an error line. */
const char *units_rate_problem(const char *text);
/* The time from one event to the next, in ns, 1 or more; per_second within the bounds. */
int64_t units_rate_interval_ns(double per_second);
/* "4096", "64k", "4M" (k = 1000, Ki = 1024, ...), optionally with "B". */
bool units_parse_size(const char *text, uint64_t *out_bytes);
/* Decimal, or hex with 0x, within [minimum, maximum]. */
bool units_parse_integer(const char *text, int64_t minimum, int64_t maximum, int64_t *out);
/* What units_iso8601 writes, from 1970 to 2261. */
bool units_parse_iso8601(const char *text, int64_t *out_wall_ns);

#endif
