// Does a terminal outlive whoever looks at it?
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Lab, type LabNode, RUN, trellisBinary } from './lab'
import { host, owner, port } from './parts'

/** A client of a session, typed to and read. */
class Client {
  readonly child: ChildProcess
  #seen = ''
  #changed: () => void = () => undefined

  constructor([file, argv]: [string, string[]]) {
    this.child = spawn(file, argv, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, TERM: 'xterm' } })
    for (const stream of [this.child.stdout, this.child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#seen += text
        this.#changed()
      })
  }

  type(text: string): void {
    this.child.stdin?.write(text)
  }

  get seen(): string {
    return this.#seen
  }

  async sees(pattern: RegExp): Promise<void> {
    const timer = setTimeout(() => this.#changed(), 10_000)
    const until = Date.now() + 10_000
    while (!pattern.test(this.#seen)) {
      if (Date.now() >= until) throw new Error(`never saw ${pattern}, but: ${this.#seen.slice(-2000)}`)
      await new Promise<void>((resolve) => {
        this.#changed = resolve
      })
    }
    clearTimeout(timer)
  }

  async exit(): Promise<number | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) await once(this.child, 'exit')
    return this.child.exitCode
  }

  async leave(): Promise<number | null> {
    this.child.stdin?.end()
    return this.exit()
  }
}

