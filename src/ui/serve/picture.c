/* SPDX-License-Identifier: GPL-3.0-or-later */
/* picture: see the header. */
#include "udptui/ui/serve/picture.h"

#include <poll.h>
#include <unistd.h>

#include "udptui/base/units.h"
#include "udptui/sys/report.h"
#include "udptui/ui/serve/view.h"
#include "udptui/ui/term.h"

static const int64_t interval_ns = 50 * UNITS_NS_PER_MS;

/* ---- the terminal */

bool picture_take_terminal(bool mouse, bool own_keys, int end_fd)
{
    const struct term_options options = {
        .mouse = mouse, .colour = true, .own_keys = own_keys, .end_fd = end_fd};
    const char *why;

    if (term_open(&options, &why))
        return true;
    report_error("%s: showing lines instead of the screen", why);
    return false;
}

static void resize(struct picture *picture)
{
    int rows, columns;

    term_size(&rows, &columns);
    model_resize(picture->model, rows, columns);
    frame_resize(picture->frame, rows, columns);
}

/* ---- beginning and end */

bool picture_open(struct picture *picture, struct model *model)
{
    *picture = (struct picture){.model = model, .frame = frame_open()};
    if (model != NULL && picture->frame != NULL) {
        resize(picture);
        return true;
    }
    picture_close(picture);
    term_close();
    report_error("not enough memory for the screen: use a smaller --max-clients or --history");
    return false;
}

void picture_close(struct picture *picture)
{
    frame_close(picture->frame);
    model_close(picture->model);
    *picture = (struct picture){.changed = false};
}

/* ---- keys */

bool picture_key(struct picture *picture, struct effects *effects)
{
    struct key key;

    *effects = (struct effects){.quit = false};
    if (!term_read(&key))
        return false;
    picture->key_pressed = true;
    if (key.code == KEY_CODE_RESIZE) {
        resize(picture);
        return true;
    }
    *effects = keys_apply(picture->model, &key);
    if (effects->suspend)
        term_suspend();
    if (effects->redraw)
        term_redraw();
    return true;
}

/* ---- drawing */

/* A terminal that takes no bytes now is not written to: the picture comes when it does. */
static bool terminal_takes_bytes(void)
{
    struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};

    return poll(&out, 1, 0) == 1 && (out.revents & POLLOUT);
}

static void draw(struct picture *picture, int64_t model_ns, int64_t wall_ns)
{
    model_tick(picture->model, model_ns, wall_ns);
    resize(picture);
    view_draw(picture->model, picture->frame);
    term_draw(picture->frame);
    picture->changed = picture->key_pressed = false;
}

void picture_draw_if_due(struct picture *picture, int64_t now_ns, int64_t model_ns, int64_t wall_ns)
{
    bool due = picture->changed && now_ns - picture->drawn_ns >= interval_ns;

    if (!due && !picture->key_pressed && model_ns < model_wake_ns(picture->model))
        return;
    if (terminal_takes_bytes())
        draw(picture, model_ns, wall_ns);
    picture->drawn_ns = now_ns;
}

int64_t picture_next_ns(const struct picture *picture)
{
    int64_t wake_ns = model_wake_ns(picture->model);
    int64_t next_ns = picture->drawn_ns + interval_ns;

    if (wake_ns < next_ns) /* also where the terminal takes no bytes: no spinning */
        wake_ns = next_ns;
    return picture->changed && next_ns < wake_ns ? next_ns : wake_ns;
}
