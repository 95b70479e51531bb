// An installation as an admin sets it up for large slices: the policy lets them through without asking, and the boxed
// nodes offer enough. All of it by the portal's API, as a person would.
import { DEFAULT_POLICY } from '@myvini/core/reservation/policy'
import { LOGINS } from '@myvini/launcher/seed'
import { z } from 'zod'
import { PortalClient } from '../portal-client'

export interface Installation {
  portal: PortalClient
  admin: PortalClient
  projectId: string
  /** By name. */
  nodes: { id: string; name: string }[]
}

const Node = z.looseObject({
  id: z.string(),
  ...{ name: z.string(), site: z.string(), latitude: z.number(), longitude: z.number() },
  ...{ sshHost: z.string(), sshPort: z.number(), sshUser: z.string() },
})

const signIn = (url: string, role: 'admin' | 'researcher') => {
  const login = LOGINS.find((l) => l.role === role)
  if (!login) throw new Error(`nobody is seeded as ${role}`)
  return PortalClient.signIn(url, login)
}

export async function openInstallation(url: string): Promise<Installation> {
  const [portal, admin] = [await signIn(url, 'researcher'), await signIn(url, 'admin')]
  const amounts = { hosts: 2000, cpuPercent: 20_000, linkMbps: 100_000, windowHours: 24 }
  await admin.mutate('policy.save', { ...DEFAULT_POLICY, most: amounts, automatic: amounts, slicesAtOnce: 100 })
  const nodes = z.array(Node).parse(await admin.query('nodes.list'))
  for (const { id, name, site, latitude, longitude, sshHost, sshPort, sshUser } of nodes) {
    const node = { name, site, latitude, longitude, sshHost, sshPort, sshUser }
    // Disk: all that each of them says it has.
    const offer = { cpuMilli: 32_000, memoryMib: 65_536, diskMib: null, hostSlots: 4000 }
    await admin.mutate('nodes.edit', { nodeId: id, node: { ...node, ...offer }, hostKey: null })
  }
  const projects = z.array(z.object({ id: z.string() })).parse(await portal.query('projects.mine'))
  const projectId = projects[0]?.id
  if (projectId === undefined) throw new Error('the seeded researcher has no project')
  return { portal, admin, projectId, nodes: nodes.map(({ id, name }) => ({ id, name })) }
}
