/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * http: see the header. The thread accepts connections itself, so that it knows each one's age, and
 * gives them to libmicrohttpd, which it drives by its epoll(7) descriptor.
 */
#include "udptui/fleet/http.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <microhttpd.h>

#include "udptui/base/array.h"
#include "udptui/base/units.h"
#include "udptui/net/resolve.h"
#include "udptui/proto/reason.h"
#include "udptui/sys/address.h"
#include "udptui/sys/clock.h"
#include "udptui/sys/thread.h"
#include "udptui/sys/wait.h"

enum {
    BACKLOG = 128,
    ACCEPTS_A_TURN = 32, /* then it rests: a flood of connections takes little of the processor */
    SILENCE_S = 5,       /* libmicrohttpd closes a connection without a byte for so long */
};

static const int64_t http_life_ns = 10 * UNITS_NS_PER_S; /* of a connection, however slow */
static const int64_t http_rest_ns = 10 * UNITS_NS_PER_MS;

#if MHD_VERSION < 0x00097002
typedef int http_result;
#else
typedef enum MHD_Result http_result;
#endif

struct http_connection {
    struct MHD_Connection *connection;
    int fd;
    int64_t since_ns;  /* CLOCK_MONOTONIC */
    size_t size_bytes; /* of the page that is under way, 0: none is */
};

struct http {
    int listen_fd, wake_fd;
    struct endpoint endpoint;
    struct MHD_Daemon *daemon;
    pthread_t thread;
    bool running;
    atomic_bool closing;

    /* the thread's own */
    http_render render;
    void *context;
    struct http_connection connections[HTTP_CONNECTIONS]; /* the oldest first */
    size_t count;
    int64_t accept_ns; /* CLOCK_MONOTONIC: no connection is accepted before */
};

/* ---- requests */

static http_result http_reply(struct MHD_Connection *connection, unsigned status,
                              const struct http_page *page)
{
    /* the library promises not to write to it */
    struct MHD_Response *response = MHD_create_response_from_buffer(
        page->size_bytes, (void *)(uintptr_t)page->bytes, MHD_RESPMEM_MUST_COPY);
    http_result result;

    if (response == NULL)
        return MHD_NO;
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, page->type);
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
    if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
        MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
    result = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);
    return result;
}

static http_result http_refuse(struct MHD_Connection *connection, unsigned status, const char *why)
{
    const struct http_page page = {
        .type = "text/plain; charset=utf-8", .bytes = why, .size_bytes = strlen(why)};

    return http_reply(connection, status, &page);
}

/* Also of "http://HOST/metrics", as a proxy asks (RFC 9112, section 3.2.2). */
static const char *http_path(const char *url)
{
    static const char scheme[] = "http://";

    if (strncasecmp(url, scheme, sizeof scheme - 1) != 0)
        return url;
    url += sizeof scheme - 1;
    return url + strcspn(url, "/");
}

/* ---- how much is under way */

/* libmicrohttpd notices and forgets it. */
static void http_end_connection(const struct http_connection *connection)
{
    shutdown(connection->fd, SHUT_RDWR);
}

/* Notes that a page goes to this connection. False: with the others it would be too much. Then the
 * oldest of them is ended, so that who reads nothing keeps nobody out. */
static bool http_take_room(struct http *http, const struct MHD_Connection *connection,
                           size_t size_bytes)
{
    struct http_connection *own = NULL, *oldest = NULL;
    size_t others_bytes = 0;

    for (size_t i = 0; i < http->count; i++) {
        struct http_connection *at = &http->connections[i];
        own = at->connection == connection ? at : own;
        oldest = oldest == NULL && at->size_bytes > 0 ? at : oldest;
        others_bytes += at->size_bytes;
    }
    bool fits = others_bytes == 0 || others_bytes + size_bytes <= HTTP_BYTES_MAX;
    if (fits && own != NULL)
        own->size_bytes = size_bytes;
    if (!fits)
        http_end_connection(oldest);
    return fits;
}

