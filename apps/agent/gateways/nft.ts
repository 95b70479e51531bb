// Does a namespace have the rules that it should, and how does it get or lose them?
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fingerprintChain, GUARD, type Ruleset, rulesIn, TABLE } from '@myvini/core/gateway/rules'
import { z } from 'zod'
import { command, inside, must } from './command'

const Listed = z.object({ nftables: z.array(z.record(z.string(), z.unknown())) })
const NamedChain = z.looseObject({ name: z.string() })

const list = ['nft', '-j', 'list', 'table', TABLE.family, TABLE.name]

async function listed(netns: string | null): Promise<{ chains: string[]; rules: number } | null> {
  const { code, stdout } = await command(inside(netns, list))
  if (code !== 0) return null
  const things = Listed.parse(JSON.parse(stdout)).nftables
  return {
    chains: things.flatMap((t) => (t.chain === undefined ? [] : [NamedChain.parse(t.chain).name])),
    rules: things.filter((t) => t.rule !== undefined).length,
  }
}

/** The device for whose sake the node's table has a guard: it forwarded nothing before we came. */
export async function guardOf(): Promise<string | null> {
  const guard = (await listed(null))?.chains.find((name) => name.startsWith(GUARD))
  return guard === undefined ? null : Buffer.from(guard.slice(GUARD.length), 'hex').toString()
}

export async function rulesAreThere(netns: string | null, rules: Ruleset, fingerprint: string): Promise<boolean> {
  const now = await listed(netns)
  return now?.chains.includes(fingerprintChain(fingerprint)) === true && now.rules === rulesIn(rules)
}

let serial = 0

/**
 * Runs `nft` on rules in a file of `folder` that only root may read: by stdin it would have to be a pipe, and what Node
 * gives to children is a socket, which cannot be opened by name.
 */
export async function withRulesFile<T>(
  folder: string,
  rules: Ruleset,
  use: (argv: string[]) => Promise<T>,
): Promise<T> {
  const file = join(folder, `nft-${process.pid}-${++serial}.json`)
  await writeFile(file, JSON.stringify(rules), { mode: 0o600 })
  try {
    return await use(['nft', '-j', '-f', file])
  } finally {
    await rm(file, { force: true })
  }
}

export async function setRules(folder: string, netns: string | null, rules: Ruleset): Promise<void> {
  await withRulesFile(folder, rules, (argv) => must(inside(netns, argv)))
}

/** No table is as good as one that was deleted. */
export async function deleteRules(netns: string | null): Promise<void> {
  await command(inside(netns, ['nft', 'delete', 'table', TABLE.family, TABLE.name]))
}
