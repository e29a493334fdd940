/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* saving: which messages count as saved. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include <errno.h>

#include "../../suite.h"
#include "scene.h"

#include "udptui/ui/serve/saving.h"

/* Saves all messages as a file whose name ends so. */
static void save_all(struct scene *scene, const char *suffix, int suffix_length)
{
    char path[64];
    const struct effects effects = {.save = path, .overwrite = true};
    struct saving *saving = NULL;
    int fd;

    snprintf(path, sizeof path, "/tmp/saving-XXXXXX%s", suffix);
    fd = mkstemps(path, suffix_length);
    assert_true(fd >= 0);
    close(fd);
    saving_begin(&saving, scene->model, &effects);
    while (saving_turn(&saving))
        ;
    assert_int_equal(unlink(path), 0);
}

/* It has no datagram that a capture could hold. */
static void what_was_not_sent_is_not_saved_in_a_capture(void **state)
{
    struct scene *scene = scene_open(24, 80, TEXT_UTF8, 4);

    (void)state;
    scene_say(scene, 0, "x", ACK_HELD, 0);
    scene_fail_by_hand(scene, 0, "y", EPERM);
    scene_tell_totals(scene);
    save_all(scene, ".pcap", 5);
    assert_true(scene_shows(scene, "Saved 1 message (1 datagram) to saving-"));
    save_all(scene, ".json", 5);
    assert_true(scene_shows(scene, "Saved 2 messages to saving-"));
    scene_close(scene);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(what_was_not_sent_is_not_saved_in_a_capture),
};

const struct suite suite_serve_saving = {
    .name = "serve_saving", .tests = tests, .count = sizeof tests / sizeof *tests};