/* Called when the headers are there: a body is never read. */
static http_result http_take_request(void *context, struct MHD_Connection *connection,
                                     const char *url, const char *method, const char *version,
                                     const char *upload, size_t *upload_bytes, void **own)
{
    struct http *http = context;
    struct http_page page;

    (void)version, (void)upload, (void)upload_bytes, (void)own;
    if (strcmp(method, MHD_HTTP_METHOD_GET) != 0 && strcmp(method, MHD_HTTP_METHOD_HEAD) != 0)
        return http_refuse(connection, MHD_HTTP_METHOD_NOT_ALLOWED, "GET or HEAD\n");
    if (strcmp(http_path(url), "/metrics") != 0)
        return http_refuse(connection, MHD_HTTP_NOT_FOUND, "udptui: the metrics are at /metrics\n");
    page = http->render(http->context, MHD_lookup_connection_value(connection, MHD_HEADER_KIND,
                                                                   MHD_HTTP_HEADER_ACCEPT));
    if (!http_take_room(http, connection, page.size_bytes))
        return http_refuse(connection, MHD_HTTP_SERVICE_UNAVAILABLE,
                           "too many large pages are under way: try again\n");
    return http_reply(connection, MHD_HTTP_OK, &page);
}

/* ---- connections */

static void http_forget(struct http *http, const struct MHD_Connection *connection)
{
    for (size_t i = 0; i < http->count; i++)
        if (http->connections[i].connection == connection) {
            http->count--;
            memmove(&http->connections[i], &http->connections[i + 1],
                    (http->count - i) * sizeof *http->connections);
            return;
        }
}

static void http_note_connection(void *context, struct MHD_Connection *connection, void **own,
                                 enum MHD_ConnectionNotificationCode code)
{
    struct http *http = context;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);

    (void)own;
    if (code == MHD_CONNECTION_NOTIFY_CLOSED)
        http_forget(http, connection);
    else if (http->count < HTTP_CONNECTIONS && info != NULL)
        http->connections[http->count++] = (struct http_connection){
            .connection = connection, .fd = info->connect_fd, .since_ns = clock_monotonic_ns()};
}

static void http_end_old(struct http *http, int64_t now_ns)
{
    for (size_t i = 0; i < http->count; i++)
        if (now_ns >= http->connections[i].since_ns + http_life_ns)
            http_end_connection(&http->connections[i]);
}

static void http_add(struct http *http, int fd, const struct sockaddr_storage *peer,
                     socklen_t length)
{
    if (http->count == HTTP_CONNECTIONS) {
        http_end_connection(&http->connections[0]);
        MHD_run(http->daemon);
    }
    if (http->count == HTTP_CONNECTIONS)
        close(fd);
    else
        MHD_add_connection(http->daemon, fd, (const struct sockaddr *)peer, length);
}

