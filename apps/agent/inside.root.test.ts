// Are commands and files of people kept inside the virtual host they are meant for, bounded, and gone with who asked?
import { createHash, randomBytes } from 'node:crypto'
import { compileNodeSpec, planSlice } from '@myvini/core/desired/compile'
import { activeSlice, ringSubstrate } from '@myvini/core/desired/random-slice'
import type { SubstrateNodeId } from '@myvini/core/ids'
import { readListing } from '@myvini/core/inside/listing'
import { execRequest, getRequest, INSIDE_EXIT, listRequest, putRequest } from '@myvini/core/inside/request'
import { buildTopology } from '@myvini/core/topology/build'
import { useBox } from '@myvini/testkit/boxed'
import { eventually } from '@myvini/testkit/eventually'
import { askInside, hearOut } from '@myvini/testkit/inside'
import { NO_CONTAINERS } from '@myvini/testkit/no-containers'
import type { NodeConnection } from '@myvini/transport/node-connection'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const boxed = useBox(1)
const NODE = 'chicago-1'
let connection: NodeConnection
const CLASSES = NO_CONTAINERS === null ? (['netns', 'vserver'] as const) : (['netns'] as const)

const topology = buildTopology(
  CLASSES.map((kind) => ({ name: kind, kind: 'host' as const, class: kind, memoryMib: 64, x: 0, y: 0 })),
  CLASSES.length === 2 ? [{ from: 'netns', to: 'vserver' }] : [],
)

beforeAll(async () => {
  connection = await boxed.connect(NODE)
  const { substrate, underlays } = ringSubstrate(1)
  const active = activeSlice('i', topology, substrate, 1)
  const plan = planSlice({ ...active, hostUidBases: new Map([['vserver', 65_536 * 100]]) }, underlays)
  const spec = { ...compileNodeSpec('n0' as SubstrateNodeId, [plan], underlays), generation: 1 }
  const taken = await connection.apply(JSON.stringify(spec))
  if (!taken.ok) throw new Error(taken.problem.message)
  await eventually('the hosts being up', async () => {
    const report = await connection.observe()
    return report.ok && report.value.settled && report.value.generation === 1
  })
  await boxed.inNode(NODE, ['sh', '-c', 'echo of-the-node > /var/lib/secret; mkdir -p /srv/node'])
}, 60_000)
afterAll(() => connection?.close())

const sha = (data: Buffer) => createHash('sha256').update(data).digest('hex')
const ofNode = async (pattern: string) =>
  Number(await boxed.inNode(NODE, ['sh', '-c', `ps axo args | grep -c "${pattern}" || true`]))

