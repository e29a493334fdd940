/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hash: see the header. */
#include "udptui/base/hash.h"

/* ---- SipHash-1-3 */

struct sip {
    uint64_t v0, v1, v2, v3;
};

static inline uint64_t sip_rotate(uint64_t word, int bits)
{
    return word << bits | word >> (64 - bits);
}

/* Inline and by value: the state stays in registers, which is most of the speed. */
static inline struct sip sip_round(struct sip s)
{
    s.v0 += s.v1;
    s.v2 += s.v3;
    s.v1 = sip_rotate(s.v1, 13) ^ s.v0;
    s.v3 = sip_rotate(s.v3, 16) ^ s.v2;
    s.v0 = sip_rotate(s.v0, 32);
    s.v2 += s.v1;
    s.v0 += s.v3;
    s.v1 = sip_rotate(s.v1, 17) ^ s.v2;
    s.v3 = sip_rotate(s.v3, 21) ^ s.v0;
    s.v2 = sip_rotate(s.v2, 32);
    return s;
}

static inline struct sip sip_begin(const struct hash_key *key)
{
    return (struct sip){.v0 = key->k0 ^ UINT64_C(0x736f6d6570736575),
                        .v1 = key->k1 ^ UINT64_C(0x646f72616e646f6d),
                        .v2 = key->k0 ^ UINT64_C(0x6c7967656e657261),
                        .v3 = key->k1 ^ UINT64_C(0x7465646279746573)};
}

static inline struct sip sip_word(struct sip s, uint64_t word)
{
    s.v3 ^= word;
    s = sip_round(s);
    s.v0 ^= word;
    return s;
}

/* rest: the bytes behind the last whole word. */
static inline uint64_t sip_end(struct sip s, uint64_t rest, size_t size_bytes)
{
    s = sip_word(s, rest | (uint64_t)size_bytes << 56);
    s.v2 ^= 0xff;
    s = sip_round(sip_round(sip_round(s)));
    return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}

uint64_t hash_keyed(const struct hash_key *key, const void *bytes, size_t size_bytes)
{
    const uint8_t *at = bytes;
    struct sip s = sip_begin(key);
    size_t left = size_bytes;
    uint64_t rest = 0;

    for (; left >= sizeof rest; at += sizeof rest, left -= sizeof rest)
        s = sip_word(s, hash_load_word(at));
    for (size_t i = 0; i < left; i++)
        rest |= (uint64_t)at[i] << 8 * i;
    return sip_end(s, rest, size_bytes);
}

uint64_t hash_keyed_words_3(const struct hash_key *key, uint64_t a, uint64_t b, uint64_t c)
{
    struct sip s = sip_word(sip_word(sip_word(sip_begin(key), a), b), c);

    return sip_end(s, 0, sizeof a + sizeof b + sizeof c);
}
