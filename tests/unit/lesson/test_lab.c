/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lab: frames as legs, and a real network of namespaces if that is permitted. */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../../src/lesson/child_sockets_internal.h"
#include "../suite.h"

#include "udptui/base/array.h"
#include "udptui/base/units.h"
#include "udptui/lesson/lab.h"

enum { UDP = 17, ICMP = 1, IGMP = 2, HEADERS = 28 };

/* A frame with that label as its payload, from the client to the far host. */
static struct lab_frame frame_of(enum lab_host host, bool far_link, bool out, int64_t wall_ns,
                                 const char *label)
{
    struct lab_frame frame = {.wall_ns = wall_ns,
                              .host = host,
                              .far_link = far_link,
                              .out = out,
                              .size_bytes = HEADERS + strlen(label)};
    const uint8_t header[] = {0x45, 0, 0,  0, 0, 0, 0x40, 0, 64, UDP,
                              0,    0, 10, 0, 0, 1, 10,   0, 1,  1};

    memcpy(frame.bytes, header, sizeof header);
    memcpy(frame.bytes + HEADERS, label, strlen(label));
    return frame;
}

static void what_is_forwarded_is_a_leg_on_each_link(void **state)
{
    struct lab_frame frames[] = {frame_of(LAB_CLIENT, false, true, 10, "7 hello"),
                                 frame_of(LAB_ROUTER, false, false, 20, "7 hello"),
                                 frame_of(LAB_ROUTER, true, true, 30, "7 hello"),
                                 frame_of(LAB_FAR, true, false, 40, "7 hello")};
    struct ladder_leg legs[COUNT_OF(frames)];

    (void)state;
    frames[2].bytes[8] = frames[3].bytes[8] = 63;  /* the router took one from the TTL, */
    frames[2].bytes[10] = frames[3].bytes[10] = 1; /* and changed the checksum */
    assert_int_equal(lab_legs(frames, COUNT_OF(frames), "dropped", legs), 2);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(legs[i].end, LADDER_ARRIVED);
        assert_true(legs[i].to_right);
        assert_string_equal(legs[i].label, "7 hello");
        assert_int_equal(legs[i].number, 7);
        assert_string_equal(legs[i].note, "");
    }
    assert_false(legs[0].right_gap);
    assert_true(legs[1].right_gap);
    assert_int_equal(legs[0].depart_ns, 10);
    assert_int_equal(legs[0].arrive_ns, 20);
    assert_int_equal(legs[1].depart_ns, 30);
    assert_int_equal(legs[1].arrive_ns, 40);
}

static void what_the_router_keeps_is_dropped_there(void **state)
{
    const struct lab_frame frames[] = {frame_of(LAB_ROUTER, false, false, 20, "1"),
                                       frame_of(LAB_CLIENT, false, true, 10, "1")};
    struct ladder_leg legs[COUNT_OF(frames)];

    (void)state;
    assert_int_equal(lab_legs(frames, COUNT_OF(frames), "too big", legs), 1);
    assert_int_equal(legs[0].end, LADDER_DROPPED);
    assert_string_equal(legs[0].note, "too big");
}

static void what_comes_nowhere_is_lost(void **state)
{
    const struct lab_frame frames[] = {frame_of(LAB_CLIENT, false, true, 10, "1"),
                                       frame_of(LAB_ROUTER, false, false, 20, "2")};
    struct ladder_leg legs[COUNT_OF(frames)];

    (void)state;
    assert_int_equal(lab_legs(frames, COUNT_OF(frames), "", legs), 1);
    assert_int_equal(legs[0].end, LADDER_LOST);
}

static void a_broadcast_is_one_leg_and_is_not_to_be_forwarded(void **state)
{
    struct lab_frame frames[] = {frame_of(LAB_CLIENT, false, true, 10, "1"),
                                 frame_of(LAB_ROUTER, false, false, 20, "1"),
                                 frame_of(LAB_NEIGHBOUR, false, false, 21, "1")};
    struct ladder_leg legs[COUNT_OF(frames)];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(frames); i++) {
        frames[i].bytes[18] = 0;
        frames[i].bytes[19] = 255;
    }
    assert_int_equal(lab_legs(frames, COUNT_OF(frames), "dropped", legs), 1);
    assert_int_equal(legs[0].end, LADDER_ARRIVED);
    assert_string_equal(legs[0].note, "");
}

