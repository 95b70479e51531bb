// Cables and power that come back after a while.
import { setTimeout as sleep } from 'node:timers/promises'
import { type Fault, onNode, pick } from './fault'

export const cuts = {
  'cut underlay': async ({ world, random, bystander }) => {
    const at = Math.floor(random() * world.ring.length)
    const [node = '', next = ''] = [world.ring[at], world.ring[(at + 1) % world.ring.length]]
    bystander.excuse([node, next])
    const device = `to-${next}`.slice(0, 15)
    await onNode(world, node, `ip link set ${device} down`)
    await sleep(200 + random() * 800)
    await onNode(world, node, `ip link set ${device} up`)
    return `between ${node} and ${next}`
  },
  /** Only the way to the controller: what runs goes on, reports on their way are lost, nobody says goodbye. */
  'cut management': async ({ world, random }) => {
    const node = pick(random, world.ring)
    await onNode(world, node, 'ip link set mgmt0 down')
    await sleep(500 + random() * 5000)
    return onNode(world, node, 'ip link set mgmt0 up')
  },
  'power off': async ({ world, random, bystander }) => {
    const node = pick(random, world.ring)
    const at = world.ring.indexOf(node)
    bystander.excuse([node])
    await world.powerOff(node)
    await sleep(random() * 500)
    await world.powerOn(node)
    return `${node}, ${at + 1} of the ring`
  },
} satisfies Record<string, Fault>
