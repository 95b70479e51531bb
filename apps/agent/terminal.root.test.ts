import { compileNodeSpec, planSlice } from '@myvini/core/desired/compile'
import { deviceName } from '@myvini/core/desired/naming'
import { activeSlice, ringSubstrate } from '@myvini/core/desired/random-slice'
import type { SubstrateNodeId } from '@myvini/core/ids'
import { buildTopology } from '@myvini/core/topology/build'
import { useBox } from '@myvini/testkit/boxed'
import { eventually } from '@myvini/testkit/eventually'
import type { NodeConnection, Terminal } from '@myvini/transport/node-connection'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const boxed = useBox(1)
const NODE = 'chicago-1'
let connection: NodeConnection

const topology = buildTopology(
  [
    { name: 'web', kind: 'host', x: 0, y: 0 },
    { name: 'db', kind: 'host', x: 0, y: 0 },
  ],
  [{ from: 'web', to: 'db' }],
)

beforeAll(async () => {
  connection = await boxed.connect(NODE)
  const { substrate, underlays } = ringSubstrate(1)
  const plan = planSlice(activeSlice('t', topology, substrate, 1), underlays)
  await connection.apply(
    JSON.stringify({ ...compileNodeSpec('n0' as SubstrateNodeId, [plan], underlays), generation: 1 }),
  )
  await eventually('the hosts being up', async () => {
    const report = await connection.observe()
    return report.ok && report.value.settled && report.value.generation === 1
  })
})
afterAll(() => connection?.close())

/** A person at a terminal: sees text, types lines. */
class Person {
  screen = ''
  exitCode: number | null | undefined
  constructor(readonly terminal: Terminal) {
    terminal.onData((data) => {
      this.screen += data.toString()
    })
    terminal.onEnd((code) => {
      this.exitCode = code
    })
  }
  type(line: string) {
    this.terminal.write(Buffer.from(`${line}\r`))
  }
  sees(pattern: RegExp) {
    return eventually(`seeing ${pattern}`, () => {
      if (!pattern.test(this.screen)) throw new Error(this.screen.slice(-800))
      return true
    })
  }
}

async function sitDown(host: string, session: string, columns = 100, rows = 30): Promise<Person> {
  const opened = await connection.openTerminal({ host: `res-t-${host}`, session, columns, rows })
  if (!opened.ok) throw new Error(opened.problem.message)
  return new Person(opened.value)
}

