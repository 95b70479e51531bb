// SPDX-License-Identifier: GPL-2.0-only
/* What can this kernel do? Found by doing it, in a network namespace thrown away with this process (decision 10). */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <linux/magic.h>
#include <linux/pkt_sched.h>
#include <linux/veth.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>
#include "containers.h"
#include "links.h"
#include "run-folder.h"
#include "tc.h"
#include "tcx.h"
#include "trellis.h"

struct probe {
	const struct options *options;
	struct netlink nl;
	uint32_t device;
	int program; /* from_virtual, or -1 */
	struct text names, missing;
};

static void tell(struct probe *p, const char *name, int error)
{
	struct text *to = error ? &p->missing : &p->names;

	if (to->length)
		text_put(to, ",");
	text_json(to, name);
	if (error)
		text_format(to, ":\"%s\"", errno_name(error));
}

static int make_link(struct probe *p, const char *kind, const char *name)
{
	struct ifinfomsg none = { 0 };
	struct op op = { 0 };
	struct rtattr *info;
	struct link link;
	struct batch b;

	batch_open(&b, &p->nl);
	batch_begin(&b, &op, kind, 0, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &none, sizeof(none));
	put_text(&b, IFLA_IFNAME, name);
	info = put_open(&b, IFLA_LINKINFO);
	put_text(&b, IFLA_INFO_KIND, kind);
	put_close(&b, info);
	link_ask(&b, &op, name, &link);
	batch_send(&b);
	p->device = link.index ? link.index : p->device;
	return op.error;
}

/* Whether a switch can have VLANs is the kernel's choice when it is built: CONFIG_BRIDGE_VLAN_FILTERING. */
static int make_vlan_bridge(struct probe *p)
{
	struct ifinfomsg none = { 0 };
	struct rtattr *info, *data;
	struct op op = { 0 };
	struct batch b;

	batch_open(&b, &p->nl);
	batch_begin(&b, &op, "bridge", 0, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &none, sizeof(none));
	put_text(&b, IFLA_IFNAME, "probe-bridge");
	info = put_open(&b, IFLA_LINKINFO);
	put_text(&b, IFLA_INFO_KIND, "bridge");
	data = put_open(&b, IFLA_INFO_DATA);
	put_u8(&b, IFLA_BR_VLAN_FILTERING, 1);
	put_close(&b, data);
	put_close(&b, info);
	batch_send(&b);
	return op.error;
}

static int make_qdisc(struct probe *p, const char *kind, uint16_t type, const void *value, size_t size)
{
	struct tcmsg message = { .tcm_ifindex = p->device, .tcm_parent = TC_H_ROOT };
	struct op op = { 0 };
	struct rtattr *options;
	struct batch b;

	batch_open(&b, &p->nl);
	batch_begin(&b, &op, kind, 0, RTM_NEWQDISC, NLM_F_CREATE | NLM_F_REPLACE, &message, sizeof(message));
	put_text(&b, TCA_KIND, kind);
	if (type) {
		options = put_open(&b, TCA_OPTIONS);
		put(&b, type, value, size);
		if (type == TCA_TBF_PARMS)
			put_u32(&b, TCA_TBF_BURST, 65536);
		put_close(&b, options);
	} else {
		put(&b, TCA_OPTIONS, value, size);
	}
	batch_send(&b);
	return op.error;
}

static void probe_qdiscs(struct probe *p)
{
	struct tc_netem_qopt netem = { .limit = 1000 };
	struct tc_htb_glob htb = { .version = 3, .rate2quantum = 10 };
	struct tc_tbf_qopt tbf = { .rate = { .rate = 1000000, .linklayer = TC_LINKLAYER_ETHERNET }, .limit = 100000 };

	tell(p, "netem", make_qdisc(p, "netem", 0, &netem, sizeof(netem)));
	tell(p, "htb", make_qdisc(p, "htb", TCA_HTB_INIT, &htb, sizeof(htb)));
	tell(p, "tbf", make_qdisc(p, "tbf", TCA_TBF_PARMS, &tbf, sizeof(tbf)));
}

static int load_programs(struct probe *p)
{
	char file[PATH_SIZE];
	struct bpf_object *object;
	struct bpf_program *program;

	if (!run_path(file, p->options->objects, "egre.bpf.o", ""))
		return ENAMETOOLONG;
	object = bpf_object__open_file(file, NULL);
	if (!object || bpf_object__load(object))
		return errno;
	program = bpf_object__find_program_by_name(object, "from_virtual");
	p->program = program ? bpf_program__fd(program) : -1;
	return p->program < 0 ? ENOENT : 0;
}

static void probe_programs(struct probe *p)
{
	int error = load_programs(p);
	struct op op = { 0 };
	struct batch b;

	if (!error) {
		batch_open(&b, &p->nl);
		tc_join_block(&b, &op, p->device);
		tc_fill_block(&b, &op, p->program, false);
		batch_send(&b);
		error = op.error;
	}
	tell(p, "egre-bpf", error);
	tell(p, "tcx", tcx_attach(p->device, p->program));
}

static void probe_xdp(struct probe *p)
{
	static const struct bpf_insn pass[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = XDP_PASS },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	int fd = bpf_prog_load(BPF_PROG_TYPE_XDP, "pass", "GPL", pass, 2, NULL), error = fd < 0 ? errno : 0;

	if (!error)
		error = -bpf_xdp_attach(p->device, fd, XDP_FLAGS_DRV_MODE, NULL);
	tell(p, "xdp", error);
}

