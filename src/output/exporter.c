/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * exporter: see the header. The server's thread renders a text only if it is asked for one, and
 * again only once there is another page; pages are handed over by exchanging pointers, so that nobody
 * waits for the other.
 */
#include "udptui/output/exporter.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "udptui/fleet/http.h"
#include "udptui/proto/reason.h"
#include "udptui/sys/files.h"
#include "udptui/sys/interfaces.h"
#include "udptui/sys/report.h"
#include "udptui/sys/thread.h"

enum { EXPORTER_TEXT_SIZE = 1 << 16 }; /* at the beginning */

/* A text that was rendered. */
struct exported {
    char *text; /* NULL: not yet */
    size_t length, size;
    uint64_t version; /* of the page */
};

struct exporter {
    const char *where;
    struct metrics_source source;
    struct http *http;        /* NULL: it is a file */
    struct metrics_page next; /* that the owner fills */

    /* of a file */
    char error[EXPORTER_ERROR_SIZE]; /* why it was not written */
    bool reported;

    /* of a server */
    pthread_mutex_t lock;
    struct metrics_page latest; /* with the lock; empty once it was taken */
    uint64_t version;           /* how many there were: with the lock */

    /* of the server's thread; of a file the first text */
    struct metrics_page rendered;
    uint64_t rendered_version;
    struct exported texts[METRICS_FORMATS];
};

bool exporter_is_address(const char *where)
{
    const char *colon = strrchr(where, ':');

    return colon != NULL && colon[1] != '\0' && strchr(where, '/') == NULL &&
           colon[1 + strspn(colon + 1, "0123456789")] == '\0';
}

/* Of "127.0.0.1:port": whether an address is before the last colon. */
static bool exporter_begins_with_address(const char *where)
{
    const char *colon = strrchr(where, ':');
    char host[ENDPOINT_HOST_SIZE];
    struct endpoint_spec spec;

    if (colon == NULL || (size_t)(colon - where) >= sizeof host)
        return false;
    snprintf(host, sizeof host, "%.*s", (int)(colon - where), where);
    return endpoint_split(host, &spec) == ENDPOINT_OK && spec.is_literal;
}

/* Whether a name without a slash was meant as an address or a port, and is not ADDRESS:PORT. */
static bool exporter_lacks_port(const char *where)
{
    struct endpoint_spec spec;

    if (strchr(where, '/') != NULL)
        return false;
    if (endpoint_split(where, &spec) == ENDPOINT_OK)
        return spec.is_literal ? !spec.has_port : strchr(where, ':') == NULL && spec.has_port;
    return !exporter_is_address(where) && exporter_begins_with_address(where);
}

/* An address of IPv6 needs brackets before a port; those that are there stay. */
static bool exporter_explain_port(const char *where, struct problem *problem)
{
    bool bare = where[0] != '[' && strchr(where, ':') != strrchr(where, ':');
    bool port = where[strspn(where, "0123456789")] == '\0';
    int host =
        where[0] == '[' ? (int)strcspn(where, "]") + 1 : (int)strcspn(where, bare ? "" : ":");

    if (port)
        return problem_set(problem, true, "%s: for a port write :%s, for a file ./%s", where, where,
                           where);
    return problem_set(problem, true,
                       "%s: there is no port: write %s%.*s%s:PORT, or for a file ./%s", where,
                       bare ? "[" : "", host, where, bare ? "]" : "", where);
}

static bool exporter_check_address(const char *where, struct problem *problem)
{
    struct endpoint_spec spec;
    enum endpoint_error error = endpoint_split(where, &spec);

    return error == ENDPOINT_OK ||
           problem_set(problem, true, "%s: %s", where, endpoint_error_text(error));
}

bool exporter_check(const char *where, struct problem *problem)
{
    if (where[0] == '\0')
        return problem_set(problem, true, "'': name a file, or ADDRESS:PORT");
    if (exporter_lacks_port(where))
        return exporter_explain_port(where, problem);
    return !exporter_is_address(where) || exporter_check_address(where, problem);
}

/* ---- texts */

/* False if memory is short. */
static bool exporter_write_text(struct exporter *exporter, const struct metrics_page *page,
                                enum metrics_format format)
{
    struct exported *exported = &exporter->texts[format];

    for (;;) {
        exported->length =
            metrics_write(&exporter->source, page, format, exported->text, exported->size);
        if (exported->length < exported->size)
            return true;
        size_t size =
            exported->length < EXPORTER_TEXT_SIZE ? EXPORTER_TEXT_SIZE : exported->length * 5 / 4;
        char *text = realloc(exported->text, size);
        if (text == NULL)
            return false;
        exported->text = text;
        exported->size = size;
    }
}

/* ---- the server's thread */

/* If there is another page than the one that was rendered last, it is taken. */
static void exporter_take_page(struct exporter *exporter)
{
    pthread_mutex_lock(&exporter->lock);
    if (exporter->rendered_version != exporter->version)
        metrics_page_swap(&exporter->rendered, &exporter->latest);
    exporter->rendered_version = exporter->version;
    pthread_mutex_unlock(&exporter->lock);
}

