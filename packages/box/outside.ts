// What is outside of a box? A namespace that stands for the rest of the world: the nodes' default routes lead there, servers
// answer in it, and it leads nowhere else.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, open, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { findHeld, type NodeProcesses } from './find-nodes'
import { OUTSIDE } from './layout'
import { signal, waitUntilGone } from './process-identity'

const INIT = fileURLToPath(new URL('./outside-init.sh', import.meta.url))
const SERVER = fileURLToPath(new URL('./outside-server.mjs', import.meta.url))
const START_MS = 10_000

export class Outside {
  constructor(private readonly folder: string) {}

  private async found(): Promise<NodeProcesses | null> {
    return (await findHeld((arg) => arg === this.folder, 'outside-init.sh')).get(this.folder) ?? null
  }

  /** Of the first process in it; null: it does not run. */
  async pid(): Promise<number | null> {
    return (await this.found())?.first.pid ?? null
  }

  /** True: it was not there. */
  async start(): Promise<boolean> {
    if (await this.found()) return false
    await mkdir(this.folder, { recursive: true, mode: 0o700 })
    const ready = join(this.folder, 'ready')
    await rm(ready, { force: true })
    const log = await open(join(this.folder, 'log'), 'w')
    const flags = ['--mount', '--net', '--uts', '--ipc', '--pid', '--fork', '--mount-proc', '--kill-child']
    const what = ['sh', INIT, this.folder, process.execPath, SERVER, `${OUTSIDE.gateway}/${OUTSIDE.prefixLength}`]
    const child = spawn('unshare', [...flags, ...what, ...OUTSIDE.servers], {
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
      cwd: '/',
      env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' },
    })
    child.unref()
    await log.close()
    for (const until = performance.now() + START_MS; !existsSync(ready) || !(await this.found()); ) {
      if (performance.now() > until || child.exitCode !== null)
        throw new Error(`the box's outside did not start: ${await readFile(join(this.folder, 'log'), 'utf8')}`)
      await sleep(10)
    }
    return true
  }

  async stop(): Promise<void> {
    const known = await this.found()
    if (!known) return
    await signal(known.first, 'SIGKILL')
    await signal(known.holder, 'SIGKILL')
    if (!(await waitUntilGone(known.holder, 5000)))
      throw new Error(`the box's outside does not end: process ${known.holder.pid} stays`)
  }
}