static void http_accept(struct http *http, int64_t now_ns)
{
    for (int i = 0; i < ACCEPTS_A_TURN; i++) {
        struct sockaddr_storage peer;
        socklen_t length = sizeof peer;
        int fd = accept4(http->listen_fd, (struct sockaddr *)&peer, &length,
                         SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        if (fd < 0)
            break; /* out of descriptors, or the peer was gone */
        http_add(http, fd, &peer, length);
    }
    http->accept_ns = now_ns + http_rest_ns;
}

/* ---- the thread */

static int64_t http_due_ns(const struct http *http, int64_t now_ns)
{
    MHD_UNSIGNED_LONG_LONG timeout_ms;
    int64_t due_ns = http->accept_ns > now_ns ? http->accept_ns : INT64_MAX;

    if (MHD_get_timeout(http->daemon, &timeout_ms) == MHD_YES)
        due_ns = wait_earlier_ns(due_ns, now_ns + (int64_t)timeout_ms * UNITS_NS_PER_MS);
    if (http->count > 0)
        due_ns = wait_earlier_ns(due_ns, http->connections[0].since_ns + http_life_ns);
    return due_ns;
}

static void *http_run(void *argument)
{
    struct http *http = argument;
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(http->daemon, MHD_DAEMON_INFO_EPOLL_FD);
    struct pollfd polled[] = {{.fd = http->wake_fd, .events = POLLIN},
                              {.fd = info->epoll_fd, .events = POLLIN},
                              {.fd = http->listen_fd, .events = POLLIN}};

    while (!atomic_load(&http->closing)) {
        int64_t now_ns = clock_monotonic_ns();
        polled[2].fd = now_ns >= http->accept_ns ? http->listen_fd : -1;
        wait_until(polled, COUNT_OF(polled), http_due_ns(http, now_ns));
        now_ns = clock_monotonic_ns();
        if (polled[2].revents != 0)
            http_accept(http, now_ns);
        http_end_old(http, now_ns);
        MHD_run(http->daemon);
    }
    return NULL;
}

/* ---- beginning and end */

static bool http_listen(struct http *http, const struct endpoint *at)
{
    int family = at->family == ENDPOINT_IPV6 ? AF_INET6 : AF_INET;
    struct sockaddr_storage address;
    socklen_t length = address_from_endpoint(at, family, &address);
    const int on = 1, off = 0;

    http->listen_fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (http->listen_fd < 0)
        return false;
    setsockopt(http->listen_fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (family == AF_INET6 && endpoint_is_unspecified(at))
        setsockopt(http->listen_fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    if (bind(http->listen_fd, (const struct sockaddr *)&address, length) != 0 ||
        listen(http->listen_fd, BACKLOG) != 0)
        return false;
    length = sizeof address;
    if (getsockname(http->listen_fd, (struct sockaddr *)&address, &length) != 0)
        return false;
    http->endpoint = address_to_endpoint(&address);
    return true;
}

/* The first address of the name; without IPv6, "every address" is that of IPv4. */
static bool http_listen_at(struct http *http, const char *at, struct problem *problem)
{
    struct resolve_result found;
    bool done;

    if (!resolve_listen(at, ENDPOINT_NONE, &found))
        return problem_set(problem, found.usage, "%s", found.error);
    if (found.last_port != found.endpoints[0].port)
        return problem_set(problem, true, "%s: one port, not a range", at);
    done = http_listen(http, &found.endpoints[0]);
    if (!done && errno == EAFNOSUPPORT && endpoint_is_unspecified(&found.endpoints[0]) &&
        resolve_listen(at, ENDPOINT_IPV4, &found))
        done = http_listen(http, &found.endpoints[0]);
    return done || problem_set(problem, false, "%s: %s", at, reason_text(errno));
}

/* It has no socket of its own. No message of the library reaches stderr: MHD_USE_ERROR_LOG is not
 * set. */
static bool http_open_daemon(struct http *http)
{
    http->daemon = MHD_start_daemon(
        MHD_USE_EPOLL | MHD_USE_NO_LISTEN_SOCKET, 0, NULL, NULL, http_take_request, http,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)HTTP_CONNECTIONS, MHD_OPTION_CONNECTION_TIMEOUT,
        (unsigned)SILENCE_S, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HTTP_HEADER_BYTES,
        MHD_OPTION_NOTIFY_CONNECTION, http_note_connection, http, MHD_OPTION_END);
    return http->daemon != NULL;
}

struct http *http_open(const char *at, struct problem *problem)
{
    struct http *http = calloc(1, sizeof *http);

    if (http == NULL) {
        problem_set(problem, false, "%s: not enough memory", at);
        return NULL;
    }
    http->listen_fd = -1;
    http->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (http->wake_fd < 0 || (http_listen_at(http, at, problem) && !http_open_daemon(http)))
        problem_set(problem, false, "%s: no HTTP server: %s", at, reason_text(errno));
    if (http->daemon != NULL)
        return http;
    http_close(http);
    return NULL;
}

struct endpoint http_endpoint(const struct http *http)
{
    return http->endpoint;
}

int http_start(struct http *http, http_render render, void *context)
{
    int code;

    http->render = render;
    http->context = context;
    code = thread_start(&http->thread, http_run, http);
    http->running = code == 0;
    return code;
}

void http_close(struct http *http)
{
    if (http == NULL)
        return;
    if (http->running) {
        atomic_store(&http->closing, true);
        eventfd_write(http->wake_fd, 1);
        pthread_join(http->thread, NULL);
    }
    if (http->daemon != NULL)
        MHD_stop_daemon(http->daemon);
    if (http->listen_fd >= 0)
        close(http->listen_fd);
    if (http->wake_fd >= 0)
        close(http->wake_fd);
    free(http);
}
