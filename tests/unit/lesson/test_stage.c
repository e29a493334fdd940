/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stage: real sockets and a real server on loopback, the legs that they leave, and what sticks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/base/units.h"
#include "udptui/lesson/stage.h"

static const int64_t answer_timeout_ns = 5 * UNITS_NS_PER_S;

/* A stage is too large for some stacks. */
static int open_stage(void **state)
{
    struct stage *stage = malloc(sizeof *stage);

    if (stage == NULL)
        return -1;
    stage_open(stage, &(struct stage_config){.seed = 7, .stop_fd = -1});
    *state = stage;
    return 0;
}

static int close_stage(void **state)
{
    stage_close(*state);
    free(*state);
    return 0;
}

static void assert_going(const struct stage *stage)
{
    assert_string_equal(stage->error, "");
    assert_true(stage_going(stage));
}

static const struct udp_socket *client_of(struct stage *stage)
{
    return stage_client(stage, &stage->server, true, NULL);
}

/* ---- datagrams between two sockets */

static void a_datagram_that_came_is_a_leg_with_both_times(void **state)
{
    struct stage *stage = *state;
    struct endpoint local = stage_loopback();
    struct udp_socket *receiver = stage_receiver(stage, &local, NULL);
    struct udp_socket *client = stage_client(stage, &receiver->local, true, NULL);
    char bytes[16];
    int leg;

    assert_int_equal(
        stage_send(stage, client,
                   &(struct stage_datagram){
                       .bytes = "hello", .size_bytes = 5, .number = 3, .label = "#3 hello"},
                   &leg),
        0);
    assert_int_equal(stage->legs[leg].end, LADDER_UNDERWAY);
    struct stage_received got = stage_receive(stage, receiver, bytes, sizeof bytes);
    assert_int_equal(got.size_bytes, 5);
    assert_memory_equal(bytes, "hello", 5);
    assert_true(endpoint_equal(&got.from, &client->local));
    assert_false(got.truncated);
    stage_arrive(stage, leg, got.wall_ns, "there");
    assert_int_equal(stage->legs[leg].end, LADDER_ARRIVED);
    assert_int_equal(stage->legs[leg].number, 3);
    assert_true(stage->legs[leg].to_right);
    assert_string_equal(stage->legs[leg].label, "#3 hello");
    assert_string_equal(stage->legs[leg].note, "there");
    assert_true(stage->legs[leg].arrive_ns >= stage->legs[leg].depart_ns);
    assert_true(stage_is_empty(receiver));
    assert_going(stage);
}

static void a_buffer_that_is_too_small_truncates(void **state)
{
    struct stage *stage = *state;
    struct endpoint local = stage_loopback();
    struct udp_socket *receiver = stage_receiver(stage, &local, NULL);
    struct udp_socket *client = stage_client(stage, &receiver->local, true, NULL);
    char bytes[2];

    stage_send(stage, client,
               &(struct stage_datagram){.bytes = "hello", .size_bytes = 5, .label = "hello"}, NULL);
    struct stage_received got = stage_receive(stage, receiver, bytes, sizeof bytes);
    assert_true(got.truncated);
    assert_int_equal(got.size_bytes, 2);
    assert_true(stage_is_empty(receiver));
}

static void what_the_kernel_refuses_never_left(void **state)
{
    struct stage *stage = *state;
    struct endpoint closed = stage_free_port(stage);
    struct udp_socket *client = stage_client(stage, &closed, true, NULL);
    static const uint8_t large[65536];
    int leg;

    int error = stage_send(
        stage, client,
        &(struct stage_datagram){.bytes = large, .size_bytes = sizeof large, .label = "65,536 B"},
        &leg);
    assert_string_equal(stage_errno_name(error), "EMSGSIZE");
    assert_int_equal(stage->legs[leg].end, LADDER_UNSENT);
    assert_string_equal(stage->legs[leg].note, "EMSGSIZE");
    assert_going(stage); /* a lesson may be about just that */
}

static void nothing_comes_within_the_timeout(void **state)
{
    struct stage *stage = *state;
    struct endpoint local = stage_loopback();
    struct udp_socket *receiver = stage_receiver(stage, &local, NULL);
    char bytes[4];

    assert_int_equal(
        stage_receive_within(stage, receiver, bytes, sizeof bytes, UNITS_NS_PER_MS).size_bytes, -1);
    assert_going(stage);
}

