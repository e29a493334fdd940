/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * impair: the settings, a row each, and fates from counters.
 *
 * Each figure is draw number `number` of a SplitMix64 sequence (Steele, Lea and Flood 2014) whose
 * start is mixed from the seed and a lane; a lane is what is drawn, for which way, branch and
 * copy. So no draw depends on how many others were made.
 */
#include <string.h>

#include "impair_internal.h"
#include "udptui/base/array.h"
#include "udptui/base/units.h"

/* ---- draws */

enum figure {
    FIGURE_LOSS,
    FIGURE_DUP,
    FIGURE_REORDER,
    FIGURE_GAP,
    FIGURE_CORRUPT,
    FIGURE_BIT,
    FIGURE_DELAY,
    FIGURES
};

enum { GAP_MAX = 3 };

/* What the draws are for: the lane except figure and copy. */
struct source {
    uint64_t seed, number;
    unsigned way, branch;
    const uint64_t *starts; /* of all lanes, NULL: they are made from the seed */
};

enum { BRANCHES = 2 };
_Static_assert(IMPAIR_LANES == FIGURES * IMPAIR_COPIES_MAX * BRANCHES * IMPAIR_WAYS,
               "each lane has a start");

/* The odd number next to 2^64 / golden ratio, by which the sequence steps. */
#define STEP UINT64_C(0x9e3779b97f4a7c15)

