/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* serve: listen, acknowledge, show. */
#include "serve_options_internal.h"

#include <stddef.h>

#include "common_options_internal.h"
#include "udptui/base/array.h"
#include "udptui/cmd/commands.h"
#include "udptui/proto/ack.h"
#include "udptui/server/likes.h"
#include "udptui/sys/activation.h"
#include "udptui/sys/report.h"
#include "udptui/ui/serve/served.h"

#define FIELD(name) offsetof(struct serve_options, name)

#define GROUP_REPLIES "Replies"

static const struct opt options[] = {
    {.name = "ack",
     .letter = 'a',
     .type = OPT_TEXT,
     .group = GROUP_REPLIES,
     .offset = FIELD(server.ack),
     .check = checks_ack,
     .argument = "TEXT",
     .words = ACK_WORDS,
     .help = "with {n} {from} {text} {time}; or " ACK_WORDS,
     .default_text = "'Message received'"},
    {.name = "on",
     .type = OPT_LIST,
     .group = GROUP_REPLIES,
     .offset = FIELD(server.on),
     .check = checks_rule,
     .argument = "'FILTER => ANSWER'",
     .help = "another answer; the first rule that matches applies"},
    {.name = "rules",
     .type = OPT_TEXT,
     .group = GROUP_REPLIES,
     .advanced = true,
     .offset = FIELD(server.rules),
     .check = checks_read,
     .argument = "FILE",
     .help = "read more such rules from a file, one a line"},
    {.name = "ack-limit",
     .type = OPT_TEXT,
     .group = GROUP_REPLIES,
     .advanced = true,
     .offset = FIELD(server.ack_limit),
     .check = checks_limit,
     .argument = "auto|off|RATE",
     .help = "most acks to one source; auto limits each public source to 50/s",
     .default_text = "auto"},
    {.name = "stateless",
     .type = OPT_FLAG,
     .group = GROUP_REPLIES,
     .advanced = true,
     .offset = FIELD(server.stateless),
     .help = "with --ack stamp: return each request's number instead of counting the replies"},
    {.name = "ack-acks",
     .type = OPT_FLAG,
     .group = GROUP_REPLIES,
     .advanced = true,
     .offset = FIELD(server.ack_acks),
     .help = "reply even to acks (two such servers keep replying to each other)"},
    {.name = "answer-all",
     .type = OPT_FLAG,
     .group = GROUP_REPLIES,
     .advanced = true,
     .offset = FIELD(server.answer_all),
     .help = "reply also to source ports 7 13 17 19 37 53 69 123 (nping sends from 53)"},
    {.name = "like",
     .type = OPT_CHOICE,
     .group = GROUP_REPLIES,
     .offset = FIELD(like),
     .argument = "kurose",
     .choices = likes_names,
     .help = LIKES_HELP},
    COMMON_JOIN(FIELD(server.join)),
    COMMON_REUSE(FIELD(server.reuse)),
    COMMON_IPV4(FIELD(server.family)),
    COMMON_IPV6(FIELD(server.family)),
    COMMON_IMPAIR(FIELD(server.impair)),
    COMMON_SEED(FIELD(server.seed)),
    {.name = "slow",
     .type = OPT_RATE,
     .group = GROUP_SIMULATE,
     .advanced = true,
     .offset = FIELD(server.slow_per_s),
     .argument = "RATE",
     .help = "read only RATE datagrams a second, so that the receive queue overflows"},
    COMMON_FILTER(FIELD(session.display.filter)),
    COMMON_CLASS(FIELD(session.display.roster), "roster and quiz of a class: 'name YOU' registers"),
    {.name = "students",
     .type = OPT_INTEGER,
     .group = GROUP_DISPLAY,
     .advanced = true,
     .offset = FIELD(session.classroom.students),
     .argument = "N",
     .minimum = 1,
     .maximum = QUIZ_STUDENTS_MAX,
     .help = "places in the class; more names are refused",
     .default_text = "250"},
    {.name = "questions",
     .type = OPT_TEXT,
     .group = GROUP_DISPLAY,
     .advanced = true,
     .offset = FIELD(session.classroom.questions),
     .check = checks_read,
     .argument = "FILE",
     .help = "questions for the class: Question:, Choice:, Answer: lines"},
    COMMON_PRIVACY(FIELD(session.display.privacy)),
    COMMON_NAMES(FIELD(session.display.names)),
    COMMON_DISSECT(FIELD(session.display.dissect)),
    COMMON_HISTORY(FIELD(session.display.history)),
    COMMON_NO_UI(FIELD(session.display.no_ui)),
    COMMON_JSON(FIELD(session.display.json)),
    COMMON_LOG(FIELD(session.display.log)),
    {.name = "export",
     .type = OPT_TEXT,
     .group = GROUP_OUTPUT,
     .advanced = true,
     .offset = FIELD(session.classroom.export),
     .check = checks_export,
     .argument = "FILE",
     .help = "write the class's answers and scores to a .csv or .json file"},
    COMMON_METRICS(FIELD(session.metrics)),
    COMMON_PCAP(FIELD(session.pcap)),
    COMMON_FORCE(FIELD(session.force)),
    COMMON_PUBLISH(FIELD(session.publish)),
    COMMON_PUBLISH_AS(FIELD(session.publish)),
    COMMON_PUBLISH_MESSAGES(FIELD(session.publish)),
    COMMON_TIME(FIELD(session.display.time)),
    COMMON_FULL(FIELD(session.display.full)),
    COMMON_CALLS(FIELD(session.display.calls)),
    COMMON_ASCII(FIELD(session.display.ascii)),
    COMMON_THEME(FIELD(session.display.look)),
    COMMON_LARGE(FIELD(session.display.look)),
    COMMON_NO_MOUSE(FIELD(session.display.no_mouse)),
    COMMON_COUNT(FIELD(server.count)),
    COMMON_DURATION(FIELD(session.duration_ns)),
    COMMON_MAX_CLIENTS(FIELD(server.max_clients)),
    COMMON_RCVBUF(FIELD(server.receive_buffer_bytes)),
    COMMON_BUFFER(FIELD(server.buffer_bytes)),
    COMMON_BATCH(FIELD(server.batch)),
    COMMON_THREADS(FIELD(server.threads)),
    COMMON_SANDBOX(FIELD(session.display.sandbox)),
    COMMON_NO_GSO(FIELD(server.no_gso),
                  "send each ack in a datagram of its own call (no UDP_SEGMENT)"),
    COMMON_NO_GRO(FIELD(server.no_gro), "receive each datagram separately (no UDP_GRO)"),
    COMMON_HELP,
};

