/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * replay_to: the clients' side of a recording, sent again.
 *
 * The pairing of replay/replay gives the requests in order, each with its recorded reply: they wait in
 * a queue until they are due. Each client of the recording is a socket of its own; while all
 * SENDERS_MAX of them wait for answers, a further client has to wait, too. With --speed max at most
 * OPEN_MAX requests wait for their answers at a time (RFC 8085 section 3.1).
 */
#include "udptui/replay/to.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "udptui/base/units.h"
#include "udptui/net/batch.h"
#include "udptui/net/resolve.h"
#include "udptui/output/line_time.h"
#include "udptui/output/outlet.h"
#include "udptui/output/payload.h"
#include "udptui/output/resend.h"
#include "udptui/proto/reason.h"
#include "udptui/replay/resend.h"
#include "udptui/sys/clock.h"
#include "udptui/sys/report.h"

enum { SENDERS_MAX = 256, OPEN_MAX = 64, SLOTS = 16, PACED_OPEN_MAX = 65536 };
enum {
    TURN_BATCHES = 64,        /* of SLOTS answers of one socket, before others have a turn */
    DATAGRAMS_A_LOOK = 16384, /* of the recording, at the sockets and for signals */
    WAIT_MS_MAX = 1000,       /* a sign of progress is due */
};

/* A request that is not due yet; its payload and the recorded reply lie behind it. */
struct planned {
    struct planned *next;
    struct event_message event;
    uint8_t bytes[];
};

/* A client of the recording. */
struct sender {
    struct udp_socket socket; /* fd -1: free */
    uint32_t slot, generation;
    char client[ENDPOINT_TEXT_SIZE]; /* as it was recorded */
    struct resend *resend;
    int64_t used_ns;
};

struct resending {
    struct replay_run *run;
    struct replay *replay;
    const struct resend_writer *writer;
    struct resend_output output;
    struct serve_output choosing; /* what --filter needs */
    struct planned *first, **end;
    bool read;       /* the recording has no more */
    bool began;      /* a request is in the queue, or was */
    int64_t due_ns;  /* CLOCK_MONOTONIC, of the first of the queue */
    int64_t wall_ns; /* its time in the recording */
    struct sender senders[SENDERS_MAX];
    size_t waiting; /* requests, of all senders */
    struct batch_receiver *receiver;
    struct batch_sender *batch;
    struct resend_totals totals;
    int error; /* errno of the output, or ENOMEM */
};

/* ---- the plan */

/* So much of the recording's time later, as far as a clock goes: a broken file has gaps of any
 * length. */
static int64_t later_by(int64_t due_ns, int64_t gap_ns, double times)
{
    double wait_ns = (double)gap_ns / times;

    return wait_ns < (double)(INT64_MAX - due_ns) / 2 ? due_ns + (int64_t)wait_ns : INT64_MAX;
}

/* The time of the first request of the queue, by that of the one before it. */
static void schedule(struct resending *resending, int64_t now_ns)
{
    const struct replay_options *options = &resending->run->options;
    int64_t wall_ns, gap_ns;

    if (resending->first == NULL)
        return;
    wall_ns = resending->first->event.wall_ns;
    gap_ns = resending->began ? wall_ns - resending->wall_ns : 0;
    if (gap_ns < 0)
        gap_ns = 0;
    if (options->idle_limit_ns > 0 && gap_ns > options->idle_limit_ns)
        gap_ns = options->idle_limit_ns;
    if (!resending->began || options->times == 0)
        resending->due_ns = now_ns;
    else
        resending->due_ns = later_by(resending->due_ns, gap_ns, options->times);
    resending->wall_ns = wall_ns;
    resending->began = true;
}

static void plan(void *context, const void *record, size_t size_bytes)
{
    struct resending *resending = context;
    const struct event_message *event = record;
    struct planned *planned;

    if (event_kind_of(record) != EVENT_MESSAGE || event_is_from_server(event) ||
        !serve_chooses(&resending->choosing, event, (const uint8_t *)(event + 1)))
        return;
    if (event->stored_bytes < event->size_bytes) {
        resending->totals.incomplete++;
        return;
    }
    planned = malloc(sizeof *planned + size_bytes - sizeof *event);
    if (planned == NULL) {
        resending->error = ENOMEM;
        return;
    }
    planned->next = NULL;
    planned->event = *event;
    memcpy(planned->bytes, event + 1, size_bytes - sizeof *event);
    *resending->end = planned;
    resending->end = &planned->next;
    if (resending->first == planned)
        schedule(resending, clock_monotonic_ns());
}

