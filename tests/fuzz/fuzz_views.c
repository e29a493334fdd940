/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_views: the screens of ping, load and lesson in their real loop, with their tables of keys. Input: a
 * byte that chooses the screen, one for its options, then turns of a byte each and what they need: what a
 * prober or a load generator may report, lessons that end, keys, sizes, time, a terminal that is
 * blocked or gone. Nothing raw is drawn, no number is too large for its place, and each run ends.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>

#include "frame.h"
#include "fuzz.h"
#include "udptui/sys/report.h"
#include "udptui/sys/wait.h"
#include "udptui/ui/lesson/session.h"
#include "udptui/ui/load/session.h"
#include "udptui/ui/ping/session.h"
#include "udptui/ui/term.h"

const char *const fuzz_words[] = {
    "p\x02e\x01\x08",
    "l\x01n\x20\xff",
    "o\x03k\r",
    "s\x50\x18",
    "k\x81",
    "kh",
    "kl",
    "kj",
    "k?",
    "kv",
    "kt",
    "kr",
    "k1",
    "k\x8b",
    "kq",
    "k\x8c",
    "t\xff",
    NULL,
};

enum { ROWS_MAX = 60, COLUMNS_MAX = 200, TURNS_MAX = 120, LEGS = 6, TARGETS = 3 };

static const int64_t wall_offset_ns = INT64_C(1700000000) * 1000000000;

/* The terminal, the clocks, and what has happened. */
static struct views {
    const uint8_t *at, *end;
    int rows, columns, turns;
    int64_t now_ns;
    struct key key;
    bool has_key, over, blocked, stopped;
    size_t targets;
    struct prober_record record;
    struct load_snapshot snapshot;
    bool has_record, has_snapshot;
} views;

static uint8_t views_byte(void)
{
    return views.at < views.end ? *views.at++ : 0;
}

/* Of any magnitude: a byte, times a power of two. */
static int64_t views_number(void)
{
    int64_t value = views_byte();

    return value << (views_byte() % 48);
}

/* A time, or none. */
static int64_t views_time(void)
{
    return views_number() - 1;
}

static void views_take_event(void)
{
    struct probe_event *event = &views.record.event;

    views.record = (struct prober_record){.kind = PROBER_EVENT,
                                          .target = views_byte() % (uint32_t)views.targets};

    event->kind = (enum probe_event_kind)(views_byte() % (PROBE_STRAY + 1));
    event->number = (uint64_t)views_number();
    event->reply.outcome = (enum series_outcome)(views_byte() % (SERIES_UNKNOWN + 1));
    event->reply.rtt_ns = views_time();
    event->rtt_app_ns = views_time();
    event->server_ns = views_time();
    event->one_way = views_byte() % 2 != 0;
    event->there_ns = views_number();
    event->back_ns = -views_number();
    snprintf(event->why, sizeof event->why, "connection refused");
    views.has_record = true;
}

static struct probe_times views_times(void)
{
    return (struct probe_times){.count = (uint64_t)views_number(),
                                .min_ns = views_time(),
                                .mean_ns = views_time(),
                                .p50_ns = views_time(),
                                .p90_ns = views_time(),
                                .p99_ns = views_time(),
                                .p999_ns = views_time(),
                                .max_ns = views_time(),
                                .stddev_ns = views_time(),
                                .jitter_ns = views_time()};
}

static void views_take_figures(void)
{
    struct probe_figures *figures = &views.record.figures;

    views.record = (struct prober_record){.kind = PROBER_FIGURES,
                                          .target = views_byte() % (uint32_t)views.targets};

    *figures = (struct probe_figures){
        .counts = {.sent = (uint64_t)views_number(),
                   .received = (uint64_t)views_number(),
                   .lost = (uint64_t)views_number(),
                   .late = (uint64_t)views_number()},
        .ways = {.known = views_byte() % 2 != 0, .there = (uint64_t)views_number()},
        .failed = (uint64_t)views_number(),
        .elapsed_ns = views_number()};
    for (int kind = 0; kind < PROBE_TIMES; kind++)
        figures->times[kind] = views_times();
    figures->rolling.covers_ns = views_number();
    figures->rolling.rtt = views_times();
    views.has_record = true;
}