describe('attach', () => {
  const lab = new Lab()
  let node: LabNode

  beforeAll(async () => {
    node = await lab.node('a')
    await node.trellis.do(owner(), ...host('h'), ...port('h', 'v', 1))
  })
  afterAll(() => lab.end())

  const argv = (session: string, options: string[], command: string[]) => [
    ...[trellisBinary, 'attach', '--run', RUN, '--session', session, ...options],
    ...['--', ...node.enterArgv('h', [], command)],
  ]
  const attach = (session: string, options: string[] = [], command = ['bash', '--norc', '-i']) =>
    new Client(node.inside(argv(session, options, command)))
  /** With a terminal of its own, whose name is shown first. */
  const attachOnTerminal = (session: string) => {
    const words = argv(session, [], ['bash', '--norc', '-i']).join(' ')
    return new Client(node.inside(['script', '-qefc', `readlink /proc/self/fd/0; exec ${words}`, '/dev/null']))
  }
  const sessions = () => node.run('ls', `${RUN}/sessions`).trim()

  test('the exit code of the command passes, and the session is gone', async () => {
    const client = attach('code')
    client.type('exit 7\n')
    expect(await client.exit()).toBe(7)
    expect(sessions()).toBe('')
  })

  test('the shell has a terminal of its own with job control', async () => {
    const client = attach('terminal')
    client.type('tty; ps -o tty= -p $$; sleep 100 & jobs; kill %1; echo $TERM-$((40+2))\n')
    await client.sees(/xterm-42/)
    expect(client.seen).toContain('/dev/console')
    expect(client.seen).toMatch(/\[1\]\+? +Running/)
    expect(client.seen).not.toMatch(/no job control|cannot set terminal/)
    client.type('exit\n')
    await client.exit()
  })

  test('Ctrl-C reaches what runs in it, not the session', async () => {
    const client = attach('interrupt')
    client.type('sh -c "echo st\'\'art; exec sleep 1000"\n')
    await client.sees(/start/)
    client.type('\u0003')
    client.type('echo still-$((40+2))\n')
    await client.sees(/still-42/)
    client.type('exit\n')
    await client.exit()
  })

  test('the command cannot type into the terminal', async () => {
    const client = attach('sti')
    client.type(`perl -e '$x = "x"; print ioctl(STDIN, 0x5412, $x) ? "typed" : "ref" . "used: $!"'\n`)
    await client.sees(/refused: Operation not permitted/)
    client.type('exit\n')
    await client.exit()
  })

  test('leaving keeps the session, and coming back shows what was there', async () => {
    const first = attach('stay')
    first.type('secret=$((40+2)); echo mar""ked\n')
    await first.sees(/marked/)
    expect(await first.leave()).toBe(0)
    expect(sessions()).toBe('stay')
    const second = attach('stay')
    await second.sees(/marked/)
    second.type('echo kept-$secret\n')
    await second.sees(/kept-42/)
    second.type('exit 3\n')
    expect(await second.exit()).toBe(3)
  })

  test('a hang-up in the first moments is survived as well', async () => {
    const first = attachOnTerminal('hangup')
    first.type('MARK=42\n')
    await first.sees(/MARK=42[\s\S]*MARK=42/) // echoed by both terminals: the shell may not even run yet
    first.child.kill('SIGKILL')
    await first.exit()
    const second = attach('hangup')
    second.type('echo kept-$MARK\n')
    await second.sees(/kept-42/)
    second.type('exit\n')
    await second.exit()
  })

  test('output while nobody looks is shown later', async () => {
    const first = attach('away')
    first.type('(sleep 0.3; echo la""ter) & echo no""w\n')
    await first.sees(/now/)
    await first.leave()
    await new Promise((resolve) => setTimeout(resolve, 500)) // nobody is there to see a condition
    const second = attach('away')
    await second.sees(/later/)
    second.type('exit\n')
    await second.exit()
  })

  test('two clients see the same', async () => {
    const one = attach('pair')
    one.type('echo from-$((1))\n')
    await one.sees(/from-1/)
    const two = attach('pair')
    await two.sees(/from-1/)
    two.type('echo from-$((2))\n')
    await Promise.all([one.sees(/from-2/), two.sees(/from-2/)])
    one.type('exit 5\n')
    expect(await Promise.all([one.exit(), two.exit()])).toEqual([5, 5])
  })

  test('the size of the terminal passes, at once and on change', async () => {
    const client = attachOnTerminal('size')
    await client.sees(/\/dev\/pts\/\d+/)
    const terminal = client.seen.match(/\/dev\/pts\/\d+/)?.[0] ?? ''
    node.run('stty', '-F', terminal, 'rows', '33', 'cols', '101')
    client.type('stty size\n')
    await client.sees(/33 101/)
    client.type('trap "echo resized-to-\\$(stty size)" WINCH; echo ar""med\n')
    await client.sees(/armed/)
    node.run('stty', '-F', terminal, 'rows', '50')
    await client.sees(/resized-to-50 101/)
    client.type('exit\n')
    await client.exit()
  })

  test('only so much is kept, from the start of a line', async () => {
    const first = attach('little', ['--scrollback-kib', '4'])
    first.type('for i in $(seq 10000 19999); do echo line-$i; done; echo fin""ished\n')
    await first.sees(/finished/)
    await first.leave()
    const second = attach('little', ['--scrollback-kib', '4'])
    await second.sees(/finished/)
    expect(second.seen.length).toBeLessThanOrEqual(4096)
    expect(second.seen).toMatch(/^line-1\d{4}\r\n/)
    second.type('exit\n')
    await second.exit()
  })

  test('a client that does not read holds up nobody for long', async () => {
    const slow = attach('flood')
    const fast = attach('flood')
    slow.child.stdout?.pause()
    fast.type('head -c 3000000 /dev/zero | tr "\\0" "x" | fold -w 100; echo th""rough\n')
    await Promise.race([fast.sees(/through/), new Promise((resolve) => setTimeout(resolve, 3000))])
    slow.child.kill('SIGKILL')
    await fast.sees(/through/)
    fast.type('exit\n')
    await fast.exit()
  })

  test('a session whose server was killed is started anew', async () => {
    const first = attach('killed')
    first.type('echo o""ne\n')
    await first.sees(/one/)
    node.kill('KILL', 'attach', 'killed') // the server's command line is that of the client that started it
    await first.exit()
    expect(sessions()).toBe('killed')
    const second = attach('killed')
    second.type('echo t""wo\n')
    await second.sees(/two/)
    expect(second.seen).not.toContain('one')
    second.type('exit\n')
    await second.exit()
  })

  test('a session that nobody comes back to ends', async () => {
    const client = attach('idle', ['--idle-seconds', '1'])
    client.type('trap "" HUP; echo he""re\n')
    await client.sees(/here/)
    await client.leave()
    const until = Date.now() + 10_000
    while (sessions() !== '' && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 50))
    expect(sessions()).toBe('')
  })

  test('a session ends with its namespace', async () => {
    await node.trellis.do(...host('gone'))
    const command = ['--', ...node.enterArgv('gone', [], ['bash', '--norc', '-i'])]
    const client = new Client(node.inside([trellisBinary, 'attach', '--run', RUN, '--session', 'gone', ...command]))
    client.type('echo he""re\n')
    await client.sees(/here/)
    await node.trellis.do({ op: 'namespace.delete', namespace: 'gone' })
    expect(await client.exit()).toBe(137)
    expect(sessions()).toBe('')
  })

  test('a command that cannot run says so', async () => {
    const client = new Client(
      node.inside([trellisBinary, 'attach', '--run', RUN, '--session', 'none', '--', '/no/such/thing']),
    )
    expect(await client.exit()).toBe(127)
    expect(client.seen).toContain('/no/such/thing: No such file or directory')
  })

  test('a malformed name is refused', async () => {
    for (const name of ['../x', '', 'a/b', 'x'.repeat(108)]) expect(await attach(name).exit()).toBe(125)
    expect(sessions()).toBe('')
  })
})
