/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* world: chance, time, tasks and the calls of the machine; see the header. */
#include "world.h"

#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/timex.h>
#include <time.h>
#include <ucontext.h>

#include <linux/errqueue.h>
#include <linux/net_tstamp.h>
#include <linux/sock_diag.h>

#include "udptui/net/own.h"
#include "udptui/proto/socket_numbers.h"
#include "udptui/sys/address.h"

enum {
    FIRST_FD = 1000, /* of the descriptors, which do not exist */
    FILES = 512,
    PACKETS = 4096,
    ERRORS = 256, /* in a socket's error queue */
    QUOTED = 64,
    WATCHED = 512,
    TASKS = 8,
    STACK_BYTES = 512 << 10,
    FAILURES_MAX = 10,
    PROBLEM_SIZE = 512,
    IDLE_MAX = 100000, /* waits after which nothing can happen any more */
    CONTROL_BYTES = 512,
    PORTS_FROM = 20000,
};

/* ---- the state of a world */

struct sim_error {
    bool stamp;
    uint32_t number; /* of a stamp */
    int64_t wall_ns;
    struct sim_icmp icmp;
    struct endpoint target;
    uint8_t quoted[QUOTED];
    size_t quoted_bytes;
};

struct sim_watch {
    int fd;
    struct epoll_event event;
};

enum sim_kind { SIM_CLOSED, SIM_SOCKET, SIM_EVENT, SIM_EPOLL };

struct sim_file {
    enum sim_kind kind;
    /* a socket */
    struct endpoint local, peer;
    uint16_t family;
    bool connected, receives_errors, groups, shares;
    uint32_t stamps; /* SOF_TIMESTAMPING_ of each datagram */
    uint32_t number; /* the next stamp's */
    int pending;     /* sk_err */
    uint16_t queue[SIM_QUEUE];
    size_t queue_first, queue_count;
    struct sim_error *errors;
    size_t error_first, error_count;
    uint32_t dropped;
    /* an eventfd */
    uint64_t count;
    /* an epoll */
    struct sim_watch *watches;
    size_t watch_count, watch_next;
};

struct sim_task {
    ucontext_t context;
    void *(*run)(void *argument);
    void *argument;
    char *stack;
    bool used, ended, waits;
    const struct pollfd *polled;
    size_t polled_count;
    int epoll_fd;
    int64_t until_ns;
};

static struct {
    uint64_t seed, state;
    int64_t now_ns, wall_offset_ns, stepped_ns;
    int64_t offsets_ns[64]; /* that the wall clock had before */
    size_t offset_count;
    struct sim_file files[FILES];
    int files_end;
    struct sim_packet packets[PACKETS];
    int64_t received_wall_ns[PACKETS]; /* the kernel's time of those in a queue */
    uint64_t orders[PACKETS], order;
    uint16_t free[PACKETS], heap[PACKETS];
    size_t free_count, heap_count;
    uint16_t next_port, closed_port;
    struct sim_task tasks[TASKS];
    struct sim_task *current;
    ucontext_t scheduler;
    unsigned steps_left, steps;
    bool over;
    char problem[PROBLEM_SIZE];
} world;

struct sim_machine machine;

static const int64_t began_ns = (int64_t)1e15;
static bool planted, verbose;
static unsigned steps_limit; /* 0: as the seed says */
static char *stacks[TASKS];

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);

/* ---- chance: an input's bytes, as far as they go, then splitmix64 */

static struct {
    const uint8_t *at;
    size_t left;
} sim_input;

/* Up to 8 bytes of the input. */
static uint64_t draw_from_input(size_t most)
{
    uint64_t drawn = 0;

    for (; most > 0 && sim_input.left > 0; most--, sim_input.left--)
        drawn = drawn << 8 | *sim_input.at++;
    return drawn;
}

uint64_t sim_draw(void)
{
    if (sim_input.left > 0)
        return draw_from_input(sizeof(uint64_t));
    uint64_t mixed = world.state += UINT64_C(0x9e3779b97f4a7c15);

    mixed = (mixed ^ mixed >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ mixed >> 27) * UINT64_C(0x94d049bb133111eb);
    return mixed ^ mixed >> 31;
}

unsigned sim_below(unsigned limit)
{
    if (sim_input.left > 0)
        return (unsigned)(draw_from_input(limit <= 1 << 8 ? 1 : limit <= 1 << 16 ? 2 : 4) % limit);
    return (unsigned)(sim_draw() % limit);
}

bool sim_percent(unsigned chance)
{
    return chance > 0 && sim_below(100) < chance;
}

bool sim_is_planted(void)
{
    return planted;
}

/* ---- what is said */

void sim_wrong(const char *format, ...)
{
    va_list arguments;

    if (world.problem[0] != '\0')
        return;
    va_start(arguments, format);
    vsnprintf(world.problem, sizeof world.problem, format, arguments);
    va_end(arguments);
    sim_say("wrong: %s", world.problem);
}

bool sim_is_wrong(void)
{
    return world.problem[0] != '\0';
}

void sim_say(const char *format, ...)
{
    va_list arguments;

    if (!verbose)
        return;
    printf("# %3u %" PRId64 ".%09" PRId64 " ", world.steps, world.now_ns / UNITS_NS_PER_S,
           world.now_ns % UNITS_NS_PER_S);
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    putchar('\n');
}

/* ---- time */

int64_t sim_now_ns(void)
{
    return world.now_ns;
}

int64_t sim_wall_ns(void)
{
    return world.now_ns + world.wall_offset_ns;
}

int64_t sim_stepped_ns(void)
{
    return world.stepped_ns;
}

/* Whether the offset was nearly the same before: nobody could tell that the clock was set in
 * between. */
static bool was_offset(int64_t offset_ns)
{
    for (size_t i = 0; i < world.offset_count; i++)
        if (llabs(world.offsets_ns[i] - offset_ns) < 2 * UNITS_NS_PER_MS)
            return true;
    return llabs(world.wall_offset_ns - offset_ns) < 2 * UNITS_NS_PER_MS;
}

static void step_clock(void)
{
    const int64_t hour_ns = 3600 * UNITS_NS_PER_S;
    int64_t step_ns = sim_percent(50) ? hour_ns : (int64_t)(sim_draw() % (uint64_t)hour_ns);

    step_ns = sim_percent(50) ? step_ns : -step_ns;
    while (was_offset(world.wall_offset_ns + step_ns))
        step_ns += 3 * UNITS_NS_PER_MS;
    if (world.offset_count == COUNT_OF(world.offsets_ns))
        return;
    world.offsets_ns[world.offset_count++] = world.wall_offset_ns;
    world.wall_offset_ns += step_ns;
    world.stepped_ns = world.now_ns;
    sim_say("the clock is set: %+" PRId64 " ms", world.wall_offset_ns / UNITS_NS_PER_MS);
}

