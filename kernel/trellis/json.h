/* SPDX-License-Identifier: GPL-2.0-only */
/* JSON (RFC 8259) from one line of input. Debian has no static JSON library, and a small strict reader is all we need. */
#ifndef TRELLIS_JSON_H
#define TRELLIS_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include "arena.h"

enum json_kind { JSON_NULL, JSON_BOOLEAN, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

struct json {
	enum json_kind kind;
	const char *name; /* as member of an object */
	const char *text; /* of a string: UTF-8, without NUL inside */
	double number;	  /* of a boolean: 0 or 1 */
	size_t count;	  /* of an array or object */
	struct json *first, *next;
};

/* Changes `line`, which must live as long as the result. NULL and a message on bad input. */
const struct json *json_parse(struct arena *arena, char *line, size_t length, char *error, size_t error_size);
const struct json *json_member(const struct json *object, const char *name);

#endif
