/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_impair: any text as a list of impairments. What is refused changes nothing; what is taken is
 * within bounds, can be written and read back, and steps to what can be, too.
 */
#include <string.h>

#include "fuzz.h"
#include "udptui/base/units.h"
#include "udptui/proto/impair.h"

const char *const fuzz_words[] = {
    "loss",   "dup",       "delay", "jitter", "reorder", "corrupt", "rate", "in.",  "out.", "=",
    ",",      "%",         "/",     ".",      "+-",      "ms",      "us",   "ns",   "s",    "m",
    "/s",     "/h",        "k/s",   "M/s",    "30",      "5",       "0.3",  "4/11", "9999", "100",
    "kurose", "satellite", "wifi",  "off",    "1e9",     "-",       "nan",  "0",    "1",    NULL,
};

static void require_probability(double probability)
{
    fuzz_require(probability >= 0 && probability <= 1, "a probability is from 0 to 1");
}

static void require_bounds(const struct impair_path *path)
{
    require_probability(path->loss);
    require_probability(path->dup);
    require_probability(path->reorder);
    require_probability(path->corrupt);
    fuzz_require(path->delay_ns >= 0 && path->delay_ns <= IMPAIR_DELAY_MAX_NS, "a delay's bounds");
    fuzz_require(path->jitter_ns >= 0 && path->jitter_ns <= IMPAIR_DELAY_MAX_NS, "a jitter's");
    fuzz_require(path->rate_per_s >= 0 && path->rate_per_s <= 1e9, "and a rate's");
}

static void require_reads_back(const struct impair_config *config)
{
    struct impair_config again = {.seed = config->seed};
    char *text = fuzz_allocate(IMPAIR_TEXT_SIZE);

    fuzz_require(impair_format(config, text, IMPAIR_TEXT_SIZE) < IMPAIR_TEXT_SIZE, "it has room");
    fuzz_require(impair_parse(text, &again) == NULL, "what is written can be read");
    fuzz_require(impair_equal(config, &again), "as the same");
    fuzz_require((strcmp(text, "off") == 0) != impair_active(config), "off is what does nothing");
    free(text);
}

static void require_shows(const struct impair_path *path)
{
    char *text = fuzz_allocate(UNITS_TEXT_SIZE);

    for (enum impair_setting setting = 0; setting < IMPAIR_SETTINGS; setting++) {
        impair_format_setting(path, setting, text, UNITS_TEXT_SIZE);
        fuzz_require(strlen(text) > 0, "a value is shown");
    }
    free(text);
}

static void require_fate(const struct impair_config *config, enum impair_way way, uint64_t number)
{
    struct impair_fate fate = impair_fate(config, way, number, way == IMPAIR_OUT ? number & 1 : 0);
    const struct impair_path *path = &config->ways[way];

    fuzz_require(fate.copies >= 1 && fate.copies <= IMPAIR_COPIES_MAX, "one or two copies");
    fuzz_require(fate.gap <= 3, "a gap is small");
    for (unsigned copy = 0; copy < fate.copies; copy++)
        fuzz_require(fate.delay_ns[copy] >= 0 &&
                         fate.delay_ns[copy] >= path->delay_ns - path->jitter_ns &&
                         fate.delay_ns[copy] <= path->delay_ns + path->jitter_ns,
                     "a delay is within its jitter");
}

static void require_all(struct impair_config config)
{
    for (unsigned i = 0; i < 2 * IMPAIR_SETTINGS; i++) {
        atomic_int_fast64_t free_ns = 0;

        require_reads_back(&config);
        for (unsigned way = 0; way < IMPAIR_WAYS; way++) {
            require_bounds(&config.ways[way]);
            require_shows(&config.ways[way]);
            require_fate(&config, way, config.seed + i);
            fuzz_require(impair_depart_ns(&config.ways[way], &free_ns, i) >= i, "not before now");
        }
        impair_step(&config.ways[i % IMPAIR_WAYS], i / 2, config.seed % 2 == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct impair_config before = {.seed = size}, config;
    char *text = fuzz_allocate(size + 1);

    before.ways[IMPAIR_OUT].loss = 0.5;
    config = before;
    memcpy(text, bytes, size);
    text[size] = '\0';
    const char *error = impair_parse(text, &config);
    free(text);
    fuzz_require(config.seed == before.seed, "the seed stays");
    if (error == NULL)
        require_all(config);
    else
        fuzz_require(impair_equal(&config, &before), "what is refused changes nothing");
    return 0;
}