void sim_check_time(int64_t time_ns, const char *what)
{
    int64_t age_ns = world.now_ns - began_ns;

    if (time_ns != -1 && (time_ns < 0 || time_ns > age_ns))
        sim_wrong("%s of %" PRId64 " ns in a world of %" PRId64 " ns", what, time_ns, age_ns);
}

/* ---- files */

static struct sim_file *file_of(int fd, enum sim_kind kind)
{
    if (fd < FIRST_FD || fd >= FIRST_FD + FILES || world.files[fd - FIRST_FD].kind != kind) {
        errno = EBADF;
        return NULL;
    }
    return &world.files[fd - FIRST_FD];
}

static int fd_of(const struct sim_file *file)
{
    return FIRST_FD + (int)(file - world.files);
}

static int file_open(enum sim_kind kind)
{
    for (int i = 0; i < FILES; i++) {
        if (world.files[i].kind != SIM_CLOSED)
            continue;
        world.files[i] = (struct sim_file){.kind = kind};
        world.files_end = i >= world.files_end ? i + 1 : world.files_end;
        return FIRST_FD + i;
    }
    errno = EMFILE;
    return -1;
}

/* ---- packets: a heap by the time of arrival */

static bool is_earlier(uint16_t a, uint16_t b)
{
    if (world.packets[a].due_ns != world.packets[b].due_ns)
        return world.packets[a].due_ns < world.packets[b].due_ns;
    return world.orders[a] < world.orders[b];
}

static void heap_put(uint16_t packet)
{
    size_t at = world.heap_count++;

    for (; at > 0 && is_earlier(packet, world.heap[(at - 1) / 2]); at = (at - 1) / 2)
        world.heap[at] = world.heap[(at - 1) / 2];
    world.heap[at] = packet;
}

static uint16_t heap_take(void)
{
    uint16_t first = world.heap[0], last = world.heap[--world.heap_count];
    size_t at = 0;

    for (size_t child; (child = 2 * at + 1) < world.heap_count; at = child) {
        if (child + 1 < world.heap_count && is_earlier(world.heap[child + 1], world.heap[child]))
            child++;
        if (!is_earlier(world.heap[child], last))
            break;
        world.heap[at] = world.heap[child];
    }
    world.heap[at] = last;
    return first;
}

bool sim_transmit(const struct sim_packet *packet)
{
    if (world.free_count == 0)
        return false;
    uint16_t index = world.free[--world.free_count];
    world.packets[index] = *packet;
    world.orders[index] = world.order++;
    heap_put(index);
    return true;
}

static bool is_for(const struct sim_file *file, const struct sim_packet *packet)
{
    return file->kind == SIM_SOCKET && file->local.port == packet->to.port &&
           (!file->connected || endpoint_equal(&file->peer, &packet->from)) &&
           (endpoint_is_unspecified(&file->local) ||
            endpoint_same_address(&file->local, &packet->to));
}

/* Of several (SO_REUSEPORT) each source has one. */
static struct sim_file *find_socket(const struct sim_packet *packet)
{
    unsigned found = 0, wanted;

    for (int i = 0; i < world.files_end; i++)
        found += is_for(&world.files[i], packet);
    if (found == 0)
        return NULL;
    wanted = (packet->from.port + packet->from.address[3]) % found;
    for (int i = 0; i < world.files_end; i++)
        if (is_for(&world.files[i], packet) && wanted-- == 0)
            return &world.files[i];
    return NULL;
}

static void release_packet(uint16_t index)
{
    world.free[world.free_count++] = index;
}

/* It has arrived. */
static void deliver_packet(uint16_t index)
{
    struct sim_packet *packet = &world.packets[index];
    struct sim_file *file = find_socket(packet);
    bool full = file != NULL && file->queue_count >= machine.queue;

    if (file == NULL || full) {
        if (full)
            file->dropped++;
        sim_say("dropped: %u bytes to port %u%s", packet->size_bytes, packet->to.port,
                full ? ", its queue is full" : "");
        if (machine.events.dropped != NULL)
            machine.events.dropped(packet, full);
        release_packet(index);
        return;
    }
    world.received_wall_ns[index] = packet->unstamped ? 0 : packet->due_ns + world.wall_offset_ns;
    file->queue[(file->queue_first + file->queue_count++) % SIM_QUEUE] = index;
    sim_say("arrived: %u bytes from port %u for port %u", packet->size_bytes, packet->from.port,
            packet->to.port);
}

/* Without UDP_GRO each datagram is one. */
static void deliver_pieces(uint16_t index)
{
    struct sim_packet whole = world.packets[index];
    const struct sim_file *file = find_socket(&whole);

    if (whole.segment_bytes >= whole.size_bytes || (file != NULL && file->groups)) {
        deliver_packet(index);
        return;
    }
    release_packet(index);
    for (uint32_t at = 0; at < whole.size_bytes; at += whole.segment_bytes) {
        struct sim_packet piece = whole;
        piece.size_bytes = whole.size_bytes - at < whole.segment_bytes ? whole.size_bytes - at
                                                                       : whole.segment_bytes;
        piece.segment_bytes = piece.size_bytes;
        memmove(piece.bytes, whole.bytes + at, piece.size_bytes);
        if (world.free_count == 0)
            return;
        uint16_t own = world.free[--world.free_count];
        world.packets[own] = piece;
        deliver_packet(own);
    }
}

static void deliver_due(void)
{
    while (world.heap_count > 0 && world.packets[world.heap[0]].due_ns <= world.now_ns)
        deliver_pieces(heap_take());
}

/* Arrivals on the way get their times; the clock is set between two of them, if at all. */
void sim_advance_ns(int64_t ns)
{
    world.now_ns += ns;
    deliver_due();
}

/* ---- the error queue: ip(7) IP_RECVERR */

static struct sim_error *error_put(struct sim_file *file)
{
    if (file->errors == NULL)
        file->errors = __real_calloc(ERRORS, sizeof *file->errors);
    if (file->errors == NULL || file->error_count == ERRORS)
        return NULL;
    return &file->errors[(file->error_first + file->error_count++) % ERRORS];
}