describe('a terminal in a virtual host', () => {
  test('is a root shell there, which knows its neighbours by name', async () => {
    const person = await sitDown('web', 'one')
    person.type('echo I am $(id -un) on $(hostname)')
    await person.sees(/I am root on web/)
    person.type('ping -c 2 -i 0.1 db')
    await person.sees(/ 0% packet loss/)
    person.type('ip address add 192.0.2.9/32 dev eth0 && echo changed-$((1+1))')
    await person.sees(/changed-2/)
    person.type('exit 7')
    await eventually('the end', () => person.exitCode !== undefined)
    expect(person.exitCode).toBe(7)
  })

  test('has the size that was asked for, and follows when it changes', async () => {
    const person = await sitDown('web', 'size', 123, 45)
    person.type('stty size')
    await person.sees(/45 123/)
    person.terminal.resize({ columns: 80, rows: 20 })
    await eventually('the new size', async () => {
      person.type('stty size')
      await new Promise((resolve) => setTimeout(resolve, 50))
      return /20 80/.test(person.screen)
    })
    person.type('exit')
  })

  test('goes on while nobody looks, and shows what happened to whoever comes back', async () => {
    const first = await sitDown('db', 'stay')
    first.type('MARK=left-behind; (sleep 0.3; echo later-$((6*7)))& echo set-$((40+2)) $MARK')
    await first.sees(/set-42 left-behind/)
    first.terminal.close()
    await eventually('the end', () => first.exitCode !== undefined)
    const second = await sitDown('db', 'stay')
    await second.sees(/left-behind/)
    await second.sees(/later-42/)
    second.type('echo still $MARK')
    await second.sees(/still left-behind/)
    second.type('exit')
  })

  test('sees nothing of the node: not its secrets, its processes, its network or its other hosts', async () => {
    const person = await sitDown('web', 'peek')
    person.type('ls /var/lib/myvini /run/myvini /root/.ssh 2>&1; echo A$((1+1))')
    await person.sees(/A2/)
    expect(person.screen).not.toMatch(/spec\.json|agent\.sock|authorized_keys/)
    person.type('echo processes-$(ps ax | grep -c "[a]gent.mjs\\|[s]shd")-')
    await person.sees(/processes-0-/)
    person.type('echo devices-$(ip -o link | grep -c "mgmt0\\|to-")-')
    await person.sees(/devices-0-/)
    person.type('touch /etc/x /usr/x; mount -t tmpfs x /tmp; unshare -n true; echo D$((1+1))')
    await person.sees(/D2/)
    expect(person.screen).toMatch(/touch: cannot touch '\/etc\/x'/)
    expect(person.screen).toMatch(/mount: .*(permission denied|not permitted)/i)
    expect(person.screen).toMatch(/unshare: .*(not permitted|denied)/i)
    person.type('exit')
  })

  test('ten at once are all served', async () => {
    const people = await Promise.all(Array.from({ length: 10 }, (_, i) => sitDown('web', `many${i}`)))
    for (const [i, person] of people.entries()) person.type(`echo number-$((${i}+100))`)
    await Promise.all(people.map((person, i) => person.sees(new RegExp(`number-${i + 100}`))))
    for (const person of people) person.type('exit')
  })

  test('of a session whose name is no name is refused', async () => {
    const person = await sitDown('web', 'a/../x')
    await person.sees(/letters, digits/)
    await eventually('the end', () => person.exitCode !== undefined)
    expect(person.exitCode).toBe(2)
  })
})

describe('a capture on a virtual interface', () => {
  const limits = { snapBytes: 256, leastBytes: 0, mostBytes: 65_535, every: 1, seconds: 60, packets: 1000 }

  test('brings what passes there, ends when it is told to, and is refused where somebody has one already', async () => {
    const device = deviceName(1, 'a')
    const opened = await connection.openCapture({ device, ...limits })
    if (!opened.ok) throw new Error(opened.problem.message)
    const chunks: Buffer[] = []
    opened.value.onData((data) => chunks.push(data))
    const ended = new Promise((resolve) => opened.value.onEnd((code, reason) => resolve([code, reason])))
    await eventually('its first block', () => chunks.length > 0)
    const second = await connection.openCapture({ device, ...limits })
    if (!second.ok) throw new Error(second.problem.message)
    const why = await new Promise((resolve) => second.value.onEnd((code, reason) => resolve([code, reason])))
    expect(why).toEqual([3, `${device}: somebody is capturing on this interface already`])
    const db = topology.hosts.find((h) => h.name === 'db')?.interfaces[0]?.ipv4?.split('/')[0] ?? ''
    await boxed.inHost(NODE, 'res-t-web', ['ping', '-c', '2', '-i', '0.1', db])
    opened.value.finish()
    expect(await ended).toEqual([0, ''])
    const file = Buffer.concat(chunks)
    expect(file.readUInt32LE(0)).toBe(0x0a0d0d0a) // a section of pcapng
    expect(file.readUInt32LE(file.length - file.readUInt32LE(file.length - 4))).toBe(5) // statistics come last
    expect(file.length).toBeGreaterThan(500)
  })

  test('a device that is none is refused', async () => {
    const opened = await connection.openCapture({ device: 'mv0000ffffa', ...limits })
    if (!opened.ok) throw new Error(opened.problem.message)
    const [code] = await new Promise<[number | null, string]>((resolve) =>
      opened.value.onEnd((exitCode, reason) => resolve([exitCode, reason])),
    )
    expect(code).toBe(3)
  })
})