static void views_take_snapshot(void)
{
    struct load_snapshot snapshot = {.elapsed_ns = views_number(),
                                     .sent = (uint64_t)views_number(),
                                     .acked = (uint64_t)views_number(),
                                     .lost = (uint64_t)views_number(),
                                     .late = (uint64_t)views_number(),
                                     .size_bytes = views_byte(),
                                     .times_certain = views_byte() % 2 != 0,
                                     .acks_per_s = (double)views_number(),
                                     .rtt = {.count = (uint64_t)views_number(),
                                             .min_ns = views_time(),
                                             .p50_ns = views_time(),
                                             .p99_ns = views_time(),
                                             .max_ns = views_time()},
                                     .end = (enum load_end)(views_byte() % (LOAD_REFUSED + 1))};

    snapshot.rtt_app = snapshot.rtt;
    views.snapshot = snapshot;
    views.has_snapshot = true;
}

static void views_take_key(void)
{
    uint8_t byte = views_byte();

    views.key = (struct key){.code = byte};
    if (byte >= 0x80 && byte < 0x80 + 18)
        views.key.code = KEY_CODE_UP + (byte - 0x80);
    else if (byte >= 0xc0)
        views.key.code = 0x4e00 + byte * 7;
    if (views.key.code >= KEY_CODE_CLICK && views.key.code <= KEY_CODE_WHEEL_DOWN) {
        views.key.row = views_byte() % ROWS_MAX;
        views.key.column = views_byte() % COLUMNS_MAX;
    }
    views.has_key = true;
}

/* ---- the terminal, in place of ncurses (src/ui/term.c) */

bool term_open(const struct term_options *options, const char **why)
{
    (void)options;
    (void)why;
    return true;
}

void term_close(void)
{
}

int term_fd(void)
{
    return 0;
}

void term_size(int *rows, int *columns)
{
    *rows = views.rows;
    *columns = views.columns;
}

void term_draw(const struct frame *frame)
{
    fuzz_require(!views.blocked, "a terminal that is blocked is left alone");
    fuzz_require_frame(frame);
}

void term_set_theme(enum look_theme theme)
{
    fuzz_require(theme < LOOK_THEMES, "there is such a theme");
}

void term_redraw(void)
{
}

bool term_read(struct key *key)
{
    bool there = views.has_key;

    *key = views.key;
    views.has_key = false;
    return there;
}

void term_suspend(void)
{
}

/* ---- the loop's turns */

enum { POLLED_KEYS, POLLED_ENDING };

static void views_poll(struct pollfd *polled, size_t first, size_t count, short events)
{
    for (size_t i = first; i < count; i++)
        if (polled[i].fd >= 0)
            polled[i].revents |= events & (polled[i].events | POLLHUP);
}

/* Once the input is over, the program is to end. */
static void views_end(struct pollfd *polled, size_t count)
{
    fuzz_require(views.turns++ < 2 * TURNS_MAX, "it ends");
    views.over = true;
    views.blocked = false;
    views_poll(polled, POLLED_ENDING, count, POLLIN);
}

static void views_take_turn(struct pollfd *polled, size_t count)
{
    switch (views_byte()) {
    case 'e':
        views_take_event();
        break;
    case 'f':
        views_take_figures();
        break;
    case 'n':
        views_take_snapshot();
        break;
    case 'k':
        views_take_key();
        polled[POLLED_KEYS].revents = POLLIN;
        break;
    case 's':
        views.rows = views_byte() % (ROWS_MAX + 1);
        views.columns = views_byte() % (COLUMNS_MAX + 1);
        views.key = (struct key){.code = KEY_CODE_RESIZE};
        views.has_key = true;
        break;
    case 'b':
        views.blocked = !views.blocked;
        break;
    case 'g':
        polled[POLLED_KEYS].revents = POLLHUP;
        views.over = true;
        break;
    case 't':
        views.now_ns += (int64_t)views_byte() * 20 * 1000000;
        break;
    default:
        break;
    }
    views_poll(polled, POLLED_ENDING + 1, count, POLLIN | POLLOUT);
}

