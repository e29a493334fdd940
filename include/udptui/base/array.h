/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* array: how many elements an array has. */
#ifndef UDPTUI_BASE_ARRAY_H
#define UDPTUI_BASE_ARRAY_H

/* Of an array, not of a pointer to one (-Wsizeof-pointer-div warns). */
#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

#endif
