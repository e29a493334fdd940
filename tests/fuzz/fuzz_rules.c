/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_rules: a file of rules, up to a NUL, then a payload: with the index and rule by rule the same rule
 * applies. */
#include <string.h>

#include "fuzz.h"
#include "udptui/proto/rules.h"

const char *const fuzz_words[] = {
    "\n",
    " => ",
    "hello",
    "size:>4",
    "from:10.0.0.0/8",
    "port:53",
    "hex:ff00",
    "/a(b)/",
    "!",
    "|",
    "(",
    ")",
    " and ",
    " or ",
    "echo",
    "none",
    "{n}",
    "chance 50% ",
    "# \n",
    "to port 9 ",
    "\"two words\"",
    "status:held",
    NULL,
};

static struct filter_subject subject_of(const uint8_t *payload, size_t size,
                                        const struct endpoint *from, struct filter_budget *budget)
{
    return (struct filter_subject){.name = "",
                                   .address = "",
                                   .from = from,
                                   .to = from,
                                   .payload = payload,
                                   .payload_bytes = size,
                                   .size_bytes = (int64_t)size,
                                   .status = "",
                                   .why = "",
                                   .budget = budget};
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const struct endpoint from = {
        .family = ENDPOINT_IPV4, .address = {10, 0, 0, 1}, .port = 4000};
    const uint8_t *end = memchr(bytes, '\0', size);
    size_t length = end != NULL ? (size_t)(end - bytes) : size;
    const uint8_t *payload = end != NULL ? end + 1 : bytes + size;
    struct rules_problem problem = {.line = 0};
    struct filter_budget budget = filter_budget_for(size);
    struct filter_subject subject =
        subject_of(payload, size - (size_t)(payload - bytes), &from, &budget);
    struct rules *rules = rules_open(NULL), *copy;
    char *text = fuzz_allocate(length + 1); /* strict_string_checks wants strndup(3) an end */

    memcpy(text, bytes, length);
    text[length] = '\0';
    fuzz_require(rules != NULL, "there is memory");
    if (!rules_add_lines(rules, text, length, &problem)) {
        fuzz_require(problem.why[0] != '\0' && problem.line >= 1 && problem.column >= 1,
                     "a refusal has a reason and a place");
    } else {
        const struct rules_draw draw = {.seed = 1, .number = size};
        copy = rules_copy(rules);
        fuzz_require(copy != NULL && rules_prepare(rules), "there is memory");
        bool chosen = rules_choose(rules, &subject, &draw) != NULL;
        fuzz_require(!chosen || rules_may_apply(rules, &subject), "what applies may apply");
        budget = filter_budget_for(size);
        fuzz_require((rules_choose(copy, &subject, &draw) != NULL) == chosen,
                     "a copy chooses the same");
        rules_close(copy);
    }
    rules_close(rules);
    free(text);
    return 0;
}
