/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* announcer: what is published, and what the user learns of the broker and of a rival, beside a link
 * that the test plays (the linker replaces the functions of fleet/link). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"
#include "../sys/child.h"

#include "udptui/base/array.h"
#include "udptui/fleet/link.h"
#include "udptui/output/snapshot.h"
#include "udptui/ui/announcer.h"

enum { DOCUMENT_SIZE = 8192 };

/* The link. Its address stands for that of a real one. */
static struct played {
    bool on; /* else the real functions */
    struct link_status status;
    char topics[LINK_TOPICS_MAX][SNAPSHOT_TOPIC_SIZE];
    char will[DOCUMENT_SIZE];
    char published[LINK_TOPICS_MAX][DOCUMENT_SIZE]; /* the latest */
    size_t counts[LINK_TOPICS_MAX];
    char sample_topic[SNAPSHOT_TOPIC_SIZE];
    const struct snapshot_presence *incoming; /* NULL: nothing has come */
    bool incoming_retained;
    char *incoming_text;
    uint64_t dropped, unsent; /* before it is closed, and then */
} played;

bool __real_link_prepare(struct problem *problem);
bool __wrap_link_prepare(struct problem *problem);
bool __wrap_link_prepare(struct problem *problem)
{
    return played.on || __real_link_prepare(problem);
}

struct link *__real_link_open(const struct link_config *config, char *error);
struct link *__wrap_link_open(const struct link_config *config, char *error);
struct link *__wrap_link_open(const struct link_config *config, char *error)
{
    if (!played.on)
        return __real_link_open(config, error);
    for (size_t i = 0; i < LINK_TOPICS_MAX; i++)
        snprintf(played.topics[i], sizeof played.topics[i], "%s",
                 config->topics[i] != NULL ? config->topics[i] : "");
    snprintf(played.will, sizeof played.will, "%s", config->will);
    return (struct link *)&played;
}

uint64_t __real_link_close(struct link *link, int64_t wait_ns);
uint64_t __wrap_link_close(struct link *link, int64_t wait_ns);
uint64_t __wrap_link_close(struct link *link, int64_t wait_ns)
{
    return played.on ? played.unsent : __real_link_close(link, wait_ns);
}

bool __real_link_publish(struct link *link, size_t slot, const void *bytes, size_t size_bytes);
bool __wrap_link_publish(struct link *link, size_t slot, const void *bytes, size_t size_bytes);
bool __wrap_link_publish(struct link *link, size_t slot, const void *bytes, size_t size_bytes)
{
    if (!played.on)
        return __real_link_publish(link, slot, bytes, size_bytes);
    snprintf(played.published[slot], DOCUMENT_SIZE, "%.*s", (int)size_bytes, (const char *)bytes);
    played.counts[slot]++;
    return true;
}

void __real_link_sample(struct link *link, const char *topic, const void *bytes, size_t size_bytes);
void __wrap_link_sample(struct link *link, const char *topic, const void *bytes, size_t size_bytes);
void __wrap_link_sample(struct link *link, const char *topic, const void *bytes, size_t size_bytes)
{
    if (!played.on)
        __real_link_sample(link, topic, bytes, size_bytes);
    else
        snprintf(played.sample_topic, sizeof played.sample_topic, "%s", topic);
}

void __real_link_status(struct link *link, struct link_status *out);
void __wrap_link_status(struct link *link, struct link_status *out);
void __wrap_link_status(struct link *link, struct link_status *out)
{
    if (!played.on)
        __real_link_status(link, out);
    else
        *out = played.status;
}

bool __real_link_next(struct link *link, struct link_message *out);
bool __wrap_link_next(struct link *link, struct link_message *out);
bool __wrap_link_next(struct link *link, struct link_message *out)
{
    if (!played.on)
        return __real_link_next(link, out);
    if (played.incoming == NULL)
        return false;
    played.incoming_text = snapshot_write_state(played.incoming);
    *out = (struct link_message){.topic = played.topics[2],
                                 .bytes = played.incoming_text,
                                 .size_bytes = strlen(played.incoming_text),
                                 .retained = played.incoming_retained};
    return true;
}

