/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* send: common to the prompt and the lines, from the targets to the hint. */
#include "udptui/ui/send/send.h"

#include <stdlib.h>
#include <string.h>

#include "send_internal.h"
#include "udptui/base/nearest.h"
#include "udptui/base/units.h"
#include "udptui/client/hints.h"
#include "udptui/dissect/launcher.h"
#include "udptui/output/recording.h"
#include "udptui/sys/report.h"
#include "udptui/sys/sandbox.h"
#include "udptui/sys/tty.h"

enum { STAMPED_PER_S = 1000 }; /* up to this rate each datagram has the kernel's time of sending */

/* ---- the log and the capture file, which all targets share */

bool send_open_log(struct send *send, int *status)
{
    if (!logfile_begin(&send->log, send->options.log, &send->signals, status))
        return false;
    for (size_t i = 0; i < send->targets.count; i++)
        sink_start_log(&send->sinks[i], send->log);
    return true;
}

int send_end_log(struct send *send, int status)
{
    struct logfile *log = send->log;

    for (size_t i = 0; i < send->targets.count; i++) {
        sink_log_summary(&send->sinks[i], send->targets.sessions[i]);
        sink_start_log(&send->sinks[i], NULL);
    }
    send->log = NULL;
    return logfile_end(log, status);
}

static bool send_open_recording(struct send *send, int *status)
{
    if (send->options.pcap == NULL)
        return true;
    send->recorder =
        recording_begin(send->options.pcap, send->options.force, 1, &send->signals, status);
    for (size_t i = 0; i < send->targets.count; i++)
        send->sinks[i].recorder = send->recorder;
    return send->recorder != NULL;
}

/* Unwritten records count for the first target. Harmless if called again. */
static int send_end_recording(struct send *send, int status)
{
    recorder_finish(send->recorder);
    send->sinks[0].not_recorded += recorder_lost(send->recorder);
    for (size_t i = 0; i < send->targets.count; i++)
        send->sinks[i].recorder = NULL;
    if (recording_end(send->recorder, EXIT_DONE) != EXIT_DONE)
        send->recording_failed = true;
    send->recorder = NULL;
    return send->recording_failed ? EXIT_SETUP : status;
}

void send_hang_up(struct send *send)
{
    send_end_recording(send, EXIT_DONE);
    for (size_t i = send->targets.count; i > 0; i--)
        session_hang_up(send->targets.sessions[i - 1]);
}

int send_answered_status(const struct send *send)
{
    int number = signals_number(&send->signals);

    if (number != 0)
        return 128 + number;
    for (size_t i = 0; i < send->targets.count; i++)
        if (!session_is_answered(send->targets.sessions[i]) ||
            !expect_is_met(send->sinks[i].expect))
            return EXIT_UNANSWERED;
    return EXIT_DONE;
}

/* ---- packets with names */

size_t send_list_packets(const struct send *send, struct feed_given *out)
{
    const struct opts_list *names = &send->options.packet_names;

    for (size_t i = 0; i < names->count; i++) {
        const struct named_packet *packet = packets_find(&send->packets, names->items[i]);
        out[i] = (struct feed_given){
            .bytes = packet->bytes, .size_bytes = packet->size_bytes, .expect = packet->expect};
    }
    return names->count;
}

static bool send_check_names(const struct send *send)
{
    const struct opts_list *names = &send->options.packet_names;

    for (size_t i = 0; i < names->count; i++) {
        struct nearest nearest = nearest_begin(names->items[i]);
        if (packets_find(&send->packets, names->items[i]) != NULL)
            continue;
        for (size_t j = 0; j < send->packets.count; j++)
            nearest_consider(&nearest, send->packets.items[j].name);
        report_error(
            "--packet %s: %s has no such packet%s%s%s%s", names->items[i], send->packets.path,
            send->packets.not_udp > 0 ? " for UDP (those for other protocols are left out)" : "",
            nearest.word != NULL ? ": did you mean " : "", nearest.word != NULL ? nearest.word : "",
            nearest.word != NULL ? "?" : "");
        return false;
    }
    return true;
}

/* Without a target on the command line it is that of the packets, if they have the same. */
static bool send_take_target(struct send *send)
{
    const struct opts_list *names = &send->options.packet_names;
    const char *target = NULL;

    if (send->operands->count > 0)
        return true;
    for (size_t i = 0; i < names->count; i++) {
        const struct named_packet *packet = packets_find(&send->packets, names->items[i]);
        if (packet->target == NULL || (target != NULL && strcmp(packet->target, target) != 0)) {
            report_error("--packet %s: %s: add HOST[:PORT]", names->items[i],
                         packet->target == NULL ? "it has no target" : "it has another target");
            return false;
        }
        target = packet->target;
    }
    if (target == NULL) {
        report_error("an argument is missing: 'udptui send' takes "
                     "HOST[:PORT][,HOST[:PORT]]... [MESSAGE]...");
        return false;
    }
    send->packets_target = (struct opts_operands){.items = {target}, .count = 1};
    send->operands = &send->packets_target;
    return true;
}

/* False with the error reported and *status set. The user's own file is only needed for --packet;
 * the prompt reports what is wrong with it. */
