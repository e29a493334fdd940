/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* packet_names: the names of what cannot be parsed. */
#include <inttypes.h>
#include <stdio.h>

#include "packet_internal.h"
#include "udptui/base/array.h"

struct named {
    uint32_t number;
    const char *name;
};

/* https://www.tcpdump.org/linktypes.html, the common ones. */
static const struct named links[] = {
    {3, "AX25"},
    {7, "ARCNET, in parts"},
    {8, "SLIP"},
    {99, "SYMANTEC_FIREWALL"},
    {106, "ATM_CLIP"},
    {107, "FRELAY"},
    {123, "SUNATM"},
    {129, "ARCNET_LINUX"},
    {138, "APPLE_IP_OVER_IEEE1394"},
    {143, "DOCSIS"},
    {144, "LINUX_IRDA"},
    {147, "USER0"},
    {148, "USER1"},
    {149, "USER2"},
    {150, "USER3"},
    {162, "USER15"},
    {169, "GPRS_LLC"},
    {178, "JUNIPER_ETHER"},
    {187, "BLUETOOTH_HCI_H4"},
    {189, "USB_LINUX"},
    {195, "IEEE802_15_4_WITHFCS"},
    {197, "ERF"},
    {201, "BLUETOOTH_HCI_H4_WITH_PHDR"},
    {215, "IEEE802_15_4_NONASK_PHY"},
    {220, "USB_LINUX_MMAPPED"},
    {226, "IPNET"},
    {227, "CAN_SOCKETCAN"},
    {230, "IEEE802_15_4_NOFCS"},
    {242, "IPOIB"},
    {248, "SCTP"},
    {249, "USBPCAP"},
    {251, "BLUETOOTH_LE_LL"},
    {252, "WIRESHARK_UPPER_PDU"},
    {253, "NETLINK"},
    {254, "BLUETOOTH_LINUX_MONITOR"},
    {256, "BLUETOOTH_LE_LL_WITH_PHDR"},
    {260, "IPMI_HPM_2"},
    {270, "LORATAP"},
    {271, "VSOCK"},
    {272, "NORDIC_BLE"},
    {278, "OPENVIZSLA"},
    {283, "IEEE802_15_4_TAP"},
};

static const struct named ethertypes[] = {
    {0x22f3, "TRILL frames"},          {0x8847, "MPLS pseudowire frames"},
    {0x8864, "PPPoE session frames"},  {0x88e5, "encrypted MACsec frames"},
    {0x8909, "Cisco MetaData frames"}, {0x894f, "NSH frames"},
    {0xa0ed, "6LoWPAN frames"},
};

static const struct named ppp_protocols[] = {
    {0x0031, "bridged PPP frames"},
    {0x003d, "multilink PPP frames"},
    {0x0053, "encrypted PPP frames"},
    {0x0061, "PPP frames of compressed headers"},
    {0x0063, "PPP frames of compressed headers"},
    {0x0065, "PPP frames of compressed headers"},
    {0x0067, "PPP frames of compressed headers"},
    {0x0069, "PPP frames of compressed headers"},
    {0x00fb, "compressed PPP frames"},
    {0x00fd, "compressed PPP frames"},
};

static const struct named protocols[] = {
    {47, "GRE packets of another version"},
    {50, "encrypted IPsec packets (ESP)"},
    {55, "minimal encapsulation packets"},
    {108, "compressed packets (IPComp)"},
    {115, "L2TPv3 packets"},
};

static const struct named wireless[] = {
    {UNREAD_ENCRYPTED, "encrypted 802.11 frames"},
    {UNREAD_AGGREGATED, "aggregated 802.11 frames (A-MSDU)"},
    {UNREAD_PARTS, "802.11 fragments"},
};

static const struct {
    const struct named *table;
    size_t count;
    const char *numbered; /* the words before the number */
} kinds[] = {
    [UNREAD_LINK] = {links, COUNT_OF(links), "frames of link type"},
    [UNREAD_ETHERTYPE] = {ethertypes, COUNT_OF(ethertypes), "frames of ethertype"},
    [UNREAD_PPP] = {ppp_protocols, COUNT_OF(ppp_protocols), "PPP frames of protocol"},
    [UNREAD_PROTOCOL] = {protocols, COUNT_OF(protocols), "packets of IP protocol"},
    [UNREAD_80211] = {wireless, COUNT_OF(wireless), "802.11 frames of kind"},
};

static const char *packet_find_name(const struct packet_unread *unread)
{
    for (size_t i = 0; i < kinds[unread->kind].count; i++)
        if (kinds[unread->kind].table[i].number == unread->number)
            return kinds[unread->kind].table[i].name;
    return NULL;
}

/* A link type is shown with its number, which can be looked up in a list. */
const char *packet_unread_name(const struct packet_unread *unread, char *out, size_t size_bytes)
{
    const char *name = packet_find_name(unread), *numbered = kinds[unread->kind].numbered;

    if (name == NULL)
        snprintf(out, size_bytes, "%s %" PRIu32, numbered, unread->number);
    else if (unread->kind == UNREAD_LINK)
        snprintf(out, size_bytes, "%s %" PRIu32 " (%s)", numbered, unread->number, name);
    else
        snprintf(out, size_bytes, "%s", name);
    return out;
}
