/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_console: the prompt of `send`, with all of its commands. Input: two bytes for the options and the
 * window, the lines that are typed, up to a NUL, and what the network does meanwhile (seam). In a line
 * \x01 is Ctrl-C, \x02 Tab after it, \x04 Ctrl-D, \x05 the line that is offered for editing. Each
 * message is counted once; what is printed is whole lines of safe text.
 */
#include <netdb.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "../../src/ui/send/console_internal.h"
#include "fuzz.h"
#include "seam.h"
#include "udptui/base/units.h"
#include "udptui/dissect/dissector.h"
#include "udptui/probe/prober.h"

const char *const fuzz_words[] = {
    "/help ",
    "/to 10.0.0.3:5\n",
    "/to [2001:db8::2]:9\n",
    "/hex ff 00 ",
    "/send -e \\n",
    "/file ",
    "/packets\n",
    "/packet a\n",
    "/repeat 3 1ms\n",
    "/stats\n",
    "/ladder 9\n",
    "/sentences\n",
    "/plot\n",
    "/ping 3\n",
    "/mtu\n",
    "/burst 5 9",
    "/nat\n",
    "/what\n",
    "/calls 64\n",
    "/textbook\n",
    "/errors\n",
    "/expect ",
    "/expect off\n",
    "/timeout 1s\n",
    "/set ",
    "/set escapes on\n",
    "/save a\n",
    "/load a\n",
    "/history\n",
    "/quit\n",
    "hello\n",
    "//x\n",
    "\x01\n",
    "/to \x02\n",
    "\x05\n",
    NULL,
};

enum { LINE_MAX_BYTES = 2000, TURNS_MAX = 400, SLOWER = 16, PATH_BYTES = 64 };

enum typed { TYPED_INTERRUPT = 1, TYPED_TAB = 2, TYPED_END = 4, TYPED_KEPT = 5 };

/* In place of readline (src/ui/prompt.c). */
static struct {
    struct prompt_options options;
    const uint8_t *at, *end; /* what is typed */
    char kept[LINE_MAX_BYTES], remembered[LINE_MAX_BYTES];
    int columns, turns;
    bool ended;
} front;

struct prompt_words {
    size_t count;
};

static void require_safe(const char *text)
{
    for (const char *at = text; *at != '\0'; at++) {
        unsigned char byte = (unsigned char)*at;
        fuzz_require(byte >= ' ' || byte == '\n', "no control character is printed");
        fuzz_require(byte != 0x7f, "nor DEL");
        fuzz_require(byte != 0xc2 || (unsigned char)at[1] >= 0xa0, "nor one of C1");
    }
}

void prompt_open(const struct prompt_options *options, const char *text)
{
    front.options = *options;
    require_safe(text);
}

void prompt_close(void)
{
}

int prompt_notice_fd(void)
{
    return -1;
}

void prompt_notice(void)
{
}

void prompt_set_text(const char *text)
{
    require_safe(text);
    fuzz_require(strchr(text, '\n') == NULL, "a prompt is one line");
}

int prompt_columns(void)
{
    return front.columns;
}

int prompt_rows(void)
{
    return 24;
}

void prompt_print(const char *text)
{
    require_safe(text);
    fuzz_require(text[0] != '\0' && text[strlen(text) - 1] == '\n', "lines are whole");
}

void prompt_keep(const char *line)
{
    fuzz_require(strchr(line, '\n') == NULL, "a line is one line");
    snprintf(front.kept, sizeof front.kept, "%s", line);
}

void prompt_end(void)
{
    front.ended = true;
}

void prompt_pause(void)
{
}

void prompt_resume(void)
{
}

void prompt_recall(const char *line)
{
    (void)line;
}

bool prompt_remember(const char *line)
{
    snprintf(front.remembered, sizeof front.remembered, "%s", line);
    return true;
}

void prompt_each_remembered(void (*show)(void *context, const char *line), void *context)
{
    if (front.remembered[0] != '\0')
        show(context, front.remembered);
}

void prompt_words_add(struct prompt_words *words, const char *word)
{
    fuzz_require(word[0] != '\0', "a word is offered");
    words->count++;
}