static int try_user_namespace(void)
{
	pid_t pid = fork();
	int status = 0;

	if (!pid)
		_exit(unshare(CLONE_NEWUSER | CLONE_NEWNET) ? errno : 0);
	return pid < 0 || waitpid(pid, &status, 0) < 0 || !WIFEXITED(status) ? EIO : WEXITSTATUS(status);
}

/* Done as it will be done: a root file system in the id range of a user namespace, in the folder where hosts are kept. */
static int try_root(const char *hosts, int user)
{
	static const char *const leftovers[] = { "state/probe/work/work", "state/probe/work", "state/probe/upper", "state/probe",
						 "state", "root", "lower", "disk", "" };
	char folder[PATH_SIZE], path[PATH_SIZE];
	struct root_source source = { .image = hosts, .folder = folder, .bundle = folder, .state = "probe", .user = user, .base = 1 };
	const char *doing;
	pid_t pid;
	int status;

	if (!run_path(folder, hosts, ".probe", "") || (mkdir(folder, 0711) && errno != EEXIST))
		return errno ? errno : ENAMETOOLONG;
	pid = fork();
	if (!pid) {
		int error = container_view();

		_exit(error ? error : container_root(&source, &doing));
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0 || !WIFEXITED(status))
		return EIO;
	for (size_t i = 0; i < sizeof(leftovers) / sizeof(*leftovers); i++)
		if (run_path(path, folder, leftovers[i], ""))
			rmdir(path);
	return WEXITSTATUS(status);
}

static int try_vserver(const char *hosts)
{
	char path[64], byte;
	int gate[2], user, error = 0;
	pid_t pid;

	if (access(CRUN, X_OK) || access(INIT, X_OK))
		return ENOENT;
	if (pipe2(gate, O_CLOEXEC))
		return errno;
	pid = syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, NULL, NULL, NULL, 0);
	if (!pid) {
		close(gate[1]);
		_exit(read(gate[0], &byte, 1) != 0);
	}
	close(gate[0]);
	if (pid < 0)
		error = errno;
	for (int i = 0; !error && i < 2; i++) {
		int fd;

		snprintf(path, sizeof(path), "/proc/%d/%s", pid, i ? "gid_map" : "uid_map");
		fd = open(path, O_WRONLY | O_CLOEXEC);
		if (fd < 0 || write(fd, "0 65536 65536\n", 14) != 14)
			error = errno;
		if (fd >= 0)
			close(fd);
	}
	snprintf(path, sizeof(path), "/proc/%d/ns/user", pid);
	user = error ? -1 : open(path, O_RDONLY | O_CLOEXEC);
	if (!error)
		error = user < 0 ? errno : try_root(hosts, user);
	if (user >= 0)
		close(user);
	close(gate[1]);
	if (pid > 0)
		waitpid(pid, NULL, 0);
	return error;
}

static bool is(const char *path, long magic)
{
	struct statfs fs;

	return !statfs(path, &fs) && fs.f_type == magic;
}

/* A version counts when its controllers are there to be used: a hybrid tree has a v2 without any. */
static void probe_cgroups(struct probe *p)
{
	char controllers[256] = "";
	FILE *file = fopen("/sys/fs/cgroup/cgroup.controllers", "re");

	if (!file)
		file = fopen("/sys/fs/cgroup/unified/cgroup.controllers", "re");
	if (file && !fgets(controllers, sizeof(controllers), file))
		controllers[0] = 0;
	if (file)
		fclose(file);
	tell(p, "cgroup-v1",
	     is("/sys/fs/cgroup/memory", CGROUP_SUPER_MAGIC) && is("/sys/fs/cgroup/cpu", CGROUP_SUPER_MAGIC) ? 0 : ENOENT);
	tell(p, "cgroup-v2", strstr(controllers, "cpu") && strstr(controllers, "memory") ? 0 : ENOENT);
}

static int silent(enum libbpf_print_level level, const char *format, va_list arguments)
{
	(void)level, (void)format, (void)arguments;
	return 0;
}

int probe(const struct options *options)
{
	struct probe p = { .options = options, .program = -1 };
	struct text out = { 0 };
	struct utsname name;
	int gretap;

	libbpf_set_print(silent);
	uname(&name);
	probe_cgroups(&p); /* before the network namespace changes what /sys shows */
	tell(&p, "userns", try_user_namespace());
	tell(&p, "disk-limit", access("/dev/loop-control", R_OK | W_OK) || access("/sbin/mkfs.ext4", X_OK) ? errno : 0);
	if (options->hosts)
		tell(&p, "vserver", try_vserver(options->hosts));
	if (unshare(CLONE_NEWNET) || !netlink_open(&p.nl)) {
		tell(&p, "netns", errno);
	} else {
		tell(&p, "netns", 0);
		gretap = make_link(&p, "gretap", "probe-gre");
		/* gretap0, from anywhere to anywhere, is there as soon as the module is: the one asked for is no other */
		tell(&p, "egre-gretap", gretap == EEXIST ? 0 : gretap);
		tell(&p, "netkit", make_link(&p, "netkit", "probe-netkit"));
		tell(&p, "veth", make_link(&p, "veth", "probe-veth"));
		tell(&p, "bridge-vlan", make_vlan_bridge(&p));
		probe_qdiscs(&p);
		probe_programs(&p);
		probe_xdp(&p);
	}
	text_put(&out, "{");
	text_name_json(&out, "kernel", name.release);
	text_name_json(&out, "architecture", name.machine);
	text_name(&out, "capabilities");
	text_format(&out, "[%.*s],\"missing\":{%.*s}}\n", (int)p.names.length, p.names.bytes, (int)p.missing.length,
		    p.missing.bytes ? p.missing.bytes : "");
	fwrite(out.bytes, 1, out.length, stdout);
	return 0;
}