static const char *const examples[] = {
    "udptui serve                      every address, port 4010",
    "udptui serve 192.168.0.108:4010   one address",
    "udptui serve --json | jq .        for other programs",
    NULL,
};

static const struct opts_command spec = {
    .name = "serve",
    .summary = "Listen on a port, acknowledge every datagram and show what happens",
    .operands = "[ADDRESS][:PORT[-LAST]]...",
    .operands_max = ENGINE_SOCKETS_MAX,
    .strangers = common_server_strangers,
    .options = options,
    .option_count = COUNT_OF(options),
    .examples = examples,
};

static const char default_ack[] = "Message received";

struct serve_options serve_default_options(void)
{
    return (struct serve_options){.like = -1,
                                  .server = {.ack = default_ack,
                                             .ack_limit = "auto",
                                             .seed = -1,
                                             .max_clients = 65536,
                                             .batch = 64,
                                             .threads = 1,
                                             .buffer_bytes = 65536,
                                             .family = ENDPOINT_NONE},
                                  .session.display = COMMON_DISPLAY_DEFAULTS};
}

/* Without --class there are no students. The students of one thread would be strangers to another. */
static bool check_class(struct serve_options *values)
{
    struct classroom_options *classroom = &values->session.classroom;
    const char *alone = classroom->questions != NULL ? "--questions"
                        : classroom->export != NULL  ? "--export"
                                                     : NULL;

    if (values->session.display.roster && values->server.threads > 1) {
        report_error("--class and --threads cannot be combined: a class has one thread");
        return false;
    }
    if (values->session.display.roster)
        return true;
    classroom->students = 0;
    if (alone != NULL)
        report_error("%s is for a class: add --class", alone);
    return alone == NULL;
}

/* Sockets that a service manager passes (socket activation). */
static bool serve_take_inherited(struct activation *inherited, struct serve_options *values)
{
    struct problem problem;

    if (!activation_take(inherited, &problem)) {
        report_error("%s", problem.text);
        return false;
    }
    if (inherited->foreign)
        report_error("note: LISTEN_PID names another process: the sockets of its service manager "
                     "are not used");
    if (inherited->count > 0)
        values->server.inherited = inherited;
    return true;
}

static int serve_command(int argument_count, char *const arguments[])
{
    struct serve_options values = serve_default_options();
    struct opts_operands addresses;
    struct activation inherited;
    struct served *served;
    struct filter *filter;
    int status;

    values.session.classroom.students = QUIZ_STUDENTS_DEFAULT;
    if (!commands_parse(&spec, argument_count, arguments, &values, &addresses, &status))
        return status;
    if (values.like >= 0)
        likes_apply((size_t)values.like, default_ack, &values.server);
    if (!check_class(&values) || !common_check_session(&values.session))
        return EXIT_USAGE;
    if (!common_open_filter(filter_open, values.session.display.filter, &filter, &status))
        return status;
    if (!serve_take_inherited(&inherited, &values)) {
        filter_close(filter);
        return EXIT_SETUP;
    }
    served = served_open(&values, "udptui serve", filter, &addresses, &status);
    if (served != NULL) {
        status = serve_session_run(&served->session);
        served_close(served);
    }
    filter_close(filter);
    return status;
}

const struct command command_serve = {.spec = &spec, .run = serve_command};
