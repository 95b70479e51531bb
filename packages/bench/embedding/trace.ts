// What is a workload? A substrate and requests that arrive over time, in the format `vne-workload/1` (Virne's settings).
import { readFile } from 'node:fs/promises'
import { gunzipSync } from 'node:zlib'
import { z } from 'zod'

const amount = z.number().nonnegative()
const index = z.number().int().nonnegative()

const Joined = z.object({ a: index, b: index, bw: amount })

export const TraceRequest = z.object({
  id: index,
  arrival: amount,
  lifetime: amount,
  hosts: z.array(z.object({ cpu: amount })).min(1),
  links: z.array(Joined),
})
export type TraceRequest = z.infer<typeof TraceRequest>

export const Trace = z.object({
  format: z.literal('vne-workload/1'),
  topology: z.string(),
  seed: z.number(),
  /** Mean arrivals in a unit of time. */
  eta: z.number().positive(),
  substrate: z.object({
    /** Ids are 0, 1, 2 … in order. */
    nodes: z.array(z.object({ id: index, cpu: amount })).min(1),
    /** The order is that in which a node's neighbours are looked at. */
    links: z.array(Joined),
  }),
  /** By arrival. */
  requests: z.array(TraceRequest),
})
export type Trace = z.infer<typeof Trace>

export async function readTrace(file: string): Promise<Trace> {
  const bytes = await readFile(file)
  const text = file.endsWith('.gz') ? gunzipSync(bytes).toString('utf8') : bytes.toString('utf8')
  const trace = Trace.parse(JSON.parse(text))
  const loose = (count: number, links: readonly z.infer<typeof Joined>[]) =>
    links.some(({ a, b }) => a >= count || b >= count)
  if (trace.substrate.nodes.some(({ id }, i) => id !== i))
    throw new Error(`${file}: node ids are not 0, 1, 2 … in order`)
  if (loose(trace.substrate.nodes.length, trace.substrate.links))
    throw new Error(`${file}: a substrate link leads nowhere`)
  for (const { id, hosts, links } of trace.requests)
    if (loose(hosts.length, links)) throw new Error(`${file}: request ${id} has a link that leads nowhere`)
  return trace
}
