// SPDX-License-Identifier: GPL-2.0-only
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "json.h"

#define DEEPEST 16 /* our requests need five levels; without a limit "[[[[…" would use up the stack */

struct reader {
	struct arena *arena;
	char *at, *end, *start;
	const char *problem;
	int depth;
};

static bool fail(struct reader *r, const char *problem)
{
	if (!r->problem)
		r->problem = problem;
	return false;
}

static char peek(struct reader *r)
{
	while (r->at < r->end && (*r->at == ' ' || *r->at == '\t' || *r->at == '\r' || *r->at == '\n'))
		r->at++;
	return r->at < r->end ? *r->at : 0;
}

static bool accept(struct reader *r, char c)
{
	if (peek(r) != c || r->at >= r->end)
		return false;
	r->at++;
	return true;
}

static bool read_hex4(struct reader *r, uint32_t *value)
{
	*value = 0;
	if (r->end - r->at < 4)
		return fail(r, "a \\u escape is cut short");
	for (int i = 0; i < 4; i++) {
		char c = *r->at++;
		uint32_t digit = c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : 16;

		if (digit > 15)
			return fail(r, "a \\u escape is not hexadecimal");
		*value = *value << 4 | digit;
	}
	return true;
}

static char *put_utf8(char *to, uint32_t c)
{
	if (c < 0x80) {
		*to++ = c;
	} else if (c < 0x800) {
		*to++ = 0xc0 | c >> 6;
		*to++ = 0x80 | (c & 63);
	} else if (c < 0x10000) {
		*to++ = 0xe0 | c >> 12;
		*to++ = 0x80 | (c >> 6 & 63);
		*to++ = 0x80 | (c & 63);
	} else {
		*to++ = 0xf0 | c >> 18;
		*to++ = 0x80 | (c >> 12 & 63);
		*to++ = 0x80 | (c >> 6 & 63);
		*to++ = 0x80 | (c & 63);
	}
	return to;
}

static bool read_escape(struct reader *r, char **to)
{
	static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
	char c = r->at < r->end ? *r->at++ : 0;
	const char *name = c ? strchr(names, c) : NULL;
	uint32_t code, low;

	if (name) {
		*(*to)++ = values[name - names];
		return true;
	}
	if (c != 'u')
		return fail(r, "an escape is unknown");
	if (!read_hex4(r, &code))
		return false;
	if (code >= 0xd800 && code < 0xdc00 && r->end - r->at >= 6 && r->at[0] == '\\' && r->at[1] == 'u') {
		r->at += 2;
		if (!read_hex4(r, &low))
			return false;
		if (low < 0xdc00 || low > 0xdfff)
			return fail(r, "a surrogate stands alone");
		code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
	}
	if (code == 0 || (code >= 0xd800 && code < 0xe000))
		return fail(r, "a string holds NUL or a lone surrogate");
	*to = put_utf8(*to, code);
	return true;
}

/* Unescaped in place: what is written is never longer than what was read. */
static bool read_string(struct reader *r, const char **text)
{
	char *to = ++r->at;

	*text = to;
	while (r->at < r->end && *r->at != '"') {
		unsigned char c = *r->at++;

		if (c < 0x20)
			return fail(r, "a string holds a control character");
		if (c != '\\')
			*to++ = c;
		else if (!read_escape(r, &to))
			return false;
	}
	if (r->at >= r->end)
		return fail(r, "a string does not end");
	r->at++;
	*to = 0;
	return true;
}

static bool read_number(struct reader *r, double *number)
{
	char text[40], *end;
	size_t n = 0;

	while (r->at < r->end && n < sizeof(text) - 1 && strchr("+-.0123456789eE", *r->at))
		text[n++] = *r->at++;
	text[n] = 0;
	if (!n || text[0] == '+' || text[0] == '.')
		return fail(r, "this is no value");
	*number = strtod(text, &end);
	return *end ? fail(r, "a number is malformed") : true;
}

static bool read_value(struct reader *r, struct json *value);

static bool read_members(struct reader *r, struct json *value, char close)
{
	struct json **last = &value->first;

	r->at++;
	if (accept(r, close))
		return true;
	do {
		struct json *member = arena_take(r->arena, sizeof(*member));

		if (close == '}') {
			if (peek(r) != '"')
				return fail(r, "a member has no name");
			if (!read_string(r, &member->name))
				return false;
			if (!accept(r, ':'))
				return fail(r, "a colon is missing");
		}
		if (!read_value(r, member))
			return false;
		*last = member;
		last = &member->next;
		value->count++;
	} while (accept(r, ','));
	return accept(r, close) ? true : fail(r, close == '}' ? "an object does not end" : "an array does not end");
}

static bool read_word(struct reader *r, const char *word)
{
	size_t n = strlen(word);

	if ((size_t)(r->end - r->at) < n || memcmp(r->at, word, n))
		return fail(r, "this is no value");
	r->at += n;
	return true;
}

static bool read_value(struct reader *r, struct json *value)
{
	bool good;
	char c = peek(r);

	if (++r->depth > DEEPEST)
		return fail(r, "it is nested too deep");
	switch (c) {
	case '{':
	case '[':
		value->kind = c == '{' ? JSON_OBJECT : JSON_ARRAY;
		good = read_members(r, value, c == '{' ? '}' : ']');
		break;
	case '"':
		value->kind = JSON_STRING;
		good = read_string(r, &value->text);
		break;
	case 't':
	case 'f':
		value->kind = JSON_BOOLEAN;
		value->number = c == 't';
		good = read_word(r, c == 't' ? "true" : "false");
		break;
	case 'n':
		good = read_word(r, "null");
		break;
	default:
		value->kind = JSON_NUMBER;
		good = read_number(r, &value->number);
	}
	r->depth--;
	return good;
}

const struct json *json_parse(struct arena *arena, char *line, size_t length, char *error, size_t error_size)
{
	struct reader r = { .arena = arena, .at = line, .start = line, .end = line + length };
	struct json *value = arena_take(arena, sizeof(*value));

	if (memchr(line, 0, length))
		fail(&r, "it holds a NUL byte");
	else if (read_value(&r, value) && (peek(&r), r.at != r.end))
		fail(&r, "something follows the document");
	if (!r.problem)
		return value;
	snprintf(error, error_size, "not JSON: %s (byte %td)", r.problem, r.at - r.start);
	return NULL;
}

const struct json *json_member(const struct json *object, const char *name)
{
	if (!object || object->kind != JSON_OBJECT)
		return NULL;
	for (const struct json *member = object->first; member; member = member->next)
		if (!strcmp(member->name, name))
			return member->kind == JSON_NULL ? NULL : member;
	return NULL;
}
