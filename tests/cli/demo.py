# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""demo without a screen: a server and clients with real sockets, then the totals."""
import signal

import tap
import udptui


def demo(*options):
    return udptui.run("demo", "--duration", "2s", *options)


@tap.case("demo --no-ui --duration 2s: messages, all acknowledged, status 0, in time")
def lines():
    result = demo("--no-ui").expect(0)
    tap.matches(result.plain, r"\AServer is listening on 127\.0\.0\.1:\d+\n", "stdout")
    tap.true(len(result.out.splitlines()) >= 5, "only few lines:\n" + result.out)
    tap.true(1.9 <= result.took_s, "took only %.2f s" % result.took_s)
    tap.took(result.took_s, 8)
    tap.equal(result.err, "", "stderr")


@tap.case("demo --json: acked = received > 0, from three clients")
def json_lines():
    result = demo("--json").expect(0)
    summary = result.objects("summary")[0]
    udptui.conserved(summary)
    tap.true(summary["acked"] == summary["received"] > 0, "summary %r" % summary)
    senders = {item["from"] for item in result.objects("message")}
    tap.equal((len(senders), summary["clients"]), (3, 3), "clients")


@tap.case("two demos at once do not disturb each other")
def two_at_once():
    demos = [udptui.start("demo", "--json") for _ in range(2)]
    for process in demos:
        process.wait_for(lambda: len({item["from"] for item in process.objects("message")}) >= 3, "three clients")
    for process in demos:
        process.signal(signal.SIGINT)
        tap.equal(process.finish().expect(130).objects("summary")[0]["clients"], 3, "clients")


@tap.case("SIGINT ends it with the totals, status 130")
def interrupted():
    process = udptui.start("demo", "--json")
    process.wait_objects("message", 3)
    process.signal(signal.SIGINT)
    udptui.conserved(process.finish().expect(130).objects("summary")[0])


tap.main()
