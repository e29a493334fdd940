/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_packets: a file of packets with names: JSON, or after a byte 'i' an ini of Packet Sender. */
#include <string.h>

#include "../../src/ui/send/packets_internal.h"
#include "fuzz.h"
#include "udptui/client/message.h"

const char *const fuzz_words[] = {
    "i[a]\n",
    "name=",
    "hexString=",
    "toIP=",
    "port=",
    "tcpOrUdp=UDP\n",
    "TCP",
    "ff 00",
    "\\x41",
    "%20",
    "\"",
    "\n",
    "[",
    "]",
    "{",
    "}",
    "\"packets\":",
    "\"name\":\"a\"",
    "\"text\":",
    "\"hex\":",
    "\"expect\":",
    ",",
    ":",
    "\\u0041",
    NULL,
};

static void check(const struct packets *packets)
{
    for (size_t i = 0; i < packets->count; i++) {
        const struct named_packet *packet = &packets->items[i];
        fuzz_require(packet->name != NULL && packets_find(packets, packet->name) == packet,
                     "each packet is found by its name");
        fuzz_require(packet->size_bytes == 0 || packet->bytes != NULL, "a payload is there");
        fuzz_require(packet->size_bytes <= MESSAGE_MOST, "a payload fits where messages are kept");
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct packets packets = {.path = "packets.json"};
    size_t skipped = size > 0 && bytes[0] == 'i';
    char *text = fuzz_allocate(size + 1 - skipped);
    char error[PACKETS_ERROR_SIZE] = "";

    if (skipped)
        strcpy(packets.path, "packets.ini");
    memcpy(text, bytes + skipped, size - skipped);
    text[size - skipped] = '\0';
    if (packets_parse(&packets, text, size - skipped, error))
        check(&packets);
    else
        fuzz_require(error[0] != '\0', "what is refused has a reason");
    packets_clear(&packets);
    free(text);
    return 0;
}