static bool is_reading(const struct resending *resending)
{
    return resending->first == NULL && !resending->read && resending->error == 0;
}

/* Reads on until a request is there, or the end; not for long, and it waits for nothing: answers
 * come meanwhile. */
static void read_ahead(struct resending *resending)
{
    struct replay_run *run = resending->run;

    for (int i = 0; i < DATAGRAMS_A_LOOK && is_reading(resending); i++) {
        switch (replay_cursor_next_now(&run->cursor)) {
        case CURSOR_DATAGRAM:
            replay_feed(run, resending->replay);
            break;
        case CURSOR_BUSY:
        case CURSOR_WAIT:
            return;
        case CURSOR_END:
            replay_end(resending->replay);
            resending->read = true;
            break;
        }
    }
}

static void drop_first(struct resending *resending)
{
    struct planned *first = resending->first;

    resending->first = first->next;
    if (resending->first == NULL)
        resending->end = &resending->first;
    free(first);
    schedule(resending, clock_monotonic_ns());
}

/* ---- answers */

static void report(struct resending *resending, const struct sender *sender,
                   const struct resend_result *result, const struct datagram *answer,
                   const char *why)
{
    const struct resend_report report = {
        .result = *result,
        .client = sender->client,
        .wall_ns = clock_wall_ns(),
        .answer = answer != NULL ? answer->bytes : NULL,
        .answer_bytes = answer != NULL ? answer->size_bytes : 0,
        .why = why,
    };

    resending->totals.counts[result->outcome]++;
    replay_log_report(resending->run, &report);
    if (resending->error == 0 && !resending->writer->report(&resending->output, &report))
        resending->error = errno;
}

static void give_up_oldest(struct resending *resending, struct sender *sender, int64_t now_ns,
                           const char *why)
{
    struct resend_result result;

    if (!resend_expire(sender->resend, now_ns, &result))
        return;
    resending->waiting--;
    report(resending, sender, &result, NULL, why);
}

/* Returns how many came, or -errno. */
static int take_batch(struct resending *resending, struct sender *sender)
{
    const struct datagram *datagrams;
    int received = batch_receive(resending->receiver, &sender->socket, SLOTS, &datagrams);

    for (int i = 0; i < received; i++) {
        size_t before = resend_waiting(sender->resend);
        struct resend_result result =
            resend_answered(sender->resend, datagrams[i].bytes, datagrams[i].size_bytes);
        resending->waiting -= before - resend_waiting(sender->resend);
        report(resending, sender, &result, &datagrams[i], NULL);
    }
    return received;
}

static void take_answers(struct resending *resending, struct sender *sender)
{
    int received = SLOTS;

    for (int i = 0; i < TURN_BATCHES && received == SLOTS; i++)
        received = take_batch(resending, sender);
    if (received < 0)
        give_up_oldest(resending, sender, INT64_MAX, reason_brief(REASON_RECEIVE, -received));
}

/* Waits for answers, a signal, or more of the recording if it is a pipe. */
static void wait_and_take(struct resending *resending, int timeout_ms)
{
    const struct replay_cursor *cursor = &resending->run->cursor;
    bool reads_pipe = is_reading(resending) && cursor->state == CURSOR_WAIT;
    struct pollfd polled[SENDERS_MAX + 2];

    for (size_t i = 0; i < SENDERS_MAX; i++)
        polled[i] = (struct pollfd){.fd = resending->senders[i].socket.fd, .events = POLLIN};
    polled[SENDERS_MAX] = (struct pollfd){.fd = resending->run->signals.fd, .events = POLLIN};
    polled[SENDERS_MAX + 1] =
        (struct pollfd){.fd = reads_pipe ? replay_cursor_fd(cursor) : -1, .events = POLLIN};
    if (poll(polled, SENDERS_MAX + 2, timeout_ms) <= 0)
        return;
    for (size_t i = 0; i < SENDERS_MAX; i++)
        if (polled[i].revents != 0)
            take_answers(resending, &resending->senders[i]);
}

static int64_t first_deadline_ns(const struct resending *resending)
{
    int64_t first_ns = INT64_MAX;

    for (size_t i = 0; i < SENDERS_MAX; i++) {
        const struct sender *sender = &resending->senders[i];
        int64_t deadline_ns =
            sender->socket.fd >= 0 ? resend_deadline_ns(sender->resend) : INT64_MAX;
        if (deadline_ns < first_ns)
            first_ns = deadline_ns;
    }
    return first_ns;
}

