// Processes that end without warning: SIGKILL, as by the kernel when memory is short.
import type { Service } from '../world'
import { type Fault, onNode, pick } from './fault'

const killService =
  (service: Service): Fault =>
  async ({ world }) => {
    const pid = await world.pidOf(service)
    if (pid === null) return `${service} (down already)`
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      return `${service} (gone already)`
    }
    return `${service}, process ${pid}`
  }

const killOnNode =
  (script: string): Fault =>
  ({ world, random }) =>
    onNode(world, pick(random, world.ring), script)

export const kills = {
  'kill controller': killService('controller'),
  'kill second controller': async ({ twin }) => twin.kill(),
  'kill portal': killService('portal'),
  'kill postgres': killService('postgres'),
  'kill agent': killOnNode('kill -9 $(cat /run/myvini/agent.pid) && echo killed'),
  'kill trellis': killOnNode(
    'pid=$(cat /run/myvini/agent.pid); kill -9 $(cat /proc/$pid/task/$pid/children) && echo killed',
  ),
  /** The listener and all its connections: the first process of the node starts another. */
  'kill sshd': killOnNode(
    'for p in /proc/[0-9]*; do [ "$(cat $p/comm 2>/dev/null)" = sshd ] && kill -9 $(basename $p); done; echo killed',
  ),
} satisfies Record<string, Fault>