void sim_refuse(const struct sim_left *left, const struct sim_icmp *icmp)
{
    struct sim_file *file = file_of(left->fd, SIM_SOCKET);
    struct sim_error *error;

    if (file == NULL || file->local.port != left->from.port)
        return;
    if (!file->receives_errors) { /* udp(7): of a connected socket alone */
        if (file->connected)
            file->pending = icmp->error;
        return;
    }
    error = error_put(file);
    if (error == NULL)
        return;
    *error =
        (struct sim_error){.icmp = *icmp,
                           .target = left->to,
                           .quoted_bytes = left->size_bytes < QUOTED ? left->size_bytes : QUOTED};
    if (sim_percent(20)) /* RFC 792: 8 bytes of the datagram, which are UDP's header */
        error->quoted_bytes = 0;
    memcpy(error->quoted, left->bytes, error->quoted_bytes);
    file->pending = icmp->error;
    sim_say("ICMP: %s for port %u", strerror(icmp->error), left->from.port);
}

static void put_stamp(struct sim_file *file, int64_t left_ns)
{
    uint32_t number = file->number++;
    struct sim_error *error;

    if (sim_percent(machine.no_stamps) || (error = error_put(file)) == NULL)
        return;
    sim_say("stamp %" PRIu32 " of port %u", number, file->local.port);
    *error = (struct sim_error){
        .stamp = true, .number = number, .wall_ns = left_ns + world.wall_offset_ns};
}

/* ---- control data, as the kernel's put_cmsg lays it out: cut if there is no room */

struct control {
    struct msghdr *header;
    size_t used, room;
};

static void put_control(struct control *control, int level, int type, const void *data, size_t size)
{
    struct cmsghdr head = {.cmsg_len = CMSG_LEN(size), .cmsg_level = level, .cmsg_type = type};
    char *place = (char *)control->header->msg_control + control->used;
    size_t left = control->room - control->used;

    if (left < sizeof head) {
        control->header->msg_flags |= MSG_CTRUNC;
        return;
    }
    if (left < head.cmsg_len) {
        control->header->msg_flags |= MSG_CTRUNC;
        head.cmsg_len = left;
    }
    memcpy(place, &head, sizeof head);
    memcpy(place + CMSG_LEN(0), data, head.cmsg_len - CMSG_LEN(0));
    left = left < CMSG_SPACE(size) ? left : CMSG_SPACE(size);
    control->used += left;
}

/* Returns whether UDP_GRO's size could be given whole. */
static bool put_received(struct msghdr *header, const struct sim_packet *packet, int64_t wall_ns,
                         size_t room)
{
    struct control control = {.header = header, .room = room};
    struct timespec stamp = {.tv_sec = wall_ns / UNITS_NS_PER_S,
                             .tv_nsec = wall_ns % UNITS_NS_PER_S};
    struct in_pktinfo info = {.ipi_ifindex = 1};
    int segment = (int)packet->segment_bytes, hop_limit = packet->hop_limit;
    bool whole = true;

    memcpy(&info.ipi_addr, packet->to.address, 4);
    info.ipi_spec_dst = info.ipi_addr;
    if (wall_ns != 0)
        put_control(&control, SOL_SOCKET, SCM_TIMESTAMPNS, &stamp, sizeof stamp);
    if (packet->segment_bytes < packet->size_bytes) {
        put_control(&control, IPPROTO_UDP, UDP_GRO, &segment, sizeof segment);
        whole = (header->msg_flags & MSG_CTRUNC) == 0;
    }
    put_control(&control, IPPROTO_IP, IP_PKTINFO, &info, sizeof info);
    put_control(&control, IPPROTO_IP, IP_TTL, &hop_limit, sizeof hop_limit);
    put_control(&control, IPPROTO_IP, IP_TOS, &packet->traffic_class, 1);
    header->msg_controllen = control.used;
    return whole;
}

static void put_name(struct msghdr *header, const struct endpoint *name, int family)
{
    struct sockaddr_storage address;
    socklen_t length = address_from_endpoint(name, family, &address);

    if (header->msg_name == NULL)
        return;
    if (length > header->msg_namelen)
        length = header->msg_namelen;
    memcpy(header->msg_name, &address, length);
    header->msg_namelen = length;
}

/* ---- receiving */

static ssize_t receive_error(struct sim_file *file, struct msghdr *header)
{
    struct control control = {.header = header, .room = header->msg_controllen};
    struct sim_error *error = &file->errors[file->error_first];
    struct sock_extended_err extended = {
        .ee_errno = ENOMSG, .ee_origin = SO_EE_ORIGIN_TIMESTAMPING, .ee_data = error->number};
    struct scm_timestamping times = {.ts[0] = {.tv_sec = error->wall_ns / UNITS_NS_PER_S,
                                               .tv_nsec = error->wall_ns % UNITS_NS_PER_S}};
    struct {
        struct sock_extended_err extended;
        struct sockaddr_in offender;
    } icmp = {.extended = {.ee_errno = (uint32_t)error->icmp.error,
                           .ee_origin = SO_EE_ORIGIN_ICMP,
                           .ee_type = error->icmp.type,
                           .ee_code = error->icmp.code},
              .offender = {.sin_family = AF_INET}};
    size_t size = error->quoted_bytes;

    file->error_first = (file->error_first + 1) % ERRORS;
    file->error_count--;
    header->msg_flags = MSG_ERRQUEUE;
    if (error->stamp) {
        put_control(&control, SOL_SOCKET, SCM_TIMESTAMPING, &times, sizeof times);
        put_control(&control, IPPROTO_IP, IP_RECVERR, &extended, sizeof extended);
        size = 0;
    } else {
        memcpy(&icmp.offender.sin_addr, error->icmp.offender.address, 4);
        put_control(&control, IPPROTO_IP, IP_RECVERR, &icmp, sizeof icmp);
        put_name(header, &error->target, file->family);
        if (size > header->msg_iov->iov_len)
            size = header->msg_iov->iov_len;
        memcpy(header->msg_iov->iov_base, error->quoted, size);
        file->pending = 0; /* sock_dequeue_err_skb of the kernel: that of the next one, if any */
        for (size_t i = 0; i < file->error_count; i++) {
            const struct sim_error *next = &file->errors[(file->error_first + i) % ERRORS];
            if (i == 0 && !next->stamp)
                file->pending = next->icmp.error;
        }
    }
    header->msg_controllen = control.used;
    return (ssize_t)size;
}

static size_t messages_in(const struct sim_packet *packet, size_t size, bool grouped)
{
    if (!grouped || packet->segment_bytes == 0 || size <= packet->segment_bytes)
        return 1;
    return (size + packet->segment_bytes - 1) / packet->segment_bytes;
}