/* ---- what sticks */

static void the_first_failure_sticks_and_ends_all(void **state)
{
    struct stage *stage = *state;
    struct endpoint elsewhere = {.family = ENDPOINT_IPV4, .address = {192, 0, 2, 1}};
    char bytes[4];

    struct udp_socket *socket = stage_receiver(stage, &elsewhere, NULL);
    assert_int_equal(socket->fd, -1);
    assert_false(stage_going(stage));
    char *error = strdup(stage->error);
    assert_non_null(strstr(error, "192.0.2.1"));
    stage_fail(stage, "another: %d", 2);
    assert_string_equal(stage->error, error);
    free(error);
    assert_int_equal(stage_receive(stage, socket, bytes, sizeof bytes).size_bytes, -1);
    assert_int_equal(
        stage_send(stage, socket, &(struct stage_datagram){.bytes = "a", .label = "a"}, NULL), 0);
    assert_int_equal(stage->leg_count, 0);
}

static void the_stop_descriptor_ends_a_wait(void **state)
{
    struct stage *stage = *state;
    struct endpoint local = stage_loopback();
    struct udp_socket *receiver = stage_receiver(stage, &local, NULL);
    char bytes[4];

    stage->config.stop_fd = eventfd(1, EFD_CLOEXEC);
    assert_true(stage->config.stop_fd >= 0);
    assert_int_equal(stage_receive(stage, receiver, bytes, sizeof bytes).size_bytes, -1);
    assert_false(stage_going(stage));
    assert_string_equal(stage->error, ""); /* it was asked for */
    close(stage->config.stop_fd);
}

static void too_many_sockets_are_a_failure_and_no_overflow(void **state)
{
    struct stage *stage = *state;
    struct endpoint local = stage_loopback();

    for (int i = 0; i <= STAGE_SOCKETS_MAX; i++)
        assert_non_null(stage_receiver(stage, &local, NULL));
    assert_string_equal(stage->error, "lesson: too many sockets");
    assert_int_equal(stage->socket_count, STAGE_SOCKETS_MAX);
}

/* ---- legs */

static void legs_beyond_the_room_are_left_out(void **state)
{
    struct stage *stage = *state;

    for (int i = 0; i < STAGE_LEGS_MAX; i++)
        assert_int_equal(stage_leg(stage, &(struct ladder_leg){.number = 1}), i);
    assert_int_equal(stage_leg(stage, &(struct ladder_leg){.number = 2}), STAGE_NO_LEG);
    stage_arrive(stage, STAGE_NO_LEG, 5, "nothing to note it on");
    assert_int_equal(stage->leg_count, STAGE_LEGS_MAX);
}

static void a_leg_never_arrives_before_it_departs(void **state)
{
    struct stage *stage = *state;
    int leg = stage_leg(stage, &(struct ladder_leg){.depart_ns = 100, .note = "as it was"});

    stage_arrive(stage, leg, 90, NULL);
    assert_int_equal(stage->legs[leg].arrive_ns, 100);
    assert_string_equal(stage->legs[leg].note, "as it was");
}

static void the_ladder_is_in_order_of_departure_and_else_as_it_was_noted(void **state)
{
    static const int64_t depart_ns[] = {30, 10, 20, 10};
    static const uint64_t order[] = {2, 4, 3, 1};
    struct stage *stage = *state;

    for (size_t i = 0; i < 4; i++)
        stage_leg(stage, &(struct ladder_leg){.depart_ns = depart_ns[i], .number = i + 1});
    stage_finish(stage);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(stage->legs[i].number, order[i]);
}

static void what_happened_and_what_must_have_been_are_marked(void **state)
{
    struct stage *stage = *state;

    stage_happens(stage, true, "recv() = %d", 5);
    stage_reconstruct(stage, 9, false, 1234, "SYN+ACK");
    assert_int_equal(stage->legs[0].end, LADDER_EVENT);
    assert_string_equal(stage->legs[0].label, "recv() = 5");
    assert_true(stage->legs[1].reconstructed);
    assert_int_equal(stage->legs[1].depart_ns, 1234);
    assert_string_equal(stage->legs[1].note, "reconstructed");
}