static uint64_t mix(uint64_t bits)
{
    bits = (bits ^ (bits >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    bits = (bits ^ (bits >> 27)) * UINT64_C(0x94d049bb133111eb);
    return bits ^ (bits >> 31);
}

/* Where the sequence of a lane starts. */
static uint64_t impair_lane_start(uint64_t seed, uint64_t lane)
{
    return mix(mix(seed + STEP) ^ mix((lane + 1) * STEP));
}

static uint64_t impair_start(const struct source *source, enum figure figure, unsigned copy)
{
    uint64_t lane =
        (((uint64_t)figure * IMPAIR_COPIES_MAX + copy) * BRANCHES + source->branch) * IMPAIR_WAYS +
        source->way;

    return source->starts != NULL ? source->starts[lane] : impair_lane_start(source->seed, lane);
}

static uint64_t impair_draw_bits(const struct source *source, enum figure figure, unsigned copy)
{
    return mix(impair_start(source, figure, copy) + source->number * STEP);
}

/* Uniform in [0, 1): 53 bits are what a double holds. */
enum { UNUSED_BITS = 11 };

static double draw_unit(const struct source *source, enum figure figure, unsigned copy)
{
    return (double)(impair_draw_bits(source, figure, copy) >> UNUSED_BITS) * 0x1p-53;
}

static bool draw_chance(const struct source *source, enum figure figure, unsigned copy,
                        double probability)
{
    return probability > 0 && draw_unit(source, figure, copy) < probability;
}

static int64_t draw_delay_ns(const struct source *source, unsigned copy,
                             const struct impair_path *path)
{
    int64_t delay_ns = path->delay_ns - path->jitter_ns;

    if (path->jitter_ns > 0)
        delay_ns +=
            (int64_t)(draw_unit(source, FIGURE_DELAY, copy) * (double)(2 * path->jitter_ns + 1));
    return delay_ns > 0 ? delay_ns : 0;
}

static void draw_fate(const struct source *source, const struct impair_path *path,
                      struct impair_fate *fate)
{
    fate->lost = draw_chance(source, FIGURE_LOSS, 0, path->loss);
    fate->copies = draw_chance(source, FIGURE_DUP, 0, path->dup) ? IMPAIR_COPIES_MAX : 1;
    if (draw_chance(source, FIGURE_REORDER, 0, path->reorder))
        fate->gap = (uint8_t)(1 + impair_draw_bits(source, FIGURE_GAP, 0) % GAP_MAX);
    for (unsigned copy = 0; copy < fate->copies; copy++) {
        fate->delay_ns[copy] = draw_delay_ns(source, copy, path);
        fate->corrupt[copy] = draw_chance(source, FIGURE_CORRUPT, copy, path->corrupt);
        if (fate->corrupt[copy])
            fate->bit[copy] = impair_draw_bits(source, FIGURE_BIT, copy);
    }
}

struct impair_fate impair_fate(const struct impair_config *config, enum impair_way way,
                               uint64_t number, unsigned branch)
{
    const struct source source = {
        .seed = config->seed, .number = number, .way = way, .branch = branch};
    struct impair_fate fate = {.lost = false};

    draw_fate(&source, &config->ways[way], &fate);
    return fate;
}

void impair_prepare(struct impair_dice *dice, const struct impair_config *config)
{
    dice->config = *config;
    for (uint64_t lane = 0; lane < IMPAIR_LANES; lane++)
        dice->starts[lane] = impair_lane_start(config->seed, lane);
}

/* Into the caller's fate: a copy of one that was just written byte by byte would wait for the bytes. */
void impair_throw(const struct impair_dice *dice, enum impair_way way, uint64_t number,
                  unsigned branch, struct impair_fate *fate)
{
    const struct source source = {
        .number = number, .way = way, .branch = branch, .starts = dice->starts};

    *fate = (struct impair_fate){.lost = false};
    draw_fate(&source, &dice->config.ways[way], fate);
}

/* ---- loss alone */

/* How many of the 2^53 values of a draw are below a probability: the product is exact. */
static uint64_t impair_count_below(double probability)
{
    double product = probability * 0x1p53;
    uint64_t whole = (uint64_t)product;

    return whole + ((double)whole < product);
}

struct impair_losses impair_losses_of(const struct impair_config *config)
{
    struct impair_losses losses = {.below = {0}};

    for (enum impair_way way = 0; way < IMPAIR_WAYS; way++) {
        const struct source source = {.seed = config->seed, .way = way};
        losses.starts[way] = impair_start(&source, FIGURE_LOSS, 0);
        losses.below[way] = impair_count_below(config->ways[way].loss);
    }
    return losses;
}

uint64_t impair_lost_messages(const struct impair_losses *losses, enum impair_way way,
                              uint64_t number, unsigned count)
{
    uint64_t place = losses->starts[way] + number * STEP, below = losses->below[way], lost = 0;

    for (unsigned i = 0; i < count && below > 0; i++, place += STEP)
        lost |= (uint64_t)(mix(place) >> UNUSED_BITS < below) << i;
    return lost;
}

/* ---- rate */

int64_t impair_depart_ns(const struct impair_path *path, atomic_int_fast64_t *free_ns,
                         int64_t now_ns)
{
    int64_t spacing_ns, depart_ns, next_ns;
    int_fast64_t seen_ns = atomic_load(free_ns);

    if (!(path->rate_per_s > 0))
        return now_ns;
    spacing_ns = units_rate_interval_ns(path->rate_per_s);
    do {
        depart_ns = seen_ns > now_ns ? seen_ns : now_ns;
        next_ns = depart_ns < INT64_MAX - spacing_ns ? depart_ns + spacing_ns : INT64_MAX;
    } while (!atomic_compare_exchange_weak(free_ns, &seen_ns, next_ns));
    return depart_ns;
}

/* ---- what a config says */

const char *const impair_way_prefixes[IMPAIR_WAYS] = {[IMPAIR_IN] = "in.", [IMPAIR_OUT] = "out."};

uint64_t impair_round(double value)
{
    return (uint64_t)(value + 0.5);
}

bool impair_path_active(const struct impair_path *path)
{
    for (enum impair_setting setting = 0; setting < IMPAIR_SETTINGS; setting++)
        if (impair_rows[setting].kind->is_on(impair_value(path, setting)))
            return true;
    return false;
}

bool impair_path_waits(const struct impair_path *path)
{
    return path->delay_ns > 0 || path->jitter_ns > 0 || path->reorder > 0 || path->rate_per_s > 0;
}

bool impair_is_loss_alone(const struct impair_config *config)
{
    bool loses = false;

    for (enum impair_way way = 0; way < IMPAIR_WAYS; way++) {
        const struct impair_path *path = &config->ways[way];
        if (impair_path_waits(path) || path->dup > 0 || path->corrupt > 0)
            return false;
        loses |= path->loss > 0;
    }
    return loses;
}

bool impair_active(const struct impair_config *config)
{
    return impair_path_active(&config->ways[IMPAIR_IN]) ||
           impair_path_active(&config->ways[IMPAIR_OUT]);
}

static bool equal_paths(const struct impair_path *one, const struct impair_path *other)
{
    for (enum impair_setting setting = 0; setting < IMPAIR_SETTINGS; setting++)
        if (memcmp(impair_value(one, setting), impair_value(other, setting),
                   impair_rows[setting].kind->size_bytes) != 0)
            return false;
    return true;
}

bool impair_equal(const struct impair_config *one, const struct impair_config *other)
{
    return one->seed == other->seed &&
           equal_paths(&one->ways[IMPAIR_IN], &other->ways[IMPAIR_IN]) &&
           equal_paths(&one->ways[IMPAIR_OUT], &other->ways[IMPAIR_OUT]);
}

/* ---- steps */

/* The next multiple of step above or below value; a value that is a multiple goes to the one
 * after. */
static int64_t next_multiple(int64_t value, int64_t step, bool up)
{
    return up ? value / step * step + step : (value - 1) / step * step;
}

static int64_t impair_clamp(int64_t value, int64_t maximum)
{
    if (value < 0)
        return 0;
    return value < maximum ? value : maximum;
}

/* In points of a percent. Between 0 and 5% there is 1%, for rare losses. */
static void step_probability(void *place, bool up)
{
    double *probability = place;
    double points = *probability * 100;
    int64_t down_to = points > 1.0000001 ? 1 : 0;
    int64_t next;

    if (up && points < 0.9999999)
        next = 1;
    else if (!up && points < 5.0000001)
        next = down_to;
    else /* from a value between two points to the one it passes */
        next = next_multiple((int64_t)(points + (up ? 0.0000001 : 0.9999999)), 5, up);
    *probability = (double)impair_clamp(next, 100) / 100;
}

static void step_time(void *place, bool up)
{
    int64_t *time_ns = place;
    const int64_t fine_ns = 10 * UNITS_NS_PER_MS, coarse_ns = 100 * UNITS_NS_PER_MS;
    bool fine = up ? *time_ns < coarse_ns : *time_ns <= coarse_ns;
    int64_t next_ns = next_multiple(*time_ns, fine ? fine_ns : coarse_ns, up);

    *time_ns = impair_clamp(next_ns, IMPAIR_DELAY_MAX_NS);
}

static void step_rate(void *place, bool up)
{
    double *rate_per_s = place;
    static const double rates[] = {0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000};
    const size_t count = COUNT_OF(rates);
    size_t below = 0,
           above = 0; /* the next rate that is less, and more; 0 (none) if there is none */

    for (size_t i = 1; i < count; i++)
        if (rates[i] < *rate_per_s)
            below = i;
    for (size_t i = count; i-- > 1;)
        if (rates[i] > *rate_per_s)
            above = i;
    if (!up && !(*rate_per_s > 0))
        below = count - 1;
    *rate_per_s = rates[up ? above : below];
}

/* ---- the rows */

static bool number_is_on(const void *place)
{
    return *(const double *)place > 0;
}

static bool time_is_on(const void *place)
{
    return *(const int64_t *)place > 0;
}

static const struct impair_kind probability = {.parse = impair_parse_probability,
                                               .is_on = number_is_on,
                                               .format = impair_format_probability,
                                               .show = impair_show_probability,
                                               .step = step_probability,
                                               .size_bytes = sizeof(double)};

static const struct impair_kind duration = {.parse = impair_parse_time,
                                            .is_on = time_is_on,
                                            .format = impair_format_time,
                                            .show = impair_show_time,
                                            .step = step_time,
                                            .size_bytes = sizeof(int64_t)};

static const struct impair_kind rate = {.parse = impair_parse_rate,
                                        .is_on = number_is_on,
                                        .format = impair_format_rate,
                                        .show = impair_format_rate,
                                        .step = step_rate,
                                        .size_bytes = sizeof(double)};

#define FIELD(name) offsetof(struct impair_path, name)

const struct impair_row impair_rows[IMPAIR_SETTINGS] = {
    [IMPAIR_LOSS] = {.help = "never arrives", .kind = &probability, .offset = FIELD(loss)},
    [IMPAIR_DUP] = {.help = "arrives twice", .kind = &probability, .offset = FIELD(dup)},
    [IMPAIR_DELAY] = {.help = "time added",
                      .kind = &duration,
                      .offset = FIELD(delay_ns),
                      .parse = impair_parse_delay,
                      .format = impair_format_delay},
    [IMPAIR_JITTER] = {.help = "variation of the delay",
                       .kind = &duration,
                       .offset = FIELD(jitter_ns),
                       .format = impair_format_jitter},
    [IMPAIR_REORDER] = {.help = "is overtaken by 1 to 3 later ones",
                        .kind = &probability,
                        .offset = FIELD(reorder)},
    [IMPAIR_CORRUPT] = {.help = "arrives with one bit flipped",
                        .kind = &probability,
                        .offset = FIELD(corrupt)},
    [IMPAIR_RATE] = {.help = "most datagrams a second", .kind = &rate, .offset = FIELD(rate_per_s)},
};

const char *impair_setting_name(enum impair_setting setting)
{
#define NAME(constant, word) [IMPAIR_##constant] = word,
    static const char *const names[IMPAIR_SETTINGS] = {IMPAIR_EACH_SETTING(NAME)};
#undef NAME

    return names[setting];
}

const char *impair_setting_help(enum impair_setting setting)
{
    return impair_rows[setting].help;
}

void impair_step(struct impair_path *path, enum impair_setting setting, bool up)
{
    impair_rows[setting].kind->step(impair_place(path, setting), up);
}

void impair_clear(struct impair_path *path, enum impair_setting setting)
{
    memset(impair_place(path, setting), 0, impair_rows[setting].kind->size_bytes);
}
