/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_endpoint: endpoint_split of any text, and what it finds written and read once more. */
#include <string.h>

#include "fuzz.h"
#include "udptui/proto/endpoint.h"

const char *const fuzz_words[] = {
    "[",         "]",     "]:",   ":",       "::",  "%",        "%eth0",    "%2",
    "4010",      "65536", "0",    "fe80::1", "::1", "ffff:",    "1:",       "::ffff:192.0.2.1",
    "192.0.2.1", ".",     "host", "255.",    "-",   "2001:db8", "\xc3\xa4", " ",
    "\x1b",      "db8:",  NULL,
};

static void require_string(const char *text, size_t size)
{
    fuzz_require(memchr(text, '\0', size) != NULL, "a part of a spec ends");
    for (; *text != '\0'; text++)
        fuzz_require((unsigned char)*text > ' ' && *text != 0x7f, "nor holds it blank or control");
}

/* IPv4 is IPv4, and leaves the rest of its bytes zero. */
static void require_canonical(const struct endpoint *literal)
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff}, none[12];

    fuzz_require(literal->scope == 0 && literal->zero == 0, "a literal has no scope");
    if (literal->family == ENDPOINT_IPV4)
        fuzz_require(memcmp(literal->address + 4, none, sizeof none) == 0, "no byte is left over");
    else
        fuzz_require(memcmp(literal->address, mapped, sizeof mapped) != 0, "none is mapped");
}

static void require_reads_back(const struct endpoint *literal)
{
    struct endpoint_spec again;
    char text[ENDPOINT_TEXT_SIZE];

    endpoint_format(literal, text, sizeof text);
    fuzz_require(endpoint_split(text, &again) == ENDPOINT_OK, "what is written can be read");
    fuzz_require(again.is_literal && again.has_port, "as an address with a port");
    fuzz_require(endpoint_equal(&again.literal, literal), "the same one");
    endpoint_format_address(literal, text, sizeof text);
    fuzz_require(endpoint_split(text, &again) == ENDPOINT_OK, "without the port too");
    fuzz_require(endpoint_same_address(&again.literal, literal), "and the same");
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct endpoint_spec spec;
    char *text = fuzz_allocate(size + 1);
    enum endpoint_error error;

    memcpy(text, bytes, size);
    text[size] = '\0';
    memset(&spec, 0xa5, sizeof spec);
    error = endpoint_split(text, &spec);
    free(text);
    fuzz_require((error == ENDPOINT_OK) == (*endpoint_error_text(error) == '\0'),
                 "an error has words");
    if (error != ENDPOINT_OK)
        return 0;
    require_string(spec.host, sizeof spec.host);
    require_string(spec.zone, sizeof spec.zone);
    fuzz_require(spec.has_port || spec.port == ENDPOINT_DEFAULT_PORT, "a port is given or 4010");
    fuzz_require(spec.is_literal == (spec.literal.family != ENDPOINT_NONE), "a literal is filled");
    fuzz_require(spec.is_literal || spec.zone[0] == '\0', "a zone goes with an address");
    if (spec.is_literal) {
        fuzz_require(spec.literal.port == spec.port, "with the port");
        require_canonical(&spec.literal);
        require_reads_back(&spec.literal);
    }
    return 0;
}
