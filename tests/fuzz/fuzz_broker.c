/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_broker: short texts of the ways into and out of a fleet. Input: a byte that chooses, then the URL of a
 * broker or the Accept header of an HTTP client. A URL is refused with one line that has no password in
 * it, or its parts are ones that a broker can have; a format is one that there is.
 */
#include <string.h>

#include "fuzz.h"
#include "udptui/fleet/broker.h"
#include "udptui/output/metrics.h"

const char *const fuzz_words[] = {
    "umqtt://h/p",
    "umqtts://user@h:8883/school/room-3",
    "umqtt://[2001:db8::1%9]:1/p",
    "umqtt://user:word@h/p",
    "/+",
    "/#",
    "%2f",
    ":99999",
    "aapplication/openmetrics-text; version=1.0.0; q=0.5, text/plain;q=0.4",
    ";q=",
    ",",
    "*/*",
    "\xff",
    NULL,
};

static const char secret[] = "s3cret";

static void fuzz_accept(const char *text)
{
    enum metrics_format format = metrics_choose_format(text);

    fuzz_require(format < METRICS_FORMATS && metrics_content_type(format) != NULL,
                 "there is such a format");
}

static void require_level(const char *text)
{
    fuzz_require(text[0] != '\0' && text[0] != '/' && text[strlen(text) - 1] != '/',
                 "a prefix has no slash at its ends");
    fuzz_require(strpbrk(text, "+#") == NULL, "a prefix stands for itself");
}

static void fuzz_url(const char *text)
{
    struct problem problem = {.text = ""};
    char shown[BROKER_TEXT_SIZE];
    struct broker broker;

    if (!broker_parse("--publish", text, &broker, &problem)) {
        fuzz_require(problem.usage && problem.text[0] != '\0', "a refusal has a reason");
        return;
    }
    require_level(broker.prefix);
    fuzz_require(broker.host[0] != '\0' && broker.port > 0, "there is somewhere to connect to");
    broker_format(&broker, TEXT_ASCII, shown);
    for (const char *at = shown; *at != '\0'; at++)
        fuzz_require((unsigned char)*at >= ' ' && (unsigned char)*at < 0x7f, "it is safe text");
}

static void require_hidden(const char *url)
{
    struct problem problem = {.text = ""};
    struct broker broker;

    fuzz_require(broker_parse("--publish", url, &broker, &problem) ||
                     strstr(problem.text, secret) == NULL,
                 "a password is not repeated");
}

/* The text as what surrounds a password, which no message may have. */
static void fuzz_password(const char *text)
{
    char url[256];

    if (strlen(text) > sizeof url / 2)
        return;
    snprintf(url, sizeof url, "mqtt://user:%s@%s", secret, text);
    require_hidden(url);
    snprintf(url, sizeof url, "user:%s@%s", secret, text);
    require_hidden(url);
    snprintf(url, sizeof url, "mqtt:/user:%s/%s@h/p", secret, text);
    require_hidden(url);
    snprintf(url, sizeof url, "mqtt://user:%s%s@h/p", text, secret);
    require_hidden(url);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (size == 0)
        return 0;
    char *text = fuzz_allocate(size);
    memcpy(text, bytes + 1, size - 1);
    text[size - 1] = '\0';
    if (bytes[0] == 'a') {
        fuzz_accept(text);
    } else {
        fuzz_url(text);
        fuzz_password(text);
    }
    free(text);
    return 0;
}
