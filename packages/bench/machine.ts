// On what was it measured?
import { readFileSync } from 'node:fs'
import { cpus, loadavg, release, totalmem } from 'node:os'

export function machine(): string {
  const model = cpus()[0]?.model ?? 'an unknown processor'
  const system = /^PRETTY_NAME="(.*)"$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'Linux'
  return `${cpus().length} processors (${model}), ${(totalmem() / 2 ** 30).toFixed(0)} GiB, ${system}, Linux ${release()}`
}

/** Over the last minute: how many processes wanted a processor, ours among them. */
export const loadNow = (): number => Number(loadavg()[0]?.toFixed(1))
