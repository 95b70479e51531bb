// How is what a node found wrong said to people? In the names that they gave their hosts and links.
import type { DriftKind } from './drift'

export interface DriftNames {
  /** Of the virtual host or LAN; null: it has none any more, or it is none. */
  host: string | null
  /** Nobody can enter a LAN: what is gone there was taken on the node. */
  isLan: boolean
  interface: string | null
  link: string | null
  /** In the node's own names. */
  what: string
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`

/** What was wrong and what was done, as one sentence without its full stop. */
export function driftWords(kind: DriftKind | null, names: DriftNames): string {
  const host = names.host ?? 'a host that is no longer drawn'
  const link = names.link === null ? 'a link that is no longer drawn' : `the link ${names.link}`
  switch (kind) {
    case 'interface-gone':
      return `${host}’s ${names.interface ?? 'interface'} had been removed${names.isLan ? '' : ' from inside'}; it was put back`
    case 'interface-damaged':
      return `${host}’s ${names.interface ?? 'interface'} was down or detached on the node; it was made again`
    case 'namespace-gone':
      return `the network stack of ${host} was gone; it was made again, with its interfaces`
    case 'container-ended':
      return `${host} had ended; it was started again`
    case 'path-missing':
      return sentence(`${link} had lost its path on the node; it was set again`)
    case 'rate-lost':
      return sentence(`${link} had lost its rate; it was set again`)
    case 'emulation-changed':
      return sentence(`${link} was no longer emulated as asked for; it was set again`)
    case 'limits-lost':
      return `the limits of ${host} were gone; they were set again`
    case 'gateway-changed':
      return names.host === null ? sentence(names.what) : `the way out of ${host} was gone or changed; it was set again`
    case 'neighbour-lost':
    case 'queue-changed':
    case 'stray':
    case null:
      return sentence(names.what)
  }
}