/* The next line, in memory of its own size; what ends it is 0 or one of enum typed. */
static char *take_line(uint8_t *how)
{
    char text[LINE_MAX_BYTES];
    size_t length = 0;

    *how = 0;
    while (front.at < front.end && *front.at != '\n' && length + 1 < sizeof text) {
        uint8_t byte = *front.at++;
        if (byte == TYPED_INTERRUPT || byte == TYPED_TAB || byte == TYPED_END ||
            byte == TYPED_KEPT) {
            *how = byte;
            break;
        }
        text[length++] = (char)byte;
    }
    if (*how == 0 && front.at < front.end)
        front.at++;
    if (*how == TYPED_KEPT)
        length += (size_t)snprintf(text + length, sizeof text - length, "%s", front.kept);
    if (length >= sizeof text)
        length = sizeof text - 1;
    char *line = fuzz_allocate(length + 1);
    memcpy(line, text, length);
    line[length] = '\0';
    return line;
}

static void complete(const char *line)
{
    struct prompt_words words = {.count = 0};
    const char *blank = strrchr(line, ' ');

    front.options.complete(front.options.context, line,
                           blank != NULL ? (size_t)(blank + 1 - line) : 0, &words);
}

enum prompt_state prompt_input(void)
{
    enum prompt_state state = PROMPT_OPEN;
    uint8_t how;

    if (front.at == front.end || front.ended)
        return PROMPT_OPEN;
    char *line = take_line(&how);
    if (how == TYPED_INTERRUPT)
        state = front.options.interrupt(front.options.context) ? PROMPT_OPEN : PROMPT_INTERRUPTED;
    else if (how == TYPED_TAB)
        complete(line);
    else if (how == TYPED_END)
        state = PROMPT_END_OF_INPUT;
    else
        front.options.line(front.options.context, line);
    free(line);
    return state;
}

/* ---- signals, of which one comes once all is typed and received */

bool __wrap_signals_open(struct signals *signals);
bool __wrap_signals_open(struct signals *signals)
{
    signals->fd = -1;
    return true;
}

void __wrap_signals_close(struct signals *signals);
void __wrap_signals_close(struct signals *signals)
{
    (void)signals;
}

void __wrap_signals_ending(struct signals *signals);
void __wrap_signals_ending(struct signals *signals)
{
    (void)signals;
}

/* Called in each turn of the loop. While the network is silent, the keyboard alone is ready, slower if
 * something is measured. */
int __wrap_signals_number(const struct signals *signals);
int __wrap_signals_number(const struct signals *signals)
{
    bool typed = front.at == front.end || front.ended;

    (void)signals;
    if (front.turns++ > TURNS_MAX || (typed && seam_is_over()))
        return SIGTERM;
    const struct console *console = front.options.context;
    if (seam_is_over() && (console->measurement.kind == NULL || front.turns % SLOWER == 0))
        prompt_input();
    return 0;
}

/* ---- what has threads or programs of its own */

struct dissector *__wrap_dissector_open(const struct dissect_config *config);
struct dissector *__wrap_dissector_open(const struct dissect_config *config)
{
    (void)config;
    return NULL;
}

static int prober_stands_in;

struct prober *__wrap_prober_open(const struct prober_config *config, char *error);
struct prober *__wrap_prober_open(const struct prober_config *config, char *error)
{
    fuzz_require(config->targets[0].count >= 1 && config->targets[0].timeout_ns > 0,
                 "there is a probe, and a time limit");
    if (seam_byte() < 250)
        return (struct prober *)&prober_stands_in;
    strcpy(error, "cannot open: no");
    return NULL;
}

bool __wrap_prober_start(struct prober *prober, char *error);
bool __wrap_prober_start(struct prober *prober, char *error)
{
    (void)prober;
    (void)error;
    return true;
}

bool __wrap_prober_next(struct prober *prober, struct prober_record *out);
bool __wrap_prober_next(struct prober *prober, struct prober_record *out)
{
    uint8_t how = seam_byte();

    (void)prober;
    *out = (struct prober_record){.kind = how < 200   ? PROBER_EVENT
                                          : how < 240 ? PROBER_FIGURES
                                                      : PROBER_END};
    if (how == 0)
        return false;
    if (out->kind == PROBER_EVENT)
        out->event =
            (struct probe_event){.kind = (enum probe_event_kind)(seam_byte() % (PROBE_STRAY + 1)),
                                 .number = seam_byte(),
                                 .reply.rtt_ns = (int64_t)seam_byte() << seam_byte() % 50,
                                 .rtt_app_ns = -1,
                                 .server_ns = -1,
                                 .why = "connection refused"};
    if (out->kind == PROBER_FIGURES)
        out->figures.counts.sent = seam_byte();
    return true;
}

