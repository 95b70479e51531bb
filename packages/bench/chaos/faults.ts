// What can go wrong? Each fault by name; what has to be undone is undone after a while, and then counts as healed.
import { setTimeout as sleep } from 'node:timers/promises'
import type { LiveSlice } from './slices'
import type { World } from './world'

export interface FaultContext {
  world: World
  /** Uniform in [0, 1). */
  random: () => number
  /** Slices that should run. */
  slices: readonly LiveSlice[]
}

/** Does it, and undoes it where it does not end by itself. Tells what was hit. */
export type Fault = (context: FaultContext) => Promise<string>

const pick = <T>(random: () => number, things: readonly T[]): T => {
  const thing = things[Math.floor(random() * things.length)]
  if (thing === undefined) throw new Error('there is nothing to pick from')
  return thing
}

const killService =
  (service: 'controller' | 'portal' | 'postgres'): Fault =>
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

/** A node that is off, or a process that has just ended, is no failure of the fault. */
const onNode = async (world: World, node: string, script: string) =>
  world.inNode(node, ['sh', '-c', script]).then(
    (text) => (text.trim() === '' ? node : `${node}: ${text.trim().split('\n').slice(-1)[0]}`),
    (error: Error) => `${node} (not done: ${error.message.split('\n').slice(-2).join(' ').slice(0, 80)})`,
  )

const CHILDREN = 'cat /proc/$pid/task/$pid/children'

export const FAULTS: Record<string, Fault> = {
  'kill controller': killService('controller'),
  'kill portal': killService('portal'),
  'kill postgres': killService('postgres'),
  'kill agent': ({ world, random }) =>
    onNode(world, pick(random, world.nodes), 'kill -9 $(cat /run/myvini/agent.pid) && echo killed'),
  'kill trellis': ({ world, random }) =>
    onNode(world, pick(random, world.nodes), `pid=$(cat /run/myvini/agent.pid); kill -9 $(${CHILDREN}) && echo killed`),
  /** The listener and all its connections: the first process of the node starts another. */
  'kill sshd': ({ world, random }) =>
    onNode(
      world,
      pick(random, world.nodes),
      'for p in /proc/[0-9]*; do [ "$(cat $p/comm 2>/dev/null)" = sshd ] && kill -9 $(basename $p); done; echo killed',
    ),
  'cut underlay': async ({ world, random }) => {
    const node = pick(random, world.nodes)
    const links = 'ip -o link show | sed -n "s/^[0-9]*: \\(to-[a-z0-9-]*\\)[@:].*/\\1/p"'
    const told = await onNode(world, node, `d=$(${links} | head -n 1); ip link set $d down && echo $d`)
    await sleep(200 + random() * 800)
    await onNode(world, node, `for d in $(${links}); do ip link set $d up; done`)
    return told
  },
  'power off': async ({ world, random }) => {
    const node = pick(random, world.nodes)
    await world.own.myvini('box', 'off', node)
    await sleep(random() * 500)
    await world.own.myvini('box', 'on', node)
    return node
  },
  'guest deletes its interfaces': async ({ world, random, slices }) => {
    if (slices.length === 0) return 'nobody is there'
    const { node, key } = pick(random, pick(random, slices).places())
    const script = `for i in $(nsenter --net=/run/myvini/netns/${key} ip -o link | sed -n 's/^[0-9]*: \\(eth[0-9]*\\)@.*/\\1/p'); do nsenter --net=/run/myvini/netns/${key} ip link delete $i; done; echo ${key}`
    return onNode(world, node, script)
  },
  /** What was accepted once more, and an older one late: the agent answers, and nothing changes. */
  'spec twice and late': ({ world, random }) => onNode(world, pick(random, world.nodes), `node -e '${REPLAY}'`),
}

const REPLAY = `
const { spec } = JSON.parse(require("fs").readFileSync("/var/lib/myvini/spec.json", "utf8"));
const socket = require("net").connect("/run/myvini/agent.sock");
const send = (id, s) => socket.write(JSON.stringify({ id, method: "apply", spec: s }) + "\\n");
send(1, { ...spec, generation: Math.max(1, spec.generation - 1), slivers: [] }); send(2, spec);
send(3, { ...spec, slivers: [] }); socket.write("{\\"id\\": 4, \\"method\\": \\"app\\n");
let text = "", answers = [];
socket.on("data", (d) => { text += d; const lines = text.split("\\n"); text = lines.pop();
  for (const l of lines) { const m = JSON.parse(l); if (!m.event) answers.push(m.ok ? "ok" : m.problem.code) }
  if (answers.length >= 4) { console.log(answers.join(" ")); process.exit(0) } });
setTimeout(() => process.exit(0), 3000);
`.replaceAll('\n', ' ')
