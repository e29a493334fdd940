/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* capture_zstd_none: known, but not read. */
#include "decoder_internal.h"

const struct decoder decoder_zstd = {
    .name = "zstd", .magic = "\x28\xb5\x2f\xfd", .need = "libzstd"};
