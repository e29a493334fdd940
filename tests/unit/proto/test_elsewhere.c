/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* elsewhere: each row has a source, fits a line and stands in the manual; the call decides. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <netinet/in.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "../manual.h"
#include "../suite.h"

#include "udptui/proto/call.h"
#include "udptui/proto/elsewhere.h"

static void the_call_decides(void **state)
{
    static const struct {
        enum reason_call call;
        int error;
        const char *windows, *macos;
    } cases[] = {
        {REASON_RECEIVE, ECONNREFUSED, "WSAECONNRESET (10054)", "only if the socket is connected"},
        {REASON_SEND, EMSGSIZE, "WSAEMSGSIZE (10040)", "9,216"},
        {REASON_SEND, EACCES, "WSAEACCES (10013)", "EACCES"},
        {REASON_LISTEN, EACCES, "not documented", "EACCES"},
        {REASON_SOURCE, EADDRINUSE, "WSAEADDRINUSE (10048)", "EADDRINUSE"},
        {REASON_CONNECT, ENETUNREACH, "WSAENETUNREACH (10051)", "ENETUNREACH"},
        {REASON_SEND, ENOBUFS, "WSAENOBUFS (10055)", "ENOBUFS"},
        {REASON_RECEIVE, EAGAIN, "WSAEWOULDBLOCK (10035)", "EAGAIN"},
    };
    char text[ELSEWHERE_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct elsewhere *row = elsewhere_find(cases[i].call, cases[i].error);
        assert_non_null(row);
        assert_non_null(strstr(elsewhere_windows(row, text, sizeof text), cases[i].windows));
        assert_non_null(strstr(elsewhere_macos(row, text, sizeof text), cases[i].macos));
    }
    assert_null(elsewhere_find(REASON_LISTEN, ECONNREFUSED));
    assert_null(elsewhere_find(REASON_OTHER, EMSGSIZE));
    assert_null(elsewhere_find(REASON_RECEIVE, 0));
}

static void assert_system(const struct elsewhere_system *system)
{
    assert_true(strlen(system->report) > 0);
    assert_true(strlen(system->source) > 0);
}

static void each_row_has_its_sources_and_is_in_the_manual(void **state)
{
    const struct elsewhere *row;
    char text[ELSEWHERE_SIZE], name[32];

    (void)state;
    for (size_t i = 0; (row = elsewhere_at(i)) != NULL; i++) {
        assert_system(&row->windows);
        assert_system(&row->macos);
        assert_in_range(strlen(elsewhere_windows(row, text, sizeof text)), 1, sizeof text - 2);
        assert_in_range(strlen(elsewhere_macos(row, text, sizeof text)), 1, sizeof text - 2);
        if (row->error != 0)
            manual_assert_names("udptui-errors.7", "DESCRIPTION", call_error_name(row->error));
        if (sscanf(row->windows.report, "%31[A-Z]", name) == 1)
            manual_assert_names("udptui-errors.7", "DESCRIPTION", name);
    }
}

static void a_call_finds_its_row_and_so_does_a_queued_error(void **state)
{
    struct call call = {
        .kind = CALL_SENDMMSG, .result = -1, .error = EMSGSIZE, .value = MSG_DONTWAIT};

    (void)state;
    assert_ptr_equal(call_elsewhere(&call), elsewhere_find(REASON_SEND, EMSGSIZE));
    call.error = 0;
    assert_null(call_elsewhere(&call));
    call = (struct call){
        .kind = CALL_RECVMSG, .result = 5, .name = ECONNREFUSED, .value = MSG_ERRQUEUE};
    assert_ptr_equal(call_elsewhere(&call), elsewhere_find(REASON_RECEIVE, ECONNREFUSED));
    call = (struct call){.kind = CALL_RECVMSG, .error = EAGAIN, .value = MSG_ERRQUEUE};
    assert_null(call_elsewhere(&call));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(the_call_decides),
    cmocka_unit_test(each_row_has_its_sources_and_is_in_the_manual),
    cmocka_unit_test(a_call_finds_its_row_and_so_does_a_queued_error),
};

const struct suite suite_elsewhere = {
    .name = "elsewhere", .tests = tests, .count = sizeof tests / sizeof *tests};