/* We may have read on, or been stopped (Ctrl-Z), while answers came: they are taken before anything
 * is given up. */
static void expire_all(struct resending *resending, int64_t now_ns)
{
    if (first_deadline_ns(resending) > now_ns)
        return;
    wait_and_take(resending, 0);
    for (size_t i = 0; i < SENDERS_MAX; i++) {
        struct sender *sender = &resending->senders[i];
        while (sender->socket.fd >= 0 && resend_deadline_ns(sender->resend) <= now_ns)
            give_up_oldest(resending, sender, now_ns, NULL);
    }
}

/* ---- clients */

static void close_sender(struct sender *sender)
{
    udp_close(&sender->socket);
    sender->socket.fd = -1;
    resend_close(sender->resend);
    sender->resend = NULL;
}

/* The client's place, a free one, or that of the one unused for longest that waits for nothing. NULL:
 * all wait. */
static struct sender *find_sender(struct resending *resending, const struct event_message *event)
{
    struct sender *best = NULL;

    for (size_t i = 0; i < SENDERS_MAX; i++) {
        struct sender *sender = &resending->senders[i];
        bool open = sender->socket.fd >= 0;
        if (open && sender->slot == event->slot && sender->generation == event->generation)
            return sender;
        if (open && resend_waiting(sender->resend) > 0)
            continue;
        if (best == NULL || (best->socket.fd >= 0 && (!open || sender->used_ns < best->used_ns)))
            best = sender;
    }
    if (best != NULL && best->socket.fd >= 0)
        close_sender(best);
    return best;
}

static bool open_sender(struct resending *resending, struct sender *sender,
                        const struct event_message *event)
{
    const struct udp_options options = {.gro = false};
    char error[UDP_ERROR_SIZE];

    sender->resend = resend_open();
    sender->slot = event->slot;
    sender->generation = event->generation;
    if (resending->run->options.look.privacy)
        snprintf(sender->client, sizeof sender->client, "client %" PRIu32, event->slot + 1);
    else
        endpoint_format(&event->from, sender->client, sizeof sender->client);
    if (sender->resend == NULL) {
        resending->error = ENOMEM;
        return false;
    }
    if (udp_open_client(&resending->run->options.target, NULL, true, &options, &sender->socket,
                        error))
        return true;
    report_error("--to: %s", error);
    sender->socket.fd = -1;
    close_sender(sender);
    resending->error = ECANCELED; /* said already */
    return false;
}

/* ---- sending */

static bool put_on_wire(struct resending *resending, struct sender *sender,
                        const struct planned *planned)
{
    const struct batch_item item = {.peer = resending->run->options.target,
                                    .bytes = planned->bytes,
                                    .size_bytes = planned->event.stored_bytes,
                                    .segment_bytes = (uint16_t)planned->event.stored_bytes,
                                    .count = 1};
    uint16_t sent;
    int result;

    batch_send(resending->batch, &sender->socket, &item, 1, &sent, &result);
    if (result == ECONNREFUSED) /* of the one before: it took the place of this send's result */
        batch_send(resending->batch, &sender->socket, &item, 1, &sent, &result);
    return result == 0;
}

static void send_first(struct resending *resending, struct sender *sender, int64_t now_ns)
{
    const struct planned *planned = resending->first;
    const struct event_message *event = &planned->event;
    bool recorded = event->status == ACK_SENT;
    const struct resend_request request = {
        .number = event->number,
        .size_bytes = event->size_bytes,
        .recorded = recorded ? planned->bytes + event->stored_bytes : NULL,
        .recorded_bytes = event->ack_stored_bytes,
        .recorded_size = event->ack_bytes,
    };

    sender->used_ns = now_ns;
    if (!put_on_wire(resending, sender, planned))
        resending->totals.failed++;
    else if (!resend_sent(sender->resend, &request, now_ns + resending->run->options.timeout_ns))
        resending->error = ENOMEM;
    else
        resending->waiting++;
    resending->totals.sent++;
    drop_first(resending);
}

/* Sends the first of the queue if it is due. False if something has to happen before. */
static bool send_due(struct resending *resending, int64_t now_ns)
{
    size_t most = resending->run->options.times > 0 ? PACED_OPEN_MAX : OPEN_MAX;
    struct sender *sender;

    if (resending->first == NULL || resending->due_ns > now_ns || resending->waiting >= most)
        return false;
    sender = find_sender(resending, &resending->first->event);
    if (sender == NULL)
        return false;
    if (sender->socket.fd < 0 && !open_sender(resending, sender, &resending->first->event))
        return false;
    send_first(resending, sender, now_ns);
    return true;
}

