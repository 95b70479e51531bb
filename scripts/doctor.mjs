// What does this machine lack, and how is it got? Reads only; mends nothing.
import { existsSync, readFileSync, statfsSync } from 'node:fs'
import { freemem } from 'node:os'
import { hasApt, isLinux, isRoot, kernelObstacles, missingPackages, paths } from './machine.mjs'

const GIB = 1024 ** 3

function checks() {
  const disk = statfsSync(paths.root)
  const freeDisk = (disk.bavail * disk.bsize) / GIB
  const list = [
    { what: 'Node.js', ok: true, have: process.versions.node },
    {
      what: 'Free disk',
      ok: freeDisk > 3,
      have: `${freeDisk.toFixed(1)} GiB`,
      cure: 'A first installation takes about 3 GiB; make room.',
    },
    {
      what: 'Free memory',
      ok: freemem() / GIB > 1,
      have: `${(freemem() / GIB).toFixed(1)} GiB`,
      cure: 'A box of four nodes and the build take about 2 GiB.',
    },
    {
      what: 'Root',
      ok: isRoot(),
      have: isRoot() ? 'yes' : 'no',
      cure: 'Real virtual hosts need it: sudo ./myvini up. Without: ./myvini up --simulate',
    },
  ]
  for (const obstacle of kernelObstacles().filter((o) => !o.startsWith('you are not root')))
    list.push({
      what: 'Kernel',
      ok: false,
      have: obstacle,
      cure: 'Use a stock Debian or Ubuntu kernel of 5.15 or newer, or ./myvini up --simulate',
    })
  if (isLinux()) {
    const cgroups = existsSync('/sys/fs/cgroup/cgroup.controllers')
      ? 'v2'
      : existsSync('/sys/fs/cgroup/memory')
        ? 'v1'
        : ''
    list.push({
      what: 'Cgroups',
      ok: cgroups !== '',
      have: cgroups || 'none',
      cure: 'Mount them: they come with any init system.',
    })
    const hasBpf = /\bbpf$/m.test(readFileSync('/proc/filesystems', 'utf8'))
    list.push({
      what: 'BPF file system',
      ok: hasBpf,
      have: hasBpf ? 'yes' : 'no',
      cure: 'The kernel needs CONFIG_BPF_SYSCALL.',
    })
  }
  if (hasApt()) {
    for (const [group, use] of [
      ['build', 'building the datapath'],
      ['run', 'running the box'],
      ['test', 'tests'],
      ['bench', 'benchmarks'],
    ]) {
      const missing = missingPackages([group])
      list.push({
        what: `Packages for ${use}`,
        ok: missing.length === 0,
        have: missing.length === 0 ? 'all there' : `missing ${missing.join(' ')}`,
        cure: `./myvini ${({ test: 'test', bench: 'bench' })[group] ?? 'up'} installs them, or: apt-get install --no-install-recommends ${missing.join(' ')}`,
      })
    }
  } else if (isLinux()) {
    list.push({
      what: 'Packages',
      ok: false,
      have: 'this is not Debian or Ubuntu',
      cure: 'Install what kernel/apt-packages.txt names by your own package manager.',
    })
  }
  return list
}

export function doctor() {
  const list = checks()
  for (const { what, ok, have, cure } of list) {
    process.stdout.write(`${ok ? '  ok ' : '  -- '}${what}: ${have}\n`)
    if (!ok) process.stdout.write(`     ${cure}\n`)
  }
  const bad = list.filter((check) => !check.ok).length
  process.stdout.write(bad === 0 ? '\nNothing is missing.\n' : `\n${bad} of ${list.length} need attention.\n`)
  return bad === 0 ? 0 : 1
}