/* ---- a server behind a simulated network */

/* The number in the next reply "#NUMBER", 0 if none came within the timeout. */
static int receive_number(struct stage *stage, const struct udp_socket *client, int64_t timeout_ns)
{
    char text[STAGE_PAYLOAD_SIZE] = {0};
    struct stage_received got =
        stage_receive_reply(stage, client, text, sizeof text - 1, timeout_ns);

    return got.size_bytes > 1 && text[0] == '#' ? atoi(text + 1) : 0;
}

static void a_server_without_impairments_echoes(void **state)
{
    struct stage *stage = *state;

    stage_serve(stage, "off");
    const struct udp_socket *client = client_of(stage);
    assert_int_equal(stage_ask_number(stage, client, 5), 1);
    assert_int_equal(receive_number(stage, client, answer_timeout_ns), 5);
    stage_settle(stage);
    assert_going(stage);
    assert_int_equal(stage_message(stage, 1)->event.status, ACK_SENT);
    stage_finish(stage);
    assert_int_equal(stage->leg_count, 2);
    assert_true(stage->legs[0].to_right);
    assert_string_equal(stage->legs[0].label, "#5");
    assert_false(stage->legs[1].to_right);
    assert_int_equal(stage->legs[1].rtt_ns,
                     stage->legs[1].arrive_ns - stage_message(stage, 1)->sent_ns);
}

static void a_lost_request_is_a_leg_that_died_and_settles(void **state)
{
    struct stage *stage = *state;

    stage_serve(stage, "in.loss=100%");
    const struct udp_socket *client = client_of(stage);
    stage_ask(stage, client, "hello");
    stage_settle(stage);
    assert_going(stage);
    assert_true(fate_lost_request(&stage_message(stage, 1)->event.fate));
    stage_finish(stage);
    assert_int_equal(stage->leg_count, 1);
    assert_int_equal(stage->legs[0].end, LADDER_LOST);
    assert_string_equal(stage->legs[0].label, "hello");
    assert_string_equal(stage->legs[0].note, "LOST request");
}

static void a_doubled_request_is_two_legs_each_with_its_answer(void **state)
{
    struct stage *stage = *state;
    size_t to_right = 0, copies = 0;

    stage_serve(stage, "in.dup=100%");
    const struct udp_socket *client = client_of(stage);
    stage_ask_number(stage, client, 1);
    assert_int_equal(receive_number(stage, client, answer_timeout_ns), 1);
    assert_int_equal(receive_number(stage, client, answer_timeout_ns), 1);
    stage_settle(stage);
    assert_going(stage);
    stage_finish(stage);
    assert_int_equal(stage->leg_count, 4);
    for (size_t i = 0; i < 4; i++) {
        to_right += stage->legs[i].to_right;
        copies += stage->legs[i].copy;
        assert_int_equal(stage->legs[i].end, LADDER_ARRIVED);
    }
    assert_int_equal(to_right, 2);
    assert_int_equal(copies, 1);
}

static void a_wrong_impairment_is_a_failure_of_the_stage(void **state)
{
    struct stage *stage = *state;

    stage_serve(stage, "nonsense=1");
    assert_false(stage_going(stage));
    assert_null(stage->engine);
    assert_memory_equal(stage->error, "lesson: ", 8);
}

/* ---- other servers */

static void a_rule_answers_what_it_matches_and_the_ack_the_rest(void **state)
{
    const struct stage_service service = {
        .impair = "off", .ack = "none", .rule = "size:2 #2 => #22"};
    struct stage *stage = *state;

    stage_serve_as(stage, &service);
    const struct udp_socket *client = client_of(stage);
    stage_ask_number(stage, client, 1);
    stage_ask_number(stage, client, 2);
    assert_int_equal(receive_number(stage, client, answer_timeout_ns), 22);
    stage_settle(stage);
    assert_going(stage);
    assert_int_equal(stage_message(stage, 1)->event.status, ACK_HELD);
    assert_int_equal(stage_message(stage, 2)->event.status, ACK_SENT);
}