static ssize_t receive_packet(struct sim_file *file, struct msghdr *header)
{
    uint16_t index = file->queue[file->queue_first];
    const struct sim_packet *packet = &world.packets[index];
    size_t size = packet->size_bytes, room = header->msg_controllen;

    file->queue_first = (file->queue_first + 1) % SIM_QUEUE;
    file->queue_count--;
    header->msg_flags = 0;
    if (sim_percent(machine.control_cut))
        room = sim_below((unsigned)room);
    if (size > header->msg_iov->iov_len) {
        size = header->msg_iov->iov_len;
        header->msg_flags |= MSG_TRUNC;
    }
    memcpy(header->msg_iov->iov_base, packet->bytes, size);
    put_name(header, &packet->from, file->family);
    bool grouped = put_received(header, packet, world.received_wall_ns[index], room);
    if (machine.events.taken != NULL)
        machine.events.taken(packet, messages_in(packet, size, grouped));
    release_packet(index);
    return (ssize_t)size;
}

static ssize_t receive_one(struct sim_file *file, struct msghdr *header, int flags)
{
    int pending = file->pending;

    deliver_due();
    errno = EAGAIN;
    if (flags & MSG_ERRQUEUE)
        return file->error_count == 0 ? -1 : receive_error(file, header);
    if (pending != 0) {
        file->pending = 0;
        errno = pending;
        return -1;
    }
    if (sim_percent(machine.receive_fails)) {
        static const int errors[] = {ENOMEM, EINTR, ENOBUFS, EINTR};
        errno = errors[sim_below(COUNT_OF(errors))];
        return -1;
    }
    return file->queue_count == 0 ? -1 : receive_packet(file, header);
}

ssize_t __wrap_recvmsg(int fd, struct msghdr *header, int flags);
ssize_t __wrap_recvmsg(int fd, struct msghdr *header, int flags)
{
    struct sim_file *file = file_of(fd, SIM_SOCKET);

    return file == NULL ? -1 : receive_one(file, header, flags);
}

/* recvmmsg(2): an error after the first datagram is returned by the next call. */
int __wrap_recvmmsg(int fd, struct mmsghdr *headers, unsigned count, int flags,
                    struct timespec *timeout);
int __wrap_recvmmsg(int fd, struct mmsghdr *headers, unsigned count, int flags,
                    struct timespec *timeout)
{
    struct sim_file *file = file_of(fd, SIM_SOCKET);

    (void)timeout;
    if (file == NULL)
        return -1;
    for (unsigned i = 0; i < count; i++) {
        ssize_t size = receive_one(file, &headers[i].msg_hdr, flags);
        if (size >= 0) {
            headers[i].msg_len = (unsigned)size;
            continue;
        }
        if (i > 0 && errno != EAGAIN)
            file->pending = errno;
        return i > 0 ? (int)i : -1;
    }
    return (int)count;
}

/* ---- sending */

struct marks {
    size_t segment_bytes; /* 0: not to be cut */
    bool stamp;
    struct endpoint source;
    uint8_t hop_limit, traffic_class;
};

static struct marks read_marks(const struct msghdr *header)
{
    struct marks marks = {.hop_limit = 64};
    struct msghdr *own = (struct msghdr *)(uintptr_t)header;

    for (struct cmsghdr *i = CMSG_FIRSTHDR(own); i != NULL; i = CMSG_NXTHDR(own, i)) {
        uint16_t small;
        int number;
        struct in_pktinfo info;
        memcpy(&small, CMSG_DATA(i), sizeof small);
        memcpy(&number, CMSG_DATA(i), sizeof small);
        if (i->cmsg_level == IPPROTO_UDP && i->cmsg_type == UDP_SEGMENT) {
            marks.segment_bytes = small;
        } else if (i->cmsg_level == SOL_SOCKET && i->cmsg_type == SO_TIMESTAMPING) {
            marks.stamp = true;
        } else if (i->cmsg_level == IPPROTO_IP && i->cmsg_type == IP_PKTINFO) {
            memcpy(&info, CMSG_DATA(i), sizeof info);
            marks.source.family = ENDPOINT_IPV4;
            memcpy(marks.source.address, &info.ipi_spec_dst, 4);
        } else if (i->cmsg_level == IPPROTO_IP && i->cmsg_type == IP_TTL) {
            marks.hop_limit = (uint8_t)small;
        } else if (i->cmsg_level == IPPROTO_IP && i->cmsg_type == IP_TOS) {
            marks.traffic_class = (uint8_t)small;
        }
    }
    return marks;
}

/* Why the kernel does not take it; 0: it does. */
static int refuse_send(struct sim_file *file, const struct endpoint *to, const struct marks *marks,
                       size_t size)
{
    static const int errors[] = {ENOBUFS, EPERM, ENETUNREACH, EAGAIN, EINTR};
    int pending = file->pending;

    file->pending = 0;
    if (pending != 0)
        return pending;
    if (to->port == 0)
        return EINVAL;
    if (marks->segment_bytes != 0 && !machine.can_segment)
        return EIO;
    if (size > 65507)
        return EMSGSIZE;
    if (!sim_percent(machine.send_fails))
        return 0;
    if (file->stamps != 0 && sim_percent(50)) /* it depends on how far it came */
        file->number++;
    return errors[sim_below(COUNT_OF(errors))];
}

static void leave(struct sim_file *file, const struct endpoint *to, const struct marks *marks,
                  const uint8_t *bytes, size_t size)
{
    struct sim_left left = {.fd = fd_of(file),
                            .from = file->local,
                            .to = *to,
                            .left_ns = world.now_ns,
                            .hop_limit = marks->hop_limit,
                            .traffic_class = marks->traffic_class};
    size_t step = marks->segment_bytes != 0 ? marks->segment_bytes : size;

    if (endpoint_is_unspecified(&left.from)) {
        left.from = marks->source.family != ENDPOINT_NONE ? marks->source : machine.address;
        left.from.port = file->local.port;
    }
    if ((file->stamps & SOF_TIMESTAMPING_TX_SOFTWARE) || marks->stamp)
        put_stamp(file, left.left_ns);
    for (size_t at = 0; at < size || at == 0; at += step > 0 ? step : 1) {
        left.bytes = bytes + at;
        left.size_bytes = size - at < step ? size - at : step;
        if (machine.events.left != NULL)
            machine.events.left(&left);
    }
}

ssize_t __wrap_sendmsg(int fd, const struct msghdr *header, int flags);
ssize_t __wrap_sendmsg(int fd, const struct msghdr *header, int flags)
{
    struct sim_file *file = file_of(fd, SIM_SOCKET);
    struct marks marks = read_marks(header);
    size_t size = header->msg_iov->iov_len;
    struct endpoint to;

    (void)flags;
    if (file == NULL)
        return -1;
    to = header->msg_name != NULL ? address_to_endpoint(header->msg_name) : file->peer;
    world.now_ns += 500 + sim_below(2000);
    errno = refuse_send(file, &to, &marks, size);
    if (errno != 0) {
        sim_say("port %u cannot send: %s", file->local.port, strerror(errno));
        return -1;
    }
    leave(file, &to, &marks, header->msg_iov->iov_base, size);
    world.now_ns += 500 + sim_below(2000);
    return (ssize_t)size;
}

