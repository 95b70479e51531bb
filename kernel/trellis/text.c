// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "text.h"

static char *room(struct text *text, size_t more)
{
	if (text->length + more > text->size) {
		size_t size = text->size ? text->size : 4096;

		while (size < text->length + more)
			size *= 2;
		text->bytes = realloc(text->bytes, size);
		if (!text->bytes) {
			fprintf(stderr, "trellis: out of memory\n");
			exit(1);
		}
		text->size = size;
	}
	return text->bytes + text->length;
}

void text_add(struct text *text, const char *bytes, size_t length)
{
	memcpy(room(text, length), bytes, length);
	text->length += length;
}

void text_put(struct text *text, const char *string)
{
	text_add(text, string, strlen(string));
}

void text_format(struct text *text, const char *format, ...)
{
	va_list arguments, again;
	int n;

	va_start(arguments, format);
	va_copy(again, arguments);
	n = vsnprintf(NULL, 0, format, arguments);
	vsnprintf(room(text, n + 1), n + 1, format, again);
	text->length += n;
	va_end(again);
	va_end(arguments);
}

void text_json(struct text *text, const char *string)
{
	const char *plain = string;

	if (!string) {
		text_put(text, "null");
		return;
	}
	text_put(text, "\"");
	for (; *string; string++) {
		unsigned char c = *string;

		if (c >= 0x20 && c != '"' && c != '\\')
			continue;
		text_add(text, plain, string - plain);
		if (c < 0x20)
			text_format(text, "\\u%04x", c);
		else
			text_format(text, "\\%c", c);
		plain = string + 1;
	}
	text_add(text, plain, string - plain);
	text_put(text, "\"");
}

void text_number(struct text *text, uint64_t number)
{
	char digits[20];
	size_t n = sizeof(digits);

	do
		digits[--n] = '0' + number % 10;
	while (number /= 10);
	text_add(text, digits + n, sizeof(digits) - n);
}

void text_comma(struct text *text)
{
	char last = text->length ? text->bytes[text->length - 1] : '{';

	if (!strchr("{[:,", last))
		text_put(text, ",");
}

void text_name(struct text *text, const char *name)
{
	text_comma(text);
	text_json(text, name);
	text_put(text, ":");
}

void text_name_json(struct text *text, const char *name, const char *string)
{
	text_name(text, name);
	text_json(text, string);
}

void text_name_number(struct text *text, const char *name, uint64_t number)
{
	text_name(text, name);
	text_number(text, number);
}

void text_name_bool(struct text *text, const char *name, bool value)
{
	text_name(text, name);
	text_put(text, value ? "true" : "false");
}

void text_free(struct text *text)
{
	free(text->bytes);
	*text = (struct text){ 0 };
}
