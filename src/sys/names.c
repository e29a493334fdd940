/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* names: see the header. */
#include "udptui/sys/names.h"

#include <errno.h>

#include "udptui/sys/random.h"

bool names_open(struct names *names, bool wanted, enum sandbox_mode mode)
{
    const struct hash_key key = random_key();

    *names = (struct names){.hosts = NULL};
    names->lookup = lookup_open(mode);
    if (names->lookup != NULL)
        names->hosts = hostnames_open(wanted, &key);
    if (names->hosts != NULL)
        return true;
    int code = errno;
    names_close(names);
    errno = code;
    return false;
}

void names_close(struct names *names)
{
    lookup_close(names->lookup);
    hostnames_close(names->hosts);
    *names = (struct names){.hosts = NULL};
}

int names_fd(const struct names *names)
{
    return names->lookup != NULL ? lookup_fd(names->lookup) : -1;
}

void names_turn(struct names *names, names_learn *learn, void *context)
{
    struct endpoint address;
    char name[ENDPOINT_HOST_SIZE];

    if (names->hosts == NULL)
        return;
    while (lookup_next(names->lookup, &address, name))
        learn(context, &address, name);
    while (lookup_has_room(names->lookup) && hostnames_wanted(names->hosts, &address))
        lookup_ask(names->lookup, &address);
}