/* sendmmsg(2): an error after the first datagram is not returned, and gone. */
int __wrap_sendmmsg(int fd, struct mmsghdr *headers, unsigned count, int flags);
int __wrap_sendmmsg(int fd, struct mmsghdr *headers, unsigned count, int flags)
{
    for (unsigned i = 0; i < count; i++) {
        ssize_t size = __wrap_sendmsg(fd, &headers[i].msg_hdr, flags);
        if (size < 0)
            return i > 0 ? (int)i : -1;
        headers[i].msg_len = (unsigned)size;
    }
    return (int)count;
}

/* ---- sockets come and go */

int __wrap_socket(int family, int type, int protocol);
int __wrap_socket(int family, int type, int protocol)
{
    int fd;

    (void)type;
    (void)protocol;
    if (family != AF_INET) {
        errno = EAFNOSUPPORT;
        return -1;
    }
    if (sim_percent(machine.socket_fails)) {
        errno = sim_percent(50) ? EMFILE : ENOBUFS;
        return -1;
    }
    fd = file_open(SIM_SOCKET);
    if (fd >= 0) {
        world.files[fd - FIRST_FD].family = (uint16_t)family;
        world.files[fd - FIRST_FD].local.family = ENDPOINT_IPV4;
    }
    return fd;
}

static bool is_taken(uint16_t port)
{
    for (int i = 0; i < world.files_end; i++)
        if (world.files[i].kind == SIM_SOCKET && world.files[i].local.port == port &&
            !world.files[i].shares)
            return true;
    return false;
}

static uint16_t choose_port(void)
{
    uint16_t port = world.closed_port;

    if (port != 0 && !is_taken(port) && sim_percent(machine.port_again))
        return port;
    do {
        port = world.next_port++;
        if (world.next_port == 0)
            world.next_port = PORTS_FROM;
    } while (is_taken(port));
    return port;
}

static bool is_ours(const struct endpoint *address)
{
    return endpoint_is_unspecified(address) || endpoint_is_loopback(address) ||
           endpoint_same_address(address, &machine.address);
}

int __wrap_bind(int fd, const struct sockaddr *address, socklen_t length);
int __wrap_bind(int fd, const struct sockaddr *address, socklen_t length)
{
    struct sim_file *file = file_of(fd, SIM_SOCKET);
    struct sockaddr_storage storage = {0};
    struct endpoint local;

    if (file == NULL)
        return -1;
    memcpy(&storage, address, length);
    local = address_to_endpoint(&storage);
    errno = !is_ours(&local) ? EADDRNOTAVAIL : is_taken(local.port) ? EADDRINUSE : 0;
    if (local.port == 0 && is_ours(&local))
        errno = 0;
    if (errno != 0)
        return -1;
    file->local = local;
    if (local.port == 0)
        file->local.port = choose_port();
    return 0;
}

int __wrap_connect(int fd, const struct sockaddr *address, socklen_t length);
int __wrap_connect(int fd, const struct sockaddr *address, socklen_t length)
{
    struct sim_file *file = file_of(fd, SIM_SOCKET);
    struct sockaddr_storage storage = {0};

    if (file == NULL)
        return -1;
    memcpy(&storage, address, length);
    file->peer = address_to_endpoint(&storage);
    file->connected = true;
    if (endpoint_is_unspecified(&file->local)) {
        uint16_t port = file->local.port != 0 ? file->local.port : choose_port();
        file->local = machine.address;
        file->local.port = port;
    }
    return 0;
}

int __wrap_getsockname(int fd, struct sockaddr *address, socklen_t *length);
int __wrap_getsockname(int fd, struct sockaddr *address, socklen_t *length)
{
    const struct sim_file *file = file_of(fd, SIM_SOCKET);
    struct sockaddr_storage storage;

    if (file == NULL)
        return -1;
    *length = address_from_endpoint(&file->local, file->family, &storage);
    memcpy(address, &storage, *length);
    return 0;
}

int __wrap_setsockopt(int fd, int level, int name, const void *value, socklen_t size);
int __wrap_setsockopt(int fd, int level, int name, const void *value, socklen_t size)
{
    struct sim_file *file = file_of(fd, SIM_SOCKET);
    int number = 0;

    if (file == NULL)
        return -1;
    memcpy(&number, value, size < sizeof number ? size : sizeof number);
    if (level == IPPROTO_IP && name == IP_RECVERR)
        file->receives_errors = number != 0;
    if (level == IPPROTO_UDP && name == UDP_GRO && !machine.can_group) {
        errno = ENOPROTOOPT;
        return -1;
    }
    if (level == IPPROTO_UDP && name == UDP_GRO)
        file->groups = number != 0;
    if (level == SOL_SOCKET && name == SO_REUSEPORT)
        file->shares = number != 0;
    if (level == SOL_SOCKET && name == SO_TIMESTAMPING) {
        file->number = number == 0 ? 0 : file->number;
        file->stamps = (uint32_t)number;
    }
    return 0;
}

int __wrap_getsockopt(int fd, int level, int name, void *value, socklen_t *size);
int __wrap_getsockopt(int fd, int level, int name, void *value, socklen_t *size)
{
    const struct sim_file *file = file_of(fd, SIM_SOCKET);
    uint32_t memory[SK_MEMINFO_VARS] = {0};
    int number = 1 << 20;

    if (file == NULL)
        return -1;
    if (level == SOL_SOCKET && name == SO_MEMINFO) {
        memory[SK_MEMINFO_DROPS] = file->dropped;
        memory[SK_MEMINFO_RMEM_ALLOC] = (uint32_t)file->queue_count * 768;
        memcpy(value, memory, *size);
        return 0;
    }
    if (level == IPPROTO_UDP && name == UDP_SEGMENT && !machine.can_segment) {
        errno = ENOPROTOOPT;
        return -1;
    }
    if (level == IPPROTO_IP && name == IP_MTU)
        number = 1500;
    memcpy(value, &number, *size < sizeof number ? *size : sizeof number);
    return 0;
}

static void forget_watch(int fd)
{
    for (int i = 0; i < world.files_end; i++) {
        struct sim_file *file = &world.files[i];
        for (size_t j = 0; file->kind == SIM_EPOLL && j < file->watch_count; j++)
            if (file->watches[j].fd == fd)
                file->watches[j--] = file->watches[--file->watch_count];
    }
}

