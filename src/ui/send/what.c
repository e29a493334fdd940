/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* what: /what shows the latest reply as Wireshark's dissectors see it, beside the prompt. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "console_internal.h"
#include "udptui/dissect/dissector.h"
#include "udptui/sys/clock.h"

/* No socket reports which of our addresses a reply came to; the dissectors are shown any one. */
enum { LINES_MAX = 400, ANY_PORT = 49152 };

struct console_what {
    struct console *console;
    struct dissector *dissector;
    bool answered;
};

/* ---- the answer */

/* "0004  2": where the bytes of a field are, and how many. */
static void what_show_field(struct console *console, const struct dissect_node *node)
{
    char where[32] = "";

    if (node->size_bytes > 0)
        snprintf(where, sizeof where, "%04" PRIx32 " %3" PRIu32, node->offset, node->size_bytes);
    fprintf(console->stream, "  %-9s %*s%s\n", where, 2 * node->depth, "", node->label);
}

static void what_show_tree(struct console *console, const struct dissect_tree *tree)
{
    size_t shown = tree->count < LINES_MAX ? tree->count : LINES_MAX;

    for (size_t i = 0; i < shown; i++)
        what_show_field(console, &tree->nodes[i]);
    if (shown < tree->count)
        console_say(console, "  ... %zu more fields", tree->count - shown);
    else if (tree->cut)
        console_say(console, "  ... and more fields");
}

/* The summary of a datagram of no known protocol names the ports: what is made up is called so. */
static const char *what_names_any_port(const char *summary)
{
    char port[8];

    snprintf(port, sizeof port, " %d ", ANY_PORT);
    return strstr(summary, port) != NULL ? " (49152 stands for our port)" : "";
}

/* The labels are safe text already. */
static void what_take_answer(void *context, struct dissect_answer *answer)
{
    struct console_what *what = context;
    struct console *console = what->console;

    what->answered = true;
    if (!answer->known) {
        fprintf(console->stream, "/what: %s\n",
                dissector_note(what->dissector)[0] != '\0' ? dissector_note(what->dissector)
                                                           : "the dissectors gave no answer");
        return;
    }
    fprintf(console->stream, "#%" PRIu64 "  %s  %s%s\n", answer->id, answer->summaries[0].protocol,
            answer->summaries[0].text, what_names_any_port(answer->summaries[0].text));
    what_show_tree(console, &answer->trees[0]);
}

/* ---- the measurement */

static int what_fd(const void *state)
{
    return dissector_fd(((const struct console_what *)state)->dissector);
}

static int64_t what_deadline_ns(const void *state)
{
    return dissector_due_ns(((const struct console_what *)state)->dissector);
}

static bool what_take_turn(struct console *console, void *state)
{
    struct console_what *what = state;

    (void)console;
    dissector_turn(what->dissector, clock_monotonic_ns(), what_take_answer, what);
    return what->answered;
}

static bool what_stop(struct console *console, void *state)
{
    (void)console;
    (void)state;
    return true;
}

static void what_close(void *state)
{
    struct console_what *what = state;

    dissector_close(what->dissector);
    free(what);
}

static const struct measurement_kind what_kind = {.name = "/what",
                                                  .fd = what_fd,
                                                  .deadline_ns = what_deadline_ns,
                                                  .turn = what_take_turn,
                                                  .stop = what_stop,
                                                  .close = what_close};

/* ---- the question */

static struct endpoint what_our_end(const struct endpoint *theirs)
{
    return (struct endpoint){.family = theirs->family, .port = ANY_PORT};
}

/* The reply, after its request if that is still known, which helps to understand it. */
static bool what_ask(struct console_what *what, const struct sink_exchange *exchange)
{
    const struct endpoint ours = what_our_end(&exchange->from);
    const struct dissect_datagram datagrams[2] = {
        {.wall_ns = exchange->sent_wall_ns,
         .source = ours,
         .destination = exchange->from,
         .payload = exchange->sent,
         .size_bytes = (uint32_t)exchange->sent_bytes,
         .original_bytes = (uint32_t)exchange->sent_bytes},
        {.wall_ns = exchange->reply_wall_ns,
         .source = exchange->from,
         .destination = ours,
         .payload = exchange->reply,
         .size_bytes = (uint32_t)exchange->reply_bytes,
         .original_bytes = (uint32_t)exchange->reply_bytes},
    };
    bool alone = exchange->reply_seq != exchange->sent_seq;
    const struct dissect_request request = {.id = exchange->reply_seq,
                                            .datagrams = datagrams + alone,
                                            .count = alone ? 1 : 2,
                                            .asked = 1,
                                            .trees = true};

    return dissector_ask(what->dissector, &request);
}

void console_what(struct console *console, const struct command_line *line)
{
    const struct sink_exchange *exchange = console->sink->exchange;
    const struct dissect_config config = {.launcher = console->send->launcher,
                                          .charset = console->sink->output.charset};
    struct console_what *what;

    (void)line;
    if (exchange == NULL || exchange->from.family == ENDPOINT_NONE) {
        console_say(console, "/what shows the latest reply, but there is none yet");
        return;
    }
    if (!measurement_is_free(console))
        return;
    what = calloc(1, sizeof *what);
    if (what != NULL) {
        what->console = console;
        what->dissector = dissector_open(&config);
    }
    if (what == NULL || what->dissector == NULL || !what_ask(what, exchange)) {
        console_say(console, "/what: not enough memory");
        if (what != NULL)
            what_close(what);
        return;
    }
    measurement_begin(console, &what_kind, what);
    measurement_turn(console); /* asks */
}
