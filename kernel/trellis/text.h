/* SPDX-License-Identifier: GPL-2.0-only */
/* Output that grows, and the little JSON writing there is. */
#ifndef TRELLIS_TEXT_H
#define TRELLIS_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text {
	char *bytes;
	size_t length, size;
};

void text_add(struct text *text, const char *bytes, size_t length);
void text_put(struct text *text, const char *string);
__attribute__((format(printf, 2, 3))) void text_format(struct text *text, const char *format, ...);
void text_json(struct text *text, const char *string); /* quoted and escaped; NULL is null */
void text_number(struct text *text, uint64_t number);
void text_comma(struct text *text); /* unless something was just opened */
void text_free(struct text *text);

/* `"name":` with what separates it from what stands before */
void text_name(struct text *text, const char *name);
void text_name_json(struct text *text, const char *name, const char *string);
void text_name_number(struct text *text, const char *name, uint64_t number);
void text_name_bool(struct text *text, const char *name, bool value);

#endif
