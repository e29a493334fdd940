/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sim_fuzz: see the header. The program's own main says which world it is: its call of sim_main
 * comes here by the linker's --wrap. */
#include "sim_fuzz.h"

static const struct sim_program *found;

int __wrap_sim_main(int argc, char **argv, const struct sim_program *program);
int __wrap_sim_main(int argc, char **argv, const struct sim_program *program)
{
    (void)argc;
    (void)argv;
    found = program;
    return 0;
}

int sim_fuzz(int (*start)(int, char **), const uint8_t *bytes, size_t size)
{
    start(0, NULL);
    const char *problem = sim_play_input(found, bytes, size);

    if (problem != NULL)
        fprintf(stderr, "%s\n", problem);
    fuzz_require(problem == NULL, found->holds);
    return 0;
}