static void an_icmp_message_has_the_number_of_its_datagram(void **state)
{
    const struct lab_frame about = frame_of(LAB_ROUTER, false, true, 10, "9 B");
    const uint8_t icmp[] = {3, 4, 0, 0, 0, 0, 0x05, 0x78};
    struct lab_frame frames[] = {about};
    struct ladder_leg leg;

    (void)state;
    frames[0].bytes[9] = ICMP;
    memcpy(frames[0].bytes + 20, icmp, sizeof icmp);
    memcpy(frames[0].bytes + 28, about.bytes, 40);
    frames[0].size_bytes = 28 + 40;
    assert_int_equal(lab_legs(frames, 1, "", &leg), 1);
    assert_string_equal(leg.label, "ICMP too big, MTU 1400");
    assert_int_equal(leg.number, 9);
    assert_false(leg.to_right);
    assert_true(leg.error);
}

static void an_igmp_report_tells_join_from_leave(void **state)
{
    static const struct {
        uint8_t record;
        const char *label;
    } cases[] = {{4, "IGMP join 239.1.2.3"}, {3, "IGMP leave 239.1.2.3"}, {1, "IGMP report"}};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct lab_frame frame = frame_of(LAB_NEIGHBOUR, false, true, 10, "");
        const uint8_t report[] = {0x22, 0, 0, 0,   0, 0, 0, 1, cases[i].record,
                                  0,    0, 0, 239, 1, 2, 3};
        struct ladder_leg leg;
        frame.bytes[9] = IGMP;
        memcpy(frame.bytes + 20, report, sizeof report);
        frame.size_bytes = 20 + sizeof report;
        assert_int_equal(lab_legs(&frame, 1, "", &leg), 1);
        assert_string_equal(leg.label, cases[i].label);
        assert_true(leg.kernel);
    }
}

/* Random frames: as many legs as frames left, and each label ends. */
static void any_bytes_are_legs(void **state)
{
    struct lab_frame frames[32];
    struct ladder_leg legs[32];

    (void)state;
    srand(5);
    for (int round = 0; round < 2000; round++) {
        size_t out = 0;
        for (size_t i = 0; i < COUNT_OF(frames); i++) {
            frames[i] = frame_of((enum lab_host)(rand() % LAB_HOSTS), rand() % 2, rand() % 2,
                                 rand() % 50, "");
            frames[i].size_bytes = (size_t)(rand() % 1600);
            for (size_t k = 0; k < LAB_HEAD_SIZE; k++)
                frames[i].bytes[k] = (uint8_t)rand();
            out += frames[i].out && frames[i].size_bytes >= HEADERS;
        }
        assert_int_equal(lab_legs(frames, COUNT_OF(frames), "x", legs), out);
        for (size_t i = 0; i < out; i++)
            assert_non_null(memchr(legs[i].label, '\0', sizeof legs[i].label));
    }
}

static void a_note_stands_beside_its_legs(void **state)
{
    struct stage *stage = malloc(sizeof *stage);

    (void)state;
    assert_non_null(stage);
    stage_open(stage, &(struct stage_config){.seed = 1, .stop_fd = -1});
    stage_leg(stage, &(struct ladder_leg){.label = "1 to all"});
    stage_leg(stage, &(struct ladder_leg){.label = "1 to all", .right_gap = true});
    stage_leg(stage, &(struct ladder_leg){.label = "2 to all"});
    lab_note(stage, "1 to all", "nobody");
    assert_string_equal(stage->legs[0].note, "nobody");
    assert_string_equal(stage->legs[1].note, "");
    assert_string_equal(stage->legs[2].note, "");
    stage_close(stage);
    free(stage);
}

static void without_a_lab_a_text_is_a_leg_at_once(void **state)
{
    struct stage *stage = malloc(sizeof *stage);
    struct endpoint local = stage_loopback();
    int64_t wall_ns = 0;
    int leg;

    (void)state;
    assert_non_null(stage);
    stage_open(stage, &(struct stage_config){.seed = 1, .stop_fd = -1});
    struct udp_socket *receiver = stage_receiver(stage, &local, NULL);
    struct udp_socket *client = stage_client(stage, &receiver->local, false, NULL);
    assert_false(lab_receives(stage, receiver, false, &wall_ns));
    assert_int_equal(lab_send_or_draw(stage, false, client, &receiver->local, "1 hello", &leg), 0);
    assert_string_equal(stage->legs[leg].label, "1 hello");
    assert_true(lab_receives(stage, receiver, true, &wall_ns));
    assert_true(wall_ns >= stage->legs[leg].depart_ns);
    stage_close(stage);
    free(stage);
}

