/* SPDX-License-Identifier: GPL-3.0-or-later */
/* send: a prompt, a pipe or one shot. */
#include "udptui/client/session.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "common_options.h"
#include "udptui/base/units.h"
#include "udptui/client/hints.h"
#include "udptui/client/targets.h"
#include "udptui/cmd/commands.h"
#include "udptui/sys/report.h"

#define FIELD(name) offsetof(struct send_options, name)

static const char *const match_words[] = {[PENDING_AUTO] = "auto",
                                          [PENDING_ORDER] = "order",
                                          [PENDING_PORT] = "port",
                                          [PENDING_ECHO] = "echo",
                                          NULL};

static const struct opt options[] = {
    {.name = "timeout",
     .letter = 't',
     .type = OPT_DURATION,
     .offset = FIELD(timeout_ns),
     .argument = "TIME",
     .minimum = UNITS_NS_PER_MS,
     .maximum = 3600 * UNITS_NS_PER_S,
     .help = "how long to wait for an answer (1s)"},
    {.name = "count",
     .letter = 'c',
     .type = OPT_INTEGER,
     .offset = FIELD(count),
     .argument = "N",
     .minimum = 1,
     .maximum = INT64_MAX,
     .help = "send each message N times"},
    {.name = "interval",
     .letter = 'i',
     .type = OPT_DURATION,
     .offset = FIELD(interval_ns),
     .argument = "TIME",
     .minimum = 0,
     .maximum = 86400 * UNITS_NS_PER_S,
     .help = "at least this time from one message to the next"},
    {.name = "rate",
     .letter = 'r',
     .type = OPT_RATE,
     .offset = FIELD(rate_per_s),
     .argument = "RATE",
     .help = "send at this rate instead of waiting for each answer"},
    {.name = "hex",
     .letter = 'x',
     .type = OPT_FLAG,
     .offset = FIELD(hex),
     .help = "messages are hex bytes: 'ff 01 00'"},
    {.name = "escapes",
     .letter = 'e',
     .type = OPT_FLAG,
     .offset = FIELD(escapes),
     .help = "messages have escapes: \\n \\r \\t \\0 \\\\ \\xHH"},
    {.name = "eol",
     .type = OPT_CHOICE,
     .offset = FIELD(eol),
     .argument = "none|lf|crlf|cr",
     .choices = send_eol_words,
     .help = "end each message with this (none)"},
    {.name = "fill",
     .type = OPT_FLAG,
     .offset = FIELD(fill),
     .help = "fill in {n} (a running number), {time} and {random:N} (N bytes) in each message"},
    {.name = "file",
     .letter = 'f',
     .type = OPT_LIST,
     .offset = FIELD(files),
     .argument = "FILE",
     .help = "send the bytes of a file as one datagram; may be given several times"},
    {.name = "match",
     .letter = 'm',
     .type = OPT_CHOICE,
     .offset = FIELD(match),
     .argument = "auto|order|port|echo",
     .choices = match_words,
     .help = "which answer is whose: one port while that is clear, else a fresh one (auto), one "
             "port, by order (order), a port for each message (port), equal content (echo)"},
    {.name = "retry",
     .type = OPT_INTEGER,
     .offset = FIELD(retry),
     .argument = "N",
     .minimum = 0,
     .maximum = 100,
     .help = "send again up to N times, waiting twice as long each time"},
    {.name = "wait",
     .type = OPT_DURATION,
     .offset = FIELD(wait_ns),
     .argument = "TIME",
     .minimum = UNITS_NS_PER_MS,
     .maximum = 86400 * UNITS_NS_PER_S,
     .help = "after an answer, listen so long for more to the same message"},
    {.name = "replies",
     .type = OPT_INTEGER,
     .offset = FIELD(replies),
     .argument = "N",
     .minimum = 1,
     .maximum = 1000000,
     .help = "wait for N different replies to each message"},
    {.name = "no-reply",
     .type = OPT_FLAG,
     .offset = FIELD(no_reply),
     .help = "wait for no answer: status 0 if all was sent"},
    {.name = "bind",
     .letter = 'b',
     .type = OPT_TEXT,
     .offset = FIELD(bind),
     .argument = "ADDRESS[:PORT]",
     .help = "send from this address and port"},
    {.name = "ttl",
     .type = OPT_INTEGER,
     .offset = FIELD(ttl),
     .argument = "N",
     .minimum = 1,
     .maximum = 255,
     .help = "time to live, hop limit"},
    {.name = "dscp",
     .type = OPT_INTEGER,
     .offset = FIELD(dscp),
     .argument = "N",
     .minimum = 0,
     .maximum = 63,
     .help = "differentiated services code point"},
    {.name = "df",
     .type = OPT_FLAG,
     .offset = FIELD(df),
     .help = "forbid fragments: what is too big for the path is not sent, and says so"},
    {.name = "interface",
     .type = OPT_TEXT,
     .offset = FIELD(interface),
     .argument = "IF",
     .help = "send and receive by this interface only, whatever the routes say"},
    {.name = "multicast-ttl",
     .type = OPT_INTEGER,
     .offset = FIELD(multicast_ttl),
     .argument = "N",
     .minimum = 1,
     .maximum = 255,
     .help = "time to live of multicast datagrams (1: no router passes them on)"},
    {.name = "no-loop",
     .type = OPT_FLAG,
     .offset = FIELD(no_loop),
     .help = "programs on this machine do not get our multicast"},
    COMMON_PCAP(FIELD(pcap)),
    COMMON_FORCE(FIELD(force)),
    {.name = "broadcast",
     .type = OPT_FLAG,
     .offset = FIELD(broadcast),
     .help = "allow broadcast addresses; list every answer until the timeout"},
    {.name = "show",
     .type = OPT_CHOICE,
     .offset = FIELD(show),
     .argument = "auto|text|hex|both",
     .choices = payload_show_words,
     .help = "how a reply is shown; auto: hex if less than three quarters are printable"},
    COMMON_FULL(FIELD(full)),
    COMMON_IPV4(FIELD(family)),
    COMMON_IPV6(FIELD(family)),
    COMMON_JSON(FIELD(json)),
    COMMON_LOG(FIELD(log)),
    COMMON_TIME(FIELD(time)),
    COMMON_CALLS(FIELD(calls)),
    {.name = "quiet",
     .letter = 'q',
     .type = OPT_FLAG,
     .offset = FIELD(quiet),
     .help = "print nothing; the exit status says if all was answered"},
    {.name = "no-history",
     .type = OPT_FLAG,
     .offset = FIELD(no_history),
     .help = "neither read nor write the prompt's history"},
    {.name = "no-ui",
     .type = OPT_FLAG,
     .offset = FIELD(no_ui),
     .help = "read lines without the prompt, even from a terminal"},
    COMMON_ASCII(FIELD(ascii)),
    COMMON_HELP,
};

