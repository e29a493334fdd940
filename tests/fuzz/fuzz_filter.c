/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_filter: an expression up to a NUL, then the payload to match. As the filter of a rule, it
 * chooses the same. */
#include <string.h>

#include "fuzz.h"
#include "udptui/proto/rules.h"

const char *const fuzz_words[] = {
    "from:",      "to:", "port:", "name:", "size:>", "status:held", "why:", "hex:ff",
    "10.0.0.0/8", "and", "or",    "not",   "!",      "|",           "(",    ")",
    "\"",         "/",   "\\x41", "\\",    "a",      "(a+)+",       " ",    "::1",
    "[",          "]",   "-",     "<=",    "5",      NULL,
};

/* A rule whose filter passes answers, whatever its index says. */
static void choose(const char *text, size_t length, const struct filter_subject *subject,
                   enum filter_answer passes)
{
    static const char answer[] = " => x";
    struct rules *rules = rules_open(NULL);
    struct rules_problem problem;
    char *rule = fuzz_allocate(length + sizeof answer);

    memcpy(rule, text, length);
    memcpy(rule + length, answer, sizeof answer);
    fuzz_require(rules != NULL, "there is memory");
    if (strstr(text, "=>") == NULL && rules_add(rules, rule, &problem) &&
        passes != FILTER_UNKNOWN) {
        const struct ack_policy *chosen =
            rules_choose(rules, subject, &(struct rules_draw){.seed = 0});
        fuzz_require((chosen != NULL) == (passes == FILTER_YES), "the rule chooses as its filter");
    }
    free(rule);
    rules_close(rules);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const struct endpoint from = {
        .family = ENDPOINT_IPV4, .address = {10, 0, 0, 1}, .port = 4010};
    const uint8_t *end = size > 0 ? memchr(bytes, '\0', size) : NULL;
    size_t length = end != NULL ? (size_t)(end - bytes) : size;
    const uint8_t *payload = end != NULL ? end + 1 : bytes + size;
    struct filter_subject subject = {.name = "",
                                     .address = "10.0.0.1:4010",
                                     .from = &from,
                                     .payload = payload,
                                     .payload_bytes = size - (size_t)(payload - bytes),
                                     .size_bytes = (int64_t)size};
    struct filter_problem problem;
    struct filter *filter = filter_open((const char *)bytes, length, &problem);

    if (filter == NULL) {
        fuzz_require(problem.why[0] != '\0', "what is refused has a reason");
        fuzz_require(problem.offset_bytes <= length, "the place is in the text");
        return 0;
    }
    enum filter_answer passes = filter_evaluate(filter, &subject);
    fuzz_require(passes <= FILTER_UNKNOWN, "there is an answer");
    subject.address = ""; /* rules look for a text in the payload alone */
    passes = filter_evaluate(filter, &subject);
    if (end != NULL && !filter_needs(filter, FILTER_NEEDS_NAME))
        choose((const char *)bytes, length, &subject, passes);
    filter_close(filter);
    return 0;
}
