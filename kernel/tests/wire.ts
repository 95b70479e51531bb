// What is really on a wire, as tcpdump tells it.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { LabNode } from './lab'

/** The first `count` packets that match, one a line, while `work` is done. */
export async function capture(
  where: { node: LabNode; host?: string },
  device: string,
  filter: string,
  count: number,
  work: () => void | Promise<void>,
): Promise<string[]> {
  const command = ['tcpdump', '-nnl', '-e', '-c', `${count}`, '-i', device, filter]
  const [file, argv] = where.host ? where.node.insideHost(where.host, command) : where.node.inside(command)
  const tcpdump = spawn(file, argv, { stdio: ['ignore', 'pipe', 'pipe'] })
  let out = ''
  tcpdump.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
  await once(tcpdump.stderr, 'data') // "listening on …"
  const ended = once(tcpdump, 'exit')
  await work()
  const timer = setTimeout(() => tcpdump.kill('SIGINT'), 3000)
  await ended
  clearTimeout(timer)
  return out.split('\n').filter((line) => line !== '')
}
