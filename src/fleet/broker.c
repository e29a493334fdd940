/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* broker: see the header. The URL is taken apart from the left: scheme, user, host and port,
 * prefix. */
#include "udptui/fleet/broker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <utf8proc.h>

#include "udptui/base/ascii.h"
#include "udptui/sys/files.h"

#define BROKER_EXAMPLE "for example mqtt://broker.example/lab"

/* What is being parsed, for the messages. */
struct broker_url {
    const char *option, *text;
    struct problem *problem;
};

/* Whether what stands before an @ may be a user and a password, also in a URL that is wrong: messages
 * end in logs. */
static bool broker_may_have_password(const char *text)
{
    const char *scheme = strchr(text, ':'), *at = strrchr(text, '@'), *begin = text;

    if (scheme != NULL && strncmp(scheme, "://", strlen("://")) == 0)
        begin = scheme + strlen("://");
    return at != NULL && at > begin && memchr(begin, ':', (size_t)(at - begin)) != NULL;
}

static bool broker_refuse(const struct broker_url *url, const char *why)
{
    const char *shown = broker_may_have_password(url->text) ? "" : url->text;
    const char *blank = url->option[0] != '\0' && shown[0] != '\0' ? " " : "";

    return problem_set(url->problem, true, "%s%s%s%s%s", url->option, blank, shown,
                       url->option[0] != '\0' || shown[0] != '\0' ? ": " : "", why);
}

/* ---- scheme */

/* Moves *rest past "mqtt://" or "mqtts://". */
static bool broker_take_scheme(const struct broker_url *url, const char **rest, struct broker *out)
{
    static const struct {
        const char *words;
        bool tls;
        uint16_t port;
    } schemes[] = {{"mqtt://", false, BROKER_PORT}, {"mqtts://", true, BROKER_PORT_TLS}};

    for (size_t i = 0; i < 2; i++) {
        size_t length = strlen(schemes[i].words), same = 0;
        while (same < length &&
               ascii_lower((uint8_t)url->text[same]) == (uint8_t)schemes[i].words[same])
            same++;
        if (same < length)
            continue;
        *rest = url->text + length;
        out->tls = schemes[i].tls;
        out->port = schemes[i].port;
        return true;
    }
    return broker_refuse(
        url, "the URL of an MQTT broker begins with mqtt:// or mqtts:// (TLS), " BROKER_EXAMPLE);
}

/* ---- user */

/* The message must not repeat the password. */
static bool broker_take_user(const struct broker_url *url, const char *text, size_t length,
                             struct broker *out)
{
    if (memchr(text, ':', length) != NULL)
        return problem_set(url->problem, true,
                           "%s%sno password in a URL, every user of this machine can read command "
                           "lines: put it into a file that UDPTUI_MQTT_PASSWORD_FILE names, or "
                           "into UDPTUI_MQTT_PASSWORD",
                           url->option, url->option[0] != '\0' ? ": " : "");
    if (length == 0)
        return broker_refuse(url, "there is no user before the @");
    if (length >= sizeof out->user)
        return broker_refuse(url, "the user's name is too long");
    memcpy(out->user, text, length);
    return true;
}

/* ---- host and port */

static bool broker_take_host(const struct broker_url *url, const char *text, size_t length,
                             struct broker *out)
{
    char host[ENDPOINT_HOST_SIZE + ENDPOINT_ZONE_SIZE + 16];
    struct endpoint_spec spec;
    enum endpoint_error error = ENDPOINT_BAD_HOST;

    if (length < sizeof host) {
        memcpy(host, text, length);
        host[length] = '\0';
        error = endpoint_split(host, &spec);
    }
    if (error != ENDPOINT_OK)
        return broker_refuse(url, endpoint_error_text(error));
    if (spec.host[0] == '\0')
        return broker_refuse(url, "there is no host, " BROKER_EXAMPLE);
    if (spec.has_port && spec.port == 0)
        return broker_refuse(url, "no broker listens on port 0");
    strcpy(out->host, spec.host);
    if (spec.zone[0] != '\0') {
        strncat(out->host, "%", sizeof out->host - strlen(out->host) - 1);
        strncat(out->host, spec.zone, sizeof out->host - strlen(out->host) - 1);
    }
    out->is_literal = spec.is_literal;
    if (spec.has_port)
        out->port = spec.port;
    return true;
}

