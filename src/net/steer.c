/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * steer: see the header.
 *
 * The kernel runs the program with the data at the UDP payload; what is before that is reached from
 * the start of the IP header, at SKF_NET_OFF (Documentation/networking/filter.rst). Fragments are
 * together again by then, and datagrams that came merged (UDP_GRO, UDP_SEGMENT of the same machine)
 * have one header. A packet takes about 0.1 us more than with the kernel's choice, of 2.8 us for a send
 * on loopback. SKF_AD_RXHASH is of no use: loopback and many drivers set no hash.
 */
#include "udptui/net/steer.h"

#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <linux/filter.h>

#include "trace_internal.h"
#include "udptui/base/array.h"
#include "udptui/proto/socket_numbers.h"
#include "udptui/sys/random.h"

enum {
    EXTENSIONS_MAX = 6, /* RFC 8200 section 4.1 lists as many before UDP */
    PROGRAM_MAX = 192,
    /* offsets in the headers: RFC 791 section 3.1, RFC 8200 sections 3 and 4 */
    IPV4_SOURCE = 12,
    IPV6_NEXT = 6,
    IPV6_SOURCE = 8,
    IPV6_BYTES = 40,
    /* the program's memory */
    TYPE = 0,
    LENGTH = 1,
};

void steer_open(struct steer *steer, size_t threads)
{
    struct hash_key keys[] = {random_key(), random_key(), random_key()};

    *steer = (struct steer){.threads = (uint32_t)threads};
    for (size_t i = 0; i < STEER_WORDS; i++)
        steer->factors[i] = (uint32_t)(i % 2 == 0 ? keys[i / 2].k0 : keys[i / 2].k1) | 1;
    steer->mix = (uint32_t)keys[STEER_WORDS / 2].k1 | 1;
}

static uint32_t steer_load_word(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

size_t steer_thread(const struct steer *steer, const struct endpoint *client)
{
    size_t words = client->family == ENDPOINT_IPV6 ? 4 : 1;
    uint32_t hash = client->port * steer->factors[0];

    for (size_t i = 0; i < words; i++)
        hash += steer_load_word(client->address + 4 * i) * steer->factors[1 + i];
    hash = (hash ^ hash >> 16) * steer->mix;
    return (hash >> 16) * steer->threads >> 16;
}

bool steer_takes(const struct udp_socket *socket, const struct endpoint *client)
{
    return (socket->steer != NULL ? steer_thread(socket->steer, client) : 0) == socket->thread;
}

/* ---- the program */

struct program {
    struct sock_filter code[PROGRAM_MAX];
    unsigned short count;
};

static void program_add(struct program *program, const struct sock_filter *code, size_t count)
{
    for (size_t i = 0; i < count; i++)
        program->code[program->count++] = code[i];
}

/* The packet's bytes from the start of the IP header. */
#define NET(offset) ((uint32_t)SKF_NET_OFF + (offset))

/* X becomes the hash of the port, which is in A. */
static void program_add_port(struct program *program, uint32_t factor)
{
    const struct sock_filter code[] = {
        BPF_STMT(BPF_ALU | BPF_MUL | BPF_K, factor),
        BPF_STMT(BPF_MISC | BPF_TAX, 0),
    };

    program_add(program, code, COUNT_OF(code));
}

/* X and A become the hash with the words that begin at offset. */
static void program_add_address(struct program *program, uint32_t offset, size_t words,
                                const uint32_t *factors)
{
    for (size_t i = 0; i < words; i++) {
        const struct sock_filter code[] = {
            BPF_STMT(BPF_LD | BPF_W | BPF_ABS, NET(offset + 4 * (uint32_t)i)),
            BPF_STMT(BPF_ALU | BPF_MUL | BPF_K, factors[i]),
            BPF_STMT(BPF_ALU | BPF_ADD | BPF_X, 0),
            BPF_STMT(BPF_MISC | BPF_TAX, 0),
        };
        program_add(program, code, COUNT_OF(code));
    }
}

/* As steer_thread; X and A are the multilinear hash. */
static void program_add_return(struct program *program, const struct steer *steer)
{
    const struct sock_filter code[] = {
        BPF_STMT(BPF_ALU | BPF_RSH | BPF_K, 16),
        BPF_STMT(BPF_ALU | BPF_XOR | BPF_X, 0),
        BPF_STMT(BPF_ALU | BPF_MUL | BPF_K, steer->mix),
        BPF_STMT(BPF_ALU | BPF_RSH | BPF_K, 16),
        BPF_STMT(BPF_ALU | BPF_MUL | BPF_K, steer->threads),
        BPF_STMT(BPF_ALU | BPF_RSH | BPF_K, 16),
        BPF_STMT(BPF_RET | BPF_A, 0),
    };

    program_add(program, code, COUNT_OF(code));
}

/*
 * A: a header's type, X: its offset. If it is an extension header, both become those of the next
 * one. All have their length in units of 8 bytes, without the first 8, but for the fragment header
 * (of a packet that is a fragment alone, RFC 6946). Those of IPsec are no longer there.
 */
static void program_add_extension(struct program *program)
{
    const struct sock_filter code[] = {
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_FRAGMENT, 5, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_HOPOPTS, 2, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_ROUTING, 1, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_DSTOPTS, 0, 12), /* none: to the end */
        BPF_STMT(BPF_LD | BPF_B | BPF_IND, NET(1)),
        BPF_STMT(BPF_JMP | BPF_JA, 1),
        BPF_STMT(BPF_LD | BPF_IMM, 0),
        BPF_STMT(BPF_ALU | BPF_ADD | BPF_K, 1),
        BPF_STMT(BPF_ALU | BPF_LSH | BPF_K, 3),
        BPF_STMT(BPF_ST, LENGTH),
        BPF_STMT(BPF_LD | BPF_B | BPF_IND, NET(0)),
        BPF_STMT(BPF_ST, TYPE),
        BPF_STMT(BPF_LD | BPF_MEM, LENGTH),
        BPF_STMT(BPF_ALU | BPF_ADD | BPF_X, 0),
        BPF_STMT(BPF_MISC | BPF_TAX, 0),
        BPF_STMT(BPF_LD | BPF_MEM, TYPE),
    };

    program_add(program, code, COUNT_OF(code));
}

