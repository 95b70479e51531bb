// Is each node exactly as promised? Looked at from outside, not through the agent's own eyes.
import type { LiveSlice, Promised } from './slices'
import type { World } from './world'

const listed = (text: string): Set<string> => new Set(text.split('\n').filter((line) => line !== ''))

function differences(what: string, node: string, wanted: ReadonlySet<string>, there: ReadonlySet<string>): string[] {
  return [
    ...[...wanted].filter((name) => !there.has(name)).map((name) => `${what} ${name} is missing on ${node}`),
    ...[...there].filter((name) => !wanted.has(name)).map((name) => `${what} ${name} is left over on ${node}`),
  ]
}

/** What is not as promised, in words; empty when all is. */
export async function findDivergences(world: World, slices: readonly LiveSlice[]): Promise<string[]> {
  const found: string[] = []
  const promised: Promised = { namespaces: new Map(), devices: new Map() }
  for (const slice of slices) {
    const { state } = await slice.status()
    if (!slice.isUp()) found.push(`slice ${slice.sliceId} is ${state}, or a part of it is not up`)
    slice.addTo(promised)
  }
  for (const node of world.nodes) {
    const namespaces = listed(await world.inNode(node, ['ls', '/run/myvini/netns']))
    const text = await world.inNode(node, ['ls', '/sys/class/net'])
    const devices = new Set([...listed(text)].filter((name) => /^mv[0-9a-f]{8}[ab]$/.test(name)))
    found.push(...differences('namespace', node, promised.namespaces.get(node) ?? new Set(), namespaces))
    found.push(...differences('interface', node, promised.devices.get(node) ?? new Set(), devices))
  }
  for (const slice of slices) found.push(...(await findSilence(world, slice)))
  return found
}

/** Each neighbour on the chain answers: links are there and carry. */
async function findSilence(world: World, slice: LiveSlice): Promise<string[]> {
  const places = new Map(slice.places().map((p) => [p.key.slice(slice.reservationId.length + 1), p]))
  const link = slice.topology.links[0]
  const [from, to] = link?.ends ?? []
  if (from?.kind !== 'interface' || to?.kind !== 'interface') return []
  const address = slice.topology.hosts
    .find((h) => h.id === to.host)
    ?.interfaces.find((i) => i.id === to.interface)
    ?.ipv4?.split('/')[0]
  const at = places.get(from.host)
  if (address === undefined || !at) return []
  return world.inHost(at.node, at.key, ['ping', '-c', '1', '-W', '1', address]).then(
    () => [],
    () => [`${at.key} on ${at.node} gets no answer from ${address}`],
  )
}
