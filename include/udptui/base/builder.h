/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * builder: text that grows in a buffer of a fixed size.
 *
 * out is terminated after each call. What does not fit is cut between two characters, never within
 * one of UTF-8, and from then on nothing is stored; length continues to count, as that of
 * snprintf(3), so that one pass with a size of 0 measures.
 */
#ifndef UDPTUI_BASE_BUILDER_H
#define UDPTUI_BASE_BUILDER_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct builder {
    char *out; /* not freed */
    size_t size_bytes;
    size_t length; /* of the whole text, in bytes; that of out if it is not cut */
};

/* Begins an empty text in out. With size_bytes 0, out may be NULL. */
struct builder builder_begin(char *out, size_t size_bytes);

/* Continues after the terminated text that out holds. */
struct builder builder_continue(char *out, size_t size_bytes);

/* Adds text: as printf(3), as vprintf(3), and length bytes of UTF-8. */
void builder_add(struct builder *builder, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void builder_add_list(struct builder *builder, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));
void builder_add_bytes(struct builder *builder, const char *bytes, size_t length);

/* An item of a list: the separator stands before it unless the text is empty. */
void builder_add_item(struct builder *builder, const char *separator, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Whether something did not fit. */
bool builder_is_cut(const struct builder *builder);

/* builder_continue and builder_add in one. */
void builder_append(char *out, size_t size_bytes, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
