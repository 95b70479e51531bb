// Which files and start-up commands make a router of a drawing speak its protocol? The software itself is as its makers
// packaged it; it is told what to do by its own configuration files.
import type { HostId } from '../ids'
import type { Topology, VirtualHost } from '../topology/topology'
import { birdConfiguration } from './bird'
import { exabgpConfiguration } from './exabgp'
import { frrConfiguration, frrDaemons } from './frr'
import { type RouterModel, routersOf } from './model'

export interface RoutingFile {
  path: string
  /** Octal, as in chmod(1): 640. */
  mode: number
  /** User and group inside, by the name that Debian's package gives them. */
  owner: 'frr' | 'bird' | 'exabgp'
  content: string
}

export type RoutingSoftware = 'frr' | 'bird' | 'exabgp'

/** As people call it. */
export const SOFTWARE_NAMES: Record<RoutingSoftware, string> = { frr: 'FRR', bird: 'BIRD 2', exabgp: 'ExaBGP' }

export interface RoutingSetup {
  software: RoutingSoftware
  files: RoutingFile[]
  /** Argument vectors, run one after the other as root inside, each of which returns by itself. */
  startup: string[][]
}

/** What really runs on a host: `auto` is FRR where the drawing's routing asks for a protocol, and nothing elsewhere. */
export function softwareOf(topology: Topology, host: VirtualHost): 'none' | RoutingSoftware {
  if (host.kind !== 'router') return 'none'
  const { software, config } = host.routing
  if (software !== 'auto') return software
  const speaks = topology.routing !== 'static' && topology.routing !== 'none'
  return speaks || config.trim() !== '' ? 'frr' : 'none'
}

/** The researcher's own text behind what is generated, or in its place. */
function withOwnText(router: RouterModel, generated: string): string {
  const { config, replaces } = router.host.routing
  const own = config.trim() === '' ? '' : config.endsWith('\n') ? config : `${config}\n`
  return replaces && own !== '' ? own : `${generated}${own}`
}

/** Modes are octal in the eyes of people, so they are written as such here. */
const PRIVATE = 0o640

function frrSetup(router: RouterModel, mtuBytes: number): RoutingSetup {
  const configuration = withOwnText(router, frrConfiguration(router, mtuBytes))
  const file = (name: string, content: string): RoutingFile => ({
    path: `/etc/frr/${name}`,
    mode: PRIVATE,
    owner: 'frr',
    content,
  })
  return {
    software: 'frr',
    files: [
      file('frr.conf', configuration),
      file('daemons', frrDaemons(configuration)),
      file('vtysh.conf', 'service integrated-vtysh-config\n'),
    ],
    startup: [
      [
        'install',
        '-d',
        '-o',
        'frr',
        '-g',
        'frr',
        '-m',
        '755',
        '/etc/frr',
        '/var/run/frr',
        '/var/log/frr',
        '/var/tmp/frr',
      ],
      ['/usr/lib/frr/frrinit.sh', 'start'],
    ],
  }
}

function birdSetup(router: RouterModel): RoutingSetup {
  const content = withOwnText(router, birdConfiguration(router))
  return {
    software: 'bird',
    files: [{ path: '/etc/bird/bird.conf', mode: PRIVATE, owner: 'bird', content }],
    startup: [
      ['install', '-d', '-o', 'bird', '-g', 'bird', '-m', '755', '/run/bird', '/etc/bird'],
      ['install', '-o', 'bird', '-g', 'bird', '-m', '640', '/dev/null', '/var/log/bird.log'],
      ['/usr/sbin/bird', '-u', 'bird', '-g', 'bird', '-c', '/etc/bird/bird.conf', '-s', '/run/bird/bird.ctl'],
    ],
  }
}

function exabgpSetup(router: RouterModel): RoutingSetup {
  const { config, replaces } = router.host.routing
  const content = replaces && config.trim() !== '' ? withOwnText(router, '') : exabgpConfiguration(router)
  const settings = [
    // Its environment file is for a service manager; here it goes into the background by itself.
    ...[
      'exabgp_daemon_daemonize=true',
      'exabgp_daemon_user=exabgp',
      'exabgp_log_destination=/var/log/exabgp/exabgp.log',
    ],
    // Whoever wants its command line makes its pipes.
    'exabgp_api_cli=false',
  ]
  return {
    software: 'exabgp',
    files: [{ path: '/etc/exabgp/exabgp.conf', mode: PRIVATE, owner: 'exabgp', content }],
    startup: [
      ['install', '-d', '-o', 'exabgp', '-g', 'exabgp', '-m', '755', '/run/exabgp', '/etc/exabgp', '/var/log/exabgp'],
      ['env', ...settings, '/usr/sbin/exabgp', '/etc/exabgp/exabgp.conf'],
    ],
  }
}

/**
 * By host, for each router that runs routing software. `mtuBytes` is the least of the slice's links. Pure and deterministic: the
 * same drawing always gives the same texts.
 */
export function planRouting(topology: Topology, mtuBytes: number): Map<HostId, RoutingSetup> {
  const setups = new Map<HostId, RoutingSetup>()
  for (const router of routersOf(topology)) {
    const software = softwareOf(topology, router.host)
    if (software === 'frr') setups.set(router.host.id, frrSetup(router, mtuBytes))
    if (software === 'exabgp') setups.set(router.host.id, exabgpSetup(router))
    if (software === 'bird') setups.set(router.host.id, birdSetup(router))
  }
  return setups
}