describe.each(CLASSES)('inside a virtual host of class %s', (kind) => {
  const host = `res-i-${kind}`
  const exec = (command: string, seconds = 20) => askInside(connection, host, execRequest(command, seconds))
  const put = (path: string, content: Buffer, overwrites = false) =>
    askInside(connection, host, putRequest(path, content.length, overwrites), content)
  const get = async (path: string) => {
    const got = await askInside(connection, host, getRequest(path))
    const line = got.stdout.indexOf(10)
    return { ...got, size: Number(got.stdout.subarray(0, line)), content: got.stdout.subarray(line + 1) }
  }

  test('a command line is run by its shell: output, errors and exit code apart', async () => {
    const said = await exec('echo I am $(id -un) on $(hostname), in $PWD; echo "it\'s wrong" >&2; exit 7')
    expect(said.stdout.toString()).toBe(`I am root on ${kind}, in /root\n`)
    expect(said.stderr).toBe("it's wrong\n")
    expect(said.end).toMatchObject({ exitCode: 7, cut: false, late: false })
  })

  test('it is one argument: no shell of the node sees any of it', async () => {
    const nasty = `printf '%s|' '$(touch /srv/node/x)' "\`id\`" ; : '; touch /srv/node/y' & wait\n# "\${HOME}' ü\n`
    expect((await exec(`cat <<'END'\n${nasty}END`)).stdout.toString()).toBe(nasty)
    expect(await boxed.inNode(NODE, ['ls', '/srv/node'])).toBe('')
  })

  test('it has the limits and the filter of a terminal there', async () => {
    const said = await exec('grep -E "NoNewPrivs|Seccomp:" /proc/self/status; unshare -n true || mount -t tmpfs x /mnt')
    expect(said.stdout.toString()).toMatch(/NoNewPrivs:\s*1\nSeccomp:\s*2/)
    expect(said.end?.exitCode).not.toBe(0)
    expect((await exec('cat /var/lib/secret')).end?.exitCode).toBe(1)
  })

  test('what it says beyond the limit is dropped, and it goes on to its end', async () => {
    const said = await exec('head -c 3000000 /dev/zero; exit 4')
    expect(said.stdout).toHaveLength(1024 * 1024)
    expect(said.end).toEqual({ exitCode: 4, cut: true, late: false, bytes: 3_000_000 })
  })

  test('when its time is over, all that came of it is ended', async () => {
    const said = await exec('sleep 4711 & (setsid sleep 4711 &) ; sleep 4711', 1)
    expect(said.end).toMatchObject({ exitCode: 137, late: true })
    await eventually('nothing running', async () => (await ofNode('[s]leep 4711')) <= (kind === 'vserver' ? 1 : 0))
    // What a container's command has left as daemons do is the container's, as from a terminal.
    if (kind === 'vserver') expect((await exec('kill $(pidof sleep)')).end?.exitCode).toBe(0)
  })

  test('who cancels, or is killed, takes it along', async () => {
    const opened = await connection.openInside(host, execRequest('sleep 4712 & sleep 4712', 3600))
    if (!opened.ok) throw new Error(opened.problem.message)
    await eventually('it running', async () => (await ofNode('[s]leep 4712')) >= 2)
    opened.value.stream.destroy()
    await eventually('nothing running', async () => (await ofNode('[s]leep 4712')) === 0)
    const other = await boxed.connect(NODE)
    const second = await other.openInside(host, execRequest('sleep 4713 & sleep 4713', 3600))
    if (!second.ok) throw new Error(second.problem.message)
    await eventually('it running', async () => (await ofNode('[s]leep 4713')) >= 2)
    other.close()
    await eventually('nothing running', async () => (await ofNode('[s]leep 4713')) === 0)
  })

  test('a file comes back as it went, whatever is in it and however it is called', async () => {
    const content = randomBytes(5_000_001)
    const path = '/root/it\'s a\n"file" $(x) -ü.bin'
    expect((await put(path, content)).end?.exitCode).toBe(0)
    const got = await get(path)
    expect(got.size).toBe(content.length)
    expect(sha(got.content)).toBe(sha(content))
    const said = await askInside(connection, host, listRequest('/root'))
    const listing = readListing(said.stdout.toString(), false)
    expect(listing.folder).toBe('/root')
    const listed = listing.files.find((f) => f.name === path.slice(6))
    expect(listed).toMatchObject({ kind: 'file', isLink: false, bytes: content.length, mode: '644' })
    expect(listing.files.some((f) => f.name.startsWith('.myvini-'))).toBe(false)
    expect((await put('/root/empty', Buffer.alloc(0))).end?.exitCode).toBe(0)
    expect(await get('/root/empty')).toMatchObject({ size: 0, content: Buffer.alloc(0) })
  })

  test('what is there is not overwritten unless it is meant; then its mode stays', async () => {
    await put('/root/there', Buffer.from('before'))
    await exec('chmod 755 /root/there')
    const refused = await put('/root/there', Buffer.from('after'))
    expect(refused.end?.exitCode).toBe(INSIDE_EXIT.thereAlready)
    expect(refused.stderr).toMatch(/is there already/)
    expect((await get('/root/there')).content.toString()).toBe('before')
    expect((await put('/root/there', Buffer.from('after'), true)).end?.exitCode).toBe(0)
    expect((await exec('cat /root/there; stat -c %a /root/there')).stdout.toString()).toBe('after755\n')
  })

  test('an upload that breaks off, or finds no room, leaves nothing', async () => {
    await exec('mkdir -p /root/half')
    const short = await askInside(connection, host, putRequest('/root/half/a', 100, false), Buffer.from('only this'))
    expect(short.end?.exitCode).toBe(INSIDE_EXIT.brokenOff)
    const opened = await connection.openInside(host, putRequest('/root/half/b', 1_000_000, false))
    if (!opened.ok) throw new Error(opened.problem.message)
    const heard = hearOut(opened.value)
    opened.value.stream.write(randomBytes(500_000))
    await eventually('half of it', async () =>
      (await exec('ls -A /root/half')).stdout.toString().startsWith('.myvini-'),
    )
    opened.value.stream.destroy()
    await heard
    await eventually('nothing left', async () => (await exec('ls -A /root/half')).stdout.length === 0)
    expect((await put('/root/nowhere/a', Buffer.from('x'))).end?.exitCode).toBe(INSIDE_EXIT.noSuch)
    expect((await put('/root/half', Buffer.from('x'), true)).end?.exitCode).toBe(INSIDE_EXIT.otherKind)
  })

  test('links lead to what the host itself sees, never to the node', async () => {
    await exec('ln -sfn / /root/top; ln -sf /var/lib/secret /root/secret; ln -sfn /srv /root/srv')
    expect((await get('/root/secret')).end?.exitCode).toBe(INSIDE_EXIT.noSuch)
    expect((await get('/root/top/var/lib/secret')).end?.exitCode).toBe(INSIDE_EXIT.noSuch)
    // Even what the portal never lets through: the host's root is its own.
    expect((await get('/../../../../var/lib/secret')).end?.exitCode).toBe(INSIDE_EXIT.noSuch)
    await put('/root/srv/node/z', Buffer.from('x'), true)
    await put('/../../srv/node/z', Buffer.from('x'), true)
    expect(await boxed.inNode(NODE, ['ls', '/srv/node'])).toBe('')
    // The link is what is replaced, not what it points at.
    expect((await put('/root/secret', Buffer.from('mine'), true)).end?.exitCode).toBe(0)
    expect(await boxed.inNode(NODE, ['cat', '/var/lib/secret'])).toBe('of-the-node\n')
    expect((await get('/dev/zero')).end?.exitCode).toBe(INSIDE_EXIT.otherKind)
    expect((await get('/proc/self/status')).content.toString()).toMatch(/^Name:/)
  })
})

test('of a host of class netns only its home is kept, and an upload elsewhere is refused', async () => {
  const content = Buffer.from('x')
  const refused = await askInside(connection, 'res-i-netns', putRequest('/tmp/x', 1, false), content)
  expect(refused.end?.exitCode).toBe(INSIDE_EXIT.notKept)
  expect(refused.stderr).toMatch(/only what is under \/root is kept/)
  const large = randomBytes(80 * 1024 * 1024)
  const full = await askInside(connection, 'res-i-netns', putRequest('/root/large', large.length, false), large)
  expect(full.end?.exitCode).toBe(INSIDE_EXIT.noRoom)
  expect(full.stderr).toMatch(/No space left/)
  const left = await askInside(connection, 'res-i-netns', execRequest('ls -A /root | grep -c "large\\|myvini"', 10))
  expect(left.stdout.toString()).toBe('0\n')
})

test('what is no host, no limit and no text is refused by the forced command', async () => {
  const gone = await askInside(connection, 'gone', execRequest('true', 5))
  expect(gone.end).toBeNull()
  expect(gone.stderr).toMatch(/not on this node/)
  const escaped = await askInside(connection, '../x', execRequest('true', 5))
  expect(escaped.stderr).toMatch(/not the key of a virtual host/)
})
