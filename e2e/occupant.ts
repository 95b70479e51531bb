// Somebody else who holds a part of the substrate for a while: booked by the API, as set-up for a journey.
import { randomUUID } from 'node:crypto'
import type { Page } from '@playwright/test'
import { expect, fresh, portalUrl } from './portal'

/** As the editor makes them: short. */
const newId = () => randomUUID().slice(0, 8)

async function call<T>(page: Page, procedure: string, input: Record<string, unknown>): Promise<T> {
  const values = Object.fromEntries(
    Object.entries(input).flatMap(([k, v]) => (v instanceof Date ? [[k, ['Date']]] : [])),
  )
  const url = portalUrl(`/api/trpc/${procedure}`)
  const response = await page.request.post(url, {
    headers: { origin: new URL(url).origin },
    data: { json: input, meta: { values } },
  })
  expect(response.ok(), await response.text()).toBe(true)
  const { result } = (await response.json()) as { result: { data: { json: T } } } // tRPC's envelope around superjson's
  return result.data.json
}

interface Occupied {
  around: string
  neighbours: readonly string[]
  /** Of each link from the one node to its neighbours. */
  mbps: number
  seconds: number
}

/** Returns when it ends, in milliseconds since 1970. */
export async function occupy(page: Page, { around, neighbours, mbps, seconds }: Occupied): Promise<number> {
  const made = neighbours.map((node, i) => ({ node, i, host: newId(), here: newId(), there: newId() }))
  const middle = newId()
  const host = (id: string, name: string, node: string, interfaces: { id: string; ipv4: string }[]) => ({
    id,
    name,
    kind: 'router',
    class: 'netns',
    position: { x: 0, y: 0 },
    cpuPercent: 2,
    memoryMib: 32,
    pin: { kind: 'node', node },
    loopback: null,
    interfaces: interfaces.map((each, i) => ({ ...each, name: `eth${i}`, ipv6: null, planned: true })),
  })
  const topology = {
    format: 'myvini-topology/1',
    routing: 'static',
    lans: [],
    hosts: [
      host(
        middle,
        'middle',
        around,
        made.map((m) => ({ id: m.here, ipv4: `10.9.${m.i}.1/30` })),
      ),
      ...made.map((m) => host(m.host, `end${m.i}`, m.node, [{ id: m.there, ipv4: `10.9.${m.i}.2/30` }])),
    ],
    links: made.map((m) => ({
      id: newId(),
      ends: [
        { kind: 'interface', host: middle, interface: m.here },
        { kind: 'interface', host: m.host, interface: m.there },
      ],
      capacityMbps: mbps,
      maxDelayMs: null,
    })),
  }
  const mine = await page.request.get(portalUrl('/api/trpc/projects.mine'))
  const projects = (await mine.json()) as { result: { data: { json: { id: string; role: string }[] } } } // as above
  const projectId = projects.result.data.json.find((p) => p.role !== 'student')?.id
  const { id } = await call<{ id: string }>(page, 'slices.create', { projectId, name: fresh('Occupant'), topology })
  const endsAt = new Date(Date.now() + seconds * 1000)
  await call(page, 'reservations.book', {
    sliceId: id,
    revision: 1,
    startsAt: null,
    endsAt,
    reason: '',
    placement: 'spread',
  })
  const status = async () => {
    const url = portalUrl(
      `/api/trpc/reservations.status?input=${encodeURIComponent(JSON.stringify({ json: { sliceId: id } }))}`,
    )
    const told = (await (await page.request.get(url)).json()) as { result: { data: { json: { state: string } } } } // as above
    return told.result.data.json.state
  }
  await expect.poll(status, { timeout: 30_000 }).toMatch(/scheduled|provisioning|running/)
  return endsAt.getTime()
}
