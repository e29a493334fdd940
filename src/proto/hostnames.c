/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hostnames: see the header for the model. */
#include "udptui/proto/hostnames.h"

#include <stdlib.h>
#include <string.h>

#include "udptui/base/text.h"

enum { SETS = 1024, WAYS = 4, WANTED_MAX = 64 };

struct entry {
    struct endpoint address; /* port 0; ENDPOINT_NONE: free */
    uint64_t used;           /* when it was last used, in calls */
    char name[HOSTNAMES_COLUMNS + 1];
};

struct hostnames {
    bool on;
    struct hash_key key;
    uint64_t calls;
    struct endpoint wanted[WANTED_MAX]; /* a ring */
    size_t wanted_first, wanted_count;
    struct entry entries[SETS][WAYS];
};

struct hostnames *hostnames_open(bool on, const struct hash_key *key)
{
    struct hostnames *names = calloc(1, sizeof *names);

    if (names == NULL)
        return NULL;
    names->on = on;
    names->key = *key;
    return names;
}

void hostnames_close(struct hostnames *names)
{
    free(names);
}

void hostnames_switch(struct hostnames *names, bool on)
{
    names->on = on;
}

bool hostnames_are_on(const struct hostnames *names)
{
    return names != NULL && names->on;
}

static struct entry *hostnames_set_of(struct hostnames *names, const struct endpoint *address)
{
    return names->entries[endpoint_hash(address, &names->key) % SETS];
}

static struct entry *find(struct hostnames *names, const struct endpoint *address)
{
    struct entry *set = hostnames_set_of(names, address);

    for (size_t i = 0; i < WAYS; i++)
        if (endpoint_equal(&set[i].address, address))
            return &set[i];
    return NULL;
}

static struct entry *oldest(struct entry *set)
{
    struct entry *found = set;

    for (size_t i = 1; i < WAYS; i++)
        if (set[i].used < found->used)
            found = &set[i];
    return found;
}

/* Without room in the queue it is dropped: it is requested again while it is shown. */
static void want(struct hostnames *names, const struct endpoint *address)
{
    if (names->wanted_count == WANTED_MAX)
        return;
    names->wanted[(names->wanted_first + names->wanted_count++) % WANTED_MAX] = *address;
    *oldest(hostnames_set_of(names, address)) =
        (struct entry){.address = *address, .used = names->calls};
}

const char *hostnames_find(struct hostnames *names, const struct endpoint *address)
{
    struct endpoint plain = *address;
    struct entry *entry;

    if (!hostnames_are_on(names) || address->family == ENDPOINT_NONE)
        return "";
    plain.port = 0;
    names->calls++;
    entry = find(names, &plain);
    if (entry == NULL) {
        want(names, &plain);
        return "";
    }
    entry->used = names->calls;
    return entry->name;
}

bool hostnames_wanted(struct hostnames *names, struct endpoint *out)
{
    if (names->wanted_count == 0)
        return false;
    *out = names->wanted[names->wanted_first];
    names->wanted_first = (names->wanted_first + 1) % WANTED_MAX;
    names->wanted_count--;
    return true;
}

/* The owner of an address controls its name, and could make it look like another address. */
static bool hostnames_is_address(const char *name)
{
    struct endpoint_spec spec;

    return endpoint_split(name, &spec) != ENDPOINT_OK || spec.is_literal || spec.has_port;
}

size_t hostnames_learn(struct hostnames *names, const struct endpoint *address, const char *name)
{
    struct entry *entry = find(names, address);
    char safe[ENDPOINT_HOST_SIZE * TEXT_EXPANSION + 1];
    size_t columns;

    if (entry == NULL || name == NULL || name[0] == '\0')
        return 0;
    text_render(safe, sizeof safe, name, strnlen(name, ENDPOINT_HOST_SIZE), TEXT_ASCII);
    if (strchr(safe, '\\') == NULL && hostnames_is_address(safe))
        return 0;
    columns = text_columns(safe);
    columns = columns < HOSTNAMES_COLUMNS ? columns : HOSTNAMES_COLUMNS;
    text_fit(entry->name, sizeof entry->name, safe, columns, TEXT_ASCII);
    return columns;
}
