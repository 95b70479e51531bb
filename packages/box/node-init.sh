#!/bin/sh
# The first process of a boxed server, in namespaces of its own: turns a view of this machine into one of a server that
# has been set up with sshd and nothing else. Arguments: the node's folder and its name.
set -eu
folder=$1
name=$2

# What this machine has not made yet, a node needs as places to mount on.
mkdir -p /var/lib/myvini /root
mount --make-rprivate /
# A view of devices and classes of our own network namespace, with this machine's cgroups kept in it.
mkdir -p "$folder/cgroup"
mount --rbind /sys/fs/cgroup "$folder/cgroup"
mount -t sysfs sysfs /sys
mount --rbind "$folder/cgroup" /sys/fs/cgroup
umount -l "$folder/cgroup"
# crun refuses a hybrid tree; cgroup v1 alone is what it then finds.
if mountpoint -q /sys/fs/cgroup/unified; then umount /sys/fs/cgroup/unified; fi
mount -t bpf bpf /sys/fs/bpf

mount -t tmpfs -o mode=755 tmpfs /run
mkdir -p /run/sshd /run/netns /run/myvini
# The agent is started and kept by this script, as systemd would; `serve` then waits for it instead of starting one.
: > /run/myvini/supervised
mount -t tmpfs -o mode=1777 tmpfs /tmp

mount --bind "$folder/root" /root
mount --bind "$folder/etc/passwd" /etc/passwd
mount --bind "$folder/etc/shadow" /etc/shadow
mount --bind "$folder/etc/hostname" /etc/hostname
sshd_config=$(cat "$folder/etc/sshd_config")
mkdir -p /run/ssh
cp "$folder/etc/ssh_host_ed25519_key" "$folder/etc/ssh_host_ed25519_key.pub" /run/ssh/
chmod 600 /run/ssh/ssh_host_ed25519_key
printf '%s\n' "$sshd_config" > /run/ssh/sshd_config
hostname "$name"
# The outside has made our devices when this file is there.
while [ ! -e "$folder/wired" ]; do sleep 0.02; done
# From here on the folders of other nodes and of this machine are out of sight.
mount --bind "$folder/state" /var/lib/myvini
cd /

agent=/var/lib/myvini/agent/boot
(
  while [ ! -x $agent ]; do sleep 0.2; done
  while :; do $agent >> /var/lib/myvini/agent.log 2>&1 || :; sleep 0.5; done
) &
# As the first process it also buries the orphans of the node: `wait` in a shell does so.
while :; do
  /usr/sbin/sshd -D -e -f /run/ssh/sshd_config 2>> /var/lib/myvini/sshd.log || :
  sleep 0.2
done
