// SPDX-License-Identifier: GPL-2.0-only
/* Is a field of an op what it should be? Names become paths and arguments of the kernel, so they are checked here, once. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "op.h"

static bool wrong(struct op *op, const char *field, const char *what)
{
	op_fail(op, EINVAL, "%s: %s", field, what);
	return false;
}

bool has(const struct op *op, const char *field)
{
	return json_member(op->in, field) != NULL;
}

static const char *take_text(struct op *op, const char *field)
{
	const struct json *value = json_member(op->in, field);

	if (!value || value->kind != JSON_STRING) {
		wrong(op, field, value ? "must be text" : "is missing");
		return NULL;
	}
	return value->text;
}

static bool only(const char *text, const char *also)
{
	for (; *text; text++) {
		bool letter = (*text | 32) >= 'a' && (*text | 32) <= 'z', digit = *text >= '0' && *text <= '9';

		if (!letter && !digit && !strchr(also, *text))
			return false;
	}
	return true;
}

/* Not ".", not "..", not "-option", no "/": safe as a file name and as an argument. */
bool name_ok(const char *name)
{
	return *name && strlen(name) < NAME_SIZE && *name != '.' && *name != '-' && only(name, "._-");
}

bool device_name_ok(const char *name)
{
	return name_ok(name) && strlen(name) < IFNAMSIZ;
}

bool take_name(struct op *op, const char *field, const char **name)
{
	*name = take_text(op, field);
	if (!*name)
		return false;
	return name_ok(*name) || wrong(op, field, "must be 1 to 128 letters, digits, '.', '_' or '-', not '.' or '-' first");
}

bool take_device(struct op *op, const char *field, const char **name)
{
	*name = take_text(op, field);
	if (!*name)
		return false;
	return device_name_ok(*name) || wrong(op, field, "must be 1 to 15 letters, digits, '.', '_' or '-'");
}

bool take_label(struct op *op, const char *field, const char **label)
{
	*label = take_text(op, field);
	if (!*label)
		return false;
	return (**label && strlen(*label) < 64) || wrong(op, field, "must be 1 to 63 bytes");
}

bool take_mark(struct op *op, const char *field, const char **mark)
{
	*mark = take_text(op, field);
	if (!*mark)
		return false;
	return (!strncmp(*mark, MARK, strlen(MARK)) && strlen(*mark) < 128 && only(*mark, "._-")) ||
	       wrong(op, field, "must begin with \"" MARK "\" and be at most 127 letters, digits, '.', '_' or '-'");
}

bool take_number(struct op *op, const char *field, uint64_t least, uint64_t most, uint64_t *number)
{
	const struct json *value = json_member(op->in, field);

	*number = 0;
	if (!value)
		return wrong(op, field, "is missing");
	if (value->kind == JSON_NUMBER && value->number >= (double)least && value->number <= (double)most) {
		*number = (uint64_t)value->number;
		if ((double)*number == value->number)
			return true;
	}
	op_fail(op, EINVAL, "%s: must be a whole number from %llu to %llu", field, (unsigned long long)least,
		(unsigned long long)most);
	return false;
}

bool take_bool(struct op *op, const char *field, bool *value)
{
	const struct json *in = json_member(op->in, field);

	if (!in || in->kind != JSON_BOOLEAN)
		return wrong(op, field, in ? "must be true or false" : "is missing");
	*value = in->number != 0;
	return true;
}

bool take_mac(struct op *op, const char *field, uint8_t mac[6])
{
	const char *text = take_text(op, field);
	char more;

	if (!text)
		return false;
	if (strlen(text) != 17 || !only(text, ":") ||
	    sscanf(text, "%2hhx:%2hhx:%2hhx:%2hhx:%2hhx:%2hhx%c", &mac[0], &mac[1], &mac[2], &mac[3], &mac[4], &mac[5],
		   &more) != 6)
		return wrong(op, field, "must be like 02:00:00:00:00:01");
	/* IEEE 802-2014 8.2.2: the lowest bit of the first octet makes it a group's address */
	return !(mac[0] & 1) || wrong(op, field, "must not be a group address");
}

bool take_address(struct op *op, const char *field, struct address *address)
{
	const char *text = take_text(op, field);

	return text && (address_parse(text, address) || wrong(op, field, "must be an IPv4 or IPv6 address"));
}

bool take_array(struct op *op, const char *field, const struct json **array)
{
	*array = json_member(op->in, field);
	return (*array && (*array)->kind == JSON_ARRAY) || wrong(op, field, *array ? "must be a list" : "is missing");
}

bool take_networks(struct op *op, const char *field, struct address **list, size_t *count)
{
	const struct json *array;

	*count = 0;
	if (!take_array(op, field, &array))
		return false;
	*list = arena_take(op->arena, array->count * sizeof(**list));
	for (const struct json *item = array->first; item; item = item->next)
		if (item->kind != JSON_STRING || !address_parse_network(item->text, &(*list)[(*count)++]))
			return wrong(op, field, "must hold addresses with a prefix length, as 10.0.0.1/24");
	return true;
}
