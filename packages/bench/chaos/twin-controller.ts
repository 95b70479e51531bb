// A second controller of the same installation: it shares the work with the first, and either may be killed.
import { type ChildProcess, spawn } from 'node:child_process'
import { openSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { logsFolder } from '@myvini/launcher/instance'
import type { World } from './world'

const AGAIN_MS = 300

export class TwinController {
  private child: ChildProcess | null = null
  private ending = false

  private constructor(
    private readonly argv: readonly string[],
    private readonly env: Record<string, string>,
    private readonly log: number,
  ) {
    this.start()
  }

  /** As the first one was started, by its own arguments and settings. */
  static async start(world: World): Promise<TwinController> {
    const pid = await world.pidOf('controller')
    const listOf = async (file: string) => (await readFile(`/proc/${pid}/${file}`, 'utf8')).split('\0').slice(0, -1)
    const env = Object.fromEntries(
      (await listOf('environ')).map((line) => [line.split('=', 1)[0] ?? '', line.slice(line.indexOf('=') + 1)]),
    )
    const { user } = world.instance
    // It ends with us, however we end.
    const as = ['setpriv', '--pdeathsig', 'KILL']
    if (user) as.push('--reuid', String(user.uid), '--regid', String(user.gid), '--init-groups')
    // The first one's own view, in which the checkout may lie elsewhere than here. Held open: that one will be killed.
    const [mounts, root] = ['ns/mnt', 'root'].map((name) => openSync(`/proc/${pid}/${name}`, 'r'))
    const held = `/proc/${process.pid}/fd`
    const into = ['nsenter', `--mount=${held}/${mounts}`, `--root=${held}/${root}`, '--']
    return new TwinController(
      [...into, ...as, '--', ...(await listOf('cmdline'))],
      env,
      openSync(join(logsFolder(world.instance), 'controller-2.log'), 'a'),
    )
  }

  private start() {
    const [program = '', ...args] = this.argv
    const child = spawn(program, args, { stdio: ['ignore', this.log, this.log], env: this.env })
    this.child = child
    child.once('close', () => {
      this.child = null
      if (!this.ending) setTimeout(() => void (this.ending || this.start()), AGAIN_MS)
    })
  }

  kill(): string {
    const pid = this.child?.pid
    if (pid === undefined) return 'down already'
    this.child?.kill('SIGKILL')
    return `process ${pid}`
  }

  async end() {
    this.ending = true
    const { child } = this
    if (!child) return
    const gone = new Promise((resolve) => child.once('close', resolve))
    child.kill('SIGTERM')
    await gone
  }
}