static void close_socket(struct sim_file *file)
{
    while (file->queue_count > 0) {
        uint16_t index = file->queue[file->queue_first];
        file->queue_first = (file->queue_first + 1) % SIM_QUEUE;
        file->queue_count--;
        if (machine.events.unread != NULL)
            machine.events.unread(&world.packets[index]);
        release_packet(index);
    }
    world.closed_port = file->local.port;
}

int __real_close(int fd);
int __wrap_close(int fd);
int __wrap_close(int fd)
{
    struct sim_file *file = &world.files[fd < FIRST_FD ? 0 : fd - FIRST_FD];

    if (fd < FIRST_FD)
        return __real_close(fd);
    if (fd >= FIRST_FD + FILES || file->kind == SIM_CLOSED) {
        sim_wrong("descriptor %d is closed, and closed again", fd);
        errno = EBADF;
        return -1;
    }
    if (file->kind == SIM_SOCKET)
        close_socket(file);
    forget_watch(fd);
    free(file->errors);
    free(file->watches);
    *file = (struct sim_file){.kind = SIM_CLOSED};
    return 0;
}

/* ---- eventfd(2) */

int __wrap_eventfd(unsigned count, int flags);
int __wrap_eventfd(unsigned count, int flags)
{
    int fd = file_open(SIM_EVENT);

    (void)flags;
    if (fd >= 0)
        world.files[fd - FIRST_FD].count = count;
    return fd;
}

int __wrap_eventfd_write(int fd, eventfd_t count);
int __wrap_eventfd_write(int fd, eventfd_t count)
{
    struct sim_file *file = file_of(fd, SIM_EVENT);

    if (file == NULL)
        return -1;
    file->count += count;
    return 0;
}

int __wrap_eventfd_read(int fd, eventfd_t *count);
int __wrap_eventfd_read(int fd, eventfd_t *count)
{
    struct sim_file *file = file_of(fd, SIM_EVENT);

    if (file == NULL)
        return -1;
    errno = EAGAIN;
    if (file->count == 0)
        return -1;
    *count = file->count;
    file->count = 0;
    return 0;
}

/* ---- what is ready */

static unsigned watched_events(int fd);

static bool epoll_is_ready(const struct sim_file *file)
{
    for (size_t i = 0; i < file->watch_count; i++)
        if (watched_events(file->watches[i].fd) & (file->watches[i].event.events | EPOLLERR))
            return true;
    return false;
}

/* The bits of poll(2) are those of epoll(7). */
static unsigned watched_events(int fd)
{
    const struct sim_file *file = &world.files[fd < FIRST_FD ? 0 : fd - FIRST_FD];

    if (fd < FIRST_FD || fd >= FIRST_FD + FILES)
        return 0;
    switch (file->kind) {
    case SIM_SOCKET:
        return (file->queue_count > 0 ? POLLIN : 0u) | POLLOUT |
               (file->error_count > 0 || file->pending != 0 ? POLLERR : 0u);
    case SIM_EVENT:
        return file->count > 0 ? POLLIN : 0;
    case SIM_EPOLL:
        return epoll_is_ready(file) ? POLLIN : 0;
    case SIM_CLOSED:
        break;
    }
    return 0;
}

static int mark_ready(struct pollfd *polled, size_t count)
{
    int ready = 0;

    for (size_t i = 0; i < count; i++) {
        unsigned wanted = (unsigned)polled[i].events | POLLERR;
        polled[i].revents = polled[i].fd < 0 ? 0 : (short)(watched_events(polled[i].fd) & wanted);
        ready += polled[i].revents != 0;
    }
    return ready;
}

static int list_ready(struct sim_file *file, struct epoll_event *out, int room)
{
    int ready = 0;
    size_t count = file->watch_count;

    for (size_t i = 0; i < count && ready < room; i++) {
        const struct sim_watch *watch = &file->watches[(file->watch_next + i) % count];
        unsigned events = watched_events(watch->fd) & (watch->event.events | EPOLLERR);
        if (events == 0)
            continue;
        out[ready] = watch->event;
        out[ready++].events = events;
    }
    if (count > 0)
        file->watch_next = (file->watch_next + 1) % count;
    return ready;
}

static bool task_is_ready(const struct sim_task *task)
{
    if (task->until_ns <= world.now_ns)
        return true;
    if (task->epoll_fd >= 0)
        return watched_events(task->epoll_fd) != 0;
    for (size_t i = 0; i < task->polled_count; i++)
        if (task->polled[i].fd >= 0 &&
            (watched_events(task->polled[i].fd) & ((unsigned)task->polled[i].events | POLLERR)))
            return true;
    return false;
}

/* ---- tasks */

static void run_task(void)
{
    world.current->run(world.current->argument);
    world.current->ended = true;
    swapcontext(&world.current->context, &world.scheduler);
}

static size_t find_unused_task(void)
{
    size_t i = 0;

    while (i < TASKS && world.tasks[i].used)
        i++;
    if (i == TASKS)
        abort();
    if (stacks[i] == NULL)
        stacks[i] = __real_malloc(STACK_BYTES);
    return i;
}

/* stack: of the new context. */
static void make_context(ucontext_t *context, void *stack)
{
    getcontext(context);
    context->uc_stack.ss_sp = stack;
    context->uc_stack.ss_size = STACK_BYTES;
    makecontext(context, run_task, 0);
}

void sim_spawn(void *(*run)(void *argument), void *argument)
{
    const size_t i = find_unused_task();

    world.tasks[i] = (struct sim_task){.run = run, .argument = argument, .used = true};
    make_context(&world.tasks[i].context, stacks[i]);
}

int __wrap_thread_start(pthread_t *thread, void *(*run)(void *argument), void *argument);
int __wrap_thread_start(pthread_t *thread, void *(*run)(void *argument), void *argument)
{
    memset(thread, 0, sizeof *thread);
    sim_spawn(run, argument);
    return 0;
}

void __wrap_thread_wake_exactly(void);
void __wrap_thread_wake_exactly(void)
{
}

int __wrap_pthread_join(pthread_t thread, void **result);
int __wrap_pthread_join(pthread_t thread, void **result)
{
    (void)thread;
    (void)result;
    return 0;
}

/* Time passes until the task's wait ends. Returns false if it was interrupted. */
static bool task_wait(struct sim_task *task, int64_t until_ns)
{
    task->until_ns = until_ns;
    task->waits = true;
    swapcontext(&task->context, &world.scheduler);
    task->waits = false;
    if (!sim_percent(machine.interrupts))
        return true;
    errno = EINTR;
    return false;
}

