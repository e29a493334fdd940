/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roster: see the header for the model. */
#include "udptui/proto/roster.h"

#include "udptui/base/array.h"
#include "udptui/proto/relayed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct entry {
    uint32_t generation;
    uint32_t number; /* 0: no client in this slot */
    bool asked;      /* "world?": it becomes a name if it is repeated */
    bool assigned;   /* the name is the quiz's */
    bool stood_for;  /* another port of the same person sent later */
    struct endpoint from;
    uint32_t next;                /* slot + 1 of another with the same hash of the name; 0: none */
    char given[ROSTER_NAME_SIZE]; /* the name as it was given, "" before */
    char name[ROSTER_NAME_SIZE];  /* and as it is shown */
};

enum { HASHES = 1024 };

struct roster {
    struct roster_config config;
    struct entry *entries;  /* config.capacity */
    uint32_t end;           /* past the highest slot in use */
    uint32_t met;           /* how many clients */
    uint32_t heads[HASHES]; /* slot + 1 of the first entry of each hash of a given name */
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
    memset(roster->heads, 0, sizeof roster->heads);
    roster->end = roster->met = 0;
}

/* ---- entries */

/* Of a name without regard to its ASCII case. */
static uint32_t roster_hash_of(const struct roster *roster, const char *name)
{
    char folded[ROSTER_NAME_SIZE];
    size_t length = 0;

    for (; *name != '\0' && length < sizeof folded; name++)
        folded[length++] = (char)(*name >= 'A' && *name <= 'Z' ? *name | 0x20 : *name);
    return (uint32_t)(hash_keyed(&roster->config.key, folded, length) % HASHES);
}

/* Takes an entry out of the lists of names. */
static void forget_name(struct roster *roster, uint32_t slot)
{
    struct entry *entry = &roster->entries[slot];
    uint32_t *link = &roster->heads[roster_hash_of(roster, entry->given)];

    if (entry->given[0] == '\0')
        return;
    while (*link != 0 && *link != slot + 1)
        link = &roster->entries[*link - 1].next;
    if (*link != 0)
        *link = entry->next;
    entry->given[0] = '\0';
}

static void keep_name(struct roster *roster, uint32_t slot, const char *given)
{
    struct entry *entry = &roster->entries[slot];
    uint32_t *head = &roster->heads[roster_hash_of(roster, given)];

    snprintf(entry->given, sizeof entry->given, "%s", given);
    entry->next = *head;
    *head = slot + 1;
}

/* The client's own, NULL if it is not known or the slot is another's by now. */
static struct entry *roster_find(const struct roster *roster, uint32_t slot, uint32_t generation)
{
    struct entry *entry;

    if (roster == NULL || slot >= roster->end)
        return NULL;
    entry = &roster->entries[slot];
    return entry->number > 0 && entry->generation == generation ? entry : NULL;
}

/* The same, made if the client is new. Generations wrap around: the sign of the difference shows
 * the later one. */
static struct entry *meet(struct roster *roster, uint32_t slot, uint32_t generation)
{
    struct entry *entry = roster_find(roster, slot, generation);

    if (entry != NULL || roster == NULL || slot >= roster->config.capacity)
        return entry;
    entry = &roster->entries[slot];
    if (entry->number > 0 && (int32_t)(generation - entry->generation) < 0)
        return NULL;
    forget_name(roster, slot);
    *entry = (struct entry){.generation = generation, .number = ++roster->met};
    if (slot >= roster->end)
        roster->end = slot + 1;
    return entry;
}

void roster_note_client(struct roster *roster, uint32_t slot, uint32_t generation)
{
    meet(roster, slot, generation);
}

/* ---- "hello NAME" */

static const char greeting[] = "hello";
enum { GREETING_BYTES = sizeof greeting - 1 };

static bool roster_is_mark(uint8_t byte)
{
    return byte == ',' || byte == ':' || byte == ';' || byte == '-';
}

/* "hello", then a blank, or a punctuation mark and anything after it. */
bool roster_is_greeting(const void *payload, size_t size_bytes)
{
    const uint8_t *bytes = payload;

    if (size_bytes <= GREETING_BYTES + 1)
        return false;
    for (size_t i = 0; i < GREETING_BYTES; i++)
        if ((bytes[i] | 0x20) != (uint8_t)greeting[i])
            return false;
    return bytes[GREETING_BYTES] == ' ' || roster_is_mark(bytes[GREETING_BYTES]);
}

static bool is_space(uint8_t byte)
{
    return byte == ' ' || (byte >= '\t' && byte <= '\r') || byte == '\0';
}

