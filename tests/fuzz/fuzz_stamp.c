/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_stamp: any bytes as a STAMP request and as a reply; a reply to a request is one, of its size. */
#include "fuzz.h"
#include "udptui/proto/stamp.h"

const char *const fuzz_words[] = {"\x01", "\xff\xff\xff\xff", "aaaaaaaaaaaaaa",
                                  "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", NULL};

static void check_reply(const uint8_t *bytes, size_t size, const struct stamp_request *request)
{
    size_t reply_size = stamp_reply_bytes(size);
    uint8_t *out = fuzz_allocate(reply_size);
    struct stamp_reply reply = {.request = *request,
                                .session = request->session,
                                .request_ttl = 64},
                       read;

    stamp_write_reply(&reply, bytes, size, out);
    stamp_set_sent(out, 1);
    fuzz_require(stamp_parse_reply(out, reply_size, &read), "a reply is read as one");
    fuzz_require(read.request.sequence == request->sequence && read.request.sent == request->sent,
                 "it has the request's number and time");
    free(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct stamp_request request;
    struct stamp_reply reply;

    if (stamp_parse_request(bytes, size, &request)) {
        stamp_wall_ns_of(request.sent, &request.error);
        check_reply(bytes, size, &request);
    }
    if (stamp_parse_reply(bytes, size, &reply))
        stamp_wall_ns_of(reply.received, &reply.error);
    return 0;
}