static int64_t until_of(const struct timespec *timeout)
{
    return timeout == NULL
               ? INT64_MAX
               : world.now_ns + (int64_t)timeout->tv_sec * UNITS_NS_PER_S + timeout->tv_nsec;
}

int __wrap_ppoll(struct pollfd *polled, nfds_t count, const struct timespec *timeout,
                 const sigset_t *mask);
int __wrap_ppoll(struct pollfd *polled, nfds_t count, const struct timespec *timeout,
                 const sigset_t *mask)
{
    struct sim_task *task = world.current;

    (void)mask;
    deliver_due();
    if (task != NULL && until_of(timeout) > world.now_ns) {
        task->polled = polled;
        task->polled_count = count;
        task->epoll_fd = -1;
        if (!task_wait(task, until_of(timeout)))
            return -1;
    }
    return mark_ready(polled, count);
}

int __wrap_epoll_pwait2(int fd, struct epoll_event *events, int room,
                        const struct timespec *timeout, const sigset_t *mask);
int __wrap_epoll_pwait2(int fd, struct epoll_event *events, int room,
                        const struct timespec *timeout, const sigset_t *mask)
{
    struct sim_task *task = world.current;
    struct sim_file *file = file_of(fd, SIM_EPOLL);

    (void)mask;
    deliver_due();
    if (task != NULL && until_of(timeout) > world.now_ns) {
        task->epoll_fd = fd;
        if (!task_wait(task, until_of(timeout)))
            return -1;
    }
    return file == NULL ? -1 : list_ready(file, events, room);
}

int __wrap_epoll_wait(int fd, struct epoll_event *events, int room, int timeout_ms);
int __wrap_epoll_wait(int fd, struct epoll_event *events, int room, int timeout_ms)
{
    const struct timespec timeout = {.tv_sec = timeout_ms / 1000,
                                     .tv_nsec = timeout_ms % 1000 * UNITS_NS_PER_MS};

    return __wrap_epoll_pwait2(fd, events, room, timeout_ms < 0 ? NULL : &timeout, NULL);
}

int __wrap_epoll_create1(int flags);
int __wrap_epoll_create1(int flags)
{
    int fd = file_open(SIM_EPOLL);

    (void)flags;
    if (fd >= 0)
        world.files[fd - FIRST_FD].watches = __real_calloc(WATCHED, sizeof(struct sim_watch));
    return fd;
}

int __wrap_epoll_ctl(int epoll_fd, int operation, int fd, struct epoll_event *event);
int __wrap_epoll_ctl(int epoll_fd, int operation, int fd, struct epoll_event *event)
{
    struct sim_file *file = file_of(epoll_fd, SIM_EPOLL);

    if (file == NULL || operation == EPOLL_CTL_DEL)
        return -1;
    for (size_t i = 0; operation == EPOLL_CTL_MOD && i < file->watch_count; i++)
        if (file->watches[i].fd == fd)
            file->watches[i].event = *event;
    if (operation == EPOLL_CTL_ADD)
        file->watches[file->watch_count++] = (struct sim_watch){.fd = fd, .event = *event};
    return 0;
}

/* ---- the scheduler */

static int64_t next_event_ns(void)
{
    int64_t next_ns = world.heap_count > 0 ? world.packets[world.heap[0]].due_ns : INT64_MAX;

    for (size_t i = 0; i < TASKS; i++)
        if (world.tasks[i].used && !world.tasks[i].ended && world.tasks[i].waits &&
            world.tasks[i].until_ns < next_ns)
            next_ns = world.tasks[i].until_ns;
    return next_ns;
}

static int64_t lateness_ns(void)
{
    if (sim_percent(machine.sleeps))
        return (int64_t)sim_below(120) * UNITS_NS_PER_S;
    if (sim_percent(machine.late))
        return (int64_t)sim_below(200) * UNITS_NS_PER_MS;
    return sim_below(60 * 1000);
}

static struct sim_task *find_ready(void)
{
    size_t first = sim_below(TASKS);

    for (size_t i = 0; i < TASKS; i++) {
        struct sim_task *task = &world.tasks[(first + i) % TASKS];
        if (task->used && !task->ended && (!task->waits || task_is_ready(task)))
            return task;
    }
    return NULL;
}

static bool all_ended(void)
{
    for (size_t i = 0; i < TASKS; i++)
        if (world.tasks[i].used && !world.tasks[i].ended)
            return false;
    return true;
}

static void one_step(void)
{
    world.steps++;
    world.over = world.steps >= world.steps_left;
    if (sim_percent(machine.clock_steps))
        step_clock();
    if (machine.events.step != NULL)
        machine.events.step();
}

/* Time goes to the next event, or a little past it. */
static void move_on(void)
{
    int64_t next_ns = next_event_ns();

    if (next_ns == INT64_MAX)
        next_ns = world.now_ns + UNITS_NS_PER_MS;
    if (next_ns > world.now_ns)
        world.now_ns = next_ns;
    world.now_ns += lateness_ns();
    deliver_due();
}

void sim_run(void)
{
    unsigned idle = 0;

    while (!all_ended()) {
        struct sim_task *task = find_ready();
        if (task == NULL) {
            move_on();
            if (idle++ % 64 == 63)
                one_step();
            if (idle > IDLE_MAX) {
                sim_wrong("it waits for ever");
                return;
            }
            continue;
        }
        idle = 0;
        world.current = task;
        swapcontext(&world.scheduler, &task->context);
        world.current = NULL;
        one_step();
    }
    memset(world.tasks, 0, sizeof world.tasks);
}

bool sim_is_over(void)
{
    return world.over;
}

/* ---- clocks, chance and memory of the C library */

int __wrap_clock_gettime(clockid_t clock, struct timespec *out);
int __wrap_clock_gettime(clockid_t clock, struct timespec *out)
{
    int64_t ns = world.now_ns += 40; /* a call takes time */

    if (clock == CLOCK_REALTIME)
        ns += world.wall_offset_ns;
    *out = (struct timespec){.tv_sec = ns / UNITS_NS_PER_S, .tv_nsec = ns % UNITS_NS_PER_S};
    return 0;
}

int __wrap_nanosleep(const struct timespec *time, struct timespec *left);
int __wrap_nanosleep(const struct timespec *time, struct timespec *left)
{
    (void)left;
    sim_advance_ns((int64_t)time->tv_sec * UNITS_NS_PER_S + time->tv_nsec);
    return 0;
}

int __wrap_adjtimex(struct timex *state);
int __wrap_adjtimex(struct timex *state)
{
    state->maxerror = 1000;
    state->status = world.seed % 2 ? STA_UNSYNC : 0;
    return world.seed % 2 ? TIME_ERROR : TIME_OK;
}

