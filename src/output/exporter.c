/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * exporter: see the header. The server's thread renders a text only if it is asked for one, and
 * again only once there is another summary; the owner never waits longer for it than a copy takes.
 */
#include "udptui/output/exporter.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "udptui/fleet/http.h"
#include "udptui/sys/files.h"
#include "udptui/sys/interfaces.h"
#include "udptui/sys/report.h"
#include "udptui/sys/thread.h"

/* A text that was rendered. */
struct exported {
    char *text; /* METRICS_TEXT_SIZE; NULL: not yet */
    size_t length;
    uint64_t version; /* of the summary */
};

struct exporter {
    const char *where;
    struct metrics_source source;
    size_t summary_bytes;
    struct http *http; /* NULL: it is a file */

    /* of a file */
    char error[EXPORTER_ERROR_SIZE]; /* why it was not written */
    bool reported;

    /* of a server */
    pthread_mutex_t lock;
    void *summary;    /* the latest: with the lock */
    uint64_t version; /* how many there were: with the lock */

    /* of the server's thread; of a file the first one */
    void *rendered; /* its copy of the summary */
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

bool exporter_check(const char *where, struct problem *problem)
{
    if (where[0] == '\0')
        return problem_set(problem, true, "'': name a file, or ADDRESS:PORT");
    return !exporter_lacks_port(where) || exporter_explain_port(where, problem);
}

/* ---- the server's thread */

/* Whether there is another summary than that of the text; if so it is copied. */
static bool exporter_take_summary(struct exporter *exporter, struct exported *exported)
{
    bool changed;

    pthread_mutex_lock(&exporter->lock);
    changed = exported->version != exporter->version;
    if (changed)
        memcpy(exporter->rendered, exporter->summary, exporter->summary_bytes);
    exported->version = exporter->version;
    pthread_mutex_unlock(&exporter->lock);
    return changed;
}

static struct http_page exporter_render(void *context, const char *accept)
{
    struct exporter *exporter = context;
    enum metrics_format format = metrics_choose_format(accept);
    struct exported *exported = &exporter->texts[format];

    if (exporter_take_summary(exporter, exported))
        exported->length =
            metrics_write(&exporter->source, exporter->rendered, format, exported->text);
    return (struct http_page){.type = metrics_content_type(format),
                              .bytes = exported->text,
                              .size_bytes = exported->length};
}

/* ---- a file */

static bool exporter_write(struct exporter *exporter, const void *summary)
{
    struct exported *exported = &exporter->texts[METRICS_PROMETHEUS];
    const char *why;

    exported->length =
        metrics_write(&exporter->source, summary, METRICS_PROMETHEUS, exported->text);
    why = files_replace(exporter->where, exported->text, exported->length, false);
    if (why == NULL)
        return true;
    exporter->source.failures++;
    problem_write(exporter->error, sizeof exporter->error, "%s: %s", exporter->where, why);
    return false;
}

/* ---- beginning and end */

static bool exporter_make_memory(struct exporter *exporter, size_t summary_bytes)
{
    bool whole = true;

    exporter->summary_bytes = summary_bytes;
    exporter->summary = calloc(1, summary_bytes);
    exporter->rendered = calloc(1, summary_bytes);
    for (int i = 0; i < METRICS_FORMATS; i++) {
        exporter->texts[i].text = malloc(METRICS_TEXT_SIZE);
        whole &= exporter->texts[i].text != NULL;
    }
    return whole && exporter->summary != NULL && exporter->rendered != NULL;
}

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

static bool exporter_begin_file(struct exporter *exporter, const void *summary)
{
    if (exporter_write(exporter, summary))
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
    free(exporter->summary);
    free(exporter->rendered);
    free(exporter);
}

static bool exporter_prepare(struct exporter *exporter, const void *summary, size_t summary_bytes,
                             int *status)
{
    if (!exporter_make_memory(exporter, summary_bytes)) {
        report_error("--metrics: not enough memory");
        return false;
    }
    if (!exporter_is_address(exporter->where))
        return exporter_begin_file(exporter, summary);
    if (!exporter_listen(exporter, status))
        return false;
    exporter_put(exporter, summary);
    return true;
}

struct exporter *exporter_open(const char *where, const struct metrics_source *source,
                               const void *summary, size_t summary_bytes, int *status)
{
    struct exporter *exporter;

    if (!exporter_is_allowed(where, status))
        return NULL;
    *status = EXIT_SETUP; /* if it fails */
    exporter = calloc(1, sizeof *exporter);
    if (exporter == NULL) {
        report_error("--metrics: not enough memory");
        return NULL;
    }
    exporter->where = where;
    exporter->source = *source;
    exporter->lock = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
    if (exporter_prepare(exporter, summary, summary_bytes, status))
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

void exporter_put(struct exporter *exporter, const void *summary)
{
    if (exporter->http == NULL) {
        exporter_write(exporter, summary);
        return;
    }
    pthread_mutex_lock(&exporter->lock);
    memcpy(exporter->summary, summary, exporter->summary_bytes);
    exporter->version++;
    pthread_mutex_unlock(&exporter->lock);
}

bool exporter_failed(struct exporter *exporter, char *error)
{
    if (exporter == NULL || exporter->source.failures == 0 || exporter->reported)
        return false;
    exporter->reported = true;
    memcpy(error, exporter->error, sizeof exporter->error);
    return true;
}

int exporter_close(struct exporter *exporter, int status)
{
    if (exporter == NULL)
        return status;
    if (exporter->source.failures > 0) {
        report_error("--metrics %s: times not written: %" PRIu64, exporter->error,
                     exporter->source.failures);
        status = EXIT_SETUP;
    }
    exporter_free(exporter);
    return status;
}