static struct http_page exporter_render(void *context, const char *accept)
{
    static const char no_memory[] = "# not enough memory\n# EOF\n";
    struct exporter *exporter = context;
    enum metrics_format format = metrics_choose_format(accept);
    struct exported *exported = &exporter->texts[format];
    struct http_page page = {.type = metrics_content_type(format)};

    exporter_take_page(exporter);
    bool whole = exported->version == exporter->rendered_version ||
                 exporter_write_text(exporter, &exporter->rendered, format);
    exported->version = whole ? exporter->rendered_version : 0;
    page.bytes = whole ? exported->text : no_memory;
    page.size_bytes = whole ? exported->length : strlen(no_memory);
    return page;
}

/* ---- a file */

static bool exporter_write(struct exporter *exporter, const struct metrics_page *page)
{
    const struct exported *exported = &exporter->texts[METRICS_PROMETHEUS];
    const char *why = reason_text(ENOMEM);

    if (exporter_write_text(exporter, page, METRICS_PROMETHEUS))
        why = files_replace(exporter->where, exported->text, exported->length, false);
    if (why == NULL)
        return true;
    exporter->source.failures++;
    problem_write(exporter->error, sizeof exporter->error, "%s: %s", exporter->where, why);
    return false;
}

/* ---- beginning and end */

static bool exporter_listen(struct exporter *exporter, int *status)
{
    struct problem problem;

    exporter->http = http_open(exporter->where, &problem);
    if (exporter->http != NULL)
        return true;
    *status = problem.usage ? EXIT_USAGE : EXIT_SETUP;
    report_error("--metrics %s", problem.text);
    return false;
}

static bool exporter_is_allowed(const char *where, int *status)
{
    struct problem problem;

    if (exporter_check(where, &problem))
        return true;
    *status = EXIT_USAGE;
    report_error("--metrics %s", problem.text);
    return false;
}

static bool exporter_begin_file(struct exporter *exporter)
{
    if (exporter_write(exporter, &exporter->next))
        return true;
    report_error("--metrics %s", exporter->error);
    return false;
}

static void exporter_free(struct exporter *exporter)
{
    http_close(exporter->http);
    pthread_mutex_destroy(&exporter->lock);
    for (int i = 0; i < METRICS_FORMATS; i++)
        free(exporter->texts[i].text);
    metrics_page_free(&exporter->next);
    metrics_page_free(&exporter->latest);
    metrics_page_free(&exporter->rendered);
    free(exporter);
}

static bool exporter_prepare(struct exporter *exporter, int *status)
{
    if (!exporter_is_address(exporter->where))
        return exporter_begin_file(exporter);
    if (!exporter_listen(exporter, status))
        return false;
    exporter_put(exporter);
    return true;
}

struct exporter *exporter_open(const char *where, const struct metrics_source *source,
                               struct metrics_page *first, int *status)
{
    struct exporter *exporter = calloc(1, sizeof *exporter);

    *status = EXIT_SETUP; /* if it fails */
    if (exporter == NULL) {
        metrics_page_free(first);
        report_error("--metrics: not enough memory");
        return NULL;
    }
    metrics_page_swap(&exporter->next, first);
    exporter->where = where;
    exporter->source = *source;
    exporter->lock = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
    if (exporter_is_allowed(where, status) && exporter_prepare(exporter, status))
        return exporter;
    exporter_free(exporter);
    return NULL;
}

bool exporter_begin(struct exporter *exporter)
{
    int code = exporter->http != NULL ? http_start(exporter->http, exporter_render, exporter) : 0;

    if (code != 0)
        report_error("--metrics: cannot start a thread: %s", thread_failure(code));
    return code == 0;
}

void exporter_describe(const struct exporter *exporter, char *out, size_t size_bytes)
{
    struct endpoint at;
    char text[ENDPOINT_TEXT_SIZE];

    out[0] = '\0';
    if (exporter->http == NULL)
        return;
    at = http_endpoint(exporter->http);
    snprintf(out, size_bytes, "http://%s/metrics",
             endpoint_format_in(&at, &interfaces_zones, text, sizeof text));
}

struct metrics_page *exporter_page(struct exporter *exporter)
{
    metrics_page_clear(&exporter->next);
    return &exporter->next;
}

void exporter_put(struct exporter *exporter)
{
    if (exporter->http == NULL) {
        exporter_write(exporter, &exporter->next);
        return;
    }
    pthread_mutex_lock(&exporter->lock);
    metrics_page_swap(&exporter->next, &exporter->latest);
    exporter->version++;
    pthread_mutex_unlock(&exporter->lock);
}

bool exporter_failed(struct exporter *exporter, char *error)
{
    if (!exporter_has_failed(exporter) || exporter->reported)
        return false;
    exporter->reported = true;
    memcpy(error, exporter->error, sizeof exporter->error);
    return true;
}

bool exporter_has_failed(const struct exporter *exporter)
{
    return exporter != NULL && exporter->source.failures > 0;
}

int exporter_close(struct exporter *exporter, int status)
{
    if (exporter == NULL)
        return status;
    if (exporter_has_failed(exporter)) {
        report_error("--metrics %s: times not written: %" PRIu64, exporter->error,
                     exporter->source.failures);
        status = EXIT_SETUP;
    }
    exporter_free(exporter);
    return status;
}
