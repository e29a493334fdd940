/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ack: shared by its files. */
#ifndef UDPTUI_PROTO_ACK_INTERNAL_H
#define UDPTUI_PROTO_ACK_INTERNAL_H

#include "udptui/proto/ack.h"

/* As ack_render, of ACK_TEMPLATE. */
size_t ack_render_template(const struct ack_policy *policy, const struct ack_context *context,
                           uint8_t *out, size_t size_bytes, bool *cut);

#endif