static bool send_read_packets(struct send *send, int *status)
{
    const char *path = send->options.packets;
    char error[PACKETS_ERROR_SIZE];
    bool wrong;

    if (!packets_read(&send->packets, path, error)) {
        wrong = send->packets.wrong;
        send->packets = (struct packets){.own = true};
        *status = EXIT_USAGE;
        if (path == NULL && send->options.packet_names.count == 0)
            return send_take_target(send);
        report_error("--packets %s", error);
        *status = wrong ? EXIT_USAGE : EXIT_SETUP;
        return false;
    }
    *status = EXIT_USAGE;
    return send_check_names(send) && send_take_target(send);
}

/* ---- the run */

/* Whether a person types and reads. */
static bool send_is_typed(const struct send *send)
{
    const struct send_options *options = &send->options;

    return send->operands->count == 1 && options->files.count == 0 &&
           options->packet_names.count == 0 && !options->json && !options->no_ui &&
           !options->quiet && tty_is_interactive();
}

/* The kernel's times of sending cost a call more for each datagram, which a pipe at full speed
 * would feel. */
static bool send_is_slow(const struct send *send, bool is_typed)
{
    const struct send_options *options = &send->options;
    bool few = send->operands->count + options->files.count + options->packet_names.count > 1 &&
               options->count <= STAMPED_PER_S;
    bool paced = options->session.rate_per_s > 0
                     ? options->session.rate_per_s <= STAMPED_PER_S
                     : options->interval_ns >= UNITS_NS_PER_S / STAMPED_PER_S;

    return !options->session.no_reply && (is_typed || few || paced);
}

/* A line may name files and hosts. */
static bool send_enter_sandbox(struct send *send, bool is_typed)
{
    const struct sandbox_needs needs = {
        .command = SANDBOX_SEND, .screen = is_typed, .names = is_typed};

    if (is_typed && send->options.sandbox != SANDBOX_OFF)
        send->launcher = launcher_open(NULL);
    return sandbox_enter((enum sandbox_mode)send->options.sandbox, &needs);
}

static int send_run_recorded(struct send *send, bool is_typed)
{
    int status;

    if (!send_open_recording(send, &status))
        return status;
    if (is_typed && send->targets.count == 1)
        return send_end_recording(send, send_run_prompt(send));
    if (is_typed)
        report_error("no prompt with several targets: each line you type is sent to all of them; "
                     "Ctrl-D ends");
    return send_end_recording(send, send_run_lines(send));
}

static int send_run_targets(struct send *send)
{
    struct session_listener listeners[TARGETS_MAX];
    struct problem problem;
    struct filter_problem wrong;
    const char *text = send->operands->items[0];
    size_t count = targets_count(text);
    bool is_typed = send_is_typed(send);

    for (size_t i = 0; i < TARGETS_MAX && i < count; i++) {
        sink_begin(&send->sinks[i], &send->options, send->zones, send->scratch);
        send->sinks[i].prompt = is_typed && count == 1;
        if (send->options.expect != NULL && !sink_expect(&send->sinks[i], send->options.expect,
                                                         strlen(send->options.expect), &wrong)) {
            report_error("--expect '%s': at byte %zu: %s", send->options.expect,
                         wrong.offset_bytes + 1, wrong.why);
            return wrong.no_memory ? EXIT_SETUP : EXIT_USAGE;
        }
        listeners[i] = sink_listener(&send->sinks[i]);
    }
    send->options.session.send_stamps = send_is_slow(send, is_typed);
    if (!targets_open(&send->targets, &send->options.session, text, listeners, &problem)) {
        report_error("%s", problem.text);
        return problem.usage ? EXIT_USAGE : EXIT_SETUP;
    }
    for (size_t i = 0; count > 1 && i < count; i++)
        send->sinks[i].output.name = send->targets.names[i];
    return send_enter_sandbox(send, is_typed) ? send_run_recorded(send, is_typed) : EXIT_SETUP;
}

/* Suggests another meaning of the command line with one target, especially without any reply. */
static void send_give_hint(const struct send *send, int status)
{
    bool answered = status == EXIT_DONE;
    char text[HINTS_SIZE];

    if (targets_count(send->operands->items[0]) > 1 || send->options.quiet ||
        send->sinks[0].broken || status > 128)
        return;
    if (send->targets.count == 1)
        answered |= session_count(send->targets.sessions[0], RESULT_ACKED) > 0;
    if (hints_find(send->operands, answered, text, sizeof text) != NULL)
        report_error("hint: %s", text);
}

int send_run(const struct send_options *options, const struct opts_operands *operands,
             const struct zones *zones)
{
    struct send *send = calloc(1, sizeof *send);
    int status = EXIT_SETUP;

    if (send != NULL)
        send->scratch = malloc(PAYLOAD_SCRATCH);
    if (send == NULL || send->scratch == NULL) {
        report_error("not enough memory");
        free(send);
        return status;
    }
    send->options = *options;
    send->operands = operands;
    send->zones = zones;
    if (send_read_packets(send, &status)) {
        status = send_run_targets(send);
        send_give_hint(send, status);
    }
    launcher_close(send->launcher);
    packets_clear(&send->packets);
    targets_close(&send->targets);
    for (size_t i = 0; i < TARGETS_MAX; i++)
        sink_end(&send->sinks[i]);
    free(send->scratch);
    free(send);
    return status;
}