void __real_link_release(struct link *link);
void __wrap_link_release(struct link *link);
void __wrap_link_release(struct link *link)
{
    if (!played.on) {
        __real_link_release(link);
        return;
    }
    free(played.incoming_text);
    played.incoming = NULL;
}

uint64_t __real_link_dropped(struct link *link);
uint64_t __wrap_link_dropped(struct link *link);
uint64_t __wrap_link_dropped(struct link *link)
{
    return played.on ? played.dropped : __real_link_dropped(link);
}

static int stop_playing(void **state)
{
    (void)state;
    played.on = false;
    return 0;
}

/* ---- */

static const char url[] = "mqtt://127.0.0.1:1883/school";

enum { STATS, CLIENTS, STATE }; /* the link's slots */

static struct announcer *open_announcer(enum snapshot_kind kind, const char *as)
{
    struct announcer *announcer = malloc(sizeof *announcer);
    const struct announcer_options options = {.url = url, .as = as};
    struct problem problem = {0};

    assert_non_null(announcer);
    played = (struct played){.on = true, .status = {.state = LINK_UP}};
    if (!announcer_prepare(announcer, &options, &problem))
        fail_msg("%s", problem.text);
    assert_true(announcer_begin(announcer, kind, "4010"));
    return announcer;
}

static void close_announcer(struct announcer *announcer)
{
    announcer_end(announcer);
    assert_null(announcer->link);
    free(announcer);
}

static struct snapshot_presence presence_of(const char *document)
{
    struct snapshot_presence presence;
    char error[SNAPSHOT_ERROR_SIZE];

    if (!snapshot_read_state(document, strlen(document), &presence, error))
        fail_msg("%s: %s", document, error);
    return presence;
}

static void without_a_url_it_does_nothing(void **state)
{
    static const struct announcer_options none = {0};
    struct announcer announcer;
    struct problem problem = {0};
    char news[ANNOUNCER_NEWS_SIZE];
    bool bad;

    (void)state;
    assert_true(announcer_prepare(&announcer, &none, &problem));
    assert_true(announcer_begin(&announcer, SNAPSHOT_SERVE, "4010"));
    assert_false(announcer_turn(&announcer, news));
    assert_int_equal(announcer_fd(&announcer), -1);
    assert_string_equal(announcer_brief(&announcer, &bad), "");
    announcer_publish_stats(&announcer, &(struct snapshot){0});
    announcer_end(&announcer);
}

static void topics_and_states(void **state)
{
    struct announcer *announcer = open_announcer(SNAPSHOT_SERVE, "a/b");
    struct snapshot snapshot = {0};
    struct snapshot_message message = {0};
    struct snapshot_presence running;

    (void)state;
    assert_string_equal(played.topics[STATS], "school/v1/a-b/4010/stats");
    assert_string_equal(played.topics[CLIENTS], "school/v1/a-b/4010/clients");
    assert_string_equal(played.topics[STATE], "school/v1/a-b/4010/state");
    running = presence_of(played.published[STATE]);
    assert_int_equal(running.state, SNAPSHOT_RUNNING);
    assert_true(running.boot != 0 && running.wall_ns != 0);
    assert_int_equal(presence_of(played.will).state, SNAPSHOT_GONE);
    assert_true(presence_of(played.will).boot == running.boot);
    assert_int_equal(presence_of(played.will).wall_ns, 0); /* nobody knows when it will be */
    announcer_publish_stats(announcer, &snapshot);
    assert_int_equal(played.counts[STATS], 1);
    assert_true(snapshot.life.boot == running.boot && snapshot.taken_ns >= snapshot.started_ns);
    announcer_publish_message(announcer, &message);
    assert_string_equal(played.sample_topic, "school/v1/a-b/4010/messages");
    close_announcer(announcer);
    assert_int_equal(presence_of(played.published[STATE]).state, SNAPSHOT_ENDED);
    announcer = open_announcer(SNAPSHOT_PING, NULL);
    assert_string_equal(played.topics[CLIENTS], ""); /* a ping has none */
    close_announcer(announcer);
}