int __wrap_wait_until_signal(struct pollfd *polled, size_t count, int64_t until_ns,
                             const sigset_t *let_in);
int __wrap_wait_until_signal(struct pollfd *polled, size_t count, int64_t until_ns,
                             const sigset_t *let_in)
{
    (void)let_in;
    if (until_ns != INT64_MAX && until_ns > views.now_ns)
        views.now_ns = until_ns;
    for (size_t i = 0; i < count; i++)
        polled[i].revents = 0;
    if (views.at == views.end || views.over || views.turns >= TURNS_MAX) {
        views_end(polled, count);
    } else {
        views.turns++;
        views_take_turn(polled, count);
    }
    return 1;
}

bool __wrap_wait_is_ready(int fd, short events);
bool __wrap_wait_is_ready(int fd, short events)
{
    (void)fd;
    (void)events;
    return !views.blocked;
}

int64_t __wrap_clock_monotonic_ns(void);
int64_t __wrap_clock_monotonic_ns(void)
{
    return views.now_ns += 40;
}

int64_t __wrap_clock_wall_ns(void);
int64_t __wrap_clock_wall_ns(void)
{
    return __wrap_clock_monotonic_ns() + wall_offset_ns;
}

int __wrap_signals_number(const struct signals *signals);
int __wrap_signals_number(const struct signals *signals)
{
    (void)signals;
    return views.over ? SIGTERM : 0;
}

void __wrap_signals_ending(struct signals *signals);
void __wrap_signals_ending(struct signals *signals)
{
    (void)signals;
}

/* On stderr it would be in the way. */
void __wrap_report_error(const char *format, ...);
void __wrap_report_error(const char *format, ...)
{
    (void)format;
}

/* ---- the prober and the generator */

bool __wrap_prober_next(struct prober *prober, struct prober_record *out);
bool __wrap_prober_next(struct prober *prober, struct prober_record *out)
{
    bool there = views.has_record;

    (void)prober;
    *out = views.record;
    views.has_record = false;
    if (there || !views.stopped)
        return there;
    *out = (struct prober_record){.kind = PROBER_END};
    return true;
}

void __wrap_prober_stop(struct prober *prober);
void __wrap_prober_stop(struct prober *prober)
{
    (void)prober;
    views.stopped = true;
}

bool __wrap_generator_next(struct generator *generator, struct load_snapshot *out);
bool __wrap_generator_next(struct generator *generator, struct load_snapshot *out)
{
    bool there = views.has_snapshot || views.stopped;

    (void)generator;
    *out = views.snapshot;
    views.has_snapshot = false;
    if (views.stopped)
        out->end = LOAD_STOPPED;
    return there;
}

void __wrap_generator_stop(struct generator *generator);
void __wrap_generator_stop(struct generator *generator)
{
    (void)generator;
    views.stopped = true;
}

/* ---- the thread of a lesson, which has ended as soon as it is started */

int __wrap_thread_start(pthread_t *thread, void *(*run)(void *argument), void *argument);
int __wrap_thread_start(pthread_t *thread, void *(*run)(void *argument), void *argument)
{
    *thread = pthread_self();
    if (views_byte() == 255)
        return EAGAIN;
    run(argument);
    return 0;
}

int __wrap_pthread_join(pthread_t thread, void **result);
int __wrap_pthread_join(pthread_t thread, void **result)
{
    (void)thread;
    (void)result;
    return 0;
}

static struct ladder_leg views_leg(size_t number)
{
    uint8_t how = views_byte();
    int64_t depart_ns = __wrap_clock_wall_ns() + views_number() % 1000000000;
    struct ladder_leg leg = {.depart_ns = depart_ns,
                             .arrive_ns = depart_ns + views_number() % 1000000000,
                             .to_right = (how & 1) != 0,
                             .error = (how & 2) != 0,
                             .copy = (how & 4) != 0,
                             .right_gap = (how & 8) != 0,
                             .end = views_byte() % (LADDER_SENT + 1),
                             .number = number,
                             .rtt_ns = how & 16 ? 1000 : 0};

