// Do limits hold where all controllers are in one tree, version 2 (Linux, Documentation/admin-guide/cgroup-v2.rst), as on every
// stock Debian? This machine may have version 1, so it is asked of Debian's kernels in a guest, which has nothing but 2.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type DebianGuest, guestObstacle, guestOn, SERIES } from './debian-guest'
import { Lab, type LabNode } from './lab'
import { host, owner } from './parts'

const WHERE = '--run /run/myvini --bpf /sys/fs/bpf/myvini --objects /objects --hosts /disk/hosts'
const GROUPS = '/sys/fs/cgroup/myvini'
const GROUP = `${GROUPS}/h`
const LIMITS = { op: 'limits.set', fingerprint: 'x', cpuMilli: 200, cpuCapped: true, cpus: null }

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
    const limit = (more: object, namespace = 'h') =>
      serve({ ...LIMITS, namespace, memoryMib: 48, processes: 30, diskMibps: 0, ...more })
    const entering = (host: string, script: string) =>
      `trellis enter --run /run/myvini --namespace ${host} --owner slice --hostname ${host} -- /bin/sh -c '${script}'`
    /** As whoever works in the host: by `enter`, which puts what it starts into the host's cgroup. */
    const enter = (script: string, host = 'h') => guest.run(entering(host, script), 60_000)
    const read = async (file: string, host = 'h') => (await guest.must(`cat ${GROUPS}/${host}/${file}`)).trim()
    const processes = async (): Promise<number> => {
      const told = await read('pids.current')
      const [, count] = /^(\d+)$/m.exec(told) ?? []
      if (count === undefined) throw new Error(`no number of processes: ${JSON.stringify(told)}`)
      return Number(count)
    }
    /** How often a limit was met: a line of one of cgroup v2's files of events. */
    const counted = async (file: string, event: string, host = 'h') =>
      Number(new RegExp(`^${event} (\\d+)$`, 'm').exec(await read(file, host))?.[1])
    const uptime = async () => Number((await guest.must('cat /proc/uptime')).split(' ')[0])

    beforeAll(async () => {
      node = await lab.node('a')
      guest = await guestOn(node, series, { ownRoot: true, diskMib: 64 })
      await guest.must('mount -t cgroup2 cgroup2 /sys/fs/cgroup')
      await guest.must('mke2fs /dev/vda; mkdir /disk; mount -t ext4 /dev/vda /disk && mkdir /disk/hosts')
      await serve(owner(), ...host('h'), ...host('beside'))
      await limit({})
      await limit({}, 'beside')
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

    test('who takes more memory than the host has is killed, and a neighbour with as much is not', async () => {
      await limit({ cpuMilli: 1000 })
      await limit({ cpuMilli: 1000 }, 'beside')
      // Held in memory by the neighbour meanwhile: 24 of its 48 MiB.
      await guest.must(
        `{ ${entering('beside', 'dd if=/dev/zero of=/run/held bs=1M count=24; exec sleep 1000')} & } 2>/dev/null`,
      )
      const held = async () => Number(await read('memory.current', 'beside')) / 1024 / 1024
      await expect.poll(held, { timeout: 20_000 }).toBeGreaterThan(24)
      const { out } = await enter('dd if=/dev/zero of=/dev/null bs=200M count=1; echo code-$?')
      expect(out).toContain('code-137')
      expect(await counted('memory.events', 'oom_kill')).toBe(1)
      expect(await counted('memory.events', 'oom_kill', 'beside')).toBe(0)
      expect(await held()).toBeGreaterThan(24)
      expect(Number(await read('memory.current'))).toBeLessThanOrEqual(48 * 1024 * 1024)
      // Less than it has is had, by the same way of asking.
      expect((await enter('dd if=/dev/zero of=/dev/null bs=30M count=1; echo code-$?')).out).toContain('code-0')
      expect(await counted('memory.events', 'oom_kill')).toBe(1)
      // What holds now is what was set last.
      await limit({ cpuMilli: 1000, memoryMib: 256 })
      expect((await enter('dd if=/dev/zero of=/dev/null bs=200M count=1; echo code-$?')).out).toContain('code-0')
    })

    test('a fork bomb stays below the number of processes the host has, and a neighbour starts what it likes', async () => {
      const refused = () => counted('pids.events', 'max')
      const seen: number[] = []
      for (let round = 0; round < 3; round++) {
        const before = await refused()
        await guest.must(`{ ${entering('h', 'bomb() { while :; do bomb & done; }; bomb')} & } >/dev/null 2>&1`)
        // Counted when one more is asked for than there may be: it is at its limit then.
        await expect.poll(refused, { timeout: 30_000 }).toBeGreaterThan(before)
        seen.push(await processes())
        const { out } = await enter(
          'i=0; while [ $i -lt 20 ]; do sleep 0.2 & i=$((i+1)); done; wait; echo all-$i',
          'beside',
        )
        expect(out).toContain('all-20')
        seen.push(await processes())
        await guest.must(
          `echo 1 > ${GROUP}/cgroup.kill; until [ $(cat ${GROUP}/pids.current) = 0 ]; do sleep 0.1; done`,
        )
      }
      process.stderr.write(
        `cgroup v2, ${series}: fork bombs of ${seen.join(', ')} processes of 30, ${await refused()} refused\n`,
      )
      expect(Math.max(...seen)).toBeLessThanOrEqual(30)
      expect(await counted('pids.events', 'max', 'beside')).toBe(0)
      expect((await enter('echo again')).out).toContain('again')
    })

    test('the rate of the disk holds, and another one holds at once', async () => {
      const MIB = 24
      /** MiB/s of direct reading by something that is in the host's cgroup, by the guest's own clock. */
      const rate = async () => {
        const from = await uptime()
        await guest.must(
          `sh -c 'echo $$ > ${GROUP}/cgroup.procs; exec dd if=/dev/vda of=/dev/null iflag=direct bs=64k count=${MIB * 16}'`,
          60_000,
        )
        return MIB / ((await uptime()) - from)
      }
      await limit({ cpuMilli: 1000, diskMibps: 2 })
      expect(await read('io.max')).toMatch(/rbps=2097152 wbps=2097152/)
      const slow = await rate()
      await limit({ cpuMilli: 1000, diskMibps: 0 })
      const free = await rate()
      process.stderr.write(
        `cgroup v2, ${series}: 2 MiB/s allowed, ${slow.toFixed(1)} had; ${free.toFixed(1)} without\n`,
      )
      expect(slow).toBeLessThan(2.4)
      expect(free).toBeGreaterThan(2 * slow)
    })

    test('taken away, nothing of it is left', async () => {
      await guest.must(`echo 1 > ${GROUPS}/beside/cgroup.kill`)
      await serve({ op: 'namespace.delete', namespace: 'h' }, { op: 'limits.delete', namespace: 'h' })
      expect((await guest.run(`test -e ${GROUP}`)).code).toBe(1)
    })
  })
}
