/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ladder_view: see the header. */
#include "udptui/proto/ladder_view.h"

#include <stdio.h>
#include <string.h>

enum ladder_view ladder_view_next(enum ladder_view view)
{
    return (view + 1) % LADDER_VIEWS;
}

/* ---- what is known */

static bool view_departs(const struct ladder_viewer *viewer, const struct ladder_leg *leg)
{
    return leg->to_right == (viewer->view == LADDER_VIEW_CLIENT);
}

static bool view_is_near(const struct ladder_viewer *viewer, const struct ladder_leg *leg)
{
    return !viewer->middle || leg->right_gap == (viewer->view == LADDER_VIEW_SERVER);
}

/* What a socket of the viewer delivered. */
static bool view_is_delivered(const struct ladder_viewer *viewer, const struct ladder_leg *leg)
{
    return view_is_near(viewer, leg) && !view_departs(viewer, leg) && leg->end == LADDER_ARRIVED &&
           !leg->reconstructed && !leg->kernel;
}

/* The network makes copies, and the kernel makes ICMP messages: no socket of the viewer sent them. */
static bool view_is_own(const struct ladder_viewer *viewer, const struct ladder_leg *leg)
{
    return view_is_near(viewer, leg) && view_departs(viewer, leg) && !leg->copy && !leg->error &&
           !leg->kernel;
}

static void view_hide_note(const struct ladder_viewer *viewer, struct ladder_leg *leg)
{
    uint8_t own = viewer->view == LADDER_VIEW_CLIENT ? LADDER_SIDE_LEFT : LADDER_SIDE_RIGHT;

    if (leg->note_at != own)
        memset(leg->note, 0, sizeof leg->note);
}

/* The label begins with the payload as sent: of one that was changed, its number alone is true. */
static void view_hide_payload(struct ladder_leg *leg)
{
    memset(leg->label, 0, sizeof leg->label);
    if (leg->number != 0)
        snprintf(leg->label, sizeof leg->label, "#%llu", (unsigned long long)leg->number);
}

static void view_receive(const struct ladder_viewer *viewer, struct ladder_leg *leg)
{
    view_hide_note(viewer, leg);
    if (leg->corrupt)
        view_hide_payload(leg);
    leg->corrupt = leg->copy = false;
    leg->origin_unseen = true;
    leg->depart_ns = leg->arrive_ns;
    if (viewer->view != LADDER_VIEW_CLIENT)
        leg->rtt_ns = 0;
}

static bool view_is_answered(const struct ladder_viewer *viewer, const struct ladder_leg *legs,
                             size_t count, uint64_t number)
{
    for (size_t i = 0; i < count; i++)
        if (legs[i].number == number && view_is_delivered(viewer, &legs[i]))
            return true;
    return false;
}

static void view_send(const struct ladder_viewer *viewer, struct ladder_leg *leg, bool silent)
{
    if (leg->end == LADDER_UNSENT || leg->end == LADDER_EVENT)
        return;
    leg->end = LADDER_SENT;
    leg->arrive_ns = leg->rtt_ns = 0;
    leg->corrupt = false;
    view_hide_note(viewer, leg);
    if (silent && leg->note[0] == '\0')
        snprintf(leg->note, sizeof leg->note, "%s", viewer->silence);
}

/* Whether the client waits for a reply to it, and none came. */
static bool view_is_silent(const struct ladder_viewer *viewer, const struct ladder_leg *legs,
                           size_t count, const struct ladder_leg *leg)
{
    return viewer->view == LADDER_VIEW_CLIENT && leg->number != 0 && !leg->reconstructed &&
           !view_is_answered(viewer, legs, count, leg->number);
}

/* Notes of silence come first, as `out` may be `legs`, whose arrivals change below. */
size_t ladder_view_legs(const struct ladder_viewer *viewer, const struct ladder_leg *legs,
                        size_t count, struct ladder_leg *out)
{
    size_t known = 0;

    if (out != legs)
        memcpy(out, legs, count * sizeof *legs);
    if (viewer->view == LADDER_VIEW_ALL)
        return count;
    for (size_t i = 0; i < count; i++)
        if (view_is_own(viewer, &out[i]))
            view_send(viewer, &out[i], view_is_silent(viewer, out, count, &out[i]));
    for (size_t i = 0; i < count; i++) {
        bool delivered = view_is_delivered(viewer, &out[i]);
        if (!delivered && !view_is_own(viewer, &out[i]))
            continue;
        out[known] = out[i];
        if (delivered)
            view_receive(viewer, &out[known]);
        known++;
    }
    ladder_sort_legs(out, known); /* by the viewer's times */
    return known;
}