static void a_wrong_rule_or_ack_is_a_failure_of_the_stage(void **state)
{
    const struct stage_service rule = {.impair = "off", .ack = "echo", .rule = "no arrow"};
    const struct stage_service ack = {.impair = "off", .ack = "after 1s"};
    struct stage *stage = *state;

    stage_serve_as(stage, &rule);
    assert_false(stage_going(stage));
    assert_memory_equal(stage->error, "lesson: ", 8);
    stage->error[0] = '\0';
    stage_serve_as(stage, &ack);
    assert_false(stage_going(stage));
    assert_null(stage->engine);
}

static void a_second_server_takes_the_place_of_the_first(void **state)
{
    struct stage *stage = *state;

    stage_serve(stage, "in.loss=100%");
    const struct endpoint first = stage->server;
    stage_serve(stage, "off");
    assert_false(endpoint_equal(&first, &stage->server));
    const struct udp_socket *client = client_of(stage);
    stage_ask_number(stage, client, 3);
    assert_int_equal(receive_number(stage, client, answer_timeout_ns), 3);
    assert_going(stage);
}

static void the_ladder_has_the_notes_of_messages_and_not_those_left_out(void **state)
{
    struct stage *stage = *state;

    stage_serve(stage, "off");
    const struct udp_socket *client = client_of(stage);
    for (int i = 1; i <= 3; i++) {
        stage_ask_number(stage, client, i);
        assert_int_equal(receive_number(stage, client, answer_timeout_ns), i);
    }
    stage_settle(stage);
    stage_note(stage, 3, "%d ms", 7);
    stage_leave_out(stage, 1, 2);
    stage_leave_out(stage, STAGE_MESSAGES_MAX, 9); /* as far as there are any */
    stage_finish(stage);
    assert_int_equal(stage->leg_count, 2);
    assert_string_equal(stage->legs[0].label, "#3");
    assert_string_equal(stage->legs[0].note, "7 ms");
    assert_string_equal(stage->legs[1].note, "");
}

static void messages_beyond_the_room_are_a_failure(void **state)
{
    struct stage *stage = *state;

    stage_serve(stage, "off");
    const struct udp_socket *client = client_of(stage);
    stage->message_count = STAGE_MESSAGES_MAX;
    assert_int_equal(stage_ask(stage, client, "one more"), 0);
    assert_string_equal(stage->error, "lesson: more than 128 messages");
}

#define ON_STAGE(test) cmocka_unit_test_setup_teardown(test, open_stage, close_stage)

static const struct CMUnitTest tests[] = {
    ON_STAGE(a_datagram_that_came_is_a_leg_with_both_times),
    ON_STAGE(a_buffer_that_is_too_small_truncates),
    ON_STAGE(what_the_kernel_refuses_never_left),
    ON_STAGE(nothing_comes_within_the_timeout),
    ON_STAGE(the_first_failure_sticks_and_ends_all),
    ON_STAGE(the_stop_descriptor_ends_a_wait),
    ON_STAGE(too_many_sockets_are_a_failure_and_no_overflow),
    ON_STAGE(legs_beyond_the_room_are_left_out),
    ON_STAGE(a_leg_never_arrives_before_it_departs),
    ON_STAGE(the_ladder_is_in_order_of_departure_and_else_as_it_was_noted),
    ON_STAGE(what_happened_and_what_must_have_been_are_marked),
    ON_STAGE(a_server_without_impairments_echoes),
    ON_STAGE(a_lost_request_is_a_leg_that_died_and_settles),
    ON_STAGE(a_doubled_request_is_two_legs_each_with_its_answer),
    ON_STAGE(a_wrong_impairment_is_a_failure_of_the_stage),
    ON_STAGE(a_rule_answers_what_it_matches_and_the_ack_the_rest),
    ON_STAGE(a_wrong_rule_or_ack_is_a_failure_of_the_stage),
    ON_STAGE(a_second_server_takes_the_place_of_the_first),
    ON_STAGE(the_ladder_has_the_notes_of_messages_and_not_those_left_out),
    ON_STAGE(messages_beyond_the_room_are_a_failure),
};

const struct suite suite_stage = {
    .name = "stage", .tests = tests, .count = sizeof tests / sizeof *tests};
