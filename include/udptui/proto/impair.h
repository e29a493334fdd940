/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * impair: what a simulated network does to each datagram, in the direction of the requests and of
 * the acks.
 *
 * A fate is a function of (seed, direction, message number, branch) and the settings only: each
 * random number is drawn by a counter-based generator from its own stream. So the same seed and
 * traffic give the same fates, and changing one setting does not affect the draws of the others.
 */
#ifndef UDPTUI_PROTO_IMPAIR_H
#define UDPTUI_PROTO_IMPAIR_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum impair_way { IMPAIR_IN, IMPAIR_OUT, IMPAIR_WAYS }; /* the request's, the ack's */

/*
 * Each setting: its constant and its word. To add one: a line here, a field in struct impair_path,
 * a row in impair.c and what it does to a datagram there.
 */
#define IMPAIR_EACH_SETTING(ROW)                                                                   \
    ROW(LOSS, "loss")                                                                              \
    ROW(DUP, "dup")                                                                                \
    ROW(DELAY, "delay")                                                                            \
    ROW(JITTER, "jitter") /* the "+-40ms" behind the delay */                                      \
    ROW(REORDER, "reorder")                                                                        \
    ROW(CORRUPT, "corrupt")                                                                        \
    ROW(RATE, "rate")

#define IMPAIR_CONSTANT(constant, word) IMPAIR_##constant,
enum impair_setting { IMPAIR_EACH_SETTING(IMPAIR_CONSTANT) IMPAIR_SETTINGS };
#undef IMPAIR_CONSTANT

/* Each preset: its word, and what it sets as impair_parse reads it. */
#define IMPAIR_EACH_PRESET(ROW)                                                                      \
    /* Kurose and Ross, the UDP pinger of the socket lab: a random number of 0 to 10 is below 4. */  \
    ROW("kurose", "in.loss=4/11")                                                                    \
    /* A busy wireless LAN: lost after its retries, doubled if its own ack was lost. */              \
    ROW("wifi", "loss=2%,dup=0.5%,delay=5ms+-4ms,reorder=1%")                                        \
    /* A geostationary satellite at 35,786 km: up and down take 240 to 280 ms, and some queueing. */ \
    ROW("satellite", "loss=0.5%,delay=300ms+-10ms")                                                  \
    ROW("off", "")

/* " loss dup ...", " kurose wifi ...". */
#define IMPAIR_SETTING_WORD(constant, word) " " word
#define IMPAIR_PRESET_WORD(word, text)      " " word
#define IMPAIR_SETTING_WORDS                IMPAIR_EACH_SETTING(IMPAIR_SETTING_WORD)
#define IMPAIR_PRESET_WORDS                 IMPAIR_EACH_PRESET(IMPAIR_PRESET_WORD)

/* What a value of --impair begins with, for completion. */
#define IMPAIR_SETTING_BEGINNING(constant, word) word "= "
#define IMPAIR_PRESET_BEGINNING(word, text)      word " "
#define IMPAIR_BEGINNINGS                                                                          \
    IMPAIR_EACH_PRESET(IMPAIR_PRESET_BEGINNING)                                                    \
    IMPAIR_EACH_SETTING(IMPAIR_SETTING_BEGINNING) "in. out."

struct impair_path {
    double loss, dup, reorder, corrupt; /* probabilities, 0 to 1 */
    int64_t delay_ns, jitter_ns;        /* uniform in delay +- jitter, never below 0 */
    double rate_per_s;                  /* datagrams per second in this direction, 0: unlimited */
};

/* Delay and jitter are at most so long: those of both ways together fit 32 bits of microseconds. */
#define IMPAIR_DELAY_MAX_NS (INT64_C(300) * 1000000000)

struct impair_config {
    struct impair_path ways[IMPAIR_WAYS];
    uint64_t seed;
};

enum { IMPAIR_COPIES_MAX = 2, IMPAIR_TEXT_SIZE = 384 };

/* What happens to one datagram on one way. With copies == 2 the network delivers it twice. */
struct impair_fate {
    bool lost;      /* it never arrives; the rest is drawn anyway */
    uint8_t copies; /* 1 or 2; the arrays below are filled for so many */
    uint8_t gap;    /* reorder: how many later ones of the same client overtake it, 0: none */
    bool corrupt[IMPAIR_COPIES_MAX];
    uint64_t bit[IMPAIR_COPIES_MAX]; /* which bit is flipped: modulo the payload's bits */
    int64_t delay_ns[IMPAIR_COPIES_MAX];
};