/* Unicode's other blanks (category Zs), which would make an invisible name. */
static bool is_blank(const struct text_cell *cell)
{
    static const char *const blanks[] = {
        " ", "\xc2\xa0", "\xe1\x9a\x80", "\xe2\x81\x9f", "\xe2\xa0\x80", "\xe3\x80\x80"};
    const char *bytes = cell->bytes;

    if (cell->length_bytes == 3 && memcmp(bytes, "\xe2\x80", 2) == 0)
        return (uint8_t)bytes[2] <= 0x8a ||
               (uint8_t)bytes[2] == 0xaf; /* U+2000 to U+200A, U+202F */
    for (size_t i = 0; i < COUNT_OF(blanks); i++)
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

static bool is_end(uint8_t byte)
{
    return byte == '!' || byte == '.' || byte == '?' || byte == ',';
}

void roster_clean_name(const void *name, size_t size_bytes, enum text_charset charset, char *out)
{
    const uint8_t *bytes = name;
    /* Renders more than fits, because blanks are removed and an ellipsis marks the cut. */
    char safe[2 * ROSTER_NAME_SIZE], squeezed[2 * ROSTER_NAME_SIZE];
    size_t columns;

    while (size_bytes > 0 && (is_space(bytes[size_bytes - 1]) || is_end(bytes[size_bytes - 1])))
        size_bytes--;
    while (size_bytes > 0 && (is_space(*bytes) || roster_is_mark(*bytes))) {
        bytes++;
        size_bytes--;
    }
    text_render(safe, sizeof safe, bytes, size_bytes, charset);
    squeeze(safe, squeezed);
    columns = text_columns(squeezed);
    text_fit(out, ROSTER_NAME_SIZE, squeezed,
             columns < ROSTER_NAME_COLUMNS ? columns : ROSTER_NAME_COLUMNS, charset);
}

/* ---- the owner of a name */

bool roster_same_name(const char *one, const char *other)
{
    for (; *one != '\0' && *other != '\0'; one++, other++) {
        char a = *one >= 'A' && *one <= 'Z' ? (char)(*one | 0x20) : *one;
        char b = *other >= 'A' && *other <= 'Z' ? (char)(*other | 0x20) : *other;
        if (a != b)
            return false;
    }
    return *one == *other;
}

bool roster_is_common_word(const char *name)
{
    static const char *const words[] = {"world", "there",  "all",  "everyone", "everybody",
                                        "class", "server", "name", "your-name"};

    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (roster_same_name(name, words[i]))
            return true;
    return false;
}

static bool roster_is_address(const char *name)
{
    size_t dots = 0, colons = 0;

    for (const char *at = name; *at != '\0'; at++) {
        dots += *at == '.';
        colons += *at == ':';
    }
    return name[strspn(name, "0123456789abcdefABCDEF.:[]%")] == '\0' && (dots == 3 || colons > 1);
}

/* Latin letters mixed with Greek or Cyrillic ones, which look the same (U+0370 to U+052F). */
static bool is_mixed(const char *name)
{
    bool latin = false, other = false;

    for (const char *at = name; *at != '\0'; at++) {
        uint8_t byte = (uint8_t)*at;
        latin |= (byte | 0x20) >= 'a' && (byte | 0x20) <= 'z';
        other |= (byte >= 0xcd && byte <= 0xd4);
    }
    return latin && other;
}

bool roster_is_reserved_name(const char *name)
{
    return strstr(name, "client ") != NULL || strstr(name, "Client ") != NULL ||
           roster_is_address(name) || is_mixed(name);
}

/* Everything but the port. */
static bool same_address(const struct endpoint *one, const struct endpoint *other)
{
    struct endpoint a = *one, b = *other;

    a.port = b.port = 0;
    return endpoint_equal(&a, &b);
}

/* Another entry of this name, of the same person or of another. 0: none; else slot + 1. */
static uint32_t find_named(const struct roster *roster, uint32_t slot, const char *given,
                           bool same_person)
{
    uint32_t at = roster->heads[roster_hash_of(roster, given)];

    for (; at != 0; at = roster->entries[at - 1].next) {
        const struct entry *entry = &roster->entries[at - 1];
        if (at - 1 == slot || !roster_same_name(entry->given, given))
            continue;
        if (same_address(&entry->from, &roster->entries[slot].from) == same_person)
            return at;
    }
    return 0;
}

/* A client that sends a name becomes the person who has it at this address; else the name gets a
 * number if it is taken. */
static void take_person(struct roster *roster, uint32_t slot, const char *given)
{
    struct entry *entry = &roster->entries[slot];
    uint32_t same = find_named(roster, slot, given, true);
    char name[ROSTER_NAME_SIZE];

    snprintf(name, sizeof name, "%s", given);
    if (same != 0) {
        entry->number = roster->entries[same - 1].number;
        memcpy(name, roster->entries[same - 1].name, sizeof name);
    } else if (roster_is_reserved_name(given) || find_named(roster, slot, given, false) != 0) {
        snprintf(name, sizeof name, "%.*s (client %u)", (int)(sizeof name - 24), given,
                 (unsigned)entry->number);
    }
    memcpy(entry->name, name, sizeof name);
    keep_name(roster, slot, given);
}

/* The port that sent last represents the others of its person. */
static bool stand_for_others(struct roster *roster, uint32_t slot)
{
    struct entry *entry = &roster->entries[slot];
    bool changed = entry->stood_for;

    entry->stood_for = false;
    if (entry->given[0] == '\0')
        return changed;
    for (uint32_t at = roster->heads[roster_hash_of(roster, entry->given)]; at != 0;
         at = roster->entries[at - 1].next) {
        struct entry *other = &roster->entries[at - 1];
        if (at - 1 == slot || other->number != entry->number || other->stood_for)
            continue;
        other->stood_for = changed = true;
    }
    return changed;
}

/* Whether "world" is not a name: it is a name only if repeated, and a client with a name is
 * greeting the others. */
static bool is_greeted(const struct entry *entry, const char *given)
{
    return roster_is_common_word(given) && (entry->given[0] != '\0' || !entry->asked);
}

static bool ask_back(struct entry *entry, const char *given)
{
    if (entry->given[0] != '\0')
        return false;
    entry->asked = true;
    snprintf(entry->name, sizeof entry->name, "%.*s?", ROSTER_NAME_SIZE - 2, given);
    return true;
}

bool roster_note_message(struct roster *roster, uint32_t slot, uint32_t generation,
                         const struct endpoint *from, const void *payload, size_t size_bytes)
{
    struct entry *entry = meet(roster, slot, generation);
    const uint8_t *bytes = payload;
    char given[ROSTER_NAME_SIZE] = "";

    if (entry == NULL || !roster->config.names)
        return false;
    entry->from = *from;
    if (entry->assigned || !roster_is_greeting(bytes, size_bytes))
        return entry->stood_for && stand_for_others(roster, slot);
    roster_clean_name(bytes + GREETING_BYTES, size_bytes - GREETING_BYTES, roster->config.charset,
                      given);
    if (given[0] == '\0' || strcmp(given, entry->given) == 0)
        return entry->stood_for && stand_for_others(roster, slot);
    if (is_greeted(entry, given))
        return ask_back(entry, given);
    forget_name(roster, slot);
    take_person(roster, slot, given);
    stand_for_others(roster, slot);
    return true;
}

bool roster_note_event(struct roster *roster, const struct event_message *event,
                       const void *payload)
{
    if (!roster_is_kept(roster) || event_is_from_server(event))
        return false;
    if (!relayed_goes_back(event))
        return roster_note_message(roster, event->slot, event->generation, &event->from, payload,
                                   event->stored_bytes);
    roster_note_client(roster, event->slot, event->generation);
    return false;
}

bool roster_assign(struct roster *roster, uint32_t slot, uint32_t generation,
                   const struct endpoint *from, const char *name)
{
    struct entry *entry = meet(roster, slot, generation);
    char shown[ROSTER_NAME_SIZE];
    uint32_t same;

    if (entry == NULL || !roster->config.names)
        return false;
    text_recode(shown, sizeof shown, name, roster->config.charset);
    if (entry->assigned && strcmp(entry->name, shown) == 0)
        return false;
    forget_name(roster, slot);
    entry->from = *from;
    entry->assigned = true;
    memcpy(entry->name, shown, sizeof shown);
    same = find_named(roster, slot, shown, true);
    if (same != 0)
        entry->number = roster->entries[same - 1].number;
    keep_name(roster, slot, shown);
    stand_for_others(roster, slot);
    return true;
}

bool roster_is_stood_for(const struct roster *roster, uint32_t slot, uint32_t generation)
{
    const struct entry *entry = roster_find(roster, slot, generation);

    return entry != NULL && entry->stood_for;
}

/* ---- their names */

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
    const struct entry *entry = roster_find(roster, slot, generation);

    return entry != NULL ? entry->name : "";
}

uint32_t roster_number(const struct roster *roster, uint32_t slot, uint32_t generation)
{
    const struct entry *entry = roster_find(roster, slot, generation);

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