/* ---- the loop */

/* Until something is due; while the recording is read, not at all. */
static int timeout_ms(const struct resending *resending, int64_t now_ns)
{
    bool due_later = resending->first != NULL && resending->due_ns > now_ns;
    int64_t until_ns = first_deadline_ns(resending);

    if (is_reading(resending) && resending->run->cursor.state != CURSOR_WAIT)
        return 0;
    if (due_later && resending->due_ns < until_ns)
        until_ns = resending->due_ns;
    int64_t left_ms = until_ns > now_ns ? (until_ns - now_ns) / UNITS_NS_PER_MS + 1 : 0;
    return left_ms < WAIT_MS_MAX ? (int)left_ms : WAIT_MS_MAX;
}

static bool is_done(const struct resending *resending)
{
    return resending->error != 0 || signals_number(&resending->run->signals) != 0 ||
           (resending->read && resending->first == NULL && resending->waiting == 0);
}

static void send_all(struct resending *resending)
{
    for (;;) {
        int64_t now_ns;
        signals_beat(&resending->run->signals);
        read_ahead(resending);
        if (is_done(resending))
            return;
        now_ns = clock_monotonic_ns();
        expire_all(resending, now_ns);
        if (!send_due(resending, now_ns) && !is_done(resending))
            wait_and_take(resending, timeout_ms(resending, now_ns));
    }
}

/* ---- the command */

bool replay_to_prepare(struct replay_options *options, int *status)
{
    struct resolve_result resolved;

    if (options->to == NULL)
        return true;
    if (!resolve_target(options->to, ENDPOINT_NONE, &resolved)) {
        report_error("--to %s", resolved.error);
        *status = resolved.usage ? EXIT_USAGE : EXIT_SETUP;
        return false;
    }
    options->target = resolved.endpoints[0];
    if (!endpoint_is_public(&options->target) || options->yes)
        return true;
    report_error("--to %s: that is a public address; add --yes if its owner agrees", options->to);
    *status = EXIT_USAGE;
    return false;
}

static bool open_all(struct resending *resending)
{
    resending->end = &resending->first;
    for (size_t i = 0; i < SENDERS_MAX; i++)
        resending->senders[i].socket.fd = -1;
    resending->receiver = batch_receiver_open(SLOTS, 65536);
    resending->batch = batch_sender_open(1);
    resending->output.scratch = malloc(PAYLOAD_SCRATCH);
    resending->replay = replay_make(resending->run, INT64_MAX, plan, resending);
    return resending->receiver != NULL && resending->batch != NULL &&
           resending->output.scratch != NULL && resending->replay != NULL;
}

static void close_all(struct resending *resending)
{
    while (resending->first != NULL)
        drop_first(resending);
    for (size_t i = 0; i < SENDERS_MAX; i++)
        close_sender(&resending->senders[i]);
    batch_receiver_close(resending->receiver);
    batch_sender_close(resending->batch);
    free(resending->output.scratch);
    replay_close(resending->replay);
}

static int status_of(const struct resending *resending)
{
    const struct resend_totals *totals = &resending->totals;
    int number = signals_number(&resending->run->signals);

    if (resending->error == ECANCELED)
        return EXIT_SETUP;
    if (resending->error != 0)
        return outlet_status(resending->error);
    if (number != 0)
        return 128 + number;
    return totals->counts[RESEND_DIFFERENT] + totals->counts[RESEND_SILENT] + totals->failed +
                       totals->incomplete >
                   0
               ? EXIT_UNANSWERED
               : EXIT_DONE;
}

int replay_to_run(struct replay_run *run)
{
    const struct server_options *look = &run->options.look;
    struct resending *resending = calloc(1, sizeof *resending);
    int status = EXIT_SETUP;

    if (resending == NULL) {
        report_error("not enough memory");
        return status;
    }
    resending->run = run;
    resending->writer = look->json ? &resend_json : &resend_lines;
    resending->output = (struct resend_output){.file = run->output,
                                               .charset = server_charset(look),
                                               .stamp = line_time_stamp(run->options.look.time),
                                               .full = look->full};
    resending->choosing = (struct serve_output){.filter = run->filter};
    if (open_all(resending)) {
        send_all(resending);
        replay_log_resent(run, &resending->totals);
        if (resending->error == 0 && !resending->writer->summary(run->output, &resending->totals))
            resending->error = errno;
        status = status_of(resending);
    } else {
        report_error("not enough memory");
    }
    close_all(resending);
    free(resending);
    return status;
}