int __wrap_getrlimit(int resource, struct rlimit *limit);
int __wrap_getrlimit(int resource, struct rlimit *limit)
{
    (void)resource;
    *limit = (struct rlimit){.rlim_cur = FILES, .rlim_max = FILES};
    return 0;
}

ssize_t __wrap_getrandom(void *out, size_t size, unsigned flags);
ssize_t __wrap_getrandom(void *out, size_t size, unsigned flags)
{
    uint8_t *bytes = out;

    (void)flags;
    for (size_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)sim_draw();
    return (ssize_t)size;
}

static bool memory_fails(void)
{
    return world.current != NULL && machine.memory_fails > 0 &&
           sim_below(1000) < machine.memory_fails;
}

void *__wrap_malloc(size_t size);
void *__wrap_malloc(size_t size)
{
    return memory_fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size)
{
    return memory_fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size);
void *__wrap_realloc(void *old, size_t size)
{
    return memory_fails() ? NULL : __real_realloc(old, size);
}

/* ---- net/own: no address of this machine is known */

void __wrap_own_open(struct own *own);
void __wrap_own_open(struct own *own)
{
    *own = (struct own){.fd = -1};
}

void __wrap_own_refresh(struct own *own);
void __wrap_own_refresh(struct own *own)
{
    (void)own;
}

void __wrap_own_close(struct own *own);
void __wrap_own_close(struct own *own)
{
    (void)own;
}

void sim_draw_impairments(struct impair_config *impair)
{
    static const char *const texts[] = {
        "off",
        "loss=30%",
        "out.loss=30%",
        "dup=50%",
        "delay=5ms+-4ms",
        "reorder=30%,delay=2ms",
        "corrupt=30%",
        "kurose,out.loss=20%",
        "rate=1000/s",
        "loss=10%,dup=10%,delay=1ms,corrupt=5%",
    };

    *impair = (struct impair_config){.seed = sim_draw()};
    impair_parse(texts[sim_below(COUNT_OF(texts))], impair);
}

/* ---- one world */

static void world_begin(uint64_t seed, const struct sim_program *program)
{
    memset(world.files, 0, (size_t)world.files_end * sizeof *world.files);
    memset(world.tasks, 0, sizeof world.tasks);
    world.seed = world.state = seed;
    world.now_ns = began_ns;
    world.wall_offset_ns = (int64_t)1e18;
    world.stepped_ns = INT64_MIN;
    world.offset_count = 0;
    world.files_end = 0;
    world.order = world.heap_count = 0;
    for (world.free_count = 0; world.free_count < PACKETS; world.free_count++)
        world.free[world.free_count] = (uint16_t)world.free_count;
    world.closed_port = 0;
    world.next_port = (uint16_t)(PORTS_FROM + sim_below(20000));
    world.steps = 0;
    world.over = false;
    world.steps_left = 1 + sim_below(program->steps);
    if (steps_limit != 0)
        world.steps_left = steps_limit;
    world.problem[0] = '\0';
    machine = (struct sim_machine){.queue = SIM_QUEUE,
                                   .can_segment = true,
                                   .can_group = true,
                                   .address = {.family = ENDPOINT_IPV4, .address = {192, 0, 2, 1}}};
}

/* Nothing is left open. */
static void world_end(void)
{
    machine = (struct sim_machine){.queue = 0};
    for (int i = 0; i < world.files_end; i++) {
        if (world.files[i].kind == SIM_CLOSED)
            continue;
        sim_wrong("descriptor %d is still open", FIRST_FD + i);
        __wrap_close(FIRST_FD + i);
    }
}

/* Returns whether all held. */
static bool play_seed(uint64_t seed, const struct sim_program *program)
{
    world_begin(seed, program);
    program->play();
    world_end();
    return world.problem[0] == '\0';
}

const char *sim_play_input(const struct sim_program *program, const uint8_t *bytes, size_t size)
{
    sim_input.at = bytes;
    sim_input.left = size;
    bool good = play_seed(1, program);
    sim_input.left = 0;
    return good ? NULL : world.problem;
}

/* The fewest steps with which the seed fails. */
static unsigned shrink(uint64_t seed, const struct sim_program *program)
{
    unsigned most = world.steps_left;

    for (steps_limit = 1; steps_limit < most; steps_limit++)
        if (!play_seed(seed, program))
            break;
    most = steps_limit;
    play_seed(seed, program);
    steps_limit = 0;
    return most;
}

/* Returns how many seeds failed, each with a line; it stops after some. */
static unsigned play_seeds(uint64_t first, uint64_t count, bool show,
                           const struct sim_program *program)
{
    unsigned failed = 0;

    for (uint64_t seed = first; seed < first + count && failed < (show ? FAILURES_MAX : 1);
         seed++) {
        if (play_seed(seed, program))
            continue;
        failed++;
        if (!show)
            continue;
        printf("# seed %" PRIu64 ": %s\n", seed, world.problem);
        if (!verbose) {
            unsigned steps = shrink(seed, program);
            printf("# %u steps suffice: %s\n# again: tests/sim/%s -v %" PRIu64 "\n", steps,
                   world.problem, program->name, seed);
        }
        fflush(stdout);
    }
    return failed;
}

static uint64_t number_of(const char *text, uint64_t otherwise)
{
    return text != NULL && text[0] != '\0' ? strtoull(text, NULL, 10) : otherwise;
}

int sim_main(int argc, char **argv, const struct sim_program *program)
{
#if defined __SANITIZE_THREAD__
    printf("1..0 # SKIP one thread, with several stacks\n");
    return 77;
#endif
    uint64_t first = number_of(getenv("SEED"), 1);
    uint64_t count = number_of(getenv("SIM_SEEDS"), program->seeds);
    bool good, found;

    if (argc > 1 && strcmp(argv[1], "-v") == 0) {
        verbose = true;
        argv++;
        argc--;
    }
    if (argc > 1) {
        first = number_of(argv[1], 1);
        count = argc > 2 ? number_of(argv[2], 1) : 1;
    }
    good = play_seeds(first, count, true, program) == 0;
    printf("%s 1 - %s in %" PRIu64 " worlds\n", good ? "ok" : "not ok", program->holds, count);
    if (argc > 1) {
        puts("1..1");
        return good ? 0 : 1;
    }
    planted = true;
    found = play_seeds(1, program->planted_seeds, false, program) > 0;
    printf("%s 2 - %s is found\n1..2\n", found ? "ok" : "not ok", program->planted);
    return good && found ? 0 : 1;
}