/*
 * Reads "loss=30%,dup=5%,delay=80ms+-40ms,reorder=10%,corrupt=1%,rate=20/s" into *config, left to
 * right, changing what it holds; the seed stays. A setting without a prefix is for both ways,
 * "in.loss=" for the requests', "out.loss=" for the acks'. Probabilities: "30%", "0.3" (15 digits
 * behind the point count) or "4/11" (whole numbers up to 9999). "delay=80ms" is one without jitter,
 * "jitter=40ms" sets the jitter alone; both are at most 5m. Rates are from 1/h to 1000000000/s,
 * "rate=0" is none. A word alone is a preset, and replaces the settings of both directions: kurose
 * (in.loss=4/11), wifi, satellite, off. Returns NULL, or what is wrong and what to do (fixed words
 * and no byte of text: "unknown setting: use loss dup ..."); *config is unchanged then.
 */
const char *impair_parse(const char *text, struct impair_config *config);

/* The names of the presets; NULL past the last. */
const char *impair_preset_name(size_t row);

/*
 * A short text that impair_parse reads back as the same settings, into an empty config ("off" for
 * none; the seed is not in it), for any result of impair_parse and impair_step. IMPAIR_TEXT_SIZE is
 * enough. Returns the length it has or would have, as snprintf does.
 */
size_t impair_format(const struct impair_config *config, char *out, size_t size_bytes);

/* Whether it does anything to datagrams. */
bool impair_path_active(const struct impair_path *path);
/* Whether it lets datagrams wait: delay, jitter, reordering, a rate. Without these each arrives at
 * once, or never. */
bool impair_path_waits(const struct impair_path *path);
/* Whether one of the two ways does anything. */
bool impair_active(const struct impair_config *config);

/* The same settings and the same seed. */
bool impair_equal(const struct impair_config *one, const struct impair_config *other);

/* "loss", "dup", ...; and what it does to a datagram, in a few words: "never arrives". */
const char *impair_setting_name(enum impair_setting setting);
const char *impair_setting_help(enum impair_setting setting);

/* A setting's value for a person: "30%", "36.4%", "80 ms", "20/s", "-" for none. Returns out
 * (UNITS_TEXT_SIZE is enough). */
const char *impair_format_setting(const struct impair_path *path, enum impair_setting setting,
                                  char *out, size_t size_bytes);

/*
 * One key press up or down, to the next round value: probabilities 0, 1%, 5%, 10% ... 100%; times
 * in steps of 10 ms up to 100 ms, then of 100 ms, up to 5 min; both clamped. Rates none, 1, 2, 5,
 * 10 ... 1000, and none again, so that each key press has an effect.
 */
void impair_step(struct impair_path *path, enum impair_setting setting, bool up);

/* Switches one setting off. */
void impair_clear(struct impair_path *path, enum impair_setting setting);

/*
 * The fate of a message on one way. number: the server's count of received messages, from 1.
 * branch: which copy of the request this ack answers, 0 or 1; always 0 with IMPAIR_IN.
 */
struct impair_fate impair_fate(const struct impair_config *config, enum impair_way way,
                               uint64_t number, unsigned branch);

/* The same, prepared for many messages: the config, and where each sequence of draws starts. */
enum { IMPAIR_LANES = 56 };
struct impair_dice {
    struct impair_config config;
    uint64_t starts[IMPAIR_LANES];
};
/* Copies the config; nothing is to be freed. impair_throw writes to *fate what impair_fate returns
 * for the same message. */
void impair_prepare(struct impair_dice *dice, const struct impair_config *config);
void impair_throw(const struct impair_dice *dice, enum impair_way way, uint64_t number,
                  unsigned branch, struct impair_fate *fate);

/* Loss alone, prepared for many messages: the same draws as those of impair_fate. */
struct impair_losses {
    uint64_t starts[IMPAIR_WAYS], below[IMPAIR_WAYS];
};

/* Whether the config can lose datagrams and does nothing else to them. */
bool impair_is_loss_alone(const struct impair_config *config);
struct impair_losses impair_losses_of(const struct impair_config *config);

/* Bit i: message number + i is lost on this way (of acks: that of branch 0). count: 1 .. 64. */
uint64_t impair_lost_messages(const struct impair_losses *losses, enum impair_way way,
                              uint64_t number, unsigned count);

/* When a datagram that arrives at now_ns at a link of limited rate leaves it, in the order of the
 * calls: 1 / rate (in whole ns) after the one before, or at once. *free_ns: when the link is free
 * again, 0 at first; threads may share it. Without a rate: now_ns, and nothing changes. */
int64_t impair_depart_ns(const struct impair_path *path, atomic_int_fast64_t *free_ns,
                         int64_t now_ns);

#endif