/* A becomes the port; 0 behind more extension headers than it looks at. */
static void program_load_port_ipv6(struct program *program)
{
    const struct sock_filter begin[] = {
        BPF_STMT(BPF_LDX | BPF_IMM, IPV6_BYTES),
        BPF_STMT(BPF_LD | BPF_B | BPF_ABS, NET(IPV6_NEXT)),
    };
    const struct sock_filter port[] = {
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_UDP, 0, 2),
        BPF_STMT(BPF_LD | BPF_H | BPF_IND, NET(0)),
        BPF_STMT(BPF_JMP | BPF_JA, 1),
        BPF_STMT(BPF_LD | BPF_IMM, 0),
    };

    program_add(program, begin, COUNT_OF(begin));
    for (int i = 0; i < EXTENSIONS_MAX; i++)
        program_add_extension(program);
    program_add(program, port, COUNT_OF(port));
}

/* X: the header's first byte. */
static void program_add_ipv4(struct program *program, const struct steer *steer)
{
    const struct sock_filter port[] = {
        BPF_STMT(BPF_MISC | BPF_TXA, 0),
        BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0xf), /* the length of the header in words */
        BPF_STMT(BPF_ALU | BPF_LSH | BPF_K, 2),
        BPF_STMT(BPF_MISC | BPF_TAX, 0),
        BPF_STMT(BPF_LD | BPF_H | BPF_IND, NET(0)),
    };

    program_add(program, port, COUNT_OF(port));
    program_add_port(program, steer->factors[0]);
    program_add_address(program, IPV4_SOURCE, 1, &steer->factors[1]);
    program_add_return(program, steer);
}

static void program_add_ipv6(struct program *program, const struct steer *steer)
{
    program_load_port_ipv6(program);
    program_add_port(program, steer->factors[0]);
    program_add_address(program, IPV6_SOURCE, 4, &steer->factors[1]);
    program_add_return(program, steer);
}

/* By the version in the header's first byte, since a dual-stack socket gets both. */
static void program_make(struct program *program, const struct steer *steer)
{
    const struct sock_filter begin[] = {
        BPF_STMT(BPF_LD | BPF_B | BPF_ABS, NET(0)),
        BPF_STMT(BPF_MISC | BPF_TAX, 0),
        BPF_STMT(BPF_ALU | BPF_RSH | BPF_K, 4),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 6, 0, 0),
    };

    program->count = 0;
    program_add(program, begin, COUNT_OF(begin));
    struct sock_filter *is_ipv6 = &program->code[program->count - 1];
    unsigned short ipv4 = program->count;
    program_add_ipv4(program, steer);
    is_ipv6->jt = (uint8_t)(program->count - ipv4);
    program_add_ipv6(program, steer);
}

/* ---- the sockets */

static bool steer_set_program(const struct udp_socket *socket, int name, struct program *program)
{
    const struct sock_fprog what = {.len = program->count, .filter = program->code};
    const struct call call = {
        .kind = CALL_SETSOCKOPT, .level = SOL_SOCKET, .name = name, .value = program->count};
    int result = setsockopt(socket->fd, SOL_SOCKET, name, &what, sizeof what);

    return trace_call(socket, result, &call) == 0;
}

bool steer_attach(const struct udp_socket *socket, const struct steer *steer)
{
    struct program program;

    program_make(&program, steer);
    return steer_set_program(socket, SO_ATTACH_REUSEPORT_CBPF, &program);
}

void steer_hold(const struct udp_socket *socket)
{
    struct program nothing = {.code = {BPF_STMT(BPF_RET | BPF_K, 0)}, .count = 1};

    steer_set_program(socket, SO_ATTACH_FILTER, &nothing);
}

bool steer_release(const struct udp_socket *socket)
{
    static const int ignored = 0; /* but the kernel wants an int */
    const struct call call = {
        .kind = CALL_SETSOCKOPT, .level = SOL_SOCKET, .name = SO_DETACH_FILTER};
    int result = setsockopt(socket->fd, SOL_SOCKET, SO_DETACH_FILTER, &ignored, sizeof ignored);

    return trace_call(socket, result, &call) == 0 || errno == ENOENT; /* it was not held */
}