struct end {
    uint64_t dropped, unsent, unwritten;
    bool counted; /* the figures were written before */
};

static int end_in_child(void *context)
{
    const struct end *end = context;
    struct announcer *announcer = open_announcer(SNAPSHOT_SERVE, "me");

    played.dropped = end->dropped;
    played.unsent = end->unsent;
    announcer->unwritten = end->unwritten;
    uint64_t counted = end->counted ? announcer_dropped(announcer) : 0;
    announcer_end(announcer);
    free(announcer);
    return counted != (end->counted ? end->dropped + end->unwritten : 0);
}

/* What the figures have already is not reported once more. */
static void what_is_left_at_the_end_is_reported(void **state)
{
    static const struct {
        struct end end;
        const char *reported; /* "": nothing */
    } rows[] = {
        {{0}, ""},
        {{.dropped = 5, .unsent = 5, .unwritten = 2, .counted = true}, ""},
        {{.dropped = 5, .unsent = 8, .unwritten = 2, .counted = true}, ": 3\n"},
        {{.dropped = 0, .unsent = 4, .unwritten = 1}, ": 5\n"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct end end = rows[i].end;
        struct child child = child_run(end_in_child, &end);
        assert_int_equal(child.status, 0);
        assert_int_equal(strstr(child.output, "could not be published at the end") != NULL,
                         rows[i].reported[0] != '\0');
        assert_non_null(strstr(child.output, rows[i].reported));
    }
}

static void assert_news(struct announcer *announcer, const char *expected)
{
    char news[ANNOUNCER_NEWS_SIZE] = "";
    bool is_news = announcer_turn(announcer, news);

    assert_string_equal(news, expected != NULL ? expected : "");
    assert_int_equal(is_news, expected != NULL);
}

static void a_failure_is_news_once(void **state)
{
    static const struct link_status refused = {.state = LINK_WAITING, .why = "refused"};
    static const char *const refused_news = "--publish: 127.0.0.1:1883: refused; trying again";
    static const char *const up_news =
        "--publish: connected to 127.0.0.1:1883, topics school/v1/me/4010/...";
    struct announcer *announcer = open_announcer(SNAPSHOT_SERVE, "me");

    (void)state;
    assert_news(announcer, NULL); /* up at once: nothing to say */
    played.status = refused;
    assert_news(announcer, refused_news);
    assert_news(announcer, NULL);
    played.status = (struct link_status){.state = LINK_CONNECTING};
    assert_news(announcer, NULL);
    played.status = refused;
    assert_news(announcer, NULL); /* still the same */
    snprintf(played.status.why, sizeof played.status.why, "no route");
    assert_news(announcer, "--publish: 127.0.0.1:1883: no route; trying again");
    played.status = (struct link_status){.state = LINK_UP};
    assert_news(announcer, up_news);
    assert_news(announcer, NULL);
    played.status = refused;
    assert_news(announcer, refused_news); /* a new one, of the same kind */
    close_announcer(announcer);
}

static void a_silent_broker_is_news(void **state)
{
    struct announcer *announcer = open_announcer(SNAPSHOT_SERVE, "me");

    (void)state;
    played.status = (struct link_status){.state = LINK_SILENT, .connects = 1};
    assert_news(announcer, "--publish: 127.0.0.1:1883: the broker has stopped answering; "
                           "what is published waits");
    assert_news(announcer, NULL);
    played.status = (struct link_status){.state = LINK_UP, .resumed = true};
    assert_news(announcer, "--publish: 127.0.0.1:1883 answers again");
    close_announcer(announcer);
}

static void receive(enum snapshot_state state, uint64_t boot, bool retained)
{
    static struct snapshot_presence presence;

    presence = (struct snapshot_presence){.state = state, .kind = SNAPSHOT_SERVE, .boot = boot};
    played.incoming = &presence;
    played.incoming_retained = retained;
}

static void a_rival_is_news_until_it_ends(void **state)
{
    static const char *const news =
        "--publish: another program publishes as school/v1/me/4010 too: "
        "give one of them another name with --publish-as";
    struct announcer *announcer = open_announcer(SNAPSHOT_SERVE, "me");
    uint64_t own = announcer->life.boot, other = own ^ 1;
    bool bad;

    (void)state;
    receive(SNAPSHOT_RUNNING, own, false); /* our own words */
    assert_news(announcer, NULL);
    assert_int_equal(played.counts[STATE], 1);
    receive(SNAPSHOT_RUNNING, other, true); /* it may have ended long ago */
    assert_news(announcer, NULL);
    assert_int_equal(played.counts[STATE], 2); /* ours replaces it */
    receive(SNAPSHOT_RUNNING, other, false);
    assert_news(announcer, news);
    assert_int_equal(played.counts[STATE], 2); /* not at once again: two would never be silent */
    assert_string_equal(announcer_brief(announcer, &bad), "PUBLISHED TWICE");
    receive(SNAPSHOT_RUNNING, other, false);
    assert_news(announcer, NULL);
    receive(SNAPSHOT_ENDED, other, false);
    assert_news(announcer, NULL);
    assert_string_equal(announcer_brief(announcer, &bad), "published");
    assert_int_equal(played.counts[STATE], 3); /* its end is not the last word on ours */
    announcer->answer_ns = 0;                  /* later */
    receive(SNAPSHOT_RUNNING, other, false);
    assert_news(announcer, news);
    assert_int_equal(played.counts[STATE], 4);
    close_announcer(announcer);
}

static void the_header_says_how_it_is(void **state)
{
    static const struct {
        struct link_status status;
        const char *words;
        bool bad;
    } rows[] = {
        {{.state = LINK_UP, .connects = 1}, "published", false},
        {{.state = LINK_CONNECTING}, "connecting", false},
        {{.state = LINK_CONNECTING, .connects = 1}, "NO BROKER", true},
        {{.state = LINK_CONNECTING, .why = "refused"}, "NO BROKER", true},
        {{.state = LINK_WAITING, .why = "refused"}, "NO BROKER", true},
        {{.state = LINK_REFUSED, .why = "password"}, "BROKER REFUSES", true},
        {{.state = LINK_SILENT, .connects = 1}, "BROKER SILENT", true},
    };
    struct announcer *announcer = open_announcer(SNAPSHOT_RELAY, "me");

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char news[ANNOUNCER_NEWS_SIZE];
        bool bad = !rows[i].bad;
        played.status = rows[i].status;
        announcer_turn(announcer, news);
        if (strcmp(announcer_brief(announcer, &bad), rows[i].words) != 0 || bad != rows[i].bad)
            fail_msg("row %zu: %s", i, announcer_brief(announcer, &bad));
    }
    close_announcer(announcer);
}

#define PLAYED(test) cmocka_unit_test_teardown(test, stop_playing)

static const struct CMUnitTest tests[] = {
    PLAYED(without_a_url_it_does_nothing),
    PLAYED(topics_and_states),
    PLAYED(what_is_left_at_the_end_is_reported),
    PLAYED(a_failure_is_news_once),
    PLAYED(a_silent_broker_is_news),
    PLAYED(a_rival_is_news_until_it_ends),
    PLAYED(the_header_says_how_it_is),
};

const struct suite suite_announcer = {
    .name = "announcer", .tests = tests, .count = sizeof tests / sizeof *tests};
