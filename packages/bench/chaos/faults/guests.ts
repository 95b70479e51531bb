// Guests at war with their interfaces. What a guest sets is its own affair and stays; what it deletes it gets back.
import { type Fault, onNode, pick } from './fault'

const DELETE_ALL = `for i in $(ip -o link | sed -n 's/^[0-9]*: \\([^:@]*\\)@.*/\\1/p'); do ip link delete $i; done`

const inGuest =
  (script: string): Fault =>
  async ({ world, random, slices }) => {
    if (slices.every((s) => s.places().length === 0)) return 'nobody is there'
    const { node, key } = pick(
      random,
      pick(
        random,
        slices.filter((s) => s.places().length > 0),
      ).places(),
    )
    const quoted = script.replaceAll("'", "'\\''")
    return onNode(world, node, `nsenter --net=/run/myvini/netns/${key} sh -c '${quoted}' 2>/dev/null; echo ${key}`)
  }

export const guests = {
  'guest deletes its interfaces': inGuest(DELETE_ALL),
  /** Two seconds of everything at once; it ends with nothing left, so that what comes back is the node's alone. */
  'guest at war': inGuest(
    `for n in 1 2 3 4 5 6 7 8; do
      for i in $(ip -o link | sed -n 's/^[0-9]*: \\([^:@]*\\)@.*/\\1/p'); do
        ip address flush dev $i; ip link set $i down; ip link set $i name war$n; ip link set $i mtu 600; ip link delete war$n
        ip link add $i type bridge
      done
      ip route flush table main; sleep 0.25
    done
    for i in $(ip -o link | sed -n 's/^[0-9]*: \\([^:@ ]*\\)[:@].*/\\1/p'); do ip link delete $i; done`,
  ),
} satisfies Record<string, Fault>