void __wrap_prober_stop(struct prober *prober);
void __wrap_prober_stop(struct prober *prober)
{
    (void)prober;
}

void __wrap_prober_close(struct prober *prober);
void __wrap_prober_close(struct prober *prober)
{
    (void)prober;
}

/* No name server is asked. */
int __wrap_getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
                       struct addrinfo **found);
int __wrap_getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
                       struct addrinfo **found)
{
    (void)node;
    (void)service;
    (void)hints;
    (void)found;
    return EAI_NONAME;
}

/* ---- the run */

static char data_directory[] = "/tmp/udptui-fuzz-XXXXXX";

static void packets_remove(bool directories)
{
    char path[PATH_BYTES];

    snprintf(path, sizeof path, "%s/udptui/packets.json", data_directory);
    unlink(path);
    if (!directories)
        return;
    *strrchr(path, '/') = '\0';
    rmdir(path);
    rmdir(data_directory);
}

static void packets_remove_all(void)
{
    packets_remove(true);
}

/* The user's packets are in a directory of our own, and none are left of the input before. */
static void prepare_files(void)
{
    static bool made;

    if (!made) {
        fuzz_require(mkdtemp(data_directory) != NULL, "there is a directory");
        setenv("XDG_DATA_HOME", data_directory, 1);
        atexit(packets_remove_all);
        made = true;
    }
    packets_remove(false);
}

static void choose_options(struct send *send, uint8_t how)
{
    static const struct opts_operands operands = {.items = {"10.0.0.2:4010"}, .count = 1};
    char error[PACKETS_ERROR_SIZE];

    send->operands = &operands;
    send->options =
        (struct send_options){.session = {.timeout_ns = UNITS_NS_PER_S,
                                          .wait_ns = how & 1 ? UNITS_NS_PER_S : 0,
                                          .retry = how & 2 ? 1 : 0,
                                          .match = how & 3,
                                          .fill = (how & 4) != 0,
                                          .send_stamps = (how & 8) != 0,
                                          .broadcast = (how & 16) != 0,
                                          .sessions = 1},
                              .message = {.hex = (how & 96) == 32, .escapes = (how & 96) == 64},
                              .count = how & 128 ? 3 : 1,
                              .no_history = 1,
                              .ascii = how & 1};
    fuzz_require(packets_read(&send->packets, NULL, error), "there are no packets yet");
}

static void require_totals(const struct session *session)
{
    const struct send_totals totals = session_totals(session);
    uint64_t settled = 0;

    for (int i = 0; i < RESULT_STATUSES; i++)
        settled += totals.counts[i];
    fuzz_require(settled <= totals.sent && totals.waiting == totals.sent - settled,
                 "each message has one outcome");
}

static void run_prompt(struct send *send)
{
    struct session_listener listener;
    struct problem problem;

    sink_begin(&send->sinks[0], &send->options, NULL, send->scratch);
    send->sinks[0].prompt = true;
    listener = sink_listener(&send->sinks[0]);
    fuzz_require(targets_open(&send->targets, &send->options.session, send->operands->items[0],
                              &listener, &problem),
                 "a session opens");
    send_run_prompt(send);
    require_totals(send->targets.sessions[0]);
    targets_close(&send->targets);
    sink_end(&send->sinks[0]);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct send *send = fuzz_allocate(sizeof *send);
    const uint8_t *end = bytes + size, *typed = bytes + (size < 2 ? size : 2);
    const uint8_t *stop = typed < end ? memchr(typed, 0, (size_t)(end - typed)) : NULL;

    memset(send, 0, sizeof *send);
    memset(&front, 0, sizeof front);
    stop = stop != NULL ? stop : end;
    front.at = typed;
    front.end = stop;
    front.columns = size > 1 && bytes[1] & 1 ? 30 : 80;
    seam_begin(stop + (stop < end), (size_t)(end - stop) - (stop < end));
    prepare_files();
    choose_options(send, size > 0 ? bytes[0] : 0);
    send->scratch = fuzz_allocate(PAYLOAD_SCRATCH);
    run_prompt(send);
    free(send->scratch);
    free(send);
    return 0;
}
