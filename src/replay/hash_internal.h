/* SPDX-License-Identifier: GPL-3.0-or-later */
/* replay_hash: 64 bits of what requests and replies are compared by. */
#ifndef UDPTUI_REPLAY_HASH_INTERNAL_H
#define UDPTUI_REPLAY_HASH_INTERNAL_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Mixes a word in (the multiplier and the shifts of splitmix64). */
static inline uint64_t replay_hash_word(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) + UINT64_C(0x9e3779b97f4a7c15);
    hash = (hash ^ hash >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    hash = (hash ^ hash >> 27) * UINT64_C(0x94d049bb133111eb);
    return hash ^ hash >> 31;
}

/* The hash of bytes, their number included. */
static inline uint64_t replay_hash_bytes(uint64_t hash, const void *bytes, size_t size_bytes)
{
    const uint8_t *at = bytes;
    uint64_t word;

    hash = replay_hash_word(hash, size_bytes);
    for (; size_bytes >= sizeof word; at += sizeof word, size_bytes -= sizeof word) {
        memcpy(&word, at, sizeof word);
        hash = replay_hash_word(hash, word);
    }
    word = 0;
    if (size_bytes > 0)
        memcpy(&word, at, size_bytes);
    return replay_hash_word(hash, word);
}

/* Never 0, which stands for "none". */
static inline uint64_t replay_hash_some(uint64_t hash)
{
    return hash != 0 ? hash : 1;
}

#endif
