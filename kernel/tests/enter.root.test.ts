// Is the root of a virtual host root there, and nobody on the node?
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Lab, type LabNode } from './lab'
import { device, host, join, owner, port } from './parts'

describe('enter', () => {
  const lab = new Lab()
  let node: LabNode
  const options = ['--home', '/tmp/home', '--hosts-file', '/tmp/hosts', '--resolv-file', '/tmp/resolv.conf']

  beforeAll(async () => {
    node = await lab.node('a')
    await node.trellis.do(
      ...[owner(), ...host('h1'), ...host('h2'), ...port('h1', 'v1', 1), ...port('h2', 'v2', 2)],
      ...join('link', device('v1'), device('v2')),
    )
    // a private /tmp and /var/lib, so that the node has secrets of its own
    node.run(
      ...['sh', '-ec'],
      `mount -t tmpfs tmpfs /tmp; mkdir -m 700 /tmp/home; echo secret > /tmp/secret; chmod 644 /tmp/secret
       mount -t tmpfs tmpfs /var/lib; mkdir /var/lib/myvini; echo secret > /var/lib/myvini/key
       echo "10.0.0.2 h2" > /tmp/hosts; echo "nameserver 10.0.0.9" > /tmp/resolv.conf
       echo secret > /run/secret; mount -t tmpfs tmpfs /home; echo secret > /home/secret`,
    )
  })
  afterAll(() => lab.end())

  const sh = (script: string) => node.enter('h1', options, 'sh', '-c', script)
  const says = (script: string) => sh(script).stdout.trim()

  test('the exit code passes, also of what a signal ended and of what is not there', () => {
    expect(sh('exit 7').code).toBe(7)
    expect(sh('kill -9 $$').code).toBe(137)
    expect(node.enter('h1', options, '/no/such/program')).toMatchObject({ code: 127 })
    expect(node.enter('h1', options, '/etc/passwd')).toMatchObject({ code: 126 })
    expect(node.enter('nowhere', options, 'true')).toMatchObject({ code: 125 })
  })

  test('an argument is an argument, never a piece of shell', () => {
    expect(node.enter('h1', options, 'echo', '$(id); "x" `ls`').stdout).toBe('$(id); "x" `ls`\n')
  })

  test('it is root, in its own host', () => {
    expect(says('id -u; id -g; hostname; cat /etc/hostname; cat /etc/hosts; cat /etc/resolv.conf')).toBe(
      '0\n0\nh1\nh1\n10.0.0.2 h2\nnameserver 10.0.0.9',
    )
    expect(says('echo $HOME $USER; pwd; env | cut -d= -f1 | sort')).toBe(
      '/root root\n/root\nHOME\nLANG\nLOGNAME\nPATH\nPWD\nSHELL\nTERM\nUSER',
    )
  })

  test('a resolv.conf that is a link into /run, as systemd-resolved makes it, is replaced all the same', () => {
    node.run(
      ...['sh', '-ec'],
      `cp -a /etc /tmp/etc; ln -sf ../run/systemd/resolve/stub-resolv.conf /tmp/etc/resolv.conf
       mount --bind /tmp/etc /etc`,
    )
    expect(says('cat /etc/resolv.conf')).toBe('nameserver 10.0.0.9')
    node.run('umount', '/etc')
  })

  test('it configures its network stack', () => {
    const configured = sh(`set -e
      ip link add br9 type bridge
      ip link set br9 up
      ip address add 10.9.0.1/24 dev br9
      ip address add 10.0.0.77/24 dev eth0
      ip route add 10.77.0.0/16 via 10.0.0.2
      echo 1 > /proc/sys/net/ipv4/ip_forward
      sysctl -qw net.ipv4.tcp_congestion_control=reno
      tc qdisc add dev eth0 root tbf rate 100mbit burst 64k latency 50ms
      ping -q -c1 -W2 10.0.0.2
      ping -q -c1 -W2 h2
      tcpdump -c0 -i eth0 2>&1 || true
      tc qdisc del dev eth0 root
      ip address del 10.0.0.77/24 dev eth0
      ip link del br9`)
    expect(configured.stderr).toBe('')
    expect(configured.code).toBe(0)
  })

  test('it captures packets', async () => {
    const [file, argv] = node.inside(node.enterArgv('h1', options, ['tcpdump', '-nnl', '-c1', '-i', 'eth0', 'icmp']))
    const tcpdump = spawn(file, argv, { stdio: ['ignore', 'pipe', 'pipe'] })
    await once(tcpdump.stderr, 'data')
    const seen = once(tcpdump.stdout, 'data')
    node.host('h2', 'ping', '-q', '-c1', '10.0.0.1')
    expect(String((await seen)[0])).toContain('10.0.0.2 > 10.0.0.1: ICMP echo request')
    if (tcpdump.exitCode === null) await once(tcpdump, 'exit')
  })

  test('an ordinary user inside may ping', () => {
    expect(sh('setpriv --reuid 1000 --regid 1000 --clear-groups ping -q -c1 -W2 10.0.0.2').code).toBe(0)
  })

  test('its home is its own and stays', () => {
    expect(says('echo mine > /root/file && stat -c %u /root/file')).toBe('0')
    expect(says('cat /root/file')).toBe('mine')
    expect(node.run('stat', '-c', '%u', '/tmp/home/file').trim()).toBe('100000')
  })

  test('what is written elsewhere is gone with the command', () => {
    expect(says('echo x > /tmp/x; echo x > /run/x; echo x > /var/lib/x; ls /tmp /run/x /var/lib/x')).toBe(
      '/run/x\n/var/lib/x\n\n/tmp:\nx',
    )
    expect(says('ls /tmp /run/x /var/lib/x 2>/dev/null')).toBe('/tmp:')
  })

  for (const [what, script] of [
    ['read the secrets of the node', 'cat /var/lib/myvini/key /run/secret /tmp/secret /home/secret /etc/shadow'],
    ['read another secret of the node', 'cat /etc/shadow'],
    ['write the root file system', 'touch /x'],
    ['write /usr', 'touch /usr/x'],
    ['write /etc', 'touch /etc/x'],
    ['change a program', 'chmod 777 /usr/bin/env'],
    ['remount it writable', 'mount -o remount,rw /'],
    ['mount', 'mount -t tmpfs tmpfs /tmp'],
    ['unmount', 'umount /proc'],
    ['make a user namespace', 'unshare -U true'],
    ['make a network namespace', 'ip netns add x'],
    ['enter a namespace', 'nsenter --net=/proc/1/ns/net true'],
    ['look into the first process', 'ls /proc/1/root/'],
    ['make a device', 'mknod /tmp/x b 254 0'],
    ['read the kernel log', 'dmesg'],
    ['set the clock', 'date -s 2001-01-01'],
    ['set a sysctl of the node', 'sysctl -w kernel.core_pattern=x'],
    ['set a sysctl of its memory', 'echo 3 > /proc/sys/vm/drop_caches'],
    ['press the magic key', 'echo b > /proc/sysrq-trigger'],
    ['use eBPF', 'tc filter add dev lo ingress bpf bytecode "1,6 0 0 0" && bpftool prog list'],
    ['read sysfs of the firmware', 'test -n "$(ls /sys/firmware)"'],
    ['write sysfs', 'echo 1 > /sys/class/net/eth0/flags'],
    ['see cgroups', 'test -n "$(ls /sys/fs/cgroup)"'],
    ['raise a limit', 'ulimit -n 10000000'],
    ['run a program of another instruction set', 'perl -e "exit(syscall(0x40000000 | 39) < 0)"'],
    ['type into the terminal', 'perl -e \'ioctl(STDIN, 0x5412, "x") or exit 1\''],
    ['speak to the hypervisor', 'perl -e "use Socket; socket(S, 40, 1, 0) or exit 1"'],
    ['clone into a namespace', 'perl -e "exit(syscall(56, 0x10000011, 0, 0, 0, 0) < 0)"'],
  ])
    test(`it cannot ${what}`, () => {
      const tried = sh(`exec 2>&1; ${script}`)
      expect([0, 125]).not.toContain(tried.code) // 125: it did not even come in
      expect(tried.stdout).not.toContain('secret\n')
    })

  test('it sees only its own processes and devices', () => {
    expect(says('ls -d /proc/[0-9]* | wc -l')).toMatch(/^[3-5]$/)
    expect(says('ls /sys/class/net')).toBe('eth0\nlo')
    expect(says('ls /dev')).toBe(
      'fd\nfull\nnet\nnull\nptmx\npts\nrandom\nshm\nstderr\nstdin\nstdout\ntty\nurandom\nzero',
    )
    expect(sh('echo x > /dev/null && head -c4 /dev/urandom > /dev/zero').code).toBe(0)
  })

  test('capabilities, seccomp and no_new_privs are on', () => {
    expect(
      says('grep -E "^(CapBnd|CapEff|CapInh|CapAmb|NoNewPrivs|Seccomp):" /proc/self/status').replaceAll('\t', ' '),
    ).toBe(
      [
        ...['CapInh: 0000000000000000', 'CapEff: 0000000000043dfb', 'CapBnd: 0000000000043dfb'],
        ...['CapAmb: 0000000000000000', 'NoNewPrivs: 1', 'Seccomp: 2'],
      ].join('\n'),
    )
  })

  test('orphans are buried', () => {
    expect(says('sh -c "sleep 0 & exec true"; sleep 0.2; grep -l "State:.*Z" /proc/[0-9]*/status | wc -l')).toBe('0')
  })

  test('when the command ends, what it left running ends', async () => {
    expect(sh('setsid sleep 1000 > /dev/null 2>&1 & echo started').stdout).toBe('started\n')
    expect(processesIn(node, 'h1')).toBe(0)
  })

  test('when enter is killed, all of it ends', async () => {
    const [file, argv] = node.inside(node.enterArgv('h1', options, ['sh', '-c', 'echo up; exec sleep 1000']))
    const child = spawn(file, argv, { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(child.stdout, 'data')
    expect(processesIn(node, 'h1')).toBe(2)
    const closed = once(child.stdout, 'close') // when the last holder is gone
    child.kill('SIGKILL')
    await closed
  })

  test('SIGTERM reaches the command', async () => {
    const [file, argv] = node.inside(
      node.enterArgv('h1', options, [
        'sh',
        '-c',
        'trap "exit 3" TERM; echo up; while :; do sleep 0.05; done',
        'SIGTERM',
      ]),
    )
    const child = spawn(file, argv, { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(child.stdout, 'data')
    const exit = once(child, 'exit')
    node.kill('TERM', 'enter', 'SIGTERM')
    expect((await exit)[0]).toBe(3)
  })

  test('it is put into the cgroups that were asked for', () => {
    const here = ['/sys/fs/cgroup/pids', '/sys/fs/cgroup/unified', '/sys/fs/cgroup']
    const mounted = here.find((folder) => node.try('test', '-e', `${folder}/cgroup.procs`).code === 0)
    if (!mounted) return // the lab's own sysfs hides them
    node.run('mkdir', '-p', `${mounted}/myvini-test`)
    const inside = node.enter('h1', [...options, '--cgroup', `${mounted}/myvini-test`], 'cat', '/proc/self/cgroup')
    node.run('rmdir', `${mounted}/myvini-test`)
    expect(inside.stdout).toMatch(/:\/$/m) // it sees itself at the root of a cgroup namespace
    expect(node.enter('h1', ['--cgroup', '/tmp/none'], 'true')).toMatchObject({ code: 125 })
  })

  test('namespace.delete ends what runs inside', async () => {
    await node.trellis.do(...host('h3'))
    const [file, argv] = node.inside(node.enterArgv('h3', options, ['sh', '-c', 'echo up; exec sleep 1000']))
    const child = spawn(file, argv, { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(child.stdout, 'data')
    const exit = once(child, 'exit')
    await node.trellis.do({ op: 'namespace.delete', namespace: 'h3' })
    expect((await exit)[0]).toBe(137)
  })

  test('a namespace that has gone is taken apart a moment later, also while trellis is asked all the time', async () => {
    await node.trellis.do(...host('h4'), ...port('h4', 'v4', 4))
    const inode = () => node.run('stat', '-Lc', '%i', '/run/myvini/netns/h4').trim()
    const first = inode()
    expect(isHeld(node, first)).toBe(false)
    await node.trellis.do({ op: 'namespace.delete', namespace: 'h4' })
    expect(isHeld(node, first)).toBe(true)
    expect((await node.trellis.one({ op: 'observe' })).namespaces).not.toContain('h4')
    const asked = performance.now()
    while (isHeld(node, first) && performance.now() - asked < 5000) await node.trellis.do({ op: 'observe' })
    expect(isHeld(node, first)).toBe(false)
    // And while nobody asks for anything.
    await node.trellis.do(...host('h4'))
    const second = inode()
    await node.trellis.do({ op: 'namespace.delete', namespace: 'h4' })
    expect(isHeld(node, second)).toBe(true)
    await expect.poll(() => isHeld(node, second), { timeout: 5000 }).toBe(false)
  })
})

/** Whether `trellis serve` has a descriptor of the namespace with that number. */
function isHeld(node: LabNode, inode: string): boolean {
  const open = '[ "$(cat $p/comm)" = trellis ] && stat --dereference --format=%i $p/fd/*'
  return node.run('sh', '-c', `for p in /proc/[0-9]*; do ${open}; done; true`).split('\n').includes(inode)
}

/** How many processes are in the network namespace of that host now? */
function processesIn(node: LabNode, name: string): number {
  const script = `want=$(stat -Lc %i /run/myvini/netns/${name}); n=0
    for p in /proc/[0-9]*; do [ "$(stat -Lc %i $p/ns/net 2>/dev/null)" = "$want" ] && n=$((n+1)); done; echo $n`
  return Number(node.run('sh', '-c', script))
}
