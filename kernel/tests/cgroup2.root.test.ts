// Do limits hold where all controllers are in one tree, version 2 (Linux, Documentation/admin-guide/cgroup-v2.rst), as on every
// stock Debian? This machine may have version 1, so it is asked of Debian's kernels in a guest, which has nothing but 2.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DebianGuest, guestObstacle, SERIES } from './debian-guest'
import { Lab, type LabNode } from './lab'
import { host, owner } from './parts'

const WHERE = '--run /run/myvini --bpf /sys/fs/bpf/myvini --objects /objects'
const GROUP = '/sys/fs/cgroup/myvini/h'
const LIMITS = { op: 'limits.set', namespace: 'h', fingerprint: 'x', cpuMilli: 200, cpuCapped: true, cpus: null }

for (const series of SERIES) {
  const obstacle = guestObstacle(series)
  describe.skipIf(obstacle !== null)(`limits by cgroup v2 on Debian's Linux ${series}`, { timeout: 120_000 }, () => {
    const lab = new Lab()
    let node: LabNode
    let guest: DebianGuest

    async function serve(...ops: object[]) {
      const answer = await guest.must(`echo '${JSON.stringify({ id: 1, ops })}' | trellis serve ${WHERE}`)
      expect(answer).not.toContain('"ok":false')
    }
    const limit = (more: object) => serve({ ...LIMITS, memoryMib: 48, processes: 30, diskMibps: 0, ...more })
    /** As whoever works in the host: by `enter`, which puts what it starts into the host's cgroup. */
    const enter = (script: string) =>
      guest.run(
        `trellis enter --run /run/myvini --namespace h --owner slice --hostname h -- /bin/sh -c '${script}'`,
        60_000,
      )
    const read = async (file: string) => (await guest.must(`cat ${GROUP}/${file}`)).trim()

    beforeAll(async () => {
      node = await lab.node('a')
      node.run('ip', 'tuntap', 'add', 'tap0', 'mode', 'tap', 'vnet_hdr')
      node.run('ip', 'link', 'set', 'tap0', 'up')
      guest = await DebianGuest.boot(node, 'tap0', series, [['own-root', Buffer.from('')]])
      await guest.must('mount -t cgroup2 cgroup2 /sys/fs/cgroup')
      await serve(owner(), ...host('h'))
      await limit({})
    }, 150_000)
    afterAll(async () => {
      await guest?.end()
      await lab.end()
    })

    test('who enters is in the host’s cgroup, at the root of what it sees', async () => {
      expect((await enter('cat /proc/self/cgroup')).out.trim()).toBe('0::/')
      expect(await read('cpu.max')).toBe('20000 100000')
      expect(await read('memory.max')).toBe(String(48 * 1024 * 1024))
      expect(await read('pids.max')).toBe('30')
    })

    test('the processor share holds, and another one holds at once', async () => {
      /** Share of one processor that the host has over two seconds and more of the guest's own clock, in percent. */
      const share = async (): Promise<number> => {
        const look = async () => {
          const told = await guest.must(`cat /proc/uptime ${GROUP}/cpu.stat`)
          const [, uptime] = /(\d+\.\d+) \d+\.\d+/.exec(told) ?? []
          const [, usage] = /usage_usec (\d+)/.exec(told) ?? []
          return { at: Number(uptime), used: Number(usage) / 1e6 }
        }
        const from = await look()
        await guest.must('sleep 4')
        const to = await look()
        return ((to.used - from.used) / (to.at - from.at)) * 100
      }
      await guest.must(
        `{ trellis enter --run /run/myvini --namespace h --owner slice --hostname h -- /bin/sh -c 'while :; do :; done' & } 2>/dev/null; sleep 1`,
      )
      const capped = await share()
      process.stderr.write(`cgroup v2, ${series}: 20 % reserved, ${capped.toFixed(1)} % had\n`)
      // An upper bound holds on whatever machine; a busy one may give the guest less time than its own clock says.
      expect(capped).toBeLessThan(23)
      expect(capped).toBeGreaterThan(5)
      await limit({ cpuMilli: 500 })
      expect(await read('cpu.max')).toBe('50000 100000')
      const more = await share()
      process.stderr.write(`cgroup v2, ${series}: 50 % reserved, ${more.toFixed(1)} % had\n`)
      expect(more).toBeLessThan(55)
      expect(more).toBeGreaterThan(capped)
    })

    test('taken away, nothing of it is left', async () => {
      await serve({ op: 'namespace.delete', namespace: 'h' }, { op: 'limits.delete', namespace: 'h' })
      expect((await guest.run(`test -e ${GROUP}`)).code).toBe(1)
    })
  })
}