    snprintf(leg.label, sizeof leg.label, "#%zu", number);
    return leg;
}

void __wrap_topics_play(const struct lesson *lesson, struct stage *stage,
                        const struct stage_config *config);
void __wrap_topics_play(const struct lesson *lesson, struct stage *stage,
                        const struct stage_config *config)
{
    struct lesson_result *result = &stage->result;
    uint8_t how = views_byte();

    (void)lesson;
    stage_open(stage, config);
    stage->leg_count = how % LEGS;
    for (size_t i = 0; i < stage->leg_count; i++)
        stage->legs[i] = views_leg(i + 1);
    snprintf(result->happened, sizeof result->happened, "It happened.");
    result->otherwise = how & 64 ? "It was otherwise." : NULL;
    result->tries = 1 + (how >> 5 & 1);
    if (how >= 250)
        stage_fail(stage, "lesson: no");
}

/* ---- the screens */

static FILE *nowhere; /* what is written once a screen is closed */
static int event_fd;

static void run_ping(uint8_t how)
{
    struct ping_session *session = fuzz_allocate(sizeof *session);

    memset(session, 0, sizeof *session);
    session->event_fd = event_fd;
    session->signals.fd = event_fd;
    session->config.count = views.targets = 1 + how % TARGETS;
    session->config.writer = &ping_lines;
    session->config.screen = true;
    session->config.ascii = (how & 64) != 0;
    session->config.look.large = (how & 128) != 0;
    for (size_t i = 0; i < session->config.count; i++) {
        session->config.targets[i] =
            (struct probe_config){.target = {.family = ENDPOINT_IPV4, .port = 4010},
                                  .size_bytes = 44,
                                  .interval_ns = 1 + views_number(),
                                  .timeout_ns = 1000000000};
        session->targets[i].output = (struct ping_output){.file = nowhere, .several = how % 2 != 0};
    }
    ping_run_screen(session);
    free(session);
}

static void run_load(uint8_t how)
{
    const struct load_options options = {.ascii = (how & 64) != 0, .look.large = (how & 128) != 0};
    const struct generator_config config = {.target = {.family = ENDPOINT_IPV4, .port = 4010},
                                            .clients = 1u + how,
                                            .duration_ns = views_number()};
    struct load_run run = {.options = &options,
                           .config = &config,
                           .writer = &load_lines,
                           .signals.fd = event_fd,
                           .output.file = nowhere,
                           .event_fd = event_fd};

    load_run_screen(&run);
}

/* The lessons are read once. */
static void run_lesson(uint8_t how)
{
    static struct topics topics;
    struct lesson_options options = {
        .view = how & 1, .sentences = how & 2, .look.large = how & 128};
    struct lesson_run *run = fuzz_allocate(sizeof *run);
    struct problem problem;
    FILE *before = stdout;

    fuzz_require(topics.count > 0 || topics_open(&topics, NULL, &problem), "lessons can be read");
    memset(run, 0, sizeof *run);
    run->options = &options;
    run->topics = topics;
    run->first = views_byte() % topics.count;
    run->last = how & 4 ? topics.count - 1 : run->first;
    run->charset = how & 64 ? TEXT_ASCII : TEXT_UTF8;
    run->signals.fd = event_fd;
    run->output = nowhere;
    stdout = nowhere; /* to which the findings are printed */
    lesson_run_screen(run);
    stdout = before;
    free(run);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (nowhere == NULL) {
        nowhere = fopen("/dev/null", "w");
        event_fd = eventfd(0, EFD_NONBLOCK);
        fuzz_require(nowhere != NULL && event_fd >= 0, "there are files");
    }
    views = (struct views){.at = bytes,
                           .end = bytes + size,
                           .rows = 24,
                           .columns = 80,
                           .now_ns = 1000000000,
                           .targets = 1};
    uint8_t screen = views_byte(), how = views_byte();
    if (screen == 'o')
        run_lesson(how);
    else if (screen == 'l')
        run_load(how);
    else
        run_ping(how);
    return 0;
}