static const char *const examples[] = {
    "udptui send 192.168.0.108                 a prompt; /help there",
    "udptui send 192.168.0.108 hello           one message, one answer",
    "udptui send --hex dev:9999 'ff 01 00'     bytes",
    "udptui send lamp1:9000,lamp2:9000 hello   one message to two targets",
    "printf 'a\\nb\\n' | udptui send ::1         a datagram a line",
    NULL,
};

static const struct opts_command spec = {
    .name = "send",
    .summary = "Send lines as datagrams, show answers and round-trip times",
    .operands = "HOST[:PORT][,HOST[:PORT]]... [MESSAGE]...",
    .operands_min = 1,
    .operands_max = OPTS_OPERANDS_MAX,
    .strangers = common_client_strangers,
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .examples = examples,
};

/* Options that are well formed each but do not go together. */
static bool check_together(const struct send_options *options_)
{
    if (options_->hex && options_->escapes) {
        report_error("--hex and --escapes do not go together: hex bytes need no escapes");
        return false;
    }
    if (options_->no_reply &&
        (options_->retry > 0 || options_->wait_ns > 0 || options_->replies > 0)) {
        report_error("--no-reply waits for no answer: leave out --retry, --wait, --replies");
        return false;
    }
    if (options_->retry > 0 && options_->rate_per_s > 0) {
        report_error("--retry and --rate do not go together: a retry waits for the answer");
        return false;
    }
    return true;
}

static bool wants_prompt(const struct send_options *options_, const struct opts_operands *operands)
{
    bool possible = operands->count == 1 && options_->files.count == 0 && !options_->json &&
                    !options_->no_ui && !options_->quiet && isatty(STDIN_FILENO) &&
                    isatty(STDOUT_FILENO);

    if (possible && targets_count(operands->items[0]) > 1) {
        report_error("several targets have no prompt: each line that you type is sent to all, "
                     "Ctrl-D ends");
        return false;
    }
    return possible;
}

static int run_batch(struct targets *targets, const struct opts_operands *operands)
{
    int status;
    struct send_source *source = source_open(&targets->sessions[0].options, operands, &status);

    if (source == NULL)
        return status;
    status = send_run_batch(targets, source);
    source_close(source);
    return status;
}

/* The command line may mean something else, above all if nobody answered. */
static void give_hint(const struct session *session, const struct opts_operands *operands,
                      int status)
{
    bool answered = session->totals.counts[RESULT_ACKED] > 0 || status == EXIT_DONE;
    char text[SEND_HINT_SIZE];

    if (!session->options.quiet && !session->broken && status <= 128 &&
        send_hint(operands, answered, text, sizeof text) != NULL)
        report_error("hint: %s", text);
}

static int run(int argument_count, char *const arguments[])
{
    struct send_options values = {
        .timeout_ns = UNITS_NS_PER_S, .count = 1, .time = LINE_TIME_DEFAULT};
    struct opts_operands operands;
    struct targets targets;
    int status;

    if (!commands_parse(&spec, argument_count, arguments, &values, &operands, &status))
        return status;
    if (!check_together(&values))
        return EXIT_USAGE;
    if (targets_open(&targets, &values, operands.items[0], &status))
        status = wants_prompt(&values, &operands)
                     ? send_run_prompt(&targets.sessions[0], operands.items[0])
                     : run_batch(&targets, &operands);
    if (targets.count == 1)
        give_hint(&targets.sessions[0], &operands, status);
    targets_close(&targets);
    return status;
}

const struct command command_send = {.spec = &spec, .run = run};
