// What is a refusal in words? Chosen by what the smallest set consists of.
import type { Subject } from '../../result'
import type { EmbeddingProblem } from '../embedding'
import type { Instance } from '../instance'
import { i32 } from '../numbers'
import { type Plan, UNPLACED } from '../plan'
import type { Core } from './core'
import { oneHost, severalHosts } from './host-words'
import { list } from './in-words'
import { oneLink, severalLinks } from './link-words'

export interface Words {
  code: string
  message: string
  hint: string
  cut?: { links: readonly number[]; left: number; wanted: number }
}

/** A set of more hosts than this says nothing to a person: then rather what the best attempt left out. */
const TOO_MANY = 12

function tooMuch(instance: Instance, core: Core, plan: Plan | null, left: string): Words {
  const missing = core.hosts.flatMap((h) =>
    plan && i32(plan.place, h) === UNPLACED ? [instance.hosts[h]?.name ?? ''] : [],
  )
  return {
    code: 'no-fit',
    message: `No placement was found for these ${core.hosts.length} hosts and ${core.vlinks.length} links together; the best attempt left out ${list(missing)}.`,
    hint: `Ask for less bandwidth or fewer hosts${left ? ', or choose another time' : ''}.`,
  }
}

function wordsFor(instance: Instance, core: Core, plan: Plan | null, left: string): Words {
  if (core.hosts.length > TOO_MANY && core.vlinks.length > 0) return tooMuch(instance, core, plan, left)
  const [h] = core.hosts
  const [l] = core.vlinks
  if (l === undefined)
    return core.hosts.length === 1 && h !== undefined
      ? oneHost(instance, h, left)
      : severalHosts(instance, core.hosts, left)
  return core.vlinks.length === 1 && core.hosts.length === 2
    ? oneLink(instance, l, left)
    : severalLinks(instance, core, left)
}

function subjectOf(instance: Instance, core: Core): Subject | undefined {
  const link = instance.vlinks[core.vlinks[0] ?? -1]
  if (link) return { kind: 'link', id: link.id }
  const host = instance.hosts[core.hosts[0] ?? -1]
  return host && { kind: host.kind, id: host.id }
}

/** `instance` is the whole request on the substrate that the refusal speaks of, as it is now or empty; `plan` the best attempt. */
export function refusalOf(
  { instance, plan }: { instance: Instance; plan: Plan | null },
  core: Core,
  when: EmbeddingProblem['when'],
  proven: boolean,
): EmbeddingProblem {
  const words = wordsFor(instance, core, plan, when === 'never' ? '' : ' left')
  const subject = subjectOf(instance, core)
  // A cut that what must cross it does not fit through is a proof, whatever the search could show.
  const shown = proven || words.cut !== undefined
  return {
    code: `embedding.${words.code}`,
    when,
    message: shown || words.message.startsWith('No placement') ? words.message : `No way was found. ${words.message}`,
    hint: words.hint,
    parts: [
      ...core.hosts.flatMap((h) => instance.hosts[h]?.id ?? []),
      ...core.vlinks.flatMap((l) => instance.vlinks[l]?.id ?? []),
    ],
    cut: words.cut
      ? {
          links: words.cut.links.flatMap((e) => instance.links[e]?.id ?? []),
          leftMbps: words.cut.left / 1e6,
          wantedMbps: words.cut.wanted / 1e6,
        }
      : null,
    proven: shown,
    ...(subject && { subject }),
  }
}