/* ---- prefix */

static bool broker_is_clean(const char *text, size_t length)
{
    while (length > 0) {
        utf8proc_int32_t point;
        utf8proc_ssize_t size =
            utf8proc_iterate((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)length, &point);
        if (size <= 0 || point < 0x20 || (point >= 0x7f && point <= 0x9f))
            return false;
        text += size;
        length -= (size_t)size;
    }
    return true;
}

static bool broker_take_prefix(const struct broker_url *url, const char *text, struct broker *out)
{
    size_t length;

    text += strspn(text, "/");
    length = strlen(text);
    while (length > 0 && text[length - 1] == '/')
        length--;
    if (length == 0)
        return broker_refuse(url,
                             "there is no prefix for the topics behind the host, " BROKER_EXAMPLE);
    if (length >= sizeof out->prefix)
        return broker_refuse(url, "the prefix is too long");
    if (text[0] == '$')
        return broker_refuse(url, "topics that begin with $ are the broker's own");
    if (memchr(text, '+', length) != NULL || memchr(text, '#', length) != NULL)
        return broker_refuse(url, "the prefix may not contain + or #, which stand for any topic");
    if (!broker_is_clean(text, length))
        return broker_refuse(url, "the prefix has a character that no topic may have");
    memcpy(out->prefix, text, length);
    return true;
}

bool broker_parse(const char *option, const char *text, struct broker *out, struct problem *problem)
{
    const struct broker_url url = {.option = option, .text = text, .problem = problem};
    const char *rest = text, *at;
    size_t length;

    *out = (struct broker){.ca_file = NULL};
    if (!broker_take_scheme(&url, &rest, out))
        return false;
    length = strcspn(rest, "/");
    at = memrchr(rest, '@', length);
    if (at != NULL) {
        if (!broker_take_user(&url, rest, (size_t)(at - rest), out))
            return false;
        length -= (size_t)(at + 1 - rest);
        rest = at + 1;
    }
    return broker_take_host(&url, rest, length, out) &&
           broker_take_prefix(&url, rest + length, out);
}

/* ---- secrets */

static bool broker_read_password_file(const char *path, char *out, struct problem *problem)
{
    size_t size;
    const char *why = files_read(path, (uint8_t *)out, BROKER_PASSWORD_SIZE - 1, &size);

    if (why != NULL)
        return problem_set(problem, false, "UDPTUI_MQTT_PASSWORD_FILE %s: %s", path, why);
    out[size] = '\0';
    out[strcspn(out, "\r\n")] = '\0';
    if (out[0] == '\0')
        return problem_set(problem, false, "UDPTUI_MQTT_PASSWORD_FILE %s: its first line is empty",
                           path);
    return true;
}

bool broker_read_secrets(struct broker *broker, struct problem *problem)
{
    const char *password = getenv("UDPTUI_MQTT_PASSWORD"), *path;

    path = getenv("UDPTUI_MQTT_PASSWORD_FILE");
    broker->ca_file = getenv("UDPTUI_MQTT_CA_FILE");
    if (password != NULL && strlen(password) >= sizeof broker->password)
        return problem_set(problem, true, "UDPTUI_MQTT_PASSWORD: it is too long");
    if (password != NULL)
        strcpy(broker->password, password);
    else if (path != NULL && !broker_read_password_file(path, broker->password, problem))
        return false;
    if (broker->password[0] != '\0' && broker->user[0] == '\0')
        return problem_set(problem, true,
                           "there is a password for the broker and no user: put USER@ before "
                           "the host, as in mqtt://kim@broker.example/lab");
    return true;
}

const char *broker_format(const struct broker *broker, enum text_charset charset, char *out)
{
    bool brackets = strchr(broker->host, ':') != NULL;
    char host[ENDPOINT_HOST_SIZE * TEXT_EXPANSION];

    text_render(host, sizeof host, broker->host, strlen(broker->host), charset);
    snprintf(out, BROKER_TEXT_SIZE, "%s%s%s:%u", brackets ? "[" : "", host, brackets ? "]" : "",
             (unsigned)broker->port);
    return out;
}

void broker_add_needs(const struct broker *broker, struct sandbox_needs *needs)
{
    needs->connects_to = broker->port;
    needs->names |= !broker->is_literal;
    needs->authorities = broker->tls;
    needs->authority = broker->ca_file;
}
