// How do a node's gateways become what the spec says, stay so, and go without a trace? Looked at in each pass, as all else is.
import { join } from 'node:path'
import type { NodeSpec } from '@myvini/core/desired/node-spec'
import { gatewayRules, nodeRules } from '@myvini/core/gateway/rules'
import type { GatewaySpec } from '@myvini/core/gateway/spec'
import type { Finding } from '../drift'
import { deleteRules, guardOf, rulesAreThere, setRules } from './nft'
import {
  connectedNetworks,
  deleteDevice,
  gatewayDevices,
  isForwarding,
  makeUplink,
  setForwarding,
  uplinkIsThere,
  uplinkOf,
} from './uplink'

export interface Outcome {
  /** By key of the host: what stood in the way. */
  failures: ReadonlyMap<string, string>
  /** What was put right. */
  mended: readonly Finding[]
}

const NOTHING: Outcome = { failures: new Map(), mended: [] }

interface Wanted {
  key: string
  gateway: GatewaySpec
}

export class Gateways {
  /** What an earlier agent may have left is looked for once; a node without gateways then costs nothing. */
  private mayHave = true

  /** The uplink that forwards for our sake: the node's table tells it after a restart, and this when the table is lost. */
  private guarded: string | null = null

  constructor(
    private readonly run: string,
    private readonly fingerprint: (document: unknown) => string,
  ) {}

  /** After the hosts' namespaces are there, or gone. */
  async keep(spec: NodeSpec): Promise<Outcome> {
    const wanted = spec.slivers.flatMap((s) =>
      s.hosts.flatMap((h): Wanted[] => (h.gateway ? [{ key: h.key, gateway: h.gateway }] : [])),
    )
    if (wanted.length === 0 && !this.mayHave) return NOTHING
    this.mayHave = true
    const mended: Finding[] = []
    const failures = new Map<string, string>()
    await this.removeOthers(wanted, mended)
    if (wanted.length === 0) {
      await this.leave()
      this.mayHave = false
      return { failures, mended }
    }
    try {
      await this.keepNode(wanted, mended)
    } catch (error) {
      // Without the node's own rules nothing is let out.
      for (const { key } of wanted) failures.set(key, `gateway: ${messageOf(error)}`)
      return { failures, mended }
    }
    for (const { key, gateway } of wanted)
      try {
        await this.keepOne(key, gateway, mended)
      } catch (error) {
        failures.set(key, `gateway: ${messageOf(error)}`)
      }
    return { failures, mended }
  }

  private async removeOthers(wanted: readonly Wanted[], mended: Finding[]) {
    const mine = new Set(wanted.map((w) => w.gateway.device))
    for (const device of (await gatewayDevices()).keys())
      if (!mine.has(device)) {
        await deleteDevice(device)
        mended.push({ kind: 'stray', what: `the way out ${device} was there that no spec has; it was removed` })
      }
  }

  private async keepNode(wanted: readonly Wanted[], mended: Finding[]) {
    const uplink = await uplinkOf()
    if (uplink === null) throw new Error('the node has no default route, so there is no way out')
    // Whether it forwarded before us is told by our own table, so that it is known after any restart.
    const before = (await guardOf()) ?? this.guarded
    if (before !== null && before !== uplink) await setForwarding(before, false).catch(() => undefined) // it is gone
    const guards = before === uplink || !(await isForwarding(uplink))
    this.guarded = guards ? uplink : null
    const networks = await connectedNetworks()
    const gateways = wanted.map((w) => w.gateway)
    const fingerprint = this.fingerprint({ gateways, uplink, networks, guards })
    const rules = nodeRules(gateways, { uplink, networks, guards }, fingerprint)
    if (!(await rulesAreThere(null, rules, fingerprint))) {
      await setRules(this.run, null, rules)
      mended.push({
        kind: 'gateway-changed',
        what: 'the node’s rules for gateways were missing or others; they were set',
      })
    }
    if (!(await isForwarding(uplink))) await setForwarding(uplink, true)
  }

  private async keepOne(key: string, gateway: GatewaySpec, mended: Finding[]) {
    const netns = join(this.run, 'netns', key)
    const fingerprint = this.fingerprint(gateway)
    const rules = gatewayRules(gateway, fingerprint)
    // Rules first: there is no instant at which the way out is open without them.
    if (!(await rulesAreThere(netns, rules, fingerprint))) {
      await setRules(this.run, netns, rules)
      mended.push(changed(key, `the rules of gateway ${key} were missing or others; they were set`))
    }
    if (await uplinkIsThere(netns, gateway)) return
    await makeUplink(netns, gateway)
    mended.push(changed(key, `the way out of gateway ${key} was gone or damaged; it was made again`))
  }

  private async leave() {
    const guarded = (await guardOf()) ?? this.guarded
    if (guarded !== null) await setForwarding(guarded, false).catch(() => undefined) // the device itself is gone
    await deleteRules(null)
    this.guarded = null
  }
}

const changed = (host: string, what: string): Finding => ({ kind: 'gateway-changed', host, what })

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
