# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Datagrams of many protocols, made of own bytes, and captures of them."""
import random
import struct

BASE_NS = 1_700_000_000 * 10**9


def name(text):
    return b"".join(bytes([len(part)]) + part.encode() for part in text.split(".")) + b"\0"


def dns(number, text="www.example.org", kind=1, flags=0x0100):
    return struct.pack("!HHHHHH", number, flags, 1, 0, 0, 0) + name(text) + struct.pack("!HH", kind, 1)


def dns_reply(number, text="www.example.org"):
    return (struct.pack("!HHHHHH", number, 0x8180, 1, 1, 0, 0) + name(text) + struct.pack("!HH", 1, 1)
            + b"\xc0\x0c" + struct.pack("!HHIH", 1, 1, 60, 4) + bytes((192, 0, 2, number % 256)))


def netbios(number):
    encoded = b"".join(bytes((65 + (c >> 4), 65 + (c & 15))) for c in b"HOST%-11d\0" % (number % 1000))
    return struct.pack("!HHHHHH", number, 0x0110, 1, 0, 0, 0) + b"\x20" + encoded + b"\0" + struct.pack("!HH", 32, 1)


def snmp(number):
    oid = b"\x06\x08\x2b\x06\x01\x02\x01\x01\x01\x00"
    bind = b"\x30" + bytes([len(oid) + 2]) + oid + b"\x05\x00"
    binds = b"\x30" + bytes([len(bind)]) + bind
    body = b"\x02\x02" + struct.pack("!H", number % 30000) + b"\x02\x01\x00\x02\x01\x00" + binds
    pdu = b"\xa0" + bytes([len(body)]) + body
    whole = b"\x02\x01\x01\x04\x06public" + pdu
    return b"\x30" + bytes([len(whole)]) + whole


def sip(number):
    return ("OPTIONS sip:user%d@example.org SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK%d\r\n"
            "From: <sip:a@example.org>;tag=%d\r\nTo: <sip:b@example.org>\r\nCall-ID: %d@10.0.0.1\r\n"
            "CSeq: %d OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n" % ((number,) * 5)).encode()


def dhcp(number):
    return (struct.pack("!BBBBIHHIIII", 1, 1, 6, 0, number, 0, 0x8000, 0, 0, 0, 0) + b"\x02\0\0\0\0\x01" + bytes(202)
            + b"\x63\x82\x53\x63\x35\x01\x01\x37\x03\x01\x03\x06\xff")


def coap(number):
    return struct.pack("!BBH", 0x41, 1, number) + bytes([number % 256]) + b"\xb7sensors\x04temp"


def stun(number):
    return struct.pack("!HHI", 1, 0, 0x2112A442) + struct.pack("!III", 1, 2, number)


def ntp(number):
    return b"\x23\x00\x06\xec" + bytes(36) + struct.pack("!II", 3_900_000_000 + number, number)


def rtp(number):
    return struct.pack("!BBHII", 0x80, 0, number, number * 160, 0x1234) + bytes(160)


def radius(number):
    user = b"\x01\x08user%02d" % (number % 100)
    return struct.pack("!BBH", 1, number % 256, 20 + len(user)) + bytes(range(16)) + user


def syslog(number):
    return b"<34>Oct 11 22:14:15 host su: 'su root' failed, try %d" % number


def ssdp(number):
    return (b"M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: \"ssdp:discover\"\r\nMX: %d\r\n"
            b"ST: upnp:rootdevice\r\n\r\n" % (number % 9 + 1))


def quic(number):
    content = bytes(random.Random(number).randrange(256) for _ in range(1182))
    return b"\xc3\x00\x00\x00\x01\x08" + struct.pack("!Q", number) + b"\x00\x00\x44\x9e" + content[:1182]


def wireguard(number):
    return struct.pack("<II", 1, number) + bytes(140)


def rip(number):
    return b"\x02\x02\x00\x00" + struct.pack("!HHIIII", 2, 0, 0x0A000000 + 256 * number, 0xFFFFFF00, 0, 1)


def isakmp(number):
    return struct.pack("!QQBBBBII", number + 1, 0, 0, 0x20, 34, 8, 0, 28)


def gtp(number):
    return struct.pack("!BBHIHH", 0x32, 1, 4, 0, number, 0)


def mqtt_sn(number):
    client = b"device%03d" % (number % 1000)
    return struct.pack("!BBBBH", 6 + len(client), 4, 4, 1, 30) + client


def tftp(number):
    return b"\x00\x01file%d.txt\x00octet\x00" % number


def hsrp(number):
    return struct.pack("!BBBBBBBB", 0, 0, 16, 3, 10, 100 + number % 50, 1, 0) + b"cisco\0\0\0" + bytes((10, 0, 0, 254))


def dhcpv6(number):
    return b"\x01" + number.to_bytes(3, "big") + struct.pack("!HHH", 8, 2, 0)


def bfd(number):
    return struct.pack("!BBBBIIIII", 0x20, 0x40, 3, 24, number, 0, 10**6, 10**6, 0)


def l2tp(number):
    return struct.pack("!HHHHHH", 0xC802, 12, 0, 0, number, number)


def echo(number):
    return b"echo %d" % number


# (the name of the protocol, its port, its datagrams)
PROTOCOLS = (("DNS", 53, dns), ("NTP", 123, ntp), ("SNMP", 161, snmp), ("TFTP", 69, tftp), ("SIP", 5060, sip),
             ("RTP", 5004, rtp), ("CoAP", 5683, coap), ("STUN", 3478, stun), ("DHCP", 67, dhcp), ("MDNS", 5353, dns),
             ("LLMNR", 5355, lambda number: dns(number, flags=0)), ("SSDP", 1900, ssdp), ("Syslog", 514, syslog),
             ("RADIUS", 1812, radius), ("QUIC", 443, quic), ("WireGuard", 51820, wireguard), ("RIPv2", 520, rip),
             ("ISAKMP", 500, isakmp), ("NBNS", 137, netbios), ("GTP", 2152, gtp), ("MQTT-SN", 1883, mqtt_sn),
             ("HSRP", 1985, hsrp), ("DHCPv6", 547, dhcpv6), ("BFD", 3784, bfd), ("L2TP", 1701, l2tp),
             ("ECHO", 7, echo))


def packet(source, destination, payload):
    """An IPv4 packet; source and destination: (address, port)."""
    addresses = b"".join(bytes(int(part) for part in end[0].split(".")) for end in (source, destination))
    udp = struct.pack("!HHHH", source[1], destination[1], 8 + len(payload), 0) + payload
    return struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0) + addresses + udp


def pcap(packets):
    """A capture of IP packets, a millisecond apart."""
    content = struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 262144, 101)
    for index, whole in enumerate(packets):
        time_us = BASE_NS // 1000 + index * 1000
        content += struct.pack("<IIII", time_us // 10**6, time_us % 10**6, len(whole), len(whole)) + whole
    return content


def mixed(rounds):
    """Packets of all protocols in turn; DNS with replies."""
    packets = []
    for number in range(rounds):
        for index, (_, port, make) in enumerate(PROTOCOLS):
            client, server = ("10.0.0.%d" % (index + 10), 40000 + index), ("10.0.1.1", port)
            if make is dhcp:
                client = (client[0], 68)
            if make is hsrp:
                server = ("224.0.0.2", port)
            packets.append(packet(client, server, make(number + 1)))
            if port == 53:
                packets.append(packet(server, client, dns_reply(number + 1)))
    return packets
