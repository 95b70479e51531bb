#!/bin/sh
# at-root.sh COMMAND…: runs COMMAND with what is now "/" as the root of our own mount namespace. In a chroot, as
# continuous integration often is, the kernel refuses user namespaces (user_namespaces(7), EPERM); a server is not in one.
# To be called in a mount namespace that nobody else uses. Entering one's own mount namespace leads to its root.
set -eu
if [ "$(stat -c %d:%i /)" != "$(nsenter --mount=/proc/self/ns/mnt stat -c %d:%i /)" ]; then
  mount --make-rprivate /
  exec nsenter --mount=/proc/self/ns/mnt --wd=/ sh -c 'mount --move . / && exec chroot . "$@"' sh "$@"
fi
exec "$@"