static void a_datagram_passes_the_router_of_a_real_lab(void **state)
{
    struct stage *stage = malloc(sizeof *stage);
    struct endpoint far = lab_address(LAB_FAR);
    struct lab lab;
    char bytes[16] = {0};

    (void)state;
    assert_non_null(stage);
    stage_open(stage, &(struct stage_config){.seed = 1, .stop_fd = -1});
    if (!lab_open(&(struct lab_plan){.far_mtu = 1400}, &lab)) {
        free(stage);
        skip();
    }
    far.port = 4010;
    assert_true(lab_bind(&lab.sockets[LAB_FAR][0], &far));
    assert_false(lab_bind(&lab.sockets[LAB_CLIENT][1], &far));
    assert_int_equal(lab_send(stage, &lab.sockets[LAB_CLIENT][0], &far, "5 hello", 0), 0);
    assert_int_equal(stage->leg_count, 0);
    assert_int_equal(stage_receive(stage, &lab.sockets[LAB_FAR][0], bytes, sizeof bytes).size_bytes,
                     7);
    lab_draw(stage, &lab, 0, "dropped");
    assert_int_equal(stage->leg_count, 2);
    assert_string_equal(stage->legs[0].label, "5 hello");
    lab_close(&lab);
    stage_close(stage);
    free(stage);
}

/* ---- the child that makes sockets */

static void ignore_signal(int signal)
{
    (void)signal;
}

/* In the child: so late that its parent waits. */
static bool make_late(const void *context, int *fds)
{
    struct timespec left = {.tv_nsec = 20 * UNITS_NS_PER_MS};

    (void)context;
    while (nanosleep(&left, &left) != 0)
        ;
    return (fds[0] = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) >= 0;
}

static void a_signal_does_not_end_the_wait_for_a_child(void **state)
{
    const struct sigaction action = {.sa_handler = ignore_signal}; /* without SA_RESTART */
    const struct itimerval every_ms = {.it_interval.tv_usec = 1000, .it_value.tv_usec = 1000};
    const struct itimerval off = {.it_value.tv_usec = 0};
    struct sigaction before;
    int fd = -1;

    (void)state;
    assert_int_equal(sigaction(SIGALRM, &action, &before), 0);
    assert_int_equal(setitimer(ITIMER_REAL, &every_ms, NULL), 0);
    bool made = child_sockets_open(make_late, NULL, &fd, 1);
    assert_int_equal(setitimer(ITIMER_REAL, &off, NULL), 0);
    assert_int_equal(sigaction(SIGALRM, &before, NULL), 0);
    assert_true(made);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* no child is left */
    assert_int_equal(close(fd), 0);
}

enum { SENT = 3 };

/* The child may open what its parent may not. */
static bool make_more_than_fit(const void *context, int *fds)
{
    bool made = setrlimit(RLIMIT_NOFILE, context) == 0;

    for (int i = 0; i < SENT; i++) {
        fds[i] = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        made &= fds[i] >= 0;
    }
    return made;
}

/* The lowest descriptor that is free. */
static int next_descriptor(void)
{
    int fd = dup(STDIN_FILENO);

    assert_true(fd >= 0);
    close(fd);
    return fd;
}

/* recv(2), MSG_CTRUNC: the kernel passes on as many as there is room for. */
static void what_does_not_fit_is_closed(void **state)
{
    struct rlimit enough, few;
    int first = next_descriptor(), fds[SENT];

    (void)state;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &enough), 0);
    few = enough;
    few.rlim_cur = (rlim_t)first + SENT; /* the channel's own, and SENT - 1 of theirs, or fewer */
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
    bool made = child_sockets_open(make_more_than_fit, &enough, fds, SENT);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &enough), 0);
    assert_false(made);
    for (int fd = first; fd < (int)few.rlim_cur; fd++)
        assert_int_equal(fcntl(fd, F_GETFD), -1);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(what_is_forwarded_is_a_leg_on_each_link),
    cmocka_unit_test(what_the_router_keeps_is_dropped_there),
    cmocka_unit_test(what_comes_nowhere_is_lost),
    cmocka_unit_test(a_broadcast_is_one_leg_and_is_not_to_be_forwarded),
    cmocka_unit_test(an_icmp_message_has_the_number_of_its_datagram),
    cmocka_unit_test(an_igmp_report_tells_join_from_leave),
    cmocka_unit_test(any_bytes_are_legs),
    cmocka_unit_test(a_note_stands_beside_its_legs),
    cmocka_unit_test(without_a_lab_a_text_is_a_leg_at_once),
    cmocka_unit_test(a_datagram_passes_the_router_of_a_real_lab),
    cmocka_unit_test(a_signal_does_not_end_the_wait_for_a_child),
    cmocka_unit_test(what_does_not_fit_is_closed),
};

const struct suite suite_lab = {.name = "lab", .tests = tests, .count = COUNT_OF(tests)};
