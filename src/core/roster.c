/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roster: see the header for the model. */
#include "udptui/core/roster.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct entry {
    uint32_t generation;
    uint32_t number; /* 0: nobody was met in this slot */
    char name[ROSTER_NAME_SIZE];
};

struct roster {
    struct roster_config config;
    struct entry *entries; /* config.capacity */
    uint32_t end;          /* behind the highest slot that was met */
    uint32_t met;          /* how many clients */
};

struct roster *roster_open(const struct roster_config *config)
{
    struct roster *roster = calloc(1, sizeof *roster);

    if (roster == NULL)
        return NULL;
    roster->config = *config;
    if (!roster_is_kept(roster))
        roster->config.capacity = 0;
    config = &roster->config;
    roster->entries = calloc(config->capacity > 0 ? config->capacity : 1, sizeof *roster->entries);
    if (roster->entries != NULL)
        return roster;
    free(roster);
    return NULL;
}

void roster_close(struct roster *roster)
{
    if (roster == NULL)
        return;
    free(roster->entries);
    free(roster);
}

void roster_clear(struct roster *roster)
{
    memset(roster->entries, 0, roster->end * sizeof *roster->entries);
    roster->end = roster->met = 0;
}

/* ---- entries */

/* The client's own, NULL where it was not met or the slot is another's by now. */
static struct entry *find(const struct roster *roster, uint32_t slot, uint32_t generation)
{
    struct entry *entry;

    if (roster == NULL || slot >= roster->end)
        return NULL;
    entry = &roster->entries[slot];
    return entry->number > 0 && entry->generation == generation ? entry : NULL;
}

/* The same, made where the client is new. Generations wrap around: the later one is told by the
 * sign. */
static struct entry *meet(struct roster *roster, uint32_t slot, uint32_t generation)
{
    struct entry *entry = find(roster, slot, generation);

    if (entry != NULL || slot >= roster->config.capacity)
        return entry;
    entry = &roster->entries[slot];
    if (entry->number > 0 && (int32_t)(generation - entry->generation) < 0)
        return NULL;
    *entry = (struct entry){.generation = generation, .number = ++roster->met};
    if (slot >= roster->end)
        roster->end = slot + 1;
    return entry;
}

void roster_meet(struct roster *roster, uint32_t slot, uint32_t generation)
{
    meet(roster, slot, generation);
}

/* ---- "hello NAME" */

static const char greeting[] = "hello ";
enum { GREETING_BYTES = sizeof greeting - 1 };

bool roster_is_greeting(const void *payload, size_t size_bytes)
{
    const uint8_t *bytes = payload;

    if (size_bytes <= GREETING_BYTES)
        return false;
    for (size_t i = 0; i < GREETING_BYTES; i++)
        if ((bytes[i] | (greeting[i] == ' ' ? 0 : 0x20)) != (uint8_t)greeting[i])
            return false;
    return true;
}

static bool is_space(uint8_t byte)
{
    return byte == ' ' || (byte >= '\t' && byte <= '\r') || byte == '\0';
}

/* Unicode's other blanks (category Zs), which would make a name that nobody sees. */
static bool is_blank(const struct text_cell *cell)
{
    static const char *const blanks[] = {
        " ", "\xc2\xa0", "\xe1\x9a\x80", "\xe2\x81\x9f", "\xe2\xa0\x80", "\xe3\x80\x80"};
    const char *bytes = cell->bytes;

    if (cell->length_bytes == 3 && memcmp(bytes, "\xe2\x80", 2) == 0)
        return (uint8_t)bytes[2] <= 0x8a ||
               (uint8_t)bytes[2] == 0xaf; /* U+2000 to U+200A, U+202F */
    for (size_t i = 0; i < sizeof blanks / sizeof *blanks; i++)
        if (strlen(blanks[i]) == cell->length_bytes &&
            memcmp(blanks[i], cell->bytes, cell->length_bytes) == 0)
            return true;
    return false;
}

/* Copies safe text with each run of blanks as one, none at either end. out is as large as safe. */
static void squeeze(const char *safe, char *out)
{
    struct text_cell cell;
    size_t used = 0;
    bool gap = false;

    while (text_next(&safe, &cell)) {
        if (is_blank(&cell)) {
            gap = used > 0;
            continue;
        }
        if (gap)
            out[used++] = ' ';
        gap = false;
        memcpy(out + used, cell.bytes, cell.length_bytes);
        used += cell.length_bytes;
    }
    out[used] = '\0';
}

/* The name in a greeting, "" where there is none. */
static void take_name(const uint8_t *bytes, size_t size_bytes, enum text_charset charset, char *out)
{
    /* More than fits is rendered: blanks go, and what is cut is told by an ellipsis. */
    char safe[2 * ROSTER_NAME_SIZE], squeezed[2 * ROSTER_NAME_SIZE];
    size_t columns;

    while (size_bytes > 0 && is_space(bytes[size_bytes - 1]))
        size_bytes--;
    while (size_bytes > 0 && is_space(*bytes)) {
        bytes++;
        size_bytes--;
    }
    text_render(safe, sizeof safe, bytes, size_bytes, charset);
    squeeze(safe, squeezed);
    columns = text_columns(squeezed);
    text_fit(out, ROSTER_NAME_SIZE, squeezed,
             columns < ROSTER_NAME_COLUMNS ? columns : ROSTER_NAME_COLUMNS, charset);
}

bool roster_hear(struct roster *roster, uint32_t slot, uint32_t generation, const void *payload,
                 size_t size_bytes)
{
    struct entry *entry = meet(roster, slot, generation);
    const uint8_t *bytes = payload;
    char name[ROSTER_NAME_SIZE] = "";

    if (entry == NULL || !roster->config.names || !roster_is_greeting(bytes, size_bytes))
        return false;
    take_name(bytes + GREETING_BYTES, size_bytes - GREETING_BYTES, roster->config.charset, name);
    if (name[0] == '\0' || strcmp(name, entry->name) == 0)
        return false;
    memcpy(entry->name, name, sizeof name);
    return true;
}

/* ---- how they are called */

bool roster_is_kept(const struct roster *roster)
{
    return roster != NULL && (roster->config.names || roster->config.privacy);
}

bool roster_private(const struct roster *roster)
{
    return roster != NULL && roster->config.privacy;
}

const char *roster_name(const struct roster *roster, uint32_t slot, uint32_t generation)
{
    const struct entry *entry = find(roster, slot, generation);

    return entry != NULL ? entry->name : "";
}

uint32_t roster_number(const struct roster *roster, uint32_t slot, uint32_t generation)
{
    const struct entry *entry = find(roster, slot, generation);

    return entry != NULL ? entry->number : 0;
}

const char *roster_address(const struct roster *roster, uint32_t slot, uint32_t generation,
                           const struct endpoint *peer, char *out, size_t size_bytes)
{
    uint32_t number = roster_number(roster, slot, generation);

    if (!roster_private(roster))
        return endpoint_format_in(peer, roster != NULL ? roster->config.zones : NULL, out,
                                  size_bytes);
    if (number > 0)
        snprintf(out, size_bytes, "client %u", (unsigned)number);
    else
        snprintf(out, size_bytes, "former client");
    return out;
}

const char *roster_peer(const struct roster *roster, uint32_t slot, uint32_t generation,
                        const struct endpoint *peer, char *out, size_t size_bytes)
{
    const char *name = roster_name(roster, slot, generation);

    if (name[0] == '\0')
        return roster_address(roster, slot, generation, peer, out, size_bytes);
    snprintf(out, size_bytes, "%s", name);
    return out;
}
