#!/bin/sh
# The first process of a box's outside, in namespaces of its own: one network that all nodes are on, and servers beyond it.
# Arguments: its folder, node and the server's program, its own address on that network, and those of the servers.
set -eu
folder=$1
node=$2
server=$3
gateway=$4
shift 4

hostname outside
ip link set lo up
for address in "$@"; do ip address add "$address/32" dev lo; done
# Nodes come and go; the bridge stays.
ip link add wan type bridge
ip address add "$gateway" dev wan
ip link set wan up
: > "$folder/ready"
while :; do
  "$node" "$server" || :
  sleep 0.2
done
