// What does a host forward by? Lines as `ip -j route` prints them, IPv4 and IPv6 in turn, cut from a stream of bytes.
import { z } from 'zod'

const Hop = z.object({
  gateway: z.string().optional(),
  via: z.object({ host: z.string() }).optional(),
  dev: z.string().optional(),
})
const Line = z.array(
  Hop.extend({
    dst: z.string(),
    protocol: z.string().default('boot'),
    metric: z.number().optional(),
    nexthops: z.array(Hop).optional(),
    type: z.string().optional(),
  }),
)

export interface Route {
  to: string
  /** Next hops, `10.0.1.2 eth0` each; on the link itself only the interface. */
  ways: string[]
  /** Who set it: `kernel`, `ospf`, `bird` …; `planned` for those that MyVINI sets. */
  by: string
  metric: number | null
}

/** MyVINI's own route protocol (kernel/PROTOCOL.md), and what a kernel without FRR's names prints for FRR's. */
const NAMES: Record<string, string> = {
  '196': 'planned',
  '186': 'bgp',
  '187': 'isis',
  '188': 'ospf',
  '189': 'rip',
  '11': 'zebra',
  '12': 'bird',
}

const wayOf = (hop: z.infer<typeof Hop>): string =>
  [hop.gateway ?? hop.via?.host, hop.dev].filter((t) => t !== undefined).join(' ')

/** Null for a line that is none, as one that was cut off because the table is too long. */
export function readRoutes(line: string): Route[] | null {
  if (line.trim() === '') return []
  try {
    const parsed = Line.safeParse(JSON.parse(line))
    if (!parsed.success) return null
    return parsed.data.map((r) => ({
      to: r.dst,
      ways: r.nexthops ? r.nexthops.map(wayOf) : [wayOf(r)],
      by: NAMES[r.protocol] ?? r.protocol,
      metric: r.metric ?? null,
    }))
  } catch {
    return null
  }
}

/** Gives both families whenever a pair of lines is whole. */
export class RouteLines {
  private text = ''
  private first: Route[] | null | undefined
  private readonly decoder = new TextDecoder()

  take(bytes: Uint8Array): (Route[] | null)[] {
    const seen: (Route[] | null)[] = []
    this.text += this.decoder.decode(bytes, { stream: true })
    for (let end = this.text.indexOf('\n'); end >= 0; end = this.text.indexOf('\n')) {
      const line = this.text.slice(0, end)
      this.text = this.text.slice(end + 1)
      // ip ends its line itself, and one more follows: an empty line is the end of a family.
      if (line !== '') {
        this.pending = line
        continue
      }
      const routes = readRoutes(this.pending)
      this.pending = ''
      if (this.first === undefined) this.first = routes
      else {
        seen.push(this.first === null || routes === null ? null : [...this.first, ...routes])
        this.first = undefined
      }
    }
    return seen
  }

  private pending = ''
}
