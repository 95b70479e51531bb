// SPDX-License-Identifier: GPL-2.0-only
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "enter.h"
#include "exec.h"
#include "session.h"
#include "trellis.h"

static int usage(void)
{
	fputs("usage: trellis serve  --run DIR --bpf DIR --objects DIR [--hosts DIR --images DIR] [--cgroup NAME]\n"
	      "       trellis capture --run DIR --bpf DIR --objects DIR --device DEVICE …\n"
	      "       trellis attach --run DIR --session NAME … -- ENTER…\n"
	      "       trellis exec   [--seconds N] … -- ENTER…\n"
	      "       trellis enter  --run DIR … -- COMMAND…\n"
	      "       trellis probe  --run DIR --bpf DIR --objects DIR [--hosts DIR]\n"
	      "       trellis pause\n",
	      stderr);
	return 2;
}

static bool read_options(int count, char **arguments, struct options *options)
{
	static const struct option known[] = { { "run", required_argument, NULL, 'r' },
					       { "bpf", required_argument, NULL, 'b' },
					       { "objects", required_argument, NULL, 'o' },
					       { "hosts", required_argument, NULL, 'H' },
					       { "images", required_argument, NULL, 'I' },
					       { "cgroup", required_argument, NULL, 'c' },
					       { 0 } };
	int c;

	while ((c = getopt_long(count, arguments, "", known, NULL)) != -1)
		switch (c) {
		case 'r':
			options->run = optarg;
			break;
		case 'b':
			options->bpf = optarg;
			break;
		case 'o':
			options->objects = optarg;
			break;
		case 'H':
			options->hosts = optarg;
			break;
		case 'c':
			options->cgroup = optarg;
			break;
		case 'I':
			options->images = optarg;
			break;
		default:
			return false;
		}
	return optind == count && options->run && options->bpf && options->objects;
}

int main(int count, char **arguments)
{
	const char *command = count > 1 ? arguments[1] : "";
	struct options options = { 0 };

	if (!strcmp(command, "serve") && read_options(count - 1, arguments + 1, &options))
		return serve(&options);
	if (!strcmp(command, "line") && read_options(count - 1, arguments + 1, &options))
		return delay_line(&options);
	if (!strcmp(command, "probe") && read_options(count - 1, arguments + 1, &options))
		return probe(&options);
	if (!strcmp(command, "listen") && read_options(count - 1, arguments + 1, &options))
		return fast_listen(&options);
	if (!strcmp(command, "paths") && read_options(count - 1, arguments + 1, &options))
		return paths(&options);
	if (!strcmp(command, "capture"))
		return capture(count - 1, arguments + 1);
	if (!strcmp(command, "attach"))
		return attach(count - 1, arguments + 1);
	if (!strcmp(command, "exec"))
		return exec_command(count - 1, arguments + 1);
	if (!strcmp(command, "enter"))
		return enter(count - 1, arguments + 1);
	if (!strcmp(command, "pause")) /* what a container runs so that it goes on */
		for (;;)
			pause();
	return usage();
}
