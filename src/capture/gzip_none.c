/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* capture_gzip_none: known, but not read. */
#include "decoder_internal.h"

const struct decoder decoder_gzip = {.name = "gzip", .magic = "\x1f\x8b", .need = "zlib"};
