/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * hash: 64 bits of words or bytes.
 *
 * hash_word and hash_bytes have no secret, so an attacker who chooses the keys of a table can make
 * it slow by forcing collisions. They are for keys that no attacker chooses. A table whose keys
 * come from the network or a file uses hash_keyed (SipHash-1-3, Aumasson and Bernstein, 2012) with
 * a random key (sys/random).
 */
#ifndef UDPTUI_BASE_HASH_H
#define UDPTUI_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Mixes a word into what was hashed so far (0 to begin); the steps of splitmix64. */
static inline uint64_t hash_word(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) + UINT64_C(0x9e3779b97f4a7c15);
    hash = (hash ^ hash >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    hash = (hash ^ hash >> 27) * UINT64_C(0x94d049bb133111eb);
    return hash ^ hash >> 31;
}

/* Mixes in bytes and their number. Not the same on machines of another byte order. Inline: most
 * sizes are known when it is compiled. */
static inline uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t size_bytes)
{
    const uint8_t *at = bytes;
    uint64_t word;

    hash = hash_word(hash, size_bytes);
    for (; size_bytes >= sizeof word; at += sizeof word, size_bytes -= sizeof word) {
        memcpy(&word, at, sizeof word);
        hash = hash_word(hash, word);
    }
    word = 0;
    if (size_bytes > 0)
        memcpy(&word, at, size_bytes);
    return hash_word(hash, word);
}

/* Never 0, which may stand for "none". */
static inline uint64_t hash_some(uint64_t hash)
{
    return hash != 0 ? hash : 1;
}

/* A secret, 16 random bytes. */
struct hash_key {
    uint64_t k0, k1;
};

/* The same on every machine. */
uint64_t hash_keyed(const struct hash_key *key, const void *bytes, size_t size_bytes);

/* hash_keyed of three words' 24 bytes, the lowest of each first: the server computes it for each
 * datagram. */
uint64_t hash_keyed_words_3(const struct hash_key *key, uint64_t a, uint64_t b, uint64_t c);

/* The 8 bytes as a number, the lowest first, on every machine. */
static inline uint64_t hash_load_word(const uint8_t *bytes)
{
    uint64_t low = (uint64_t)bytes[3] << 24 | (uint64_t)bytes[2] << 16 | (uint64_t)bytes[1] << 8 |
                   (uint64_t)bytes[0];
    uint64_t high = (uint64_t)bytes[7] << 24 | (uint64_t)bytes[6] << 16 | (uint64_t)bytes[5] << 8 |
                    (uint64_t)bytes[4];

    return high << 32 | low;
}

#endif
