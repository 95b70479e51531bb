// SPDX-License-Identifier: GPL-2.0-only
/*
 * For tests: puts a number where no operation would put it, as a fault in trellis or in memory might.
 *   spoil FOLDER MAP KEY-IN-HEX OFFSET [NUMBER]     prints the number that was there
 */
#include <bpf/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv)
{
	unsigned char key[64] = { 0 }, value[256] = { 0 };
	char path[256];
	unsigned int offset, number;
	int map;

	if (argc < 5 || strlen(argv[3]) > 2 * sizeof(key))
		return 2;
	snprintf(path, sizeof(path), "%s/%s", argv[1], argv[2]);
	map = bpf_obj_get(path);
	for (size_t i = 0; argv[3][2 * i]; i++)
		if (sscanf(&argv[3][2 * i], "%2hhx", &key[i]) != 1)
			return 2;
	offset = strtoul(argv[4], NULL, 0);
	if (map < 0 || offset > sizeof(value) - sizeof(number) || bpf_map_lookup_elem(map, key, value)) {
		perror(path);
		return 1;
	}
	memcpy(&number, value + offset, sizeof(number));
	printf("%u\n", number);
	if (argc == 5)
		return 0;
	number = strtoul(argv[5], NULL, 0);
	memcpy(value + offset, &number, sizeof(number));
	if (!bpf_map_update_elem(map, key, value, BPF_ANY))
		return 0;
	perror(path);
	return 1;
}
