/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reflector: sets of eight sessions, as in a processor's cache; the hash is keyed, since senders
 * choose their addresses. */
#include "reflector_internal.h"

#include <stdlib.h>

#include "udptui/sys/random.h"

enum { REFLECTOR_WAYS = 8, REFLECTOR_SETS = REFLECTOR_SESSIONS / REFLECTOR_WAYS };

struct reflector_session {
    uint64_t tag; /* the session's hash; 0: unused */
    int64_t used_ns;
    uint32_t replies;
};

struct reflector {
    struct hash_key key;
    struct reflector_session sessions[REFLECTOR_SESSIONS];
};

struct reflector *reflector_open(void)
{
    struct reflector *reflector = calloc(1, sizeof *reflector);

    if (reflector != NULL)
        reflector->key = random_key();
    return reflector;
}

void reflector_close(struct reflector *reflector)
{
    free(reflector);
}

/* The parts are hashed one after the other; each hash is part of the next one's key. */
static uint64_t session_tag(const struct reflector *reflector, const struct reflector_id *id)
{
    struct hash_key key = reflector->key;

    key.k0 ^= endpoint_hash(id->peer, &reflector->key);
    key.k1 ^= id->session;
    return endpoint_hash(id->local, &key) | 1;
}

uint32_t reflector_next(struct reflector *reflector, const struct reflector_id *id, int64_t now_ns)
{
    uint64_t tag = session_tag(reflector, id);
    struct reflector_session *set =
        &reflector->sessions[(tag >> 32) % REFLECTOR_SETS * REFLECTOR_WAYS];
    struct reflector_session *found = set;

    for (struct reflector_session *i = set; i < set + REFLECTOR_WAYS; i++) {
        if (i->tag == tag) {
            found = i;
            break;
        }
        if (i->used_ns < found->used_ns)
            found = i;
    }
    if (found->tag != tag || now_ns - found->used_ns > REFLECTOR_IDLE_NS)
        *found = (struct reflector_session){.tag = tag};
    found->used_ns = now_ns;
    return found->replies++;
}
