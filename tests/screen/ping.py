# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""ping in a real terminal: the chart, the histogram, several targets, sizes, and the end."""
import os

import tap
import udptui
from screen import Screen
from udptui import Server


def start(*arguments, columns=80, rows=24):
    screen = Screen(columns, rows)
    screen.run("ping", *arguments, wait="udptui ping|Too small")
    return screen


@tap.case("80x24: counts, chart, times; h shows the histogram, l the logarithmic scale")
def one_target():
    server = Server("--ack", "stamp")
    screen = start("-i", "10ms", "--timeout", "20s", server.text)
    screen.wait_text(r"udptui ping  %s  stamp  44 B every 10\.0 ms" % server.text)
    screen.wait_text(r"sent \d{2,}  received \d{2,}  lost 0 \(0\.00%\)")
    screen.wait_text(r"p50 \d\S* [um]s")
    screen.wait(lambda text: any("⠀" < symbol <= "⣿" for symbol in text), "dots of the chart")
    screen.wait_text(r"server +min \d")
    screen.keys("h")
    screen.wait_text(r"< \S+ [um]s █+ +\d+ +\d+\.\d\d%")
    screen.keys("h", "l")
    screen.wait_text("latest probes, logarithmic")


@tap.case("q ends, the terminal has the summary and the status is that of the lines")
def ends():
    server = Server("--ack", "echo")
    screen = start("-i", "10ms", "--timeout", "20s", server.text)
    screen.wait_text(r"received \d{2,}")
    screen.keys("q")
    screen.wait_text(r"--- %s, mode echo ---" % server.text)
    screen.wait_text(r"sent \d+, received \d+, lost 0")
    screen.wait_prompt()


@tap.case("ping, load: metrics that cannot be written any more are in the title, and why at the end")
def metrics_fail():
    server = Server("--ack", "echo")
    for words in (("ping", "-i", "50ms"), ("load", "--rate", "50/s", "--duration", "1h", "--timeout", "20s")):
        directory = os.path.join(udptui.temporary_directory(), "d")
        os.mkdir(directory)
        screen = Screen(80, 24)
        screen.run(*words, "--metrics", os.path.join(directory, "m"), server.text, wait="udptui %s" % words[0])
        tap.until(lambda: os.listdir(directory), "the file")
        os.rename(directory, directory + "-gone")
        screen.wait_text(r"^ udptui %s .* METRICS FAILED" % words[0])
        screen.keys("q")
        screen.wait_text(r"udptui: --metrics .*: No such file or directory: ")
        screen.wait_prompt()


@tap.case("losses are marks in the chart and a figure, and say why")
def losses():
    target = "127.0.0.1:%d" % udptui.unused_port()
    screen = start("-i", "10ms", target)
    screen.wait_text(r"lost \d{2,} \(100\.00%\)")
    screen.wait_text("port unreachable")
    screen.wait_text(r"^ 127\.0\.0\.1 reports port unreachable .*: nothing listens\n there, or a firewall rejects it")
    screen.wait_text("×××")


@tap.case("several targets: a row each, j and k choose whose chart it is")
def several():
    servers = [Server("--ack", "echo"), Server("--ack", "stamp")]
    screen = start("-i", "10ms", "--timeout", "20s", servers[0].text, servers[1].text)
    screen.wait_text(r"target +sent +loss +latest +p50 +p99 +max")
    screen.wait_row(servers[0].text, "0.00%")
    screen.wait_row(servers[1].text, "0.00%")
    screen.wait_text(r"udptui ping  %s  echo" % servers[0].text)
    screen.keys("j")
    screen.wait_text(r"udptui ping  %s  stamp" % servers[1].text)
    screen.keys("k")
    screen.wait_text(r"udptui ping  %s  echo" % servers[0].text)


@tap.case("30x8 says too small, and it goes on; 120x40 uses what it gets")
def sizes():
    server = Server("--ack", "echo")
    screen = start("-i", "10ms", server.text, columns=30, rows=8)
    screen.wait_text("Too small")
    screen.resize(120, 40)
    screen.wait_text(r"received \d{2,}")
    screen.wait_text(r" stddev \d")  # on a busy machine the longer times may leave no room for that of rtt


@tap.case("the help names the keys, once each, and explains the words of the figures")
def keys():
    screen = start("-i", "10ms", Server("--ack", "echo").text)
    screen.keys("?")
    screen.wait_text("histogram or chart")
    tap.equal(screen.capture().count("histogram or chart"), 1, "times named")
    for word in ("lost", "rtt", "program", "behind", "ipdv", "jitter"):
        screen.wait_text(r"\n +%s  +\w" % word)
    screen.keys("Escape")
    screen.wait_text(r"received \d")


tap.main()
